//! Submissions: a fork at one commit, learnt once.
//! May import: `domain/`.
//! Next: `runs.rs`, which a new submission is queued in.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{decoded, unknown_word};
use crate::domain::fork::LearntFrom;
use crate::domain::ids::{ForkId, SubmissionId};
use crate::domain::{CommitSha, Submission, TreeId};

/// A fork that stands at a commit.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    pub fork: ForkId,
    pub commit: &'a CommitSha,
    pub project_commit: Option<&'a CommitSha>,
    pub received_at: DateTime<Utc>,
    pub learnt_from: LearntFrom,
    /// By GitHub's clock.
    pub pushed_at: Option<DateTime<Utc>>,
    /// The head that this one took the place of.
    pub before: Option<&'a CommitSha>,
}

/// A head that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learnt {
    pub submission: SubmissionId,
    /// It was not known before.
    pub is_new: bool,
    /// Told late: GitHub pushed something after it that was learnt before, and it stands behind that.
    pub is_overtaken: bool,
}

/// Records that a fork stands at a commit. Idempotent: the first time counts. What a webhook tells late is put before whatever GitHub
/// pushed after it; what a sweep sees is the head.
pub async fn learn(conn: &mut PgConnection, head: Head<'_>) -> sqlx::Result<Learnt> {
    let Head { fork, commit, .. } = head;
    let project_commit = head.project_commit.map(CommitSha::as_str);
    let inserted = sqlx::query!(
        r#"with newer as (
               select min(received_at) as received_at from submission
               where $5 = 'webhook' and fork_id = $1 and commit_sha <> $2 and (before_sha = $2 or pushed_at > $6)
           )
           insert into submission (fork_id, commit_sha, project_commit, received_at, learnt_from, pushed_at, before_sha)
           select $1, $2, $3, least($4, newer.received_at - interval '1 microsecond'), $5, $6, $7 from newer
           on conflict do nothing returning id, received_at < $4 as "is_overtaken!""#,
        fork.0,
        commit.as_str(),
        project_commit,
        head.received_at,
        head.learnt_from.as_str(),
        head.pushed_at,
        head.before.map(CommitSha::as_str),
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(row) = inserted {
        return Ok(Learnt { submission: SubmissionId(row.id), is_new: true, is_overtaken: row.is_overtaken });
    }
    let id = sqlx::query_scalar!(
        "select id from submission
         where fork_id = $1 and commit_sha = $2 and project_commit is not distinct from $3",
        fork.0,
        commit.as_str(),
        project_commit,
    )
    .fetch_one(conn)
    .await?;
    Ok(Learnt { submission: SubmissionId(id), is_new: false, is_overtaken: false })
}

/// A fork stands again at a commit that it had left: from `now` on that one is its newest. `false` where it is that already, or where
/// something newer was learnt since `looked_at`, of which whoever looked could not know.
pub async fn come_back(
    conn: &mut PgConnection,
    id: SubmissionId,
    looked_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update submission set received_at = $3 where id = $1
           and exists (select from submission other where other.fork_id = submission.fork_id
                       and other.commit_sha <> submission.commit_sha
                       and (other.received_at, other.id) > (submission.received_at, submission.id))
           and not exists (select from submission other where other.fork_id = submission.fork_id
                           and other.id <> submission.id and other.received_at >= $2)",
        id.0,
        looked_at,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether GitHub pushed nothing to this fork after a moment of its own clock.
pub async fn is_newest_push(conn: &mut PgConnection, fork: ForkId, pushed_at: DateTime<Utc>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select not exists (select from submission where fork_id = $1 and (pushed_at is null or pushed_at >= $2)) as "newest!""#,
        fork.0,
        pushed_at,
    )
    .fetch_one(conn)
    .await
}

/// Writes down what only the fetched commit could tell.
pub async fn describe(
    conn: &mut PgConnection,
    id: SubmissionId,
    tree: &TreeId,
    committed_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update submission set tree_id = $2, committed_at = $3 where id = $1 and tree_id is distinct from $2",
        id.0,
        tree.as_str(),
        committed_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Pins the head of the separate project repository that this submission is graded with.
pub async fn pin_project(conn: &mut PgConnection, id: SubmissionId, commit: &CommitSha) -> sqlx::Result<()> {
    // Where the sweep was quicker and made a submission of that very head, that one carries it.
    sqlx::query!(
        "update submission set project_commit = $2
         where id = $1 and project_commit is null and not exists (
             select from submission other where other.fork_id = submission.fork_id
                 and other.commit_sha = submission.commit_sha and other.project_commit = $2)",
        id.0,
        commit.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Every submission of a fork, newest first.
pub async fn of_fork(conn: &mut PgConnection, fork: ForkId) -> sqlx::Result<Vec<Submission>> {
    let rows = sqlx::query!("select * from submission where fork_id = $1 order by received_at desc, id desc", fork.0)
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Submission {
                id: SubmissionId(row.id),
                fork: ForkId(row.fork_id),
                commit: decoded(row.commit_sha.try_into())?,
                project_commit: decoded(row.project_commit.map(TryInto::try_into).transpose())?,
                tree: decoded(row.tree_id.map(TryInto::try_into).transpose())?,
                received_at: row.received_at,
                learnt_from: learnt_from(&row.learnt_from)?,
                committed_at: row.committed_at,
            })
        })
        .collect()
}

fn learnt_from(word: &str) -> sqlx::Result<LearntFrom> {
    match word {
        "webhook" => Ok(LearntFrom::Webhook),
        "sweep" => Ok(LearntFrom::Sweep),
        "command" => Ok(LearntFrom::Command),
        other => unknown_word("learnt_from", other),
    }
}
