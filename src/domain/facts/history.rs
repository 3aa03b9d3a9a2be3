//! What was read of a fork's history.
//! May import: std, serde, chrono, blake3.
//! Next: `git/history.rs` makes them, `rubric/checks/history.rs` judges them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The student's own commits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryFacts {
    /// Commits that no upstream version holds, merges and those of robots left out.
    pub own_commits: u32,
    /// Calendar days (course time zone) with an own commit.
    pub days_active: u32,
    /// The people behind own commits, by name, without their addresses.
    pub authors: Vec<String>,
    pub first_commit: Option<DateTime<Utc>>,
    pub last_commit: Option<DateTime<Utc>>,
    /// Upstream commits that the fork lacks; `None` without shared history.
    pub behind_upstream: Option<u32>,
    pub shares_history: bool,
    #[serde(default)]
    pub merges: u32,
    /// Commits of robots (`dependabot[bot]`), which are nobody's work.
    #[serde(default)]
    pub bot_commits: u32,
    /// The same people as in `authors`, in that order (bounded).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonFacts>,
}

/// One person behind commits, whatever names and addresses their machines gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFacts {
    pub name: String,
    /// Where an address of GitHub's own tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// BLAKE3 of each address in lower case, its first 16 hex digits: tells whose it is to whoever knows the address.
    pub addresses: Vec<String>,
    /// Own commits that they wrote.
    pub commits: u32,
    /// Own commits of others that name them in `Co-authored-by`.
    #[serde(default)]
    pub co_authored: u32,
}

impl HistoryFacts {
    /// Whole hours between the first own commit and the last; `None` without any.
    pub fn span_hours(&self) -> Option<i64> {
        Some((self.last_commit? - self.first_commit?).num_hours())
    }
}

/// What an address is known by in facts: whoever has the address can tell whose it is, and nobody can read it.
pub fn address_mark(address: &str) -> String {
    let hash = blake3::hash(address.trim().to_lowercase().as_bytes()).to_hex();
    hash.as_str().chars().take(16).collect()
}
