//! `forkgrade recordings`: what hosts answered, from a terminal.

use std::collections::BTreeMap;

use forkgrade::db::recordings::{Claimed, Kept, Question, claim, keep};
use forkgrade::domain::ids::{CourseId, RunId};
use serde_json::Value;

use super::{forkgrade, run};
use crate::support::database::Database;
use crate::support::github::{Github, UPSTREAM};

async fn record(database: &Database, host: &str) {
    let conn = &mut *database.pool.acquire().await.unwrap();
    let course = sqlx::query_scalar("select id from course").fetch_one(&mut *conn).await.unwrap();
    let url = format!("http://{host}/");
    let question = Question { course: CourseId(course), key: url.clone(), fingerprint: String::new() };
    let (token, now) = (forkgrade::random::lease(), "2026-01-20T09:00:00Z".parse().unwrap());
    let claimed = Claimed { method: "GET", url: &url, host, run: RunId(0) };
    assert!(claim(conn, &question, &claimed, token, now, now).await.unwrap());
    let headers = vec![("x".to_owned(), "\u{1b}[31m".to_owned())];
    let kept = Kept { status: 200, headers, body: b"\0whole".to_vec(), address: "a".into(), recorded_at: now };
    assert!(keep(conn, &question, token, &kept, &BTreeMap::new(), 1).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn recordings_are_listed_shown_and_forgotten() {
    let (github, database, folder) = (Github::start().await, Database::new().await, tempfile::tempdir().unwrap());
    let text = forkgrade::config::default_course("course", "Course", UPSTREAM);
    std::fs::write(folder.path().join("course.toml"), text).unwrap();
    let recordings = |args: &[&str]| {
        let mut command = forkgrade(&database, &github, folder.path());
        command.arg("recordings").args(args);
        run(command)
    };
    // The first command makes the course.
    assert_eq!(recordings(&["list", "--json"]).await.1.trim(), "[]");
    for host in ["films.example", "other.example"] {
        record(&database, host).await;
    }
    let (code, said, why) = recordings(&["list"]).await;
    assert!(code == Some(0) && said.contains("films.example") && said.contains("2026-01-20 09:00"), "{said} {why}");
    let (_, said, _) = recordings(&["list", "films.example", "--json"]).await;
    let listed: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&listed[0]["url"], &listed[0]["bytes"]), (&"http://films.example/".into(), &6.into()));
    let (code, said, why) = recordings(&["show", "1"]).await;
    assert_eq!((code, said.as_str()), (Some(0), "\0whole"));
    assert!(why.contains("x: \\u{1b}[31m"), "{why}");
    let (code, _, why) = recordings(&["show", "9"]).await;
    assert!(code == Some(2) && why.contains("recordings list HOST"), "{why}");
    assert_eq!(recordings(&["forget"]).await.0, Some(2), "nobody forgets everything by mistake");
    assert_eq!(recordings(&["forget", "films.example"]).await.1.trim(), "1 recordings forgotten");
    assert_eq!(recordings(&["forget", "--all"]).await.1.trim(), "1 recordings forgotten");
}
