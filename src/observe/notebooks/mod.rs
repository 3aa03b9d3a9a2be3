//! Chapter notebooks against every version of the upstream's: what the student wrote, and what came with the course.
//! May import: serde_json, similar, `domain/`, and within the room `tree`.
//! Next: `cells.rs` reads the file format.

pub mod cells;

use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::domain::Message;
use crate::domain::facts::inspection::{NotebookFacts, NotebookState};
use crate::domain::source::{Entry, RepoPath, SourceError};

use super::tree::Tree;
use cells::{Cell, CellKind};

/// Notebooks that are compared; a course has some dozens.
const MAX_NOTEBOOKS: usize = 300;

/// Reads every notebook that some upstream version holds, sorted by path. `limit` is the size in bytes that is read.
pub fn read(tree: &Tree<'_>, limit: u64) -> Vec<NotebookFacts> {
    let is_notebook = |path: &RepoPath| path.extension() == "ipynb";
    let upstream: BTreeSet<RepoPath> = tree.source().upstream_paths().into_iter().filter(is_notebook).collect();
    let mut facts = BTreeMap::new();
    let present = tree.files(&RepoPath::root()).filter(|entry| is_notebook(&entry.path));
    for entry in present.take(MAX_NOTEBOOKS) {
        if let Some(notebook) = compare(tree, entry, limit) {
            facts.insert(entry.path.clone(), notebook);
        }
    }
    for path in upstream.into_iter().take(MAX_NOTEBOOKS) {
        if !tree.exists(&path) {
            let exercises = newest_exercises(tree, &path);
            facts.insert(path.clone(), untouched(path, NotebookState::Deleted, exercises));
        }
    }
    facts.into_values().collect()
}

fn untouched(path: RepoPath, state: NotebookState, exercise_cells: u32) -> NotebookFacts {
    NotebookFacts {
        path,
        state,
        exercise_cells,
        completed_cells: 0,
        changed_cells: 0,
        executed_cells: 0,
        error_cells: 0,
    }
}

fn broken(path: RepoPath, reason: Message, exercise_cells: u32) -> NotebookFacts {
    untouched(path, NotebookState::Broken { reason }, exercise_cells)
}

/// Exercise cells of the upstream's newest readable version.
fn newest_exercises(tree: &Tree<'_>, path: &RepoPath) -> u32 {
    let versions = tree.source().upstream_versions(path);
    let newest = versions.iter().find_map(|version| cells::read(version).ok());
    newest.map(|cells| count(exercises(&cells).len())).unwrap_or_default()
}

/// `None` where the notebook is the student's own and no chapter of the course.
fn compare(tree: &Tree<'_>, entry: &Entry, limit: u64) -> Option<NotebookFacts> {
    let path = entry.path.clone();
    let bytes = tree.source().read(&path, limit);
    if !tree.is_own(entry) {
        let known = bytes.ok().and_then(|bytes| cells::read(&bytes).ok()).unwrap_or_default();
        return Some(untouched(path, NotebookState::Untouched, count(exercises(&known).len())));
    }
    let versions: Vec<_> =
        tree.source().upstream_versions(&path).iter().filter_map(|version| cells::read(version).ok()).collect();
    if versions.is_empty() {
        return None;
    }
    let exercises_upstream = versions.first().map(|newest| count(exercises(newest).len())).unwrap_or_default();
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(SourceError::TooLarge { .. }) => {
            let reason = Message::new("notebook-too-large").with("mebibytes", limit >> 20);
            return Some(broken(path, reason, exercises_upstream));
        }
        Err(_) => return Some(broken(path, Message::new("notebook-unreadable"), exercises_upstream)),
    };
    Some(match cells::read(&bytes) {
        Ok(own) => judge(path, &own, &versions),
        Err(reason) => broken(path, reason, exercises_upstream),
    })
}

fn judge(path: RepoPath, own: &[Cell], versions: &[Vec<Cell>]) -> NotebookFacts {
    let known: BTreeSet<&str> =
        versions.iter().flatten().filter(|cell| cell.is_code()).map(|cell| cell.source.as_str()).collect();
    let is_changed = |cell: &&Cell| cell.is_code() && !cell.source.is_empty() && !known.contains(cell.source.as_str());
    let changed: Vec<&Cell> = own.iter().filter(is_changed).collect();
    // The student began from the version that most of the notebook still equals; of equals, the newest.
    let shared = |version: &&Vec<Cell>| {
        let sources: BTreeSet<&str> = version.iter().map(|cell| cell.source.as_str()).collect();
        own.iter().filter(|cell| sources.contains(cell.source.as_str())).count()
    };
    let base = versions.iter().rev().max_by_key(shared).map(Vec::as_slice).unwrap_or_default();
    let exercises = exercises(base);
    let state = if changed.is_empty() { NotebookState::Resaved } else { NotebookState::Worked };
    NotebookFacts {
        path,
        state,
        exercise_cells: count(exercises.len()),
        completed_cells: count(completed(base, own, &exercises, &known)),
        changed_cells: count(changed.len()),
        executed_cells: count(changed.iter().filter(|cell| cell.executed).count()),
        error_cells: count(changed.iter().filter(|cell| cell.has_error).count()),
    }
}

/// Positions of the cells that the notebook leaves to its reader: empty ones, and those that follow a question or hold a blank.
fn exercises(cells: &[Cell]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let (mut asked, mut after_empty) = (false, false);
    let last = cells.iter().rposition(|cell| !cell.source.is_empty());
    for (position, cell) in cells.iter().enumerate() {
        if cell.kind != CellKind::Code {
            asked = cells::asks(&cell.source);
            after_empty = false;
            continue;
        }
        let is_empty = cell.source.is_empty();
        // Jupyter leaves an empty cell at the end, and several blanks in a row are room for one answer.
        let is_room = is_empty && !after_empty && (asked || last.is_some_and(|last| position < last));
        if is_room || (!is_empty && (asked || cells::has_blank(&cell.source))) {
            found.insert(position);
        }
        asked = false;
        after_empty = is_empty;
    }
    found
}

/// How many exercises were answered: in place, or in cells added right below an exercise left blank.
fn completed(base: &[Cell], own: &[Cell], exercises: &BTreeSet<usize>, known: &BTreeSet<&str>) -> usize {
    let key = |cell: &Cell| (cell.is_code(), cell.source.clone());
    let old: Vec<_> = base.iter().map(key).collect();
    let new: Vec<_> = own.iter().map(key).collect();
    let answers = |from: usize, length: usize| {
        let cells = own.iter().skip(from).take(length);
        cells.filter(|cell| cell.is_code() && !cell.source.is_empty() && !known.contains(cell.source.as_str())).count()
    };
    let mut total = 0;
    let mut blank = None;
    for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
        match operation {
            DiffOp::Equal { old_index, len, .. } => {
                // The last code cell before what comes next, where it is an exercise that stands as the course left it.
                let code = (old_index..old_index + len).rev().find(|at| base.get(*at).is_some_and(Cell::is_code));
                blank = code.filter(|at| exercises.contains(at));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                let answered = blank.take().is_some() && answers(new_index, new_len) > 0;
                total += usize::from(answered);
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let asked =
                    exercises.range(old_index..old_index + old_len).count() + usize::from(blank.take().is_some());
                total += asked.min(answers(new_index, new_len));
            }
            DiffOp::Delete { .. } => blank = None,
        }
    }
    total.min(exercises.len())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
