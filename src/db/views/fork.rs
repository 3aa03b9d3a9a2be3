//! One fork from near: its runs, the scores of a submission, and who may see it.
//! May import: `domain/`.
//! Next: `web/fork.rs` for the teacher, `web/feedback.rs` for the student.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::class::StudentBrief;
use crate::db::{decoded, extensions, runs, scores};
use crate::domain::finding::Due;
use crate::domain::ids::{CourseId, ForkId, RepoId, RunId, ScoreId, StudentId, SubmissionId};
use crate::domain::{CommitSha, FactsAddress, Finding, RunState, Score, Stage};

/// A run as pages show it.
#[derive(Debug, Clone)]
pub struct RunView {
    pub id: RunId,
    pub submission: SubmissionId,
    pub state: RunState,
    pub stage: Option<Stage>,
    /// When it entered its stage; when it was queued where it waits.
    pub since: DateTime<Utc>,
    pub attempt: i32,
    pub forced: bool,
    pub queued_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub available_at: DateTime<Utc>,
    pub reused: bool,
    /// Ours, for the teacher's eyes only.
    pub error: Option<String>,
    pub worker: Option<String>,
}

struct RunRow {
    id: i64,
    fork_id: i64,
    submission_id: i64,
    state: String,
    stage: Option<String>,
    stage_at: Option<DateTime<Utc>>,
    attempt: i32,
    forced: bool,
    queued_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    available_at: DateTime<Utc>,
    reused: bool,
    error: Option<String>,
    worker: Option<String>,
}

impl RunRow {
    fn view(self) -> sqlx::Result<RunView> {
        Ok(RunView {
            id: RunId(self.id),
            submission: SubmissionId(self.submission_id),
            state: runs::state(&self.state)?,
            stage: self.stage.as_deref().map(runs::stage).transpose()?,
            since: self.stage_at.unwrap_or(self.queued_at),
            attempt: self.attempt,
            forced: self.forced,
            queued_at: self.queued_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
            available_at: self.available_at,
            reused: self.reused,
            error: self.error,
            worker: self.worker,
        })
    }
}

/// The newest run of each fork.
pub(super) async fn latest_runs(
    conn: &mut PgConnection,
    course: CourseId,
    only: Option<ForkId>,
) -> sqlx::Result<HashMap<ForkId, RunView>> {
    let rows = sqlx::query_as!(
        RunRow,
        "select distinct on (submission.fork_id) run.id, submission.fork_id, run.submission_id, run.state, run.stage,
             run.stage_at, run.attempt, run.forced, run.queued_at, run.started_at, run.finished_at, run.available_at,
             run.reused, run.error, run.worker
         from run join submission on submission.id = run.submission_id
         join fork on fork.id = submission.fork_id
         where fork.course_id = $1 and ($2::bigint is null or fork.id = $2)
         order by submission.fork_id, run.id desc",
        course.0,
        only.map(|fork| fork.0),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((ForkId(row.fork_id), row.view()?))).collect()
}

/// Every run of a fork, newest first.
pub async fn runs_of_fork(conn: &mut PgConnection, fork: ForkId) -> sqlx::Result<Vec<RunView>> {
    let rows = sqlx::query_as!(
        RunRow,
        "select run.id, submission.fork_id, run.submission_id, run.state, run.stage, run.stage_at, run.attempt,
             run.forced, run.queued_at, run.started_at, run.finished_at, run.available_at, run.reused, run.error,
             run.worker
         from run join submission on submission.id = run.submission_id
         where submission.fork_id = $1 order by run.id desc",
        fork.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(RunRow::view).collect()
}

/// A score with when it was given, and whether it is the one that counts for its submission.
#[derive(Debug, Clone)]
pub struct ScoreView {
    pub id: ScoreId,
    pub at: DateTime<Utc>,
    pub current: bool,
    pub run: Option<RunId>,
    pub score: Score,
}

/// Every score of a submission, newest first.
pub async fn scores_of_submission(conn: &mut PgConnection, submission: SubmissionId) -> sqlx::Result<Vec<ScoreView>> {
    let rows = sqlx::query!(
        r#"select id, run_id, rubric_hash, inspection, execution, judges, program,
                  base, bonus, penalty, late_penalty, total, scale,
                  findings as "findings: Json<Vec<Finding>>", due as "due: Json<Due>", created_at, current
           from score where submission_id = $1 order by id desc"#,
        submission.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let sums = scores::Sums {
                base: row.base,
                bonus: row.bonus,
                penalty: row.penalty,
                late_penalty: row.late_penalty,
                total: row.total,
                scale: row.scale,
            };
            let provenance =
                scores::provenance(row.rubric_hash, row.inspection, row.execution, row.judges, row.program)?;
            Ok(ScoreView {
                id: ScoreId(row.id),
                at: row.created_at,
                current: row.current,
                run: row.run_id.map(RunId),
                score: sums.score(row.findings.0, row.due.map(|due| due.0), provenance),
            })
        })
        .collect()
}

