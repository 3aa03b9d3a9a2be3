//! The pages in Chromium.

mod looks;
mod walks;
