//! Keeps pods ready for the runs to come, under a lease of this process: where it dies, others remove them.
//! May import: `grading/`, `db/`, `sandbox/`, `random`.
//! Next: `sandbox/warm.rs` for the pods.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{LEASE, Worker};
use crate::db;

/// How often the lease is renewed, and the pods are looked at where none was taken.
const EVERY: Duration = Duration::from_secs(10);

/// Keeps them until told to stop, and then removes them.
pub(super) async fn keep(worker: Worker, stop: CancellationToken) {
    if worker.warm == 0 {
        return;
    }
    let lease = crate::random::lease();
    tokio::select! {
        () = live(&worker, lease) => {}
        () = stop.cancelled() => {}
    }
    let engine = &worker.grading.engine;
    engine.cool_down().await;
    // What was half made.
    engine.remove_lease(lease).await;
    let ended = async {
        let conn = &mut *worker.grading.pool.acquire().await?;
        db::warm::end(conn, lease, worker.grading.clock.now()).await
    };
    if let Err(error) = ended.await {
        tracing::debug!(%error, "a lease of pods runs out by itself");
    }
}

/// The lease comes first: what has none is taken for a dead worker's. Then both go on beside one another, since a database may
/// take longer to start than a lease lives.
async fn live(worker: &Worker, lease: Uuid) {
    while let Err(error) = renew(worker, lease).await {
        tracing::warn!(%error, "no pod is kept ready: the database does not answer");
        tokio::time::sleep(EVERY).await;
    }
    let renewing = async {
        loop {
            tokio::time::sleep(EVERY).await;
            if let Err(error) = renew(worker, lease).await {
                tracing::warn!(%error, "the lease of the pods kept ready was not renewed");
            }
        }
    };
    let keeping = async {
        let grading = &worker.grading;
        loop {
            if let Err(error) = grading.engine.keep_warm(&grading.course, worker.warm, lease).await {
                tracing::warn!("fewer pods are kept ready than wanted: {error}");
            }
            let _ = tokio::time::timeout(EVERY, grading.engine.a_pod_may_be_missing()).await;
        }
    };
    tokio::join!(renewing, keeping);
}

async fn renew(worker: &Worker, lease: Uuid) -> sqlx::Result<()> {
    let conn = &mut *worker.grading.pool.acquire().await?;
    db::warm::renew(conn, lease, &worker.name, worker.grading.clock.now() + LEASE).await
}
