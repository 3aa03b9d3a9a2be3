//! Deliveries as GitHub really makes them: of every kind, late, out of order, at once.

use std::io::Read;

use flate2::read::GzDecoder;
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::Row;

use super::webhooks::{delivery, fork, send};
use crate::support::class::Member;
use crate::support::site::Site;

const OLD: &str = "0a00000000000000000000000000000000000001";
const NEW: &str = "0b00000000000000000000000000000000000002";
const FIRST: &str = "0c00000000000000000000000000000000000003";
/// GitHub's clock when the older one was pushed.
const PUSHED: i64 = 1_768_465_200;

fn push(member: &Member, before: &str, after: &str, pushed_at: i64) -> String {
    let repository = json!({ "id": member.repo, "pushed_at": pushed_at });
    json!({ "ref": "refs/heads/main", "before": before, "after": after, "repository": repository }).to_string()
}

/// Commits as they follow one another, and the state of each one's run.
async fn heads(site: &Site) -> Vec<(String, String)> {
    let rows = sqlx::query(
        "select commit_sha, run.state from submission join run on run.submission_id = submission.id
         order by submission.received_at, submission.id",
    )
    .fetch_all(&site.database.pool)
    .await
    .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn pair(commit: &str, state: &str) -> (String, String) {
    (commit.to_owned(), state.to_owned())
}

#[tokio::test]
async fn every_example_of_github_is_taken_in() {
    let site = Site::new().await;
    let mut lines = String::new();
    let packed = include_bytes!("../fixtures/webhooks-examples.jsonl.gz");
    GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).unwrap();
    let examples: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(examples.len(), 404);
    for (number, example) in examples.iter().enumerate() {
        let event = example["event"].as_str().unwrap();
        let answer = send(&site, delivery(&site, event, &number.to_string(), &example["payload"].to_string())).await;
        assert!(answer.status.is_success(), "{event}, number {number}: {} {}", answer.status, answer.body);
    }
    assert_eq!(site.count("select count(*) from delivery").await, 404);
    assert_eq!(site.count("select count(*) from submission").await, 0, "none is of a fork of this course");
    assert!(site.count("select count(distinct event) from delivery").await > 50);
}

#[tokio::test]
async fn an_older_push_that_is_told_late_does_not_become_the_head() {
    // By GitHub's clock, and within one second by what was there before.
    for newer_at in [PUSHED + 60, PUSHED] {
        let site = Site::new().await;
        let member = fork(&site).await;
        let newer = push(&member, OLD, NEW, newer_at);
        let older = push(&member, FIRST, OLD, PUSHED);
        assert_eq!(send(&site, delivery(&site, "push", "newer", &newer)).await.body, "queued\n");
        let late = send(&site, delivery(&site, "push", "older", &older)).await;
        assert_eq!((late.status, late.body.as_str()), (StatusCode::ACCEPTED, "a newer push was told before\n"));
        assert_eq!(heads(&site).await, [pair(OLD, "superseded"), pair(NEW, "queued")]);
        // Told again by hand, under a new id.
        assert_eq!(send(&site, delivery(&site, "push", "again", &newer)).await.body, "this commit is known already\n");
        assert_eq!(heads(&site).await.len(), 2);
    }
}

#[tokio::test]
async fn an_older_push_that_is_told_after_the_newer_one_was_graded_is_graded_too() {
    let site = Site::new().await;
    let member = fork(&site).await;
    send(&site, delivery(&site, "push", "newer", &push(&member, OLD, NEW, PUSHED + 60))).await;
    sqlx::query("update run set state = 'finished', finished_at = now()").execute(&site.database.pool).await.unwrap();
    send(&site, delivery(&site, "push", "older", &push(&member, FIRST, OLD, PUSHED))).await;
    assert_eq!(heads(&site).await, [pair(OLD, "queued"), pair(NEW, "finished")]);
}

