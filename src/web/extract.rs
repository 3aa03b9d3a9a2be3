//! Who asks: authorisation is a type that a handler takes, not an `if` inside it.
//! May import: `source`, `db/sessions`, `db/views`, `domain/`, `random`.
//! Next: `router.rs`, whose table says which route takes which.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use chrono::TimeDelta;
use sqlx::PgConnection;
use url::form_urlencoded;

use super::error::Error;
use super::github;
use super::source::{Source, is_of_students};
use super::state::State;
use super::words::cookie;
use crate::db;
use crate::db::sessions::Holder;
use crate::db::views::{Owned, StudentBrief};
use crate::domain::Login;
use crate::domain::audit::Actor;
use crate::domain::ids::{PersonId, StudentId, SubmissionId};

/// How long a session lives.
const SESSION: TimeDelta = TimeDelta::days(14);

/// Whoever asks, signed in or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrentUser {
    Nobody,
    Teacher,
    Student(StudentId),
}

impl FromRequestParts<State> for CurrentUser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        Ok(Who::from_request_parts(parts, state).await?.user)
    }
}

/// Whoever asks, with their login where GitHub vouched for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub user: CurrentUser,
    pub login: Option<Login>,
}

impl Who {
    pub const NOBODY: Self = Self { user: CurrentUser::Nobody, login: None };

    /// The teacher of this name, for what is written down. Ask only where `Teacher` was asked for.
    pub fn as_teacher(&self) -> Actor {
        Actor::Teacher { login: self.login.clone() }
    }
}

impl FromRequestParts<State> for Who {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        if let Some(who) = parts.extensions.get::<Who>() {
            return Ok(who.clone());
        }
        let who = match cookie(parts, cookie_name(state)) {
            None => Self::NOBODY,
            Some(token) => holder_of(state, &token).await?,
        };
        parts.extensions.insert(who.clone());
        Ok(who)
    }
}

async fn holder_of(state: &State, token: &str) -> Result<Who, Error> {
    let session = db::sessions::find(&mut *state.conn().await?, state.course_id, token, state.clock.now()).await?;
    let Some(session) = session else { return Ok(Who::NOBODY) };
    let user = match (session.holder, &session.person) {
        (Holder::Student(student), _) => CurrentUser::Student(student),
        (Holder::Teacher, None) => CurrentUser::Teacher,
        // Who taught yesterday need not teach today.
        (Holder::Teacher, Some(person)) if github::is_teacher(state, person).await? => CurrentUser::Teacher,
        (Holder::Teacher, Some(_)) => return Ok(Who::NOBODY),
    };
    Ok(Who { user, login: session.person.map(|person| person.login) })
}

/// A teacher of this course asks.
#[derive(Debug, Clone, Copy)]
pub struct Teacher;

impl FromRequestParts<State> for Teacher {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        match CurrentUser::from_request_parts(parts, state).await? {
            CurrentUser::Teacher => Ok(Self),
            CurrentUser::Student(_) => Err(Error::TeachersOnly),
            CurrentUser::Nobody => Err(Error::SignIn),
        }
    }
}

/// A student asks, about a fork that is theirs: the one of `?fork=`, else the one last pushed to.
#[derive(Debug, Clone)]
pub struct StudentOf {
    pub student: StudentBrief,
    /// `None` where no fork of theirs is known yet.
    pub fork: Option<Owned>,
    pub forks: Vec<Owned>,
}

impl FromRequestParts<State> for StudentOf {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let id = match CurrentUser::from_request_parts(parts, state).await? {
            CurrentUser::Student(id) => id,
            CurrentUser::Teacher => return Err(Error::StudentsOnly),
            CurrentUser::Nobody => return Err(Error::SignIn),
        };
        let conn = &mut *state.conn().await?;
        let student = db::views::student(conn, state.course_id, id).await?.ok_or(Error::SignIn)?;
        let forks = db::views::forks_of_student(conn, state.course_id, id).await?;
        let fork = match wanted_fork(parts) {
            // Somebody else's fork and one that never was look alike.
            Some(wanted) => {
                Some(forks.iter().find(|own| own.fork.to_string() == wanted).ok_or(Error::NotFound)?.clone())
            }
            None => forks.first().cloned(),
        };
        Ok(Self { student, fork, forks })
    }
}

