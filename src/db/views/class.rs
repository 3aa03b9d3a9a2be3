//! The whole class in four statements, and what changed in it lately.
//! May import: `domain/`.
//! Next: `web/class.rs`, which counts, filters and sorts what is read here.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::fork::{RunView, latest_runs};
use crate::db::{decoded, extensions, unknown_word};
use crate::domain::ids::{CourseId, ForkId, ScoreId, StudentId, SubmissionId};
use crate::domain::{CommitSha, Extension, FactsAddress, ForkState, Message, Outcome, Points};

/// A person as named in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentBrief {
    pub id: StudentId,
    pub login: String,
    pub name: Option<String>,
    pub group: Option<String>,
    pub has_link: bool,
    /// Their own; a fork goes by the latest of its students'.
    pub extension: Option<Extension>,
}

/// A finding without its words.
#[derive(Debug, Clone, Deserialize)]
pub struct Brief {
    pub criterion: String,
    pub outcome: Outcome,
    pub points: Points,
    pub max: Points,
    pub bonus: bool,
    #[serde(default)]
    pub min: Points,
    #[serde(default)]
    pub overridden: Option<ByHand>,
}

impl Brief {
    /// What its points are out of: the most that it gives, or the most that it takes.
    pub fn bound(&self) -> Points {
        if self.min < Points::ZERO { self.min } else { self.max }
    }
}

/// That points are a teacher's.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ByHand {
    pub stale: bool,
}

/// A current score without its words.
#[derive(Debug, Clone)]
pub struct ScoreBrief {
    pub id: ScoreId,
    pub base: Points,
    pub bonus: Points,
    pub penalty: Points,
    pub late_penalty: Points,
    pub total: Points,
    pub scale: Points,
    pub findings: Vec<Brief>,
    pub inspection: FactsAddress,
    pub execution: Option<FactsAddress>,
    pub created_at: DateTime<Utc>,
}

/// A submission with its current score.
#[derive(Debug, Clone)]
pub struct SubmissionBrief {
    pub id: SubmissionId,
    pub commit: CommitSha,
    pub project_commit: Option<CommitSha>,
    pub received_at: DateTime<Utc>,
    pub committed_at: Option<DateTime<Utc>>,
    pub learnt_from: String,
    pub score: Option<ScoreBrief>,
}

/// A fork with its people, its submissions in the order in which the service learnt of them, and its newest run.
#[derive(Debug, Clone)]
pub struct ClassRow {
    pub id: ForkId,
    pub full_name: String,
    pub html_url: String,
    pub branch: String,
    pub state: ForkState,
    pub archived: bool,
    pub pushed_at: Option<DateTime<Utc>>,
    pub project_repository: Option<String>,
    pub trouble: Option<Message>,
    pub students: Vec<StudentBrief>,
    pub submissions: Vec<SubmissionBrief>,
    pub last_run: Option<RunView>,
}

impl ClassRow {
    /// The students by name, else by login; nobody where none is known.
    pub fn people(&self) -> Vec<&str> {
        self.students.iter().map(|student| student.name.as_deref().unwrap_or(&student.login)).collect()
    }

    /// The extension that the fork goes by.
    pub fn extension(&self) -> Option<&Extension> {
        self.students.iter().filter_map(|student| student.extension.as_ref()).max_by_key(|extension| extension.until)
    }
}

