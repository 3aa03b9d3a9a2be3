//! `course.toml`: what is accepted, and how every mistake is reported.

mod judges;
mod mistakes;
mod rubric;
mod valid;
