//! The demo course: an upstream and its forks as real git repositories, behind a GitHub of its own on loopback.
//! May import: std, axum and the `git` program; nothing of the service itself.
//! Next: `course.rs` for what is in it, `server.rs` for how it is served.

pub mod course;
pub mod server;
