//! Scores: the newest of a submission counts, earlier ones stay beside it.
//! May import: `domain/`.
//! Next: `rubric/score.rs`, which computes them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::decoded;
use crate::domain::finding::Provenance;
use crate::domain::ids::{CourseId, ForkId, RunId, SubmissionId};
use crate::domain::{CommitSha, FactsAddress, Points, Rubric, RubricHash, Score};

/// Keeps a version of a rubric under its hash.
pub async fn keep_rubric(
    conn: &mut PgConnection,
    hash: &RubricHash,
    rubric: &Rubric,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into rubric (hash, document, created_at) values ($1, $2, $3) on conflict do nothing",
        hash.as_str(),
        Json(rubric) as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a stored score is computed from again.
#[derive(Debug, Clone)]
pub struct Scored {
    pub submission: SubmissionId,
    pub run: Option<RunId>,
    pub received_at: DateTime<Utc>,
    pub inspection: FactsAddress,
    pub execution: Option<FactsAddress>,
    pub judges: Vec<FactsAddress>,
}

/// The current score's sources of every submission of a course.
pub async fn current_sources(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<Scored>> {
    let rows = sqlx::query!(
        "select score.submission_id, score.run_id, submission.received_at, score.inspection, score.execution, score.judges
         from score join submission on submission.id = score.submission_id
         join fork on fork.id = submission.fork_id
         where fork.course_id = $1 and score.current order by score.submission_id",
        course.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Scored {
                submission: SubmissionId(row.submission_id),
                run: row.run_id.map(RunId),
                received_at: row.received_at,
                inspection: decoded(row.inspection.try_into())?,
                execution: decoded(row.execution.map(TryInto::try_into).transpose())?,
                judges: decoded(serde_json::from_value(row.judges))?,
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
    let encoded = |json: serde_json::Result<Vec<String>>| json.map_err(|error| sqlx::Error::Encode(Box::new(error)));
    let findings = scores.iter().map(|(.., score)| serde_json::to_string(&score.findings));
    let findings: Vec<String> = encoded(findings.collect())?;
    let judges = scores.iter().map(|(.., score)| serde_json::to_string(&score.provenance.judges));
    let judges: Vec<String> = encoded(judges.collect())?;
    sqlx::query!(
        "insert into score (submission_id, run_id, rubric_hash, inspection, execution, program,
             base, bonus, penalty, late_penalty, total, scale, findings, judges, created_at)
         select *, $15::timestamptz from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[],
             $6::text[], $7::int[], $8::int[], $9::int[], $10::int[], $11::int[], $12::int[], $13::jsonb[], $14::jsonb[])",
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
        &findings as _,
        &judges as _,
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

/// Every scored submission of a course, by fork and in the order in which the service learnt of them.
pub async fn current(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<ScoredSubmission>> {
    let rows = sqlx::query!(
        "select submission.fork_id, submission.commit_sha, submission.received_at, score.*
         from score join submission on submission.id = score.submission_id
         join fork on fork.id = submission.fork_id
         where fork.course_id = $1 and score.current
         order by submission.fork_id, submission.received_at, submission.id",
        course.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let points = |hundredths: i32| Points::from_hundredths(hundredths.into());
            Ok(ScoredSubmission {
                fork: ForkId(row.fork_id),
                submission: SubmissionId(row.submission_id),
                commit: decoded(row.commit_sha.try_into())?,
                received_at: row.received_at,
                score: Score {
                    findings: decoded(serde_json::from_value(row.findings))?,
                    base: points(row.base),
                    bonus: points(row.bonus),
                    penalty: points(row.penalty),
                    late_penalty: points(row.late_penalty),
                    total: points(row.total),
                    scale: points(row.scale),
                    provenance: Provenance {
                        rubric: decoded(row.rubric_hash.try_into())?,
                        inspection: decoded(row.inspection.try_into())?,
                        execution: decoded(row.execution.map(TryInto::try_into).transpose())?,
                        program: row.program,
                        judges: decoded(serde_json::from_value(row.judges))?,
                    },
                },
            })
        })
        .collect()
}