/// Somebody asks for files of the submission in the address, and may see them: a teacher of the course, or a student whose fork it is.
#[derive(Debug, Clone)]
pub struct SourceOf(pub Source);

impl FromRequestParts<State> for SourceOf {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let user = CurrentUser::from_request_parts(parts, state).await?;
        let names = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let id = names.ok().and_then(|Path(names)| names.get("submission")?.parse().ok()).map(SubmissionId);
        let conn = &mut *state.conn().await?;
        let (own, id) = match user {
            CurrentUser::Nobody => return Err(Error::SignIn),
            CurrentUser::Teacher => (None, id.ok_or(Error::NotFound)?),
            CurrentUser::Student(student) => {
                (Some(db::views::forks_of_student(conn, state.course_id, student).await?), id.ok_or(Error::NotFound)?)
            }
        };
        let source = db::views::source_of_submission(conn, id).await?;
        let source = source.filter(|source| source.course == state.course_id).ok_or(Error::NotFound)?;
        // Somebody else's and one that never was look alike.
        let is_theirs = |own: &Vec<Owned>| own.iter().any(|own| own.fork == source.fork) && is_of_students(&source);
        if own.as_ref().is_some_and(|own| !is_theirs(own)) {
            return Err(Error::NotFound);
        }
        Ok(Self(Source::of(source)))
    }
}

fn wanted_fork(parts: &Parts) -> Option<String> {
    let query = parts.uri.query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "fork").map(|(_, value)| value.into_owned())
}

/// A real visit: a `HEAD` request or a browser's guess ahead must not use a one-time link up.
#[derive(Debug, Clone, Copy)]
pub struct Visit;

impl FromRequestParts<State> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Error> {
        let ahead = parts.headers.contains_key("sec-purpose") || parts.headers.contains_key("purpose");
        if parts.method == Method::HEAD || ahead { Err(Error::BadRequest("not a visit")) } else { Ok(Self) }
    }
}

/// Opens a session and returns its cookie. A session that the browser had before ends: sign-in always makes a new one.
pub async fn sign_in(
    state: &State,
    conn: &mut PgConnection,
    former: Option<String>,
    holder: Holder,
    person: Option<PersonId>,
) -> Result<HeaderValue, Error> {
    if let Some(former) = former {
        db::sessions::close(conn, &former).await?;
    }
    let (token, now) = (crate::random::token(), state.clock.now());
    db::sessions::open(conn, state.course_id, holder, person, &token, now, now + SESSION).await?;
    Ok(session_cookie(state, &token, SESSION))
}

/// The cookie that takes the session's away.
pub fn signed_out(state: &State) -> HeaderValue {
    session_cookie(state, "", TimeDelta::zero())
}

/// The token of this browser's session, valid or not.
pub struct SessionToken(pub Option<String>);

impl FromRequestParts<State> for SessionToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        Ok(Self(cookie(parts, cookie_name(state)).filter(|token| !token.is_empty())))
    }
}

/// Over TLS, a name that no neighbouring host and no plain page can set.
fn cookie_name(state: &State) -> &'static str {
    if state.is_secure() { "__Host-forkgrade" } else { "forkgrade" }
}

fn session_cookie(state: &State, token: &str, lifetime: TimeDelta) -> HeaderValue {
    locked_cookie(state, cookie_name(state), token, lifetime)
}

/// A cookie that no script reads, that other sites' forms do not bring along, and that travels over TLS where we have it.
pub fn locked_cookie(state: &State, name: &str, value: &str, lifetime: TimeDelta) -> HeaderValue {
    let secure = if state.is_secure() { "; Secure" } else { "" };
    let seconds = lifetime.num_seconds();
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    // A token is hexadecimal: the text is always a header value.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
