//! What a teacher decides: points by hand for one criterion of one submission, a later deadline for one student.
//! May import: std, serde, chrono and the rest of `domain/`.
//! Next: `rubric/score.rs`, which counts them; `grading/by_hand.rs`, which stores them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::audit::Actor;
use super::finding::Outcome;
use super::points::Points;

/// A teacher's points for one criterion of one submission, whatever its check gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The criterion's id; it may have left the rubric since.
    pub criterion: String,
    /// Within what the criterion gave or took when they were given; a penalty's are below nothing.
    pub points: Points,
    pub reason: String,
    pub by: Actor,
    pub at: DateTime<Utc>,
    /// What the check had said when the teacher looked.
    pub judged: Judged,
}

/// What a check says of a submission, as far as a teacher's decision rests on it. Seconds, ports and lines of logs differ from run to run
/// and are no news; another outcome, other points or another kind of sentence is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub outcome: Outcome,
    pub points: Points,
    /// The most that the criterion gave, or that it took.
    pub bound: Points,
    /// Keys of the sentences.
    pub seen: Vec<String>,
}

/// A later deadline for one student.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub until: DateTime<Utc>,
    pub reason: String,
    pub by: Actor,
    pub at: DateTime<Utc>,
}

/// Text that names no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no date (write 2026-02-05, 2026-02-05 18:00, or 2026-02-05T18:00:00+01:00)")]
pub struct InvalidMoment(String);

/// A moment as people write it: with its offset, or in the course's time zone; a day alone lasts until 23:59. An hour that a change of
/// clocks makes twice is the later one, and one that it leaves out is no moment.
pub fn parse_until(text: &str, zone: Tz) -> Result<DateTime<Utc>, InvalidMoment> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.to_utc());
    }
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"];
    let written = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let last_minute = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default();
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(last_minute));
    let local = written.or_else(day).and_then(|moment| zone.from_local_datetime(&moment).latest());
    local.map(|moment| moment.to_utc()).ok_or_else(|| InvalidMoment(text.chars().take(60).collect()))
}

#[cfg(test)]
mod tests {
    use super::parse_until;
    use chrono_tz::Europe::Paris;

    #[test]
    fn moments_are_read_in_the_time_zone_of_the_course() {
        let read = |text: &str| parse_until(text, Paris).map(|moment| moment.to_rfc3339());
        for (text, wanted) in [
            ("2026-02-05T18:00:00+01:00", "2026-02-05T17:00:00+00:00"),
            ("2026-02-05T18:00", "2026-02-05T17:00:00+00:00"),
            (" 2026-07-05 18:00 ", "2026-07-05T16:00:00+00:00"),
            ("2026-02-05", "2026-02-05T22:59:00+00:00"),
            // The clocks go back at three: half past two comes twice.
            ("2026-10-25 02:30", "2026-10-25T01:30:00+00:00"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(wanted), "{text}");
        }
        for text in ["", "tomorrow", "05/02/2026", "2026-02-30", "2026-03-29 02:30", "2026-02-05T25:00"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
