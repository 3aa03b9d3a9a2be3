//! The house stays stacked: imports point down only, and some crates live in one room.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up, and what each may import of those below it. Whatever is not named here is an arrow that
/// points up. `cli`, at the top, may import everything, and nothing may import it.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &[]),
    ("random", &[]),
    ("settings", &[]),
    ("i18n", &["domain"]),
    ("dockerfile", &[]),
    ("config", &["domain"]),
    ("probe", &["domain"]),
    ("rubric", &["domain"]),
    ("git", &["domain", "settings"]),
    ("github", &["domain", "random", "settings"]),
    ("demo", &["domain", "settings"]),
    ("db", &["domain", "random"]),
    ("egress", &["clock", "db", "domain", "probe", "random", "settings"]),
    ("roster", &["db", "domain"]),
    ("outbox", &["clock", "db", "domain", "github", "i18n", "random"]),
    ("sandbox", &["clock", "dockerfile", "domain", "probe"]),
    ("observe", &["dockerfile", "domain", "egress", "probe", "sandbox"]),
    ("similarity", &["domain", "observe"]),
    ("sync", &["clock", "db", "domain", "git", "github"]),
    ("grading", &["clock", "db", "domain", "egress", "git", "github", "observe", "rubric", "sandbox", "similarity"]),
    ("worker", &["db", "domain", "grading", "random", "sandbox"]),
    (
        "web",
        &[
            "clock",
            "config",
            "db",
            "domain",
            "git",
            "github",
            "grading",
            "i18n",
            "random",
            "roster",
            "rubric",
            "settings",
            "similarity",
        ],
    ),
    (
        "app",
        &[
            "clock", "db", "domain", "egress", "git", "github", "grading", "outbox", "rubric", "sandbox", "settings",
            "sync", "worker",
        ],
    ),
];

/// The commands: above every room of the table.
const TOP: &str = "cli";

/// Crates that only one room knows.
const CRATES: &[(&str, &str)] =
    &[("sqlx::query", "db"), ("bollard::", "sandbox"), ("octocrab::", "github"), ("git2::", "git")];

/// A source file, by its path below `src`.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// `db` for `db/runs.rs`, `app` for `app.rs`.
    fn room(&self) -> String {
        let first = self.path.components().next().expect("a name").as_os_str().to_string_lossy();
        first.trim_end_matches(".rs").to_owned()
    }

    /// How many `super::` lead from this file to the root of the crate.
    fn depth(&self) -> usize {
        let folders = self.path.components().count();
        if self.path.ends_with("mod.rs") { folders - 1 } else { folders }
    }

    /// `main.rs` and `lib.rs` hold no room: they name them all.
    fn is_entry(&self) -> bool {
        ["main.rs", "lib.rs"].iter().any(|entry| self.path == Path::new(entry))
    }
}

