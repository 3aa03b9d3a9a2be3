//! Scores: the newest of a submission counts, earlier ones stay beside it.
//! May import: `domain/`.
//! Next: `rubric/score.rs`, which computes them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::{Json, JsonValue};

use super::decoded;
use crate::domain::finding::{Due, Provenance};
use crate::domain::ids::{CourseId, ForkId, RunId, ScoreId, SubmissionId};
use crate::domain::{CommitSha, Finding, Points, Score};

/// A current score as it is stored. What it says is read where somebody asks: comparing a class reads thousands of findings, and not on
/// the thread that waits for the database.
#[derive(Debug, Clone)]
pub struct Stored {
    pub fork: ForkId,
    pub submission: SubmissionId,
    pub run: Option<RunId>,
    pub commit: CommitSha,
    pub received_at: DateTime<Utc>,
    pub provenance: Provenance,
    sums: Sums,
    due: Option<Due>,
    findings: String,
}

impl Stored {
    /// Reads it.
    pub fn score(self) -> sqlx::Result<Score> {
        let findings = decoded(serde_json::from_str(&self.findings))?;
        Ok(self.sums.score(findings, self.due, self.provenance))
    }
}

/// Which submissions of a course are meant.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    All,
    OfForks(&'a [ForkId]),
    One(SubmissionId),
}

impl Which<'_> {
    fn forks(self) -> Option<Vec<i64>> {
        match self {
            Which::OfForks(forks) => Some(forks.iter().map(|fork| fork.0).collect()),
            Which::All | Which::One(_) => None,
        }
    }

    fn submission(self) -> Option<i64> {
        match self {
            Which::One(submission) => Some(submission.0),
            Which::All | Which::OfForks(_) => None,
        }
    }
}

/// The current scores of these submissions, by fork and in the order in which the service learnt of them.
pub async fn stored(conn: &mut PgConnection, course: CourseId, which: Which<'_>) -> sqlx::Result<Vec<Stored>> {
    let forks = which.forks();
    let rows = sqlx::query!(
        r#"select submission.fork_id, submission.commit_sha, submission.received_at, score.submission_id, score.run_id,
                  score.rubric_hash, score.inspection, score.execution, score.judges, score.program, score.base, score.bonus,
                  score.penalty, score.late_penalty, score.total, score.scale, score.findings::text as "findings!",
                  score.due as "due: Json<Due>"
           from score join submission on submission.id = score.submission_id
           join fork on fork.id = submission.fork_id
           where fork.course_id = $1 and score.current and ($2::bigint[] is null or fork.id = any($2))
             and ($3::bigint is null or submission.id = $3)
           order by submission.fork_id, submission.received_at, submission.id"#,
        course.0,
        forks.as_deref(),
        which.submission(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let sums = Sums {
                base: row.base,
                bonus: row.bonus,
                penalty: row.penalty,
                late_penalty: row.late_penalty,
                total: row.total,
                scale: row.scale,
            };
            Ok(Stored {
                fork: ForkId(row.fork_id),
                submission: SubmissionId(row.submission_id),
                run: row.run_id.map(RunId),
                commit: decoded(row.commit_sha.try_into())?,
                received_at: row.received_at,
                provenance: provenance(row.rubric_hash, row.inspection, row.execution, row.judges, row.program)?,
                sums,
                due: row.due.map(|due| due.0),
                findings: row.findings,
            })
        })
        .collect()
}

