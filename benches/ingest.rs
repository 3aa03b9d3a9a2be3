//! Webhook ingestion, durable: against a bare `pgbench` that does the same inserts, and through kills of server and Postgres.
//! Run with `cargo bench --bench ingest`; it makes a Postgres of its own, with fsync on, and removes it.

#[path = "../tests/support/flood.rs"]
mod flood;

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use forkgrade::db::{self, cluster::Cluster};
use forkgrade::demo::server::{Repository, Server};
use forkgrade::settings::Secret;
use sqlx::PgPool;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use flood::Flood;

const FORKS: usize = 1_000;
/// As many as the service's own pool has.
const CONNECTIONS: usize = 20;
const SECONDS: u64 = 15;
const DELIVERIES: usize = 50_000;
const SERVER_KILLS: usize = 5;
const SECRET: &str = "a secret that only GitHub knows";

struct Bench {
    pool: PgPool,
    url: String,
    data: PathBuf,
    folder: PathBuf,
    github: Server,
    address: SocketAddr,
    repos: Vec<i64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("forkgrade-ingest-").tempdir_in("/var/tmp")?;
    // Postgres runs as another user where we are root, and has to walk to its data.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let path = folder.path().join("postgres");
    let cluster = tokio::task::spawn_blocking(move || Cluster::start(&path)).await??;
    let bench = Bench::new(folder.path(), &cluster).await?;
    let bare = bench.pgbench().await?;
    println!("pgbench, {CONNECTIONS} connections, the same inserts: {bare:.0} a second");
    let ours = bench.throughput().await?;
    println!("webhooks, {CONNECTIONS} connections: {ours:.0} a second, {:.2} of pgbench's", ours / bare);
    bench.latency(bare / 4.0).await?;
    bench.survive().await?;
    bench.pool.close().await;
    tokio::task::spawn_blocking(move || cluster.stop()).await?;
    Ok(())
}

impl Bench {
    /// A course with a thousand forks in which nothing was ever pushed.
    async fn new(folder: &Path, cluster: &Cluster) -> anyhow::Result<Self> {
        let pool = db::connect(&cluster.url, 4).await?;
        let text = forkgrade::config::default_course("bench", "Bench", "teacher/course");
        std::fs::write(folder.join("course.toml"), &text)?;
        let course = forkgrade::config::parse(&text, "course.toml")?;
        let hash = forkgrade::rubric::rubric_hash(&course.rubric);
        let id = db::courses::apply(&mut *pool.acquire().await?, &course, &hash).await?;
        let repository = |number: usize| Repository {
            id: number as i64,
            owner: if number == 0 { "teacher".to_owned() } else { format!("student{number}") },
            name: "course".to_owned(),
            parent: (number > 0).then(|| "teacher/course".to_owned()),
            default_branch: "main".to_owned(),
            pushed_at: None,
            private: false,
            disabled: false,
            archived: false,
            size: 0,
        };
        let registry = (0..=FORKS).map(repository).collect();
        let github = Server::start("127.0.0.1:0".parse()?, registry, folder.to_owned()).await?;
        sqlx::query(
            "insert into fork (course_id, repo, full_name, owner, clone_url, html_url, branch, state)
             select $1, n, 'student' || n || '/course', 'student' || n, 'http://127.0.0.1:9/', 'http://127.0.0.1:9/', 'main', 'empty'
             from generate_series(1, $2) n",
        )
        .bind(id.0)
        .bind(FORKS as i32)
        .execute(&pool)
        .await?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (url, data) = (cluster.url.clone(), folder.join("postgres/data"));
        let repos = (1..=FORKS as i64).collect();
        Ok(Self { pool, url, data, folder: folder.to_owned(), github, address, repos })
    }

    /// The server as `serve` runs it, ready.
    async fn serve(&self) -> anyhow::Result<Child> {
        let mut server = Command::new(env!("CARGO_BIN_EXE_forkgrade"))
            .args(["serve", "--no-worker", "--listen", &self.address.to_string()])
            .current_dir(&self.folder)
            .env("DATABASE_URL", &self.url)
            .env("GITHUB_API_URL", self.github.url())
            .env("GITHUB_WEBHOOK_SECRET", SECRET)
            .env("FORKGRADE_DATA_DIR", self.folder.join("data"))
            .env_remove("GITHUB_TOKEN")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(server.stdout.take().context("its output")?).lines();
        lines.next_line().await?.context("the server does not start")?;
        // Whatever else it says has somewhere to go.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(server)
    }

    fn flood(&self, from: usize, to: usize) -> std::sync::Arc<Flood> {
        Flood::new(self.address, &Secret::new(SECRET), &self.repos, from, to)
    }

    /// Transactions a second of a bare client.
    async fn pgbench(&self) -> anyhow::Result<f64> {
        let script = self.folder.join("pushes.sql");
        std::fs::write(
            &script,
            format!(
                "\\set fork random(1, {FORKS})\n\
                 begin;\n\
                 insert into delivery (id, event, received_at) values (gen_random_uuid()::text, 'push', now()) on conflict do nothing;\n\
                 insert into submission (fork_id, commit_sha, received_at, learnt_from) \
                 values (:fork, substr(md5(random()::text) || md5(random()::text), 1, 40), now(), 'webhook') returning id as submission \\gset\n\
                 insert into run (submission_id, state, available_at, queued_at) values (:submission, 'queued', now(), now());\n\
                 commit;\n"
            ),
        )?;
        let programs = std::fs::read_link(format!("/proc/{}/exe", self.postmaster()?))?;
        let ran = Command::new(programs.with_file_name("pgbench"))
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
            .arg(format!("--client={CONNECTIONS}"))
            .arg(format!("--time={SECONDS}"))
            .arg("--file")
            .arg(&script)
            .arg(&self.url)
            .output()
            .await?;
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        let rate = rate.with_context(|| format!("pgbench: {said}{}", String::from_utf8_lossy(&ran.stderr)))?;
        self.forget().await?;
        Ok(rate)
    }

