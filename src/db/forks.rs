//! Forks by GitHub's number, and their students.
//! May import: `domain/`.
//! Next: `sync.rs`, which keeps them up to date; `submissions.rs` for what they handed in.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::{Json, JsonValue};

use super::{decoded, unknown_word};
use crate::domain::ids::{CourseId, ForkId, Login, RepoId, StudentId};
use crate::domain::{CommitSha, Fork, ForkState, Message, Student};

/// A fork as GitHub lists it now.
#[derive(Debug, Clone)]
pub struct SeenFork {
    pub repo: RepoId,
    pub full_name: String,
    pub owner: Login,
    pub clone_url: String,
    pub html_url: String,
    /// The branch that is graded.
    pub branch: String,
    pub disabled: bool,
    pub archived: bool,
    pub pushed_at: Option<DateTime<Utc>>,
    /// Direct forks of this fork, as GitHub counts them.
    pub forks_count: u32,
}

/// A fork with what the sweep remembers of it.
#[derive(Debug, Clone)]
pub struct FollowedFork {
    pub fork: Fork,
    pub forks_count: u32,
    /// Direct forks found when they were last listed.
    pub forks_listed_count: Option<u32>,
    /// When the newest push was first seen in GitHub's list, by our clock.
    pub noticed_at: DateTime<Utc>,
    /// The separate repository's `pushed_at` that the mirror holds.
    pub project_pushed_at: Option<DateTime<Utc>>,
}

/// Enters every listed fork, known ones under their number. Another branch than before has to be fetched anew.
pub async fn see(conn: &mut PgConnection, course: CourseId, seen: &[SeenFork], now: DateTime<Utc>) -> sqlx::Result<()> {
    fn column<T>(seen: &[SeenFork], of: impl Fn(&SeenFork) -> T) -> Vec<T> {
        seen.iter().map(of).collect()
    }
    sqlx::query!(
        "insert into fork (course_id, repo, full_name, owner, clone_url, html_url, branch, state, archived, pushed_at,
             forks_count, created_at, seen_at, noticed_at)
         select $1, repo, full_name, owner, clone_url, html_url, branch,
             case when disabled then 'unreadable' else 'active' end, archived, pushed_at, forks_count, $12, $12, $12
         from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::bool[],
             $10::timestamptz[], $11::int[])
             as listed (repo, full_name, owner, clone_url, html_url, branch, disabled, archived, pushed_at, forks_count)
         on conflict (course_id, repo) do update set full_name = excluded.full_name, owner = excluded.owner,
             clone_url = excluded.clone_url, html_url = excluded.html_url, branch = excluded.branch,
             archived = excluded.archived, pushed_at = excluded.pushed_at, forks_count = excluded.forks_count,
             seen_at = excluded.seen_at,
             state = case when excluded.state = 'unreadable' then 'unreadable'
                          when fork.state = 'gone' then 'active' else fork.state end,
             noticed_at = case when fork.branch = excluded.branch
                 and fork.pushed_at is not distinct from excluded.pushed_at then fork.noticed_at else $12 end,
             fetched_at_push = case when fork.branch = excluded.branch then fork.fetched_at_push end",
        course.0,
        &column(seen, |fork| fork.repo.0),
        &column(seen, |fork| fork.full_name.clone()),
        &column(seen, |fork| fork.owner.to_string()),
        &column(seen, |fork| fork.clone_url.clone()),
        &column(seen, |fork| fork.html_url.clone()),
        &column(seen, |fork| fork.branch.clone()),
        &column(seen, |fork| fork.disabled),
        &column(seen, |fork| fork.archived),
        &column(seen, |fork| fork.pushed_at) as &[Option<DateTime<Utc>>],
        &column(seen, |fork| i32::try_from(fork.forks_count).unwrap_or(i32::MAX)),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks what GitHub no longer lists: deleted or made private. Its history stays.
