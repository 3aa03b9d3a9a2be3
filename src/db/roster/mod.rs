//! The class list: who is on it, whose fork is whose, and what is still without the other.
//! May import: `domain/`.
//! Next: `ties.rs` for whose fork is whose; `roster/` reads lists, `web/roster/` and `cli/roster.rs` import them.

mod ties;

pub use ties::{Said, Stray, Tied, attach, detach, share_with_partners, strays, ties, without_fork};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use super::audit::{self, Entry};
use super::decoded;
use crate::domain::audit::Action;
use crate::domain::ids::{CourseId, Login, StudentId};

/// A student of a course.
pub struct Listed {
    pub id: StudentId,
    pub login: Login,
    pub name: Option<String>,
    pub email: Option<String>,
    pub group: Option<String>,
    /// A class list named them.
    pub rostered: bool,
    /// Full names of their forks.
    pub forks: Vec<String>,
    pub has_link: bool,
    /// Logins that were theirs, in small letters.
    pub former: Vec<String>,
}

/// Every student, by name.
pub async fn students(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Listed>> {
    let rows = sqlx::query!(
        r#"select id, login, name, email, group_name, rostered_at is not null as "rostered!", link_hash is not null as "has_link!",
               array(select full_name from fork join fork_student on fork_id = fork.id where student_id = student.id
                     order by lower(full_name)) as "forks!",
               array(select former_login.login from former_login where student_id = student.id) as "former!"
           from student where course_id = $1 order by lower(coalesce(name, login)), id"#,
        course.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Listed {
                id: StudentId(row.id),
                login: decoded(row.login.try_into())?,
                name: row.name,
                email: row.email,
                group: row.group_name,
                rostered: row.rostered,
                forks: row.forks,
                has_link: row.has_link,
                former: row.former,
            })
        })
        .collect()
}

/// What a class list says of one student; what it leaves out stays.
pub struct Row<'a> {
    pub login: &'a Login,
    pub name: Option<&'a str>,
    pub email: Option<&'a str>,
    pub group: Option<&'a str>,
}

/// Nobody else changes the class list until the transaction ends.
pub async fn lock(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    sqlx::query!("select id from course where id = $1 for no key update", course.0).fetch_one(conn).await.map(drop)
}

/// Writes down that a list was imported.
pub async fn record_import(
    conn: &mut PgConnection,
    course: CourseId,
    by: &str,
    new: usize,
    changed: usize,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into roster_import (course_id, imported_by, new, changed, imported_at) values ($1, $2, $3, $4, $5)",
        course.0,
        by,
        count(new),
        count(changed),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Another account is this student's: whoever signed in as them before is let in no more, until GitHub vouches for the new one.
pub async fn forget_account(conn: &mut PgConnection, id: StudentId) -> sqlx::Result<()> {
    sqlx::query!("update student set github_id = null where id = $1", id.0).execute(&mut *conn).await?;
    sqlx::query!("delete from session where student_id = $1 and person_id is not null", id.0).execute(conn).await?;
    Ok(())
}

/// Frees a student's login until it is changed: two students may swap theirs.
pub async fn set_aside(conn: &mut PgConnection, id: StudentId) -> sqlx::Result<()> {
    sqlx::query!("update student set login = '-' || id where id = $1", id.0).execute(conn).await?;
    Ok(())
}

/// Enters a student whom nobody knew.
pub async fn enter(conn: &mut PgConnection, course: CourseId, row: &Row<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into student (course_id, login, name, email, group_name, rostered_at) values ($1, $2, $3, $4, $5, $6)",
        course.0,
        row.login.as_str(),
        row.name,
        row.email,
        row.group,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes a student whom somebody knew.
pub async fn change(conn: &mut PgConnection, id: StudentId, row: &Row<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "update student set login = $2, name = coalesce($3, name), email = coalesce($4, email),
             group_name = coalesce($5, group_name), rostered_at = coalesce(rostered_at, $6)
         where id = $1",
        id.0,
        row.login.as_str(),
        row.name,
        row.email,
        row.group,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a student off the class list: no link, no group, no fork but their own. What was handed in stays. `false` where they are not on it.
pub async fn unlist(conn: &mut PgConnection, course: CourseId, id: StudentId, said: &Said<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update student set rostered_at = null, group_name = null
         where id = $1 and course_id = $2 and rostered_at is not null",
        id.0,
        course.0,
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    super::sessions::revoke_student_link(&mut *conn, course, id).await?;
    sqlx::query!("delete from session where student_id = $1", id.0).execute(&mut *conn).await?;
    sqlx::query!("delete from tie where student_id = $1", id.0).execute(&mut *conn).await?;
    let lost = sqlx::query_scalar!(
        "delete from fork_student using fork, student
         where fork.id = fork_id and student.id = student_id and student_id = $1 and lower(owner) <> lower(login)
         returning full_name",
        id.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let entry = Entry::new(said.by, Action::Unlisted).of_student(id);
    audit::write(conn, course, &entry.changing(serde_json::json!({ "forks": lost }), None), said.now).await?;
    Ok(true)
}

/// Somebody whom a list named without a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Awaited {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub group: Option<String>,
}

/// Everybody who is still without a login, by name.
pub async fn awaited(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Awaited>> {
    sqlx::query_as!(
        Awaited,
        r#"select id, name, email, group_name as "group" from awaited where course_id = $1 order by lower(name), id"#,
        course.0
    )
    .fetch_all(conn)
    .await
}

/// Remembers somebody without a login.
pub async fn expect(
    conn: &mut PgConnection,
    course: CourseId,
    name: &str,
    email: Option<&str>,
    group: Option<&str>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into awaited (course_id, name, email, group_name, listed_at) values ($1, $2, $3, $4, $5)
         on conflict (course_id, lower(coalesce(email, '')), lower(name)) do update
             set group_name = excluded.group_name, listed_at = excluded.listed_at",
        course.0,
        name,
        email,
        group,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whoever is a student of that address by now, or of that name where there was no address, is awaited no more.
pub async fn arrived(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from awaited using student
         where awaited.course_id = $1 and student.course_id = $1 and student.rostered_at is not null
           and (lower(awaited.email) = lower(student.email)
                or awaited.email is null and lower(awaited.name) = lower(student.name))",
        course.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Awaits somebody no more.
pub async fn stop_awaiting(conn: &mut PgConnection, course: CourseId, id: i64) -> sqlx::Result<bool> {
    let done = sqlx::query!("delete from awaited where id = $1 and course_id = $2", id, course.0).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}

/// One import, as it was written down.
#[derive(Debug, Clone)]
pub struct Imported {
    pub by: String,
    pub new: i32,
    pub changed: i32,
    pub at: DateTime<Utc>,
}

/// The newest imports.
pub async fn imports(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Imported>> {
    sqlx::query_as!(
        Imported,
        r#"select imported_by as by, new, changed, imported_at as at from roster_import
           where course_id = $1 order by id desc limit 5"#,
        course.0
    )
    .fetch_all(conn)
    .await
}
