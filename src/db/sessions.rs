//! Who is signed in: sessions, one-time teacher links, student links. Only hashes of tokens are ever stored.
//! May import: `domain/`, `random`.
//! Next: `web/extract.rs`, which turns a session into a type.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::domain::ids::{CourseId, StudentId};
use crate::random::token_hash;

/// Whom a session belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    Teacher,
    Student(StudentId),
}

/// Opens a session; sessions that have run out are swept away on the way.
pub async fn open(
    conn: &mut PgConnection,
    course: CourseId,
    holder: Holder,
    token: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!("delete from session where expires_at <= $1", now).execute(&mut *conn).await?;
    let student = match holder {
        Holder::Teacher => None,
        Holder::Student(student) => Some(student.0),
    };
    sqlx::query!(
        "insert into session (token_hash, course_id, student_id, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        token_hash(token),
        course.0,
        student,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whom a live session of this course belongs to.
pub async fn find(
    conn: &mut PgConnection,
    course: CourseId,
    token: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Holder>> {
    let row = sqlx::query!(
        "select student_id from session where token_hash = $1 and course_id = $2 and expires_at > $3",
        token_hash(token),
        course.0,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| row.student_id.map_or(Holder::Teacher, |id| Holder::Student(StudentId(id)))))
}

/// Ends a session.
pub async fn close(conn: &mut PgConnection, token: &str) -> sqlx::Result<()> {
    sqlx::query!("delete from session where token_hash = $1", token_hash(token)).execute(conn).await?;
    Ok(())
}

/// Keeps a link that signs a teacher in once, until `expires_at`.
pub async fn create_teacher_link(
    conn: &mut PgConnection,
    course: CourseId,
    token: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into teacher_link (token_hash, course_id, created_at, expires_at) values ($1, $2, $3, $4)",
        token_hash(token),
        course.0,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses a teacher link up. `false` where it is unknown, used or too old.
pub async fn redeem_teacher_link(
    conn: &mut PgConnection,
    course: CourseId,
    token: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update teacher_link set used_at = $3
         where token_hash = $1 and course_id = $2 and used_at is null and expires_at > $3",
        token_hash(token),
        course.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a student a new link. The old one and every session made with it end. `false` where there is no such student.
pub async fn renew_student_link(
    conn: &mut PgConnection,
    course: CourseId,
    student: StudentId,
    token: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "with changed as (update student set link_hash = $3 where id = $1 and course_id = $2 returning id),
              ended as (delete from session using changed where session.student_id = changed.id)
         select id from changed",
        student.0,
        course.0,
        token_hash(token),
    )
    .fetch_optional(conn)
    .await?;
    Ok(done.is_some())
}

/// Students of the course that have no link yet.
pub async fn students_without_link(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<StudentId>> {
    let ids =
        sqlx::query_scalar!("select id from student where course_id = $1 and link_hash is null order by id", course.0)
            .fetch_all(conn)
            .await?;
    Ok(ids.into_iter().map(StudentId).collect())
}

/// Whose link this is.
pub async fn student_of_link(
    conn: &mut PgConnection,
    course: CourseId,
    token: &str,
) -> sqlx::Result<Option<StudentId>> {
    let id = sqlx::query_scalar!(
        "select id from student where link_hash = $1 and course_id = $2",
        token_hash(token),
        course.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(StudentId))
}
