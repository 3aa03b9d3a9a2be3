//! The sandbox: pods of containers around one student's program, and nothing else of the world.
//! May import: `probe/` (its messages), `domain/`. The only place with bollard.
//! Next: `pod.rs` for what a run consists of, `docs/security.md` for the walls.

mod engine;
mod filter;
mod images;
mod installer;
mod layer;
mod limits;
mod output;
mod pod;
mod probe_image;
mod reaper;
mod requirement;
mod workspace;

pub use engine::{Engine, EngineError, EngineSettings};
pub use filter::Filtered;
pub use images::Image;
pub use layer::{Layer, LayerOutcome, LayerRequest};
pub use pod::{Owner, Pod, SERVICE_USER, ServiceImage};
pub use workspace::{Ended, Usage, Workspace, WorkspaceRequest};
