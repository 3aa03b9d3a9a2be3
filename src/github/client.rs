//! Requests to GitHub's REST API: bounded in time, in size and in repetitions.
//! May import: `domain/`, `settings`, `random`.
//! Next: `repository.rs` for what is read of an answer.

use std::collections::HashSet;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use octocrab::service::middleware::retry::RetryConfig;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{self, GithubError};
use super::repository::{Answer, Repository};
use crate::domain::ids::RepoId;
use crate::random;
use crate::settings::Secret;

const PER_PAGE: usize = 100;
/// A hundred thousand forks: beyond that it is not a course.
const MAX_PAGES: usize = 1000;
const MAX_BODY: usize = 64 << 20;
const ATTEMPTS: u32 = 3;
/// A limit that ends within this is waited for; a longer one is an error that says until when.
const SHORT_LIMIT: u64 = 10;
const PATH_PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where GitHub is, and who asks.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    pub api_url: Url,
    /// Where repositories are cloned from; as the API says where absent.
    pub github_url: Option<Url>,
    pub token: Option<Secret>,
}

impl ClientSettings {
    /// Where people use GitHub with a browser.
    pub fn web_url(&self) -> Url {
        let github = || Url::parse("https://github.com").ok().filter(|_| self.is_github_com());
        let mut url = self.github_url.clone().or_else(github).unwrap_or_else(|| self.api_url.clone());
        if self.github_url.is_none() {
            // GitHub Enterprise has its API at `/api/v3` of the same host.
            url.set_path("/");
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        url
    }

    fn is_github_com(&self) -> bool {
        self.api_url.scheme() == "https" && self.api_url.host_str() == Some("api.github.com")
    }

    /// Every place that the token may be sent to, the API's own and that of the repositories: github.com has one name for each,
    /// GitHub Enterprise one name for both.
    pub fn hosts(&self) -> Vec<Url> {
        let github = self.is_github_com().then(|| Url::parse("https://github.com").ok()).flatten();
        [Some(self.api_url.clone()), self.github_url.clone(), github].into_iter().flatten().collect()
    }
}

/// A client of GitHub's REST API.
#[derive(Clone)]
pub struct Client {
    octocrab: Octocrab,
    github_url: Option<Url>,
    time_limit: Duration,
}

/// An answer with status 2xx.
pub(super) struct Fetched<T> {
    pub body: T,
    headers: HeaderMap,
}

impl Client {
    /// A client; nothing is asked yet. Needs a tokio runtime around it.
    pub fn new(settings: ClientSettings) -> Result<Self, GithubError> {
        let garbage = |cause: octocrab::Error| GithubError::Garbage {
            what: "GITHUB_API_URL".to_owned(),
            cause: cause.to_string(),
        };
        let mut builder = Octocrab::builder()
            .base_uri(settings.api_url.as_str())
            .map_err(garbage)?
            // Ours knows what is worth repeating, and pauses in between.
            .add_retry_config(RetryConfig::None)
            .set_connect_timeout(Some(Duration::from_secs(10)));
        if let Some(token) = &settings.token {
            builder = builder.personal_token(token.expose().to_owned());
        }
        let octocrab = builder.build().map_err(garbage)?;
        Ok(Self { octocrab, github_url: settings.github_url, time_limit: Duration::from_secs(30) })
    }

    /// The same with another limit for one request.
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// A repository by `owner/name`. A renamed one is found under its old name as long as GitHub forwards it.
    pub async fn repository(&self, full_name: &str) -> Result<Repository, GithubError> {
        let what = format!("repository {full_name}");
        let path = path(full_name).ok_or_else(|| GithubError::NotFound { what: what.clone() })?;
        self.one(format!("/repos/{path}"), &what).await
    }

    /// A repository by its number, whatever it is called now.
    pub async fn repository_by_id(&self, id: RepoId) -> Result<Repository, GithubError> {
        self.one(format!("/repositories/{id}"), &format!("repository number {id}")).await
    }

    async fn one(&self, route: String, what: &str) -> Result<Repository, GithubError> {
        let answer: Answer = self.get(&route, what).await?.body;
        answer
            .into_repository(self.github_url.as_ref())
            .map_err(|cause| GithubError::Garbage { what: what.to_owned(), cause })
    }

