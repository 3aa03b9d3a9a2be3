//! `GET /audit`, `GET /audit.csv`

use chrono::TimeDelta;
use forkgrade::db;
use forkgrade::db::audit::Entry;
use forkgrade::domain::audit::{Action, Actor};
use forkgrade::domain::ids::ForkId;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::site::Site;

async fn write(site: &Site, entry: &Entry<'_>) {
    let conn = &mut *site.database.pool.acquire().await.unwrap();
    db::audit::write(conn, site.course_id, entry, site.clock.now()).await.unwrap();
}

fn teacher(login: &str) -> Actor {
    Actor::Teacher { login: login.parse().ok() }
}

#[tokio::test]
async fn what_teachers_do_is_written_down_with_the_change() {
    let site = Site::new().await;
    let (one, other) =
        (site.graded_fork(&[("amelie", "Amélie")]).await, site.graded_fork(&[("basile", "Basile")]).await);
    let sacha = site.rostered("sacha", "Sacha").await;
    let visitor = site.teacher().await;
    visitor.post(&format!("/forks/{}/runs", one.fork), &[]).await;
    visitor.post("/publication", &[("published", "true")]).await;
    visitor.post("/publication", &[("published", "false")]).await;
    let pair = [("fork", other.fork.to_string()), ("student", sacha.to_string())];
    let pair: Vec<(&str, &str)> = pair.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post("/roster/attach", &pair).await;
    visitor.post("/roster/detach", &pair).await;
    visitor.post(&format!("/students/{sacha}/unlist"), &[]).await;

    let page = visitor.get("/audit?lang=en").await;
    assert_eq!(page.status, StatusCode::OK);
    let done = page.all("#audit .what b");
    let wanted = [
        "Student taken off the list",
        "Student detached",
        // Basile, whom no list names.
        "Student detached",
        "Student attached",
        "Results hidden",
        "Results published",
        "Run again",
    ];
    assert_eq!(done, wanted);
    assert!(page.all("#audit .when").iter().all(|who| who.ends_with("a teacher, by link")), "{:?}", page.all(".when"));
    let of_one = visitor.get(&format!("/audit?lang=en&fork={}", one.fork)).await.all("#audit .what b");
    assert_eq!(of_one, ["Results hidden", "Results published", "Run again"], "the whole course's touch each fork");
    let of_sacha = visitor.get("/audit?lang=en&person=SACH&action=detached").await.all("#audit .what b");
    assert_eq!(of_sacha, ["Student detached"]);
}

#[tokio::test]
async fn what_fails_is_not_written_down() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let visitor = site.teacher().await;
    let student = member.students[0].to_string();
    let answer = visitor.post("/roster/detach", &[("fork", "4242"), ("student", &student)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.post(&format!("/forks/{}/runs?submission=77", member.fork), &[]).await.status, 404);
    assert_eq!(site.count("select count(*) from audit").await, 0);
}

#[tokio::test]
async fn a_long_log_is_paged_and_keeps_its_filter() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    for number in 0..120 {
        let (ada, blaise) = (teacher("ada"), teacher("blaise"));
        let actor = if number % 2 == 0 { &ada } else { &blaise };
        let entry =
            Entry::new(actor, Action::RunForced).of_fork(member.fork).changing(None, json!({ "scores": number }));
        write(&site, &entry).await;
        site.clock.advance(TimeDelta::seconds(1));
    }
    let visitor = site.teacher().await;
    let mut seen = Vec::new();
    let mut path = "/audit?person=ada&lang=en".to_owned();
    loop {
        let page = visitor.get(&path).await;
        seen.extend(page.all("#audit .change b"));
        assert!(page.all("#audit .when span").iter().all(|who| who == "ada"));
        let document = scraper::Html::parse_document(&page.body);
        let next = scraper::Selector::parse("a[rel=next]").unwrap();
        match document.select(&next).next().and_then(|link| link.attr("href")) {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    let wanted: Vec<String> = (0..60).rev().map(|number| (2 * number).to_string()).collect();
    assert_eq!(seen, wanted, "each once, newest first");
}

#[tokio::test]
async fn hostile_words_stay_text_and_no_formula_is_exported() {
    const HOSTILE: &str = "=HYPERLINK(\"http://x\")<script>alert(1)</script>";
    let site = Site::new().await;
    let member = site.fork(&[("amelie", HOSTILE)]).await;
    let actor = teacher("ada");
    let mut entry = Entry::new(&actor, Action::OverrideSet).of_fork(member.fork).of_student(member.students[0]);
    (entry.criterion, entry.reason) = (Some("@criterion"), Some(HOSTILE));
    write(&site, &entry.changing(json!({ HOSTILE: HOSTILE }), json!({ "until": HOSTILE, "points": [HOSTILE] }))).await;
    let visitor = site.teacher().await;
    let page = visitor.get("/audit").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("<script>alert") && page.text().contains("<script>alert(1)</script>"));
    let file = visitor.get("/audit.csv").await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let mut reader = csv::Reader::from_reader(file.body.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{rows:?}");
    assert_eq!((&rows[0][2], &rows[0][3], &rows[0][6]), ("ada", "override_set", "amelie"));
}

#[tokio::test]
async fn unknown_filters_ask_for_nothing_that_breaks() {
    let site = Site::new().await;
    let visitor = site.teacher().await;
    for query in ["fork=x", "fork=99999999999999999999", "action=none", "before=-1", "person=%25", "person=%00"] {
        let status = visitor.get(&format!("/audit?{query}")).await.status;
        assert!(status == StatusCode::OK || status == StatusCode::BAD_REQUEST, "{query}: {status}");
    }
}

#[tokio::test]
async fn the_log_cannot_be_changed() {
    let site = Site::new().await;
    write(&site, &Entry::new(&Actor::Command, Action::Rescored).of_fork(site.fork(&[("a", "")]).await.fork)).await;
    assert_eq!(site.count("select fork_id from audit").await, ForkId(1).0);
    for sql in ["update audit set reason = 'another'", "delete from audit", "truncate audit"] {
        let error = sqlx::query(sql).execute(&site.database.pool).await.unwrap_err();
        assert!(error.to_string().contains("immutable"), "{error}");
    }
}
