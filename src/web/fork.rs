//! One fork, for the teacher: submissions, runs, findings, everything observed, and the button that runs it again.
//! May import: `report`, `moves`, `class`, `db/`, `domain/`.
//! Next: `templates/fork.html`.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State as AppState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::class::record_of;
use super::error::{Error, SaysWhy};
use super::extract::{Teacher, Who};
use super::moves::{self, Step};
use super::page::{Page, show as show_page};
use super::reading::{self, Committer};
use super::report::Report;
use super::state::State;
use crate::db;
use crate::db::audit::Entry;
use crate::db::views::{ClassRow, RunView, SubmissionBrief};
use crate::domain::audit::Action;
use crate::domain::course::Deadline;
use crate::domain::facts::execution::RemoteBrowser;
use crate::domain::facts::inspection::NotebookState;
use crate::domain::facts::network::Asker;
use crate::domain::ids::{ForkId, ScoreId, StudentId, SubmissionId};
use crate::domain::rubric::Kind;
use crate::domain::{Course, Extension, ForkState, Message, Override, PictureAddress, RunState, Stage};
use crate::grading::LONGEST_REASON;
use crate::rubric::timeline::{self, Noticed};

#[derive(Template)]
#[template(path = "fork.html")]
struct ForkPage<'a> {
    page: Page,
    course: &'a Course,
    row: &'a ClassRow,
    /// Newest first.
    submissions: Vec<&'a SubmissionBrief>,
    runs: &'a [RunView],
    /// The submission that is shown.
    shown: Option<&'a SubmissionBrief>,
    of_record: Option<SubmissionId>,
    report: Option<Report>,
    /// Every score of the shown submission beside the one before it, newest first.
    steps: Vec<Step>,
    /// Points by hand for criteria that the rubric does not hold.
    without_effect: Vec<Override>,
    /// What was sent and not taken, to be shown at its form.
    refused: Option<Refused>,
    progress: Option<Progress>,
    /// What became of it besides pushes, newest first.
    notes: Vec<(DateTime<Utc>, Message)>,
    committers: Vec<Committer>,
    /// What the commits' own dates say against when they were seen.
    dated: Vec<Message>,
}

/// A form that came back with a mistake in it.
pub struct Refused {
    /// A criterion's id, or `student-` with a student's.
    pub form: String,
    pub why: Message,
    /// What was written: points, or a moment.
    pub first: String,
    pub reason: String,
}

