//! Pictures of students' pages, to whoever may see them, and what is said about them.
//! May import: `extract`, `words`, `db/screenshots`, `domain/`.
//! Next: `templates/parts/screenshots.html`, `gallery.rs`.

use std::collections::BTreeSet;

use axum::extract::{Path, State as AppState};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::error::Error;
use super::extract::{StudentOf, Teacher};
use super::state::State;
use super::words::Words;
use crate::db;
use crate::domain::facts::screenshots::{FailedRequest, ScreenshotFacts, ScreenshotTrouble};
use crate::domain::visibility::{Seen, seen};
use crate::domain::{Message, PictureAddress};

/// `GET /screenshots/{address}`
pub async fn of_course(
    _: Teacher,
    AppState(state): AppState<State>,
    Path(address): Path<String>,
) -> Result<Response, Error> {
    let address: PictureAddress = address.parse().map_err(|_| Error::NotFound)?;
    let picture = db::screenshots::of_course(&mut *state.conn().await?, state.course_id, &address).await?;
    Ok(answer(picture.ok_or(Error::NotFound)?))
}

/// `GET /me/screenshots/{address}`: as far as the student sees the feedback that it belongs to.
pub async fn own(
    own: StudentOf,
    AppState(state): AppState<State>,
    Path(address): Path<String>,
) -> Result<Response, Error> {
    let address: PictureAddress = address.parse().map_err(|_| Error::NotFound)?;
    let fork = own.fork.ok_or(Error::NotFound)?.fork;
    let conn = &mut *state.conn().await?;
    let status = db::views::course_status(conn, state.course_id).await?;
    let extension = db::extensions::of_fork(conn, state.course_id, fork).await?;
    let deadline = state.course.deadline_for(extension.as_ref());
    if seen(state.course.visibility, deadline.as_ref(), status.published_at, state.clock.now()) != Seen::Now {
        return Err(Error::NotFound);
    }
    let picture = db::screenshots::of_fork(conn, fork, &address).await?;
    Ok(answer(picture.ok_or(Error::NotFound)?))
}

fn answer(picture: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/webp")),
        // Its address is its content's hash.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
    ];
    (headers, picture).into_response()
}

impl Words {
    /// What somebody hears who does not see the picture.
    pub fn picture_of(&self, screenshot: &ScreenshotFacts) -> String {
        let message = Message::new("screenshot-alt").with("path", &screenshot.path);
        let message = message.with("title", screenshot.title.as_deref().unwrap_or("–"));
        let status = screenshot.status.map_or_else(|| "–".to_owned(), |status| status.to_string());
        self.say(&message.with("status", status))
    }

    /// Why there is no picture.
    pub fn trouble(&self, screenshot: &ScreenshotFacts) -> String {
        use ScreenshotTrouble::{BrowserEnded, Crashed, Download, LeadsOut, NeverRests, NoPicture, NotLoaded};
        match &screenshot.trouble {
            Some(NotLoaded { error }) => self.n("screenshot-not-loaded", error),
            Some(LeadsOut { to }) => self.n("screenshot-leads-out", to),
            Some(Download) => self.t("screenshot-download"),
            Some(Crashed) => self.t("screenshot-crashed"),
            Some(NeverRests) | None => self.t("screenshot-never-rests"),
            Some(NoPicture) => self.t("screenshot-no-picture"),
            Some(BrowserEnded) => self.t("screenshot-browser-ended"),
        }
    }

    /// What the page asked for and did not get.
    pub fn not_found(&self, failed: &FailedRequest) -> String {
        let own = Url::parse(&failed.address).ok().filter(|_| !failed.leads_out);
        let path = own.map_or_else(|| failed.address.clone(), |url| url.path().to_owned());
        self.say(&Message::new("screenshot-not-found").with("path", path).with("reason", &failed.reason))
    }

    /// Hosts beyond the run that the page wanted something of; empty where there are none.
    pub fn wanted_of(&self, screenshot: &ScreenshotFacts) -> String {
        let hosts = screenshot
            .out_of_reach()
            .filter_map(|failed| Url::parse(&failed.address).ok()?.host_str().map(str::to_owned));
        hosts.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    }
}
