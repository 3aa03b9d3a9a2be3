//! Scoring: each check, the sum, and what holds for every rubric and every facts.

mod by_hand;
mod checks;
mod counting;
mod golden;
mod judges;
mod properties;
mod readme;
mod running;
mod scores;
mod statics;
pub mod support;
