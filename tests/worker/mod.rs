//! Workers as processes: killed, cut off from the database, and two servers at once. Nothing is lost, nothing done twice.

mod decisions;
mod judges;
mod projects;
mod readmes;
mod rubric;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use forkgrade::config;
use forkgrade::db::cluster::Cluster;
use sqlx::{PgPool, Row};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::support::database::Database;
use crate::support::github::{Github, UPSTREAM};
use crate::support::logs;

/// GitHub's, which no process may log.
const TOKEN: &str = "ghp_token-of-processes";
/// Runs until its limit strikes: long enough to be interrupted.
const APP: &str = "import time\ntime.sleep(600)\n";

/// A course with forks that hold a small project each, and the program's own processes around it.
struct Course {
    github: Github,
    pool: PgPool,
    database_url: String,
    /// Removed with the test, where it has one on the shared server.
    _database: Option<Database>,
    folder: TempDir,
}

impl Course {
    async fn with_forks(forks: usize) -> Self {
        let database = Database::new().await;
        let (pool, url) = (database.pool.clone(), database.url());
        Self::on_database(forks, pool, url, Some(database)).await
    }

    async fn on_database(forks: usize, pool: PgPool, database_url: String, database: Option<Database>) -> Self {
        let course = Self {
            github: Github::start().await,
            pool,
            database_url,
            _database: database,
            folder: tempfile::tempdir().unwrap(),
        };
        for number in 0..forks {
            let app = format!("# {number}\n{APP}");
            let owner = format!("student{number}");
            let repo = course.github.fork(UPSTREAM, &owner);
            repo.commit("main", &[("Evaluation/Projet/app.py", app.as_bytes())]);
            course.github.pushed(&format!("{owner}/course"));
        }
        let text = config::default_course("test", "Test", UPSTREAM);
        // No databases: these runs are about the queue.
        std::fs::write(course.toml(), text + "\n[services]\n\n[sandbox]\nload_seconds = 8\n").unwrap();
        course
    }

    fn toml(&self) -> PathBuf {
        self.folder.path().join("course.toml")
    }

    fn start(&self, args: &[&str]) -> Child {
        logs::secret(TOKEN);
        Command::new(env!("CARGO_BIN_EXE_forkgrade"))
            .args(args)
            .arg("--course")
            .arg(self.toml())
            .env("DATABASE_URL", &self.database_url)
            .env("GITHUB_API_URL", self.github.url().as_str())
            .env("FORKGRADE_DATA_DIR", self.folder.path())
            .env("FORKGRADE_PULL", "never")
            .env("FORKGRADE_SLOTS", "1")
            .env("GITHUB_TOKEN", TOKEN)
            .arg("-vv")
            .stdout(Stdio::null())
            .stderr(logs::log())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts")
    }

    async fn sync(&self) {
        assert!(self.start(&["sync"]).wait().await.unwrap().success());
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query(sql).fetch_one(&self.pool).await.map_or(-1, |row| row.get(0))
    }

