//! Rubrics by their hash, and which of them is in force in a course.
//! May import: `domain/`.
//! Next: `rescoring/`, which puts another one in force.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::audit::actor;
use super::decoded;
use crate::domain::audit::Actor;
use crate::domain::ids::{CourseId, RubricVersionId};
use crate::domain::{Rubric, RubricHash};

/// The rubric by which a course is scored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub version: RubricVersionId,
    pub hash: RubricHash,
    pub rubric: Rubric,
    /// The section as it was written, where somebody wrote it on the page.
    pub source: Option<String>,
}

/// The rubric in force.
pub async fn in_force(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<InForce> {
    let row = sqlx::query!(
        r#"select version.id, version.hash, version.source, rubric.document as "rubric: Json<Rubric>"
           from rubric_version version join rubric on rubric.hash = version.hash
           where version.course_id = $1 order by version.id desc limit 1"#,
        course.0
    )
    .fetch_one(conn)
    .await?;
    Ok(InForce {
        version: RubricVersionId(row.id),
        hash: decoded(row.hash.try_into())?,
        rubric: row.rubric.0,
        source: row.source,
    })
}

/// A rubric that was in force once, or scored something.
pub async fn by_hash(conn: &mut PgConnection, hash: &RubricHash) -> sqlx::Result<Option<Rubric>> {
    let found =
        sqlx::query_scalar!(r#"select document as "rubric: Json<Rubric>" from rubric where hash = $1"#, hash.as_str())
            .fetch_optional(conn)
            .await?;
    Ok(found.map(|rubric| rubric.0))
}

/// A version that was put in force, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub id: RubricVersionId,
    pub hash: RubricHash,
    /// A teacher on the page, or the course's file.
    pub by: Actor,
    pub reason: String,
    pub at: DateTime<Utc>,
    pub source: Option<String>,
    pub rubric: Rubric,
}

/// Every version of a course, newest first.
pub async fn versions(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Version>> {
    let rows = sqlx::query!(
        r#"select version.id, version.hash, version.actor, version.login, version.source, version.reason,
                  version.applied_at, rubric.document as "rubric: Json<Rubric>"
           from rubric_version version join rubric on rubric.hash = version.hash
           where version.course_id = $1 order by version.id desc"#,
        course.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Version {
                id: RubricVersionId(row.id),
                hash: decoded(row.hash.try_into())?,
                by: actor(&row.actor, row.login)?,
                reason: row.reason,
                at: row.applied_at,
                source: row.source,
                rubric: row.rubric.0,
            })
        })
        .collect()
}

/// The rubric that was last taken from the course's file.
pub async fn taken_from_file(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Option<RubricHash>> {
    let hash = sqlx::query_scalar!(
        "select hash from rubric_version where course_id = $1 and actor = 'course_file' order by id desc limit 1",
        course.0
    )
    .fetch_optional(conn)
    .await?;
    decoded(hash.map(TryInto::try_into).transpose())
}

/// A rubric that is put in force.
#[derive(Debug, Clone, Copy)]
pub struct Applied<'a> {
    pub hash: &'a RubricHash,
    pub rubric: &'a Rubric,
    pub source: Option<&'a str>,
    pub by: &'a Actor,
    pub reason: &'a str,
}

/// Puts a rubric in force, in the transaction that scores the course by it.
pub async fn put_in_force(
    conn: &mut PgConnection,
    course: CourseId,
    applied: Applied<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<RubricVersionId> {
    sqlx::query!(
        "insert into rubric (hash, document, created_at) values ($1, $2, $3) on conflict do nothing",
        applied.hash.as_str(),
        Json(applied.rubric) as _,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let id = sqlx::query_scalar!(
        "insert into rubric_version (course_id, hash, source, actor, login, reason, applied_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
        course.0,
        applied.hash.as_str(),
        applied.source,
        applied.by.kind(),
        applied.by.login().map(|login| login.as_str()),
        applied.reason,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(RubricVersionId(id))
}

/// The rubric in force stays in force until the caller's transaction ends: what is scored and stored in it is by that one.
pub async fn hold(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock_shared(hashtextextended('forkgrade.rubric', $1))", course.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// The caller's transaction may put another rubric in force: waits for every score that is being stored, and keeps others from beginning.
pub async fn change(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('forkgrade.rubric', $1))", course.0)
        .execute(conn)
        .await?;
    Ok(())
}
