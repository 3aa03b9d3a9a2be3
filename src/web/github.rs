//! Signing in with GitHub: to its page, back with a code, and who that makes somebody here.
//! May import: `extract`, `github/`, `db/people`, `db/sessions`.
//! Next: `github/oauth.rs` for the grant, `signin.rs` for the ways in by link.

use axum::extract::{Query, State as AppState};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use serde::Deserialize;

use super::error::Error;
use super::extract::{SessionToken, Visit, locked_cookie, sign_in};
use super::state::State;
use super::words::cookie;
use crate::db;
use crate::db::people::{Claim, Person};
use crate::db::sessions::Holder;
use crate::domain::Login;
use crate::domain::ids::ForkId;
use crate::github::oauth::{SignIn, SignInError};
use crate::github::{Client, GithubError, User};
use crate::random;

/// The path that GitHub sends people back to.
pub const CALLBACK: &str = "signin/github/callback";
/// Somebody may take this long on GitHub's page. Its codes live as long.
const ATTEMPT: TimeDelta = TimeDelta::minutes(10);
/// After this, GitHub is asked again whether somebody may still push.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Where GitHub gives no answer to that, the last one stands this long; signing in anew brings a fresh one.
const STANDS: TimeDelta = TimeDelta::hours(12);

/// `GET /signin/github`: to GitHub, with a cookie that ties the way back to this browser.
pub async fn begin(AppState(state): AppState<State>, _: Visit) -> Result<Response, Error> {
    let github = state.github.as_ref().ok_or(Error::NotFound)?;
    let attempt = random::token();
    let address = github.address(&nonce(&attempt), &verifier(&attempt));
    let cookie = locked_cookie(&state, cookie_name(&state), &attempt, ATTEMPT);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(address.as_str())).into_response())
}

/// What GitHub sends back: a code, or why there is none.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
}

/// `GET /signin/github/callback`: back from GitHub. Whatever comes of it, this attempt is over.
pub async fn finish(
    AppState(state): AppState<State>,
    SessionToken(former): SessionToken,
    Query(answer): Query<Answer>,
    _: Visit,
    parts: Parts,
) -> Result<Response, Error> {
    let github = state.github.as_ref().ok_or(Error::NotFound)?;
    let attempt = cookie(&parts, cookie_name(&state));
    let over = (header::SET_COOKIE, locked_cookie(&state, cookie_name(&state), "", TimeDelta::zero()));
    let response = match come_back(&state, github, attempt, answer, former).await {
        Ok(session) => (AppendHeaders([over, (header::SET_COOKIE, session)]), Redirect::to("/")).into_response(),
        Err(error) => (AppendHeaders([over]), error).into_response(),
    };
    Ok(response)
}

async fn come_back(
    state: &State,
    github: &SignIn,
    attempt: Option<String>,
    answer: Answer,
    former: Option<String>,
) -> Result<HeaderValue, Error> {
    let attempt = attempt.ok_or(Error::SignInSpent)?;
    let given = answer.state.unwrap_or_default();
    // Hashes of both: how long it takes tells nothing of where they differ.
    if random::token_hash(&given) != random::token_hash(&nonce(&attempt)) {
        return Err(Error::SignInSpent);
    }
    let code = answer.code.ok_or(Error::SignInDenied)?;
    let theirs = github.exchange(&code, &verifier(&attempt)).await?;
    let user = theirs.user().await?;
    let own = theirs.may_push(&upstream(state).await?).await?;
    let forks = Forks::of(state, github, &theirs, &user).await?;
    // Here the person's token is forgotten.
    drop(theirs);
    let may_push = own == Some(true) || service_says(state, github, &user).await? == Some(true);
    admit(state, &user, &forks, may_push, former).await
}

/// The forks under somebody's login, and which of them are theirs: logins can be given up and taken by others.
struct Forks {
    listed: usize,
    owned: Vec<ForkId>,
}

