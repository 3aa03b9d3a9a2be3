//! People who signed in with GitHub, what GitHub last said of their permission, and whose student each is.
//! May import: `domain/`.
//! Next: `sessions.rs`, whose sessions name them; `web/github.rs`, which asks GitHub.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::decoded;
use crate::domain::Login;
use crate::domain::ids::{CourseId, ForkId, PersonId, RepoId, StudentId, UserId};

/// Somebody whom GitHub vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub github: UserId,
    pub login: Login,
    /// Whether they may push to the upstream, as GitHub said at `checked_at`.
    pub may_push: bool,
    pub checked_at: DateTime<Utc>,
}

/// A person as our columns hold them.
pub(super) struct PersonRow {
    pub id: i64,
    pub github_id: i64,
    pub login: String,
    pub may_push: bool,
    pub checked_at: DateTime<Utc>,
}

impl PersonRow {
    pub(super) fn person(self) -> sqlx::Result<Person> {
        Ok(Person {
            id: PersonId(self.id),
            github: UserId(self.github_id),
            login: decoded(self.login.try_into())?,
            may_push: self.may_push,
            checked_at: self.checked_at,
        })
    }
}

/// Enters somebody who has just signed in, with what GitHub said of them.
pub async fn meet(
    conn: &mut PgConnection,
    course: CourseId,
    github: UserId,
    login: &Login,
    may_push: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<PersonId> {
    let id = sqlx::query_scalar!(
        "insert into person (course_id, github_id, login, may_push, checked_at, asked_at)
         values ($1, $2, $3, $4, $5, $5)
         on conflict (course_id, github_id) do update set login = $3, may_push = $4, checked_at = $5, asked_at = $5
         returning id",
        course.0,
        github.0,
        login.as_str(),
        may_push,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(PersonId(id))
}

/// Takes the turn to ask GitHub about somebody. `false` where that was done since `before`.
pub async fn take_turn_to_ask(
    conn: &mut PgConnection,
    id: PersonId,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!("update person set asked_at = $3 where id = $1 and asked_at <= $2", id.0, before, now)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Somebody's permissions may have changed: GitHub is asked again at their next request.
pub async fn doubt(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    sqlx::query!("update person set checked_at = 'epoch', asked_at = 'epoch' where course_id = $1", course.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// GitHub answered.
pub async fn checked(conn: &mut PgConnection, id: PersonId, may_push: bool, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("update person set may_push = $2, checked_at = $3 where id = $1", id.0, may_push, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The forks whose owner bore this login when they were last listed.
pub async fn forks_under(
    conn: &mut PgConnection,
    course: CourseId,
    login: &Login,
) -> sqlx::Result<Vec<(ForkId, RepoId)>> {
    let rows = sqlx::query!(
        "select id, repo from fork where course_id = $1 and lower(owner) = lower($2) order by id",
        course.0,
        login.as_str(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (ForkId(row.id), RepoId(row.repo))).collect())
}

/// What makes somebody a student.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    pub github: UserId,
    pub login: &'a Login,
    /// Forks that are theirs by GitHub's number; they are tied to them.
    pub owned: &'a [ForkId],
    /// The login alone is believed: nothing says that it was somebody else's before.
    pub by_login: bool,
}

/// Whose student this person is: by their number where they were here before, else by a login of the roster, else by a fork.
pub async fn student_of(
    conn: &mut PgConnection,
    course: CourseId,
    claim: &Claim<'_>,
) -> sqlx::Result<Option<StudentId>> {
    let Some(student) = identify(&mut *conn, course, claim).await? else { return Ok(None) };
    let owned: Vec<i64> = claim.owned.iter().map(|fork| fork.0).collect();
    sqlx::query!(
        "insert into fork_student (fork_id, student_id) select owned, $2 from unnest($1::bigint[]) as owned
         where not exists (select from tie where tie.fork_id = owned and tie.student_id = $2 and not tied)
         on conflict do nothing",
        &owned,
        student.0,
    )
    .execute(conn)
    .await?;
    Ok(Some(student))
}

async fn identify(conn: &mut PgConnection, course: CourseId, claim: &Claim<'_>) -> sqlx::Result<Option<StudentId>> {
    let (github, login) = (claim.github.0, claim.login.as_str());
    // An old class list knows them by the login of before.
    sqlx::query!(
        "insert into former_login (student_id, login) select id, lower(login) from student
         where course_id = $1 and github_id = $2 and lower(login) <> lower($3) on conflict do nothing",
        course.0,
        github,
        login,
    )
    .execute(&mut *conn)
    .await?;
    // A changed login follows its number, unless somebody of the course bears it.
    let known = sqlx::query_scalar!(
        "update student set login = case when exists (
                 select from student other
                 where other.course_id = $1 and lower(other.login) = lower($3) and other.id <> student.id
             ) then student.login else $3 end
         where course_id = $1 and github_id = $2 returning id",
        course.0,
        github,
        login,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if known.is_some() || !claim.by_login {
        return Ok(known.map(StudentId));
    }
    let named = sqlx::query_scalar!(
        "update student set github_id = $2 where course_id = $1 and lower(login) = lower($3) and github_id is null
             and (rostered_at is not null or $4) returning id",
        course.0,
        github,
        login,
        !claim.owned.is_empty(),
    )
    .fetch_optional(&mut *conn)
    .await?;
    if named.is_some() || claim.owned.is_empty() {
        return Ok(named.map(StudentId));
    }
    // The owner of a fork that the roster gave to others.
    let owner = sqlx::query_scalar!(
        "insert into student (course_id, login, github_id) values ($1, $3, $2) on conflict do nothing returning id",
        course.0,
        github,
        login,
    )
    .fetch_optional(conn)
    .await?;
    Ok(owner.map(StudentId))
}
