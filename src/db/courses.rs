//! The course's own row.
//! May import: `domain/`.
//! Next: `domain/course.rs`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::domain::ids::CourseId;

/// Asks for a sweep now.
pub async fn request_sweep(conn: &mut PgConnection, course: CourseId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("update course set sweep_requested_at = $2 where id = $1", course.0, now).execute(conn).await?;
    Ok(())
}