/// Whether a run or a score of this course follows from these facts.
pub async fn course_holds_facts(
    conn: &mut PgConnection,
    course: CourseId,
    address: &FactsAddress,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
               select from score join submission on submission.id = score.submission_id
               join fork on fork.id = submission.fork_id
               where fork.course_id = $1 and (score.inspection = $2 or score.execution = $2 or score.judges ? $2)
           ) or exists (
               select from run join submission on submission.id = run.submission_id
               join fork on fork.id = submission.fork_id
               where fork.course_id = $1 and (run.inspection = $2 or run.execution = $2)
           ) as "holds!""#,
        course.0,
        address.as_str(),
    )
    .fetch_one(conn)
    .await
}

/// A fork as its own student knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    pub fork: ForkId,
    pub full_name: String,
}

/// The forks of a student, the one last pushed to first.
pub async fn forks_of_student(
    conn: &mut PgConnection,
    course: CourseId,
    student: StudentId,
) -> sqlx::Result<Vec<Owned>> {
    let rows = sqlx::query!(
        "select fork.id, fork.full_name from fork join fork_student on fork_student.fork_id = fork.id
         where fork_student.student_id = $1 and fork.course_id = $2
         order by fork.pushed_at desc nulls last, fork.id",
        student.0,
        course.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Owned { fork: ForkId(row.id), full_name: row.full_name }).collect())
}

/// A student of the course.
pub async fn student(
    conn: &mut PgConnection,
    course: CourseId,
    student: StudentId,
) -> sqlx::Result<Option<StudentBrief>> {
    let row = sqlx::query!(
        r#"select id, login, name, group_name, link_hash is not null as "has_link!"
           from student where id = $1 and course_id = $2"#,
        student.0,
        course.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(StudentBrief {
        id: StudentId(row.id),
        login: row.login,
        name: row.name,
        group: row.group_name,
        has_link: row.has_link,
        extension: extensions::of_student(conn, student).await?,
    }))
}

/// Where the files of a submission lie, and whose they are.
#[derive(Debug, Clone)]
pub struct SubmissionSource {
    pub submission: SubmissionId,
    pub course: CourseId,
    pub fork: ForkId,
    pub repo: RepoId,
    /// The fork's page at GitHub.
    pub html_url: String,
    pub commit: CommitSha,
    /// The head of the separate repository that holds the project.
    pub project_commit: Option<CommitSha>,
    /// That repository, as the student named it.
    pub named_project: Option<String>,
    /// The same as GitHub names it, where the fork still names it.
    pub known_project: Option<String>,
    /// The fork's owner and its students.
    pub logins: Vec<String>,
}

/// The source of a submission; `None` where there is no such submission.
pub async fn source_of_submission(
    conn: &mut PgConnection,
    submission: SubmissionId,
) -> sqlx::Result<Option<SubmissionSource>> {
    let row = sqlx::query!(
        r#"select submission.id, fork.course_id, submission.fork_id, fork.repo, fork.html_url, fork.project_repository,
               submission.commit_sha, submission.project_commit,
               (select facts.document->'project'->>'separate_repository' from score
                join facts on facts.address = score.inspection
                where score.submission_id = submission.id and score.current) as named_project,
               fork.owner || array(select student.login from fork_student
                                   join student on student.id = fork_student.student_id
                                   where fork_student.fork_id = fork.id) as "logins!"
           from submission join fork on fork.id = submission.fork_id where submission.id = $1"#,
        submission.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(SubmissionSource {
            submission: SubmissionId(row.id),
            course: CourseId(row.course_id),
            fork: ForkId(row.fork_id),
            repo: RepoId(row.repo),
            html_url: row.html_url,
            commit: decoded(row.commit_sha.try_into())?,
            project_commit: decoded(row.project_commit.map(TryInto::try_into).transpose())?,
            named_project: row.named_project,
            known_project: row.project_repository,
            logins: row.logins,
        })
    })
    .transpose()
}
