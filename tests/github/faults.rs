//! A GitHub that fails: the right error with what mends it, repeated only where that can help.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use forkgrade::github::{Client, ClientSettings, GithubError};
use url::Url;

use crate::support::github::{Fault, Github, UPSTREAM};

async fn after(github: &Github, times: usize, fault: Fault) -> Result<i64, GithubError> {
    github.fail("/repos/", times, fault);
    let outcome = github.client().repository(UPSTREAM).await.map(|repository| repository.id.0);
    github.mend();
    outcome
}

fn limited(status: u16, headers: &[(&'static str, &str)]) -> Fault {
    let headers = headers.iter().map(|&(name, value)| (name, value.to_owned())).collect();
    Fault::Answer { status, headers, body: r#"{"message": "slow down"}"#.to_owned() }
}

#[tokio::test]
async fn every_refusal_has_its_word_and_is_not_repeated() {
    let github = Github::start().await;
    let unauthorized = after(&github, 1, Fault::status(401)).await.unwrap_err();
    assert!(matches!(unauthorized, GithubError::Unauthorized { .. }), "{unauthorized:?}");
    assert!(unauthorized.to_string().contains("GITHUB_TOKEN"));
    let forbidden = after(&github, 1, Fault::status(403)).await.unwrap_err();
    assert!(
        matches!(&forbidden, GithubError::Forbidden { message, .. } if message == "the test says so"),
        "{forbidden:?}"
    );
    let missing = after(&github, 1, Fault::status(404)).await.unwrap_err();
    assert!(matches!(missing, GithubError::NotFound { .. }), "{missing:?}");
    assert_eq!(github.asked("/repos/").len(), 3);
}

#[tokio::test]
async fn trouble_on_githubs_side_is_asked_again_and_passes() {
    let github = Github::start().await;
    for status in [500, 502, 503] {
        assert!(after(&github, 2, Fault::status(status)).await.is_ok(), "{status}");
    }
    github.forget();
    let lasting = after(&github, 9, Fault::status(500)).await.unwrap_err();
    assert!(matches!(lasting, GithubError::Server { status: 500, .. }), "{lasting:?}");
    assert_eq!(github.asked("/repos/").len(), 3, "three times and no more");
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    let github = Github::start().await;
    assert!(after(&github, 1, Fault::BreakOff { after: 20 }).await.is_ok());
    let lasting = after(&github, 9, Fault::BreakOff { after: 20 }).await.unwrap_err();
    assert!(matches!(lasting, GithubError::Unreachable { .. }), "{lasting:?}");
}

#[tokio::test]
async fn a_short_limit_is_waited_for_and_a_long_one_is_told() {
    let github = Github::start().await;
    let begun = Instant::now();
    assert!(after(&github, 1, limited(429, &[("retry-after", "1")])).await.is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1), "it did not wait");

    let begun = Instant::now();
    let long = after(&github, 9, limited(429, &[("retry-after", "1800")])).await.unwrap_err();
    let GithubError::RateLimited { until: Some(until) } = &long else { panic!("{long:?}") };
    #[allow(clippy::disallowed_methods, reason = "the server's clock is this machine's")]
    let wait = *until - Utc::now();
    assert!(wait > TimeDelta::minutes(29) && wait <= TimeDelta::minutes(30), "{wait}");

    let used_up = limited(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1900000000")]);
    let used_up = after(&github, 9, used_up).await.unwrap_err();
    assert!(
        matches!(&used_up, GithubError::RateLimited { until: Some(until) } if until.timestamp() == 1_900_000_000),
        "{used_up:?}"
    );
    assert!(used_up.to_string().contains("2030-03-17"), "{used_up}");
    assert!(begun.elapsed() < Duration::from_secs(3), "it waited for what it cannot wait for");
}

#[tokio::test]
async fn silence_ends_at_the_time_limit() {
    let github = Github::start().await;
    github.fail("/repos/", 9, Fault::Silence);
    let client = github.client().with_time_limit(Duration::from_millis(200));
    let begun = Instant::now();
    let error = client.repository(UPSTREAM).await.unwrap_err();
    assert!(matches!(error, GithubError::TimedOut { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(4));
    github.mend();
    assert!(client.repository(UPSTREAM).await.is_ok());
}

#[tokio::test]
async fn whatever_is_not_the_api_is_said_to_be_none() {
    let github = Github::start().await;
    for body in ["<html>Sign in to the hotel's network</html>", "", "[]", "null", "{}", "{\"id\": 1}", "\u{0}\u{1}"] {
        let error = after(&github, 9, Fault::garbage(body)).await.unwrap_err();
        assert!(matches!(error, GithubError::Garbage { .. }), "{body:?}: {error:?}");
        assert!(error.to_string().contains("GITHUB_API_URL"));
    }
    let teapot = after(&github, 1, Fault::status(418)).await.unwrap_err();
    assert!(matches!(teapot, GithubError::Garbage { .. }), "{teapot:?}");
}

#[tokio::test]
async fn a_page_that_fails_fails_the_listing_as_a_whole() {
    let github = Github::start().await;
    for number in 0..150 {
        github.register(&format!("student{number}/course"), Some(UPSTREAM));
    }
    github.fail("page=2", 9, Fault::status(500));
    let outcome = github.client().forks(UPSTREAM, &[]).await;
    // Half a list would make the other half look deleted.
    assert!(matches!(outcome, Err(GithubError::Server { .. })), "{:?}", outcome.map(|forks| forks.len()));
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable() {
    let settings = ClientSettings {
        api_url: Url::parse("http://127.0.0.1:1").unwrap(),
        github_url: None,
        token: None,
        network: forkgrade::settings::Network::default(),
    };
    let error = Client::new(settings).unwrap().repository(UPSTREAM).await.unwrap_err();
    assert!(matches!(&error, GithubError::Unreachable { cause, .. } if cause.contains("refused")), "{error:?}");
}
