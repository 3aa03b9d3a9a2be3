//! Runs: one attempt each to grade a submission.
//! May import: std, serde, chrono.
//! Next: `worker/` moves a run through its states, `db/runs.rs` keeps it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{FactsAddress, RunId, SubmissionId};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Queued,
    Running,
    Finished,
    /// Ours: retried as often as allowed, then shown to the teacher. Costs nobody a point.
    Failed,
    /// A newer push of the same fork took its place while it was queued.
    Superseded,
}

impl RunState {
    /// The word in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Queued => "queued",
            RunState::Running => "running",
            RunState::Finished => "finished",
            RunState::Failed => "failed",
            RunState::Superseded => "superseded",
        }
    }
}

/// What a running run is doing, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Fetching,
    Inspecting,
    Installing,
    Starting,
    Probing,
    Scoring,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Stage; 6] =
        [Stage::Fetching, Stage::Inspecting, Stage::Installing, Stage::Starting, Stage::Probing, Stage::Scoring];

    /// The word in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Fetching => "fetching",
            Stage::Inspecting => "inspecting",
            Stage::Installing => "installing",
            Stage::Starting => "starting",
            Stage::Probing => "probing",
            Stage::Scoring => "scoring",
        }
    }
}

/// One attempt to grade a submission.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    pub id: RunId,
    pub submission: SubmissionId,
    pub state: RunState,
    pub stage: Option<Stage>,
    /// 1 for the first attempt.
    pub attempt: i32,
    /// A teacher asked to execute again although facts exist.
    pub forced: bool,
    pub queued_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub inspection: Option<FactsAddress>,
    pub execution: Option<FactsAddress>,
    /// The execution was found by its address and not run again.
    pub reused: bool,
    /// Our failure, for the teacher; never a student's mistake.
    pub error: Option<String>,
}
