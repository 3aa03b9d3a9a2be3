//! What pages show, read in few statements: the class, one fork, the queue.
//! May import: `domain/`.
//! Next: `web/`, which lays it out.

mod class;
mod fork;

pub use class::{Brief, ByHand, Change, ClassRow, ScoreBrief, StudentBrief, SubmissionBrief, changes, class};
pub use fork::{
    Owned, RunView, ScoreView, SubmissionSource, course_holds_facts, forks_of_student, runs_of_fork,
    scores_of_submission, source_of_submission, student,
};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::runs;
use crate::domain::ids::{CourseId, ForkId, RunId};
use crate::domain::{RunState, Stage};

/// A run that waits or works, in the order in which runs are taken.
#[derive(Debug, Clone)]
pub struct Pending {
    pub run: RunId,
    pub fork: ForkId,
    pub full_name: String,
    pub state: RunState,
    pub stage: Option<Stage>,
    /// When it entered its stage; when it was queued where it waits.
    pub since: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    /// Not before this moment: a retry's pause, or a partner's identical project that runs right now.
    pub available_at: DateTime<Utc>,
    pub attempt: i32,
}

/// Every run of the course that waits or works: the working ones first, then the queue.
pub async fn queue(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Pending>> {
    let rows = sqlx::query!(
        r#"select run.id, submission.fork_id, fork.full_name, run.state, run.stage,
                  coalesce(run.stage_at, run.queued_at) as "since!", run.started_at, run.available_at, run.attempt
           from run join submission on submission.id = run.submission_id
           join fork on fork.id = submission.fork_id
           where fork.course_id = $1 and run.state in ('queued', 'running')
           order by run.state = 'queued', run.available_at, run.id"#,
        course.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Pending {
                run: RunId(row.id),
                fork: ForkId(row.fork_id),
                full_name: row.full_name,
                state: runs::state(&row.state)?,
                stage: row.stage.as_deref().map(runs::stage).transpose()?,
                since: row.since,
                started_at: row.started_at,
                available_at: row.available_at,
                attempt: row.attempt,
            })
        })
        .collect()
}

/// What the service itself reports of a course.
#[derive(Debug, Clone)]
pub struct CourseStatus {
    pub swept_at: Option<DateTime<Utc>>,
    /// Why the last sweep did not come through; ours.
    pub sweep_trouble: Option<String>,
    /// GitHub wants to be left alone until then.
    pub sweep_waits_until: Option<DateTime<Utc>>,
    pub published_at: Option<DateTime<Utc>>,
    pub last_delivery_at: Option<DateTime<Utc>>,
}

/// How the course's own business stands.
pub async fn course_status(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<CourseStatus> {
    sqlx::query_as!(
        CourseStatus,
        "select swept_at, sweep_trouble, sweep_waits_until, published_at, (select max(received_at) from delivery) as last_delivery_at
         from course where id = $1",
        course.0
    )
    .fetch_one(conn)
    .await
}

/// Shows feedback to students from `published_at` on, or hides it again.
pub async fn publish(
    conn: &mut PgConnection,
    course: CourseId,
    published_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!("update course set published_at = $2 where id = $1", course.0, published_at).execute(conn).await?;
    Ok(())
}

/// Answers where the database does.
pub async fn ping(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select 1 as one").fetch_one(conn).await.map(drop)
}
