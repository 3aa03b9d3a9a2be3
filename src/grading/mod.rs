//! Grading: the whole story of one submission, from a claimed run to a stored score.
//! May import: `observe/`, `rubric/`, `git/`, `github/`, `sandbox/`, `similarity/`, `db/`, `domain/`.
//! Next: `grade.rs` tells the story, `rescore.rs` retells it from stored facts.

mod grade;
mod judging;
mod project;
mod rendering;
mod rescore;
pub mod similarity;

pub use grade::{GradeError, Grading, StageEntered, grade};
pub use rescore::{Rescored, rescore};