pub async fn miss(conn: &mut PgConnection, course: CourseId, listed: &[RepoId]) -> sqlx::Result<()> {
    let listed: Vec<i64> = listed.iter().map(|repo| repo.0).collect();
    sqlx::query!(
        "update fork set state = 'gone', trouble = null
         where course_id = $1 and state <> 'gone' and not repo = any($2)",
        course.0,
        &listed,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes what became of a fork, for whoever looks at it.
pub async fn note(conn: &mut PgConnection, id: ForkId, change: &Message, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("insert into fork_event (fork_id, at, message) values ($1, $2, $3)", id.0, now, Json(change) as _)
        .execute(conn)
        .await?;
    Ok(())
}

/// What became of a fork besides its pushes, newest first, the last hundred.
pub async fn notes(conn: &mut PgConnection, id: ForkId) -> sqlx::Result<Vec<(DateTime<Utc>, Message)>> {
    let rows = sqlx::query!(
        r#"select at, message as "message: Json<JsonValue>" from fork_event where fork_id = $1 order by id desc limit 100"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.at, decoded(serde_json::from_value(row.message.0))?))).collect()
}

/// Makes the owner of every fork that has no student its student, unless a teacher said that they are not.
pub async fn adopt(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into student (course_id, login)
         select distinct on (lower(owner)) course_id, owner from fork
         where course_id = $1 and not exists (select from fork_student where fork_id = fork.id)
         order by lower(owner), id
         on conflict do nothing",
        course.0
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into fork_student (fork_id, student_id)
         select fork.id, student.id from fork
         join student on student.course_id = fork.course_id and lower(student.login) = lower(fork.owner)
         where fork.course_id = $1 and not exists (select from fork_student where fork_id = fork.id)
           and not exists (select from tie where tie.fork_id = fork.id and tie.student_id = student.id and not tied)
         on conflict do nothing",
        course.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers how many forks of a fork were found.
pub async fn listed_forks(conn: &mut PgConnection, course: CourseId, repo: RepoId, found: u32) -> sqlx::Result<()> {
    let found = i32::try_from(found).unwrap_or(i32::MAX);
    sqlx::query!("update fork set forks_listed_count = $3 where course_id = $1 and repo = $2", course.0, repo.0, found)
        .execute(conn)
        .await?;
    Ok(())
}

/// The mirror holds what was pushed at `pushed_at`. Without a head the branch is empty, and the last snapshot is kept.
pub async fn fetched(
    conn: &mut PgConnection,
    id: ForkId,
    head: Option<&CommitSha>,
    pushed_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let state = if head.is_some() { ForkState::Active } else { ForkState::Empty };
    sqlx::query!(
        "update fork set state = $2, head = coalesce($3, head), fetched_at_push = $4, trouble = null where id = $1",
        id.0,
        state.as_str(),
        head.map(CommitSha::as_str),
        pushed_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// GitHub does not let us read what was pushed at `pushed_at`.
pub async fn unreadable(conn: &mut PgConnection, id: ForkId, pushed_at: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    sqlx::query!(
        "update fork set state = 'unreadable', fetched_at_push = $2, trouble = null where id = $1",
        id.0,
        pushed_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Our own failure to fetch a fork: the next sweep tries again unless `given_up_at` is the push that GitHub lists then.
pub async fn troubled(
    conn: &mut PgConnection,
    id: ForkId,
    trouble: &Message,
    given_up_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update fork set trouble = $2, fetched_at_push = $3 where id = $1",
        id.0,
        Json(trouble) as _,
        given_up_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Follows the separate repository that a fork's student named, as far as `pushed_at`.
pub async fn follow_project(
    conn: &mut PgConnection,
    id: ForkId,
    full_name: &str,
    pushed_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update fork set project_repository = $2, project_pushed_at = $3 where id = $1",
        id.0,
        full_name,
        pushed_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct Row {
    id: i64,
    course_id: i64,
    repo: i64,
    full_name: String,
    owner: String,
    clone_url: String,
    html_url: String,
    branch: String,
    state: String,
    archived: bool,
    pushed_at: Option<DateTime<Utc>>,
    fetched_at_push: Option<DateTime<Utc>>,
    head: Option<String>,
    forks_count: i32,
    forks_listed_count: Option<i32>,
    noticed_at: DateTime<Utc>,
    project_repository: Option<String>,
    project_pushed_at: Option<DateTime<Utc>>,
    trouble: Option<JsonValue>,
}

impl Row {
    fn followed(self) -> sqlx::Result<FollowedFork> {
        let number = |count: i32| u32::try_from(count).unwrap_or_default();
        let (forks_count, forks_listed_count) = (number(self.forks_count), self.forks_listed_count.map(number));
        let (noticed_at, project_pushed_at) = (self.noticed_at, self.project_pushed_at);
        Ok(FollowedFork { fork: self.fork()?, forks_count, forks_listed_count, noticed_at, project_pushed_at })
    }

    fn fork(self) -> sqlx::Result<Fork> {
        Ok(Fork {
            id: ForkId(self.id),
            course: CourseId(self.course_id),
            repo: RepoId(self.repo),
            full_name: self.full_name,
            owner: decoded(self.owner.try_into())?,
            clone_url: self.clone_url,
            html_url: self.html_url,
            branch: self.branch,
            state: state(&self.state)?,
            archived: self.archived,
            pushed_at: self.pushed_at,
            fetched_at_push: self.fetched_at_push,
            head: decoded(self.head.map(TryInto::try_into).transpose())?,
            project_repository: self.project_repository,
            trouble: decoded(self.trouble.map(serde_json::from_value).transpose())?,
        })
    }
}

// The columns stand here once, and the macro checks them in each query.
macro_rules! select_forks {
    ($condition:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            Row,
            "select id, course_id, repo, full_name, owner, clone_url, html_url, branch, state, archived, pushed_at,
                 fetched_at_push, head, forks_count, forks_listed_count, noticed_at, project_repository, project_pushed_at, trouble
             from fork where " + $condition,
            $($argument),+
        )
    };
}

/// One fork.
pub async fn get(conn: &mut PgConnection, id: ForkId) -> sqlx::Result<Fork> {
    select_forks!("id = $1", id.0).fetch_one(conn).await?.fork()
}

/// The fork with GitHub's number, where the course has it. Nobody else learns of a push of it until the transaction ends.
pub async fn lock_by_repo(conn: &mut PgConnection, course: CourseId, repo: RepoId) -> sqlx::Result<Option<Fork>> {
    let row =
        select_forks!("course_id = $1 and repo = $2 for no key update", course.0, repo.0).fetch_optional(conn).await?;
    row.map(Row::fork).transpose()
}

/// Every fork of a course, by name.
pub async fn all(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Fork>> {
    let rows = select_forks!("course_id = $1 order by lower(full_name), id", course.0).fetch_all(conn).await?;
    rows.into_iter().map(Row::fork).collect()
}

/// Every fork of a course, with what the sweep remembers of it.
pub async fn followed(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<FollowedFork>> {
    let rows = select_forks!("course_id = $1 order by id", course.0).fetch_all(conn).await?;
    rows.into_iter().map(Row::followed).collect()
}

/// The students of a fork, by login.
pub async fn students(conn: &mut PgConnection, id: ForkId) -> sqlx::Result<Vec<Student>> {
    let rows = sqlx::query!(
        "select student.id, login, name, email, group_name from student
         join fork_student on fork_student.student_id = student.id
         where fork_student.fork_id = $1 order by lower(login)",
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Student {
                id: StudentId(row.id),
                login: decoded(row.login.try_into())?,
                name: row.name,
                email: row.email,
                group: row.group_name,
            })
        })
        .collect()
}

/// Since when the service has been looking at a fork.
pub async fn known_since(conn: &mut PgConnection, id: ForkId) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!("select created_at from fork where id = $1", id.0).fetch_one(conn).await
}

/// The word of a fork's state.
pub fn state(word: &str) -> sqlx::Result<ForkState> {
    let all = [ForkState::Active, ForkState::Empty, ForkState::Unreadable, ForkState::Gone];
    all.into_iter().find(|state| state.as_str() == word).map_or_else(|| unknown_word("fork.state", word), Ok)
}
