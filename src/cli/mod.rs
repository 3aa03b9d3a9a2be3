//! The commands: one short function each.
//! May import: everything below.
//! Next: `main.rs` parses the command line and calls them.

pub mod check;
