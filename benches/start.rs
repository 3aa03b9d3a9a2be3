//! How soon a queued run starts its application: from the claim to its first instruction, with pods that wait and without.
//! Run with `cargo bench --bench start`; it needs Postgres (DATABASE_URL), the engine and the images (scripts/images).

#[allow(dead_code, unused_imports)]
#[path = "../tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use chrono::{DateTime, Utc};
use forkgrade::config;
use forkgrade::domain::facts::Execution;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::PgPool;
use tokio::process::{Child, Command};

use support::database::Database;
use support::github::{Github, UPSTREAM};

const FORKS: usize = 9;
/// Says when it began, and ends: what a run does afterwards is not what is measured.
const APP: &str = "import time\nprint('began', time.time(), flush=True)\nimport flask\n";

#[tokio::main]
async fn main() {
    println!(
        "from the claim to the application's first instruction, of {FORKS} queued runs with a ready layer, three databases:"
    );
    for warm in [0, 2] {
        let mut times = measure(warm).await;
        times.sort();
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!(
            "{warm} pods kept ready    median {:>5.3} s   worst {:>5.3} s",
            median.as_secs_f64(),
            worst.as_secs_f64()
        );
    }
}

async fn measure(warm: u32) -> Vec<Duration> {
    let (github, database, folder) =
        (Github::start().await, Database::new().await, tempfile::tempdir().expect("a folder"));
    let text = config::default_course("bench", "Bench", UPSTREAM);
    let sandbox = format!("\n[sandbox]\nwarm = {warm}\n");
    std::fs::write(folder.path().join("course.toml"), text + &sandbox).expect("a file");
    for number in 0..=FORKS {
        let (owner, app) = (format!("student{number}"), format!("# {number}\n{APP}"));
        let fork = github.fork(UPSTREAM, &owner);
        let files = [
            ("Evaluation/Projet/app.py", app.as_bytes()),
            ("Evaluation/Projet/requirements.txt", b"flask\n".as_slice()),
        ];
        fork.commit("main", &files);
        github.pushed(&format!("{owner}/course"));
    }
    let start = |args: &[&str]| start(args, &database, &github, folder.path());
    assert!(start(&["sync"]).wait().await.expect("it ends").success());
    // The first run makes the layer and the probe's image.
    sqlx::query("update run set available_at = now() + interval '1 hour' where id > (select min(id) from run)")
        .execute(&database.pool)
        .await
        .expect("an update");
    let mut worker = start(&["worker"]);
    until(&database.pool, "select count(*) from run where state = 'finished'", 1).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    // One at a time, after a moment: this is about how soon a run starts, and not about how many do.
    for done in 1..=FORKS {
        sqlx::query("update run set available_at = now() where id = (select min(id) from run where state = 'queued')")
            .execute(&database.pool)
            .await
            .expect("an update");
        until(&database.pool, "select count(*) from run where state = 'finished'", 1 + done as i64).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    // Ended and not killed: it takes the pods that wait with it.
    let pid = Pid::from_raw(i32::try_from(worker.id().expect("it runs")).expect("a pid"));
    kill(pid, Signal::SIGTERM).expect("a signal");
    worker.wait().await.expect("it ends");
    let rows: Vec<(DateTime<Utc>, sqlx::types::Json<Execution>)> = sqlx::query_as(
        "select run.started_at, facts.document from run join facts on facts.address = run.execution order by run.id offset 1",
    )
    .fetch_all(&database.pool)
    .await
    .expect("facts");
    rows.into_iter().map(|(claimed, facts)| began(&facts) - claimed).filter_map(|time| time.to_std().ok()).collect()
}

fn began(facts: &Execution) -> DateTime<Utc> {
    let log = &facts.processes.first().expect("a program").log.head;
    let seconds: f64 = log.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("when it began");
    DateTime::from_timestamp_micros((seconds * 1e6) as i64).expect("a moment")
}

fn start(args: &[&str], database: &Database, github: &Github, folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_forkgrade"))
        .args(args)
        .arg("--course")
        .arg(folder.join("course.toml"))
        .env("DATABASE_URL", database.url())
        .env("GITHUB_API_URL", github.url().as_str())
        .env("FORKGRADE_DATA_DIR", folder)
        .env("FORKGRADE_PULL", "never")
        .env("FORKGRADE_SLOTS", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts")
}

async fn until(pool: &PgPool, sql: &'static str, wanted: i64) {
    while sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await.ok() != Some(wanted) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
