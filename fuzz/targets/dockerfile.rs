//! Dockerfiles.
#![no_main]

use forkgrade_fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    read("Evaluation/Projet/Dockerfile", data, b"");
});
