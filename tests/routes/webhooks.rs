//! `POST /webhooks/github`

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use sha2::Sha256;

use crate::support::class::Member;
use crate::support::site::{Answer, Site, WEBHOOK_SECRET, Wanted};

const HEAD: &str = "4f2a9d0c1b3e5f67890123456789abcdef012345";

pub fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub fn push(repo: i64, branch: &str, head: &str) -> String {
    json!({ "ref": format!("refs/heads/{branch}"), "after": head, "deleted": false, "repository": { "id": repo } })
        .to_string()
}

/// A delivery as GitHub makes it.
pub fn delivery(site: &Site, event: &str, id: &str, body: &str) -> RequestBuilder {
    site.visitor()
        .request(Method::POST, "/webhooks/github")
        .header("content-type", "application/json")
        .header("x-github-event", event)
        .header("x-github-delivery", id)
        .header("x-hub-signature-256", sign(WEBHOOK_SECRET, body.as_bytes()))
        .body(body.to_owned())
}

pub async fn send(site: &Site, request: RequestBuilder) -> Answer {
    site.visitor().send(request).await
}

pub async fn fork(site: &Site) -> Member {
    site.fork(&[("amelie", "Amélie")]).await
}

async fn stored(site: &Site) -> (i64, i64, i64) {
    let (deliveries, submissions) =
        (site.count("select count(*) from delivery"), site.count("select count(*) from submission"));
    (deliveries.await, submissions.await, site.count("select count(*) from run where state = 'queued'").await)
}

#[tokio::test]
async fn a_signed_push_becomes_a_submission_and_its_run() {
    let site = Site::new().await;
    let member = fork(&site).await;
    let answer = send(&site, delivery(&site, "push", "1", &push(member.repo.0, "main", HEAD))).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, "queued\n"));
    assert_eq!(stored(&site).await, (1, 1, 1));
    let (commit, learnt): (String, String) =
        sqlx::query_as("select commit_sha, learnt_from from submission").fetch_one(&site.database.pool).await.unwrap();
    assert_eq!((commit.as_str(), learnt.as_str()), (HEAD, "webhook"));
}

#[tokio::test]
async fn a_replay_changes_nothing() {
    let site = Site::new().await;
    let member = fork(&site).await;
    let body = push(member.repo.0, "main", HEAD);
    send(&site, delivery(&site, "push", "1", &body)).await;
    let again = send(&site, delivery(&site, "push", "1", &body)).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::OK, "delivered before\n"));
    // Even where the replay carries something else.
    send(&site, delivery(&site, "push", "1", &push(member.repo.0, "main", &"b".repeat(40)))).await;
    assert_eq!(stored(&site).await, (1, 1, 1));
}

#[tokio::test]
async fn the_same_delivery_sent_many_times_at_once_counts_once() {
    let site = Site::new().await;
    let member = fork(&site).await;
    let body = push(member.repo.0, "main", HEAD);
    let requests = (0..20).map(|_| send(&site, delivery(&site, "push", "1", &body)));
    let answers = futures::future::join_all(requests).await;
    let queued = answers.iter().filter(|answer| answer.status == StatusCode::ACCEPTED).count();
    assert_eq!((queued, answers.iter().filter(|answer| answer.status == StatusCode::OK).count()), (1, 19));
    assert_eq!(stored(&site).await, (1, 1, 1));
}

#[tokio::test]
async fn a_known_head_is_not_queued_again_and_a_newer_one_supersedes() {
    let site = Site::new().await;
    let member = fork(&site).await;
    for (id, head) in [("1", HEAD), ("2", HEAD), ("3", &"b".repeat(40))] {
        assert_eq!(
            send(&site, delivery(&site, "push", id, &push(member.repo.0, "main", head))).await.status,
            StatusCode::ACCEPTED
        );
    }
    assert_eq!(stored(&site).await, (3, 2, 1));
    assert_eq!(site.count("select count(*) from run where state = 'superseded'").await, 1);
}

