//! One slot: claims a run, grades it under a heartbeat, and writes down how it ended.
//! May import: `grading/`, `db/`, `domain/`, `random`.
//! Next: `grading/grade.rs` for what happens to a run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{LEASE, Progress, Worker};
use crate::db;
use crate::db::runs::{Claim, FencedError, MAX_ATTEMPTS};
use crate::domain::Score;
use crate::grading::{GradeError, grade};

/// How often a lease is renewed: two heartbeats may be lost before it runs out.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long an idle slot waits for the bell.
const IDLE: Duration = Duration::from_secs(2);
/// How soon a run whose partner runs right now looks again.
const PARTNER_PAUSE: TimeDelta = TimeDelta::milliseconds(500);

/// Claims and grades until told to stop.
pub(super) async fn work(worker: Worker, bell: Arc<Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let ring = bell.notified();
        match claim(&worker).await {
            Ok(Some(claim)) => {
                if run(&worker, &claim, &stop).await.is_break() {
                    wait_for_engine(&worker, &stop).await;
                }
            }
            Ok(None) => {
                let _ = stop.run_until_cancelled(tokio::time::timeout(IDLE, ring)).await;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot claim a run: the database does not answer");
                let _ = stop.run_until_cancelled(tokio::time::sleep(IDLE)).await;
            }
        }
    }
}

async fn claim(worker: &Worker) -> sqlx::Result<Option<Claim>> {
    let grading = &worker.grading;
    let conn = &mut *grading.pool.acquire().await?;
    let lease = crate::random::lease();
    db::runs::claim(conn, grading.course_id, &worker.name, lease, grading.clock.now(), LEASE).await
}

/// Grades one claimed run. `Break` means that the engine is away and nothing should be claimed until it is back.
async fn run(worker: &Worker, claim: &Claim, stop: &CancellationToken) -> std::ops::ControlFlow<()> {
    let fork = fork_name(worker, claim).await;
    let started = Instant::now();
    worker.tell(Progress::Claimed { run: claim.run, fork: fork.clone() });
    let outcome = tokio::select! {
        outcome = grade(&worker.grading, claim) => Some(outcome),
        () = heartbeat(worker, claim) => Some(Err(GradeError::LeaseLost)),
        () = stop.cancelled() => None,
    };
    // Whatever way it ended, nothing of it may stay in the engine.
    worker.grading.engine.remove_lease(claim.lease).await;
    match outcome {
        Some(Ok(score)) => {
            worker.tell(graded(claim, fork, &score, started));
            std::ops::ControlFlow::Continue(())
        }
        Some(Err(error)) => ended_without_score(worker, claim, fork, error).await,
        None => {
            let now = worker.grading.clock.now();
            written(claim, put_back(worker, claim, now).await);
            std::ops::ControlFlow::Continue(())
        }
    }
}

fn graded(claim: &Claim, fork: String, score: &Score, started: Instant) -> Progress {
    Progress::Graded { run: claim.run, fork, total: score.total, seconds: started.elapsed().as_secs_f64() }
}

async fn fork_name(worker: &Worker, claim: &Claim) -> String {
    let name = async {
        let conn = &mut *worker.grading.pool.acquire().await?;
        db::forks::get(conn, claim.fork).await
    };
    name.await.map_or_else(|_| format!("fork {}", claim.fork), |fork| fork.full_name)
}

/// Renews the lease; comes back only when it was lost.
async fn heartbeat(worker: &Worker, claim: &Claim) {
    let grading = &worker.grading;
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let beat = async {
            let conn = &mut *grading.pool.acquire().await?;
            db::runs::heartbeat(conn, claim, grading.clock.now() + LEASE).await
        };
        match beat.await {
            Ok(()) => {}
            Err(FencedError::LeaseLost(_)) => return,
            // The database may be back before the lease runs out: another worker takes over only then.
            Err(FencedError::Sql(error)) => tracing::warn!(run = %claim.run, %error, "a heartbeat was lost"),
        }
    }
}

async fn ended_without_score(
    worker: &Worker,
    claim: &Claim,
    fork: String,
    error: GradeError,
) -> std::ops::ControlFlow<()> {
    let now = worker.grading.clock.now();
    match error {
        GradeError::LeaseLost => tracing::warn!(run = %claim.run, "another worker took this run over"),
        GradeError::PartnerRuns => {
            written(claim, put_back(worker, claim, now + PARTNER_PAUSE).await);
            worker.tell(Progress::Delayed { run: claim.run, fork });
        }
        GradeError::CommitGone => written(claim, supersede(worker, claim).await),
        GradeError::Engine(error) => {
            let away = error.is_away();
            let error = chain(&anyhow::Error::new(error));
            if away {
                // Not this run's fault: it keeps its attempts and waits until the engine is back.
                written(claim, put_back(worker, claim, now).await);
                worker.tell(Progress::EngineAway { error });
                return std::ops::ControlFlow::Break(());
            }
            failed(worker, claim, fork, error).await;
        }
        GradeError::Network(_) => failed(worker, claim, fork, error.to_string()).await,
        GradeError::Ours(error) => failed(worker, claim, fork, chain(&error)).await,
    }
    std::ops::ControlFlow::Continue(())
}

async fn failed(worker: &Worker, claim: &Claim, fork: String, error: String) {
    let now = worker.grading.clock.now();
    let retry_at = (claim.attempt < MAX_ATTEMPTS).then(|| now + TimeDelta::seconds(i64::from(claim.attempt) * 5));
    let write = async {
        let conn = &mut *worker.grading.pool.acquire().await?;
        db::runs::fail(conn, claim, &error, retry_at, now).await
    };
    written(claim, write.await);
    worker.tell(Progress::Failed { run: claim.run, fork, error, retried: retry_at.is_some() });
}

async fn put_back(
    worker: &Worker,
    claim: &Claim,
    available_at: chrono::DateTime<chrono::Utc>,
) -> Result<(), FencedError> {
    let conn = &mut *worker.grading.pool.acquire().await?;
    db::runs::put_back(conn, claim, available_at).await
}

async fn supersede(worker: &Worker, claim: &Claim) -> Result<(), FencedError> {
    let conn = &mut *worker.grading.pool.acquire().await?;
    db::runs::supersede(conn, claim, worker.grading.clock.now()).await
}

/// The end of a run could not be written: its lease runs out, and another worker finds it.
fn written(claim: &Claim, result: Result<(), FencedError>) {
    if let Err(error) = result {
        tracing::warn!(run = %claim.run, %error, "the end of this run could not be written");
    }
}

/// A worker whose own engine fails must not drain the queue by failing fast.
async fn wait_for_engine(worker: &Worker, stop: &CancellationToken) {
    while !stop.is_cancelled() && worker.grading.engine.ping().await.is_err() {
        let _ = stop.run_until_cancelled(tokio::time::sleep(IDLE)).await;
    }
}

/// An error with its causes, on one line.
fn chain(error: &anyhow::Error) -> String {
    format!("{error:#}")
}
