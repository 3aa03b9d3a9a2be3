//! Facts: what was observed, immutable, without points.
//! May import: std, serde and the rest of `domain/`.
//! Next: `inspection.rs` (read without running), `execution.rs` (seen while running), `screenshots.rs` (seen by a browser).

pub mod execution;
pub mod inspection;
pub mod screenshots;

pub use execution::Execution;
pub use inspection::Inspection;

/// What a submission is scored on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub inspection: &'a Inspection,
    /// `None` where nothing was run: no project, or a static check at home.
    pub execution: Option<&'a Execution>,
}
