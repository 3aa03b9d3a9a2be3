//! What is owed to students at GitHub: written with the score, told later, once.
//! May import: `domain/`.
//! Next: `outbox/`, which tells it.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::{decoded, unknown_word};
use crate::domain::CommitSha;
use crate::domain::ids::{CourseId, ForkId, RepoId, SubmissionId};

/// Something about a submission's feedback changed. In the transaction that changes it.
pub async fn owe(conn: &mut PgConnection, submission: SubmissionId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into outbox (submission_id, available_at) values ($1, $2)
         on conflict (submission_id) do update set owed = outbox.owed + 1, attempt = 0,
             available_at = least(outbox.available_at, excluded.available_at)",
        submission.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The same for the newest scored submission of every fork, or of those with these numbers: what stands on older commits stays.
pub async fn owe_newest(
    conn: &mut PgConnection,
    course: CourseId,
    repos: Option<&[RepoId]>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let repos: Option<Vec<i64>> = repos.map(|repos| repos.iter().map(|repo| repo.0).collect());
    sqlx::query!(
        "insert into outbox (submission_id, available_at)
         select distinct on (fork.id) submission.id, $3::timestamptz
         from fork join submission on submission.fork_id = fork.id
         join score on score.submission_id = submission.id and score.current
         where fork.course_id = $1 and ($2::bigint[] is null or fork.repo = any($2))
         order by fork.id, submission.received_at desc, submission.id desc
         on conflict (submission_id) do update set owed = outbox.owed + 1, attempt = 0,
             available_at = least(outbox.available_at, excluded.available_at)",
        course.0,
        repos.as_deref(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Something to tell, held by whoever claimed it until `available_at`.
#[derive(Debug, Clone)]
pub struct Debt {
    pub submission: SubmissionId,
    pub fork: ForkId,
    pub commit: CommitSha,
    /// The project lies in a repository of its own: places in it are none of this commit's.
    pub separate: bool,
    /// How far this telling goes: what changes meanwhile is owed still.
    pub owed: i64,
    pub attempt: i32,
    /// Hash of what was told last, where that arrived.
    pub digest: Option<String>,
    pub way: Option<Way>,
}

/// How something was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Check,
    Status,
    /// Neither may be written there.
    Nothing,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Way::Check => "check",
            Way::Status => "status",
            Way::Nothing => "nothing",
        }
    }
}

/// Claims what is owed longest. Whoever dies while telling it loses it to another after `hold`.
pub async fn claim(
    conn: &mut PgConnection,
    course: CourseId,
    now: DateTime<Utc>,
    hold: TimeDelta,
) -> sqlx::Result<Option<Debt>> {
    let row = sqlx::query!(
        "update outbox set attempt = attempt + 1, available_at = $3
         from submission join fork on fork.id = submission.fork_id
         where submission.id = outbox.submission_id and outbox.submission_id = (
             select outbox.submission_id from outbox join submission on submission.id = outbox.submission_id
             join fork on fork.id = submission.fork_id
             where fork.course_id = $1 and told < owed and available_at <= $2
             order by available_at for update of outbox skip locked limit 1)
         returning submission.id, submission.fork_id, submission.commit_sha, submission.project_commit, owed, attempt, digest, way",
        course.0,
        now,
        now + hold,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Debt {
            submission: SubmissionId(row.id),
            fork: ForkId(row.fork_id),
            commit: decoded(row.commit_sha.try_into())?,
            separate: row.project_commit.is_some(),
            owed: row.owed,
            attempt: row.attempt,
            digest: row.digest,
            way: match row.way.as_deref() {
                None => None,
                Some("check") => Some(Way::Check),
                Some("status") => Some(Way::Status),
                Some("nothing") => Some(Way::Nothing),
                Some(other) => return unknown_word("way", other),
            },
        })
    })
    .transpose()
}

/// It was told. With `again` the same is owed once more at that moment: students see more then.
pub async fn told(
    conn: &mut PgConnection,
    debt: &Debt,
    way: Way,
    digest: &str,
    again: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update outbox set told = $2, way = $3, digest = $4, told_at = $5::timestamptz, trouble = null, attempt = 0,
             available_at = case when owed > $2 then $5 else coalesce($6::timestamptz, $5) end,
             owed = case when owed = $2 and $6::timestamptz is not null then owed + 1 else owed end
         where submission_id = $1 and told < $2",
        debt.submission.0,
        debt.owed,
        way.as_str(),
        digest,
        now,
        again,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// It could not be told: once more at `retry_at`, or never again until something changes.
pub async fn failed(
    conn: &mut PgConnection,
    debt: &Debt,
    trouble: &str,
    retry_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update outbox set trouble = $3, available_at = coalesce($4, available_at),
             told = case when $4::timestamptz is null then $2 else told end
         where submission_id = $1",
        debt.submission.0,
        debt.owed,
        trouble,
        retry_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