impl ForkPage<'_> {
    /// What was wrong with this form.
    fn refusal_of(&self, form: &str) -> Option<&Refused> {
        self.refused.as_ref().filter(|refused| refused.form == form)
    }

    fn refusal_of_student(&self, student: &StudentId) -> Option<&Refused> {
        self.refusal_of(&format!("student-{student}"))
    }

    /// The deadline in force.
    fn deadline(&self) -> Option<Deadline> {
        self.course.deadline_for(self.row.extension())
    }

    fn is_extended(&self) -> bool {
        self.course.is_extended_by(self.row.extension())
    }

    /// The score that is shown: what a decision looks at.
    fn score_shown(&self) -> Option<ScoreId> {
        self.steps.iter().find(|step| step.score.current).map(|step| step.score.id)
    }

    /// A moment for a form's field, in the course's time zone: an extension's, else the course's deadline.
    fn written(&self, extension: Option<&Extension>) -> String {
        let until = extension.map(|extension| extension.until);
        let until = until.or(self.course.deadline.as_ref().map(|deadline| deadline.at.to_utc()));
        let local = until.map(|until| until.with_timezone(&self.course.time_zone));
        local.map(|local| local.format("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
    }

    fn is_shown(&self, submission: &SubmissionBrief) -> bool {
        self.shown.is_some_and(|shown| shown.id == submission.id)
    }

    fn is_of_record(&self, submission: &SubmissionBrief) -> bool {
        self.of_record == Some(submission.id)
    }

    fn last_run_of(&self, submission: &SubmissionBrief) -> Option<&RunView> {
        self.runs.iter().find(|run| run.submission == submission.id)
    }

    /// Where a picture is.
    fn picture(&self, address: &PictureAddress) -> String {
        format!("/screenshots/{address}")
    }

    fn names(&self) -> String {
        let names = self.row.students.iter().map(|student| student.name.as_deref().unwrap_or(&student.login));
        let names: Vec<&str> = names.collect();
        if names.is_empty() { self.row.full_name.clone() } else { names.join(", ") }
    }

    /// The newest run, where it came to nothing through our own fault.
    fn failure(&self) -> Option<&RunView> {
        self.row.last_run.as_ref().filter(|run| run.state == RunState::Failed)
    }
}

/// How far a run is that has not come to its end.
pub struct Progress {
    pub run: RunView,
    /// 1 for the next to be taken; `None` while it works.
    pub place: Option<usize>,
}

impl Progress {
    /// The run of a fork that waits or works.
    pub async fn of(state: &State, conn: &mut sqlx::PgConnection, row: &ClassRow) -> sqlx::Result<Option<Self>> {
        let Some(run) = &row.last_run else { return Ok(None) };
        match run.state {
            RunState::Running => Ok(Some(Self { run: run.clone(), place: None })),
            RunState::Queued => {
                let queue = db::views::queue(conn, state.course_id).await?;
                let waiting = queue.iter().filter(|pending| pending.state == RunState::Queued);
                let place = waiting.map(|pending| pending.run).position(|id| id == run.id).map(|index| index + 1);
                Ok(Some(Self { run: run.clone(), place }))
            }
            RunState::Finished | RunState::Failed | RunState::Superseded => Ok(None),
        }
    }

    /// Every stage, with whether it is over, under way or to come.
    pub fn stages(&self) -> impl Iterator<Item = (Stage, &'static str)> {
        let now = self.run.stage;
        Stage::ALL.into_iter().map(move |stage| match now {
            Some(now) if stage < now => (stage, "over"),
            Some(now) if stage == now => (stage, "now"),
            _ => (stage, "to-come"),
        })
    }
}

/// `GET /forks/{fork}`: the submission of record, or the one of `?submission=`.
pub async fn show(
    page: Page,
    _: Teacher,
    AppState(state): AppState<State>,
    Path(fork): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Error> {
    let wanted = query.get("submission").and_then(|id| id.parse().ok()).map(SubmissionId);
    render(&state, page, ForkId(fork), wanted, None).await
}

/// The page again, with what was wrong beside the form.
pub async fn refuse(
    state: &State,
    page: Page,
    fork: ForkId,
    wanted: Option<SubmissionId>,
    refused: Refused,
) -> Result<Response, Error> {
    let page = render(state, page, fork, wanted, Some(refused)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, axum::Extension(SaysWhy), page).into_response())
}

/// Whether a submission is a fork's of this course.
pub async fn has(state: &State, fork: ForkId, submission: SubmissionId) -> Result<bool, Error> {
    let rows = db::views::class(&mut *state.conn().await?, state.course_id, Some(fork)).await?;
    Ok(rows.iter().flat_map(|row| &row.submissions).any(|one| one.id == submission))
}

async fn render(
    state: &State,
    page: Page,
    fork: ForkId,
    wanted: Option<SubmissionId>,
    refused: Option<Refused>,
) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let rows = db::views::class(conn, state.course_id, Some(fork)).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let runs = db::views::runs_of_fork(conn, row.id).await?;
    let of_record =
        record_of(&state.course, row).and_then(|record| row.submissions.get(record.index)).map(|one| one.id);
    let wanted = wanted.or(of_record);
    let shown = row.submissions.iter().find(|one| Some(one.id) == wanted).or(row.submissions.last());
    let report = match shown {
        Some(submission) => Report::load(conn, &state.course, &page.w, submission.id).await?,
        None => None,
    };
    let history = report.as_ref().and_then(|report| report.inspection.as_ref()?.history.as_ref());
    let (committers, dated) = match (history, shown) {
        (Some(history), Some(submission)) => {
            let students = db::forks::students(conn, row.id).await?;
            let looking_since = db::forks::known_since(conn, row.id).await?;
            let noticed = Noticed { at: submission.received_at, looking_since };
            let deadline = state.course.deadline_for(row.extension());
            (reading::committers(history, &students), timeline::signs(history, noticed, deadline.as_ref()))
        }
        _ => (Vec::new(), Vec::new()),
    };
    let scores = report.as_ref().map(|report| report.scores.as_slice()).unwrap_or_default();
    let course = db::rubrics::course(conn, state.course_id, &state.course).await?;
    let rubrics = scores.iter().map(|one| &one.score.provenance.rubric);
    let steps = moves::steps(&db::rubrics::remembering(conn, &course, rubrics).await?, &page.w, scores);
    let without_effect = match shown {
        Some(submission) => without_effect(conn, &course, submission.id).await?,
        None => Vec::new(),
    };
    let progress = Progress::of(state, conn, row).await?;
    let notes = db::forks::notes(conn, row.id).await?;
    show_page(&ForkPage {
        page: page.titled(&row.full_name).following(progress.is_some()),
        course: &state.course,
        row,
        submissions: row.submissions.iter().rev().collect(),
        runs: &runs,
        shown,
        of_record,
        report,
        steps,
        without_effect,
        refused,
        progress,
        notes,
        committers,
        dated,
    })
}

async fn without_effect(
    conn: &mut sqlx::PgConnection,
    course: &Course,
    submission: SubmissionId,
) -> sqlx::Result<Vec<Override>> {
    let given = db::overrides::of(conn, &[submission]).await?.remove(&submission).unwrap_or_default();
    Ok(given.into_iter().filter(|one| course.rubric.criterion(&one.criterion).is_none()).collect())
}

/// `POST /forks/{fork}/runs`: runs the newest submission again although its facts are known, or the one of `submission`.
pub async fn run_again(
    _: Teacher,
    who: Who,
    AppState(state): AppState<State>,
    Path(fork): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Redirect, Error> {
    let mut transaction = state.pool.begin().await?;
    let rows = db::views::class(&mut transaction, state.course_id, Some(ForkId(fork))).await?;
    let submissions = &rows.first().ok_or(Error::NotFound)?.submissions;
    let submission = match query.get("submission") {
        Some(wanted) => submissions.iter().find(|one| one.id.to_string() == *wanted),
        None => submissions.last(),
    };
    let submission = submission.ok_or(Error::NotFound)?.id;
    let now = state.clock.now();
    db::runs::enqueue(&mut transaction, submission, now, true).await?;
    let actor = who.as_teacher();
    let entry = Entry::new(&actor, Action::RunForced).of_submission(ForkId(fork), submission);
    db::audit::write(&mut transaction, state.course_id, &entry, now).await?;
    transaction.commit().await?;
    Ok(Redirect::to(&format!("/forks/{fork}?submission={submission}")))
}
