//! Reading forks as students hand them in: small real folders on disk, and the upstream's versions beside them.

mod builds;
mod chapters;
mod files;
mod hostile;
mod launch;
mod notebooks;
mod project;
mod python;
mod readme;
mod recipes;
mod rendering;
mod signs;
pub mod support;
