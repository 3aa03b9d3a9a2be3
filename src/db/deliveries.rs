//! Webhook deliveries: each counts once.
//! May import: `domain/`.
//! Next: `web/webhook.rs`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Records a delivery. `false` where it was recorded before: a replay.
pub async fn record(conn: &mut PgConnection, id: &str, event: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into delivery (id, event, received_at) values ($1, $2, $3) on conflict do nothing",
        id,
        event,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
