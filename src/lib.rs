//! forkgrade grades a course that lives on GitHub as one repository and its student forks.
//! Rooms are stacked: imports point down only (`tests/layering.rs` holds them to it).
//! Start reading at `grading/grade.rs`, which tells the whole story of one submission.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod dockerfile;
pub mod domain;
pub mod egress;
pub mod git;
pub mod github;
pub mod grading;
pub mod i18n;
pub mod observe;
pub mod outbox;
pub mod probe;
pub mod random;
pub mod roster;
pub mod rubric;
pub mod sandbox;
pub mod settings;
pub mod similarity;
pub mod sync;
pub mod web;
pub mod worker;
