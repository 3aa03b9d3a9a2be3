use hyper::Method;
use sqlx::postgres::PgPoolOptions;

use super::*;
use crate::domain::ids::CourseId;

fn asked(method: &str, url: &str, headers: &[(&str, &str)], body: &'static str) -> Asked {
    let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    Asked {
        method: method.parse::<Method>().unwrap(),
        url: url.parse().unwrap(),
        headers,
        body: Bytes::from_static(body.as_bytes()),
    }
}

/// Key and fingerprint; no database is asked.
async fn of(asked: &Asked) -> (String, String) {
    let pool = PgPoolOptions::new().connect_lazy("postgres://nobody@127.0.0.1:1/none").unwrap();
    let question = question(&Recordings { pool, course: CourseId(1) }, asked);
    (question.key, question.fingerprint)
}

async fn get(url: &str, headers: &[(&str, &str)]) -> (String, String) {
    of(&asked("GET", url, headers, "")).await
}

#[tokio::test]
async fn the_same_question_is_the_same_whoever_asks() {
    let plain = get("https://example.org/a?x=1", &[]).await;
    for headers in [
        &[("accept", "*/*")][..],
        &[("accept-encoding", "gzip, deflate"), ("sec-fetch-mode", "navigate")],
        &[("referer", "https://example.org/"), ("cache-control", "no-cache")],
        &[("if-none-match", "\"x\"")],
    ] {
        assert_eq!(get("https://example.org/a?x=1", headers).await, plain, "{headers:?}");
    }
    let busted = get("https://example.org/a?x=1&_=1700000000000", &[]).await;
    assert_eq!(busted.0, plain.0);
    assert_ne!(get("https://example.org/a?x=1&_=films", &[]).await.0, plain.0, "no number, no buster");
}

#[tokio::test]
async fn another_question_is_another_one() {
    let plain = get("https://example.org/a", &[]).await;
    let others = [
        asked("HEAD", "https://example.org/a", &[], ""),
        asked("GET", "http://example.org/a", &[], ""),
        asked("GET", "https://example.org/a?b", &[], ""),
        asked("GET", "https://example.org/A", &[], ""),
        asked("POST", "https://example.org/a", &[], ""),
        asked("GET", "https://example.org/a", &[("cookie", "session=1")], ""),
        asked("GET", "https://example.org/a", &[("authorization", "Bearer 1")], ""),
        asked("GET", "https://example.org/a", &[("x-api-key", "1")], ""),
        asked("GET", "https://example.org/a", &[("x-forwarded-host", "evil.example")], ""),
        asked("GET", "https://example.org/a", &[("range", "bytes=0-1")], ""),
        asked("GET", "https://example.org/a", &[("user-agent", "python-requests/2.31")], ""),
    ];
    for other in others {
        assert_ne!(of(&other).await.0, plain.0, "{other:?}");
    }
    let bodies = ["a=1", "a=2"].map(|body| asked("POST", "https://example.org/a", &[], body));
    assert_ne!(of(&bodies[0]).await.0, of(&bodies[1]).await.0);
}

#[tokio::test]
async fn every_browser_asks_the_same_and_a_library_does_not() {
    let with = async |agent: &str| get("https://example.org/", &[("user-agent", agent)]).await.0;
    assert_eq!(with("Mozilla/5.0 (X11) Firefox/1").await, with("Mozilla/5.0 (Windows) Chrome/2").await);
    assert_eq!(with("python-requests/2.31").await, with("python-requests/2.32").await);
    assert_ne!(with("Mozilla/5.0").await, with("python-requests/2.31").await);
}

#[tokio::test]
async fn headers_that_answers_vary_by_make_another_fingerprint_and_the_same_key() {
    let (key, fingerprint) = get("https://example.org/", &[("accept", "text/html")]).await;
    let other = get("https://example.org/", &[("accept", "application/json")]).await;
    assert_eq!(key, other.0);
    assert_ne!(fingerprint, other.1);
}

fn answer(vary: &'static str) -> Answer {
    let headers = HeaderMap::from_iter([(header::VARY, HeaderValue::from_static(vary))]);
    Answer { status: StatusCode::OK, headers, body: Bytes::new() }
}

#[test]
fn an_answer_says_what_it_varies_by() {
    let asked = asked("GET", "https://example.org/", &[("accept-language", "FR")], "");
    let by = |vary| varies(&answer(vary), &asked.headers);
    assert_eq!(by("Accept-Encoding, User-Agent").unwrap(), BTreeMap::new());
    assert_eq!(by("accept-language").unwrap(), BTreeMap::from([("accept-language".to_owned(), "fr".to_owned())]));
    assert_eq!(by("*"), None);
}

#[test]
fn only_what_is_wrong_for_now_is_not_kept() {
    let kept = |status: u16| is_worth_keeping(StatusCode::from_u16(status).unwrap());
    assert!([200, 204, 206, 301, 302, 400, 401, 403, 404, 410].into_iter().all(kept));
    assert!(![408, 425, 429, 500, 502, 503, 504].into_iter().any(kept));
}
