//! A teacher's points for one criterion of one submission: given on the fork's page, with a reason, and undone there.
//! May import: `extract`, `fork`, `grading/` (decisions), `db/`, `domain/`.
//! Next: `grading/by_hand.rs`, which decides; `templates/parts/override-form.html`.

use axum::Form;
use axum::extract::{Path, State as AppState};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Error;
use super::extract::{Teacher, Who};
use super::fork::{self, Refused};
use super::page::Page;
use super::state::State;
use super::words::Words;
use crate::domain::Message;
use crate::domain::Points;
use crate::domain::audit::Actor;
use crate::domain::ids::{ForkId, ScoreId, SubmissionId};
use crate::grading::{Deciding, DecisionError, Given, LONGEST_REASON, Refusal};

#[derive(Deserialize)]
pub struct Wanted {
    submission: i64,
    /// The score that the page showed.
    score: i64,
    criterion: String,
    points: String,
    reason: String,
}

/// `POST /forks/{fork}/overrides`: gives points by hand, or says beside the form why not.
pub async fn set(
    _: Teacher,
    who: Who,
    page: Page,
    AppState(state): AppState<State>,
    Path(fork): Path<i64>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Error> {
    let (fork, submission, actor) = (ForkId(fork), SubmissionId(wanted.submission), who.as_teacher());
    if !fork::has(&state, fork, submission).await? {
        return Err(Error::NotFound);
    }
    let given = match written(&wanted.points) {
        None => Err(Message::new("points-unreadable")),
        Some(points) => {
            let given = Given {
                submission,
                looked_at: ScoreId(wanted.score),
                criterion: &wanted.criterion,
                points,
                reason: &wanted.reason,
            };
            outcome(&page.w, deciding(&state, &actor).give_points(given).await)?
        }
    };
    match given {
        Ok(()) => Ok(back(fork, submission, &format!("correct-{}", wanted.criterion))),
        Err(why) => {
            let refused = Refused { form: wanted.criterion, why, first: wanted.points, reason: wanted.reason };
            fork::refuse(&state, page, fork, Some(submission), refused).await
        }
    }
}

#[derive(Deserialize)]
pub struct Undone {
    submission: i64,
    criterion: String,
}

/// `POST /forks/{fork}/overrides/undo`: the check's own points count again.
pub async fn undo(
    _: Teacher,
    who: Who,
    AppState(state): AppState<State>,
    Path(fork): Path<i64>,
    Form(undone): Form<Undone>,
) -> Result<Response, Error> {
    let (fork, submission, actor) = (ForkId(fork), SubmissionId(undone.submission), who.as_teacher());
    if !fork::has(&state, fork, submission).await? {
        return Err(Error::NotFound);
    }
    match deciding(&state, &actor).undo_points(fork, submission, &undone.criterion).await {
        Ok(()) => Ok(back(fork, submission, &format!("correct-{}", undone.criterion))),
        Err(DecisionError::Refused(_)) => Err(Error::NotFound),
        Err(DecisionError::Sql(error)) => Err(error.into()),
        Err(DecisionError::Ours(error)) => Err(error.into()),
    }
}

/// Who decides, in the course of this server.
pub fn deciding<'a>(state: &'a State, by: &'a Actor) -> Deciding<'a> {
    let (pool, course, now) = (&state.pool, state.course.as_ref(), state.clock.now());
    Deciding { pool, course_id: state.course_id, course, by, now }
}

/// A decision that was taken, or what to tell the teacher; everything else is an error.
pub fn outcome<T>(words: &Words, done: Result<T, DecisionError>) -> Result<Result<T, Message>, Error> {
    let refusal = match done {
        Ok(done) => return Ok(Ok(done)),
        Err(DecisionError::Refused(refusal)) => refusal,
        Err(DecisionError::Sql(error)) => return Err(error.into()),
        Err(DecisionError::Ours(error)) => return Err(error.into()),
    };
    Ok(Err(match refusal {
        Refusal::NotFound => return Err(Error::NotFound),
        Refusal::OutOfRange { min, max } => {
            Message::new("points-out-of-range").with("min", words.points(&min)).with("max", words.points(&max))
        }
        Refusal::NoReason => Message::new("reason-missing"),
        Refusal::ReasonTooLong => Message::new("reason-too-long").with("n", LONGEST_REASON),
        Refusal::NothingDue => Message::new("extension-nothing-due"),
        Refusal::NotLater { due } => Message::new("extension-not-later").with("due", words.moment_in_full(&due)),
    }))
}

/// The page of the fork, at the form.
pub fn back(fork: ForkId, submission: SubmissionId, place: &str) -> Response {
    Redirect::to(&format!("/forks/{fork}?submission={submission}#{place}")).into_response()
}

/// Points as people write them, with a comma or a point, and with the minus of our pages.
fn written(text: &str) -> Option<Points> {
    text.trim().replace(',', ".").replace('−', "-").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::domain::Points;

    #[test]
    fn points_are_read_exactly() {
        for (text, hundredths) in [("1,5", 150), (" 0.25", 25), ("2", 200), ("-1", -100), ("−1,5", -150), ("0,07", 7)]
        {
            assert_eq!(written(text), Some(Points::from_hundredths(hundredths)), "{text}");
        }
        for text in ["", "1,234", "1.2.3", "1 5", "NaN", "1e2", "½", "٣"] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
