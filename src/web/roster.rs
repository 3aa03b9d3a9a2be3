//! The class list: whose fork is whose, who is without, and importing a list with a look at what it would change.
//! May import: `extract`, `page`, `roster/`, `grading/` (decisions), `db/`, `domain/`.
//! Next: `roster/` for how a list is read, `templates/roster.html`.

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, Path, State as AppState};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::error::Error;
use super::extract::{Teacher, Who};
use super::page::{Page, show as show_page};
use super::state::State;
use crate::db;
use crate::db::audit;
use crate::db::roster::{Awaited, Imported, Listed, Said, Stray};
use crate::domain::audit::Action;
use crate::domain::ids::{ForkId, Login, StudentId};
use crate::grading::Decision;
use crate::roster::{self, Entry, Look, Mistake, Roster};

/// A list that was shown comes back in a form, a third longer, with its key.
pub const LARGEST_FORM: usize = roster::LARGEST * 2;

#[derive(Template)]
#[template(path = "roster.html")]
struct RosterPage {
    page: Page,
    students: Vec<Listed>,
    awaited: Vec<Awaited>,
    strays: Vec<Stray>,
    imports: Vec<Imported>,
    looked: Option<Looked>,
}

impl RosterPage {
    /// Students of the class list.
    fn listed(&self) -> impl Iterator<Item = &Listed> {
        self.students.iter().filter(|student| student.rostered)
    }

    fn without_fork(&self) -> Vec<&Listed> {
        self.listed().filter(|student| student.forks.is_empty()).collect()
    }
}

/// A list that was sent and not imported yet.
enum Looked {
    Mistakes(Vec<Mistake>),
    Preview {
        look: Box<Look>,
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
    let awaited = db::roster::awaited(conn, state.course_id).await?;
    let strays = db::roster::strays(conn, state.course_id).await?;
    let imports = db::roster::imports(conn, state.course_id).await?;
    let title = page.w.t("roster-title");
    show_page(&RosterPage { page: page.titled(&title), students, awaited, strays, imports, looked })
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
        Ok(list) => {
            let conn = &mut *state.conn().await?;
            let look = roster::look(conn, state.course_id, &list, state.clock.now()).await?;
            preview(look, &file, false)?
        }
    };
    render(&state, page, Some(looked)).await
}

fn preview(look: Look, file: &[u8], moved: bool) -> Result<Looked, Error> {
    let (key, file) = (key(&look)?, BASE64_STANDARD.encode(file));
    Ok(Looked::Preview { look: Box::new(look), file, key, moved })
}

/// Of what would change; what is left over afterwards may come and go with every push.
fn key(look: &Look) -> Result<String, Error> {
    let text = serde_json::to_vec(&(&look.changes, &look.shared)).map_err(anyhow::Error::new)?;
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
    let (actor, now) = (who.as_teacher(), state.clock.now());
    let mut decision = Decision::begin(&state.pool, state.course_id, &state.course, None, now).await?;
    db::roster::lock(decision.conn(), state.course_id).await?;
    let said = Said { by: &actor, now };
    let look = roster::import(decision.conn(), state.course_id, &list, &said).await?;
    if key(&look)? != agreed.key {
        // Taken back, and shown anew.
        drop(decision);
        return render(&state, page, Some(preview(look, &file, true)?)).await;
    }
    let (new, changed) = (look.changes.new.len(), look.changes.changed.len());
    let by = actor.login().map_or("", |login| login.as_str());
    db::roster::record_import(decision.conn(), state.course_id, by, new, changed, now).await?;
    // Whoever came to a fork may have more time.
    decision.settle().await?;
    decision.commit().await?;
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
    who: Who,
    AppState(state): AppState<State>,
    Form(pair): Form<Pairing>,
) -> Result<Redirect, Error> {
    let (fork, student) = (ForkId(pair.fork), StudentId(pair.student));
    let (actor, now) = (who.as_teacher(), state.clock.now());
    let mut decision = Decision::begin(&state.pool, state.course_id, &state.course, None, now).await?;
    if !db::roster::attach(decision.conn(), state.course_id, fork, student, &Said { by: &actor, now }).await? {
        return Err(Error::NotFound);
    }
    decision.settle().await?;
    decision.commit().await?;
    Ok(Redirect::to("/roster"))
}

