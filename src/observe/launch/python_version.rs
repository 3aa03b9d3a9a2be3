//! Which of the course's Pythons a project runs on: the declared one, else one of its year, and always one that parses it.
//! May import: ruff's version type, chrono, `domain/`, and within the room its siblings.
//! Next: `mod.rs` puts it into the plan.

use chrono::Datelike;
use ruff_python_ast::PythonVersion;

use crate::domain::Message;
use crate::domain::source::RepoPath;

use super::Project;
use super::declared::Declared;
use super::dependencies::Chosen;
use super::hints::{Hints, minor_version};
use super::packages::Requirement;

/// Packages with compiled parts, and the last version that has none for Python 3.11: older pins ask for an older Python.
const LAST_WITHOUT: [(&str, [u32; 2]); 13] = [
    ("numpy", [1, 23]),
    ("pandas", [1, 4]),
    ("scipy", [1, 8]),
    ("scikit-learn", [1, 1]),
    ("matplotlib", [3, 5]),
    ("lxml", [4, 8]),
    ("pillow", [9, 2]),
    ("gevent", [21, 12]),
    ("greenlet", [1, 1]),
    ("pyyaml", [5, 4]),
    ("cffi", [1, 14]),
    ("psycopg2-binary", [2, 9]),
    ("aiohttp", [3, 7]),
];
/// Commits before this year were written for the Python of then: the first wheels for 3.11 came in late 2022.
const OLD_BEFORE: i32 = 2023;
/// Pins that old have packages for this one, as a rule.
const OLD: &str = "3.8";
/// The Python that was usual in each year.
const OF_YEAR: [(i32, &str); 8] = [
    (2018, "3.6"),
    (2019, "3.7"),
    (2020, "3.8"),
    (2021, "3.9"),
    (2022, "3.10"),
    (2023, "3.11"),
    (2024, "3.12"),
    (2025, "3.13"),
];

/// Who may ask for a Python.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub declared: Option<&'a Declared>,
    /// The recipe of the container that is started.
    pub recipe: Option<&'a (String, RepoPath)>,
    pub hints: &'a Hints,
    pub chosen: &'a Chosen,
}

/// The Python for a project.
pub struct Choice {
    pub python: String,
    /// Why this one.
    pub reason: Message,
    /// That of the commit's year, where it is another one.
    pub of_year: Option<String>,
}

/// Chooses the Python for a project.
pub fn choose(project: &Project<'_>, asked: Asked<'_>, entry: &RepoPath) -> Choice {
    let (wanted, reason) = wanted(project, asked);
    let needed = needed(project, entry);
    // The parser tells nothing older than its oldest one apart.
    let accepts = |key: &&String| {
        minor(key).is_some_and(|minor| needed == PythonVersion::PY37 || PythonVersion::from((3, minor)) >= needed)
    };
    let keys: Vec<&String> = project.sandbox.python.keys().filter(|key| minor(key).is_some()).collect();
    let able: Vec<&String> = keys.iter().copied().filter(accepts).collect();
    let distance = |key: &str| {
        let (key, wanted) = (i16::from(minor(key).unwrap_or_default()), i16::from(minor(&wanted).unwrap_or_default()));
        ((key - wanted).abs(), -key)
    };
    let taken = able.iter().min_by_key(|key| distance(key));
    // Where none is new enough, the newest comes closest.
    let taken = taken.or_else(|| keys.iter().max_by_key(|key| minor(key))).map(|key| key.as_str());
    let python = taken.unwrap_or(&project.sandbox.default_python).to_owned();
    let of_year = of_year(project.as_of.year(), &able).filter(|other| *other != python);
    Choice { reason: reason.with("python", &python), python, of_year }
}

/// The newest Python that was there in a year, else the oldest of all.
fn of_year(year: i32, able: &[&String]) -> Option<String> {
    let usual = OF_YEAR.iter().rfind(|(from, _)| *from <= year).map_or(OF_YEAR[0].1, |(_, python)| python);
    let there = able.iter().filter(|key| minor(key) <= minor(usual)).max_by_key(|key| minor(key));
    there.or_else(|| able.iter().min_by_key(|key| minor(key))).map(|key| (*key).clone())
}

fn minor(version: &str) -> Option<u8> {
    minor_version(version)?.split('.').nth(1)?.parse().ok()
}

fn wanted(project: &Project<'_>, asked: Asked<'_>) -> (String, Message) {
    let Asked { declared, recipe, hints, chosen } = asked;
    let by_file = |version: &str, file: &RepoPath| {
        let reason = Message::new("launch-python-declared").with("wanted", version).with("file", file);
        (version.to_owned(), reason)
    };
    if let Some((declared, python)) = declared.and_then(|declared| Some((declared, declared.python.as_ref()?))) {
        return by_file(python, &declared.file);
    }
    if let Some((version, file)) = recipe {
        return by_file(version, file);
    }
    let pinned = project.scope.files().map(|entry| &entry.path).find(|path| path.name() == ".python-version");
    let pinned = pinned.and_then(|path| Some((minor_version(&project.scope.tree.text(path)?)?, path)));
    if let Some((version, path)) = pinned {
        return by_file(&version, path);
    }
    let by_manifest = chosen.python.as_ref().and_then(|(text, file)| {
        let version = text.split(',').next()?.trim_start_matches(['=', '>', '<', '~', '^', '!', ' ']);
        // "At least" is no choice: most projects say so and mean the Python of their day.
        let exact = !text.starts_with('>') && !text.starts_with('<') && !text.starts_with('!');
        Some((minor_version(version)?, file)).filter(|_| exact)
    });
    if let Some((version, file)) = by_manifest {
        return by_file(&version, file);
    }
    if let Some((version, file)) = &hints.python {
        return by_file(version, file);
    }
    if let Some(pin) = chosen.requirements.iter().find(|requirement| is_old(requirement)) {
        return (OLD.to_owned(), Message::new("launch-python-of-pins").with("line", &pin.line));
    }
    if project.as_of.year() < OLD_BEFORE {
        let keys: Vec<&String> = project.sandbox.python.keys().collect();
        let python = of_year(project.as_of.year(), &keys).unwrap_or_else(|| OLD.to_owned());
        return (python, Message::new("launch-python-of-year").with("year", project.as_of.year()));
    }
    (project.sandbox.default_python.clone(), Message::new("launch-python-default"))
}

fn is_old(requirement: &Requirement) -> bool {
    let known = LAST_WITHOUT.iter().find(|(name, _)| *name == requirement.name);
    known.is_some_and(|(_, last)| {
        requirement
            .pinned()
            .is_some_and(|pinned| !pinned.is_empty() && pinned.iter().take(2).copied().le(last.iter().copied()))
    })
}

/// The oldest Python that parses what is started and everything that it imports.
fn needed(project: &Project<'_>, entry: &RepoPath) -> PythonVersion {
    let Some(script) = project.code.script(entry) else { return PythonVersion::PY37 };
    let closure = project.code.closure(script);
    let scripts = closure.iter().filter_map(|path| project.code.script(path)).chain([script]);
    scripts.map(|script| script.oldest_python).max().unwrap_or(PythonVersion::PY37)
}
