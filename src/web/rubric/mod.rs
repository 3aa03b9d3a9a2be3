//! The rubric: readable, changed with a look at the class, and every version that was in force.
//! May import: `extract`, `page`, `config`, `grading/` (decisions), `rubric/`, `db/`, `domain/`.
//! Next: `sheet.rs` for the rubric in words, `preview.rs` for what it would change, `history.rs` for its versions.

mod history;
mod preview;
mod sheet;

pub use history::show as version;

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State as AppState;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Error;
use super::extract::{Teacher, Who};
use super::page::{Page, show as show_page};
use super::state::State;
use crate::config::{self, ConfigError};
use crate::db;
use crate::db::rubrics::{InForce, Version};
use crate::db::scores::Which;
use crate::domain::rubric::Kind;
use crate::domain::{Course, Points, Rubric};
use crate::grading::{self, Applying, Look, NewRubric};
use crate::rubric::rubric_hash;
use history::DiffLine;
use preview::Preview;
use sheet::Sheet;

/// A form that holds a rubric: the text is written with three characters for each one that is none of the alphabet's.
pub const LARGEST_FORM: usize = 1024 * 1024;
/// Characters of a reason.
const LONGEST_REASON: usize = 500;

#[derive(Template)]
#[template(path = "rubric.html")]
struct RubricPage {
    page: Page,
    scale: Points,
    sheet: Sheet,
    /// The text in the editor.
    text: String,
    mistakes: Vec<Mistaken>,
    preview: Option<Preview>,
    /// The section as `course.toml` has it, where that is not what is in force.
    of_file: Option<String>,
    /// Newest first; the first one is in force.
    versions: Vec<Version>,
}

/// A mistake, with the line that it is in.
struct Mistaken {
    line: usize,
    excerpt: String,
    text: String,
}

/// What was sent with the page's form, if anything.
enum Looked {
    Nothing,
    Mistakes { text: String, mistakes: Vec<Mistaken> },
    Preview { text: String, rubric: Rubric, look: Look, moved: bool },
}

/// `GET /rubric`
pub async fn show(_: Teacher, page: Page, AppState(state): AppState<State>) -> Result<Response, Error> {
    render(&state, page, Looked::Nothing).await
}

/// `GET /rubric.toml`: the rubric in force, as a section of `course.toml`.
pub async fn as_toml(_: Teacher, AppState(state): AppState<State>) -> Result<Response, Error> {
    let in_force = in_force(&state).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"rubric.toml\""),
    ];
    Ok((headers, written(in_force.source.as_deref(), &in_force.rubric)).into_response())
}

async fn in_force(state: &State) -> sqlx::Result<InForce> {
    grading::rubric_in_force(&state.pool, state.course_id, &state.course, state.clock.now()).await
}

/// As it was written on the page; as we write it where it came from the file.
fn written(source: Option<&str>, rubric: &Rubric) -> String {
    source.map_or_else(|| config::rubric_section(rubric), str::to_owned)
}

#[derive(Deserialize)]
pub struct Wanted {
    text: String,
}

/// `POST /rubric/preview`: what a rubric would change in the class. Nothing is stored.
pub async fn preview(
    _: Teacher,
    page: Page,
    AppState(state): AppState<State>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Error> {
    let text = with_plain_lines(&wanted.text);
    let looked = match read(&state.course, &text) {
        Err(mistakes) => Looked::Mistakes { text, mistakes },
        Ok(rubric) => {
            let course = Arc::new(state.course.under(rubric.clone()));
            let (conn, hash) = (&mut *state.conn().await?, rubric_hash(&rubric));
            let look = grading::look(conn, state.course_id, &course, &hash, Which::All).await?;
            Looked::Preview { text, rubric, look, moved: false }
        }
    };
    render(&state, page, looked).await
}

#[derive(Deserialize)]
pub struct Agreed {
    text: String,
    key: String,
    #[serde(default)]
    reason: String,
}

/// `POST /rubric/apply`: puts a rubric in force, if it changes just what was shown.
pub async fn apply(
    _: Teacher,
    who: Who,
    page: Page,
    AppState(state): AppState<State>,
    Form(agreed): Form<Agreed>,
) -> Result<Response, Error> {
    let text = with_plain_lines(&agreed.text);
    let rubric = match read(&state.course, &text) {
        Ok(rubric) => rubric,
        Err(mistakes) => return render(&state, page, Looked::Mistakes { text, mistakes }).await,
    };
    let reason: String = agreed.reason.trim().chars().take(LONGEST_REASON).collect();
    let (id, now, by) = (state.course_id, state.clock.now(), who.as_teacher());
    let new = NewRubric { rubric: &rubric, source: Some(&text), by: &by, reason: &reason };
    match grading::apply_rubric(&state.pool, id, &state.course, new, Some(&agreed.key), now).await? {
        Applying::Applied(_) => Ok(Redirect::to("/rubric").into_response()),
        Applying::Moved(look) => render(&state, page, Looked::Preview { text, rubric, look, moved: true }).await,
    }
}

fn read(course: &Course, text: &str) -> Result<Rubric, Vec<Mistaken>> {
    config::parse_rubric(text, "", Some(course)).map_err(|error| match error {
        ConfigError::Mistakes(mistakes) => mistakes
            .into_iter()
            .map(|mistake| Mistaken {
                line: mistake.line,
                excerpt: text.lines().nth(mistake.line - 1).unwrap_or_default().to_owned(),
                text: mistake.text,
            })
            .collect(),
        // Only files are unreadable.
        other => vec![Mistaken { line: 1, excerpt: String::new(), text: other.to_string() }],
    })
}

/// Browsers send line ends of two characters.
fn with_plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

async fn render(state: &State, page: Page, looked: Looked) -> Result<Response, Error> {
    let in_force = in_force(state).await?;
    let conn = &mut *state.conn().await?;
    let versions = db::rubrics::versions(conn, state.course_id).await?;
    let differs = state.course.rubric != in_force.rubric;
    let of_file = differs.then(|| config::rubric_section(&state.course.rubric));
    let sheet = Sheet::of(&in_force.rubric, page.w.language);
    let (text, mistakes, preview) = match looked {
        Looked::Nothing => (written(in_force.source.as_deref(), &in_force.rubric), Vec::new(), None),
        Looked::Mistakes { text, mistakes } => (text, mistakes, None),
        Looked::Preview { text, rubric, look, moved } => {
            let rows = db::views::class(conn, state.course_id, None).await?;
            let course = state.course.under(rubric);
            let preview = Preview::of(&page.w, &course, &in_force, &rows, look, &text, moved);
            (text, Vec::new(), Some(preview))
        }
    };
    let title = page.w.t("rubric-title");
    let page = page.titled(&title).at("/rubric");
    show_page(&RubricPage { page, scale: state.course.scale, sheet, text, mistakes, preview, of_file, versions })
}