    /// Waits for what the database will say; a test's own bound is nextest's.
    async fn until(&self, sql: &'static str, wanted: i64) {
        while self.number(sql).await != wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn containers(&self) -> usize {
        self.container_ids().await.len()
    }

    /// Containers of this test's installation.
    async fn container_ids(&self) -> Vec<String> {
        let id: uuid::Uuid = sqlx::query("select id from installation").fetch_one(&self.pool).await.unwrap().get(0);
        let filter = format!("label=forkgrade.installation={id}");
        let listed = Command::new("docker").args(["ps", "-aq", "--filter", &filter]).output().await.unwrap();
        String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    async fn finished_once_each(&self, forks: i64) {
        self.until("select count(*) from run where state = 'finished'", forks).await;
        assert_eq!(self.number("select count(*) from score").await, forks, "a score too many or too few");
        assert_eq!(self.number("select count(*) from run").await, forks, "a run too many");
        assert_eq!(
            self.number("select count(*) from outbox").await,
            forks,
            "nobody is owed the news, or somebody twice"
        );
        assert_eq!(self.number("select count(*) from facts where kind = 'execution'").await, forks);
    }
}

const STARTING: &str = "select count(*) from run where stage = 'starting'";

#[tokio::test]
async fn a_killed_worker_leaves_nothing_running_and_loses_no_run() {
    let course = Course::with_forks(1).await;
    course.sync().await;
    let mut first = course.start(&["worker"]);
    course.until(STARTING, 1).await;
    while course.containers().await < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    first.kill().await.unwrap();
    assert!(course.containers().await > 0, "a killed worker cannot clean up: else this test shows nothing");
    // The lease's thirty seconds pass.
    sqlx::query("update run set lease_expires_at = now() - interval '1 second'").execute(&course.pool).await.unwrap();
    let _second = course.start(&["worker"]);
    course.finished_once_each(1).await;
    assert_eq!(course.number("select attempt::bigint from run").await, 2);
    while course.containers().await > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_database_that_drops_every_connection_in_the_middle_of_a_run_costs_nothing() {
    let course = Course::with_forks(1).await;
    course.sync().await;
    let _worker = course.start(&["worker"]);
    course.until(STARTING, 1).await;
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
        .execute(&course.pool)
        .await
        .unwrap();
    course.finished_once_each(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_is_restarted_in_the_middle_of_a_run_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // Postgres runs as another user where the test is root, and has to walk to its data.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join("postgres");
    let cluster = tokio::task::spawn_blocking({
        let path = path.clone();
        move || Cluster::start(&path).unwrap()
    });
    let cluster = cluster.await.unwrap();
    let pool = forkgrade::db::connect(&cluster.url, 4).await.unwrap();
    let course = Course::on_database(1, pool, cluster.url.clone(), None).await;
    course.sync().await;
    let mut worker = course.start(&["worker"]);
    course.until(STARTING, 1).await;
    restart(&path.join("data")).await;
    course.finished_once_each(1).await;
    assert_eq!(course.number("select attempt::bigint from run").await, 1, "the same worker went on");
    worker.kill().await.unwrap();
    course.pool.close().await;
    tokio::task::spawn_blocking(move || cluster.stop()).await.unwrap();
}

/// Ends a server as a machine that loses its power would, and starts it again where it was.
async fn restart(data: &Path) {
    let owner = std::fs::metadata(data).unwrap();
    let programs = Command::new("sh").args(["-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1"]).output();
    let programs = String::from_utf8(programs.await.unwrap().stdout).unwrap();
    let restarted = Command::new(format!("{}/pg_ctl", programs.trim()))
        .args(["restart", "--wait", "--mode", "immediate", "--pgdata"])
        .arg(data)
        .arg("--log")
        .arg(data.join("server.log"))
        .current_dir("/")
        .uid(owner.uid())
        .gid(owner.gid())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(restarted.await.unwrap().success());
}

#[tokio::test]
async fn two_servers_on_one_database_share_the_work_and_do_nothing_twice() {
    let course = Course::with_forks(4).await;
    let _first = course.start(&["serve", "--listen", "127.0.0.1:0"]);
    let _second = course.start(&["serve", "--listen", "127.0.0.1:0"]);
    course.finished_once_each(4).await;
    assert_eq!(course.number("select count(distinct worker) from run").await, 2, "both servers work");
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_puts_its_run_back() {
    let course = Course::with_forks(1).await;
    course.sync().await;
    let mut worker = course.start(&["worker"]);
    course.until(STARTING, 1).await;
    let pid = nix::unistd::Pid::from_raw(i32::try_from(worker.id().unwrap()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert!(worker.wait().await.unwrap().success());
    assert_eq!(course.number("select count(*) from run where state = 'queued' and attempt = 0").await, 1);
    assert_eq!(course.containers().await, 0);
}

#[tokio::test]
async fn pods_kept_ready_live_with_their_worker_and_are_removed_after_it() {
    let course = Course::with_forks(0).await;
    let text = std::fs::read_to_string(course.toml()).unwrap();
    std::fs::write(course.toml(), text + "warm = 1\n").unwrap();
    course.sync().await;
    let ready = async |but: &[String]| loop {
        let ids = course.container_ids().await;
        if ids.len() == 1 && !but.contains(&ids[0]) {
            return ids;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let mut first = course.start(&["worker"]);
    let of_first = ready(&[]).await;
    first.kill().await.unwrap();
    assert_eq!(course.container_ids().await, of_first, "a killed worker cannot clean up: else this test shows nothing");
    // The lease's thirty seconds pass.
    sqlx::query("update warm_lease set expires_at = now() - interval '1 second'").execute(&course.pool).await.unwrap();
    let mut second = course.start(&["worker"]);
    ready(&of_first).await;
    let pid = nix::unistd::Pid::from_raw(i32::try_from(second.id().unwrap()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert!(second.wait().await.unwrap().success());
    assert_eq!(course.containers().await, 0);
    assert_eq!(course.number("select count(*) from warm_lease").await, 0);
}

#[tokio::test]
async fn a_commit_of_another_s_fork_is_graded_for_nobody() {
    let course = Course::with_forks(2).await;
    course.sync().await;
    // As a webhook would name it: the mirror of all forks holds the commit.
    sqlx::raw_sql(
        "update run set state = 'superseded';
         insert into submission (fork_id, commit_sha, received_at, learnt_from)
             select own.id, other.head, now(), 'webhook' from fork own, fork other
             where own.owner = 'student0' and other.owner = 'student1';
         insert into run (submission_id, state, available_at, queued_at)
             select max(id), 'queued', now(), now() from submission",
    )
    .execute(&course.pool)
    .await
    .unwrap();
    let mut worker = course.start(&["worker"]);
    course.until("select count(*) from run where state = 'superseded'", 3).await;
    assert_eq!(course.number("select count(*) from score").await, 0);
    assert_eq!(course.number("select count(*) from outbox").await, 0);
    worker.kill().await.unwrap();
}
