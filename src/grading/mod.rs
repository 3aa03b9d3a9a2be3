//! Grading: the whole story of one submission, from a claimed run to a stored score.
//! May import: `observe/`, `rubric/`, `git/`, `github/`, `sandbox/`, `similarity/`, `db/`, `domain/`.
//! Next: `grade.rs` tells the story, `rescore.rs` retells it from stored facts, `by_hand.rs` with what teachers decide.

mod by_hand;
mod decision;
mod grade;
mod judging;
mod project;
mod rendering;
mod rescore;
mod rules;
pub mod similarity;

pub use by_hand::{Deciding, DecisionError, Given, LONGEST_REASON, Refusal};
pub use decision::Decision;
pub use grade::{GradeError, Grading, StageEntered, grade};
pub use rescore::{Rescored, rescore, settle};
pub use rules::note_rules;
