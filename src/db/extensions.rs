//! Later deadlines of single students, and which of them a fork goes by.
//! May import: `domain/`.
//! Next: `domain/course.rs` for the deadline in force, `grading/by_hand.rs`, which gives and takes them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::audit::actor;
use crate::domain::Extension;
use crate::domain::ids::{CourseId, ForkId, StudentId};

/// Gives a student until then; an extension of before counts no more.
pub async fn give(conn: &mut PgConnection, student: StudentId, extension: &Extension) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into extension (student_id, until, reason, actor, login, at) values ($1, $2, $3, $4, $5, $6)
         on conflict (student_id) do update set until = excluded.until, reason = excluded.reason,
             actor = excluded.actor, login = excluded.login, at = excluded.at",
        student.0,
        extension.until,
        extension.reason,
        extension.by.kind(),
        extension.by.login().map(|login| login.as_str()),
        extension.at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a student's extension back; nothing where there is none.
pub async fn take(conn: &mut PgConnection, student: StudentId) -> sqlx::Result<()> {
    sqlx::query!("delete from extension where student_id = $1", student.0).execute(conn).await?;
    Ok(())
}

/// A student's own extension.
pub async fn of_student(conn: &mut PgConnection, student: StudentId) -> sqlx::Result<Option<Extension>> {
    let row = sqlx::query!("select until, reason, actor, login, at from extension where student_id = $1", student.0)
        .fetch_optional(conn)
        .await?;
    row.map(|row| extension(row.until, row.reason, &row.actor, row.login, row.at)).transpose()
}

/// The extension that each fork goes by, or one fork: the latest among its students'. Forks without one are left out.
pub async fn in_force(
    conn: &mut PgConnection,
    course: CourseId,
    only: Option<ForkId>,
) -> sqlx::Result<HashMap<ForkId, Extension>> {
    let rows = sqlx::query!(
        "select distinct on (fork.id) fork.id, until, reason, actor, login, at
         from extension join fork_student on fork_student.student_id = extension.student_id
         join fork on fork.id = fork_student.fork_id
         where fork.course_id = $1 and ($2::bigint is null or fork.id = $2)
         order by fork.id, until desc, extension.student_id",
        course.0,
        only.map(|fork| fork.0),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok((ForkId(row.id), extension(row.until, row.reason, &row.actor, row.login, row.at)?)))
        .collect()
}

/// The extension that one fork goes by.
pub async fn of_fork(conn: &mut PgConnection, course: CourseId, fork: ForkId) -> sqlx::Result<Option<Extension>> {
    Ok(in_force(conn, course, Some(fork)).await?.remove(&fork))
}

/// Forks of which a score counts lateness by another extension than the one that is in force: somebody was given one or lost it, or came
/// to the fork or left it. `due` is the course's own deadline.
pub async fn unsettled(
    conn: &mut PgConnection,
    course: CourseId,
    due: Option<DateTime<Utc>>,
) -> sqlx::Result<Vec<ForkId>> {
    let forks = sqlx::query_scalar!(
        "select distinct fork.id from fork
         join submission on submission.fork_id = fork.id
         join score on score.submission_id = submission.id and score.current
         left join lateral (
             select max(until) as until from extension join fork_student on fork_student.student_id = extension.student_id
             where fork_student.fork_id = fork.id and until > $2
         ) as in_force on true
         where fork.course_id = $1 and score.due is not null
           and in_force.until is distinct from
               case when (score.due->>'extended')::boolean then (score.due->'deadline'->>'at')::timestamptz end",
        course.0,
        due,
    )
    .fetch_all(conn)
    .await?;
    Ok(forks.into_iter().map(ForkId).collect())
}

pub(super) fn extension(
    until: DateTime<Utc>,
    reason: String,
    kind: &str,
    login: Option<String>,
    at: DateTime<Utc>,
) -> sqlx::Result<Extension> {
    Ok(Extension { until, reason, by: actor(kind, login)?, at })
}
