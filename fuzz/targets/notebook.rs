//! Notebooks, beside the course's own version of them.
#![no_main]

use forkgrade_fuzz::{halves, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (own, course) = halves(data);
    read("1Python/exercice.ipynb", own, course);
    read("Evaluation/Projet/exploration.ipynb", own, b"");
});
