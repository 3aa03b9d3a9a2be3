//! Running a class again, or a part of it: what there is to choose, how many that would be, and the button.
//! May import: `extract`, `page`, `class`, `summaries`, `rubric/`, `grading/` (versions), `db/`, `domain/`.
//! Next: `rubric/reads.rs` for what a criterion reads, `cli/grade.rs`, which asks for the same.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use askama::Template;
use axum::Form;
use axum::extract::State as AppState;
use axum::response::{Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::class::Line;
use super::error::Error;
use super::extract::{Teacher, Who};
use super::page::{Page, show as show_page};
use super::state::State;
use super::summaries::Summaries;
use crate::db;
use crate::db::audit::Entry;
use crate::domain::audit::{Action, Actor};
use crate::domain::facts::execution::Verdict;
use crate::domain::ids::{CourseId, SubmissionId};
use crate::domain::rubric::Criterion;
use crate::domain::{Course, FactsAddress, Message, Outcome, Rubric, RunState};
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
    /// Of record, where what this criterion reads would be observed anew: by newer observers, by a judge, or at all.
    Criterion(String),
}

impl Rerun {
    /// Those that need no criterion, in the order in which they are offered.
    const PLAIN: [Rerun; 4] = [Rerun::All, Rerun::OfRecord, Rerun::Failed, Rerun::NotStarted];

    /// Its name, and whom it means.
    fn words(&self) -> (Message, Message) {
        match self {
            Rerun::All => (Message::new("rerun-all"), Message::new("rerun-all-why")),
            Rerun::OfRecord => (Message::new("rerun-of-record"), Message::new("rerun-of-record-why")),
            Rerun::Failed => (Message::new("rerun-failed"), Message::new("rerun-failed-why")),
            Rerun::NotStarted => (Message::new("rerun-not-started"), Message::new("rerun-not-started-why")),
            Rerun::Criterion(id) => {
                (Message::new("rerun-criterion").with("n", id), Message::new("rerun-criterion-why"))
            }
        }
    }

    /// Runs although the facts are known: they are what is doubted.
    fn is_forced(&self) -> bool {
        match self {
            Rerun::All | Rerun::OfRecord | Rerun::NotStarted => true,
            // What our failure kept us from seeing is not known, and what would be observed anew goes by another key.
            Rerun::Failed | Rerun::Criterion(_) => false,
        }
    }
}

/// None of the words of a [`Rerun`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of all, of-record, failed, not-started and criterion=ID")]
pub struct UnknownRerun(String);

impl FromStr for Rerun {
    type Err = UnknownRerun;

    fn from_str(text: &str) -> Result<Self, UnknownRerun> {
        match text.split_once('=') {
            Some(("criterion", id)) => Ok(Rerun::Criterion(id.to_owned())),
            _ => Self::PLAIN.into_iter().find(|one| one.to_string() == text).ok_or_else(|| UnknownRerun(text.into())),
        }
    }
}

/// As it is written in forms and on the command line.
impl fmt::Display for Rerun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rerun::All => f.write_str("all"),
            Rerun::OfRecord => f.write_str("of-record"),
            Rerun::Failed => f.write_str("failed"),
            Rerun::NotStarted => f.write_str("not-started"),
            Rerun::Criterion(id) => write!(f, "criterion={id}"),
        }
    }
}

/// The class, with what its facts of record were observed by.
struct Class {
    lines: Vec<Line>,
    versions: HashMap<FactsAddress, u32>,
    rubric: Rubric,
}

impl Class {
    async fn load(conn: &mut PgConnection, id: CourseId, course: &Course, summaries: &Summaries) -> sqlx::Result<Self> {
        let lines = summaries.lines(&mut *conn, id, course).await?;
        let records = lines.iter().filter_map(|line| line.record.as_ref());
        let read = records.flat_map(|one| std::iter::once(&one.score.inspection).chain(&one.score.execution));
        let read: Vec<FactsAddress> = read.cloned().collect();
        let versions = db::facts::versions(&mut *conn, &read).await?;
        let rubric = db::rubrics::course(conn, id, course).await?.rubric;
        Ok(Self { lines, versions, rubric })
    }

