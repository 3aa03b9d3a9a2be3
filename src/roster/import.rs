//! A class list meets the class: what would change, and the change itself in one transaction.
//! May import: `db/`, `domain/`.
//! Next: `web/roster.rs` and `cli/roster.rs`, which ask for it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Changes, Entry, Known, Roster, changes};
use crate::db;
use crate::db::roster::Row;
use crate::domain::ids::CourseId;

/// What importing a list would change now.
pub async fn preview(conn: &mut PgConnection, course: CourseId, roster: &Roster) -> sqlx::Result<Changes> {
    let known: Vec<Known> = db::roster::students(conn, course)
        .await?
        .into_iter()
        .map(|student| Known {
            id: student.id,
            login: student.login,
            name: student.name,
            email: student.email,
            group: student.group,
            rostered: student.rostered,
        })
        .collect();
    Ok(changes(&known, &roster.entries))
}

/// Makes the changes, and gives partners each other's forks. Call it within a transaction in which they were previewed.
pub async fn apply(
    conn: &mut PgConnection,
    course: CourseId,
    changes: &Changes,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    // Logins that two students swap would meet each other half-way.
    for change in changes.changed.iter() {
        db::roster::set_aside(conn, change.id).await?;
        if change.is_another_account() {
            db::roster::forget_account(conn, change.id).await?;
        }
    }
    for change in &changes.changed {
        db::roster::change(conn, change.id, &row(&change.entry), now).await?;
    }
    for entry in &changes.new {
        db::roster::enter(conn, course, &row(entry), now).await?;
    }
    db::roster::share_with_partners(conn, course).await
}

fn row(entry: &Entry) -> Row<'_> {
    Row {
        login: &entry.login,
        name: entry.name.as_deref(),
        email: entry.email.as_deref(),
        group: entry.group.as_deref(),
    }
}
