//! Whether students see their feedback now, and the button for courses that publish by hand.
//! May import: `extract`, `db/views`, `domain/`.
//! Next: `feedback.rs`, which asks before it shows.

use axum::Form;
use axum::extract::State as AppState;
use axum::response::Redirect;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::error::Error;
use super::extract::Teacher;
use super::state::State;
use crate::db;
use crate::domain::Course;
use crate::domain::course::Visibility;

/// Whether students see their feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Now,
    /// From this moment on.
    After(DateTime<Utc>),
    /// When the teacher says so.
    WhenPublished,
}

/// What the course's visibility means at `now`.
pub fn seen(course: &Course, published_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Seen {
    match (course.visibility, &course.deadline) {
        (Visibility::Immediately, _) => Seen::Now,
        (Visibility::AfterDeadline, Some(deadline)) => {
            let from = deadline.at.with_timezone(&Utc) + TimeDelta::minutes(deadline.grace_minutes.into());
            if now > from { Seen::Now } else { Seen::After(from) }
        }
        // Without a deadline there is nothing to wait for but the teacher.
        (Visibility::AfterDeadline, None) | (Visibility::WhenPublished, _) => match published_at {
            Some(from) if from <= now => Seen::Now,
            _ => Seen::WhenPublished,
        },
    }
}

/// Whether a teacher publishes by hand in this course.
pub fn by_hand(course: &Course) -> bool {
    match course.visibility {
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
    AppState(state): AppState<State>,
    Form(change): Form<Change>,
) -> Result<Redirect, Error> {
    let published_at = change.published.then(|| state.clock.now());
    db::views::publish(&mut *state.conn().await?, state.course_id, published_at).await?;
    Ok(Redirect::to("/forks"))
}
