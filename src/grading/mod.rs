//! Grading: the whole story of one submission, from a claimed run to a stored score.
//! May import: `observe/`, `rubric/`, `git/`, `github/`, `sandbox/`, `similarity/`, `db/`, `domain/`.
//! Next: `grade.rs` tells the story, `rescore.rs` retells it from stored facts, `by_hand.rs` with what teachers decide, `apply.rs` with another rubric.

mod apply;
mod by_hand;
mod change;
mod decision;
mod grade;
mod judging;
mod look;
mod project;
mod rendering;
mod rescore;
mod rules;
pub mod similarity;

use crate::observe;

pub use apply::{Applying, NewRubric, apply_rubric, rubric_in_force};
pub use by_hand::{Deciding, DecisionError, Given, LONGEST_REASON, Refusal};
pub use change::{Change, Mover, OfCriterion, change};
pub use decision::Decision;
pub use grade::{GradeError, Grading, StageEntered, grade};
pub use look::{Look, look};
pub use rescore::{Rescored, rescore, settle};
pub use rules::note_rules;

/// By which version of our observers a document was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observers {
    pub inspection: u32,
    pub execution: u32,
}

/// Those of this program.
pub const OBSERVERS: Observers =
    Observers { inspection: observe::inspect::VERSION, execution: observe::execution::VERSION };
