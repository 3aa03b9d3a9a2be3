//! Suites and commands in `course.toml`: every mistake at its line, files that are read once and never through a link.

use std::fs;
use std::path::Path;

use forkgrade::config::{self, ConfigError};

const HEAD: &str = "slug = \"de\"\ntitle = \"Data\"\nupstream = \"a/b\"\n";
const TESTS: &str = "[[rubric.criteria]]\nid = \"t\"\ntitle_fr = \"T\"\ntitle_en = \"T\"\npoints = 2\ncheck = \"tests\"\nsuite = \"web\"\n";
const COMMAND: &str = "[[rubric.criteria]]\nid = \"c\"\ntitle_fr = \"C\"\ntitle_en = \"C\"\npoints = 2\ncheck = \"command\"\ncommand = \"notes\"\n";

fn mistakes(error: ConfigError) -> Vec<String> {
    match error {
        ConfigError::Mistakes(mistakes) => {
            mistakes.iter().map(|one| format!("{}:{}: {}", one.line, one.column, one.text)).collect()
        }
        other => vec![other.to_string()],
    }
}

#[track_caller]
fn assert_mistake(text: &str, start: &str, part: &str) {
    let found = mistakes(config::parse(text, "course.toml").expect_err("a mistake"));
    assert!(found.iter().any(|one| one.starts_with(start) && one.contains(part)), "{start} {part:?} in {found:#?}");
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn criteria_name_judges_that_there_are() {
    assert_mistake(&format!("{HEAD}{TESTS}"), "10:9: ", "suite: no table [suites.web]; there is none");
    let text = format!("{HEAD}{TESTS}[suites.wep]\nfolder = \"t\"\n");
    assert_mistake(&text, "10:9: ", "did you mean \"wep\"?");
    assert_mistake(&format!("{HEAD}{COMMAND}[commands.note]\nimage = \"a/b:1\"\n"), "10:11: ", "known are note");
}

#[test]
fn what_no_judge_can_be_is_refused_at_its_line() {
    let suite = |line: &str| format!("{HEAD}{TESTS}[suites.web]\nfolder = \"t\"\n{line}\n");
    for (line, start, part) in [
        ("seconds = 0", "13:11: ", "0 is not between 1 and 600"),
        ("seconds = 601", "13:11: ", "601 is not between 1 and 600"),
        ("memory_mib = 8", "13:14: ", "8 is not between 32 and"),
        ("command = []", "13:11: ", "a program and its arguments"),
        ("python = \"3.2\"", "13:10: ", "\"3.2\" is none of the Pythons"),
        ("image = \"Bad Image\"", "13:9: ", "is no image"),
        ("image = \"a/b:1\"\nrequirements = []", "14:16: ", "an image of your own brings its own"),
        ("comand = []", "13:1: ", "did you mean \"command\"?"),
    ] {
        assert_mistake(&suite(line), start, part);
    }
    let criterion = TESTS.replace("suite = \"web\"", "suite = \"web\"\nonly = [\"a{b\"]");
    assert_mistake(&format!("{HEAD}{criterion}[suites.web]\nfolder = \"t\"\n"), "11:9: ", "a{b");
    let criterion = TESTS.replace("suite = \"web\"", "suite = \"web\"\nshow = \"everything\"");
    assert_mistake(&format!("{HEAD}{criterion}[suites.web]\nfolder = \"t\"\n"), "11:8: ", "nothing, names, messages");
    let command = format!("{HEAD}{COMMAND}[commands.notes]\nreads = \"all\"\nimage = \"a:1\"\n");
    assert_mistake(&command, "12:9: ", "project, submission");
    assert_mistake(&format!("{HEAD}{COMMAND}[commands.notes]\nout_of = 5\n"), "11:1: ", "missing key \"image\"");
}

fn course(folder: &Path) -> Result<forkgrade::domain::judges::Suites, Vec<String>> {
    let text = format!("{HEAD}{TESTS}[suites.web]\nfolder = \"tests/web\"\n");
    fs::write(folder.join("course.toml"), text).unwrap();
    config::load_with_suites(&folder.join("course.toml")).map(|(_, suites)| suites).map_err(mistakes)
}

#[track_caller]
fn assert_refused(folder: &Path, part: &str) {
    let found = course(folder).expect_err("a mistake");
    assert!(
        found.len() == 1 && found[0].starts_with("12:10: folder: ") && found[0].contains(part),
        "{part:?} in {found:#?}"
    );
}

#[test]
fn suites_are_read_with_their_course_and_a_student_needs_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_refused(folder.path(), "is no folder");
    assert!(config::load(&folder.path().join("course.toml")).is_ok(), "`forkgrade check` runs without the suites");
    let suite = folder.path().join("tests/web");
    fs::create_dir_all(suite.join("deep/__pycache__")).unwrap();
    assert_refused(folder.path(), "holds no file");
    fs::write(suite.join("test_b.py"), "b").unwrap();
    fs::write(suite.join("deep/test_a.py"), "a").unwrap();
    fs::write(suite.join("deep/__pycache__/test_a.pyc"), "x").unwrap();
    let suites = course(folder.path()).unwrap();
    let names: Vec<_> = suites["web"].files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, ["deep/test_a.py", "test_b.py"]);
    fs::write(suite.join("test_b.py"), "bb").unwrap();
    assert_ne!(course(folder.path()).unwrap()["web"].hash, suites["web"].hash, "another suite has another hash");
}

#[test]
fn links_and_masses_are_no_suite() {
    let folder = tempfile::tempdir().unwrap();
    let suite = folder.path().join("tests/web");
    fs::create_dir_all(&suite).unwrap();
    fs::write(suite.join("test_a.py"), "a").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", suite.join("passwd")).unwrap();
    assert_refused(folder.path(), "passwd is a link");
    fs::remove_file(suite.join("passwd")).unwrap();
    std::os::unix::fs::symlink("/etc", suite.join("etc")).unwrap();
    assert_refused(folder.path(), "etc is a link");
    fs::remove_file(suite.join("etc")).unwrap();
    fs::write(suite.join("data.bin"), vec![0; 17 << 20]).unwrap();
    assert_refused(folder.path(), "more than 16 MiB");
}
