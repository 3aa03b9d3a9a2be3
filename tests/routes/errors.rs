//! Every answer that is a refusal or a failure.

use reqwest::{Method, StatusCode};

use crate::support::site::Site;

#[tokio::test]
async fn a_missing_page_says_what_to_do_in_the_readers_language() {
    let site = Site::new().await;
    let page = site.visitor().get("/no/such/page?lang=en").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("There is no such page") && page.text().contains("begin again from the start"));
}

#[tokio::test]
async fn whoever_wants_json_gets_a_problem() {
    let site = Site::new().await;
    let visitor = site.visitor();
    let answer = visitor.send(visitor.request(Method::GET, "/forks").header("accept", "application/json")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], 401);
}

#[tokio::test]
async fn our_own_failure_shows_an_id_and_not_its_cause() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    sqlx::query("alter table fork rename to was_fork").execute(&site.database.pool).await.unwrap();
    let page = teacher.get("/forks?lang=en").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(page.all("p code").remove(0).len(), 8);
    assert!(!page.body.contains("relation") && !page.body.contains("database"), "{}", page.body);
}

#[tokio::test]
async fn a_database_that_is_away_is_not_an_internal_error() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    site.database.pool.close().await;
    let page = teacher.get("/forks?lang=en").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text().contains("Reload the page in a minute"));
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let post = || teacher.request(Method::POST, "/sign-out").header("accept", "text/html");
    for request in [
        post().header("sec-fetch-site", "cross-site"),
        post().header("sec-fetch-site", "same-site"),
        post().header("origin", "https://evil.example"),
        post().header("origin", "null"),
    ] {
        let answer = teacher.send(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.text().contains("ne vient pas de nos pages"));
    }
    assert_eq!(teacher.get("/forks").await.status, StatusCode::OK, "still signed in");
    let own = post().header("origin", site.url.as_str().trim_end_matches('/'));
    assert_eq!(teacher.send(own).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let site = Site::new().await;
    let visitor = site.visitor();
    for path in ["/", "/forks", "/static/app.css", "/healthz", "/nothing"] {
        let answer = visitor.get(path).await;
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(answer.header("cache-control").is_some());
    }
}

#[tokio::test]
async fn a_page_never_repeats_a_token() {
    let site = Site::new().await;
    let token = "c0ffee".repeat(10);
    let page = site.visitor().get(&format!("/s/{token}")).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(!page.body.contains(&token), "{}", page.body);
}

#[tokio::test]
async fn a_wrong_method_and_a_long_form_are_refused_in_words() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let answer = teacher.send(teacher.request(Method::DELETE, "/forks").header("accept", "text/html")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").is_some_and(|allow| allow.contains("GET")), "{:?}", answer.headers);
    let long = "x".repeat(100_000);
    let answer = teacher.post("/publication", &[("published", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = teacher.post("/publication", &[("published", "perhaps")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("n’a pas été comprise"));
}
