//! What was read of the course's notebooks in a fork.
//! May import: std, serde and the rest of `domain/`.
//! Next: `observe/notebooks/` makes them, `rubric/checks/notebooks.rs` judges them.

use serde::{Deserialize, Serialize};

use crate::domain::message::Message;
use crate::domain::source::RepoPath;

/// One notebook that also exists upstream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotebookFacts {
    /// Where it lies in the fork; where it lies upstream if the fork has none.
    pub path: RepoPath,
    pub state: NotebookState,
    /// Exercise cells of the upstream's notebook, in the version that the student began from: cells left empty, with a blank to fill
    /// in, or asked for.
    pub exercise_cells: u32,
    /// Exercise cells that the student filled in.
    pub completed_cells: u32,
    /// Cells whose code is in no upstream version.
    pub changed_cells: u32,
    /// Changed cells with an execution count.
    pub executed_cells: u32,
    /// Changed cells whose saved output is an error.
    pub error_cells: u32,
    /// Its newest path upstream, where the fork has it elsewhere or under another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chapter: Option<RepoPath>,
    /// Exercise cells that hold what the course itself gave as the solution, in some version.
    #[serde(default)]
    pub solution_cells: u32,
    /// Changed cells that were executed before one that stands above them.
    #[serde(default)]
    pub out_of_order_cells: u32,
    /// The exercises in their order, then what else the student wrote (bounded).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<CellFacts>,
}

/// What happened to a notebook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NotebookState {
    #[default]
    Untouched,
    /// Saved again with the same code (outputs, line endings, metadata).
    Resaved,
    Worked,
    /// Filled with the course's own solution, and nothing of the student's.
    Solution,
    Deleted,
    /// Newer than the version that the fork began from, and never fetched since.
    NotFetched,
    /// Not a notebook that can be read; the reason is for the student.
    Broken {
        reason: Message,
    },
}

impl NotebookState {
    /// The key of its word.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Untouched => "notebook-state-untouched",
            Self::Resaved => "notebook-state-resaved",
            Self::Worked => "notebook-state-worked",
            Self::Solution => "notebook-state-solution",
            Self::Deleted => "notebook-state-deleted",
            Self::NotFetched => "notebook-state-not-fetched",
            Self::Broken { .. } => "notebook-state-broken",
        }
    }
}

/// An exercise, or another cell of the student's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFacts {
    /// Counted from 1 in the fork's notebook; for an exercise without an answer, where one would stand. `None` where the student
    /// took the question out.
    pub number: Option<u32>,
    pub state: CellState,
    /// Has an execution count; an answer in several cells, where all of them have.
    pub executed: bool,
    /// A saved output is an error.
    pub error: bool,
    /// First line of the answer, or of the question that is still open; bounded, without control characters and secrets.
    pub first_line: String,
}

impl CellFacts {
    /// An answer that was never executed.
    pub fn is_unrun(&self) -> bool {
        !self.executed && matches!(self.state, CellState::Completed | CellState::Added)
    }
}

/// How an exercise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellState {
    Completed,
    Open,
    /// Only comments, where code is asked for.
    CommentsOnly,
    /// The course's own solution.
    Solution,
    /// The student's own, and the answer to none of the exercises.
    Added,
}
