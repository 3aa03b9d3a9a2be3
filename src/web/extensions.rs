//! A later deadline for one student, given and taken back on the page of a fork of theirs.
//! May import: `extract`, `fork`, `overrides` (what is told), `grading/` (decisions), `domain/`.
//! Next: `grading/by_hand.rs`, which decides; `domain/course.rs` for the deadline in force.

use axum::Form;
use axum::extract::{Path, State as AppState};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Error;
use super::extract::{Teacher, Who};
use super::fork::{self, Refused};
use super::overrides::{deciding, outcome};
use super::page::Page;
use super::state::State;
use crate::domain::Message;
use crate::domain::decision::parse_until;
use crate::domain::ids::{ForkId, StudentId};

#[derive(Deserialize)]
pub struct Wanted {
    /// The fork whose page the form stands on.
    fork: i64,
    /// In the course's time zone.
    until: String,
    reason: String,
}

/// `POST /students/{student}/extension`: gives a student until then, or says beside the form why not.
pub async fn give(
    _: Teacher,
    who: Who,
    page: Page,
    AppState(state): AppState<State>,
    Path(student): Path<i64>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Error> {
    let (fork, student, actor) = (ForkId(wanted.fork), StudentId(student), who.as_teacher());
    let given = match parse_until(&wanted.until, state.course.time_zone) {
        Err(_) => Err(Message::new("moment-unreadable")),
        Ok(until) => outcome(&page.w, deciding(&state, &actor).extend(student, until, &wanted.reason).await)?.map(drop),
    };
    match given {
        Ok(()) => Ok(back(fork, student)),
        Err(why) => {
            let form = format!("student-{student}");
            let refused = Refused { form, why, first: wanted.until, reason: wanted.reason };
            fork::refuse(&state, page, fork, None, refused).await
        }
    }
}

#[derive(Deserialize)]
pub struct Taken {
    fork: i64,
}

/// `POST /students/{student}/extension/remove`: the course's own deadline is theirs again.
pub async fn take(
    _: Teacher,
    who: Who,
    page: Page,
    AppState(state): AppState<State>,
    Path(student): Path<i64>,
    Form(taken): Form<Taken>,
) -> Result<Response, Error> {
    let (student, actor) = (StudentId(student), who.as_teacher());
    // Nothing of it can be refused but that there is none.
    outcome(&page.w, deciding(&state, &actor).take_extension(student, "").await)?.map_err(|_| Error::NotFound)?;
    Ok(back(ForkId(taken.fork), student))
}

fn back(fork: ForkId, student: StudentId) -> Response {
    Redirect::to(&format!("/forks/{fork}#extend-{student}")).into_response()
}
