//! JUnit reports.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| forkgrade_fuzz::junit(data));
