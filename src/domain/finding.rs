//! What scoring yields: findings and their sum.
//! May import: std, serde, chrono and the rest of `domain/`.
//! Next: `rubric/score.rs` makes them, `templates/` shows them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::audit::Actor;
use super::course::Deadline;
use super::ids::{FactsAddress, RubricHash};
use super::message::Message;
use super::points::Points;
use super::rubric::Kind;

/// How a criterion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    Partial,
    Failed,
    /// Could not be judged, or a criterion that it depends on has failed; never the student's loss twice.
    Skipped,
}

/// One criterion's result for one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The criterion's id in the rubric.
    pub criterion: String,
    pub outcome: Outcome,
    /// From `min` to `max`.
    pub points: Points,
    /// The most that the criterion can give: nothing, for a penalty.
    pub max: Points,
    /// The least: below nothing for a penalty alone.
    #[serde(default, skip_serializing_if = "Points::is_zero")]
    pub min: Points,
    pub bonus: bool,
    /// Its points are the student's to see in a sum alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// What was seen.
    pub evidence: Vec<Message>,
    /// What to do next; empty where nothing is to be done.
    pub advice: Vec<Message>,
    /// Outcome and points are a teacher's, and not the check's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// A teacher's points in place of the check's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// What the check gave.
    pub points: Points,
    pub outcome: Outcome,
    pub reason: String,
    pub by: Actor,
    pub at: DateTime<Utc>,
    /// The check says something else now than when the teacher looked.
    pub stale: bool,
}

impl Finding {
    /// How its points count.
    pub fn kind(&self) -> Kind {
        match (self.min < Points::ZERO, self.bonus) {
            (true, _) => Kind::Penalty,
            (false, true) => Kind::Bonus,
            (false, false) => Kind::Base,
        }
    }

    /// What its points are out of: the most that it gives, or the most that it takes.
    pub fn bound(&self) -> Points {
        if self.min < Points::ZERO { self.min } else { self.max }
    }

    /// Whether something is left to improve.
    pub fn is_open(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::Partial)
    }
}

/// The sum of a submission's findings, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub findings: Vec<Finding>,
    /// Points of the base criteria, scaled to the course's scale.
    pub base: Points,
    /// Points of the bonus criteria, on the same scale.
    pub bonus: Points,
    /// Taken off by penalties, on the same scale (positive).
    #[serde(default)]
    pub penalty: Points,
    /// Taken off for lateness (positive).
    pub late_penalty: Points,
    /// `base + bonus - penalty - late_penalty`, rounded as the rubric says, within 0 and the scale.
    pub total: Points,
    pub scale: Points,
    /// What lateness was counted by; `None` in scores of versions that did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    pub provenance: Provenance,
}

/// When a submission was received, and when it was due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub received_at: DateTime<Utc>,
    /// The one in force for its fork.
    pub deadline: Option<Deadline>,
    /// It is later than the course's own.
    pub extended: bool,
}

/// Everything that a score follows from: the same provenance gives the same score on every machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    pub rubric: RubricHash,
    pub inspection: FactsAddress,
    pub execution: Option<FactsAddress>,
    /// What the teacher's own judges said, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<FactsAddress>,
    /// Version of the program that scored.
    pub program: String,
}

impl Provenance {
    /// The addresses of all documents.
    pub fn documents(&self) -> impl Iterator<Item = &FactsAddress> {
        std::iter::once(&self.inspection).chain(&self.execution).chain(&self.judges)
    }
}
