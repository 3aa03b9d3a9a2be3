//! What a student declares.
#![no_main]

use forkgrade_fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    read(".forkgrade.toml", data, b"");
    read("Evaluation/Projet/.forkgrade.toml", data, b"");
});
