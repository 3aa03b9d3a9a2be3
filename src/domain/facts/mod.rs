//! Facts: what was observed, immutable, without points.
//! May import: std, serde and the rest of `domain/`.
//! Next: `inspection.rs` (read without running), `rendering.rs` (one README), `execution.rs` (seen while running), `screenshots.rs` (seen by a
//! browser), `judges.rs` (said by the teacher's own judges), `network.rs` (asked of the world).

pub mod code;
pub mod execution;
pub mod history;
pub mod inspection;
pub mod judges;
pub mod network;
pub mod notebooks;
pub mod rendering;
pub mod screenshots;

pub use execution::Execution;
pub use inspection::Inspection;
pub use judges::JudgeFacts;
pub use rendering::Rendering;

/// What a submission is scored on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub inspection: &'a Inspection,
    /// `None` where nothing was run: no project, or a static check at home.
    pub execution: Option<&'a Execution>,
    /// What the teacher's own judges said.
    pub judges: &'a [JudgeFacts],
}
