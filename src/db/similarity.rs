//! What the forks of a course have in common: the newest look at it.
//! May import: `domain/`.
//! Next: `grading/similarity.rs`, which looks.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::decoded;
use crate::domain::CommitSha;
use crate::domain::ids::{CourseId, ForkId};

/// A fork's newest submission.
pub struct Newest {
    pub fork: ForkId,
    pub full_name: String,
    pub commit: CommitSha,
    pub project_commit: Option<CommitSha>,
}

/// The newest submission of every fork, in the order of the forks.
pub async fn newest(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Newest>> {
    let rows = sqlx::query!(
        "select distinct on (fork.id) fork.id, fork.full_name, submission.commit_sha, submission.project_commit
         from fork join submission on submission.fork_id = fork.id
         where fork.course_id = $1
         order by fork.id, submission.received_at desc, submission.id desc",
        course.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Newest {
                fork: ForkId(row.id),
                full_name: row.full_name,
                commit: decoded(row.commit_sha.try_into())?,
                project_commit: decoded(row.project_commit.map(TryInto::try_into).transpose())?,
            })
        })
        .collect()
}

/// What was found, and when.
pub struct Look<T> {
    pub key: String,
    pub document: T,
    pub computed_at: DateTime<Utc>,
}

/// The newest look; `None` before the first one, or where another version wrote it.
pub async fn load<T: DeserializeOwned>(
    conn: &mut PgConnection,
    course: CourseId,
    version: u32,
) -> sqlx::Result<Option<Look<T>>> {
    let row = sqlx::query!(
        r#"select key, document as "document: Json<serde_json::Value>", computed_at from similarity
           where course_id = $1 and version = $2"#,
        course.0,
        i32::try_from(version).unwrap_or(i32::MAX),
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let document = decoded(serde_json::from_value(row.document.0))?;
        Ok(Look { key: row.key, document, computed_at: row.computed_at })
    })
    .transpose()
}

/// Keeps a look in place of the one before.
pub async fn store(
    conn: &mut PgConnection,
    course: CourseId,
    version: u32,
    key: &str,
    document: &(impl Serialize + Sync),
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into similarity (course_id, version, key, document, computed_at) values ($1, $2, $3, $4, $5)
         on conflict (course_id) do update set version = $2, key = $3, document = $4, computed_at = $5",
        course.0,
        i32::try_from(version).unwrap_or(i32::MAX),
        key,
        Json(document) as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
