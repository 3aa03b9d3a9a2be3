//! GitHub over HTTP: which forks there are, and what GitHub says of them. The only place that knows octocrab.
//! May import: `domain/`, `settings`, `random`.
//! Next: `client.rs` for requests, `repository.rs` for what is read of an answer, `error.rs` for what can go wrong,
//! `oauth.rs` for how people sign in, `app.rs` and `commits.rs` for what is told on commits.

pub mod app;
mod client;
mod commits;
mod error;
mod limit;
mod listing;
pub mod oauth;
mod people;
mod repository;
mod transport;
pub mod webhook;

pub use client::Client;
pub use commits::{Annotation, CheckRun, Conclusion, Level};
pub use error::GithubError;
pub use listing::{Page, forks_of};
pub use people::User;
pub use repository::Repository;
pub use transport::ClientSettings;
