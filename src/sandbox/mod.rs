//! The sandbox: pods of containers around one student's program, and nothing else of the world.
//! May import: `probe/` (its messages), `domain/`. The only place with bollard.
//! Next: `pod.rs` for what a run consists of, `judge.rs` for the teacher's own containers, `docs/security.md` for the walls.

mod anchor;
mod browser;
mod build;
mod engine;
mod filter;
mod guards;
mod images;
mod installer;
mod judge;
mod layer;
mod limits;
mod output;
mod pod;
mod probe_image;
mod reaper;
mod requirement;
mod services;
mod site;
mod used;
mod warm;
mod way_out;
mod workspace;

pub use browser::{Browser, Sight};
pub use build::{BuildRequest, Built, BuiltImage};
pub use engine::{Engine, EngineError, EngineSettings, Fit};
pub use filter::Filtered;
pub use guards::{Stands, Wall};
pub use images::Image;
pub use judge::{Collected, JudgeRequest, JudgeRun};
pub use layer::{ANY_TIME, Layer, LayerOutcome, LayerRequest};
pub use output::printable;
pub use pod::{Owner, Pod};
pub use services::{SERVICE_USER, ServiceImage};
pub use way_out::WayOut;
pub use workspace::{Ended, Opened, Usage, Workspace, WorkspaceRequest};
