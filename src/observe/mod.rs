//! Observing: what files say without being run, and what a project does while it runs.
//! May import: `sandbox/`, `egress/`, `domain/`. Readers of files are pure and blocking.
//! Next: `inspect.rs` tells the story of reading, `execution.rs` that of running.

pub mod decode;
pub mod execution;
pub mod files;
pub mod folder;
pub mod inspect;
pub mod judges;
pub mod junk;
pub mod launch;
mod network;
pub mod notebooks;
pub mod project;
pub mod python;
pub mod readme;
mod readying;
pub mod rendering;
mod running;
mod screenshots;
mod signs;
pub mod tree;