/// Makes these scores the current ones of their submissions, all in two statements. Runs in the caller's transaction.
pub async fn store(
    conn: &mut PgConnection,
    scores: &[(SubmissionId, Option<RunId>, Score)],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let submissions: Vec<i64> = scores.iter().map(|(submission, ..)| submission.0).collect();
    sqlx::query!("update score set current = false where submission_id = any($1) and current", &submissions)
        .execute(&mut *conn)
        .await?;
    let column = |of: fn(&Score) -> Points| -> Vec<i32> {
        scores.iter().map(|(.., score)| i32::try_from(of(score).hundredths()).unwrap_or(i32::MAX)).collect()
    };
    let runs: Vec<Option<i64>> = scores.iter().map(|(_, run, _)| run.map(|run| run.0)).collect();
    let text = |of: fn(&Provenance) -> String| -> Vec<String> {
        scores.iter().map(|(.., score)| of(&score.provenance)).collect()
    };
    let executions: Vec<Option<String>> =
        scores.iter().map(|(.., score)| score.provenance.execution.clone().map(String::from)).collect();
    let encoded = |error| sqlx::Error::Encode(Box::new(error));
    let json = |of: fn(&Score) -> serde_json::Result<String>| -> sqlx::Result<Vec<String>> {
        scores.iter().map(|(.., score)| of(score)).collect::<Result<_, _>>().map_err(encoded)
    };
    let dues: Vec<Option<String>> = scores
        .iter()
        .map(|(.., score)| score.due.as_ref().map(serde_json::to_string).transpose())
        .collect::<Result<_, _>>()
        .map_err(encoded)?;
    // Texts become documents row by row: whole arrays would be read once more by the planner.
    sqlx::query!(
        "insert into score (submission_id, run_id, rubric_hash, inspection, execution, program,
             base, bonus, penalty, late_penalty, total, scale, findings, judges, due, created_at)
         select submission, run, rubric, inspection, execution, program, base, bonus, penalty, late, total, scale,
             findings::json, judges::jsonb, due::jsonb, $16::timestamptz
         from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[],
             $9::int[], $10::int[], $11::int[], $12::int[], $13::text[], $14::text[], $15::text[])
             as fresh (submission, run, rubric, inspection, execution, program, base, bonus, penalty, late, total, scale,
                 findings, judges, due)",
        &submissions,
        &runs as &[Option<i64>],
        &text(|provenance| provenance.rubric.to_string()),
        &text(|provenance| provenance.inspection.to_string()),
        &executions as &[Option<String>],
        &text(|provenance| provenance.program.clone()),
        &column(|score| score.base),
        &column(|score| score.bonus),
        &column(|score| score.penalty),
        &column(|score| score.late_penalty),
        &column(|score| score.total),
        &column(|score| score.scale),
        &json(|score| serde_json::to_string(&score.findings))?,
        &json(|score| serde_json::to_string(&score.provenance.judges))?,
        &dues as &[Option<String>],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One submission with its current score.
#[derive(Debug, Clone)]
pub struct ScoredSubmission {
    pub fork: ForkId,
    pub submission: SubmissionId,
    pub commit: CommitSha,
    pub received_at: DateTime<Utc>,
    pub score: Score,
}

/// The columns of a score that are numbers.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    pub base: i32,
    pub bonus: i32,
    pub penalty: i32,
    pub late_penalty: i32,
    pub total: i32,
    pub scale: i32,
}

impl Sums {
    /// The score that they belong to.
    pub fn score(self, findings: Vec<Finding>, due: Option<Due>, provenance: Provenance) -> Score {
        let points = |hundredths: i32| Points::from_hundredths(hundredths.into());
        Score {
            findings,
            base: points(self.base),
            bonus: points(self.bonus),
            penalty: points(self.penalty),
            late_penalty: points(self.late_penalty),
            total: points(self.total),
            scale: points(self.scale),
            due,
            provenance,
        }
    }
}

/// What a score was made from, of our columns.
pub(super) fn provenance(
    rubric: String,
    inspection: String,
    execution: Option<String>,
    judges: JsonValue,
    program: String,
) -> sqlx::Result<Provenance> {
    Ok(Provenance {
        rubric: decoded(rubric.try_into())?,
        inspection: decoded(inspection.try_into())?,
        execution: decoded(execution.map(TryInto::try_into).transpose())?,
        judges: decoded(serde_json::from_value(judges))?,
        program,
    })
}

/// These scored submissions of a course, by fork and in the order in which the service learnt of them.
pub async fn current(
    conn: &mut PgConnection,
    course: CourseId,
    which: Which<'_>,
) -> sqlx::Result<Vec<ScoredSubmission>> {
    let stored = stored(conn, course, which).await?;
    stored
        .into_iter()
        .map(|one| {
            Ok(ScoredSubmission {
                fork: one.fork,
                submission: one.submission,
                commit: one.commit.clone(),
                received_at: one.received_at,
                score: one.score()?,
            })
        })
        .collect()
}

/// When a submission was received, as it stands now: a push back to it moves that.
pub async fn received_at(conn: &mut PgConnection, submission: SubmissionId) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!("select received_at from submission where id = $1", submission.0).fetch_one(conn).await
}

/// What one score of a submission follows from, current or not.
#[derive(Debug, Clone)]
pub struct Sources {
    pub fork: ForkId,
    pub received_at: DateTime<Utc>,
    pub provenance: Provenance,
}

/// What one score of a submission follows from. `None` where the score is another submission's, or the submission another course's.
pub async fn sources_of(
    conn: &mut PgConnection,
    course: CourseId,
    submission: SubmissionId,
    score: ScoreId,
) -> sqlx::Result<Option<Sources>> {
    let row = sqlx::query!(
        "select submission.fork_id, submission.received_at, score.rubric_hash, score.inspection, score.execution,
             score.judges, score.program
         from score join submission on submission.id = score.submission_id join fork on fork.id = submission.fork_id
         where score.id = $3 and submission.id = $2 and fork.course_id = $1",
        course.0,
        submission.0,
        score.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Sources {
            fork: ForkId(row.fork_id),
            received_at: row.received_at,
            provenance: provenance(row.rubric_hash, row.inspection, row.execution, row.judges, row.program)?,
        })
    })
    .transpose()
}
