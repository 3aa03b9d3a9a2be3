//! The teacher's first page: where the class stands, what runs, what changed, and every fork.
//! May import: `class`, `listing`, `histogram`, `db/views`, `domain/`.
//! Next: `templates/dashboard.html`.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State as AppState};
use axum::response::Response;

use super::class::{Counts, Line};
use super::error::Error;
use super::extract::Teacher;
use super::histogram::Histogram;
use super::listing::{Filter, Listing, Sort, View};
use super::page::{Page, show as show_page};
use super::publication;
use super::state::State;
use crate::db;
use crate::db::roster::Stray;
use crate::db::views::{Change, CourseStatus, Pending};
use crate::domain::course::Language;
use crate::domain::ids::ForkId;
use crate::domain::rubric::{Criterion, Kind};
use crate::domain::{Course, ForkState, Points, RunState};

/// Changes of scores that are told.
const CHANGES: i64 = 6;
/// Waiting runs that are named; the rest is counted.
const NAMED_IN_QUEUE: usize = 6;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard<'a> {
    page: Page,
    course: &'a Course,
    status: CourseStatus,
    counts: Counts,
    histogram: Option<Histogram>,
    changes: Vec<Told<'a>>,
    working: Vec<InQueue<'a>>,
    waiting: Vec<InQueue<'a>>,
    listing: Listing,
    shown: Vec<&'a Line>,
    criteria: Vec<Column<'a>>,
    publishes_by_hand: bool,
    without_link: usize,
    /// Forks of nobody on the class list, and students on it without a fork.
    /// Forks of nobody on the class list, and students on it without a fork: the first thing to mend.
    strays: Vec<Stray>,
    without_fork: Vec<String>,
    /// Forks whose grade rests on a teacher's points that the facts have left behind.
    stale: Vec<String>,
}

/// A change of a score, with whose it is.
struct Told<'a> {
    change: Change,
    who: String,
    line: &'a Line,
}

impl Told<'_> {
    fn difference(&self) -> Option<Points> {
        self.change.before.map(|before| self.change.total - before)
    }
}

/// A run of the queue, with whose it is.
struct InQueue<'a> {
    pending: &'a Pending,
    who: String,
}

/// A criterion with how the class did.
struct Column<'a> {
    criterion: &'a Criterion,
    title: &'a str,
    /// Points reached of all that could be reached by those who were judged, in percent.
    percent: Option<i64>,
}

/// Names that stand on the dashboard; the rest is on the class list.
const NAMED: usize = 8;

impl Dashboard<'_> {
    fn names_of_strays(&self) -> String {
        named(self.strays.iter().map(|stray| stray.owner.as_str()))
    }

    fn names_without_fork(&self) -> String {
        named(self.without_fork.iter().map(String::as_str))
    }

    fn names_of_stale(&self) -> String {
        named(self.stale.iter().map(String::as_str))
    }

    fn of_criteria(&self) -> bool {
        self.listing.view == View::Criteria
    }

    /// The tiles on top: a number and the list behind it.
    fn tiles(&self) -> [(Filter, usize); 5] {
        [
            (Filter::HandedIn, self.counts.handed_in),
            (Filter::Runs, self.counts.runs),
            (Filter::ShowsData, self.counts.shows_data),
            (Filter::Nothing, self.counts.nothing),
            (Filter::Ours, self.counts.ours),
        ]
    }

    /// `ascending`, `descending` or `none`, for `aria-sort`.
    fn order(&self, sort: &Sort) -> &'static str {
        match (self.listing.sort == *sort, self.listing.down) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }

    /// Place in the queue of a fork that waits.
    fn place(&self, fork: &ForkId) -> Option<usize> {
        self.waiting.iter().position(|waiting| waiting.pending.fork == *fork).map(|index| index + 1)
    }

    fn named_in_queue(&self) -> impl Iterator<Item = &InQueue<'_>> {
        self.waiting.iter().take(NAMED_IN_QUEUE)
    }

    fn unnamed_in_queue(&self) -> usize {
        self.waiting.len().saturating_sub(NAMED_IN_QUEUE)
    }
}

/// `GET /forks`
pub async fn show(
    page: Page,
    _: Teacher,
    AppState(state): AppState<State>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let lines = state.summaries.lines(conn, state.course_id, &state.course).await?;
    let queue = db::views::queue(conn, state.course_id).await?;
    let changes = db::views::changes(conn, state.course_id, CHANGES).await?;
    let status = db::views::course_status(conn, state.course_id).await?;
    let strays = db::roster::strays(conn, state.course_id).await?;
    let without_fork = db::roster::without_fork(conn, state.course_id).await?;
    let course = db::rubrics::course(conn, state.course_id, &state.course).await?;
    let by_fork: HashMap<ForkId, &Line> = lines.iter().map(|line| (line.row.id, line)).collect();
    let who = |fork: &ForkId| by_fork.get(fork).map(|line| line.names().join(", ")).unwrap_or_default();
    let in_queue = |state: RunState| {
        let of_state = queue.iter().filter(move |pending| pending.state == state);
        of_state.map(|pending| InQueue { pending, who: who(&pending.fork) }).collect()
    };
    let listing = Listing::parse(&query);
    let language = page.w.language;
    let dashboard = Dashboard {
        page: page.following(!queue.is_empty()),
        course: &course,
        status,
        counts: Counts::of(&lines),
        histogram: Histogram::new(totals(&lines), state.course.scale),
        changes: changes
            .into_iter()
            .filter_map(|change| Some(Told { who: who(&change.fork), line: by_fork.get(&change.fork)?, change }))
            .collect(),
        working: in_queue(RunState::Running),
        waiting: in_queue(RunState::Queued),
        shown: listing.apply(&lines),
        criteria: columns(&course, language, &lines),
        publishes_by_hand: publication::by_hand(&state.course),
        strays,
        without_fork,
        stale: lines.iter().filter(|line| line.is_stale()).map(|line| line.names().join(", ")).collect(),
        without_link: lines.iter().flat_map(|line| &line.row.students).filter(|student| !student.has_link).count(),
        listing,
    };
    show_page(&dashboard)
}

/// Totals of whoever handed something in: the rest would hide the shape.
fn totals(lines: &[Line]) -> Vec<Points> {
    lines.iter().filter(|line| line.is_handed_in()).filter_map(Line::total).collect()
}

fn columns<'a>(course: &'a Course, language: Language, lines: &[Line]) -> Vec<Column<'a>> {
    let column = |criterion: &'a Criterion| {
        let judged = || lines.iter().filter(|line| line.is_handed_in()).filter_map(|line| line.finding(&criterion.id));
        let reached: Points = judged().map(|finding| finding.points).sum();
        let possible: Points = judged().map(|finding| finding.max).sum();
        let percent = (possible > Points::ZERO).then(|| 100 * reached.hundredths() / possible.hundredths());
        Column { criterion, title: criterion.title(language), percent }
    };
    course.rubric.criteria.iter().map(column).collect()
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.take(NAMED + 1).collect();
    if names.len() > NAMED {
        names[NAMED] = "…";
    }
    names.join(", ")
}