/// `POST /roster/detach`: a student is none of a fork's any more, whoever owns it.
pub async fn detach(
    _: Teacher,
    who: Who,
    AppState(state): AppState<State>,
    Form(pair): Form<Pairing>,
) -> Result<Redirect, Error> {
    let (fork, student) = (ForkId(pair.fork), StudentId(pair.student));
    let (actor, now) = (who.as_teacher(), state.clock.now());
    let mut decision = Decision::begin(&state.pool, state.course_id, &state.course, None, now).await?;
    if !db::roster::detach(decision.conn(), state.course_id, fork, student, &Said { by: &actor, now }).await? {
        return Err(Error::NotFound);
    }
    decision.settle().await?;
    decision.commit().await?;
    Ok(Redirect::to(&format!("/forks/{fork}")))
}

#[derive(Deserialize)]
pub struct Named {
    awaited: i64,
    login: String,
}

/// `POST /roster/login`: the login of somebody whom a list named without one; an empty one awaits them no more.
pub async fn name(
    _: Teacher,
    who: Who,
    AppState(state): AppState<State>,
    Form(named): Form<Named>,
) -> Result<Redirect, Error> {
    let (actor, now) = (who.as_teacher(), state.clock.now());
    let mut decision = Decision::begin(&state.pool, state.course_id, &state.course, None, now).await?;
    db::roster::lock(decision.conn(), state.course_id).await?;
    let awaited = db::roster::awaited(decision.conn(), state.course_id).await?;
    let somebody = awaited.into_iter().find(|one| one.id == named.awaited).ok_or(Error::NotFound)?;
    db::roster::stop_awaiting(decision.conn(), state.course_id, somebody.id).await?;
    let written = named.login.trim().trim_start_matches('@');
    if !written.is_empty() {
        let login: Login = written.parse().map_err(|_| Error::BadRequest("that is no GitHub login"))?;
        let Awaited { name, email, group, .. } = somebody;
        let said = Said { by: &actor, now };
        let mended = audit::Entry::new(said.by, Action::LoginMended)
            .changing(json!({ "name": name }), json!({ "name": name, "login": login }));
        db::audit::write(decision.conn(), state.course_id, &mended, said.now).await?;
        let entry = Entry { login: Some(login), name: Some(name), email, group };
        let list = Roster { entries: vec![entry] };
        roster::import(decision.conn(), state.course_id, &list, &said).await?;
    }
    decision.settle().await?;
    decision.commit().await?;
    Ok(Redirect::to("/roster"))
}

/// `POST /students/{student}/unlist`: a student is on the class list no more.
pub async fn unlist(
    _: Teacher,
    who: Who,
    AppState(state): AppState<State>,
    Path(student): Path<i64>,
) -> Result<Redirect, Error> {
    let (actor, now) = (who.as_teacher(), state.clock.now());
    let mut decision = Decision::begin(&state.pool, state.course_id, &state.course, None, now).await?;
    let said = Said { by: &actor, now };
    if !db::roster::unlist(decision.conn(), state.course_id, StudentId(student), &said).await? {
        return Err(Error::NotFound);
    }
    decision.settle().await?;
    decision.commit().await?;
    Ok(Redirect::to("/roster"))
}

/// `GET /roster.csv`: the class list, as it can be imported again.
pub async fn export(_: Teacher, AppState(state): AppState<State>) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let students = db::roster::students(conn, state.course_id).await?;
    let awaited = db::roster::awaited(conn, state.course_id).await?;
    let file = roster::write(&students, &awaited).map_err(anyhow::Error::new)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"roster.csv\""),
    ];
    Ok((headers, file).into_response())
}
