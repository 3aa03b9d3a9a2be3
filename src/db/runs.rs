//! Runs are their own queue: claimed under a lease, and written to only by whoever holds it.
//! May import: `domain/`.
//! Next: `worker/` for who claims, `migrations/` for the columns.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{decoded, unknown_word};
use crate::domain::ids::{CourseId, ForkId, RunId, SubmissionId};
use crate::domain::{CommitSha, FactsAddress, Run, RunState, Stage};

/// Attempts after which a run that keeps dying is shown to the teacher as ours.
pub const MAX_ATTEMPTS: i32 = 3;

/// A run together with the right to write to it.
#[derive(Debug, Clone)]
pub struct Claim {
    pub run: RunId,
    pub lease: Uuid,
    pub submission: SubmissionId,
    pub fork: ForkId,
    pub commit: CommitSha,
    pub project_commit: Option<CommitSha>,
    pub received_at: DateTime<Utc>,
    pub attempt: i32,
    pub forced: bool,
}

/// Somebody else holds the run now: whoever gets this stops writing and forgets it.
#[derive(Debug, thiserror::Error)]
pub enum FencedError {
    #[error("the lease of run {0} was lost")]
    LeaseLost(RunId),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

/// Queues a run. What is still queued for an older submission of the same fork is superseded.
pub async fn enqueue(
    conn: &mut PgConnection,
    submission: SubmissionId,
    now: DateTime<Utc>,
    forced: bool,
) -> sqlx::Result<RunId> {
    // One statement: a class that pushes at once waits for every round trip of this.
    let id = sqlx::query_scalar!(
        r#"with waiting as (
               update run set forced = forced or $2 where submission_id = $1 and state = 'queued' returning id
           ), superseded as (
               update run set state = 'superseded', finished_at = $3
               where state = 'queued' and not forced and not exists (select from waiting)
                 and submission_id = any(array(
                     select older.id from submission older join submission newer on newer.fork_id = older.fork_id
                     where newer.id = $1 and (older.received_at, older.id) < (newer.received_at, newer.id)))
           ), added as (
               insert into run (submission_id, state, forced, available_at, queued_at)
               select $1, 'queued', $2, $3, $3 where not exists (select from waiting) returning id
           )
           select id as "id!" from waiting union all select id from added"#,
        submission.0,
        forced,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(RunId(id))
}

/// Queues a run of a push that was told late, behind whatever the fork has done since: superseded at once where a newer run waits.
pub async fn enqueue_late(conn: &mut PgConnection, submission: SubmissionId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into run (submission_id, state, available_at, queued_at, finished_at)
         select $1, case when newer then 'superseded' else 'queued' end, $2, $2, case when newer then $2::timestamptz end
         from (select exists (select from run join submission on submission.id = run.submission_id
                              where run.state = 'queued' and submission.fork_id = (select fork_id from submission where id = $1))
              ) as waiting (newer)",
        submission.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Queues runs of submissions that had some before, a class at a time. What waits for one of them already is not doubled, and nobody's
/// newer push is taken out of the queue for it.
pub async fn enqueue_again(
    conn: &mut PgConnection,
    submissions: &[SubmissionId],
    now: DateTime<Utc>,
    forced: bool,
) -> sqlx::Result<()> {
    let ids: Vec<i64> = submissions.iter().map(|submission| submission.0).collect();
    sqlx::query!(
        "with waiting as (
             update run set forced = forced or $2 where submission_id = any($1) and state = 'queued' returning submission_id
         )
         insert into run (submission_id, state, forced, available_at, queued_at)
         select id, 'queued', $2, $3, $3 from unnest($1::bigint[]) as again (id)
         where id not in (select submission_id from waiting)",
        &ids,
        forced,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the run that waits longest, or one whose worker died: its lease has run out.
pub async fn claim(
    conn: &mut PgConnection,
    course: CourseId,
    worker: &str,
    lease: Uuid,
    now: DateTime<Utc>,
    lease_for: TimeDelta,
) -> sqlx::Result<Option<Claim>> {
    let row = sqlx::query!(
        r#"update run set state = 'running', lease = $3, lease_expires_at = $5, worker = $2, attempt = attempt + 1,
                started_at = coalesce(run.started_at, $4), stage = 'fetching', stage_at = $4, error = null
           from submission
           where submission.id = run.submission_id and run.id = (
               select candidate.id from run candidate
               join submission on submission.id = candidate.submission_id
               join fork on fork.id = submission.fork_id
               where fork.course_id = $1
                 and (candidate.state = 'queued' and candidate.available_at <= $4
                      or candidate.state = 'running' and candidate.lease_expires_at < $4 and candidate.attempt < $6)
               order by candidate.available_at, candidate.id
               limit 1 for update of candidate skip locked)
           returning run.id, submission.id as submission, submission.fork_id, submission.commit_sha,
               submission.project_commit, submission.received_at, run.attempt, run.forced"#,
        course.0,
        worker,
        lease,
        now,
        now + lease_for,
        MAX_ATTEMPTS,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Claim {
            run: RunId(row.id),
            lease,
            submission: SubmissionId(row.submission),
            fork: ForkId(row.fork_id),
            commit: decoded(row.commit_sha.try_into())?,
            project_commit: decoded(row.project_commit.map(TryInto::try_into).transpose())?,
            received_at: row.received_at,
            attempt: row.attempt,
            forced: row.forced,
        })
    })
    .transpose()
}

/// Ends runs whose worker died at every attempt: ours, shown to the teacher.
pub async fn give_up_on_the_dead(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update run set state = 'failed', finished_at = $1, lease = null,
             error = format('the worker died in the middle of this run, %s times', attempt)
         where state = 'running' and lease_expires_at < $1 and attempt >= $2",
        now,
        MAX_ATTEMPTS,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

fn held(claim: &Claim, rows: u64) -> Result<(), FencedError> {
    if rows == 1 { Ok(()) } else { Err(FencedError::LeaseLost(claim.run)) }
}

/// Keeps the lease alive.
pub async fn heartbeat(conn: &mut PgConnection, claim: &Claim, until: DateTime<Utc>) -> Result<(), FencedError> {
    let done = sqlx::query!(
        "update run set lease_expires_at = $3 where id = $1 and lease = $2 and state = 'running'",
        claim.run.0,
        claim.lease,
        until,
    )
    .execute(conn)
    .await?;
    held(claim, done.rows_affected())
}

/// Says what the run is doing now.
pub async fn enter(
    conn: &mut PgConnection,
    claim: &Claim,
    stage: Stage,
    now: DateTime<Utc>,
) -> Result<(), FencedError> {
    let done = sqlx::query!(
        "update run set stage = $3, stage_at = $4 where id = $1 and lease = $2 and state = 'running'",
        claim.run.0,
        claim.lease,
        stage.as_str(),
        now,
    )
    .execute(conn)
    .await?;
    held(claim, done.rows_affected())
}

/// Ends a run well. Call it in the transaction that stores the score: a lost lease rolls both back.
pub async fn finish(
    conn: &mut PgConnection,
    claim: &Claim,
    inspection: &FactsAddress,
    execution: Option<&FactsAddress>,
    reused: bool,
    now: DateTime<Utc>,
) -> Result<(), FencedError> {
    let done = sqlx::query!(
        "update run set state = 'finished', finished_at = $6, lease = null, lease_expires_at = null, stage = null,
             inspection = $3, execution = $4, reused = $5
         where id = $1 and lease = $2 and state = 'running'",
        claim.run.0,
        claim.lease,
        inspection.as_str(),
        execution.map(FactsAddress::as_str),
        reused,
        now,
    )
    .execute(conn)
    .await?;
    held(claim, done.rows_affected())
}

/// Puts a run back without counting the attempt: a partner's identical project runs right now, or the worker shuts down.
pub async fn put_back(conn: &mut PgConnection, claim: &Claim, available_at: DateTime<Utc>) -> Result<(), FencedError> {
    let done = sqlx::query!(
        "update run set state = 'queued', available_at = $3, attempt = attempt - 1, stage = null,
             lease = null, lease_expires_at = null
         where id = $1 and lease = $2 and state = 'running'",
        claim.run.0,
        claim.lease,
        available_at,
    )
    .execute(conn)
    .await?;
    held(claim, done.rows_affected())
}

/// Ends a run whose commit was replaced by a newer push before it could be fetched.
pub async fn supersede(conn: &mut PgConnection, claim: &Claim, now: DateTime<Utc>) -> Result<(), FencedError> {
    let done = sqlx::query!(
        "update run set state = 'superseded', finished_at = $3, stage = null, lease = null, lease_expires_at = null
         where id = $1 and lease = $2 and state = 'running'",
        claim.run.0,
        claim.lease,
        now,
    )
    .execute(conn)
    .await?;
    held(claim, done.rows_affected())
}

/// Our failure: tried again at `retry_at` while attempts are left, then shown to the teacher.
pub async fn fail(
    conn: &mut PgConnection,
    claim: &Claim,
    error: &str,
    retry_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), FencedError> {
    let done = sqlx::query!(
        "update run set state = case when $4::timestamptz is null then 'failed' else 'queued' end,
             available_at = coalesce($4, available_at), finished_at = case when $4::timestamptz is null then $5::timestamptz end,
             stage = null, lease = null, lease_expires_at = null, error = $3
         where id = $1 and lease = $2 and state = 'running'",
        claim.run.0,
        claim.lease,
        error,
        retry_at,
        now,
    )
    .execute(conn)
    .await?;
    held(claim, done.rows_affected())
}

/// Leases that are alive: what carries another one in the engine is a leftover.
pub async fn live_leases(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select lease as "lease!" from run where state = 'running' and lease is not null and lease_expires_at >= $1
           union all select lease from warm_lease where expires_at >= $1"#,
        now
    )
    .fetch_all(conn)
    .await
}

/// How many runs of a course are queued and running.
pub async fn pending(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from run
           join submission on submission.id = run.submission_id
           join fork on fork.id = submission.fork_id
           where fork.course_id = $1 and run.state in ('queued', 'running')"#,
        course.0
    )
    .fetch_one(conn)
    .await
}