    /// Deliveries a second that are answered once they are committed.
    async fn throughput(&self) -> anyhow::Result<f64> {
        let mut server = self.serve().await?;
        // Warm: connections, statements.
        self.flood(0, 1_000).deliver(self.address, CONNECTIONS, None).await;
        let count = 20_000;
        let flood = self.flood(1_000, 1_000 + count);
        let started = Instant::now();
        flood.deliver(self.address, CONNECTIONS, None).await;
        let seconds = started.elapsed().as_secs_f64();
        server.kill().await?;
        self.forget().await?;
        Ok(count as f64 / seconds)
    }

    async fn latency(&self, rate: f64) -> anyhow::Result<()> {
        let mut server = self.serve().await?;
        self.flood(0, 1_000).deliver(self.address, CONNECTIONS, None).await;
        let count = (rate * SECONDS as f64) as usize;
        let took = self.flood(1_000, 1_000 + count).deliver(self.address, CONNECTIONS, Some(rate)).await;
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "at {rate:.0} a second, a quarter of pgbench's: median {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
            at(0.5),
            at(0.99),
            at(1.0)
        );
        server.kill().await?;
        self.forget().await
    }

    /// Deliveries while the server is killed five times and Postgres once.
    async fn survive(&self) -> anyhow::Result<()> {
        let mut server = self.serve().await?;
        let flood = self.flood(0, DELIVERIES);
        let started = Instant::now();
        let delivering = tokio::spawn({
            let (flood, address) = (std::sync::Arc::clone(&flood), self.address);
            async move { flood.deliver(address, CONNECTIONS, None).await }
        });
        for kill in 1..=SERVER_KILLS + 1 {
            while flood.begun() < DELIVERIES * kill / (SERVER_KILLS + 2) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            if kill == SERVER_KILLS / 2 + 1 {
                self.restart_postgres().await?;
                println!("Postgres killed at {}", flood.begun());
            } else {
                server.kill().await?;
                println!("server killed at {}", flood.begun());
                server = self.serve().await?;
            }
        }
        delivering.await?;
        let seconds = started.elapsed().as_secs_f64();
        server.kill().await?;
        let deliveries: Vec<String> = self.column("select id from delivery").await?;
        let commits: Vec<String> = self.column("select commit_sha from submission").await?;
        let runs: Vec<i64> = sqlx::query_scalar("select submission_id from run").fetch_all(&self.pool).await?;
        let distinct = |texts: &[String]| texts.iter().collect::<HashSet<_>>().len();
        let wanted: HashSet<String> = (0..DELIVERIES).map(flood::commit).collect();
        let found: HashSet<String> = commits.iter().cloned().collect();
        let lost: Vec<_> = wanted.difference(&found).take(5).collect();
        anyhow::ensure!(lost.is_empty(), "pushes were lost: {lost:?}");
        anyhow::ensure!(
            (deliveries.len(), distinct(&deliveries)) == (DELIVERIES, DELIVERIES),
            "deliveries were lost or doubled"
        );
        anyhow::ensure!(commits.len() == DELIVERIES, "submissions were doubled");
        anyhow::ensure!(
            runs.len() == DELIVERIES && runs.iter().collect::<HashSet<_>>().len() == DELIVERIES,
            "runs were lost or doubled"
        );
        println!(
            "{DELIVERIES} deliveries in {seconds:.0} s through {SERVER_KILLS} kills of the server and one of Postgres: none lost, none doubled"
        );
        Ok(())
    }

    async fn column(&self, sql: &'static str) -> anyhow::Result<Vec<String>> {
        Ok(sqlx::query_scalar(sql).fetch_all(&self.pool).await?)
    }

    async fn forget(&self) -> anyhow::Result<()> {
        sqlx::raw_sql("truncate delivery, submission, run cascade").execute(&self.pool).await?;
        sqlx::raw_sql("checkpoint").execute(&self.pool).await?;
        Ok(())
    }

    fn postmaster(&self) -> anyhow::Result<String> {
        let written = std::fs::read_to_string(self.data.join("postmaster.pid"))?;
        Ok(written.lines().next().context("a number")?.to_owned())
    }

    /// As when the machine loses its power: no goodbye to anybody, and recovery from the log.
    async fn restart_postgres(&self) -> anyhow::Result<()> {
        let program = std::fs::read_link(format!("/proc/{}/exe", self.postmaster()?))?;
        let owner = std::fs::metadata(&self.data)?;
        let restarted = Command::new(program.with_file_name("pg_ctl"))
            .args(["restart", "--wait", "--mode", "immediate", "--pgdata"])
            .arg(&self.data)
            .arg("--log")
            .arg(self.data.join("server.log"))
            .current_dir("/")
            .uid(owner.uid())
            .gid(owner.gid())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        anyhow::ensure!(restarted.await?.success(), "Postgres does not start again");
        Ok(())
    }
}
