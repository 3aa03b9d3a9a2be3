//! GitHub: what it tells us and what we ask it.
//! May import: `domain/`, settings.
//! Next: `webhook.rs` for what it tells.

pub mod webhook;
