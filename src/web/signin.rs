//! The way in and out: one-time teacher links, personal student links, sessions.
//! May import: `extract`, `page`, `db/sessions`.
//! Next: `github.rs` for the way through GitHub, `db/sessions.rs`, `links.rs` for where student links come from.

use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

use super::error::Error;
use super::extract::{CurrentUser, SessionToken, Visit, sign_in, signed_out};
use super::page::{Page, show};
use super::state::State;
use crate::db;
use crate::db::sessions::Holder;

#[derive(Template)]
#[template(path = "signin.html")]
struct SignInPage {
    page: Page,
    /// Whether people sign in with GitHub, or by links alone.
    with_github: bool,
}

/// `GET /`: everybody to where they belong.
pub async fn home(AppState(state): AppState<State>, page: Page) -> Result<Response, Error> {
    match page.user {
        CurrentUser::Teacher => Ok(Redirect::to("/forks").into_response()),
        CurrentUser::Student(_) => Ok(Redirect::to("/me").into_response()),
        CurrentUser::Nobody => show(&SignInPage { page, with_github: state.github.is_some() }),
    }
}

/// `GET /t/{token}`: signs a teacher in, once.
pub async fn teacher_link(
    AppState(state): AppState<State>,
    Path(token): Path<String>,
    SessionToken(former): SessionToken,
    _: Visit,
) -> Result<Response, Error> {
    let mut transaction = state.pool.begin().await?;
    let now = state.clock.now();
    if !db::sessions::redeem_teacher_link(&mut transaction, state.course_id, &token, now).await? {
        return Err(Error::LinkSpent);
    }
    let cookie = sign_in(&state, &mut transaction, former, Holder::Teacher, None).await?;
    transaction.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/forks")).into_response())
}

/// `GET /s/{token}`: signs a student in, as often as needed, until the link is replaced.
pub async fn student_link(
    AppState(state): AppState<State>,
    Path(token): Path<String>,
    SessionToken(former): SessionToken,
    _: Visit,
) -> Result<Response, Error> {
    let mut transaction = state.pool.begin().await?;
    let Some(student) = db::sessions::student_of_link(&mut transaction, state.course_id, &token).await? else {
        return Err(Error::LinkSpent);
    };
    let cookie = sign_in(&state, &mut transaction, former, Holder::Student(student), None).await?;
    transaction.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/me")).into_response())
}

/// `POST /sign-out`: ends the session here and in the database.
pub async fn sign_out(AppState(state): AppState<State>, SessionToken(token): SessionToken) -> Result<Response, Error> {
    if let Some(token) = token {
        db::sessions::close(&mut *state.conn().await?, &token).await?;
    }
    Ok(([(header::SET_COOKIE, signed_out(&state))], Redirect::to("/")).into_response())
}

/// `POST /sign-out/everywhere`: ends every session of whoever asks, on all their devices.
pub async fn sign_out_everywhere(
    AppState(state): AppState<State>,
    SessionToken(token): SessionToken,
) -> Result<Response, Error> {
    if let Some(token) = token {
        db::sessions::close_all_like(&mut *state.conn().await?, state.course_id, &token).await?;
    }
    Ok(([(header::SET_COOKIE, signed_out(&state))], Redirect::to("/")).into_response())
}
