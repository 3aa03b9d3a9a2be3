//! Junk that students commit by mistake: environments, caches, browser drivers, database folders. Judged by content.
//! May import: `domain/`.
//! Next: `tree.rs` sets it apart from everything that is checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::source::{Entry, EntryKind};

/// Folders that no program is written in, whatever lies in them.
const FOLDERS: [&str; 13] = [
    "node_modules",
    "bower_components",
    "__pycache__",
    "__MACOSX",
    "site-packages",
    ".ipynb_checkpoints",
    ".idea",
    ".vscode",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".scrapy",
    ".tox",
];

/// Browser drivers and files of operating systems, without extension and in lower case.
const FILES: [&str; 9] = [
    "chromedriver",
    "geckodriver",
    "msedgedriver",
    "operadriver",
    "phantomjs",
    ".ds_store",
    "thumbs.db",
    "desktop.ini",
    "pyvenv.cfg",
];

/// Files that show a folder to be a live database, with what that folder is called for nothing.
const DATABASE_FILES: [&str; 5] = ["WiredTiger", "WiredTiger.wt", "mongod.lock", "storage.bson", "node.lock"];

/// Paths of junk folders and junk files. A program inside a virtual environment is no junk, only the environment's own parts.
pub fn roots<'a>(entries: impl Iterator<Item = &'a Entry>) -> BTreeSet<&'a str> {
    let mut roots = BTreeSet::new();
    let mut signs: BTreeMap<&'a str, Vec<&'a str>> = BTreeMap::new();
    for entry in entries {
        let path = entry.path.as_str();
        for (folder, name) in folders_of(path) {
            if FOLDERS.contains(&name) {
                roots.insert(folder);
            }
        }
        if entry.kind != EntryKind::File {
            continue;
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let lower = name.to_lowercase();
        if FILES.contains(&lower.trim_end_matches(".exe")) || lower.ends_with(".pyc") {
            roots.insert(path);
        }
        if DATABASE_FILES.contains(&name) && !folder.is_empty() {
            roots.insert(folder);
        }
        if matches!(lower.as_str(), "pyvenv.cfg" | "activate" | "activate.bat" | "activate.ps1") {
            signs.entry(folder).or_default().push(name);
        }
        mark_library(path, &mut roots);
    }
    for folder in signs.keys() {
        mark_environment(folder, &mut roots, &signs);
    }
    roots
}

/// `a/b/c.py` gives `(a, a)` and `(a/b, b)`.
fn folders_of(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.match_indices('/').filter_map(|(end, _)| {
        let folder = path.get(..end)?;
        Some((folder, folder.rsplit('/').next().unwrap_or(folder)))
    })
}

/// `venv/Lib/site-packages/…` and `venv/lib/python3.9/site-packages/…`: the library folder is junk as a whole.
fn mark_library<'a>(path: &'a str, roots: &mut BTreeSet<&'a str>) {
    let mut ancestors = folders_of(path);
    let Some((packages, _)) = ancestors.find(|(_, name)| *name == "site-packages") else { return };
    let library = folders_of(packages).filter(|(_, name)| name.eq_ignore_ascii_case("lib") || *name == "lib64").last();
    roots.insert(library.map_or(packages, |(folder, _)| folder));
}

/// The parts of a virtual environment beside its library: its scripts, headers and shared files.
fn mark_environment<'a>(folder: &'a str, roots: &mut BTreeSet<&'a str>, signs: &BTreeMap<&'a str, Vec<&'a str>>) {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let holds_activate = signs.get(folder).is_some_and(|names| names.iter().any(|name| *name != "pyvenv.cfg"));
    if holds_activate && matches!(name, "Scripts" | "bin") {
        roots.insert(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::roots;
    use crate::domain::source::{Entry, EntryKind, RepoPath};

    #[test]
    fn an_application_inside_a_virtual_environment_is_no_junk() {
        let paths = [
            "venv/pyvenv.cfg",
            "venv/Scripts/activate.bat",
            "venv/Scripts/python.exe",
            "venv/Lib/site-packages/flask/app.py",
            "venv/app/app.py",
            "env/lib/python3.8/site-packages/x.py",
            "Projet/node_modules/d3/d3.js",
            "Projet/data/WiredTiger",
            "Projet/chromedriver.exe",
            "Projet/bin/run.py",
            "lib/helpers.py",
        ];
        let entries: Vec<Entry> = paths
            .iter()
            .filter_map(|path| RepoPath::parse(path))
            .map(|path| Entry { path, kind: EntryKind::File, object: None, size: Some(1) })
            .collect();
        let found = roots(entries.iter());
        let outermost = [
            "Projet/chromedriver.exe",
            "Projet/data",
            "Projet/node_modules",
            "env/lib",
            "venv/Lib",
            "venv/Scripts",
            "venv/pyvenv.cfg",
        ];
        for wanted in outermost {
            assert!(found.contains(wanted), "{wanted} is junk, found {found:?}");
        }
        for own in ["venv", "venv/app", "Projet/bin", "lib", "Projet", "env"] {
            assert!(!found.contains(own), "{own} is no junk");
        }
    }
}
