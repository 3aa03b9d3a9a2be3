//! Requests to GitHub's REST API: bounded in time, in size and in repetitions.
//! May import: `domain/`, `settings`, `random`.
//! Next: `repository.rs` for what is read of an answer.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

use super::app::App;
use super::error::{self, GithubError, causes};
use super::limit::{Limit, Pause};
use super::repository::{Answer, Repository};
use super::transport::{self, ClientSettings};
use crate::domain::ids::RepoId;
use crate::random;

const MAX_BODY: usize = 64 << 20;
const ATTEMPTS: u32 = 3;
/// A limit that ends within this is waited for; a longer one is an error that says until when.
const SHORT_LIMIT: Duration = Duration::from_secs(10);
const PATH_PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A client of GitHub's REST API.
#[derive(Clone)]
pub struct Client {
    identity: Identity,
    api_url: Url,
    github_url: Option<Url>,
    limit: Limit,
    time_limit: Duration,
}

/// Who asks.
#[derive(Clone)]
enum Identity {
    /// A token's owner, an app, one of its installations, or nobody.
    Known(Octocrab),
    /// Our app where it is installed on a repository, looked for with the first request; nobody else.
    Installed { app: App, repository: String, found: Arc<OnceCell<Octocrab>>, nobody: Octocrab },
}

/// Headers and bytes of an answer.
type Body = (HeaderMap, Vec<u8>);

/// An answer with status 2xx.
pub(super) struct Fetched<T> {
    pub body: T,
    pub headers: HeaderMap,
}

impl Client {
    /// A client; nothing is asked yet. Needs a tokio runtime around it.
    pub fn new(settings: ClientSettings) -> Result<Self, GithubError> {
        let octocrab = transport::octocrab(&settings, |builder| match &settings.token {
            Some(token) => builder.personal_token(token.expose().to_owned()),
            None => builder,
        });
        Ok(Self::over(octocrab?, &settings))
    }

    /// The same over a connection with an identity of its own.
    pub(super) fn over(octocrab: Octocrab, settings: &ClientSettings) -> Self {
        let ClientSettings { api_url, github_url, .. } = settings.clone();
        let identity = Identity::Known(octocrab);
        Self { identity, api_url, github_url, limit: Limit::default(), time_limit: Duration::from_secs(30) }
    }

    /// A client without a token that asks as `app` where that is installed on `repository`: its limit of requests is a token's.
    pub fn of_app(settings: ClientSettings, app: App, repository: &str) -> Result<Self, GithubError> {
        let mut client = Self::new(settings)?;
        if let Identity::Known(nobody) = client.identity {
            let repository = repository.to_owned();
            client.identity = Identity::Installed { app, repository, found: Arc::default(), nobody };
        }
        Ok(client)
    }

    async fn octocrab(&self) -> Result<&Octocrab, GithubError> {
        match &self.identity {
            Identity::Known(octocrab) => Ok(octocrab),
            Identity::Installed { app, repository, found, nobody } => {
                let look = async { Ok(app.anywhere_in(repository).await?.unwrap_or_else(|| nobody.clone())) };
                found.get_or_try_init(|| look).await
            }
        }
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

    /// Where repositories are cloned from, where the operator says so.
    pub(super) fn github_url(&self) -> Option<&Url> {
        self.github_url.as_ref()
    }

    /// Where answers come from and how addresses are made of them: pages kept from elsewhere are of no use.
    pub fn source(&self) -> String {
        let github_url = self.github_url.as_ref().map(Url::as_str).unwrap_or_default();
        format!("{} {github_url}", self.api_url)
    }

    /// Asks up to three times, with a growing pause, where repeating can help.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &str, what: &str) -> Result<Fetched<T>, GithubError> {
        let unasked = || GithubError::Garbage { what: what.to_owned(), cause: "304 without a condition".to_owned() };
        self.get_unless(route, what, None).await?.ok_or_else(unasked)
    }

    /// The same; `None` where what the ETag stands for is still the answer.
    pub(super) async fn get_unless<T: DeserializeOwned>(
        &self,
        route: &str,
        what: &str,
        etag: Option<&str>,
    ) -> Result<Option<Fetched<T>>, GithubError> {
        let request = Asked { method: Method::GET, route, what, etag, body: None };
        let Some((headers, body)) = self.persist(&request).await? else { return Ok(None) };
        Ok(Some(Fetched { body: read(what, &body)?, headers }))
    }

