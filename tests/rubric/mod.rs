//! Scoring: each check, the sum, and what holds for every rubric and every facts.

mod by_hand;
mod checks;
mod counting;
mod properties;
mod scores;
pub mod support;
