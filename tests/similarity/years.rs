//! Two years of a course in one installation, compared by the program itself.

use std::path::Path;
use std::process::Output;

use forkgrade::config;
use serde_json::Value;
use tokio::process::Command;

use super::{SCRAPER, UNRELATED, renamed};
use crate::support::database::Database;
use crate::support::github::{Github, UPSTREAM};
use crate::support::logs;

/// Last year's repository.
const LAST_YEAR: &str = "teacher/course-2025";

async fn run(github: &Github, database: &Database, folder: &Path, course: &str, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forkgrade"))
        .args(args)
        .arg("--course")
        .arg(folder.join(course))
        .env("DATABASE_URL", database.url())
        .env("GITHUB_API_URL", github.url().as_str())
        .env("FORKGRADE_DATA_DIR", folder)
        .stderr(logs::log())
        .output()
        .await
        .expect("the program runs")
}

#[tokio::test]
async fn a_copy_from_last_year_is_found_by_its_name() {
    let (github, database, folder) = (Github::start().await, Database::new().await, tempfile::tempdir().unwrap());
    github.create(LAST_YEAR).commit("main", &[("README.md", b"# Course\n")]);
    let hand_in = |upstream: &str, owner: &str, text: &str| {
        github.fork(upstream, owner).commit("main", &[("Evaluation/Projet/app.py", text.as_bytes())]);
        let name = upstream.split_once('/').unwrap().1;
        github.pushed(&format!("{owner}/{name}"));
    };
    hand_in(LAST_YEAR, "ada", SCRAPER);
    hand_in(LAST_YEAR, "blaise", SCRAPER);
    hand_in(UPSTREAM, "lina", &renamed());
    hand_in(UPSTREAM, "noah", UNRELATED);
    let course = |slug: &str, title: &str, upstream: &str| config::default_course(slug, title, upstream);
    std::fs::write(folder.path().join("2025.toml"), course("de-2025", "2025", LAST_YEAR)).unwrap();
    let this_year =
        course("de-2026", "2026", UPSTREAM).replacen("project_dirs", "earlier = [\"de-2025\"]\nproject_dirs", 1);
    std::fs::write(folder.path().join("2026.toml"), this_year).unwrap();

    let unknown = run(&github, &database, folder.path(), "2026.toml", &["similarity", "--json"]).await;
    assert!(!unknown.status.success(), "a course that was never seen cannot be compared with");
    for course in ["2025.toml", "2026.toml"] {
        assert!(run(&github, &database, folder.path(), course, &["sync"]).await.status.success());
    }
    let compared = run(&github, &database, folder.path(), "2026.toml", &["similarity", "--json"]).await;
    let pairs: Value = serde_json::from_slice(&compared.stdout).expect("JSON");
    let mut forks: Vec<_> = pairs.as_array().unwrap().iter().map(|pair| pair["forks"].to_string()).collect();
    forks.sort();
    assert_eq!(
        forks,
        [r#"["lina/course","ada/course-2025 (2025)"]"#, r#"["lina/course","blaise/course-2025 (2025)"]"#],
        "this year's beside last year's, and nobody else"
    );
}
