//! The sandbox: pods of containers around one student's program, and nothing else of the world.
//! May import: `probe/` (its messages), `domain/`. The only place with bollard.
//! Next: `pod.rs` for what a run consists of, `docs/security.md` for the walls.

mod browser;
mod engine;
mod images;
mod installer;
mod layer;
mod limits;
mod output;
mod pod;
mod probe_image;
mod reaper;
mod requirement;
mod warm;
mod workspace;

pub use browser::{BROWSER_MIB, Browser, Sight};
pub use engine::{Engine, EngineError, EngineSettings, Fit};
pub use images::Image;
pub use layer::{Layer, LayerOutcome, LayerRequest};
pub use pod::{Owner, Pod, SERVICE_USER, ServiceImage};
pub use workspace::{Ended, Usage, Workspace, WorkspaceRequest};
