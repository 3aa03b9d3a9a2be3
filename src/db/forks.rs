//! Forks of a course, by GitHub's numeric repository id.
//! May import: `domain/`.
//! Next: `domain/fork.rs`.

use sqlx::PgConnection;

use crate::domain::ids::{CourseId, ForkId, RepoId};

/// The fork with this repository id, and its graded branch.
pub async fn graded_branch(
    conn: &mut PgConnection,
    course: CourseId,
    repo: RepoId,
) -> sqlx::Result<Option<(ForkId, String)>> {
    let row = sqlx::query!("select id, branch from fork where course_id = $1 and repo = $2", course.0, repo.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| (ForkId(row.id), row.branch)))
}
