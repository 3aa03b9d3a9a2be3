//! `tests/hostile/<name>/case.toml`: what a project tries, and what must be seen of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use forkgrade::domain::Outcome;
use forkgrade::domain::course::Sandbox;
use forkgrade::domain::facts::execution::Verdict;
use forkgrade::domain::launch::LaunchKind;
use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it tries, in a sentence for people.
    pub tries: String,
    /// The databases that are attached.
    #[serde(default)]
    pub services: Vec<String>,
    /// Keys of `[sandbox]`, in place of the defaults.
    #[serde(default)]
    pub limits: toml::Table,
    pub expect: Expected,
}

/// What is seen. In `ends`, `says` and `pages`, `|` stands between what will do as well.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub kind: Option<LaunchKind>,
    pub verdict: Option<Verdict>,
    /// Of each program: `exited 0`, `stopped`, `limit memory`.
    pub ends: Option<Vec<String>>,
    pub ports: Option<Vec<u16>>,
    /// How these criteria end.
    #[serde(default)]
    pub findings: BTreeMap<String, Outcome>,
    /// Parts of what the student reads, in English.
    #[serde(default)]
    pub says: Vec<String>,
    /// Parts of what the programs printed.
    #[serde(default)]
    pub logs: Vec<String>,
    /// Parts of the errors of pages.
    #[serde(default)]
    pub pages: Vec<String>,
    /// Titles of pages.
    #[serde(default)]
    pub titles: Vec<String>,
    /// Parts of the launch plan's reasons, in English.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Parts of the requirement lines that were left out.
    #[serde(default)]
    pub refused: Vec<String>,
    /// Some output was dropped, and counted.
    #[serde(default)]
    pub dropped: bool,
    /// Some page was cut.
    #[serde(default)]
    pub truncated: bool,
    pub at_most_pages: Option<usize>,
    /// Items in all databases.
    pub stores: Option<u64>,
    /// What the command line of no process of this machine may hold afterwards.
    pub gone: Option<String>,
    /// A second run sees the same.
    #[serde(default)]
    pub same_again: bool,
}

/// The folder of a case.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(name)
}

impl Case {
    pub fn load(name: &str) -> Self {
        let path = folder(name).join("case.toml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The course's limits, with those of the case.
    pub fn sandbox(&self, course: &Sandbox) -> Sandbox {
        let mut table = toml::Table::try_from(course).expect("limits are plain data");
        table.extend(self.limits.clone());
        table.try_into().unwrap_or_else(|error| panic!("the limits of a case: {error}"))
    }
}
