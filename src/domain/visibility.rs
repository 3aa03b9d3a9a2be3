//! Whether students see their feedback at a moment.
//! May import: std, chrono.
//! Next: `web/feedback.rs` and `outbox/content.rs`, which ask before they show.

use chrono::{DateTime, Utc};

use super::course::{Deadline, Visibility};

/// Whether students see their feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Now,
    /// From this moment on.
    After(DateTime<Utc>),
    /// When the teacher says so.
    WhenPublished,
}

/// What the course's visibility means at `now` to whoever has this deadline in force.
pub fn seen(
    visibility: Visibility,
    deadline: Option<&Deadline>,
    published_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Seen {
    match (visibility, deadline) {
        (Visibility::Immediately, _) => Seen::Now,
        (Visibility::AfterDeadline, Some(deadline)) => {
            let from = deadline.ends_at();
            if now > from { Seen::Now } else { Seen::After(from) }
        }
        // Without a deadline there is nothing to wait for but the teacher.
        (Visibility::AfterDeadline, None) | (Visibility::WhenPublished, _) => match published_at {
            Some(from) if from <= now => Seen::Now,
            _ => Seen::WhenPublished,
        },
    }
}
