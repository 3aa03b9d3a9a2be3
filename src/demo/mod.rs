//! The demo course: a complete course on this machine, from repositories to a GitHub that serves them.
//! May import: `domain/`, and what its commands need. Nothing of the product imports it but `cli/demo.rs`.
//! Next: `course.rs` writes the repositories.

pub mod course;