fn sources() -> Vec<Source> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push(Source { path: path.strip_prefix(root).expect("below src").to_owned(), text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The code of a text, line by line: line comments are blanked out.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every name that stands directly below the crate's root in some path of this code, with its line: `crate::db`,
/// `crate::{db, web}` (over several lines too), and as many `super::` as lead up there.
fn named(code: &str, depth: usize) -> BTreeSet<(usize, String)> {
    let climb = "super::".repeat(depth);
    let mut found = BTreeSet::new();
    for prefix in ["crate::", climb.as_str()].into_iter().filter(|prefix| !prefix.is_empty()) {
        for (place, _) in code.match_indices(prefix) {
            let before = code.get(..place).unwrap_or_default();
            // `mycrate::x` is another crate, and a longer climb was counted already.
            if before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let line = before.matches('\n').count() + 1;
            let rest = code.get(place + prefix.len()..).unwrap_or_default();
            found.extend(first_words(rest).into_iter().map(|word| (line, word)));
        }
    }
    found
}

/// `db` of `db::runs;`, and `db`, `web` of `{db::{runs, forks}, web};`.
fn first_words(rest: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let (mut words, mut open, mut start) = (Vec::new(), 0, 0);
    for (place, letter) in group.char_indices() {
        let ends = letter == '}' && open == 0;
        if ends || (letter == ',' && open == 0) {
            words.push(word(group.get(start..place).unwrap_or_default().trim_start()));
            start = place + 1;
        }
        match letter {
            '{' => open += 1,
            '}' if ends => break,
            '}' => open -= 1,
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a file of a room imports of rooms that do not lie below it.
fn upward(source: &Source) -> Vec<String> {
    let here = source.room();
    if here == TOP || source.is_entry() {
        return Vec::new();
    }
    let Some((_, allowed)) = ROOMS.iter().find(|(known, _)| *known == here) else {
        return vec![format!("src/{}: the room {here} is not in the table", source.path.display())];
    };
    let is_room = |name: &str| name == TOP || ROOMS.iter().any(|(known, _)| *known == name);
    named(&without_comments(&source.text), source.depth())
        .into_iter()
        .filter(|(_, there)| is_room(there) && *there != here && !allowed.contains(&there.as_str()))
        .map(|(line, there)| format!("src/{}:{line}: {here} imports {there}", source.path.display()))
        .collect()
}

#[test]
fn the_table_itself_points_down_only() {
    for (floor, (room, allowed)) in ROOMS.iter().enumerate() {
        let below: Vec<&str> = ROOMS.iter().take(floor).map(|(name, _)| *name).collect();
        let strays: Vec<_> = allowed.iter().filter(|name| !below.contains(*name)).collect();
        assert!(strays.is_empty(), "{room} may import {strays:?}, which the table has not below it");
    }
}

#[test]
fn imports_point_down_only() {
    let upward: Vec<String> = sources().iter().flat_map(upward).collect();
    assert!(upward.is_empty(), "arrows that point up:\n{}", upward.join("\n"));
}

#[test]
fn an_arrow_that_points_up_is_found_however_it_is_written() {
    let arrows = |path: &str, text: &str| upward(&Source { path: path.into(), text: text.to_owned() });
    assert_eq!(arrows("db/runs.rs", "use a;\nuse crate::web::Page;"), ["src/db/runs.rs:2: db imports web"]);
    assert_eq!(arrows("db/runs.rs", "use crate::{\n  domain::{Run, Fork},\n  web::Page,\n};").len(), 1);
    assert_eq!(arrows("db/runs.rs", "fn f() { super::super::cli::main(); }").len(), 1);
    assert_eq!(arrows("db/mod.rs", "use super::worker::LEASE;").len(), 1);
    assert_eq!(arrows("attic.rs", ""), ["src/attic.rs: the room attic is not in the table"]);
    let down = "// crate::web\nuse crate::domain::Run;\nuse super::web;\nuse crate::db::web;\nuse othercrate::web;";
    assert_eq!(arrows("db/runs.rs", down), [""; 0]);
}

#[test]
fn some_crates_live_in_one_room() {
    let mut strays = Vec::new();
    for source in sources() {
        let here = source.room();
        for (number, line) in without_comments(&source.text).lines().enumerate() {
            for (name, home) in CRATES {
                if line.contains(name) && here != *home {
                    strays.push(format!("src/{}:{}: {name} outside {home}/", source.path.display(), number + 1));
                }
            }
        }
    }
    assert!(strays.is_empty(), "strays:\n{}", strays.join("\n"));
}

#[test]
fn every_module_says_what_it_is_what_it_imports_and_where_to_look_next() {
    let mut silent = Vec::new();
    for source in sources() {
        let opening: Vec<&str> = source.text.lines().take_while(|line| line.starts_with("//!")).collect();
        let says = |word: &str| opening.iter().position(|line| line.contains(word));
        // The words about itself come first; they may take more than one line.
        let is_told = matches!((says("May import:"), says("Next:")), (Some(1..), Some(1..)));
        let is_test = source.path.ends_with("tests.rs");
        if !(is_test || is_told || source.is_entry()) {
            silent.push(format!("src/{}", source.path.display()));
        }
    }
    assert!(silent.is_empty(), "modules without their three lines:\n{}", silent.join("\n"));
}
