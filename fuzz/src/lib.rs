//! A project in memory with one file that the fuzzer writes, read as every fork is read.

use std::sync::LazyLock;

use forkgrade::config::{DEFAULT_COURSE, parse};
use forkgrade::domain::Course;
use forkgrade::domain::ids::ObjectId;
use forkgrade::domain::source::{Entry, EntryKind, RepoPath, Source, SourceError};
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect};

static COURSE: LazyLock<Course> = LazyLock::new(|| parse(DEFAULT_COURSE, "course.toml").expect("the default course"));

const APP: &[u8] = b"from flask import Flask\napp = Flask(__name__)\napp.run()\n";

/// Files of a fork, and what the course had at the path of the last one.
struct Files {
    entries: Vec<Entry>,
    bytes: Vec<Vec<u8>>,
    upstream: Vec<Vec<u8>>,
}

impl Source for Files {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn truncated(&self) -> bool {
        false
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, SourceError> {
        let index = self.entries.iter().position(|entry| entry.path == *path);
        let index = index.ok_or_else(|| SourceError::NotAFile(path.clone()))?;
        let bytes = &self.bytes[index];
        if bytes.len() as u64 > limit {
            return Err(SourceError::TooLarge { path: path.clone(), limit });
        }
        Ok(bytes.clone())
    }

    fn is_from_upstream(&self, _: &ObjectId) -> Option<bool> {
        Some(false)
    }

    fn upstream_versions(&self, path: &RepoPath) -> Vec<Vec<u8>> {
        let fuzzed = self.entries.last().is_some_and(|entry| entry.path == *path);
        if fuzzed { self.upstream.clone() } else { Vec::new() }
    }
}

/// Reads a project with this file twice: the same files must give the same facts. `upstream` is what the course had there.
pub fn read(path: &str, bytes: &[u8], upstream: &[u8]) {
    let entry = |path: &str, bytes: &[u8]| Entry {
        path: RepoPath::parse(path).expect("a path"),
        kind: EntryKind::File,
        object: None,
        size: Some(bytes.len() as u64),
    };
    let files = Files {
        entries: vec![entry("Evaluation/Projet/app.py", APP), entry(path, bytes)],
        bytes: vec![APP.to_vec(), bytes.to_vec()],
        upstream: vec![upstream.to_vec()],
    };
    let request = || InspectRequest {
        course: &COURSE,
        history: None,
        as_of: "2026-01-15T12:00:00Z".parse().expect("a date"),
        separate: SeparateProject::NotNamed,
    };
    assert_eq!(inspect(&files, request()), inspect(&files, request()));
}

/// The input in two halves, at its first zero byte.
pub fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == 0) {
        Some(zero) => (&data[..zero], &data[zero + 1..]),
        None => (data, &[]),
    }
}
