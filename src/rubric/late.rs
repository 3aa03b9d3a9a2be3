//! Lateness by the service's own receipt time: in time, so many days late, or too late.
//! May import: chrono, `domain/`.
//! Next: `score.rs` takes the penalty off.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::Points;
use crate::domain::course::Deadline;

/// How late a submission was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lateness {
    InTime,
    /// Days begun after the grace.
    Days(u32),
    /// Nothing counts any more.
    TooLate,
}

/// How late something received at this moment is.
pub fn lateness(deadline: Option<&Deadline>, received_at: DateTime<Utc>) -> Lateness {
    let Some(deadline) = deadline else { return Lateness::InTime };
    let grace = TimeDelta::minutes(i64::from(deadline.grace_minutes));
    let over = received_at.signed_duration_since(deadline.at).checked_sub(&grace).unwrap_or(TimeDelta::MAX);
    if over <= TimeDelta::zero() {
        return Lateness::InTime;
    }
    let day = TimeDelta::days(1);
    let whole = over.num_days();
    let begun = if over > day * i32::try_from(whole).unwrap_or(i32::MAX) { whole + 1 } else { whole };
    match (u32::try_from(begun), deadline.penalty_per_day) {
        (Ok(days), Some(_)) if days <= deadline.late_days => Lateness::Days(days),
        _ => Lateness::TooLate,
    }
}

/// What lateness takes off, at most all that was earned.
pub fn penalty(deadline: Option<&Deadline>, received_at: DateTime<Utc>, earned: Points) -> Points {
    let per_day = deadline.and_then(|deadline| deadline.penalty_per_day).unwrap_or_default();
    match lateness(deadline, received_at) {
        Lateness::InTime => Points::ZERO,
        Lateness::Days(days) => per_day.share(i64::from(days), 1).min(earned),
        Lateness::TooLate => earned,
    }
}

#[cfg(test)]
mod tests {
    use super::{Lateness, lateness, penalty};
    use crate::domain::Points;
    use crate::domain::course::Deadline;
    use chrono::{TimeDelta, Utc};

    fn deadline(penalty_per_day: Option<Points>) -> Deadline {
        let at = "2026-01-31T23:59:00+01:00".parse().expect("a date");
        Deadline { at, grace_minutes: 10, penalty_per_day, late_days: 3 }
    }

    #[test]
    fn days_begin_when_the_grace_ends() {
        let due = deadline(Some(Points::whole(2)));
        let at = |minutes: i64| due.at.with_timezone(&Utc) + TimeDelta::minutes(minutes);
        let day = 24 * 60;
        let cases = [
            (-1, Lateness::InTime),
            (10, Lateness::InTime),
            (11, Lateness::Days(1)),
            (10 + day, Lateness::Days(1)),
            (11 + day, Lateness::Days(2)),
            (10 + 3 * day, Lateness::Days(3)),
            (11 + 3 * day, Lateness::TooLate),
        ];
        for (minutes, wanted) in cases {
            assert_eq!(lateness(Some(&due), at(minutes)), wanted, "{minutes} minutes after the deadline");
        }
        assert_eq!(penalty(Some(&due), at(11 + day), Points::whole(15)), Points::whole(4));
        assert_eq!(penalty(Some(&due), at(11 + day), Points::whole(3)), Points::whole(3), "never below zero");
        assert_eq!(penalty(Some(&due), at(10 * day), Points::whole(15)), Points::whole(15));
    }

    #[test]
    fn without_a_penalty_nothing_counts_late_and_without_a_deadline_everything_does() {
        let due = deadline(None);
        let late = due.at.with_timezone(&Utc) + TimeDelta::minutes(11);
        assert_eq!(penalty(Some(&due), late, Points::whole(15)), Points::whole(15));
        assert_eq!(penalty(None, late, Points::whole(15)), Points::ZERO);
    }
}
