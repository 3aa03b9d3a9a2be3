//! Signs in when a submission came about: what the commits' own dates say against when the service saw them. Never points.
//! May import: chrono, `domain/`.
//! Next: `web/fork.rs` shows them to the teacher.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::Message;
use crate::domain::course::Deadline;
use crate::domain::facts::inspection::HistoryFacts;

/// Clocks of students' machines may be off by so much.
const WRONG_CLOCK: TimeDelta = TimeDelta::minutes(10);
/// From this on a commit is much older than the push that brought it.
const MUCH_OLDER: TimeDelta = TimeDelta::days(3);
/// Own commits from which one evening is worth a look, and how long an evening is.
const SEVERAL: u32 = 3;
const EVENING: TimeDelta = TimeDelta::hours(6);

/// What the service knows of a submission by its own clock.
#[derive(Debug, Clone, Copy)]
pub struct Noticed {
    /// When it learnt of the submission.
    pub at: DateTime<Utc>,
    /// Since when it has been looking at the fork.
    pub looking_since: DateTime<Utc>,
}

/// The signs of one submission, in the order in which a teacher asks.
pub fn signs(history: &HistoryFacts, noticed: Noticed, deadline: Option<&Deadline>) -> Vec<Message> {
    let mut signs = Vec::new();
    let (Some(first), Some(last)) = (history.first_commit, history.last_commit) else { return signs };
    let seconds_of = |moment: DateTime<Utc>| moment.format("%Y-%m-%d %H:%M").to_string();
    if last > noticed.at + WRONG_CLOCK {
        signs.push(Message::new("sign-future-commit").with("date", seconds_of(last)));
    }
    // What was committed while the service was looking, and shown to it much later.
    let waited = noticed.at - last;
    let was_looking = noticed.looking_since + WRONG_CLOCK < last;
    let is_due_between = deadline.is_some_and(|deadline| last <= deadline.ends_at() && noticed.at > deadline.ends_at());
    if is_due_between && waited > WRONG_CLOCK {
        let message = Message::new("sign-dated-before-deadline").with("date", seconds_of(last));
        signs.push(message.with("hours", waited.num_hours()));
    } else if was_looking && waited > MUCH_OLDER {
        signs.push(Message::new("sign-old-commit").with("date", seconds_of(last)).with("days", waited.num_days()));
    }
    if history.own_commits >= SEVERAL && last - first <= EVENING {
        let hours = (last - first).num_hours().max(1);
        signs.push(Message::new("sign-one-evening").with("commits", history.own_commits).with("hours", hours));
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-01-{text}Z").parse().unwrap()
    }

    fn history(first: &str, last: &str, own_commits: u32) -> HistoryFacts {
        let (first_commit, last_commit) = (Some(at(first)), Some(at(last)));
        HistoryFacts { own_commits, first_commit, last_commit, ..HistoryFacts::default() }
    }

    fn keys(history: &HistoryFacts, seen: &str) -> Vec<String> {
        let deadline = Deadline {
            at: "2026-01-20T12:00:00+00:00".parse().unwrap(),
            grace_minutes: 10,
            penalty_per_day: None,
            late_days: 7,
        };
        let noticed = Noticed { at: at(seen), looking_since: at("01T00:00:00") };
        signs(history, noticed, Some(&deadline)).into_iter().map(|sign| sign.key).collect()
    }

    #[test]
    fn steady_work_pushed_at_once_shows_nothing() {
        assert!(keys(&history("10T08:00:00", "15T20:00:00", 9), "15T20:05:00").is_empty());
        // A laptop whose clock is some minutes fast.
        assert!(keys(&history("10T08:00:00", "15T20:09:00", 9), "15T20:00:00").is_empty());
        // Committed on a train, pushed the day after.
        assert!(keys(&history("10T08:00:00", "15T20:00:00", 9), "16T20:00:00").is_empty());
        assert!(keys(&HistoryFacts::default(), "16T20:00:00").is_empty());
    }

    #[test]
    fn dates_that_cannot_be_are_signs() {
        assert_eq!(keys(&history("10T08:00:00", "18T20:00:00", 9), "15T20:00:00"), ["sign-future-commit"]);
        assert_eq!(keys(&history("10T08:00:00", "20T12:05:00", 9), "20T14:00:00"), ["sign-dated-before-deadline"]);
        assert_eq!(keys(&history("02T08:00:00", "05T20:00:00", 9), "15T20:00:00"), ["sign-old-commit"]);
        // The service was not there yet: nothing says that the push came late.
        let before = Noticed { at: at("15T20:00:00"), looking_since: at("15T19:00:00") };
        assert!(signs(&history("02T08:00:00", "05T20:00:00", 9), before, None).is_empty());
    }

    #[test]
    fn one_evening_is_a_sign() {
        assert_eq!(keys(&history("15T18:00:00", "15T22:30:00", 5), "15T22:31:00"), ["sign-one-evening"]);
        assert!(keys(&history("15T18:00:00", "15T18:00:00", 1), "15T22:31:00").is_empty(), "one commit is one commit");
    }
}
