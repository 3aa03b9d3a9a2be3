//! Which submission of a fork counts.
//! May import: `domain/`.
//! Next: `late.rs` for what lateness costs, `web/` and `cli/export.rs` for who shows it.

use chrono::{DateTime, Utc};

use super::late::{Lateness, lateness};
use crate::domain::Points;
use crate::domain::course::Deadline;

/// The submission of record: the last one in time, or a later one where that gives more in spite of its penalty (which
/// its total holds already), by the deadline in force. `None` where nothing counts.
///
/// `scored` comes in the order in which the service learnt of the submissions; `of` tells when that was, and the total.
pub fn of_record<'a, T>(
    deadline: Option<&Deadline>,
    scored: &'a [T],
    of: impl Fn(&T) -> (DateTime<Utc>, Points),
) -> Option<&'a T> {
    let late = |one: &T| lateness(deadline, of(one).0);
    let punctual = scored.iter().rfind(|one| late(one) == Lateness::InTime);
    let best_late = scored.iter().filter(|one| matches!(late(one), Lateness::Days(_))).max_by_key(|one| of(one).1);
    match (punctual, best_late) {
        (Some(punctual), Some(late)) if of(late).1 <= of(punctual).1 => Some(punctual),
        (punctual, late) => late.or(punctual),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// The index of the one that counts, for receipts in hours since a deadline with an hour of grace and two late days.
    fn counts(penalty: &str, receipts: &[(i64, i64)]) -> Option<usize> {
        let deadline: DateTime<Utc> = "2026-01-31T23:00:00Z".parse().unwrap();
        let due = Deadline {
            at: deadline.fixed_offset(),
            grace_minutes: 60,
            penalty_per_day: penalty.parse().ok(),
            late_days: 2,
        };
        let scored: Vec<(usize, DateTime<Utc>, Points)> = receipts
            .iter()
            .enumerate()
            .map(|(index, (hours, total))| (index, deadline + TimeDelta::hours(*hours), Points::whole(*total)))
            .collect();
        of_record(Some(&due), &scored, |(_, at, total)| (*at, *total)).map(|(index, ..)| *index)
    }

    #[test]
    fn the_last_in_time_counts_even_where_an_earlier_one_gave_more() {
        assert_eq!(counts("1", &[(-9, 15), (-5, 9)]), Some(1));
    }

    #[test]
    fn grace_is_in_time() {
        assert_eq!(counts("", &[(-9, 15), (1, 9)]), Some(1));
    }

    #[test]
    fn a_late_one_counts_only_where_it_gives_more() {
        assert_eq!(counts("1", &[(-9, 9), (20, 10)]), Some(1));
        assert_eq!(counts("1", &[(-9, 9), (20, 9)]), Some(0));
        assert_eq!(counts("1", &[(20, 3)]), Some(0));
    }

    #[test]
    fn without_a_penalty_or_after_the_late_days_nothing_counts() {
        assert_eq!(counts("", &[(-9, 9), (20, 19)]), Some(0));
        assert_eq!(counts("", &[(20, 19)]), None);
        assert_eq!(counts("1", &[(-9, 9), (60, 19)]), Some(0));
    }
}
