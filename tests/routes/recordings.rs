//! `GET /recordings`, a recording, and forgetting.

use std::collections::BTreeMap;

use forkgrade::db;
use forkgrade::db::recordings::{Claimed, Kept, Question};
use forkgrade::domain::ids::RunId;
use reqwest::StatusCode;

use crate::support::site::{Site, at};

/// A recording as a worker makes it.
async fn record(site: &Site, host: &str, path: &str, body: &[u8], run: RunId) {
    let conn = &mut *site.database.pool.acquire().await.unwrap();
    let url = format!("https://{host}{path}");
    let question = Question { course: site.course_id, key: url.clone(), fingerprint: String::new() };
    let claimed = Claimed { method: "GET", url: &url, host, run };
    let (token, now) = (forkgrade::random::lease(), at("2026-01-20T09:00:00Z"));
    assert!(db::recordings::claim(conn, &question, &claimed, token, now, now).await.unwrap());
    let kept = Kept {
        status: 200,
        headers: vec![("content-type".into(), "text/html".into()), ("x-é".into(), "caf\u{e9}".into())],
        body: body.to_vec(),
        address: blake3(body),
        recorded_at: now,
    };
    assert!(db::recordings::keep(conn, &question, token, &kept, &BTreeMap::new(), 840).await.unwrap());
}

fn blake3(body: &[u8]) -> String {
    format!("{:0>64}", body.len())
}

async fn run_of(site: &Site) -> (i64, RunId) {
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let run =
        sqlx::query_scalar("select id from run order by id limit 1").fetch_one(&site.database.pool).await.unwrap();
    (member.fork.0, RunId(run))
}

#[tokio::test]
async fn a_teacher_sees_what_hosts_answered_and_by_whose_run() {
    let site = Site::new().await;
    let (fork, run) = run_of(&site).await;
    let teacher = site.teacher().await;
    let page = teacher.get("/recordings?lang=en").await;
    assert!(
        page.text().contains("Nothing is recorded.") && page.text().contains("nothing leaves the sandbox"),
        "{}",
        page.text()
    );

    record(&site, "films.example", "/films?page=1", b"<script>alert(1)</script>\xe2\x80\xae", run).await;
    record(&site, "films.example", "/films?page=2", b"<li>Brazil</li>", RunId(404)).await;
    record(&site, "images.example", "/a.png", &[0xff, 0xd8, 0], run).await;
    let page = teacher.get("/recordings?lang=en").await;
    assert_eq!(page.all("#hosts tbody th"), ["films.example", "images.example"]);
    assert_eq!(page.all("#hosts tbody td.number")[..2], ["2", "43 B"]);
    let page = teacher.get("/recordings?lang=en&host=films.example").await;
    let requests = page.all("section tbody th");
    assert_eq!(requests, ["GET https://films.example/films?page=2", "GET https://films.example/films?page=1"]);
    assert_eq!(page.all("section tbody td:last-child"), ["–", "amelie/data-engineer"]);
    assert!(page.body.contains(&format!("href=\"/forks/{fork}\"")));
    assert_eq!(teacher.get("/recordings?host=other.example").await.status, StatusCode::OK, "nothing of it is recorded");
}

#[tokio::test]
async fn an_answer_is_shown_as_text_and_steers_nothing() {
    let site = Site::new().await;
    record(&site, "films.example", "/", b"<script>alert(1)</script>\xe2\x80\xae\x1b[31m", RunId(0)).await;
    record(&site, "films.example", "/a.png", &[0xff, 0xd8, 0], RunId(0)).await;
    let teacher = site.teacher().await;
    let page = teacher.get("/recordings/1?lang=en").await;
    assert_eq!(page.all("pre.log"), ["<script>alert(1)</script>\u{fffd}\u{fffd}[31m"]);
    assert!(page.text().contains("content-type") && page.text().contains("café"), "{}", page.text());
    assert!(teacher.get("/recordings/2?lang=en").await.text().contains("This answer is no text."));
    assert_eq!(teacher.get("/recordings/3").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_forgotten_is_gone_and_nothing_else_is() {
    let site = Site::new().await;
    for path in ["/1", "/2", "/3"] {
        record(&site, "films.example", path, b"x", RunId(0)).await;
    }
    record(&site, "other.example", "/", b"x", RunId(0)).await;
    let teacher = site.teacher().await;
    let one = teacher.post("/recordings/forget", &[("host", "films.example"), ("recording", "2")]).await;
    assert_eq!((one.status, one.location()), (StatusCode::SEE_OTHER, Some("/recordings")));
    assert_eq!(site.count("select count(*) from recording").await, 3);
    teacher.post("/recordings/forget", &[("host", "films.example")]).await;
    assert_eq!(site.count("select count(*) from recording where host = 'other.example'").await, 1);
    assert_eq!(site.count("select count(*) from recording").await, 1);
}