/// Every fork of the course, or only one of them, by name.
pub async fn class(conn: &mut PgConnection, course: CourseId, only: Option<ForkId>) -> sqlx::Result<Vec<ClassRow>> {
    let forks = sqlx::query!(
        r#"select id, full_name, html_url, branch, state, archived, pushed_at, project_repository,
                  trouble as "trouble: Json<Message>"
           from fork where course_id = $1 and ($2::bigint is null or id = $2) order by lower(full_name), id"#,
        course.0,
        only.map(|fork| fork.0),
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut students = students(&mut *conn, course, only).await?;
    let mut submissions = submissions(&mut *conn, course, only).await?;
    let mut runs = latest_runs(conn, course, only).await?;
    forks
        .into_iter()
        .map(|fork| {
            Ok(ClassRow {
                id: ForkId(fork.id),
                full_name: fork.full_name,
                html_url: fork.html_url,
                branch: fork.branch,
                state: fork_state(&fork.state)?,
                archived: fork.archived,
                pushed_at: fork.pushed_at,
                project_repository: fork.project_repository,
                trouble: fork.trouble.map(|trouble| trouble.0),
                students: students.remove(&fork.id).unwrap_or_default(),
                submissions: submissions.remove(&fork.id).unwrap_or_default(),
                last_run: runs.remove(&ForkId(fork.id)),
            })
        })
        .collect()
}

async fn students(
    conn: &mut PgConnection,
    course: CourseId,
    only: Option<ForkId>,
) -> sqlx::Result<HashMap<i64, Vec<StudentBrief>>> {
    let rows = sqlx::query!(
        r#"select fork_student.fork_id, student.id, student.login, student.name, student.group_name,
                  student.link_hash is not null as "has_link!", until as "until?", reason as "reason?", actor as "actor?",
                  extension.login as "said_by?", at as "at?"
           from student join fork_student on fork_student.student_id = student.id
           left join extension on extension.student_id = student.id
           where student.course_id = $1 and ($2::bigint is null or fork_student.fork_id = $2)
           order by student.id"#,
        course.0,
        only.map(|fork| fork.0),
    )
    .fetch_all(conn)
    .await?;
    let mut by_fork: HashMap<i64, Vec<StudentBrief>> = HashMap::new();
    for row in rows {
        let extension = match (row.until, row.reason, row.actor, row.at) {
            (Some(until), Some(reason), Some(actor), Some(at)) => {
                Some(extensions::extension(until, reason, &actor, row.said_by, at)?)
            }
            _ => None,
        };
        by_fork.entry(row.fork_id).or_default().push(StudentBrief {
            id: StudentId(row.id),
            login: row.login,
            name: row.name,
            group: row.group_name,
            has_link: row.has_link,
            extension,
        });
    }
    Ok(by_fork)
}

async fn submissions(
    conn: &mut PgConnection,
    course: CourseId,
    only: Option<ForkId>,
) -> sqlx::Result<HashMap<i64, Vec<SubmissionBrief>>> {
    let rows = sqlx::query!(
        r#"select submission.id, submission.fork_id, submission.commit_sha, submission.project_commit,
                  submission.received_at, submission.committed_at, submission.learnt_from,
                  score.id as "score_id?", score.base as "base?", score.bonus as "bonus?", score.penalty as "penalty?",
                  score.late_penalty as "late_penalty?", score.total as "total?", score.scale as "scale?",
                  score.findings as "findings?: Json<Vec<Brief>>", score.inspection as "inspection?",
                  score.execution as "execution?", score.created_at as "created_at?"
           from submission join fork on fork.id = submission.fork_id
           left join score on score.submission_id = submission.id and score.current
           where fork.course_id = $1 and ($2::bigint is null or fork.id = $2)
           order by submission.received_at, submission.id"#,
        course.0,
        only.map(|fork| fork.0),
    )
    .fetch_all(conn)
    .await?;
    let mut by_fork: HashMap<i64, Vec<SubmissionBrief>> = HashMap::new();
    for row in rows {
        let points = |hundredths: Option<i32>| Points::from_hundredths(hundredths.unwrap_or_default().into());
        let score = match (row.score_id, row.findings, row.inspection, row.created_at) {
            (Some(id), Some(findings), Some(inspection), Some(created_at)) => Some(ScoreBrief {
                id: ScoreId(id),
                base: points(row.base),
                bonus: points(row.bonus),
                penalty: points(row.penalty),
                late_penalty: points(row.late_penalty),
                total: points(row.total),
                scale: points(row.scale),
                findings: findings.0,
                inspection: decoded(inspection.try_into())?,
                execution: decoded(row.execution.map(TryInto::try_into).transpose())?,
                created_at,
            }),
            _ => None,
        };
        by_fork.entry(row.fork_id).or_default().push(SubmissionBrief {
            id: SubmissionId(row.id),
            commit: decoded(row.commit_sha.try_into())?,
            project_commit: decoded(row.project_commit.map(TryInto::try_into).transpose())?,
            received_at: row.received_at,
            committed_at: row.committed_at,
            learnt_from: row.learnt_from,
            score,
        });
    }
    Ok(by_fork)
}

/// A score that came, with the one that the fork had before.
#[derive(Debug, Clone)]
pub struct Change {
    pub fork: ForkId,
    pub at: DateTime<Utc>,
    pub total: Points,
    pub before: Option<Points>,
}

/// The newest changes of scores, newest first; a score that equals the fork's last one is no change.
pub async fn changes(conn: &mut PgConnection, course: CourseId, limit: i64) -> sqlx::Result<Vec<Change>> {
    let rows = sqlx::query!(
        r#"select fork_id as "fork_id!", created_at as "created_at!", total as "total!", before
           from (select submission.fork_id, score.id, score.created_at, score.total,
                        lag(score.total) over (partition by submission.fork_id order by score.id) as before
                 from score join submission on submission.id = score.submission_id
                 join fork on fork.id = submission.fork_id
                 where fork.course_id = $1) told
           where total is distinct from before
           order by created_at desc, id desc limit $2"#,
        course.0,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Change {
            fork: ForkId(row.fork_id),
            at: row.created_at,
            total: Points::from_hundredths(row.total.into()),
            before: row.before.map(|before| Points::from_hundredths(before.into())),
        })
        .collect())
}

fn fork_state(word: &str) -> sqlx::Result<ForkState> {
    match word {
        "active" => Ok(ForkState::Active),
        "empty" => Ok(ForkState::Empty),
        "unreadable" => Ok(ForkState::Unreadable),
        "gone" => Ok(ForkState::Gone),
        other => unknown_word("fork.state", other),
    }
}
