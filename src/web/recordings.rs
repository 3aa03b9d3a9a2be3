//! What hosts answered to this course's programs, for the teacher: which, when and to whom; and forgetting it, so that it is asked anew.
//! May import: `extract`, `page`, `db/recordings`, `domain/`.
//! Next: `egress/recorder.rs`, which records.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State as AppState};
use axum::response::{Redirect, Response};
use serde::Deserialize;

use super::error::Error;
use super::extract::Teacher;
use super::page::{Page, show as show_page};
use super::state::State;
use crate::db;
use crate::db::recordings::{HostSummary, Kept, Listed};
use crate::domain::egress::EgressMode;

/// Recordings in one list.
const LISTED: i64 = 500;
/// Characters of an answer that are shown.
const SHOWN: usize = 20_000;

#[derive(Template)]
#[template(path = "recordings.html")]
struct List {
    page: Page,
    mode: EgressMode,
    /// The course's own rules, as they are written.
    allow: String,
    assets: String,
    hosts: Vec<HostSummary>,
    /// The host that is looked into, with its recordings.
    opened: Option<(String, Vec<Listed>)>,
}

impl List {
    fn bytes(&self) -> u64 {
        self.hosts.iter().map(|host| host.bytes).sum()
    }

    fn answers(&self) -> u64 {
        self.hosts.iter().map(|host| host.answers).sum()
    }
}

#[derive(Template)]
#[template(path = "recording.html")]
struct One {
    page: Page,
    listed: Listed,
    kept: Kept,
    /// The beginning of its body; `None` where it is no text.
    text: Option<String>,
    is_cut: bool,
}

#[derive(Deserialize)]
pub struct Wanted {
    host: Option<String>,
}

/// `GET /recordings`: every host, and the recordings of the one of `?host=`.
pub async fn list(
    _: Teacher,
    page: Page,
    AppState(state): AppState<State>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let hosts = db::recordings::hosts(conn, state.course_id).await?;
    let opened = match wanted.host {
        Some(host) => {
            let listed = db::recordings::list(conn, state.course_id, Some(&host), None, LISTED).await?;
            Some((host, listed)).filter(|(_, listed)| !listed.is_empty())
        }
        None => None,
    };
    let rules = &state.course.sandbox.egress;
    let written = |patterns: &[crate::domain::egress::HostPattern]| {
        patterns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let title = page.w.t("recordings-title");
    show_page(&List {
        page: page.titled(&title),
        mode: rules.mode,
        allow: written(&rules.allow),
        assets: written(&rules.assets),
        hosts,
        opened,
    })
}

/// `GET /recordings/{recording}`
pub async fn show(
    _: Teacher,
    page: Page,
    AppState(state): AppState<State>,
    Path(recording): Path<i64>,
) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let listed = db::recordings::list(conn, state.course_id, None, Some(recording), 1).await?;
    let listed = listed.into_iter().next().ok_or(Error::NotFound)?;
    let kept = db::recordings::load(conn, state.course_id, recording).await?.ok_or(Error::NotFound)?;
    let text = std::str::from_utf8(&kept.body).ok().map(|text| text.chars().take(SHOWN).collect::<String>());
    let is_cut = text.as_ref().is_some_and(|text| text.len() < kept.body.len());
    let title = page.w.t("recordings-title");
    show_page(&One { page: page.titled(&title), listed, kept, text: text.map(|text| visible(&text)), is_cut })
}

/// What would steer a reader's eyes is shown as a mark.
fn visible(text: &str) -> String {
    let mark = |letter: char| match letter {
        '\n' | '\t' => letter,
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        letter if letter.is_control() => '\u{FFFD}',
        letter => letter,
    };
    text.replace("\r\n", "\n").chars().map(mark).collect()
}

#[derive(Deserialize)]
pub struct Forgotten {
    host: String,
    /// One recording of that host.
    recording: Option<i64>,
}

/// `POST /recordings/forget`: the next run that asks a host's question asks the host itself.
pub async fn forget(
    _: Teacher,
    AppState(state): AppState<State>,
    Form(forgotten): Form<Forgotten>,
) -> Result<Redirect, Error> {
    let conn = &mut *state.conn().await?;
    db::recordings::forget(conn, state.course_id, Some(&forgotten.host), forgotten.recording).await?;
    Ok(Redirect::to("/recordings"))
}
