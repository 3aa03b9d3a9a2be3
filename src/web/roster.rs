//! The class list: whose fork is whose, who is without, and importing a list with a look at what it would change.
//! May import: `extract`, `page`, `roster/`, `db/`, `domain/`.
//! Next: `roster/` for how a list is read, `templates/roster.html`.

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, State as AppState};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::error::Error;
use super::extract::{Teacher, Who};
use super::page::{Page, show as show_page};
use super::state::State;
use crate::db;
use crate::db::roster::{Listed, Stray};
use crate::domain::ids::{ForkId, StudentId};
use crate::roster::{self, Changes, Mistake, Roster};

/// A list that was shown comes back in a form, a third longer, with its key.
pub const LARGEST_FORM: usize = roster::LARGEST * 2;

#[derive(Template)]
#[template(path = "roster.html")]
struct RosterPage {
    page: Page,
    students: Vec<Listed>,
    strays: Vec<Stray>,
    looked: Option<Looked>,
}

impl RosterPage {
    /// Students of the class list.
    fn listed(&self) -> impl Iterator<Item = &Listed> {
        self.students.iter().filter(|student| student.rostered)
    }

    fn without_fork(&self) -> Vec<&Listed> {
        self.listed().filter(|student| student.forks == 0).collect()
    }
}

/// A list that was sent and not imported yet.
enum Looked {
    Mistakes(Vec<Mistake>),
    Preview {
        changes: Changes,
        without_login: Vec<String>,
        /// The list itself, to be sent back.
        file: String,
        /// Of just these changes: the class may change before they are agreed to.
        key: String,
        /// It did, since the last look.
        moved: bool,
    },
}

/// `GET /roster`
pub async fn show(_: Teacher, page: Page, AppState(state): AppState<State>) -> Result<Response, Error> {
    render(&state, page, None).await
}

async fn render(state: &State, page: Page, looked: Option<Looked>) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let students = db::roster::students(conn, state.course_id).await?;
    let strays = db::roster::strays(conn, state.course_id).await?;
    let title = page.w.t("roster-title");
    show_page(&RosterPage { page: page.titled(&title), students, strays, looked })
}

/// `POST /roster`: what a list would change. Nothing is stored.
pub async fn look(
    _: Teacher,
    page: Page,
    AppState(state): AppState<State>,
    mut form: Multipart,
) -> Result<Response, Error> {
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(|_| Error::BadRequest("the form cannot be read"))? {
        if field.name() == Some("file") {
            file = Some(field.bytes().await.map_err(|_| Error::TooLarge)?);
        }
    }
    let file = file.ok_or(Error::BadRequest("the form has no field named file"))?;
    let looked = match roster::read(&file) {
        Err(mistakes) => Looked::Mistakes(mistakes),
        Ok(list) => preview(&mut *state.conn().await?, &state, list, &file, false).await?,
    };
    render(&state, page, Some(looked)).await
}

async fn preview(
    conn: &mut sqlx::PgConnection,
    state: &State,
    list: Roster,
    file: &[u8],
    moved: bool,
) -> Result<Looked, Error> {
    let changes = roster::preview(conn, state.course_id, &list).await?;
    let (key, file) = (key(&changes)?, BASE64_STANDARD.encode(file));
    Ok(Looked::Preview { changes, without_login: list.without_login, file, key, moved })
}

fn key(changes: &Changes) -> Result<String, Error> {
    let text = serde_json::to_vec(changes).map_err(anyhow::Error::new)?;
    Ok(blake3::hash(&text).to_hex().to_string())
}

#[derive(Deserialize)]
pub struct Agreed {
    file: String,
    key: String,
}

/// `POST /roster/import`: imports a list, if it changes just what was shown.
pub async fn import(
    _: Teacher,
    who: Who,
    page: Page,
    AppState(state): AppState<State>,
    Form(agreed): Form<Agreed>,
) -> Result<Response, Error> {
    let unreadable = || Error::BadRequest("the list that came back is not the one that was shown");
    let file = BASE64_STANDARD.decode(agreed.file).map_err(|_| unreadable())?;
    let list = roster::read(&file).map_err(|_| unreadable())?;
    let mut transaction = state.pool.begin().await?;
    db::roster::lock(&mut transaction, state.course_id).await?;
    let changes = roster::preview(&mut transaction, state.course_id, &list).await?;
    if key(&changes)? != agreed.key {
        let looked = preview(&mut transaction, &state, list, &file, true).await?;
        drop(transaction);
        return render(&state, page, Some(looked)).await;
    }
    let now = state.clock.now();
    roster::apply(&mut transaction, state.course_id, &changes, now).await?;
    let by = who.login.as_ref().map_or("", |login| login.as_str());
    let (new, changed) = (changes.new.len(), changes.changed.len());
    db::roster::record_import(&mut transaction, state.course_id, by, new, changed, now).await?;
    transaction.commit().await?;
    Ok(Redirect::to("/roster").into_response())
}

#[derive(Deserialize)]
pub struct Pairing {
    fork: i64,
    student: i64,
}

/// `POST /roster/attach`: a student of the class list becomes one of a fork's.
pub async fn attach(
    _: Teacher,
    AppState(state): AppState<State>,
    Form(pair): Form<Pairing>,
) -> Result<Redirect, Error> {
    let mut transaction = state.pool.begin().await?;
    let (fork, student) = (ForkId(pair.fork), StudentId(pair.student));
    if !db::roster::attach(&mut transaction, state.course_id, fork, student).await? {
        return Err(Error::NotFound);
    }
    transaction.commit().await?;
    Ok(Redirect::to("/roster"))
}

/// `POST /roster/detach`: a student is none of a fork's any more.
pub async fn detach(
    _: Teacher,
    AppState(state): AppState<State>,
    Form(pair): Form<Pairing>,
) -> Result<Redirect, Error> {
    let conn = &mut *state.conn().await?;
    if !db::roster::detach(conn, state.course_id, ForkId(pair.fork), StudentId(pair.student)).await? {
        return Err(Error::NotFound);
    }
    Ok(Redirect::to(&format!("/forks/{}", pair.fork)))
}
