//! Which submission of a fork counts.
//! May import: `domain/`.
//! Next: `score.rs` for what lateness costs, `web/` and `cli/export.rs` for who shows it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::course::Deadline;
use crate::domain::{Course, Points};

/// The submission of record: the last one in time, or a later one where that gives more in spite of its penalty (which
/// its total holds already). `None` where nothing counts.
///
/// `scored` comes in the order in which the service learnt of the submissions; `of` tells when that was, and the total.
pub fn of_record<'a, T>(course: &Course, scored: &'a [T], of: impl Fn(&T) -> (DateTime<Utc>, Points)) -> Option<&'a T> {
    let Some(deadline) = &course.deadline else { return scored.last() };
    let (in_time_until, counts_until) = limits(deadline);
    let in_time = scored.iter().rfind(|one| of(one).0 <= in_time_until);
    let late = scored
        .iter()
        .filter(|one| (in_time_until < of(one).0) && (of(one).0 <= counts_until))
        .max_by_key(|one| of(one).1);
    match (in_time, late) {
        (Some(punctual), Some(late)) if of(late).1 <= of(punctual).1 => Some(punctual),
        (punctual, late) => late.or(punctual),
    }
}

/// The last moment in time, and the last one that counts at all.
fn limits(deadline: &Deadline) -> (DateTime<Utc>, DateTime<Utc>) {
    let in_time = deadline.at.with_timezone(&Utc) + TimeDelta::minutes(deadline.grace_minutes.into());
    let late_days = if deadline.penalty_per_day.is_some() { deadline.late_days } else { 0 };
    (in_time, in_time + TimeDelta::days(late_days.into()))
}
