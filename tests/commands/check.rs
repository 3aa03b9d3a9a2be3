//! `forkgrade check`, as a student types it: with nothing but a folder.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::observe::support::{APP, folder, write};
use crate::support::git::{git, text};

/// The program in an empty environment.
fn check(dir: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkgrade"));
    let command = command.env_clear().arg("check").args(args).arg(dir);
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

fn report(dir: &Path, args: &[&str]) -> Value {
    let (_, printed, told) = check(dir, &[&["--json"], args].concat());
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed} {told}"))
}

/// A working copy whose repository began long ago with the course's files.
fn working_copy() -> TempDir {
    let home = folder(&[("README.md", "# Cours\n"), ("6Evaluation/Projet/README.rst", "Projet\n======\n")]);
    let root = text(home.path());
    git(&["init", "--quiet", root]);
    for (key, value) in [("user.name", "Lina"), ("user.email", "lina@example.org")] {
        git(&["-C", root, "config", key, value]);
    }
    git(&["-C", root, "add", "."]);
    let teacher = ["-c", "user.name=Claire", "-c", "user.email=claire@example.org"];
    git(&[&["-C", root], &teacher[..], &["commit", "--quiet", "-m", "Cours", "--date", "2020-10-01T12:00:00"]].concat());
    home
}

fn commit(home: &TempDir, path: &str, contents: &str) {
    write(home.path(), path, contents.as_bytes());
    let root = text(home.path());
    git(&["-C", root, "add", "--force", path]);
    git(&["-C", root, "commit", "--quiet", "-m", "work"]);
}

#[test]
fn it_says_what_to_do_and_ends_with_one_while_something_is_left() {
    let home = folder(&[("6Evaluation/Projet/app.py", APP)]);
    let (code, printed, told) = check(home.path(), &["--lang", "en"]);
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("Create README.md") || printed.contains("README"), "{printed}");
    assert!(!printed.contains('\u{1b}'), "no colours where nobody looks: {printed}");
    assert!(told.contains("git remote add upstream"), "{told}");
    let (code, _, told) = check(&home.path().join("missing"), &[]);
    assert_eq!(code, Some(2));
    assert!(told.contains("missing"), "{told}");
    let broken = folder(&[("course.toml", "slug = 3\n")]);
    let (code, ..) = check(home.path(), &["--course", text(&broken.path().join("course.toml"))]);
    assert_eq!(code, Some(2));
}

/// A rubric whose only criterion is met.
#[test]
fn it_ends_with_zero_when_only_bonus_items_are_left() {
    let home = folder(&[("6Evaluation/Projet/app.py", APP)]);
    let all = forkgrade::config::default_course("c", "C", "school/course");
    let (head, criteria) = all.split_once("[[rubric.criteria]]").expect("criteria");
    let wanted: Vec<&str> = criteria
        .split("[[rubric.criteria]]")
        .filter(|one| one.contains("id = \"project\"") || one.contains("id = \"bonus-docker\""))
        .collect();
    let course = home.path().join("course.toml");
    fs::write(&course, format!("{head}[[rubric.criteria]]{}", wanted.join("[[rubric.criteria]]"))).expect("a course");
    let (code, printed, told) = check(home.path(), &["--course", text(&course)]);
    assert_eq!(code, Some(0), "{printed} {told}");
}

#[test]
fn colours_are_for_terminals_and_for_who_wants_them() {
    let home = folder(&[("6Evaluation/Projet/app.py", APP)]);
    let on_a_terminal = |environment: &str| {
        let program = format!("{environment} {} check {}", env!("CARGO_BIN_EXE_forkgrade"), text(home.path()));
        let output = Command::new("script").args(["--quiet", "--command", &program, "/dev/null"]).output();
        String::from_utf8_lossy(&output.expect("script of util-linux gives a terminal").stdout).into_owned()
    };
    assert!(on_a_terminal("env TERM=xterm").contains("\u{1b}["), "a terminal shows colours");
    assert!(!on_a_terminal("env TERM=xterm NO_COLOR=1").contains("\u{1b}[3"), "NO_COLOR is obeyed");
    assert!(on_a_terminal("env TERM=xterm NO_COLOR=").contains("\u{1b}["), "an empty NO_COLOR is none");
}

#[test]
fn annotations_stand_at_file_and_line_and_nowhere_else() {
    let home =
        folder(&[("6Evaluation/Projet/app.py", "from flask import Flask\napp = Flask(__name__)\nif x\n    pass\n")]);
    let all = forkgrade::config::default_course("c", "C", "school/course");
    let (head, _) = all.split_once("[[rubric.criteria]]").expect("criteria");
    let parses = "[[rubric.criteria]]\nid = \"parses\"\ntitle_fr = \"Lisible\"\ntitle_en = \"Parses\"\ncheck = \"project\"\naspect = \"parses\"\npoints = 1\n";
    let course = home.path().join("course.toml");
    fs::write(&course, format!("{head}{parses}")).expect("a course");
    let (code, printed, _) = check(home.path(), &["--format", "github", "--course", text(&course), "--lang", "en"]);
    assert_eq!(code, Some(1));
    assert!(printed.starts_with("::warning file=6Evaluation/Projet/app.py,line=3,title=Parses::"), "{printed}");
    assert!(printed.lines().all(|line| line.starts_with("::")), "{printed}");
}

