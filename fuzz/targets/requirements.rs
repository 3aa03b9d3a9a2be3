//! Lists of dependencies.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| forkgrade_fuzz::requirements(data));
