//! Submissions: a fork at one commit, learnt once.
//! May import: `domain/`.
//! Next: `runs.rs`, which a new submission is queued in.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{decoded, unknown_word};
use crate::domain::fork::LearntFrom;
use crate::domain::ids::{ForkId, SubmissionId};
use crate::domain::{CommitSha, Submission, TreeId};

/// Records that a fork stands at a commit. Idempotent: the first time counts, and `true` says that this was it.
pub async fn learn(
    conn: &mut PgConnection,
    fork: ForkId,
    commit: &CommitSha,
    project_commit: Option<&CommitSha>,
    received_at: DateTime<Utc>,
    learnt_from: LearntFrom,
) -> sqlx::Result<(SubmissionId, bool)> {
    let project_commit = project_commit.map(CommitSha::as_str);
    let inserted = sqlx::query_scalar!(
        "insert into submission (fork_id, commit_sha, project_commit, received_at, learnt_from)
         values ($1, $2, $3, $4, $5) on conflict do nothing returning id",
        fork.0,
        commit.as_str(),
        project_commit,
        received_at,
        learnt_from.as_str(),
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
