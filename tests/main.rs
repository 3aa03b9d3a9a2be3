//! Every test of the product that needs more than one module: one binary, a process per test.

mod config;
mod git;
mod github;
mod locales;
mod observe;
mod sandbox;
mod support;
mod sync;