    /// Sends something. What GitHub did before its answer was lost cannot be told: whoever repeats it does so knowingly.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        route: &str,
        what: &str,
        body: &impl Serialize,
    ) -> Result<T, GithubError> {
        let garbage =
            |error: serde_json::Error| GithubError::Garbage { what: what.to_owned(), cause: error.to_string() };
        let body = Some(serde_json::to_string(body).map_err(garbage)?);
        let answer = self.ask(&Asked { method, route, what, etag: None, body }).await.map_err(|(error, _)| error)?;
        let (_, body) = answer.unwrap_or_default();
        read(what, &body)
    }

    async fn persist(&self, request: &Asked<'_>) -> Result<Option<Body>, GithubError> {
        let mut attempt = 1;
        loop {
            let (error, wait) = match self.ask(request).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let pause = match (&error, wait) {
                (GithubError::RateLimited { .. }, Some(wait)) if wait <= SHORT_LIMIT => wait,
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

    /// One request. An error comes with how long GitHub wants to be left alone, where it says so.
    async fn ask(&self, request: &Asked<'_>) -> Result<Option<Body>, (GithubError, Option<Duration>)> {
        let limited = |pause: Pause| (GithubError::RateLimited { until: pause.until }, Some(pause.wait));
        if let Some(pause) = self.limit.left() {
            return Err(limited(pause));
        }
        let Ok(answer) = tokio::time::timeout(self.time_limit, self.answer(request)).await else {
            let (what, seconds) = (request.what.to_owned(), self.time_limit.as_secs());
            return Err((GithubError::TimedOut { what, seconds }, None));
        };
        let (status, headers, body) = answer.map_err(|error| (error, None))?;
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            if let Some(pause) = Pause::after_the_last(&headers) {
                self.limit.meet(pause);
            }
            return Ok((status != StatusCode::NOT_MODIFIED).then_some((headers, body)));
        }
        match error::from_answer(request.what, status, &headers, &body) {
            GithubError::RateLimited { .. } => {
                let pause = Pause::asked_for(&headers);
                self.limit.meet(pause);
                Err(limited(pause))
            }
            error => Err((error, None)),
        }
    }

    async fn answer(&self, request: &Asked<'_>) -> Result<(StatusCode, HeaderMap, Vec<u8>), GithubError> {
        let what = || request.what.to_owned();
        let mut asked = Request::builder().method(request.method.clone()).uri(request.route);
        if let Some(etag) = request.etag {
            asked = asked.header(header::IF_NONE_MATCH, etag);
        }
        if request.body.is_some() {
            asked = asked.header(header::CONTENT_TYPE, "application/json");
        }
        let asked = asked.body(request.body.clone().unwrap_or_default());
        let asked = asked.map_err(|error| GithubError::Garbage { what: what(), cause: error.to_string() })?;
        let octocrab = Box::pin(self.octocrab()).await?;
        let response = octocrab.execute(asked).await.map_err(|error| failed(what(), error))?;
        let (parts, body) = response.into_parts();
        let unreachable = |cause: String| GithubError::Unreachable { what: what(), cause };
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| unreachable(error.to_string()))?;
        Ok((parts.status, parts.headers, body.to_bytes().to_vec()))
    }
}

/// One request as it is repeated.
struct Asked<'a> {
    method: Method,
    route: &'a str,
    what: &'a str,
    etag: Option<&'a str>,
    body: Option<String>,
}

fn read<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T, GithubError> {
    let garbage = |error: serde_json::Error| GithubError::Garbage { what: what.to_owned(), cause: error.to_string() };
    serde_json::from_slice(body).map_err(garbage)
}

/// An installation's token is asked for on the way: what GitHub says to that is not a lost connection.
fn failed(what: String, error: octocrab::Error) -> GithubError {
    match error {
        octocrab::Error::GitHub { source, .. } => {
            let body = serde_json::json!({ "message": source.message }).to_string();
            error::from_answer(&what, source.status_code, &HeaderMap::new(), body.as_bytes())
        }
        error => GithubError::Unreachable { what, cause: causes(&error) },
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