impl Forks {
    async fn of(state: &State, github: &SignIn, theirs: &Client, user: &User) -> Result<Self, Error> {
        let listed = db::people::forks_under(&mut *state.conn().await?, state.course_id, &user.login).await?;
        let mut owned = Vec::new();
        for (fork, repo) in &listed {
            let mut owner = theirs.owner(*repo).await?;
            if let (None, Some(service)) = (owner, github.service()) {
                owner = service.owner(*repo).await?;
            }
            if owner == Some(user.id) {
                owned.push(*fork);
            }
        }
        Ok(Self { listed: listed.len(), owned })
    }
}

/// Opens a session for somebody whom GitHub vouched for.
async fn admit(
    state: &State,
    user: &User,
    forks: &Forks,
    may_push: bool,
    former: Option<String>,
) -> Result<HeaderValue, Error> {
    let now = state.clock.now();
    let mut transaction = state.pool.begin().await?;
    let holder = if may_push || is_listed(state, &user.login) {
        Holder::Teacher
    } else {
        let by_login = forks.listed == 0 || !forks.owned.is_empty();
        let claim = Claim { github: user.id, login: &user.login, owned: &forks.owned, by_login };
        let student = db::people::student_of(&mut transaction, state.course_id, &claim).await?;
        Holder::Student(student.ok_or_else(|| Error::Stranger(user.login.clone()))?)
    };
    let person = db::people::meet(&mut transaction, state.course_id, user.id, &user.login, may_push, now).await?;
    let cookie = sign_in(state, &mut transaction, former, holder, Some(person)).await?;
    transaction.commit().await?;
    Ok(cookie)
}

/// Whether somebody who signed in as a teacher still is one.
pub async fn is_teacher(state: &State, person: &Person) -> Result<bool, Error> {
    if is_listed(state, &person.login) {
        return Ok(true);
    }
    let now = state.clock.now();
    let age = now - person.checked_at;
    if !person.may_push || age < FRESH {
        return Ok(person.may_push);
    }
    let stands = age < STANDS;
    let Some(github) = &state.github else { return Ok(stands) };
    // Of many requests at once, one asks.
    if !db::people::take_turn_to_ask(&mut *state.conn().await?, person.id, now - FRESH, now).await? {
        return Ok(stands);
    }
    let user = User { id: person.github, login: person.login.clone() };
    match service_says(state, github, &user).await {
        Ok(Some(may)) => {
            db::people::checked(&mut *state.conn().await?, person.id, may, now).await?;
            Ok(may)
        }
        Ok(None) => Ok(stands),
        Err(Error::GithubAway(error)) => {
            tracing::warn!(login = %user.login, %error, "whether this teacher may still push cannot be asked");
            Ok(stands)
        }
        Err(other) => Err(other),
    }
}

/// Whether the service's own token sees that somebody may push to the upstream. `None` where it may not know.
async fn service_says(state: &State, github: &SignIn, user: &User) -> Result<Option<bool>, Error> {
    let Some(service) = github.service() else { return Ok(None) };
    Ok(service.user_may_push(&upstream(state).await?, user).await?)
}

async fn upstream(state: &State) -> Result<String, Error> {
    Ok(db::courses::upstream(&mut *state.conn().await?, state.course_id).await?.full_name)
}

fn is_listed(state: &State, login: &Login) -> bool {
    state.course.teachers.iter().any(|teacher| teacher.is_same(login))
}

/// What comes back through GitHub and its logs: it leads back neither to the cookie nor to the verifier.
fn nonce(attempt: &str) -> String {
    random::derived(attempt, "state")
}

fn verifier(attempt: &str) -> String {
    random::derived(attempt, "verifier")
}

fn cookie_name(state: &State) -> &'static str {
    if state.is_secure() { "__Host-forkgrade-signin" } else { "forkgrade-signin" }
}

impl From<SignInError> for Error {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused(word) => Self::SignInRefused(word),
            SignInError::Github(error) => error.into(),
        }
    }
}

impl From<GithubError> for Error {
    fn from(error: GithubError) -> Self {
        Self::GithubAway(error)
    }
}
