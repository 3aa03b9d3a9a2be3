//! What each target does with its input: a project in memory with one file that the fuzzer writes, read as every fork is read.
//! `targets/` hands these functions to libFuzzer; `tests/fuzz.rs` calls the same ones with seeds and their mutations.
//! Only what a dependency of both the fuzz workspace and the tests offers is used here.

use std::sync::LazyLock;

use forkgrade::config::{DEFAULT_COURSE, parse};
use forkgrade::domain::Course;
use forkgrade::domain::facts::judges::{Amount, ResultsFacts};
use forkgrade::domain::ids::ObjectId;
use forkgrade::domain::source::{Entry, EntryKind, RepoPath, Source, SourceError};
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect};
use forkgrade::observe::judges::junit;
use forkgrade::observe::judges::results::{self, Worth};

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

    fn upstream_paths(&self) -> Vec<RepoPath> {
        self.entries.last().into_iter().map(|entry| entry.path.clone()).collect()
    }

    fn base_version(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.upstream_newest(path)
    }
}

/// Reads a project with this file twice: the same files must give the same facts. `upstream` is what the course had there.
fn read(path: &str, bytes: &[u8], upstream: &[u8]) {
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

/// What is done with an input.
type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Target); 10] = [
    ("compose", compose),
    ("declaration", declaration),
    ("dockerfile", dockerfile),
    ("junit", junit),
    ("names", names),
    ("notebook", notebook),
    ("python", python),
    ("readme", readme),
    ("requirements", requirements),
    ("results", results),
];

/// Compose files.
pub fn compose(data: &[u8]) {
    read("Evaluation/Projet/docker-compose.yml", data, b"");
}

/// What a student declares.
pub fn declaration(data: &[u8]) {
    read(".forkgrade.toml", data, b"");
    read("Evaluation/Projet/.forkgrade.toml", data, b"");
}

/// Dockerfiles.
pub fn dockerfile(data: &[u8]) {
    read("Evaluation/Projet/Dockerfile", data, b"");
}

/// Names in git trees: a path that is accepted never leaves the tree, and what is built of it neither.
pub fn names(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (folder, name) = text.split_once('\n').unwrap_or((&text, ""));
    let Some(path) = RepoPath::parse(folder) else { return };
    let safe = |path: &RepoPath| {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        let whole = path.as_str().is_empty() || parts.iter().all(|part| !part.is_empty());
        whole
            && !parts.iter().any(|part| matches!(*part, "." | "..") || part.eq_ignore_ascii_case(".git"))
            && !path.as_str().contains(['\0', '\\'])
    };
    assert!(safe(&path) && safe(&path.parent()), "{path:?}");
    assert_eq!(RepoPath::parse(path.as_str()).as_ref(), Some(&path), "a path names itself");
    if let Some(joined) = path.join(name) {
        assert!(safe(&joined), "{joined:?}");
        assert!(joined == path || joined.below(&path).is_some(), "{joined:?} below {path:?}");
    }
}

/// Notebooks, beside the course's own version of them.
pub fn notebook(data: &[u8]) {
    let (own, course) = halves(data);
    read("1Python/exercice.ipynb", own, course);
    read("Evaluation/Projet/exploration.ipynb", own, b"");
}

/// Python, as a module of a program.
pub fn python(data: &[u8]) {
    read("Evaluation/Projet/films.py", data, b"");
}

/// READMEs in every format, beside the template that they grew out of.
pub fn readme(data: &[u8]) {
    let (own, template) = halves(data);
    for name in ["README.rst", "README.md", "README.txt"] {
        read(&format!("Evaluation/Projet/{name}"), own, template);
    }
}

/// Lists of dependencies, in every format.
pub fn requirements(data: &[u8]) {
    for name in ["requirements.txt", "pyproject.toml", "Pipfile", "Pipfile.lock", "setup.py", "environment.yml"] {
        read(&format!("Evaluation/Projet/{name}"), data, b"");
    }
}

/// The input in two halves, at its first zero byte.
fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == 0) {
        Some(zero) => (&data[..zero], &data[zero + 1..]),
        None => (data, &[]),
    }
}

/// JUnit reports, as a suite's container hands them over.
pub fn junit(data: &[u8]) {
    let cases = junit::read(data);
    assert_eq!(cases, junit::read(data), "the same report gives the same cases");
    for case in cases.iter().flatten() {
        assert!(case.name.chars().count() <= 201 && case.class.chars().count() <= 201);
        assert!(case.message.chars().count() <= 301 && case.detail.chars().count() <= 2_001);
        let printable = |text: &str| text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
        assert!(printable(&case.name) && printable(&case.message) && printable(&case.detail));
    }
    assert!(cases.map_or(true, |cases| cases.len() <= 2_000));
}

/// `results.json`, as a command's container hands it over.
pub fn results(data: &[u8]) {
    let worth = Worth { out_of: None, total_points: Amount::ONE };
    let read = results::read(data, worth);
    assert_eq!(read, results::read(data, worth), "the same result gives the same facts");
    let Ok(facts) = read else { return };
    let bound = 1_000_000_000_i64 * 1_000_000;
    let numbers = facts.tests.iter().flat_map(|test| [test.score, test.max_score]).chain([facts.score]);
    assert!(numbers.flatten().all(|number| number.millionths().abs() <= bound));
    // What was stored is read again as it was.
    let json = serde_json::to_string(&facts).expect("facts are plain data");
    assert_eq!(serde_json::from_str::<ResultsFacts>(&json).expect("it reads"), facts);
}
