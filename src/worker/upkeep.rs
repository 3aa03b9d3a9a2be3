//! Beside the runs: leftovers of dead workers leave the engine, runs that keep dying are given up.
//! May import: `grading/`, `db/`, `sandbox/`, `domain/`.
//! Next: `sandbox/reaper.rs`.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use chrono::TimeDelta;

use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::db;
use crate::grading::{self, similarity};

/// How often the engine is looked through.
const EVERY: Duration = Duration::from_secs(15);
/// How often images that were built of Dockerfiles are looked through, and the age at which they go: they are a cache.
const BUILDS_EVERY: Duration = Duration::from_secs(6 * 60 * 60);
const BUILDS_KEPT: TimeDelta = TimeDelta::days(30);

/// Tidies at once, and then again and again until told to stop.
pub(super) async fn tidy_until(worker: Worker, stop: CancellationToken) {
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looked: Option<Instant> = None;
    while stop.run_until_cancelled(every.tick()).await.is_some() {
        let done = [
            tidy(&worker).await,
            settle(&worker).await,
            compare_when_idle(&worker).await,
            forget_builds(&worker, &mut looked).await,
        ];
        for done in done {
            if let Err(error) = done {
                tracing::warn!("{error:#}");
            }
        }
    }
}

/// Removes images that no run has needed built anew for long.
async fn forget_builds(worker: &Worker, looked: &mut Option<Instant>) -> anyhow::Result<()> {
    if looked.is_some_and(|last| last.elapsed() < BUILDS_EVERY) {
        return Ok(());
    }
    *looked = Some(Instant::now());
    let grading = &worker.grading;
    let removed = grading.engine.forget_builds(grading.clock.now() - BUILDS_KEPT).await?;
    if removed > 0 {
        tracing::info!(removed, "old images of Dockerfiles removed");
    }
    Ok(())
}

async fn tidy(worker: &Worker) -> anyhow::Result<()> {
    let grading = &worker.grading;
    let conn = &mut *grading.pool.acquire().await?;
    let given_up = db::runs::give_up_on_the_dead(conn, grading.clock.now()).await?;
    if given_up > 0 {
        tracing::error!(given_up, "runs whose worker died at every attempt");
    }
    let live: HashSet<_> = db::runs::live_leases(conn, grading.clock.now()).await?.into_iter().collect();
    let removed = grading.engine.reap(&live).await?;
    if removed > 0 {
        tracing::info!(removed, "containers of dead workers removed");
    }
    Ok(())
}

/// A sweep or a sign-in may have brought a student with more time to a fork that is scored already.
async fn settle(worker: &Worker) -> anyhow::Result<()> {
    let grading = &worker.grading;
    let moved = grading::settle(&grading.pool, grading.course_id, &grading.course, grading.clock.now()).await?;
    if moved > 0 {
        tracing::info!(moved, "scores that count lateness by another deadline than before");
    }
    Ok(())
}

/// Comparing takes a processor for a while: not while students wait.
async fn compare_when_idle(worker: &Worker) -> anyhow::Result<()> {
    let grading = &worker.grading;
    let pending = db::runs::pending(&mut *grading.pool.acquire().await?, grading.course_id).await?;
    if pending == 0 {
        let (course, mirror) = (&grading.course, &grading.mirror);
        similarity::refresh(&grading.pool, grading.course_id, course, mirror, &grading.earlier, &grading.clock).await?;
    }
    Ok(())
}
