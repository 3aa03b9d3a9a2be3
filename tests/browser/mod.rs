//! The pages in Chromium.

mod looks;
mod rubric;
mod walks;
