//! Deliveries while the server is killed: what `benches/ingest.rs` measures by the fifty thousand.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use forkgrade::settings::Secret;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::forkgrade;
use crate::support::database::Database;
use crate::support::flood::{self, Flood};
use crate::support::github::{Github, UPSTREAM};
use crate::support::logs;

const SECRET: &str = "a secret that only GitHub knows";
const DELIVERIES: usize = 600;

/// Starts, and says that it serves.
async fn serve(command: std::process::Command, address: std::net::SocketAddr) -> Child {
    let mut command = Command::from(command);
    command.args(["serve", "--no-worker", "--listen", &address.to_string()]).env("GITHUB_WEBHOOK_SECRET", SECRET);
    let mut server = command.stdout(Stdio::piped()).stderr(logs::log()).kill_on_drop(true).spawn().expect("it starts");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    lines.next_line().await.expect("a line").expect("it serves");
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn no_delivery_is_lost_or_doubled_when_the_server_is_killed() {
    let (github, database, folder) = (Github::start().await, Database::new().await, tempfile::tempdir().unwrap());
    logs::secret(SECRET);
    let text = forkgrade::config::default_course("course", "Course", UPSTREAM);
    std::fs::write(folder.path().join("course.toml"), text).unwrap();
    let repos: Vec<i64> = (0..20).map(|number| github.register(&format!("s{number}/course"), Some(UPSTREAM))).collect();
    for number in 0..20 {
        // Nothing to fetch: pushes are told by webhooks alone.
        assert!(github.server.update(&format!("s{number}/course"), |repository| repository.size = 0));
    }
    let mut sync = forkgrade(&database, &github, folder.path());
    sync.arg("sync");
    super::run(sync).await;
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let start = || serve(forkgrade(&database, &github, folder.path()), address);
    let mut server = start().await;
    let flood = Flood::new(address, &Secret::new(SECRET), &repos, 0, DELIVERIES);
    let delivering = tokio::spawn({
        let flood = flood.clone();
        async move { flood.deliver(address, 8, None).await }
    });
    for kill in 1..=2 {
        while flood.begun() < DELIVERIES * kill / 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.kill().await.unwrap();
        server = start().await;
    }
    delivering.await.unwrap();
    server.kill().await.unwrap();
    let commits: Vec<String> = sqlx::query_scalar("select commit_sha from submission order by commit_sha")
        .fetch_all(&database.pool)
        .await
        .unwrap();
    assert_eq!(commits, (0..DELIVERIES).map(flood::commit).collect::<Vec<_>>());
    let count = |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(&database.pool);
    let wanted = DELIVERIES as i64;
    assert_eq!(count("select count(*) from delivery").await.unwrap(), wanted);
    assert_eq!(count("select count(distinct submission_id) from run").await.unwrap(), wanted);
    assert_eq!(count("select count(*) from run").await.unwrap(), wanted);
    assert_eq!(count("select count(*) from run where state = 'queued'").await.unwrap(), 20, "the newest of each fork");
}
