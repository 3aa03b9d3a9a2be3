//! The class at a glance: what every fork's first page looks like.
//! May import: `class`, `dashboard` (its lines), `db/views`, `domain/`.
//! Next: `templates/gallery.html`, `screenshots.rs` for the pictures.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State as AppState};
use axum::response::Response;

use super::class::{Line, folded};
use super::error::Error;
use super::extract::Teacher;
use super::page::{Page, show as show_page};
use super::state::State;
use crate::domain::facts::execution::Verdict;

/// Which forks are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Shelf {
    /// Everybody who handed something in.
    #[default]
    HandedIn,
    ShowsData,
    Empty,
    NotStarted,
}

impl Shelf {
    const ALL: [Shelf; 4] = [Shelf::HandedIn, Shelf::ShowsData, Shelf::Empty, Shelf::NotStarted];

    /// Its word in the address.
    fn word(self) -> &'static str {
        self.key().trim_start_matches("gallery-")
    }

    /// Its key in `pages.ftl`.
    fn key(self) -> &'static str {
        match self {
            Shelf::HandedIn => "gallery-all",
            Shelf::ShowsData => "gallery-data",
            Shelf::Empty => "gallery-empty",
            Shelf::NotStarted => "gallery-not-started",
        }
    }

    fn holds(self, line: &Line) -> bool {
        use Verdict::{AnswersErrors, CrashedAtStart, InstallFailed, NeverListened, RanEmpty, StartsEmpty};
        match self {
            Shelf::HandedIn => line.is_handed_in(),
            Shelf::ShowsData => line.shows_data(),
            Shelf::Empty => matches!(line.verdict, Some(StartsEmpty | RanEmpty | AnswersErrors)),
            Shelf::NotStarted => {
                let failed = matches!(line.verdict, Some(InstallFailed | CrashedAtStart | NeverListened));
                failed || (line.is_handed_in() && line.verdict.is_none())
            }
        }
    }
}

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery<'a> {
    page: Page,
    shelf: Shelf,
    /// Every shelf with how many forks it holds.
    shelves: Vec<(Shelf, usize)>,
    shown: Vec<&'a Line>,
}

/// `GET /gallery`
pub async fn show(
    page: Page,
    _: Teacher,
    AppState(state): AppState<State>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Error> {
    let lines = state.summaries.lines(&mut *state.conn().await?, state.course_id, &state.course).await?;
    let wanted = query.get("show").map(String::as_str).unwrap_or_default();
    let shelf = Shelf::ALL.into_iter().find(|shelf| shelf.word() == wanted).unwrap_or_default();
    let held = |shelf: Shelf| lines.iter().filter(move |line| shelf.holds(line));
    let mut shown: Vec<&Line> = held(shelf).collect();
    shown.sort_by_cached_key(|line| folded(&line.names().join(" ")));
    let title = page.w.t("gallery-title");
    show_page(&Gallery {
        page: page.titled(&title).following(false),
        shelf,
        shelves: Shelf::ALL.into_iter().map(|shelf| (shelf, held(shelf).count())).collect(),
        shown,
    })
}
