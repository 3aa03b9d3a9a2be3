//! Every test of the product that needs more than one module: one binary, a process per test.

mod config;
mod locales;
mod observe;
mod rubric;
mod sandbox;
mod support;
