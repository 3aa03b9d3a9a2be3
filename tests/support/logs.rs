//! What the suite writes into its logs, kept until `scripts/test` looks there for every secret that the suite used.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;

/// More than `-vv` shows.
const LEVEL: &str = "forkgrade=trace,tower_http=debug,info";

/// From now on this process logs into a file of its own. A line in it, which `scripts/test` must find again, proves that it does.
pub fn keep() {
    static KEPT: OnceLock<()> = OnceLock::new();
    KEPT.get_or_init(|| {
        let file = log();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(LEVEL))
            .with_ansi(false)
            .with_writer(file)
            .try_init()
            .expect("nobody else listens");
        let proof = forkgrade::random::token();
        tracing::info!(target: "forkgrade", proof, "this log is kept");
        append("proofs", &proof);
    });
}

/// Where another process of this test may log to.
pub fn log() -> File {
    open("log")
}

/// From now on this text must be in no log of the suite.
pub fn secret(text: &str) {
    assert!(text.len() >= 12 && !text.contains('\n'), "{text:?} may be in a log by chance");
    keep();
    append("secrets", text);
}

fn append(kind: &str, line: &str) {
    open(kind).write_all(format!("{line}\n").as_bytes()).expect("a line more");
}

fn open(kind: &str) -> File {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("logs");
    std::fs::create_dir_all(&folder).expect("a folder for logs");
    let path = folder.join(format!("{}.{kind}", std::process::id()));
    OpenOptions::new().create(true).append(true).open(path).expect("a file in it")
}
