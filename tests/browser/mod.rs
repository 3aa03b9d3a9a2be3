//! The pages in Chromium.

mod looks;
