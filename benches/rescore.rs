//! A changed rubric on a whole course, stored: 1,000 submissions by 30 criteria on a real Postgres.
//! Run with `cargo bench --bench rescore`; it makes a Postgres of its own, with fsync on, and removes it.

use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Utc};
use forkgrade::config::{DEFAULT_COURSE, parse};
use forkgrade::db::cluster::Cluster;
use forkgrade::db::{self, scores::Which};
use forkgrade::domain::audit::Actor;
use forkgrade::domain::ids::CourseId;
use forkgrade::domain::{Course, Points};
use forkgrade::grading::{self, Applying, NewRubric};
use forkgrade::rubric::rubric_hash;
use sqlx::PgPool;

const SUBMISSIONS: usize = 1_000;
const CRITERIA: usize = 30;
const ROUNDS: usize = 9;

/// The default rubric, repeated until it has thirty criteria.
fn course() -> anyhow::Result<Course> {
    let mut course = parse(DEFAULT_COURSE, "course.toml")?;
    let default = course.rubric.criteria.clone();
    for (index, criterion) in default.iter().cycle().enumerate().skip(default.len()).take(CRITERIA - default.len()) {
        let mut again = criterion.clone();
        again.id = format!("{}-{index}", criterion.id);
        course.rubric.criteria.push(again);
    }
    Ok(course)
}

/// Facts as real runs of the demo's forks left them.
fn documents() -> anyhow::Result<Vec<serde_json::Value>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/facts");
    let mut documents = Vec::new();
    for version in std::fs::read_dir(folder)?.flatten() {
        for file in std::fs::read_dir(version.path())?.flatten() {
            documents.push(serde_json::from_str(&std::fs::read_to_string(file.path())?)?);
        }
    }
    Ok(documents)
}

/// A fork, a submission, its facts and a score of nothing, for each of a thousand.
async fn fill(pool: &PgPool, id: CourseId) -> anyhow::Result<()> {
    let documents = documents()?;
    for number in 0..SUBMISSIONS {
        let of = documents.get(number % documents.len()).context("a document")?;
        let mut addresses = [None, None];
        for (address, kind) in addresses.iter_mut().zip(["inspection", "execution"]) {
            let Some(document) = of.get(kind).filter(|document| !document.is_null()) else { continue };
            let name = blake3::hash(format!("{kind} {number}").as_bytes()).to_hex().to_string();
            sqlx::query("insert into facts (address, kind, key, version, document, created_at) values ($1, $2, $1, 1, $3, now())")
                .bind(&name)
                .bind(kind)
                .bind(document)
                .execute(pool)
                .await?;
            *address = Some(name);
        }
        let [inspection, execution] = addresses;
        sqlx::query(
            "with fork as (
                 insert into fork (course_id, repo, full_name, owner, clone_url, html_url, branch, state)
                 values ($1, $2, 'student' || $2 || '/course', 'student' || $2, '', '', 'main', 'active') returning id
             ), submission as (
                 insert into submission (fork_id, commit_sha, received_at, learnt_from)
                 select id, lpad($2::text, 40, '0'), now(), 'sweep' from fork returning id
             )
             insert into score (submission_id, rubric_hash, inspection, execution, program, base, bonus, late_penalty, total, scale,
                 findings, created_at)
             select submission.id, course.rubric_hash, $3, $4, '0', 0, 0, 0, 0, 2000, '[]', now()
             from submission, course where course.id = $1",
        )
        .bind(id.0)
        .bind(number as i64)
        .bind(inspection)
        .bind(execution)
        .execute(pool)
        .await?;
    }
    sqlx::query("vacuum analyze").execute(pool).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("forkgrade-rescore-").tempdir_in("/var/tmp")?;
    // Postgres runs as another user where we are root, and has to walk to its data.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let path = folder.path().join("postgres");
    let cluster = tokio::task::spawn_blocking(move || Cluster::start(&path)).await??;
    let pool = db::connect(&cluster.url, 4).await?;
    let course = course()?;
    let hash = rubric_hash(&course.rubric);
    let id = db::courses::apply(&mut *pool.acquire().await?, &course, &hash).await?;
    let now: DateTime<Utc> = "2026-01-15T12:00:00Z".parse()?;
    grading::rubric_in_force(&pool, id, &course, now).await?;
    fill(&pool, id).await?;
    // Each score gets its findings, as after a first grading.
    grading::rescore(&pool, id, &course, &Actor::Command, now).await?;
    let (mut looks, mut applied) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Every score changes with the rubric: every one is stored anew.
        let mut changed = course.clone();
        changed.rubric.criteria[0].points = Points::from_hundredths(300 + i64::try_from(round)?);
        let changed = std::sync::Arc::new(changed);
        let started = Instant::now();
        let hash = rubric_hash(&changed.rubric);
        let look = grading::look(&mut *pool.acquire().await?, id, &changed, &hash, Which::All).await?;
        looks.push(started.elapsed());
        anyhow::ensure!(look.changed().count() == SUBMISSIONS, "every score is another one");
        let new = NewRubric { rubric: &changed.rubric, source: None, by: &Actor::CourseFile, reason: "" };
        let started = Instant::now();
        let done = grading::apply_rubric(&pool, id, &course, new, Some(&look.key), now).await?;
        applied.push(started.elapsed());
        anyhow::ensure!(matches!(done, Applying::Applied(_)), "it was applied");
    }
    let stored: i64 = sqlx::query_scalar("select count(*) from score where current and rubric_hash = (select hash from rubric_version order by id desc limit 1)")
        .fetch_one(&pool)
        .await?;
    anyhow::ensure!(stored == i64::try_from(SUBMISSIONS)?, "{stored} scores by the last rubric");
    println!("{SUBMISSIONS} submissions, {CRITERIA} criteria, median and worst of {ROUNDS}:");
    println!("a look, nothing stored          {}", told(looks));
    println!("applied: scored and stored      {}", told(applied));
    pool.close().await;
    tokio::task::spawn_blocking(move || cluster.stop()).await?;
    Ok(())
}

fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    format!("{:>6.3} s   {:>6.3} s", middle.as_secs_f64(), times.last().copied().unwrap_or_default().as_secs_f64())
}
