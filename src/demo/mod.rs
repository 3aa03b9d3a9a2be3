//! The demo: a complete course of its own on this machine.
//! May import: everything below the commands.
//! Next: `server.rs`, the GitHub that it talks to.

pub mod server;
