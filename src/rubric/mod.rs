//! Scoring: pure functions from facts to points.
//! May import: `domain/`. No I/O, no clock, no async.
//! Next: `record.rs` for which submission counts.

pub mod record;
