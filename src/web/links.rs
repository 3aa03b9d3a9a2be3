//! Personal links of students. A link is shown when it is made and never again: only its hash is kept.
//! May import: `extract`, `page`, `db/sessions`, `random`, `domain/`.
//! Next: `signin.rs`, which lets them in.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State as AppState};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Error;
use super::extract::Teacher;
use super::page::{Page, show};
use super::state::State;
use crate::db;
use crate::domain::ids::StudentId;
use crate::domain::spreadsheet::harmless;

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    page: Page,
    name: String,
    link: String,
}

/// `POST /students/{student}/link`: a new link for one student; the old one and its sessions end.
pub async fn renew(
    page: Page,
    _: Teacher,
    AppState(state): AppState<State>,
    Path(student): Path<i64>,
) -> Result<Response, Error> {
    let mut transaction = state.pool.begin().await?;
    let student = db::views::student(&mut transaction, state.course_id, StudentId(student)).await?;
    let student = student.ok_or(Error::NotFound)?;
    let token = crate::random::token();
    db::sessions::renew_student_link(&mut transaction, state.course_id, student.id, &token).await?;
    transaction.commit().await?;
    let title = page.w.t("link-title");
    show(&LinkPage {
        page: page.titled(&title),
        name: student.name.unwrap_or(student.login),
        link: address(&state, &token),
    })
}

#[derive(Deserialize)]
pub struct Back {
    /// The page that the button stands on.
    back: String,
}

/// `POST /students/{student}/link/revoke`: the link and every session that it opened end. There is no new one.
pub async fn revoke(
    _: Teacher,
    AppState(state): AppState<State>,
    Path(student): Path<i64>,
    Form(Back { back }): Form<Back>,
) -> Result<Redirect, Error> {
    if !db::sessions::revoke_student_link(&mut *state.conn().await?, state.course_id, StudentId(student)).await? {
        return Err(Error::NotFound);
    }
    // A path of ours and nothing else: `//host` and `/\\host` would lead away.
    let is_ours = back.starts_with("/forks/") || back == "/roster";
    Ok(Redirect::to(if is_ours { &back } else { "/roster" }))
}

/// `POST /links`: a CSV file with a link for every student who has none yet.
pub async fn make_missing(_: Teacher, AppState(state): AppState<State>) -> Result<Response, Error> {
    let mut transaction = state.pool.begin().await?;
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(["login", "name", "link"]).map_err(anyhow::Error::new)?;
    for id in db::sessions::students_without_link(&mut transaction, state.course_id).await? {
        let Some(student) = db::views::student(&mut transaction, state.course_id, id).await? else { continue };
        let token = crate::random::token();
        db::sessions::renew_student_link(&mut transaction, state.course_id, id, &token).await?;
        let name = harmless(student.name.as_deref().unwrap_or_default());
        file.write_record([harmless(&student.login), name, address(&state, &token)]).map_err(anyhow::Error::new)?;
    }
    let bytes = file.into_inner().map_err(|error| anyhow::anyhow!("writing a CSV file: {error}"))?;
    transaction.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"links.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

fn address(state: &State, token: &str) -> String {
    format!("{}/s/{token}", state.public_url.as_str().trim_end_matches('/'))
}
