//! Who is signed in: sessions, one-time teacher links, student links. Only hashes of tokens are ever stored.
//! May import: `domain/`, `random`.
//! Next: `web/extract.rs`, which turns a session into a type.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::people::{Person, PersonRow};
use crate::domain::ids::{CourseId, PersonId, StudentId};
use crate::random::token_hash;

/// Whom a session belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    Teacher,
    Student(StudentId),
}

/// A live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub holder: Holder,
    /// Who it is, where GitHub vouched for them; `None` where a link opened it.
    pub person: Option<Person>,
}

/// Opens a session; sessions that have run out are swept away on the way.
pub async fn open(
    conn: &mut PgConnection,
    course: CourseId,
    holder: Holder,
    person: Option<PersonId>,
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
        "insert into session (token_hash, course_id, student_id, person_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
        token_hash(token),
        course.0,
        student,
        person.map(|person| person.0),
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The live session of this course with a token.
pub async fn find(
    conn: &mut PgConnection,
    course: CourseId,
    token: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Session>> {
    let row = sqlx::query!(
        r#"select session.student_id, person.id as "id?", person.github_id as "github_id?", person.login as "login?",
                  person.may_push as "may_push?", person.checked_at as "checked_at?"
           from session left join person on person.id = session.person_id
           where session.token_hash = $1 and session.course_id = $2 and session.expires_at > $3"#,
        token_hash(token),
        course.0,
        now,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let person = match (row.id, row.github_id, row.login, row.may_push, row.checked_at) {
        (Some(id), Some(github_id), Some(login), Some(may_push), Some(checked_at)) => {
            Some(PersonRow { id, github_id, login, may_push, checked_at }.person()?)
        }
        _ => None,
    };
    let holder = row.student_id.map_or(Holder::Teacher, |id| Holder::Student(StudentId(id)));
    Ok(Some(Session { holder, person }))
}

/// Ends a session.
pub async fn close(conn: &mut PgConnection, token: &str) -> sqlx::Result<()> {
    sqlx::query!("delete from session where token_hash = $1", token_hash(token)).execute(conn).await?;
    Ok(())
}

/// Ends every session of whoever holds this one: of the student, of the person, or all that printed teacher links opened.
pub async fn close_all_like(conn: &mut PgConnection, course: CourseId, token: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from session using session mine
         where mine.token_hash = $1 and mine.course_id = $2 and session.course_id = $2
           and session.student_id is not distinct from mine.student_id
           and (mine.student_id is not null or session.person_id is not distinct from mine.person_id)",
        token_hash(token),
        course.0,
    )
    .execute(conn)
    .await?;
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

/// Gives a student a new link. The old one and every session that it opened end. `false` where there is no such student.
pub async fn renew_student_link(
    conn: &mut PgConnection,
    course: CourseId,
    student: StudentId,
    token: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "with changed as (update student set link_hash = $3 where id = $1 and course_id = $2 returning id),
              ended as (delete from session using changed
                        where session.student_id = changed.id and session.person_id is null)
         select id from changed",
        student.0,
        course.0,
        token_hash(token),
    )
    .fetch_optional(conn)
    .await?;
    Ok(done.is_some())
}

/// Takes a student's link away, with every session that it opened. `false` where there is no such student.
pub async fn revoke_student_link(conn: &mut PgConnection, course: CourseId, student: StudentId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "with changed as (update student set link_hash = null where id = $1 and course_id = $2 returning id),
              ended as (delete from session using changed
                        where session.student_id = changed.id and session.person_id is null)
         select id from changed",
        student.0,
        course.0,
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
