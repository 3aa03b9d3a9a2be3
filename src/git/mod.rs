//! Git: one shared bare repository per course, what is fetched into it, and what is read from it.
//! May import: `domain/`, `settings`. Reads with libgit2, fetches with the `git` program: only that one filters and negotiates.
//! Next: `mirror.rs` for the repository, `fetch.rs` for what travels, `snapshot.rs` for the files of one commit,
//! `working.rs` for a student's own clone.

mod certificates;
mod error;
mod fetch;
mod file;
mod history;
mod known;
mod mirror;
mod people;
mod process;
mod snapshot;
mod upstream;
mod working;

pub use certificates::bundle;
pub use error::GitError;
pub use fetch::Fetched;
pub use file::{AtPath, Blob};
pub use mirror::{Mirror, MirrorSettings};
pub use snapshot::Snapshot;
pub use working::{Compared, Unpushed, WorkingCopy};
