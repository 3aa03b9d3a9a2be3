//! Scoring: each check, the sum, and what holds for every rubric and every facts.

mod checks;
mod properties;
mod running;
mod scores;
mod statics;
pub mod support;
