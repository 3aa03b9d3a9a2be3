//! The button of courses that publish feedback by hand.
//! May import: `extract`, `grading/` (decisions), `db/`, `domain/`.
//! Next: `domain/visibility.rs`, which says who sees what when.

use axum::Form;
use axum::extract::State as AppState;
use axum::response::Redirect;
use serde::Deserialize;

use super::error::Error;
use super::extract::{Teacher, Who};
use super::state::State;
use crate::db;
use crate::db::audit::Entry;
use crate::domain::Course;
use crate::domain::audit::Action;
use crate::domain::course::Visibility;
use crate::grading::Decision;

/// Whether a teacher publishes by hand in this course: feedback, or tests of commands that wait for it.
pub fn by_hand(course: &Course) -> bool {
    let waits = !course.commands.is_empty();
    waits
        || match course.visibility {
            Visibility::Immediately => false,
            Visibility::AfterDeadline => course.deadline.is_none(),
            Visibility::WhenPublished => true,
        }
}

#[derive(Deserialize)]
pub struct Change {
    published: bool,
}

/// `POST /publication`: shows the feedback to students, or hides it again.
pub async fn change(
    _: Teacher,
    who: Who,
    AppState(state): AppState<State>,
    Form(change): Form<Change>,
) -> Result<Redirect, Error> {
    let now = state.clock.now();
    let published_at = change.published.then_some(now);
    // What students see is written down before it is hidden: what changes meanwhile is told to them afterwards.
    let mut decision = Decision::begin(&state.pool, state.course_id, &state.course, None, now).await?;
    db::views::publish(decision.conn(), state.course_id, published_at).await?;
    let (actor, action) = (who.as_teacher(), if change.published { Action::Published } else { Action::Unpublished });
    db::audit::write(decision.conn(), state.course_id, &Entry::new(&actor, action), now).await?;
    db::outbox::owe_newest(decision.conn(), state.course_id, None, now).await?;
    decision.commit().await?;
    Ok(Redirect::to("/forks"))
}
