//! Facts about what a run asked of the world, and what became of it.
//! May import: std, serde and the rest of `domain/`.
//! Next: `egress/log.rs` makes them, `rubric/checks/running.rs` tells them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::egress::EgressMode;

/// Everything that a run asked for outside its pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFacts {
    pub mode: EgressMode,
    /// The first requests, in the order of their ends.
    pub exchanges: Vec<Exchange>,
    /// Requests that are only counted.
    pub beyond: u64,
    pub counts: Counts,
    /// Bytes of all answers.
    pub bytes: u64,
    /// What was asked and not let through, each host once.
    pub refused: Vec<Refused>,
    /// What was let through and went wrong, each host and cause once.
    pub failed: Vec<Failed>,
    /// What was answered from recordings, or recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recordings: Option<RecordingSet>,
}

/// How many requests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub passed: u64,
    pub recorded: u64,
    pub replayed: u64,
    pub refused: u64,
    pub failed: u64,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub by: Asker,
    pub method: String,
    /// With its port where that is neither 80 nor 443.
    pub host: String,
    /// Without its query, which may hold somebody's key.
    pub path: String,
    /// What the program was answered.
    pub status: u16,
    pub bytes: u64,
    pub milliseconds: u64,
    pub end: ExchangeEnd,
}

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asker {
    /// The student's programs, and the databases on their behalf.
    Program,
    /// The browser that takes screenshots.
    Browser,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeEnd {
    /// The host answered, and the answer was not kept.
    Passed,
    /// The host answered, and later runs get the same answer.
    Recorded,
    /// Answered from a recording.
    Replayed,
    Refused,
    Failed,
}

/// A host that was asked and not let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub by: Asker,
    pub host: String,
    pub why: Refusal,
    pub times: u64,
}

/// Why a request was not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The course does not name this host, or not at this port.
    NotAllowed,
    /// A name of one word, as services in a pod have them, that nothing in the pod goes by.
    NotHere,
    /// The course does not let this method pass.
    Method,
    /// The name leads to an address that is not the internet's.
    Inside,
    /// The names in the connection, the certificate and the request are not one.
    AtOdds,
    /// It would become another protocol.
    Upgrade,
    /// Larger than what a request may be.
    TooLarge,
    /// The run has used up its requests or bytes.
    UsedUp,
    /// No request at all.
    Malformed,
}

/// A host that was let through and did not answer as hosts should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub by: Asker,
    pub host: String,
    pub why: Failure,
    pub times: u64,
}

/// Why an allowed request came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// There is no such name.
    NoSuchHost,
    /// Names could not be looked up.
    Unresolved,
    Unreachable,
    /// Its certificate is not for this name, out of date, or of nobody whom this machine believes.
    Certificate,
    TimedOut,
    BrokeOff,
    /// Its answer is larger than what one may be.
    TooLarge,
    /// It answered that it cannot (5xx), or cannot now (429).
    Status(u16),
    /// Ours: the recording could not be read or written.
    Recording,
}

impl Failure {
    /// Whether another attempt may well go better, without anything that the student changes.
    pub fn is_the_networks(self) -> bool {
        !matches!(self, Self::NoSuchHost | Self::TooLarge)
    }
}

/// Which recordings a run was answered from: equal addresses mean equal answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingSet {
    /// BLAKE3 over all answers, whatever their order.
    pub address: String,
    /// Different answers.
    pub answers: u64,
    /// When the oldest of them was recorded.
    pub oldest: DateTime<Utc>,
}

impl Refusal {
    /// Why a name has no address in a pod.
    pub fn of_name(name: &str) -> Self {
        if name.contains('.') { Self::NotAllowed } else { Self::NotHere }
    }
}

impl NetworkFacts {
    /// What the student's programs asked for, and what failed through no fault of theirs.
    pub fn failed_by_the_network(&self) -> impl Iterator<Item = &Failed> {
        self.failed.iter().filter(|failed| failed.by == Asker::Program && failed.why.is_the_networks())
    }

    /// What the student's programs asked for, and this course does not let through.
    pub fn not_allowed(&self) -> impl Iterator<Item = &Refused> {
        self.refused.iter().filter(|refused| refused.by == Asker::Program && refused.why == Refusal::NotAllowed)
    }
}