    /// Every direct fork of a repository, all pages, oldest first.
    pub async fn forks(&self, full_name: &str) -> Result<Vec<Repository>, GithubError> {
        let what = format!("forks of {full_name}");
        let path = path(full_name).ok_or_else(|| GithubError::NotFound { what: what.clone() })?;
        let mut forks = Vec::new();
        let mut seen = HashSet::new();
        let mut page = 1;
        for _ in 0..MAX_PAGES {
            // Oldest first: a fork made while we turn the pages moves none of the others.
            let route = format!("/repos/{path}/forks?sort=oldest&per_page={PER_PAGE}&page={page}");
            let answer: Fetched<Vec<serde_json::Value>> = self.get(&route, &what).await?;
            let count = answer.body.len();
            for value in answer.body {
                match self.read(value) {
                    Ok(fork) if seen.insert(fork.id) => forks.push(fork),
                    Ok(_) => {}
                    // One odd fork must not hide the others.
                    Err(cause) => tracing::warn!(%what, %cause, "a fork in GitHub's answer cannot be read"),
                }
            }
            match next_page(&answer.headers, page, count) {
                Some(next) => page = next,
                None => break,
            }
        }
        Ok(forks)
    }

    fn read(&self, value: serde_json::Value) -> Result<Repository, String> {
        let answer: Answer = serde_json::from_value(value).map_err(|error| error.to_string())?;
        answer.into_repository(self.github_url.as_ref())
    }

    /// Asks up to three times, with a growing pause, where repeating can help.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &str, what: &str) -> Result<Fetched<T>, GithubError> {
        let mut attempt = 1;
        loop {
            let (error, wait) = match self.ask(route, what).await {
                Ok((headers, body)) => {
                    let garbage = |error: serde_json::Error| GithubError::Garbage {
                        what: what.to_owned(),
                        cause: error.to_string(),
                    };
                    return Ok(Fetched { body: serde_json::from_slice(&body).map_err(garbage)?, headers });
                }
                Err(failure) => failure,
            };
            let pause = match (&error, wait) {
                (GithubError::RateLimited { .. }, Some(seconds)) if seconds <= SHORT_LIMIT => {
                    Duration::from_secs(seconds)
                }
                (GithubError::Server { .. } | GithubError::TimedOut { .. } | GithubError::Unreachable { .. }, _) => {
                    Duration::from_millis(250 * u64::from(attempt))
                }
                _ => return Err(error),
            };
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
            tracing::debug!(%error, "asked again");
            tokio::time::sleep(pause + random::jitter(Duration::from_millis(250))).await;
        }
    }

    /// One request. An error comes with the seconds after which GitHub wants to be asked again, where it says so.
    async fn ask(&self, route: &str, what: &str) -> Result<(HeaderMap, Vec<u8>), (GithubError, Option<u64>)> {
        let answer = tokio::time::timeout(self.time_limit, self.send(route, what)).await;
        let Ok(answer) = answer else {
            return Err((GithubError::TimedOut { what: what.to_owned(), seconds: self.time_limit.as_secs() }, None));
        };
        let (status, headers, body) = answer.map_err(|error| (error, None))?;
        if status.is_success() {
            return Ok((headers, body));
        }
        Err((error::from_answer(what, status, &headers, &body), error::retry_after(&headers)))
    }

    async fn send(&self, route: &str, what: &str) -> Result<(StatusCode, HeaderMap, Vec<u8>), GithubError> {
        let unreachable = |cause: String| GithubError::Unreachable { what: what.to_owned(), cause };
        let response = self.octocrab._get(route).await.map_err(|error| unreachable(causes(&error)))?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| unreachable(error.to_string()))?;
        Ok((parts.status, parts.headers, body.to_bytes().to_vec()))
    }
}

/// A name as one part of a path.
pub(super) fn path_part(name: &str) -> String {
    utf8_percent_encode(name, PATH_PART).to_string()
}

/// `owner/name` as part of a path: what a student writes there reaches no other route.
pub(super) fn path(full_name: &str) -> Option<String> {
    let (owner, name) = full_name.split_once('/')?;
    let part = |part: &str| {
        let plain = !part.trim_matches('.').is_empty();
        plain.then(|| path_part(part))
    };
    Some(format!("{}/{}", part(owner)?, part(name)?))
}

/// By the `Link` header where there is one, else by a page being full. Only the number is taken: the token goes nowhere else.
fn next_page(headers: &HeaderMap, page: usize, count: usize) -> Option<usize> {
    let Some(link) = headers.get(header::LINK).and_then(|link| link.to_str().ok()) else {
        return (count == PER_PAGE).then_some(page + 1);
    };
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let url = Url::parse(next.trim().strip_prefix('<')?.split_once('>')?.0).ok()?;
    let (_, number) = url.query_pairs().find(|(name, _)| name == "page")?;
    number.parse().ok().filter(|number| *number > page)
}

/// The chain of causes on one line: octocrab's own text ends where it gets interesting.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
