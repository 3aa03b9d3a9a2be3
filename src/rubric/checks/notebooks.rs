//! Notebooks: the share of the course's exercise cells that were completed.
//! May import: globset, `domain/`.
//! Next: `observe/notebooks/` made the facts.

use globset::GlobBuilder;

use crate::domain::Message;
use crate::domain::facts::Facts;
use crate::domain::facts::inspection::{CellFacts, CellState, NotebookFacts, NotebookState};

use super::{Judgement, listed};

/// Notebooks, and exercises to do next, that are named one by one.
const MAX_NOTEBOOKS: usize = 12;
const MAX_NEXT: usize = 5;

/// What a teacher asks of an answer besides that it is there.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'t> {
    /// Chapters whose path matches this glob; all without it.
    pub chapters: Option<&'t str>,
    pub full_at_percent: u32,
    pub require_executed: bool,
    pub forbid_errors: bool,
}

pub fn judge(terms: Terms<'_>, facts: Facts<'_>) -> Judgement {
    let all = facts.inspection.notebooks.iter();
    let notebooks: Vec<&NotebookFacts> = all.filter(|notebook| is_chapter(terms.chapters, notebook)).collect();
    let total: u64 = notebooks.iter().map(|notebook| u64::from(notebook.exercise_cells)).sum();
    let done: u64 = notebooks.iter().map(|notebook| done_in(terms, notebook)).sum();
    if total == 0 {
        let judgement = Judgement::skipped(Message::new("notebooks-none"));
        return fetch_first(judgement, &notebooks);
    }
    let percent = done * 100 / total;
    let evidence = Message::new("notebooks-done").with("done", done).with("total", total).with("percent", percent);
    let needed = total * u64::from(terms.full_at_percent.clamp(1, 100));
    let each = notebooks.iter().flat_map(|notebook| seen_in(terms, notebook)).take(2 * MAX_NOTEBOOKS);
    let mut judgement = Judgement::part(done * 100, needed, evidence).seen(each);
    let errors: u64 = notebooks.iter().map(|notebook| u64::from(notebook.error_cells)).sum();
    if errors > 0 {
        judgement = judgement.seen([Message::new("notebooks-errors").with("count", errors)]);
    }
    if judgement.outcome == crate::domain::Outcome::Passed {
        return judgement;
    }
    let next: Vec<Message> = notebooks.iter().flat_map(|notebook| next_in(terms, notebook)).take(MAX_NEXT).collect();
    let begun = |notebook: &&&NotebookFacts| !notebook.cells.is_empty();
    let open = notebooks.iter().filter(|notebook| done_in(terms, notebook) < u64::from(notebook.exercise_cells));
    let open: Vec<String> =
        open.filter(|notebook| next.is_empty() || !begun(notebook)).map(|notebook| notebook.path.to_string()).collect();
    let mut judgement = next.into_iter().fold(judgement, Judgement::advise);
    if !open.is_empty() {
        judgement = judgement.advise(Message::new("notebooks-continue").with("files", listed(&open, 5)));
    }
    fetch_first(judgement, &notebooks)
}

fn is_chapter(chapters: Option<&str>, notebook: &NotebookFacts) -> bool {
    let Some(pattern) = chapters else { return true };
    let Ok(glob) = GlobBuilder::new(pattern).case_insensitive(true).build() else { return false };
    let glob = glob.compile_matcher();
    // A teacher names chapters as they are called now.
    glob.is_match(notebook.chapter.as_ref().unwrap_or(&notebook.path).as_str())
}

fn counts(terms: Terms<'_>, cell: &CellFacts) -> bool {
    cell.state == CellState::Completed
        && (!terms.require_executed || cell.executed)
        && (!terms.forbid_errors || !cell.error)
}

fn done_in(terms: Terms<'_>, notebook: &NotebookFacts) -> u64 {
    let strict = terms.require_executed || terms.forbid_errors;
    if strict && !notebook.cells.is_empty() {
        return notebook.cells.iter().filter(|cell| counts(terms, cell)).count() as u64;
    }
    u64::from(notebook.completed_cells)
}

fn seen_in(terms: Terms<'_>, notebook: &NotebookFacts) -> Vec<Message> {
    let of = |key: &str| Message::new(key).with("file", &notebook.path);
    let mut seen = match &notebook.state {
        NotebookState::Broken { reason } => vec![of("notebook-broken"), reason.clone()],
        NotebookState::Deleted => vec![of("notebook-deleted")],
        NotebookState::Untouched | NotebookState::Resaved | NotebookState::NotFetched => Vec::new(),
        NotebookState::Worked | NotebookState::Solution => {
            vec![of("notebooks-one").with("done", done_in(terms, notebook)).with("total", notebook.exercise_cells)]
        }
    };
    if notebook.solution_cells > 0 {
        seen.push(of("notebooks-solution").with("count", notebook.solution_cells));
    }
    if notebook.out_of_order_cells > 0 {
        seen.push(of("notebooks-out-of-order").with("count", notebook.out_of_order_cells));
    }
    seen
}

/// The exercises of a notebook that was begun which do not count yet, each with why.
fn next_in(terms: Terms<'_>, notebook: &NotebookFacts) -> Vec<Message> {
    let why = |cell: &CellFacts| match cell.state {
        CellState::Open => Some("notebooks-exercise-open"),
        CellState::CommentsOnly => Some("notebooks-exercise-comments"),
        CellState::Solution => Some("notebooks-exercise-solution"),
        CellState::Completed if counts(terms, cell) => None,
        CellState::Completed if cell.error && terms.forbid_errors => Some("notebooks-exercise-error"),
        CellState::Completed => Some("notebooks-exercise-run"),
        CellState::Added => None,
    };
    let open = notebook.cells.iter().filter_map(|cell| Some((why(cell)?, cell)));
    open.filter_map(|(key, cell)| {
        let message = Message::new(key).with("file", &notebook.path).with("cell", cell.number?);
        Some(message.with("line", &cell.first_line))
    })
    .collect()
}

/// Chapters that came after the fork began cost nothing, and are worth knowing of.
fn fetch_first(judgement: Judgement, notebooks: &[&NotebookFacts]) -> Judgement {
    let new = notebooks.iter().filter(|notebook| notebook.state == NotebookState::NotFetched);
    let new: Vec<String> = new.map(|notebook| notebook.path.to_string()).collect();
    if new.is_empty() {
        return judgement;
    }
    judgement.advise(Message::new("notebooks-fetch").with("files", listed(&new, 5)))
}
