//! Webhook deliveries: each id counts once.
//! May import: `domain/`.
//! Next: `web/webhook.rs`, which asks before it does anything.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Records a delivery. `false` says that it came before.
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

/// When the last one came.
pub async fn last(conn: &mut PgConnection) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("select max(received_at) from delivery").fetch_one(conn).await
}
