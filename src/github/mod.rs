//! GitHub over HTTP: which forks there are, and what GitHub says of them. The only place that knows octocrab.
//! May import: `domain/`, `settings`, `random`.
//! Next: `client.rs` for requests, `repository.rs` for what is read of an answer, `error.rs` for what can go wrong,
//! `oauth.rs` for how people sign in.

mod client;
mod error;
mod limit;
mod listing;
pub mod oauth;
mod people;
mod repository;
pub mod webhook;

pub use client::{Client, ClientSettings};
pub use error::GithubError;
pub use listing::{Page, forks_of};
pub use people::User;
pub use repository::Repository;
