//! Scoring: facts and a rubric in, findings and their sum out. Pure: no I/O, no clock, no floats.
//! May import: `domain/`, globset and blake3.
//! Next: `score.rs` adds up, `checks/` judge one criterion each, `moved.rs` compares two scores.

pub mod checks;
pub mod explain;
pub mod hints;
pub mod late;
pub mod moved;
pub mod reads;
pub mod record;
pub mod score;
pub mod share;
pub mod sum;
pub mod timeline;
pub mod words;

pub use explain::{Reader, explain};
pub use hints::hints;
pub use moved::moved;
pub use reads::reads;
pub use score::{Submitted, judged, score};
pub use sum::sum;

use crate::domain::Rubric;
use crate::domain::ids::RubricHash;

/// The version of a rubric: BLAKE3 of its JSON, whose fields always come in the same order.
pub fn rubric_hash(rubric: &Rubric) -> RubricHash {
    let json = serde_json::to_vec(rubric).expect("a rubric is plain data");
    RubricHash::from(*blake3::hash(&json).as_bytes())
}
