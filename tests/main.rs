//! Every test of the product that needs more than one module: one binary, a process per test.

mod browser;
mod commands;
mod config;
mod courses;
mod database;
mod egress;
mod fuzz;
mod git;
mod github;
mod hostile;
mod layering;
mod locales;
mod observe;
mod outbox;
mod routes;
mod rubric;
mod sandbox;
mod similarity;
mod support;
mod sync;
mod worker;
