//! What forks have in common that they have from nobody else: passages of code, notebooks and READMEs, renamed or not.
//! Shown to the teacher, and worth no points. Pure.
//! May import: `observe/` (its readers of files), `domain/`.
//! Next: `tokens.rs` for what a text is reduced to, `compare.rs` for the search, `grading/similarity.rs` for who asks.

mod compare;
mod passages;
mod tokens;
mod work;

pub use compare::compare;
pub use work::{Known, Work};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ids::ForkId;

/// Version of the document's shape and of the search behind it.
pub const VERSION: u32 = 2;

/// A course's pairs. The places of a pair's works are places in `forks`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    pub forks: Vec<ForkId>,
    /// Those of earlier courses among them: `owner/name` with the course's title. Two of them make no pair.
    pub earlier: BTreeMap<ForkId, String>,
    /// Forks whose newest commit was not at hand.
    pub missing: usize,
    /// The closest first.
    pub pairs: Vec<Pair>,
}

/// Two works and what they share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Places of the two among the works that were compared; the lower one first.
    pub works: [usize; 2],
    /// How much of the smaller work lies in the other one too.
    pub percent: u32,
    /// Tokens in the passages, in all.
    pub tokens: u32,
    /// Longest first, bounded.
    pub passages: Vec<Passage>,
}

/// A stretch that stands in both works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    pub places: [Place; 2],
    pub tokens: u32,
}

/// Where one side of a passage stands, and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub path: String,
    /// Lines counted from 1; for a notebook, through its code cells.
    pub lines: [u32; 2],
    /// The lines themselves, bounded.
    pub text: String,
}
