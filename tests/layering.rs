//! The house stays stacked: imports point down only, and some crates live in one room.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import of the others. Whatever is not named here is an arrow that points up.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &[]),
    ("random", &[]),
    ("settings", &[]),
    ("i18n", &["domain"]),
    ("config", &["domain"]),
    ("probe", &["domain"]),
    ("rubric", &["domain"]),
    ("git", &["domain", "settings"]),
    ("github", &["domain", "random", "settings"]),
    ("demo", &["domain"]),
    ("db", &["domain", "random"]),
    ("sandbox", &["clock", "domain", "probe", "settings"]),
    ("observe", &["domain", "probe", "sandbox"]),
    ("sync", &["clock", "db", "domain", "git", "github"]),
    ("grading", &["clock", "db", "domain", "git", "github", "observe", "rubric", "sandbox"]),
    ("worker", &["db", "domain", "grading", "random", "sandbox"]),
    ("web", &["clock", "db", "domain", "github", "i18n", "random", "rubric", "settings"]),
    ("app", &["clock", "db", "domain", "git", "github", "grading", "rubric", "sandbox", "settings", "sync", "worker"]),
];

/// Crates that only one room knows.
const CRATES: &[(&str, &str)] =
    &[("sqlx::query", "db"), ("bollard::", "sandbox"), ("octocrab::", "github"), ("git2::", "git")];

fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), &mut found);
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// `db` for `src/db/runs.rs`, `app` for `src/app.rs`.
fn room(path: &Path) -> String {
    let relative = path.strip_prefix(root()).expect("below src");
    let first = relative.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Every room that a line names as `crate::room`.
fn named(line: &str) -> BTreeSet<String> {
    let code = line.split("//").next().unwrap_or_default();
    let after = code.split("crate::").skip(1);
    let word = |rest: &str| -> String { rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect() };
    after.map(word).filter(|room| ROOMS.iter().any(|(known, _)| known == room) || room == "cli").collect()
}

#[test]
fn imports_point_down_only() {
    let mut upward = Vec::new();
    for path in sources() {
        let here = room(&path);
        let Some((_, allowed)) = ROOMS.iter().find(|(known, _)| *known == here) else { continue };
        let text = fs::read_to_string(&path).expect("a source file");
        for (number, line) in text.lines().enumerate() {
            for there in named(line) {
                if there != here && !allowed.contains(&there.as_str()) {
                    upward.push(format!("{}:{}: {here} imports {there}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(upward.is_empty(), "arrows that point up:\n{}", upward.join("\n"));
}

#[test]
fn some_crates_live_in_one_room() {
    let mut strays = Vec::new();
    for path in sources() {
        let here = room(&path);
        let text = fs::read_to_string(&path).expect("a source file");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for (name, home) in CRATES {
                if code.contains(name) && here != *home {
                    strays.push(format!("{}:{}: {name} outside {home}/", path.display(), number + 1));
                }
            }
        }
    }
    assert!(strays.is_empty(), "strays:\n{}", strays.join("\n"));
}

#[test]
fn every_module_says_what_it_is_what_it_imports_and_where_to_look_next() {
    let mut silent = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).expect("a source file");
        let opening: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        let is_test = path.file_name().is_some_and(|name| name == "tests.rs");
        let is_entry = path.ends_with("src/main.rs") || path.ends_with("src/lib.rs");
        let speaks = opening.contains("May import:") && opening.contains("Next:");
        if !(is_test || is_entry || speaks) {
            silent.push(path.display().to_string());
        }
    }
    assert!(silent.is_empty(), "modules without their three lines:\n{}", silent.join("\n"));
}
