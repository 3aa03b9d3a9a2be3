//! Why GitHub did not answer, each with what mends it.
//! May import: std, chrono.
//! Next: `client.rs`, which decides what is asked once more.

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};

use super::limit::{Pause, number};

/// Why a request to GitHub failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GithubError {
    #[error(
        "GitHub does not accept the token (401 for {what}): it has expired or was mistyped; make a new one and set GITHUB_TOKEN"
    )]
    Unauthorized { what: String },
    #[error(
        "GitHub forbids {what} (403: {message}): the token needs read access to contents and metadata of this repository, and single sign-on may have to be authorised for it"
    )]
    Forbidden { what: String, message: String },
    #[error("GitHub's limit of requests is used up {}: wait, or set a GITHUB_TOKEN, which has a limit of its own", until_when(.until.as_ref()))]
    RateLimited { until: Option<DateTime<Utc>> },
    #[error(
        "GitHub knows no {what} (404): check the name; if the repository is private, GITHUB_TOKEN must be allowed to read it"
    )]
    NotFound { what: String },
    #[error("GitHub has trouble of its own ({status} for {what}): it is tried again later; see githubstatus.com")]
    Server { what: String, status: u16 },
    #[error("GitHub did not answer {what} within {seconds} seconds: it is tried again later")]
    TimedOut { what: String, seconds: u64 },
    #[error(
        "GitHub cannot be reached for {what} ({cause}): check the network, a proxy in HTTPS_PROXY, a certificate authority of your own in FORKGRADE_CA_FILE, and GITHUB_API_URL"
    )]
    Unreachable { what: String, cause: String },
    #[error("what answered {what} is not GitHub's API ({cause}): check GITHUB_API_URL and proxies in between")]
    Garbage { what: String, cause: String },
    #[error("GitHub takes {what} not as it is ({message})")]
    Refused { what: String, message: String },
    #[error("{name} cannot be used: {cause}")]
    Setting { name: String, cause: String },
}

fn until_when(moment: Option<&DateTime<Utc>>) -> String {
    moment.map(|at| format!("until {}", at.format("%Y-%m-%d %H:%M:%S UTC"))).unwrap_or_else(|| "for now".to_owned())
}

/// What an answer that is no success means.
pub(super) fn from_answer(what: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> GithubError {
    let what = what.to_owned();
    let message = message(body);
    match status.as_u16() {
        401 => GithubError::Unauthorized { what },
        429 => GithubError::RateLimited { until: Pause::asked_for(headers).until },
        403 if is_rate_limit(headers, &message) => GithubError::RateLimited { until: Pause::asked_for(headers).until },
        403 => GithubError::Forbidden { what, message },
        // 410: gone for good; 451: taken down for legal reasons.
        404 | 410 | 451 => GithubError::NotFound { what },
        409 | 422 => GithubError::Refused { what, message },
        status @ 500.. => GithubError::Server { what, status },
        status => GithubError::Garbage { what, cause: format!("status {status}: {message}") },
    }
}

fn is_rate_limit(headers: &HeaderMap, message: &str) -> bool {
    number(headers, "x-ratelimit-remaining") == Some(0)
        || headers.contains_key("retry-after")
        || message.to_lowercase().contains("rate limit")
}

/// GitHub's own sentence, on one bounded line.
fn message(body: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let text = value.as_ref().and_then(|value| value.get("message")).and_then(|message| message.as_str());
    text.unwrap_or("no reason given").chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// The chain of causes on one line: octocrab's own text ends where it gets interesting.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
