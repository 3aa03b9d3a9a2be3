//! Lists of dependencies, in every format.
#![no_main]

use forkgrade_fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for name in ["requirements.txt", "pyproject.toml", "Pipfile", "Pipfile.lock", "setup.py", "environment.yml"] {
        read(&format!("Evaluation/Projet/{name}"), data, b"");
    }
});
