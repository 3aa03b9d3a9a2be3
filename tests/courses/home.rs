//! `forkgrade check` on clones of the demo's forks, as their students have them: it says what the server says.

use std::path::Path;
use std::process::{Command, Output};

use forkgrade::domain::Message;
use forkgrade::i18n;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::class::{Class, Read};
use crate::support::git::{git, text};

/// The program in an empty environment: no PATH, no HOME, no server, no Docker, no database.
fn check(args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkgrade"));
    let Output { status, stdout, stderr } =
        command.env_clear().arg("check").args(args).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

/// What the server says of a fork without having run it, as `check --json` writes it.
fn findings_of(class: &Class, read: &Read) -> Vec<Value> {
    let language = class.course.language;
    let texts = |messages: &[Message]| messages.iter().map(|message| i18n::text(language, message)).collect::<Vec<_>>();
    let findings = class.score(read, None).findings;
    let told = findings.iter().map(|finding| {
        json!({
            "criterion": finding.criterion,
            "title": class.course.rubric.title_of(finding, language),
            "outcome": finding.outcome,
            "points": finding.points.to_string(),
            "max": finding.max.to_string(),
            "min": finding.min.to_string(),
            "bonus": finding.bonus,
            "evidence": texts(&finding.evidence),
            "advice": texts(&finding.advice),
        })
    });
    told.collect()
}

/// Clones a repository of the class, with the course as the remote `upstream` where that is wished.
fn clone(class: &Class, full_name: &str, to: &Path, with_upstream: bool) {
    let from = class.path_of(full_name);
    git(&["clone", "--quiet", text(&from), text(to)]);
    if with_upstream {
        let upstream = class.path_of(&class.demo.upstream());
        git(&["-C", text(to), "remote", "add", "upstream", text(&upstream)]);
        git(&["-C", text(to), "fetch", "--quiet", "upstream"]);
    }
}

#[tokio::test]
async fn at_home_the_findings_are_those_of_the_server() {
    let class = Class::open().await;
    let folder = tempdir().expect("a folder");
    let course = folder.path().join("course.toml");
    std::fs::write(&course, &class.course_toml).expect("the course");
    let mut compared = 0;
    for login in class.logins() {
        let read = class.read(&login).await;
        let home = folder.path().join(&login);
        clone(&class, &class.fork_of(&login).full_name(), &home, true);
        let mut args = vec!["--json", "--course", text(&course), text(&home)];
        let project = folder.path().join(format!("{login}-projet"));
        if let Some(name) = &read.inspection.project.separate_repository {
            clone(&class, name, &project, false);
            args.extend(["--project", text(&project)]);
        }
        let (code, printed, told) = check(&args);
        let report: Value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{login}: {error} {told}"));
        assert_eq!(report["missing"], Value::Null, "{login}: {told}");
        let here = report["findings"].as_array().expect("findings").clone();
        assert_eq!(here, findings_of(&class, &read), "{login}");
        compared += here.iter().filter(|finding| finding["outcome"] != "skipped").count();
        let open = |one: &Value| one["bonus"] == false && matches!(one["outcome"].as_str(), Some("failed" | "partial"));
        assert_eq!(code, Some(i32::from(here.iter().any(open))), "{login}");
    }
    assert!(compared > 200, "criteria were judged: {compared}");
}

#[tokio::test]
async fn the_course_is_found_without_a_remote_of_that_name() {
    let class = Class::open().await;
    let folder = tempdir().expect("a folder");
    let course = folder.path().join("course.toml");
    std::fs::write(&course, &class.course_toml).expect("the course");
    let login = "emma-lefevre";
    let read = class.read(login).await;
    let wanted = findings_of(&class, &read);
    let home = folder.path().join("home");
    clone(&class, &class.fork_of(login).full_name(), &home, false);
    let findings = |args: &[&str]| -> (Vec<Value>, String) {
        let mut all = vec!["--json", "--course", text(&course), text(&home)];
        all.extend(args);
        let (_, printed, told) = check(&all);
        let report: Value = serde_json::from_str(&printed).expect("JSON");
        (report["findings"].as_array().expect("findings").clone(), told)
    };
    // A fork that was only cloned: the commits before the student's are the course's.
    let (guessed, told) = findings(&[]);
    let outcome = |findings: &[Value], id: &str| {
        findings.iter().find(|one| one["criterion"] == id).map(|one| one["points"].clone())
    };
    for id in ["project", "readme", "bonus-notebooks", "history"] {
        assert_eq!(outcome(&guessed, id), outcome(&wanted, id), "{id}: {told}");
    }
    assert!(told.contains("Claire Delmas"), "whose commits were taken for the course's: {told}");
    // A clone of the course, and the course's files alone.
    let upstream = folder.path().join("upstream");
    clone(&class, &class.demo.upstream(), &upstream, false);
    assert_eq!(findings(&["--upstream", text(&upstream)]).0, wanted);
    let bare = class.path_of(&class.demo.upstream());
    assert_eq!(findings(&["--upstream", text(&bare)]).0, wanted);
    std::fs::remove_dir_all(upstream.join(".git")).expect("no history");
    let (files, _) = findings(&["--upstream", text(&upstream)]);
    assert_eq!(outcome(&files, "project"), outcome(&wanted, "project"));
    // A remote that bears the course's name.
    git(&["-C", text(&home), "remote", "add", "cours", text(&bare)]);
    git(&["-C", text(&home), "fetch", "--quiet", "cours"]);
    let address = format!("git@github.example:{}.git", class.demo.upstream());
    git(&["-C", text(&home), "remote", "set-url", "cours", &address]);
    assert_eq!(findings(&[]).0, wanted);
}
