//! Commands as people type them, against real parts.

mod check;
mod decisions;
mod doctor;
mod explain;
mod ingest;
mod recordings;
mod rescore;
mod roster;

use std::io::Write;
use std::process::{Command, Output};

use crate::support::database::Database;
use crate::support::github::Github;
use crate::support::logs;

/// The program, with a database and a GitHub of the test's own and nothing else of this machine's environment.
pub fn forkgrade(database: &Database, github: &Github, folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkgrade"));
    command.current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin").env("HOME", folder);
    command.env("DATABASE_URL", database.url()).env("GITHUB_API_URL", github.server.url());
    command.env("FORKGRADE_DATA_DIR", folder.join("data")).env("FORKGRADE_PULL", "never");
    command
}

/// How it ended, what it printed, and what it said of its troubles, which are kept with the suite's logs. The test's own servers answer
/// meanwhile.
pub async fn run(mut command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output()).await.expect("it ends").expect("it starts");
    logs::log().write_all(&stderr).expect("a log");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code(), text(stdout), text(stderr))
}
