//! `POST /webhooks/github`: a signed delivery becomes a submission and its queued run, in one transaction, once.
//! May import: `github/webhook`, `db/`, `domain/`.
//! Next: `github/webhook.rs` for signature and events, `worker/` for who takes the run.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State as AppState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;
use url::form_urlencoded;

use super::error::Error;
use super::state::State;
use crate::db;
use crate::db::submissions::{Head, Learnt};
use crate::domain::course::Deadline;
use crate::domain::fork::LearntFrom;
use crate::github::webhook::{Push, WebhookEvent, signer};

/// GitHub sends no payload above 25 MB.
pub const LARGEST: usize = 25 * 1024 * 1024;
/// GitHub's delivery ids are UUIDs, its events short words.
const LONGEST_WORD: usize = 100;

/// A delivery that one of our secrets signed.
pub struct VerifiedWebhook {
    delivery: String,
    name: String,
    event: WebhookEvent,
}

impl FromRequest<State> for VerifiedWebhook {
    type Rejection = Error;

    /// Whatever can be refused by its headers alone is refused before the body is read.
    async fn from_request(request: Request, state: &State) -> Result<Self, Error> {
        // GitHub shows the answer to whoever set the webhook up, and can deliver again once there is a secret.
        if state.webhook_secrets.is_empty() {
            return Err(Error::NoWebhookSecret);
        }
        let headers = request.headers();
        let signature = text(headers, "x-hub-signature-256").ok_or(Error::BadSignature)?;
        let name =
            short(headers, "x-github-event").ok_or(Error::BadRequest("X-GitHub-Event is missing or too long"))?;
        let delivery =
            short(headers, "x-github-delivery").ok_or(Error::BadRequest("X-GitHub-Delivery is missing or too long"))?;
        let encoding = Encoding::of(headers).ok_or(Error::UnsupportedType)?;
        let body = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            _ => Error::BadRequest("the body broke off"),
        })?;
        let payload = encoding.payload(&body);
        let payload_or_nothing = payload.as_deref().unwrap_or_default();
        let signer =
            signer(&state.webhook_secrets, &signature, &body, payload_or_nothing).ok_or(Error::BadSignature)?;
        let payload = payload.ok_or(Error::BadRequest("the form has no field named payload"))?;
        let event = WebhookEvent::parse(&name, &payload)
            .map_err(|_| Error::BadRequest("the payload is not the JSON of this event"))?
            .believed(signer);
        Ok(Self { delivery, name, event })
    }
}

/// GitHub sends either, as the webhook's owner chose.
#[derive(Clone, Copy)]
enum Encoding {
    Json,
    Form,
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        match kind.split(';').next()?.trim() {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Form),
            _ => None,
        }
    }

    fn payload(self, body: &[u8]) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Json => Some(body.into()),
            Self::Form => {
                let (_, payload) = form_urlencoded::parse(body).find(|(name, _)| name == "payload")?;
                Some(payload.into_owned().into_bytes().into())
            }
        }
    }
}

fn short(headers: &HeaderMap, name: &str) -> Option<String> {
    text(headers, name).filter(|word| !word.is_empty() && word.len() <= LONGEST_WORD)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What became of a delivery, in the words that GitHub shows beside it.
enum Done {
    Queued,
    /// The head was known already.
    Known,
    /// Told late: the fork has moved on since.
    Overtaken,
    /// Delivered before: nothing was done again.
    Replayed,
    /// The repository is none of the course's forks yet, or something else about forks changed: a sweep looks.
    SweepRequested,
    /// Permissions are asked for anew.
    Noted,
    /// An event, a branch or a deletion that changes no grade.
    Ignored,
    Pong,
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        match self {
            Done::Queued => (StatusCode::ACCEPTED, "queued\n"),
            Done::Known => (StatusCode::ACCEPTED, "this commit is known already\n"),
            Done::Replayed => (StatusCode::OK, "delivered before\n"),
            Done::Overtaken => (StatusCode::ACCEPTED, "a newer push was told before\n"),
            Done::SweepRequested => (StatusCode::ACCEPTED, "a sweep will look\n"),
            Done::Noted => (StatusCode::ACCEPTED, "permissions will be asked for again\n"),
            Done::Ignored => (StatusCode::ACCEPTED, "nothing to do\n"),
            Done::Pong => (StatusCode::OK, "pong\n"),
        }
        .into_response()
    }
}

/// Answers once everything is committed.
pub async fn receive(AppState(state): AppState<State>, webhook: VerifiedWebhook) -> Result<Response, Error> {
    let mut transaction = state.pool.begin().await?;
    if !db::deliveries::record(&mut transaction, &webhook.delivery, &webhook.name, state.clock.now()).await? {
        return Ok(Done::Replayed.into_response());
    }
    let done = match &webhook.event {
        WebhookEvent::Ping => Done::Pong,
        WebhookEvent::Push(push) => learn(&state, &mut transaction, push).await?,
        WebhookEvent::Forks => {
            db::courses::request_sweep(&mut transaction, state.course_id, state.clock.now()).await?;
            Done::SweepRequested
        }
        WebhookEvent::Installed(repos) => {
            let now = state.clock.now();
            db::courses::request_sweep(&mut transaction, state.course_id, now).await?;
            db::outbox::owe_newest(&mut transaction, state.course_id, Some(repos), now).await?;
            Done::SweepRequested
        }
        WebhookEvent::People => {
            db::people::doubt(&mut transaction, state.course_id).await?;
            Done::Noted
        }
        WebhookEvent::Other => Done::Ignored,
    };
    transaction.commit().await?;
    Ok(done.into_response())
}

async fn learn(state: &State, conn: &mut PgConnection, push: &Push) -> sqlx::Result<Done> {
    let now = state.clock.now();
    let Some(fork) = db::forks::lock_by_repo(conn, state.course_id, push.repo).await? else {
        db::courses::request_sweep(conn, state.course_id, now).await?;
        return Ok(Done::SweepRequested);
    };
    let Some(head) = push.head.as_ref().filter(|_| push.branch.as_ref() == Some(&fork.branch)) else {
        return Ok(Done::Ignored);
    };
    let learnt = Head {
        fork: fork.id,
        commit: head,
        project_commit: None,
        received_at: now,
        learnt_from: LearntFrom::Webhook,
        pushed_at: push.pushed_at,
        before: push.before.as_ref(),
    };
    let Learnt { submission, is_new, is_overtaken } = db::submissions::learn(conn, learnt).await?;
    if !is_new {
        // Pushed back to where it was, by GitHub's own clock. In time only: nothing that was in time becomes late by it.
        let extension = db::extensions::of_fork(&mut *conn, state.course_id, fork.id).await?;
        let deadline = state.course.deadline_for(extension.as_ref());
        let is_back = match push.pushed_at {
            Some(at) if Deadline::is_in_time(deadline.as_ref(), now) => {
                db::submissions::is_newest_push(conn, fork.id, at).await?
            }
            _ => false,
        };
        if is_back && db::submissions::come_back(conn, submission, now, now).await? {
            db::runs::enqueue(conn, submission, now, false).await?;
            return Ok(Done::Queued);
        }
        return Ok(Done::Known);
    }
    if is_overtaken {
        db::runs::enqueue_late(conn, submission, now).await?;
        return Ok(Done::Overtaken);
    }
    db::runs::enqueue(conn, submission, now, false).await?;
    Ok(Done::Queued)
}
