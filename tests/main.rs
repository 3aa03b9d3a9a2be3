//! One test binary: each module is an area, and nextest runs every test in a process of its own.

mod config;
mod locales;
mod observe;
mod rubric;