#[test]
fn what_git_ignores_stays_at_home() {
    let home = working_copy();
    commit(&home, "6Evaluation/Projet/app.py", APP);
    commit(&home, ".gitignore", ".env\nvenv/\n*.log\n");
    commit(&home, "6Evaluation/Projet/suivi.log", "committed all the same\n");
    write(home.path(), "6Evaluation/Projet/.env", b"API_KEY=5f2b1c0d9e8a7766\n");
    write(home.path(), "6Evaluation/Projet/venv/lib/flask.py", b"x = 1\n");
    let all = forkgrade::config::default_course("c", "C", "school/course");
    let (head, _) = all.split_once("[[rubric.criteria]]").expect("criteria");
    let one = |id: &str, aspect: &str| {
        format!(
            "[[rubric.criteria]]\nid = \"{id}\"\ntitle_fr = \"{id}\"\ntitle_en = \"{id}\"\ncheck = \"project\"\naspect = \"{aspect}\"\npoints = 1\n"
        )
    };
    let course = home.path().join(".git/course.toml");
    let criteria = [one("files", "submitted"), one("secrets", "no_secrets"), one("clean", "clean")].concat();
    fs::write(&course, format!("{head}{criteria}")).expect("a course");
    let told = report(home.path(), &["--course", text(&course)]);
    let outcomes: Vec<&str> =
        told["findings"].as_array().expect("findings").iter().filter_map(|one| one["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["passed"; 3], "{told:#}");
    let evidence = told["findings"][0]["evidence"].to_string();
    assert!(evidence.contains("3 fichiers"), "README.rst, app.py and the committed log: {evidence}");
    // Without git's word all of it would be pushed.
    fs::remove_file(home.path().join(".gitignore")).expect("gone");
    assert_eq!(report(home.path(), &["--course", text(&course)])["findings"][1]["outcome"], "failed");
}

#[test]
fn the_students_own_commits_are_told_from_the_courses() {
    let home = working_copy();
    commit(&home, "6Evaluation/Projet/app.py", APP);
    write(home.path(), "6Evaluation/Projet/suite.py", b"x = 1\n");
    let (_, printed, told) = check(home.path(), &["--lang", "en"]);
    assert!(printed.contains("One commit"), "{printed}");
    assert!(told.contains("Claire") && told.contains("One file is in no commit yet"), "{told}");
    // A repository that the student began: nothing tells which files are the course's.
    let own = folder(&[("6Evaluation/Projet/app.py", APP)]);
    git(&["init", "--quiet", text(own.path())]);
    for (key, value) in [("user.name", "Lina"), ("user.email", "lina@example.org")] {
        git(&["-C", text(own.path()), "config", key, value]);
    }
    git(&["-C", text(own.path()), "add", "."]);
    git(&["-C", text(own.path()), "commit", "--quiet", "-m", "tout"]);
    assert_eq!(report(own.path(), &[])["missing"], "upstream");
    // One that a partner began last week is no course either.
    let partner = working_copy();
    let root = text(partner.path());
    git(&["-C", root, "checkout", "--quiet", "--orphan", "neuf"]);
    git(&["-C", root, "-c", "user.email=tom@example.org", "commit", "--quiet", "-m", "tout"]);
    commit(&partner, "6Evaluation/Projet/app.py", APP);
    assert_eq!(report(partner.path(), &[])["missing"], "upstream");
}

#[test]
fn nothing_but_the_folder_is_needed_and_nothing_in_it_is_run() {
    let home = working_copy();
    commit(&home, "6Evaluation/Projet/app.py", APP);
    let marker = home.path().join("ran");
    let hook = format!("#!/bin/sh\ntouch {}\n", text(&marker));
    for name in ["post-checkout", "post-index-change", "pre-commit"] {
        fs::write(home.path().join(".git/hooks").join(name), &hook).expect("a hook");
    }
    let config = home.path().join(".git/config");
    let mut text_of = fs::read_to_string(&config).expect("its configuration");
    text_of.push_str(&format!("[core]\n\tfsmonitor = touch {0}\n\tpager = touch {0}\n[filter \"x\"]\n\tclean = touch {0}\n\tsmudge = touch {0}\n", text(&marker)));
    fs::write(&config, text_of).expect("its configuration");
    write(home.path(), ".gitattributes", b"* filter=x\n");
    let before = fs::read(home.path().join(".git/index")).expect("an index");
    let (code, ..) = check(home.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(!marker.exists(), "a program of the working copy was run");
    assert_eq!(fs::read(home.path().join(".git/index")).expect("an index"), before, "the working copy is only read");
    // No repository at all, and one that is broken.
    let plain = tempdir().expect("a folder");
    assert_eq!(check(plain.path(), &[]).0, Some(1));
    fs::create_dir(plain.path().join(".git")).expect("a folder");
    fs::write(plain.path().join(".git/HEAD"), "?").expect("nonsense");
    assert!(matches!(check(plain.path(), &[]).0, Some(1 | 2)));
}
