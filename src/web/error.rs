//! The only place where an error becomes a page or a JSON problem.
//! May import: `page`, `words`, `random`.
//! Next: `templates/error.html`.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State as AppState};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;
use url::Url;

use super::extract::Who;
use super::page::Page;
use super::state::State;
use crate::domain::Login;
use crate::github::GithubError;

/// What went wrong, as far as the reader can do something about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such page")]
    NotFound,
    #[error("nobody is signed in")]
    SignIn,
    #[error("this page is for teachers")]
    TeachersOnly,
    #[error("this page is for students")]
    StudentsOnly,
    #[error("the link was used, has run out, or never was")]
    LinkSpent,
    #[error("this sign-in was not begun in this browser, or is over")]
    SignInSpent,
    #[error("GitHub was not allowed to say who this is")]
    SignInDenied,
    #[error("GitHub refuses the sign-in: {0}")]
    SignInRefused(String),
    #[error("{0} is nobody of this course")]
    Stranger(Login),
    #[error("GitHub does not answer: {0}")]
    GithubAway(GithubError),
    #[error("asked too often: again in {} seconds", .0.as_secs() + 1)]
    TooOften(Duration),
    #[error("this service is {0}, and was called by another name")]
    Misdirected(Url),
    #[error("the request came from another site")]
    CrossSite,
    #[error("the request cannot be understood: {0}")]
    BadRequest(&'static str),
    #[error("the body is too large")]
    TooLarge,
    #[error("a body of this type is not read")]
    UnsupportedType,
    #[error("no webhook secret is configured")]
    NoWebhookSecret,
    #[error("the signature does not fit")]
    BadSignature,
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    #[error(transparent)]
    Internal(Arc<anyhow::Error>),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
                Self::Unavailable(error)
            }
            // The server says itself that it starts, stops or takes no more connections.
            sqlx::Error::Database(told)
                if told.code().is_some_and(|code| matches!(&*code, "57P01" | "57P02" | "57P03" | "53300")) =>
            {
                Self::Unavailable(sqlx::Error::Database(told))
            }
            other => Self::Internal(Arc::new(anyhow::Error::new(other).context("the database"))),
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(Arc::new(error))
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Internal(Arc::new(anyhow::Error::new(error).context("a template")))
    }
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn | Self::BadSignature => StatusCode::UNAUTHORIZED,
            Self::TeachersOnly | Self::StudentsOnly | Self::CrossSite | Self::Stranger(_) => StatusCode::FORBIDDEN,
            Self::SignInSpent | Self::SignInDenied | Self::SignInRefused(_) => StatusCode::BAD_REQUEST,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Misdirected(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::LinkSpent => StatusCode::GONE,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoWebhookSecret | Self::Unavailable(_) | Self::GithubAway(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The key of its headline in `pages.ftl`; `<key>-next` says what to do.
    fn key(&self) -> &'static str {
        match self {
            Self::NotFound => "error-not-found",
            Self::SignIn => "error-sign-in",
            Self::TeachersOnly => "error-teachers-only",
            Self::StudentsOnly => "error-students-only",
            Self::LinkSpent => "error-link-spent",
            Self::SignInSpent => "error-sign-in-spent",
            Self::SignInDenied => "error-sign-in-denied",
            Self::SignInRefused(_) => "error-sign-in-refused",
            Self::Stranger(_) => "error-stranger",
            Self::GithubAway(_) => "error-github-away",
            Self::TooOften(_) => "error-too-often",
            Self::Misdirected(_) => "error-misdirected",
            Self::CrossSite => "error-cross-site",
            Self::BadRequest(_) => "error-bad-request",
            Self::TooLarge => "error-too-large",
            Self::UnsupportedType => "error-unsupported-type",
            Self::NoWebhookSecret => "error-no-webhook-secret",
            Self::BadSignature => "error-bad-signature",
            Self::Unavailable(_) => "error-unavailable",
            Self::Internal(_) => "error-internal",
        }
    }

    /// What the headline names.
    fn about(&self) -> &str {
        match self {
            Self::Stranger(login) => login.as_str(),
            Self::Misdirected(public_url) => public_url.as_str(),
            _ => "",
        }
    }
}

/// Bare until `dress` gives it words: only there the reader's language is known.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::TooOften(wait) = &self {
            // Whole seconds, and never too early.
            response.headers_mut().insert(header::RETRY_AFTER, (wait.as_secs() + 1).into());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// What a panic of ours is turned into; the message stays in the log.
pub fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default();
    Error::from(anyhow::anyhow!("a handler panicked: {message}")).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    headline: String,
    next: String,
    id: Option<String>,
}

/// Marks a refusal whose page says by itself what was wrong, and where.
#[derive(Debug, Clone, Copy)]
pub struct SaysWhy;

/// Gives every failed answer, ours or the framework's, its words: a page, or a JSON problem where JSON is spoken.
pub async fn dress(AppState(state): AppState<State>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    let is_failed = status.is_client_error() || status.is_server_error();
    if !is_failed || response.extensions().get::<SaysWhy>().is_some() {
        return response;
    }
    let error = response.extensions().get::<Arc<Error>>().cloned();
    let key = error.as_ref().map_or_else(|| key_of(status), |error| error.key());
    let id = status.is_server_error().then(|| log(status, error.as_deref(), &asked));
    let page = Page::new(&state, &asked, Who::NOBODY);
    let about = error.as_ref().map_or("", |error| error.about());
    let (headline, next) = (page.w.n(key, about), page.w.n(&format!("{key}-next"), about));
    let mut answer = if speaks_json(&asked) {
        // Our own mistakes keep their cause to the log.
        let detail = error.filter(|_| status.is_client_error()).map(|error| error.to_string());
        let body = json!({ "status": status.as_u16(), "title": headline, "detail": detail, "next": next, "id": id });
        ([(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    } else {
        let page = ErrorPage { page: page.titled(&headline), headline, next, id };
        page.render().map_or_else(|_| ().into_response(), |html| Html(html).into_response())
    };
    *answer.status_mut() = status;
    for name in [header::ALLOW, header::RETRY_AFTER, header::SET_COOKIE] {
        for value in response.headers().get_all(&name) {
            answer.headers_mut().append(&name, value.clone());
        }
    }
    answer
}

/// The wording for what the framework refused by itself.
fn key_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "error-not-found",
        StatusCode::PAYLOAD_TOO_LARGE => "error-too-large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "error-unsupported-type",
        StatusCode::FORBIDDEN => "error-cross-site",
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            "error-unavailable"
        }
        status if status.is_server_error() => "error-internal",
        _ => "error-bad-request",
    }
}

/// Writes the cause to the log, and returns the id by which it is found there.
fn log(status: StatusCode, error: Option<&Error>, asked: &Parts) -> String {
    let id = crate::random::token().chars().take(8).collect::<String>();
    let route = super::security::loggable_path(&asked.uri);
    match error {
        Some(Error::Internal(cause)) => tracing::error!(id, %route, "answered {status}: {cause:#}"),
        Some(Error::GithubAway(cause)) => tracing::warn!(id, %route, "answered {status}: {cause}"),
        Some(Error::Unavailable(cause)) => tracing::warn!(id, %route, "answered {status}: {cause}"),
        Some(error) => tracing::warn!(id, %route, "answered {status}: {error}"),
        None => tracing::error!(id, %route, "answered {status}"),
    }
    id
}

fn speaks_json(asked: &Parts) -> bool {
    let accepts = asked.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    asked.uri.path().starts_with("/webhooks/") || (accepts.contains("json") && !accepts.contains("text/html"))
}
