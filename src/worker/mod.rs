//! Workers: claim runs under a lease, keep it alive, hand back what cannot be done, sweep, clean up after the dead.
//! May import: `grading/`, `db/`, `sandbox/`, `domain/`.
//! Next: `slot.rs` for one run at a time, `upkeep.rs` for what is done beside the runs.

mod slot;
mod upkeep;
mod warm;

use std::sync::Arc;

use chrono::TimeDelta;
use sqlx::postgres::PgListener;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::Points;
use crate::domain::ids::RunId;
use crate::grading::Grading;

/// How long a lease lives without a heartbeat.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);

/// What a worker tells whoever watches it (a terminal, a log).
#[derive(Debug, Clone)]
pub enum Progress {
    Claimed { run: RunId, fork: String },
    Graded { run: RunId, fork: String, total: Points, seconds: f64 },
    Delayed { run: RunId, fork: String },
    Failed { run: RunId, fork: String, error: String, retried: bool },
    EngineAway { error: String },
}

/// A worker of one process.
#[derive(Clone)]
pub struct Worker {
    pub grading: Grading,
    /// Host and process, so that a teacher can tell which machine a run is on.
    pub name: String,
    /// Runs at once.
    pub slots: usize,
    /// Pods kept ready for further runs.
    pub warm: usize,
    pub progress: broadcast::Sender<Progress>,
}

impl Worker {
    /// Nobody may be watching, and that is fine.
    fn tell(&self, progress: Progress) {
        let _ = self.progress.send(progress);
    }

    /// Works until told to stop; runs in progress are put back when that happens.
    pub async fn work(self, stop: CancellationToken) {
        let tasks = TaskTracker::new();
        let bell = Arc::new(Notify::new());
        tasks.spawn(ring_on_changes(self.clone(), Arc::clone(&bell), stop.clone()));
        tasks.spawn(upkeep::tidy_until(self.clone(), stop.clone()));
        tasks.spawn(warm::keep(self.clone(), stop.clone()));
        for _ in 0..self.slots {
            tasks.spawn(slot::work(self.clone(), Arc::clone(&bell), stop.clone()));
        }
        tasks.close();
        tasks.wait().await;
    }
}

/// Wakes idle slots when a run is queued anywhere. Without it they look every two seconds.
async fn ring_on_changes(worker: Worker, bell: Arc<Notify>, stop: CancellationToken) {
    let listen = async {
        let mut listener = PgListener::connect_with(&worker.grading.pool).await?;
        listener.listen("forkgrade_run").await?;
        loop {
            // The listener reconnects by itself.
            listener.recv().await?;
            bell.notify_waiters();
        }
    };
    let ended: Option<Result<(), sqlx::Error>> = stop.run_until_cancelled(listen).await;
    if let Some(Err(error)) = ended {
        tracing::warn!(%error, "new runs are found by looking every two seconds only");
    }
}
