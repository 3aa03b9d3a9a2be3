//! `forkgrade explain`: how a grade came about.

use serde_json::{Value, json};

use super::run;
use crate::support::github::Github;
use crate::support::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_grade_is_explained_line_by_line() {
    let (github, site, folder) = (Github::start().await, Site::new().await, tempfile::tempdir().unwrap());
    site.graded_fork(&[("amelie", "Amélie")]).await;
    let course = forkgrade::config::default_course("data-engineer", "Data Engineer", "teacher/data-engineer");
    std::fs::write(folder.path().join("course.toml"), course).unwrap();
    let explain = |args: &[&str]| {
        let mut command = super::forkgrade(&site.database, &github, folder.path());
        command.arg("explain").args(args);
        run(command)
    };
    let (code, said, why) = explain(&["amelie"]).await;
    assert_eq!(code, Some(0), "{why}");
    for line in ["amelie/data-engineer at ", ", of record", "Projet déposé", "Critères de base", "Total", "rubric "]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    let (_, said, _) = explain(&["amelie", "--json"]).await;
    let explained: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(explained["score"]["findings"].as_array().map(Vec::len), Some(site.course.rubric.criteria.len()));
    // What it was made from, and by what.
    let made = &explained["score"]["provenance"];
    let (rubric, inspection, execution): (String, String, String) =
        sqlx::query_as("select rubric_hash, inspection, execution from score")
            .fetch_one(&site.database.pool)
            .await
            .unwrap();
    assert_eq!(
        (&made["rubric"], &made["inspection"], &made["execution"]),
        (&json!(rubric), &json!(inspection), &json!(execution))
    );
    assert_eq!(made["program"], "0.1.0");
    // A rubric that is not applied yet explains nothing that was scored before it.
    let file = folder.path().join("course.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let running = "title_en = \"Running\"\n";
    assert!(text.contains(running));
    std::fs::write(&file, text.replace(running, &format!("{running}at_most = 0.25\n"))).unwrap();
    let (code, unapplied, why) = explain(&["amelie", "--json"]).await;
    assert_eq!((code, &unapplied), (Some(0), &said), "{why}");
    let (code, _, why) = explain(&["nobody"]).await;
    assert_eq!(code, Some(2));
    assert!(why.contains("no fork is called nobody"), "{why}");
}
