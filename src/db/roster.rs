//! The class list: who is on it, whose fork is whose, and what is still without the other.
//! May import: `domain/`.
//! Next: `roster/` reads lists, `web/roster.rs` and `cli/roster.rs` import them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::decoded;
use crate::domain::ids::{CourseId, ForkId, Login, StudentId};

/// A student of a course.
pub struct Listed {
    pub id: StudentId,
    pub login: Login,
    pub name: Option<String>,
    pub email: Option<String>,
    pub group: Option<String>,
    /// A class list named them.
    pub rostered: bool,
    pub forks: i64,
}

/// Every student, by login.
pub async fn students(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Listed>> {
    let rows = sqlx::query!(
        r#"select id, login, name, email, group_name, rostered_at is not null as "rostered!",
               (select count(*) from fork_student where student_id = student.id) as "forks!"
           from student where course_id = $1 order by lower(login)"#,
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

/// Gives the one fork of a small group to those of its members who have none. A group of more than four, or with several forks, is a
/// class and no team: whose feedback is whose is then the teacher's to say.
pub async fn share_with_partners(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into fork_student (fork_id, student_id)
         select distinct theirs.fork_id, partner.id
         from student partner
         join student mate on mate.course_id = partner.course_id and mate.group_name = partner.group_name and mate.id <> partner.id
         join fork_student theirs on theirs.student_id = mate.id
         where partner.course_id = $1 and partner.rostered_at is not null and mate.rostered_at is not null
           and not exists (select from fork_student where student_id = partner.id)
           and (select count(*) from student one where one.course_id = $1 and one.group_name = partner.group_name) <= 4
           and (select count(distinct of_group.fork_id) from student one
                join fork_student of_group on of_group.student_id = one.id
                where one.course_id = $1 and one.group_name = partner.group_name) = 1
         on conflict do nothing",
        course.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A fork of which nobody on the class list is a student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    pub id: ForkId,
    pub full_name: String,
    pub owner: String,
}

/// Forks without anybody of the class list, by name; none where there is no class list.
pub async fn strays(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Stray>> {
    let rows = sqlx::query!(
        "select id, full_name, owner from fork
         where course_id = $1 and state <> 'gone'
           and exists (select from student where course_id = $1 and rostered_at is not null)
           and not exists (select from fork_student join student on student.id = student_id
                           where fork_id = fork.id and rostered_at is not null)
         order by lower(full_name)",
        course.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Stray { id: ForkId(row.id), full_name: row.full_name, owner: row.owner }).collect())
}

/// How many students of the class list have no fork.
pub async fn without_fork(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<usize> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from student where course_id = $1 and rostered_at is not null
           and not exists (select from fork_student where student_id = student.id)"#,
        course.0
    )
    .fetch_one(conn)
    .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Makes a student of the class list one of a fork's. An owner whom no list names leaves it. `false` where either is not of the course.
pub async fn attach(conn: &mut PgConnection, course: CourseId, fork: ForkId, student: StudentId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into fork_student (fork_id, student_id)
         select fork.id, student.id from fork, student
         where fork.id = $2 and student.id = $3 and fork.course_id = $1 and student.course_id = $1
         on conflict (fork_id, student_id) do update set student_id = excluded.student_id",
        course.0,
        fork.0,
        student.0,
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "delete from fork_student using student
         where fork_id = $1 and student.id = student_id and student_id <> $2 and rostered_at is null",
        fork.0,
        student.0,
    )
    .execute(conn)
    .await?;
    Ok(true)
}

/// Takes a student off a fork. `false` where they were not on it.
pub async fn detach(conn: &mut PgConnection, course: CourseId, fork: ForkId, student: StudentId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "delete from fork_student using fork where fork.id = fork_id and course_id = $1 and fork_id = $2 and student_id = $3",
        course.0,
        fork.0,
        student.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
