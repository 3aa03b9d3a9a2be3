//! Names in git trees.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| forkgrade_fuzz::names(data));
