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

/// Records that a fork stands at a commit. Idempotent: the first time counts, and `true` says that this was it.
pub async fn learn(conn: &mut PgConnection, head: Head<'_>) -> sqlx::Result<(SubmissionId, bool)> {
    let Head { fork, commit, .. } = head;
    let project_commit = head.project_commit.map(CommitSha::as_str);
    let inserted = sqlx::query_scalar!(
        "insert into submission (fork_id, commit_sha, project_commit, received_at, learnt_from, pushed_at, before_sha)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id",
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
    if let Some(id) = inserted {
        return Ok((SubmissionId(id), true));
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
    Ok((SubmissionId(id), false))
}

/// When the first submission of a fork came in that GitHub pushed after this head; `None` where this head is the newest.
pub async fn overtaken_at(
    conn: &mut PgConnection,
    fork: ForkId,
    commit: &CommitSha,
    pushed_at: Option<DateTime<Utc>>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "select min(received_at) from submission
         where fork_id = $1 and commit_sha <> $2 and (before_sha = $2 or pushed_at > $3)",
        fork.0,
        commit.as_str(),
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
