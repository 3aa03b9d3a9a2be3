//! Python, as a program and as a module of one.
#![no_main]

use forkgrade_fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    read("Evaluation/Projet/films.py", data, b"");
});
