//! A student's own page: what to do next, what was seen, and how it came about.
//! May import: `report`, `fork`, `moves`, `db/`, `domain/`.
//! Next: `templates/feedback.html`.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State as AppState};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::class::record_of;
use super::error::Error;
use super::extract::StudentOf;
use super::fork::Progress;
use super::judges::Moment;
use super::moves::{self, Move};
use super::page::{Page, show as show_page};
use super::report::Report;
use super::state::State;
use crate::db;
use crate::db::views::{ClassRow, Owned, SubmissionBrief};
use crate::domain::course::Deadline;
use crate::domain::facts::execution::RemoteBrowser;
use crate::domain::facts::inspection::NotebookState;
use crate::domain::ids::SubmissionId;
use crate::domain::rubric::Kind;
use crate::domain::visibility::{Seen, seen};
use crate::domain::{Course, ForkState, Message, PictureAddress, RunState};

#[derive(Template)]
#[template(path = "feedback.html")]
struct Feedback<'a> {
    page: Page,
    course: &'a Course,
    /// The one in force for this student, and whether it is later than the course's.
    deadline: Option<Deadline>,
    is_extended: bool,
    name: String,
    own: &'a StudentOf,
    row: Option<&'a ClassRow>,
    /// Newest first.
    submissions: Vec<&'a SubmissionBrief>,
    shown: Option<&'a SubmissionBrief>,
    of_record: Option<SubmissionId>,
    seen: Seen,
    report: Option<Report>,
    /// What changed in a grade that they had seen, newest first.
    changes: Vec<Move>,
    progress: Option<Progress>,
    /// What became of the fork besides pushes, newest first.
    notes: Vec<(DateTime<Utc>, Message)>,
}

impl Feedback<'_> {
    fn is_shown(&self, submission: &SubmissionBrief) -> bool {
        self.shown.is_some_and(|shown| shown.id == submission.id)
    }

    fn is_of_record(&self, submission: &SubmissionBrief) -> bool {
        self.of_record == Some(submission.id)
    }

    fn is_visible(&self) -> bool {
        self.seen == Seen::Now
    }

    /// Other forks of the same student.
    fn other_forks(&self) -> impl Iterator<Item = &Owned> {
        let shown = self.own.fork.as_ref().map(|own| own.fork);
        self.own.forks.iter().filter(move |own| Some(own.fork) != shown)
    }

    /// Our own failure: told without its cause, and that it costs nothing.
    fn is_ours(&self) -> bool {
        let Some(row) = self.row else { return false };
        row.trouble.is_some()
            || row.state == ForkState::Unreadable
            || row.last_run.as_ref().is_some_and(|run| run.state == RunState::Failed)
    }

    /// Where a picture of this fork's pages is.
    fn picture(&self, address: &PictureAddress) -> String {
        let fork = self.row.map(|row| row.id.to_string()).unwrap_or_default();
        format!("/me/screenshots/{address}?fork={fork}")
    }

    /// The query that shows another submission of this fork.
    fn address_of(&self, submission: &SubmissionBrief) -> String {
        let fork = self.row.map(|row| row.id.to_string()).unwrap_or_default();
        format!("/me?fork={fork}&submission={}", submission.id)
    }
}

/// `GET /me`: the submission of record, or the one of `?submission=`.
pub async fn show(
    page: Page,
    own: StudentOf,
    AppState(state): AppState<State>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let rows = match &own.fork {
        Some(own) => db::views::class(conn, state.course_id, Some(own.fork)).await?,
        None => Vec::new(),
    };
    let row = rows.first();
    let status = db::views::course_status(conn, state.course_id).await?;
    // Their own where they have no fork yet; a fork goes by the latest of its students'.
    let extension = row.map_or(own.student.extension.as_ref(), |row| row.extension());
    let deadline = state.course.deadline_for(extension);
    let seen = seen(state.course.visibility, deadline.as_ref(), status.published_at, state.clock.now());
    let submissions = row.map(|row| row.submissions.as_slice()).unwrap_or_default();
    let record = row.and_then(|row| record_of(&state.course, row));
    let of_record = record.and_then(|record| submissions.get(record.index)).map(|one| one.id);
    let wanted = query.get("submission").and_then(|id| id.parse().ok()).map(SubmissionId).or(of_record);
    let shown = submissions.iter().find(|one| Some(one.id) == wanted).or(submissions.last());
    let report = match shown {
        Some(submission) if seen == Seen::Now => {
            let report = Report::load(conn, &state.course, &page.w, submission.id).await?;
            let moment = Moment { now: page.w.now, published_at: status.published_at, deadline: deadline.as_ref() };
            report.map(|report| report.for_student(&page.w, moment))
        }
        _ => None,
    };
    let progress = match row {
        Some(row) => Progress::of(&state, conn, row).await?,
        None => None,
    };
    let notes = match row {
        Some(row) => db::forks::notes(conn, row.id).await?,
        None => Vec::new(),
    };
    let changes = match row {
        Some(row) if seen == Seen::Now => {
            // What the page shows by itself; whoever looks at an earlier version reads of the same changes.
            let usual = submissions.iter().find(|one| Some(one.id) == of_record);
            let usual = usual.or(submissions.iter().rfind(|one| one.score.is_some()));
            let score = usual.and_then(|one| one.score.as_ref()).map(|score| score.id);
            let shown = db::shown::of_fork(conn, row.id, score).await?;
            let course = db::rubrics::course(conn, state.course_id, &state.course).await?;
            let rubrics = shown.iter().rev().map(|shown| &shown.score.provenance.rubric);
            moves::told(&db::rubrics::remembering(conn, &course, rubrics).await?, &page.w, &shown)
        }
        _ => Vec::new(),
    };
    let title = page.w.t("feedback-title");
    show_page(&Feedback {
        page: page.titled(&title).following(progress.is_some()),
        course: &state.course,
        is_extended: state.course.is_extended_by(extension),
        deadline,
        name: own.student.name.clone().unwrap_or_else(|| own.student.login.clone()),
        row,
        submissions: submissions.iter().rev().collect(),
        shown,
        of_record,
        seen,
        report,
        changes,
        progress,
        notes,
        own: &own,
    })
}
