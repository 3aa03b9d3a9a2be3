//! Whose fork is whose: what a teacher said by hand, what a group shares, and what is left over.
//! May import: `domain/`.
//! Next: `db/forks.rs`, where owners adopt what nobody said anything about.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use crate::db::audit::{self, Entry};
use crate::domain::audit::{Action, Actor};
use crate::domain::ids::{CourseId, ForkId, StudentId};

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
           and not exists (select from tie where tie.fork_id = theirs.fork_id and tie.student_id = partner.id and not tied)
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// What students of the class list who have no fork are called, in order: their name, or their login where none is known.
pub async fn without_fork(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select coalesce(name, login) as "called!" from student where course_id = $1 and rostered_at is not null
           and not exists (select from fork_student where student_id = student.id)
           order by lower(coalesce(name, login)), id"#,
        course.0
    )
    .fetch_all(conn)
    .await
}

/// A student and a fork that are theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tied {
    pub login: String,
    pub fork: String,
}

/// Every tie of students on the class list, by login and fork.
pub async fn ties(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Tied>> {
    sqlx::query_as!(
        Tied,
        "select student.login, fork.full_name as fork from fork_student
         join student on student.id = student_id join fork on fork.id = fork_id
         where student.course_id = $1 and rostered_at is not null order by lower(student.login), lower(full_name)",
        course.0
    )
    .fetch_all(conn)
    .await
}

/// Who says it, and when.
pub struct Said<'a> {
    pub by: &'a Actor,
    pub now: DateTime<Utc>,
}

async fn say(
    conn: &mut PgConnection,
    course: CourseId,
    fork: ForkId,
    student: StudentId,
    tied: bool,
    said: &Said<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into tie (fork_id, student_id, tied, said_by, said_at) values ($1, $2, $3, $4, $5)
         on conflict (fork_id, student_id) do update
             set tied = excluded.tied, said_by = excluded.said_by, said_at = excluded.said_at",
        fork.0,
        student.0,
        tied,
        said.by.login().map_or("", |login| login.as_str()),
        said.now,
    )
    .execute(&mut *conn)
    .await?;
    let action = if tied { Action::Attached } else { Action::Detached };
    let entry = Entry::new(said.by, action).of_fork(fork).of_student(student);
    audit::write(conn, course, &entry, said.now).await
}

/// Makes a student one of a fork's, for good. An owner whom no list names leaves it. `false` where either is not of the course.
pub async fn attach(
    conn: &mut PgConnection,
    course: CourseId,
    fork: ForkId,
    student: StudentId,
    said: &Said<'_>,
) -> sqlx::Result<bool> {
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
    say(&mut *conn, course, fork, student, true, said).await?;
    let unlisted = sqlx::query_scalar!(
        "delete from fork_student using student
         where fork_id = $1 and student.id = student_id and student_id <> $2 and rostered_at is null
         returning student_id",
        fork.0,
        student.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    for owner in unlisted {
        say(&mut *conn, course, fork, StudentId(owner), false, said).await?;
    }
    Ok(true)
}

/// Takes a student off a fork, for good. `false` where they were not on it.
pub async fn detach(
    conn: &mut PgConnection,
    course: CourseId,
    fork: ForkId,
    student: StudentId,
    said: &Said<'_>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "delete from fork_student using fork where fork.id = fork_id and course_id = $1 and fork_id = $2 and student_id = $3",
        course.0,
        fork.0,
        student.0,
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    say(conn, course, fork, student, false, said).await?;
    Ok(true)
}
