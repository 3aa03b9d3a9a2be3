//! What tests share: real parts, started and removed by themselves.

pub mod database;
pub mod engine;
pub mod git;
pub mod github;
