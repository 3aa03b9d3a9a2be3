//! Golden findings: stored facts of the demo's forks, scored by the default rubric, to the byte. The documents are kept as versions of
//! the observers wrote them, each version in a folder of its own: a stored document of any of them must still be read.
//!
//! `INSTA_UPDATE=always cargo nextest run golden` writes the findings anew; what changed is then for a reviewer to judge.

use std::fs;
use std::path::{Path, PathBuf};

use forkgrade::domain::facts::{Execution, Facts, Inspection};
use forkgrade::rubric::Submitted;
use serde::Deserialize;

use super::support::{course, on_time, provenance};

/// What is stored of one submission.
#[derive(Deserialize)]
struct Stored {
    inspection: Inspection,
    execution: Option<Execution>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/facts")
}

/// Every stored submission, by its version's folder and the fork's owner.
fn stored() -> Vec<(String, Stored)> {
    let mut found = Vec::new();
    for version in fs::read_dir(folder()).expect("the fixtures").flatten() {
        for file in fs::read_dir(version.path()).expect("a version").flatten() {
            let name =
                format!("{}/{}", version.file_name().display(), file.path().file_stem().expect("a name").display());
            let text = fs::read_to_string(file.path()).expect("readable");
            let stored =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name} is no longer read: {error}"));
            found.push((name, stored));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

#[test]
fn stored_facts_give_the_same_findings_to_the_byte() {
    let course = course();
    let all = stored();
    assert!(all.len() >= 10, "the fixtures are there");
    for (name, stored) in all {
        let facts = Facts { inspection: &stored.inspection, execution: stored.execution.as_ref(), judges: &[] };
        let mut provenance = provenance(&course);
        // Neither the rubric's wording nor the program's version is what is kept here.
        provenance.rubric = "0".repeat(64).parse().expect("a hash");
        let score = forkgrade::rubric::score(&course, facts, Submitted::at(on_time()), provenance);
        let written = serde_json::to_string_pretty(&score).expect("JSON");
        insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.replace('/', "--"), written);
        });
    }
}

/// Whatever a version left out that a later one writes, a document means the same after it was read and written again.
#[test]
fn what_is_read_is_written_again() {
    for (name, stored) in stored() {
        let again: Inspection =
            serde_json::from_value(serde_json::to_value(&stored.inspection).expect("JSON")).expect("reads");
        assert_eq!(again, stored.inspection, "{name}");
        let again: Option<Execution> =
            serde_json::from_value(serde_json::to_value(&stored.execution).expect("JSON")).expect("reads");
        assert_eq!(again, stored.execution, "{name}");
    }
}
