//! Notebooks: the share of the course's exercise cells that were completed.
//! May import: globset, `domain/`.
//! Next: `observe/notebooks/` made the facts.

use globset::GlobBuilder;

use crate::domain::Message;
use crate::domain::facts::Facts;
use crate::domain::facts::inspection::{NotebookFacts, NotebookState};

use super::{Judgement, listed};

pub fn judge(chapters: Option<&str>, full_at_percent: u32, facts: Facts<'_>) -> Judgement {
    let notebooks: Vec<&NotebookFacts> =
        facts.inspection.notebooks.iter().filter(|notebook| is_chapter(chapters, notebook)).collect();
    let total: u64 = notebooks.iter().map(|notebook| u64::from(notebook.exercise_cells)).sum();
    let done: u64 = notebooks.iter().map(|notebook| u64::from(notebook.completed_cells)).sum();
    if total == 0 {
        return Judgement::skipped(Message::new("notebooks-none"));
    }
    let percent = done * 100 / total;
    let evidence = Message::new("notebooks-done").with("done", done).with("total", total).with("percent", percent);
    let broken: Vec<Message> = notebooks.iter().flat_map(|notebook| broken(notebook)).collect();
    let errors: u64 = notebooks.iter().map(|notebook| u64::from(notebook.error_cells)).sum();
    let open: Vec<String> = notebooks
        .iter()
        .filter(|notebook| notebook.completed_cells < notebook.exercise_cells)
        .map(|notebook| notebook.path.to_string())
        .collect();
    let needed = total * u64::from(full_at_percent.clamp(1, 100));
    let mut judgement = Judgement::part(done * 100, needed, evidence).seen(broken);
    if errors > 0 {
        judgement = judgement.seen([Message::new("notebooks-errors").with("count", errors)]);
    }
    judgement.advise_unless_passed(Message::new("notebooks-continue").with("files", listed(&open, 5)))
}

fn is_chapter(chapters: Option<&str>, notebook: &NotebookFacts) -> bool {
    let Some(pattern) = chapters else { return true };
    let glob = GlobBuilder::new(pattern).case_insensitive(true).build();
    glob.is_ok_and(|glob| glob.compile_matcher().is_match(notebook.path.as_str()))
}

fn broken(notebook: &NotebookFacts) -> Vec<Message> {
    match &notebook.state {
        NotebookState::Broken { reason } => {
            vec![Message::new("notebook-broken").with("file", &notebook.path), reason.clone()]
        }
        NotebookState::Deleted => vec![Message::new("notebook-deleted").with("file", &notebook.path)],
        NotebookState::Untouched | NotebookState::Resaved | NotebookState::Worked => Vec::new(),
    }
}
