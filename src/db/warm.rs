//! Leases of pods that are kept ready: one for each worker process that keeps any.
//! May import: `domain/`.
//! Next: `worker/warm.rs` renews them, `runs.rs` counts them among the living.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Begins a lease, or lets it live on until `until`.
pub async fn renew(conn: &mut PgConnection, lease: Uuid, worker: &str, until: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into warm_lease (lease, worker, expires_at) values ($1, $2, $3)
         on conflict (lease) do update set expires_at = excluded.expires_at",
        lease,
        worker,
        until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a lease, and forgets those that ran out.
pub async fn end(conn: &mut PgConnection, lease: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("delete from warm_lease where lease = $1 or expires_at < $2", lease, now).execute(conn).await?;
    Ok(())
}
