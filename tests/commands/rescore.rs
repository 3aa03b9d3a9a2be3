//! `forkgrade rescore`: who would move by the file's rubric, and moving them.

use serde_json::Value;

use super::run;
use crate::support::class::plausible;
use crate::support::github::Github;
use crate::support::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_stores_nothing_and_says_what_rescore_then_does() {
    let (github, site, folder) = (Github::start().await, Site::new().await, tempfile::tempdir().unwrap());
    plausible(&site).await;
    let course = forkgrade::config::default_course("data-engineer", "Data Engineer", "teacher/data-engineer");
    let deadline = "\n[deadline]\nat = 2026-01-27T23:59:00+01:00\ngrace_minutes = 15\npenalty_per_day = 1\nlate_days = 7\n\n[rubric]\n";
    let course = course.replacen("\n[rubric]\n", deadline, 1);
    let file = folder.path().join("course.toml");
    std::fs::write(&file, &course).unwrap();
    let rescore = |args: &[&str]| {
        let mut command = super::forkgrade(&site.database, &github, folder.path());
        command.arg("rescore").args(args);
        run(command)
    };
    let scores = "select count(*) from score";
    let before = site.count(scores).await;
    let (code, said, why) = rescore(&["--preview"]).await;
    assert_eq!(code, Some(0), "{why}");
    assert!(said.contains("0 up, 0 down"), "{said}");

    let (head, starts) = course.split_once("id = \"starts\"").expect("it has this criterion");
    let starts = starts.replacen("points = 3", "points = 5\npartial = false", 1);
    std::fs::write(&file, format!("{head}id = \"starts\"{starts}")).unwrap();
    let (code, said, why) = rescore(&["--preview"]).await;
    assert_eq!(code, Some(0), "{why}");
    assert!(said.contains("The application starts +") && said.contains("hugo-lambert/data-engineer"), "{said}");
    let (_, said, _) = rescore(&["--preview", "--json"]).await;
    let previewed: Value = serde_json::from_str(&said).expect("JSON");
    let movers = previewed["movers"].as_array().expect("movers");
    assert!(!movers.is_empty() && movers[0]["causes"].is_array(), "{said}");
    assert_eq!((site.count(scores).await, site.count("select count(*) from rubric_version").await), (before, 1));

    let (code, said, why) = rescore(&[]).await;
    assert_eq!(code, Some(0), "{why}");
    assert!(said.contains("0 totals moved"), "the file alone moves nobody: {said}");
    assert!(why.contains("is not the one in force"), "and that is said: {why}");
    let (code, said, why) = rescore(&["--from-file", "--reason", "Agreed in the council"]).await;
    assert_eq!(code, Some(0), "{why}");
    assert!(said.contains("totals moved") && !said.contains(" 0 totals moved"), "{said}");
    let applied = "select count(*) from audit where action = 'rubric_applied' and actor = 'command' and reason = 'Agreed in the council'";
    assert_eq!(site.count(applied).await, 1);
    assert_eq!(site.count("select count(*) from rubric_version where actor = 'command'").await, 1);
    for mover in movers {
        let total: i32 = sqlx::query_scalar(
            "select max(total) from score join submission on submission.id = submission_id join fork on fork.id = fork_id
             where current and full_name = $1 and total = $2",
        )
        .bind(mover["full_name"].as_str().unwrap())
        .bind((mover["after"].as_str().unwrap().parse::<f64>().unwrap() * 100.0).round() as i32)
        .fetch_one(&site.database.pool)
        .await
        .unwrap_or_else(|_| panic!("{mover} is stored"));
        assert!(total >= 0);
    }
    // A second time, nothing is left.
    let (_, said, why) = rescore(&["--from-file"]).await;
    assert!(said.contains("0 scores stored anew") && !why.contains("in force"), "{said} {why}");
    assert_eq!(site.count("select count(*) from rubric_version").await, 2);
    // Whoever still has the file of before changes nothing by working with it.
    std::fs::write(&file, &course).unwrap();
    let (_, said, _) = rescore(&[]).await;
    assert!(said.contains("0 scores stored anew"), "{said}");
}
