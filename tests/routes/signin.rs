//! `GET /`, `GET /t/{token}`, `GET /s/{token}`, `POST /sign-out`

use chrono::TimeDelta;
use reqwest::{Method, StatusCode};

use crate::support::site::{Site, Wanted};

#[tokio::test]
async fn nobody_is_told_how_to_get_in() {
    let site = Site::new().await;
    let page = site.visitor().get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Ouvrez le lien personnel"), "{}", page.text());
}

#[tokio::test]
async fn a_teacher_link_works_once() {
    let site = Site::new().await;
    let link = site.teacher_link().await;
    let teacher = site.visitor();
    let answer = teacher.get(&link).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/forks")));
    assert_eq!(teacher.get("/forks").await.status, StatusCode::OK);

    let thief = site.visitor();
    let answer = thief.get(&link).await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert!(answer.text().contains("redémarrez « forkgrade serve »"), "{}", answer.text());
    assert_eq!(thief.get("/forks").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_teacher_link_runs_out_after_its_day() {
    let site = Site::new().await;
    let link = site.teacher_link().await;
    site.clock.advance(TimeDelta::hours(25));
    assert_eq!(site.visitor().get(&link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn looking_ahead_does_not_use_a_link_up() {
    let site = Site::new().await;
    let link = site.teacher_link().await;
    let visitor = site.visitor();
    let head = visitor.send(visitor.request(Method::HEAD, &link)).await;
    let guess = visitor.send(visitor.request(Method::GET, &link).header("sec-purpose", "prefetch;prerender")).await;
    assert_eq!((head.status, guess.status), (StatusCode::BAD_REQUEST, StatusCode::BAD_REQUEST));
    assert_eq!(visitor.get(&link).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_student_link_works_again_and_again_until_it_is_replaced() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie Moreau")]).await;
    let link = site.student_link(member.students[0]).await;
    for _ in 0..2 {
        let student = site.visitor();
        assert_eq!(student.get(&link).await.location(), Some("/me"));
        assert!(student.get("/me").await.text().contains("Bonjour Amélie Moreau"));
    }
    let before = site.student(member.students[0]).await;
    assert_eq!(site.visitor().get(&link).await.status, StatusCode::GONE);
    site.student_link(member.students[0]).await;
    assert_eq!(before.get("/me").await.status, StatusCode::UNAUTHORIZED, "the old link's sessions end with it");
}

#[tokio::test]
async fn a_session_ends_by_signing_out_and_by_itself() {
    let site = Site::new().await;
    let (one, other) = (site.teacher().await, site.teacher().await);
    let stolen = one.request(Method::GET, "/forks");
    let answer = one.post("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/")));
    assert!(one.cookie_names().is_empty());
    assert_eq!(one.send(stolen).await.status, StatusCode::UNAUTHORIZED, "the cookie itself is worth nothing any more");

    assert_eq!(other.get("/forks").await.status, StatusCode::OK);
    site.clock.advance(TimeDelta::days(15));
    assert_eq!(other.get("/forks").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_before() {
    let site = Site::new().await;
    let visitor = site.teacher().await;
    let before = visitor.request(Method::GET, "/forks");
    visitor.get(&site.teacher_link().await).await;
    assert_eq!(visitor.send(before).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(visitor.get("/forks").await.status, StatusCode::OK);
    assert_eq!(site.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn tokens_are_kept_as_hashes_only() {
    let site = Site::new().await;
    let link = site.teacher_link().await;
    let token = link.trim_start_matches("/t/");
    let stored: Vec<u8> =
        sqlx::query_scalar("select token_hash from teacher_link").fetch_one(&site.database.pool).await.unwrap();
    assert_eq!(stored, forkgrade::random::token_hash(token));
    assert_ne!(stored, hex::decode(token).unwrap());
}

#[tokio::test]
async fn cookies_are_locked_up() {
    let plain = Site::new().await;
    let answer = plain.visitor().get(&plain.teacher_link().await).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("forkgrade=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );

    let public_url = Some("https://grades.example/".parse().unwrap());
    let secure = Site::with(Wanted { public_url, ..Wanted::default() }).await;
    let answer = secure.visitor().get(&secure.teacher_link().await).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-forkgrade=") && cookie.ends_with("; Secure") && cookie.contains("Path=/;"),
        "{cookie}"
    );
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test]
async fn the_language_is_the_readers() {
    let site = Site::new().await;
    let visitor = site.visitor();
    let asking = |language: &str| visitor.request(Method::GET, "/").header("accept-language", language.to_owned());
    assert!(visitor.get("/").await.body.contains(r#"<html lang="fr">"#), "the course's own language");
    assert!(visitor.send(asking("en-GB,en;q=0.9")).await.body.contains(r#"<html lang="en">"#));
    assert!(visitor.get("/?lang=en").await.body.contains(r#"<html lang="en">"#));
    assert!(visitor.get("/").await.body.contains(r#"<html lang="en">"#), "remembered");
    assert!(visitor.get("/?lang=xx").await.body.contains(r#"<html lang="en">"#), "an unknown language changes nothing");
}