#[tokio::test]
async fn pushes_told_at_once_end_in_their_own_order() {
    let site = Site::new().await;
    let member = fork(&site).await;
    let commits: Vec<String> = (1..=20).map(|number| format!("{number:040x}")).collect();
    let tell = commits.iter().enumerate().map(|(number, commit)| {
        let before = number.checked_sub(1).map_or(FIRST, |before| commits[before].as_str());
        let body = push(&member, before, commit, PUSHED + i64::try_from(number).unwrap());
        send(&site, delivery(&site, "push", commit, &body))
    });
    // Shuffled by whoever gets the fork first.
    assert!(join_all(tell).await.iter().all(|answer| answer.status == StatusCode::ACCEPTED));
    let heads = heads(&site).await;
    assert_eq!(heads.len(), 20);
    assert_eq!(heads.last(), Some(&pair(&commits[19], "queued")), "the last push is the head: {heads:#?}");
    assert_eq!(heads.iter().filter(|(_, state)| state == "queued").count(), 1, "{heads:#?}");
}

#[tokio::test]
async fn news_of_forks_asks_for_a_sweep_and_believes_nothing() {
    for event in ["fork", "create", "delete", "repository", "installation", "installation_repositories"] {
        let site = Site::new().await;
        let member = fork(&site).await;
        let lie = json!({ "action": "deleted", "repository": { "id": member.repo, "full_name": "mallory/x" } });
        let answer = send(&site, delivery(&site, event, "1", &lie.to_string())).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, "a sweep will look\n"), "{event}");
        assert_eq!(site.count("select count(*) from course where sweep_requested_at is not null").await, 1, "{event}");
        assert_eq!(
            site.count("select count(*) from fork where state = 'active' and full_name <> 'mallory/x'").await,
            1
        );
    }
}

#[tokio::test]
async fn a_new_or_former_member_is_asked_for_anew() {
    let site = Site::new().await;
    let now = site.clock.now();
    sqlx::query(
        "insert into person (course_id, github_id, login, may_push, checked_at, asked_at) values ($1, 7, 'ada', true, $2, $2)",
    )
    .bind(site.course_id.0)
    .bind(now)
    .execute(&site.database.pool)
    .await
    .unwrap();
    let answer = send(&site, delivery(&site, "member", "1", r#"{"action": "removed", "member": {"id": 7}}"#)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(site.count("select count(*) from person where asked_at < now() - interval '1 year'").await, 1);
}

#[tokio::test]
async fn a_push_back_to_an_earlier_head_makes_it_the_newest_again_and_a_redelivery_does_not() {
    // Without a deadline that has passed: what comes back after it changes nothing.
    let course = forkgrade::domain::Course { deadline: None, ..crate::support::site::course() };
    let site = Site::with(crate::support::site::Wanted { course, ..Default::default() }).await;
    let member = fork(&site).await;
    let first = push(&member, FIRST, OLD, PUSHED);
    send(&site, delivery(&site, "push", "1", &first)).await;
    site.clock.advance(chrono::TimeDelta::minutes(1));
    send(&site, delivery(&site, "push", "2", &push(&member, OLD, NEW, PUSHED + 60))).await;
    site.clock.advance(chrono::TimeDelta::minutes(1));
    let redelivered = send(&site, delivery(&site, "push", "3", &first)).await;
    assert_eq!(redelivered.body, "this commit is known already\n");
    assert_eq!(heads(&site).await.last(), Some(&pair(NEW, "queued")));
    let back = send(&site, delivery(&site, "push", "4", &push(&member, NEW, OLD, PUSHED + 120))).await;
    assert_eq!(back.body, "queued\n");
    assert_eq!(site.count("select count(*) from submission").await, 2);
    let newest = "select commit_sha from submission order by received_at desc limit 1";
    let newest: String = sqlx::query_scalar(newest).fetch_one(&site.database.pool).await.unwrap();
    assert_eq!(newest, OLD);
    assert_eq!(site.count("select count(*) from run where state = 'queued'").await, 1);

    let late = Site::new().await;
    let member = fork(&late).await;
    for (number, body) in
        [first.clone(), push(&member, OLD, NEW, PUSHED + 60), push(&member, NEW, OLD, PUSHED + 120)].iter().enumerate()
    {
        send(&late, delivery(&late, "push", &number.to_string(), body)).await;
        late.clock.advance(chrono::TimeDelta::minutes(1));
    }
    assert_eq!(heads(&late).await.last().map(|(commit, _)| commit.as_str()), Some(NEW), "nothing in time becomes late");
}
