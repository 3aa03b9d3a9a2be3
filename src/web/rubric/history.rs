//! Versions of the rubric: who put them in force, when and why, and what differs between two.
//! May import: `extract`, `page`, `db/`, `domain/`.
//! Next: `templates/rubric-version.html`.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State as AppState};
use axum::response::Response;
use similar::{Algorithm, ChangeTag, TextDiff};

use crate::db;
use crate::db::rubrics::Version;
use crate::web::error::Error;
use crate::web::extract::Teacher;
use crate::web::page::{Page, show as show_page};
use crate::web::state::State;

use super::written;

/// Lines around a change that are shown with it.
const AROUND: usize = 3;

#[derive(Template)]
#[template(path = "rubric-version.html")]
struct VersionPage {
    page: Page,
    /// Newest first; the first one is in force.
    versions: Vec<Version>,
    /// Places among them.
    shown: usize,
    with: usize,
    text: String,
    difference: Vec<DiffLine>,
}

impl VersionPage {
    fn shown(&self) -> Option<&Version> {
        self.versions.get(self.shown)
    }

    fn with(&self) -> Option<&Version> {
        self.versions.get(self.with)
    }

    fn is_in_force(&self) -> bool {
        self.shown == 0
    }
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffLine {
    Same(String),
    Gone(String),
    New(String),
    /// Lines that are the same in both are left out here.
    Gap,
}

/// `GET /rubric/versions/{version}`: a version beside the one in force, or the one of `?with=`.
pub async fn show(
    _: Teacher,
    page: Page,
    AppState(state): AppState<State>,
    Path(version): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Error> {
    let versions = db::rubrics::versions(&mut *state.conn().await?, state.course_id).await?;
    let place = |id: i64| versions.iter().position(|version| version.id.0 == id);
    let shown = place(version).ok_or(Error::NotFound)?;
    let with = match query.get("with") {
        Some(id) => id.parse().ok().and_then(place).ok_or(Error::NotFound)?,
        None => 0,
    };
    let of = |version: &Version| written(version.source.as_deref(), &version.rubric);
    let text = |place: usize| versions.get(place).map(of).unwrap_or_default();
    let (difference, text) = (difference(&text(with), &text(shown)), text(shown));
    let title = page.w.t("rubric-version-title");
    show_page(&VersionPage { page: page.titled(&title), shown, with, text, difference, versions })
}

/// What changes from one text to another, line by line; nothing where they are the same.
pub fn difference(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_lines(before, after);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !lines.is_empty() {
            lines.push(DiffLine::Gap);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n').to_owned();
            lines.push(match change.tag() {
                ChangeTag::Equal => DiffLine::Same(line),
                ChangeTag::Delete => DiffLine::Gone(line),
                ChangeTag::Insert => DiffLine::New(line),
            });
        }
    }
    lines
}