    /// The submissions that would run. A criterion that the rubric does not hold touches none.
    fn chosen(&self, rerun: &Rerun) -> Vec<SubmissionId> {
        let mut chosen = BTreeSet::new();
        for line in &self.lines {
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
                    let touched = self.rubric.criterion(id).is_some_and(|criterion| self.touches(criterion, line));
                    chosen.extend(record.filter(|_| touched));
                }
            }
        }
        chosen.into_iter().collect()
    }

    fn touches(&self, criterion: &Criterion, line: &Line) -> bool {
        let Some(record) = &line.record else { return false };
        let reads = reads(&criterion.check);
        let older = |address: &FactsAddress, now: u32| self.versions.get(address).is_some_and(|version| *version < now);
        let execution = record.score.execution.as_ref().filter(|_| reads.execution);
        let is_outdated = older(&record.score.inspection, OBSERVERS.inspection)
            || execution.is_some_and(|address| older(address, OBSERVERS.execution));
        // Judges are asked again where anything of theirs changed, and only there: nobody else knows.
        let is_judged = reads.judges && line.is_handed_in();
        let outcome = |id: &str| line.finding(id).map(|finding| finding.outcome);
        let is_lost = |id: &String| matches!(outcome(id), Some(Outcome::Failed | Outcome::Skipped));
        let is_unseen = matches!(outcome(&criterion.id), None | Some(Outcome::Skipped));
        is_outdated || is_judged || is_unseen && !criterion.needs.iter().any(is_lost)
    }
}

/// Queues what is chosen, with one entry in the audit log, in the caller's transaction. Says how many that are.
pub async fn run_again(
    conn: &mut PgConnection,
    id: CourseId,
    course: &Course,
    summaries: &Summaries,
    rerun: &Rerun,
    by: &Actor,
    now: DateTime<Utc>,
) -> sqlx::Result<usize> {
    let chosen = Class::load(&mut *conn, id, course, summaries).await?.chosen(rerun);
    if chosen.is_empty() {
        return Ok(0);
    }
    db::runs::enqueue_again(&mut *conn, &chosen, now, rerun.is_forced()).await?;
    let done = json!({ "which": rerun.to_string(), "runs": chosen.len() });
    let entry = Entry::new(by, Action::RunForced).changing(None, done);
    db::audit::write(conn, id, &entry, now).await?;
    Ok(chosen.len())
}

#[derive(Template)]
#[template(path = "reruns.html")]
struct RerunsPage {
    page: Page,
    choices: Vec<Choice>,
    /// Criteria that touch somebody.
    criteria: Vec<Choice>,
}

impl RerunsPage {
    /// Name, title and rows of both tables.
    fn lists(&self) -> [(&'static str, &'static str, &[Choice]); 2] {
        [("choices", "reruns-whom", &self.choices), ("criteria", "reruns-criteria", &self.criteria)]
    }
}

/// What may be run again.
struct Choice {
    /// As the form sends it.
    word: String,
    name: Message,
    why: Message,
    submissions: usize,
}

/// `GET /reruns`: what may be run again, and how many submissions each choice means.
pub async fn show(_: Teacher, page: Page, AppState(state): AppState<State>) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let class = Class::load(conn, state.course_id, &state.course, &state.summaries).await?;
    let choice = |rerun: Rerun| {
        let (name, why) = rerun.words();
        Choice { submissions: class.chosen(&rerun).len(), word: rerun.to_string(), name, why }
    };
    let criterion = |criterion: &Criterion| Choice {
        name: Message::new("rerun-criterion").with("n", criterion.title(page.w.language)),
        ..choice(Rerun::Criterion(criterion.id.clone()))
    };
    let criteria = class.rubric.criteria.iter().map(criterion).filter(|choice| choice.submissions > 0).collect();
    let choices = Rerun::PLAIN.into_iter().map(choice).collect();
    let title = page.w.t("reruns-title");
    show_page(&RerunsPage { page: page.titled(&title), choices, criteria })
}

#[derive(Deserialize)]
pub struct Wanted {
    which: String,
}

/// `POST /reruns`: queues what was chosen.
pub async fn queue(
    _: Teacher,
    who: Who,
    AppState(state): AppState<State>,
    Form(wanted): Form<Wanted>,
) -> Result<Redirect, Error> {
    let rerun: Rerun = wanted.which.parse().map_err(|_: UnknownRerun| Error::NotFound)?;
    let (by, now) = (who.as_teacher(), state.clock.now());
    let mut transaction = state.pool.begin().await?;
    run_again(&mut transaction, state.course_id, &state.course, &state.summaries, &rerun, &by, now).await?;
    transaction.commit().await?;
    Ok(Redirect::to("/forks"))
}
