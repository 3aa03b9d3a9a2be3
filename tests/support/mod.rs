//! What tests share: real parts, started and removed by themselves.

pub mod engine;
pub mod git;
pub mod github;