/// Every run of a submission, newest first.
pub async fn of_submission(conn: &mut PgConnection, submission: SubmissionId) -> sqlx::Result<Vec<Run>> {
    let rows = sqlx::query!("select * from run where submission_id = $1 order by id desc", submission.0)
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Run {
                id: RunId(row.id),
                submission: SubmissionId(row.submission_id),
                state: state(&row.state)?,
                stage: row.stage.as_deref().map(stage).transpose()?,
                attempt: row.attempt,
                forced: row.forced,
                queued_at: row.queued_at,
                started_at: row.started_at,
                finished_at: row.finished_at,
                inspection: decoded(row.inspection.map(TryInto::try_into).transpose())?,
                execution: decoded(row.execution.map(TryInto::try_into).transpose())?,
                reused: row.reused,
                error: row.error,
            })
        })
        .collect()
}

/// The word of a run's state.
pub fn state(word: &str) -> sqlx::Result<RunState> {
    match word {
        "queued" => Ok(RunState::Queued),
        "running" => Ok(RunState::Running),
        "finished" => Ok(RunState::Finished),
        "failed" => Ok(RunState::Failed),
        "superseded" => Ok(RunState::Superseded),
        other => unknown_word("run.state", other),
    }
}

/// The word of a run's stage.
pub fn stage(word: &str) -> sqlx::Result<Stage> {
    Stage::ALL.into_iter().find(|stage| stage.as_str() == word).map_or_else(|| unknown_word("run.stage", word), Ok)
}
