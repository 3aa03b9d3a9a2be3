//! Courses: the configuration as last applied, the upstream as last seen, and when to sweep.
//! May import: `domain/`.
//! Next: `sync.rs`, which sweeps.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::decoded;
use crate::domain::ids::{CourseId, CourseSlug, RepoId};
use crate::domain::{CommitSha, Course, RubricHash};

/// Takes a course's configuration over. Where it names another upstream than before, that one is met anew.
pub async fn apply(conn: &mut PgConnection, course: &Course, rubric: &RubricHash) -> sqlx::Result<CourseId> {
    let id = sqlx::query_scalar!(
        "insert into course (slug, title, upstream, config, rubric_hash) values ($1, $2, $3, $4, $5)
         on conflict (slug) do update set title = $2, config = $4, rubric_hash = $5,
             upstream = case when course.config->>'upstream' = $3 then course.upstream else $3 end,
             upstream_repo = case when course.config->>'upstream' = $3 then course.upstream_repo end,
             upstream_checked_at = case when course.config->>'upstream' = $3 then course.upstream_checked_at end
         returning id",
        course.slug.as_str(),
        course.title,
        course.upstream,
        Json(course) as _,
        rubric.as_str(),
    )
    .fetch_one(conn)
    .await?;
    Ok(CourseId(id))
}

/// A course of this database, as its file was last read.
pub async fn by_slug(conn: &mut PgConnection, slug: &CourseSlug) -> sqlx::Result<Option<(CourseId, Course)>> {
    let row = sqlx::query!(
        r#"select id, config as "config: Json<serde_json::Value>" from course where slug = $1"#,
        slug.as_str()
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((CourseId(row.id), decoded(serde_json::from_value(row.config.0))?))).transpose()
}

/// The upstream as last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    pub full_name: String,
    /// `None` until GitHub told it.
    pub repo: Option<RepoId>,
    pub branch: Option<String>,
    pub head: Option<CommitSha>,
    /// The `pushed_at` that the mirror holds.
    pub pushed_at: Option<DateTime<Utc>>,
    pub checked_at: Option<DateTime<Utc>>,
}

/// The upstream of a course.
pub async fn upstream(conn: &mut PgConnection, id: CourseId) -> sqlx::Result<Upstream> {
    let row = sqlx::query!(
        "select upstream, upstream_repo, upstream_branch, upstream_head, upstream_pushed_at, upstream_checked_at
         from course where id = $1",
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok(Upstream {
        full_name: row.upstream,
        repo: row.upstream_repo.map(RepoId),
        branch: row.upstream_branch,
        head: decoded(row.upstream_head.map(TryInto::try_into).transpose())?,
        pushed_at: row.upstream_pushed_at,
        checked_at: row.upstream_checked_at,
    })
}

/// Writes down what was seen of the upstream.
pub async fn saw_upstream(conn: &mut PgConnection, id: CourseId, seen: &Upstream) -> sqlx::Result<()> {
    sqlx::query!(
        "update course set upstream = $2, upstream_repo = $3, upstream_branch = $4, upstream_head = $5,
             upstream_pushed_at = $6, upstream_checked_at = $7 where id = $1",
        id.0,
        seen.full_name,
        seen.repo.map(|repo| repo.0),
        seen.branch,
        seen.head.as_ref().map(CommitSha::as_str),
        seen.pushed_at,
        seen.checked_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Asks for a sweep as soon as possible.
pub async fn request_sweep(conn: &mut PgConnection, id: CourseId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("update course set sweep_requested_at = $2 where id = $1", id.0, now).execute(conn).await?;
    Ok(())
}

/// Whether somebody asked for a sweep that has not begun.
pub async fn sweep_is_requested(conn: &mut PgConnection, id: CourseId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select sweep_requested_at is not null as "asked!" from course where id = $1"#, id.0)
        .fetch_one(conn)
        .await
}

/// A sweep begins: it answers every request made before, and none that comes while it goes on.
pub async fn begin_sweep(conn: &mut PgConnection, id: CourseId) -> sqlx::Result<()> {
    sqlx::query!("update course set sweep_requested_at = null where id = $1", id.0).execute(conn).await?;
    Ok(())
}

/// A sweep ended, well or with what went wrong.
pub async fn end_sweep(
    conn: &mut PgConnection,
    id: CourseId,
    trouble: Option<&str>,
    waits_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update course set swept_at = $2, sweep_trouble = $3, sweep_waits_until = $4 where id = $1",
        id.0,
        now,
        trouble,
        waits_until,
    )
    .execute(conn)
    .await?;
    Ok(())
}
