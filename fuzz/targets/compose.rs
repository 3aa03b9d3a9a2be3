//! Compose files.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| forkgrade_fuzz::compose(data));
