//! Rubrics by their hash, and which of them is in force in a course.
//! May import: `domain/`.
//! Next: `grading/apply.rs`, which puts another one in force.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::{Json, JsonValue};

use super::audit::actor;
use super::decoded;
use crate::domain::audit::Actor;
use crate::domain::ids::{CourseId, RubricVersionId};
use crate::domain::{Course, Rubric, RubricHash};

/// The rubric by which a course is scored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub hash: RubricHash,
    pub rubric: Rubric,
    /// The section as it was written, where somebody wrote it on the page.
    pub source: Option<String>,
}

/// The rubric in force; `None` where the course has none yet.
pub async fn in_force(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Option<InForce>> {
    let row = sqlx::query!(
        r#"select version.hash, version.source, rubric.document as "rubric: Json<Rubric>"
           from rubric_version version join rubric on rubric.hash = version.hash
           where version.course_id = $1 order by version.id desc limit 1"#,
        course.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok(InForce { hash: decoded(row.hash.try_into())?, rubric: row.rubric.0, source: row.source }))
        .transpose()
}

/// The course under the rubric in force. Whatever reads a rubric without a score at hand asks here: what `course.toml` says counts only
/// once it was put in force.
pub async fn course(conn: &mut PgConnection, id: CourseId, of_file: &Course) -> sqlx::Result<Course> {
    Ok(match in_force(conn, id).await? {
        Some(in_force) => of_file.under(in_force.rubric),
        None => of_file.clone(),
    })
}

/// The course under the rubric that a score was made by.
pub async fn course_of(conn: &mut PgConnection, of_file: &Course, hash: &RubricHash) -> sqlx::Result<Course> {
    Ok(match by_hashes(conn, &[hash]).await?.remove(hash) {
        Some(rubric) => of_file.under(rubric),
        None => of_file.clone(),
    })
}

/// The course with what these versions held besides, the first that held it first: to name what moved between scores, never to score by.
pub async fn remembering<'h>(
    conn: &mut PgConnection,
    course: &Course,
    hashes: impl Iterator<Item = &'h RubricHash>,
) -> sqlx::Result<Course> {
    let hashes: Vec<&RubricHash> = hashes.collect();
    let mut earlier = by_hashes(conn, &hashes).await?;
    let rubrics = hashes.into_iter().filter_map(|hash| earlier.remove(hash));
    Ok(course.under(rubrics.fold(course.rubric.clone(), Rubric::remembering)))
}

/// Rubrics that were in force once, as far as they can still be read.
async fn by_hashes(conn: &mut PgConnection, hashes: &[&RubricHash]) -> sqlx::Result<HashMap<RubricHash, Rubric>> {
    let hashes: Vec<String> = hashes.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!("select hash, document from rubric where hash = any($1)", &hashes).fetch_all(conn).await?;
    let readable = rows.into_iter().filter_map(|row| Some((row.hash, read(row.document)?)));
    readable.map(|(hash, rubric)| Ok((decoded(hash.try_into())?, rubric))).collect()
}

/// `None` for a rubric in a shape that this version does not read.
fn read(document: JsonValue) -> Option<Rubric> {
    serde_json::from_value(document)
        .inspect_err(|error| tracing::warn!(%error, "a rubric in a shape that this version does not read"))
        .ok()
}

/// A version that was put in force, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub id: RubricVersionId,
    pub hash: RubricHash,
    pub by: Actor,
    pub reason: String,
    pub at: DateTime<Utc>,
    /// The section as it was written, where somebody wrote it on the page.
    pub source: Option<String>,
    pub rubric: Rubric,
}

/// Every version of a course that can still be read, newest first: the first one is in force.
pub async fn versions(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Version>> {
    let rows = sqlx::query!(
        r#"select version.id, version.hash, version.actor, version.login, version.source, version.reason,
                  version.applied_at, rubric.document
           from rubric_version version join rubric on rubric.hash = version.hash
           where version.course_id = $1 order by version.id desc"#,
        course.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .filter_map(|mut row| Some((read(row.document.take())?, row)))
        .map(|(rubric, row)| {
            Ok(Version {
                id: RubricVersionId(row.id),
                hash: decoded(row.hash.try_into())?,
                by: actor(&row.actor, row.login)?,
                reason: row.reason,
                at: row.applied_at,
                source: row.source,
                rubric,
            })
        })
        .collect()
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
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into rubric (hash, document, created_at) values ($1, $2, $3) on conflict do nothing",
        applied.hash.as_str(),
        Json(applied.rubric) as _,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into rubric_version (course_id, hash, source, actor, login, reason, applied_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        course.0,
        applied.hash.as_str(),
        applied.source,
        applied.by.kind(),
        applied.by.login().map(|login| login.as_str()),
        applied.reason,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