#[tokio::test]
async fn every_configured_secret_may_sign() {
    let site = Site::new().await;
    let body = "{}";
    let signed_by = async |secret: &str| {
        let request = site
            .visitor()
            .request(Method::POST, "/webhooks/github")
            .header("content-type", "application/json")
            .header("x-github-event", "ping")
            .header("x-github-delivery", format!("by {secret}"))
            .header("x-hub-signature-256", sign(secret, body.as_bytes()))
            .body(body);
        send(&site, request).await.status
    };
    assert_eq!(signed_by("the webhook secret of before").await, StatusCode::OK);
    assert_eq!(signed_by(WEBHOOK_SECRET).await, StatusCode::OK);
    assert_eq!(signed_by("another").await, StatusCode::UNAUTHORIZED);
    assert_eq!(signed_by("").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_not_signed_stores_nothing() {
    let site = Site::new().await;
    let member = fork(&site).await;
    let body = push(member.repo.0, "main", HEAD);
    let with = |signature: &str| {
        delivery(&site, "push", "1", "").header("x-hub-signature-256", signature.to_owned()).body(body.clone())
    };
    let none = site
        .visitor()
        .request(Method::POST, "/webhooks/github")
        .header("content-type", "application/json")
        .header("x-github-event", "push")
        .header("x-github-delivery", "1")
        .body(body.clone());
    let other_body = delivery(&site, "push", "1", &push(member.repo.0, "main", &"c".repeat(40))).body(body.clone());
    for request in [none, other_body, with("sha256="), with("sha1=abc"), with("sha256=zz"), with("")] {
        let answer = send(&site, request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!(stored(&site).await, (0, 0, 0));
}

#[tokio::test]
async fn what_is_malformed_stores_nothing() {
    let site = Site::new().await;
    fork(&site).await;
    let zero = json!({ "ref": 5, "after": HEAD, "repository": { "id": 1000 } }).to_string();
    let evil =
        json!({ "ref": "refs/heads/main", "after": "--upload-pack=x", "repository": { "id": 1000 } }).to_string();
    for body in ["{", "", "[]", "null", "\u{0}", &zero, &evil] {
        assert_eq!(send(&site, delivery(&site, "push", "1", body)).await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(send(&site, delivery(&site, "star", "1", "{")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send(&site, delivery(&site, "push", &"1".repeat(200), "{}")).await.status, StatusCode::BAD_REQUEST);
    let text = delivery(&site, "ping", "1", "{}").header("content-type", "text/plain");
    // The client sends both types; the first one is asked.
    assert_eq!(send(&site, text).await.status, StatusCode::OK);
    assert_eq!(stored(&site).await, (1, 0, 0));
}

#[tokio::test]
async fn another_type_of_content_is_refused() {
    let site = Site::new().await;
    let request = site
        .visitor()
        .request(Method::POST, "/webhooks/github")
        .header("content-type", "text/plain")
        .header("x-github-event", "ping")
        .header("x-github-delivery", "1")
        .header("x-hub-signature-256", sign(WEBHOOK_SECRET, b"{}"))
        .body("{}");
    assert_eq!(send(&site, request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_form_carries_the_same() {
    let site = Site::new().await;
    let member = fork(&site).await;
    let form = async |id: &str, body: String| {
        let request = site
            .visitor()
            .request(Method::POST, "/webhooks/github")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-github-event", "push")
            .header("x-github-delivery", id)
            .header("x-hub-signature-256", sign(WEBHOOK_SECRET, body.as_bytes()))
            .body(body);
        send(&site, request).await.status
    };
    let payload = push(member.repo.0, "main", HEAD);
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload).finish();
    assert_eq!(form("1", body).await, StatusCode::ACCEPTED);
    assert_eq!(form("2", "other=x".into()).await, StatusCode::BAD_REQUEST);
    assert_eq!(stored(&site).await, (1, 1, 1));
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let site = Site::new().await;
    let huge = "x".repeat(25 * 1024 * 1024 + 1);
    let announced = delivery(&site, "push", "1", "{}").body(huge.clone());
    assert_eq!(status_even_if_cut_off(announced).await, StatusCode::PAYLOAD_TOO_LARGE);
    // Without its length the body is read up to the limit and no further.
    let pieces = futures::stream::iter(
        huge.into_bytes().chunks(1 << 20).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>(),
    );
    let unannounced = delivery(&site, "push", "1", "{}").body(reqwest::Body::wrap_stream(pieces));
    assert_eq!(status_even_if_cut_off(unannounced).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(stored(&site).await, (0, 0, 0));
}

/// The server may answer and hang up while we still send.
async fn status_even_if_cut_off(request: RequestBuilder) -> StatusCode {
    match request.send().await {
        Ok(response) => response.status(),
        Err(error) if error.is_request() => StatusCode::PAYLOAD_TOO_LARGE,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn only_the_graded_branch_counts() {
    let site = Site::new().await;
    let member = fork(&site).await;
    let tag = json!({ "ref": "refs/tags/main", "after": HEAD, "repository": { "id": member.repo } }).to_string();
    let gone = json!({ "ref": "refs/heads/main", "after": "0".repeat(40), "deleted": true, "repository": { "id": member.repo } });
    for (id, body) in [("1", push(member.repo.0, "essai", HEAD)), ("2", tag), ("3", gone.to_string())] {
        let answer = send(&site, delivery(&site, "push", id, &body)).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, "nothing to do\n"));
    }
    assert_eq!(stored(&site).await, (3, 0, 0));
}

#[tokio::test]
async fn a_repository_that_nobody_knows_asks_for_a_sweep() {
    let site = Site::new().await;
    let answer = send(&site, delivery(&site, "push", "1", &push(4711, "main", HEAD))).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(site.count("select count(*) from course where sweep_requested_at is not null").await, 1);
    assert_eq!(stored(&site).await, (1, 0, 0));
}

#[tokio::test]
async fn ping_is_answered_and_other_events_are_counted() {
    let site = Site::new().await;
    let ping = send(&site, delivery(&site, "ping", "1", r#"{"zen": "Keep it logically awesome."}"#)).await;
    assert_eq!((ping.status, ping.body.as_str()), (StatusCode::OK, "pong\n"));
    assert_eq!(send(&site, delivery(&site, "star", "2", "{}")).await.status, StatusCode::ACCEPTED);
    assert_eq!(site.count("select count(*) from delivery where event = 'star'").await, 1);
}

#[tokio::test]
async fn without_a_secret_nothing_is_believed() {
    let site = Site::with(Wanted { secrets: Vec::new(), ..Wanted::default() }).await;
    let answer = send(&site, delivery(&site, "ping", "1", "{}")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("GITHUB_WEBHOOK_SECRET"), "{}", answer.body);
    assert_eq!(stored(&site).await, (0, 0, 0));
}

#[tokio::test]
async fn a_delivery_and_what_follows_from_it_are_stored_together_or_not_at_all() {
    let site = Site::new().await;
    let member = fork(&site).await;
    sqlx::query("alter table run rename to was_run").execute(&site.database.pool).await.unwrap();
    let body = push(member.repo.0, "main", HEAD);
    assert_eq!(send(&site, delivery(&site, "push", "1", &body)).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    sqlx::query("alter table was_run rename to run").execute(&site.database.pool).await.unwrap();
    assert_eq!(stored(&site).await, (0, 0, 0));
    // GitHub delivers again, by hand or by itself.
    assert_eq!(send(&site, delivery(&site, "push", "1", &body)).await.status, StatusCode::ACCEPTED);
    assert_eq!(stored(&site).await, (1, 1, 1));
}
