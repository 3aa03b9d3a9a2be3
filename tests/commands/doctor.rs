//! `forkgrade doctor`: which ways work, and what mends the others.

use serde_json::Value;

use super::{forkgrade, run};
use crate::support::database::Database;
use crate::support::github::{Github, UPSTREAM};

const PUBLIC: &str = "https://notes.example.org/";

/// State and words of one part.
fn part<'a>(found: &'a Value, name: &str) -> (&'a str, &'a str) {
    let found = found.as_array().expect("a list").iter().find(|one| one["part"] == name);
    let found = found.unwrap_or_else(|| panic!("nothing is said of {name}"));
    (found["state"].as_str().unwrap(), found["says"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ways_in_which_pushes_are_heard_of_are_told_apart() {
    let (github, database, folder) = (Github::start().await, Database::new().await, tempfile::tempdir().unwrap());
    let text = forkgrade::config::default_course("course", "Course", UPSTREAM);
    std::fs::write(folder.path().join("course.toml"), text).unwrap();
    let app = github.apps.register();
    std::fs::write(folder.path().join("key.pem"), app.private_key.expose()).unwrap();
    let doctor = |with_app: bool| {
        let mut command = forkgrade(&database, &github, folder.path());
        command.args(["doctor", "--json", "--public-url", PUBLIC]);
        if with_app {
            command.env("GITHUB_APP_ID", app.id.to_string()).env("GITHUB_APP_PRIVATE_KEY_FILE", "key.pem");
            command.env("GITHUB_WEBHOOK_SECRET", "a secret that only GitHub knows");
        }
        async { serde_json::from_str::<Value>(&run(command).await.1).expect("JSON") }
    };

    let nothing = doctor(false).await;
    assert_eq!(part(&nothing, "github app").0, "note");
    assert!(part(&nothing, "webhooks").1.contains("GITHUB_WEBHOOK_SECRET is not set"));
    assert_eq!(part(&nothing, "sweep").0, "fine");

    github.apps.deliver_to("https://elsewhere.example.org/webhooks/github", &[]);
    let elsewhere = doctor(true).await;
    assert_eq!(part(&elsewhere, "github app").0, "fine");
    let (state, says) = part(&elsewhere, "app webhook");
    assert!(state == "missing" && says.contains("elsewhere.example.org") && says.contains(PUBLIC), "{says}");
    assert!(part(&elsewhere, "webhooks").1.contains("none came yet"));

    github.apps.deliver_to("https://notes.example.org/webhooks/github", &[202, 202, 502]);
    let found = doctor(true).await;
    let (state, says) = part(&found, "app webhook");
    assert!(state == "missing" && says.contains("1 of the last 3 did not arrive") && says.contains("502"), "{says}");

    github.apps.deliver_to("https://notes.example.org/webhooks/github", &[202, 200]);
    assert_eq!(part(&doctor(true).await, "app webhook").0, "fine");

    // The key of another app.
    github.apps.register();
    let found = doctor(true).await;
    let (state, says) = part(&found, "github app");
    assert!(state == "missing" && says.contains("GITHUB_APP_PRIVATE_KEY"), "{says}");
}
