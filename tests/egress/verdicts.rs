//! Whose doing it was, from a push to the finding: the student's, or the network's, which is tried again and costs nobody a thing.

use sqlx::Row;

use crate::commands::{forkgrade, run};
use crate::support::database::Database;
use crate::support::github::{Github, UPSTREAM};
use crate::support::world::World;

/// Students whose program fetches a page of this address, graded.
async fn graded(world: &World, students: &[&str], address: &str) -> Database {
    let (github, database, folder) = (Github::start().await, Database::new().await, tempfile::tempdir().unwrap());
    let app = format!("import urllib.request\nprint(urllib.request.urlopen('{address}', timeout=9).read().decode())\n");
    for student in students {
        github.fork(UPSTREAM, student).commit("main", &[("Evaluation/Projet/app.py", app.as_bytes())]);
        github.pushed(&format!("{student}/course"));
    }
    let text = forkgrade::config::default_course("course", "Course", UPSTREAM);
    let rules = "egress = { allow = [\"films.example\", \"closed.example\"] }";
    std::fs::write(folder.path().join("course.toml"), format!("{text}\n[services]\n\n[sandbox]\n{rules}\n")).unwrap();
    let mut command = forkgrade(&database, &github, folder.path());
    command.args(["grade", "--all", "--json"]).env("FORKGRADE_SLOTS", "1");
    command.env("FORKGRADE_EGRESS_NETWORKS", "127.0.0.1").env("FORKGRADE_EGRESS_HOSTS", world.hosts());
    let (code, said, why) = run(command).await;
    assert!(code.is_some_and(|code| code < 2), "{said} {why}");
    database
}

/// Attempts and reuse of every run, in their order; all of them finished.
async fn runs(database: &Database) -> Vec<(i32, bool)> {
    let rows =
        sqlx::query("select state, attempt, reused from run order by id").fetch_all(&database.pool).await.unwrap();
    assert!(rows.iter().all(|row| row.get::<&str, _>("state") == "finished"));
    rows.iter().map(|row| (row.get("attempt"), row.get("reused"))).collect()
}

/// Everything that the criterion `starts` says, as it is stored.
async fn starts(database: &Database) -> String {
    let score: serde_json::Value = sqlx::query_scalar("select to_jsonb(score) from score order by id limit 1")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let findings = score["findings"].as_array().expect("findings");
    findings.iter().find(|finding| finding["criterion"] == "starts").expect("the criterion").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_in_trouble_is_asked_again_and_nobody_pays() {
    let world = World::new().await;
    let database = graded(&world, &["ada"], "http://films.example/shaky").await;
    assert_eq!(runs(&database).await, [(2, false)]);
    let finding = starts(&database).await;
    assert!(finding.contains("\"passed\"") && !finding.contains("network-"), "{finding}");
    assert_eq!(world.site.hits("GET /shaky"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_stays_away_is_told_as_the_networks_doing_and_its_facts_serve_nobody_else() {
    let world = World::new().await;
    let database = graded(&world, &["ada", "bob"], "http://closed.example/").await;
    assert_eq!(runs(&database).await, [(3, false), (3, false)], "the same project, looked at anew");
    let finding = starts(&database).await;
    for key in ["network-unreachable", "closed.example", "network-not-yours"] {
        assert!(finding.contains(key), "{key} in {finding}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_the_course_does_not_name_is_the_students_to_change() {
    let world = World::new().await;
    let database = graded(&world, &["ada", "bob"], "http://other.example/").await;
    assert_eq!(
        runs(&database).await,
        [(1, false), (1, true)],
        "nothing of it is the network's, and it serves a partner too"
    );
    let finding = starts(&database).await;
    assert!(finding.contains("network-not-allowed") && !finding.contains("network-not-yours"), "{finding}");
}
