//! Running a class again, or a part of it: which submissions that are, before anything runs.
//! May import: `class`, `summaries`, `rubric/reads`, `grading/` (versions), `db/`, `domain/`.
//! Next: `web/rubric/` and `cli/grade.rs`, which ask for it.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::class::Line;
use crate::db;
use crate::db::audit::Entry;
use crate::domain::audit::{Action, Actor};
use crate::domain::facts::execution::Verdict;
use crate::domain::ids::{CourseId, SubmissionId};
use crate::domain::{FactsAddress, RunState, Rubric};
use crate::grading::OBSERVERS;
use crate::rubric::reads;

/// Which submissions are run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rerun {
    /// Of every fork the one of record and the newest: those that are shown.
    All,
    OfRecord,
    /// Whose last run came to nothing through our own failure.
    Failed,
    /// Of record, where the project did not start.
    NotStarted,
    /// Of record, where what this criterion reads was observed by an older version than this one.
    Criterion(String),
}

impl Rerun {
    /// Those that need no criterion, in the order in which they are offered.
    pub const PLAIN: [Rerun; 4] = [Rerun::All, Rerun::OfRecord, Rerun::Failed, Rerun::NotStarted];

    /// Its word in forms and on the command line; a criterion's id stands behind it.
    pub fn word(&self) -> &'static str {
        match self {
            Rerun::All => "all",
            Rerun::OfRecord => "of-record",
            Rerun::Failed => "failed",
            Rerun::NotStarted => "not-started",
            Rerun::Criterion(_) => "criterion",
        }
    }

    /// The key of its sentence.
    pub fn key(&self) -> &'static str {
        match self {
            Rerun::All => "rerun-all",
            Rerun::OfRecord => "rerun-of-record",
            Rerun::Failed => "rerun-failed",
            Rerun::NotStarted => "rerun-not-started",
            Rerun::Criterion(_) => "rerun-criterion",
        }
    }

    /// Runs although the facts are known: they are what is doubted.
    fn is_forced(&self) -> bool {
        match self {
            Rerun::All | Rerun::OfRecord | Rerun::NotStarted => true,
            // What our failure kept us from seeing is not known, and what an older version saw is known by another key.
            Rerun::Failed | Rerun::Criterion(_) => false,
        }
    }
}

/// Neither `all`, `of-record`, `failed`, `not-started` nor `criterion=ID`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of all, of-record, failed, not-started and criterion=ID")]
pub struct UnknownRerun(String);

impl FromStr for Rerun {
    type Err = UnknownRerun;

    fn from_str(text: &str) -> Result<Self, UnknownRerun> {
        match text.split_once('=') {
            Some(("criterion", id)) => Ok(Rerun::Criterion(id.to_owned())),
            _ => Self::PLAIN.into_iter().find(|one| one.word() == text).ok_or_else(|| UnknownRerun(text.to_owned())),
        }
    }
}

impl fmt::Display for Rerun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rerun::Criterion(id) => write!(f, "criterion={id}"),
            plain => f.write_str(plain.word()),
        }
    }
}

/// The class, with what its facts were observed by.
pub struct Reruns<'a> {
    lines: &'a [Line],
    versions: HashMap<FactsAddress, u32>,
}

impl<'a> Reruns<'a> {
    /// Looks up by which versions of the observers the facts of record were written.
    pub async fn load(conn: &mut PgConnection, lines: &'a [Line]) -> sqlx::Result<Self> {
        let records = lines.iter().filter_map(|line| line.record.as_ref());
        let addresses = records.flat_map(|record| std::iter::once(&record.score.inspection).chain(&record.score.execution));
        Ok(Self { versions: db::facts::versions(conn, addresses).await?, lines })
    }

    /// The submissions that would run. A criterion that the rubric does not hold touches none.
    pub fn of(&self, rerun: &Rerun, rubric: &Rubric) -> Vec<SubmissionId> {
        let mut chosen = BTreeSet::new();
        for line in self.lines {
            let record = line.record.as_ref().and_then(|record| line.row.submissions.get(record.index));
            let record = record.map(|submission| submission.id);
            match rerun {
                Rerun::All => {
                    chosen.extend(record);
                    chosen.extend(line.row.submissions.last().map(|newest| newest.id));
                }
                Rerun::OfRecord => chosen.extend(record),
                Rerun::Failed => {
                    let failed = line.row.last_run.as_ref().filter(|run| run.state == RunState::Failed);
                    chosen.extend(failed.map(|run| run.submission));
                }
                Rerun::NotStarted => {
                    use Verdict::{CrashedAtStart, InstallFailed, NeverListened};
                    let is_down = matches!(line.verdict, Some(InstallFailed | CrashedAtStart | NeverListened));
                    chosen.extend(record.filter(|_| is_down));
                }
                Rerun::Criterion(id) => {
                    let touched = rubric.criterion(id).is_some_and(|one| self.is_outdated(line, reads(&one.check).execution));
                    chosen.extend(record.filter(|_| touched));
                }
            }
        }
        chosen.into_iter().collect()
    }

    /// Whether what was observed of the submission of record was observed by an older version than this one.
    fn is_outdated(&self, line: &Line, reads_execution: bool) -> bool {
        let Some(record) = &line.record else { return false };
        let older = |address: &FactsAddress, current: u32| self.versions.get(address).is_some_and(|version| *version < current);
        let execution = record.score.execution.as_ref().filter(|_| reads_execution);
        older(&record.score.inspection, OBSERVERS.inspection)
            || execution.is_some_and(|address| older(address, OBSERVERS.execution))
    }
}

/// Queues these submissions, with one entry in the audit log. In the caller's transaction.
pub async fn queue(
    conn: &mut PgConnection,
    course: CourseId,
    rerun: &Rerun,
    submissions: &[SubmissionId],
    by: &Actor,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    db::runs::enqueue_again(&mut *conn, submissions, now, rerun.is_forced()).await?;
    let entry = Entry::new(by, Action::RunForced);
    let entry = entry.changing(None, json!({ "which": rerun.to_string(), "runs": submissions.len() }));
    db::audit::write(conn, course, &entry, now).await
}
