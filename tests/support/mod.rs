//! What tests share: real parts, started and removed by themselves.

pub mod accounts;
pub mod apps;
pub mod browser;
pub mod campus;
pub mod class;
pub mod database;
pub mod decisions;
pub mod engine;
pub mod flood;
pub mod git;
pub mod github;
pub mod judges;
pub mod logs;
pub mod observed;
pub mod pod_end;
pub mod site;
pub mod world;
