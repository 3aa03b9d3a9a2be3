//! READMEs in every format, beside the template that they grew out of.
#![no_main]

use forkgrade_fuzz::{halves, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (own, template) = halves(data);
    for name in ["README.rst", "README.md", "README.txt"] {
        read(&format!("Evaluation/Projet/{name}"), own, template);
    }
});
