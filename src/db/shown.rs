//! Grades as students could see them: written down before and after whatever changes one.
//! May import: `domain/`.
//! Next: `grading/decision.rs`, which writes; `web/feedback.rs`, which tells what changed.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{decoded, scores};
use crate::domain::finding::{Due, Finding};
use crate::domain::ids::{CourseId, ForkId, ScoreId, SubmissionId};
use crate::domain::{CommitSha, Points, Score};

/// A current score, as far as it decides which one students see.
#[derive(Debug, Clone)]
pub struct Standing {
    pub fork: ForkId,
    pub received_at: DateTime<Utc>,
    pub score: ScoreId,
    pub total: Points,
    /// What students of this fork were last seen to see.
    pub shown: Option<ScoreId>,
}

/// The current scores of a course, or of one fork: by fork, and in the order in which the service learnt of the submissions.
pub async fn standings(conn: &mut PgConnection, course: CourseId, only: Option<ForkId>) -> sqlx::Result<Vec<Standing>> {
    let rows = sqlx::query!(
        r#"select fork.id as fork_id, submission.received_at, score.id as score_id, score.total, last.score_id as "shown?"
           from score join submission on submission.id = score.submission_id
           join fork on fork.id = submission.fork_id
           left join lateral (select score_id from shown where shown.fork_id = fork.id order by id desc limit 1) last on true
           where fork.course_id = $1 and score.current and ($2::bigint is null or fork.id = $2)
           order by fork.id, submission.received_at, submission.id"#,
        course.0,
        only.map(|fork| fork.0),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Standing {
            fork: ForkId(row.fork_id),
            received_at: row.received_at,
            score: ScoreId(row.score_id),
            total: Points::from_hundredths(row.total.into()),
            shown: row.shown.map(ScoreId),
        })
        .collect())
}

/// Students of these forks see these scores from now on.
pub async fn write(conn: &mut PgConnection, shown: &[(ForkId, ScoreId)], now: DateTime<Utc>) -> sqlx::Result<()> {
    if shown.is_empty() {
        return Ok(());
    }
    let forks: Vec<i64> = shown.iter().map(|(fork, _)| fork.0).collect();
    let scores: Vec<i64> = shown.iter().map(|(_, score)| score.0).collect();
    sqlx::query!(
        "insert into shown (fork_id, score_id, at)
         select fork, score, $3::timestamptz from unnest($1::bigint[], $2::bigint[]) as seen (fork, score)",
        &forks,
        &scores,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A grade that students saw.
#[derive(Debug, Clone)]
pub struct Shown {
    /// From when on.
    pub at: DateTime<Utc>,
    pub submission: SubmissionId,
    pub commit: CommitSha,
    /// The first that its submission ever had, shown in the moment that it came: a push was graded.
    pub is_push: bool,
    pub score: Score,
}

/// The grades that students of a fork saw, oldest first, at most the last thirty; `now` is the one that they see today.
pub async fn of_fork(conn: &mut PgConnection, fork: ForkId, now: Option<ScoreId>) -> sqlx::Result<Vec<Shown>> {
    let rows = sqlx::query!(
        r#"select seen.at as "at!", submission.commit_sha, score.submission_id, score.rubric_hash, score.inspection,
                  score.execution, score.judges, score.program, score.base, score.bonus, score.penalty, score.late_penalty, score.total, score.scale,
                  score.findings as "findings: Json<Vec<Finding>>", score.due as "due: Json<Due>",
                  coalesce(seen.id is not null and seen.at = score.created_at and not exists (
                      select from score earlier where earlier.submission_id = score.submission_id
                      and earlier.id < score.id), false) as "is_push!"
           from (
               select id, score_id, at from (select * from shown where fork_id = $1 order by id desc limit 30) written
               union all
               -- Seen today, and not written down since nothing has changed it yet.
               select null, score.id, score.created_at from score
               where score.id = $2 and score.id is distinct from
                   (select score_id from shown where fork_id = $1 order by id desc limit 1)
           ) as seen
           join score on score.id = seen.score_id
           join submission on submission.id = score.submission_id
           order by seen.id nulls last"#,
        fork.0,
        now.map(|score| score.0),
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
            Ok(Shown {
                at: row.at,
                submission: SubmissionId(row.submission_id),
                commit: decoded(row.commit_sha.try_into())?,
                is_push: row.is_push,
                score: sums.score(row.findings.0, row.due.map(|due| due.0), provenance),
            })
        })
        .collect()
}
