//! The arithmetic of a score, line by line, as sentences.
//! May import: `domain/`, its siblings.
//! Next: `score.rs` and `sum.rs` are what it explains, `moved.rs` what became of it.

use chrono::{DateTime, Utc};

use super::sum::sum;
use crate::domain::points::Rounding;
use crate::domain::{Course, Finding, Message, Points, Score};

/// Who reads it: what students do not see is not told to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Teacher,
    Student,
}

impl Reader {
    /// Whether a hidden criterion may be named.
    pub fn sees(self, hidden: bool) -> bool {
        self == Self::Teacher || !hidden
    }
}

/// How a total came about: points by hand, points earned, scale, caps, bonus, penalties, lateness, rounding. The course's rubric is the
/// score's own.
pub fn explain(course: &Course, score: &Score, reader: Reader) -> Vec<Message> {
    let rubric = &course.rubric;
    let sum = sum(rubric, score.scale, &score.findings);
    let mut lines: Vec<Message> =
        score.findings.iter().filter(|one| reader.sees(one.hidden)).filter_map(|one| by_hand(course, one)).collect();
    lines.push(
        Message::new("score-base")
            .with("points", sum.earned)
            .with("max", sum.worth)
            .with("scaled", score.base)
            .with("scale", score.scale),
    );
    for capped in &sum.capped {
        if let Some(group) = rubric.group(&capped.group) {
            let line = Message::new("score-group-capped").with("earned", capped.earned).with("most", capped.at_most);
            lines.push(line.with("fr", &group.title_fr).with("en", &group.title_en));
        }
    }
    let due = score.due.as_ref();
    if let Some(deadline) = due.filter(|due| due.extended).and_then(|due| due.deadline.as_ref()) {
        lines.push(Message::new("score-extended").with("until", written(course, deadline.at.to_utc())));
    }
    let taken = [("score-bonus", score.bonus), ("score-penalty", score.penalty), ("score-late", score.late_penalty)];
    for (key, points) in taken.into_iter().filter(|(_, points)| *points > Points::ZERO) {
        lines.push(Message::new(key).with("points", points));
    }
    let exact = score.base + score.bonus - score.penalty - score.late_penalty;
    if exact > score.scale {
        lines.push(Message::new("score-capped").with("exact", exact).with("scale", score.scale));
    } else if exact < Points::ZERO {
        lines.push(Message::new("score-floored").with("exact", exact));
    } else if exact != score.total {
        let key = match rubric.rounding {
            Rounding::HalfUp => "score-rounded",
            Rounding::Down => "score-rounded-down",
            Rounding::Up => "score-rounded-up",
        };
        lines.push(Message::new(key).with("exact", exact).with("step", rubric.round_to));
    }
    lines.push(Message::new("score-total").with("total", score.total).with("scale", score.scale));
    lines
}

fn by_hand(course: &Course, finding: &Finding) -> Option<Message> {
    let given = finding.overridden.as_ref()?;
    let message = titled("score-override", course, &finding.criterion);
    let message = message.with("points", finding.points).with("check", given.points).with("reason", &given.reason);
    Some(message)
}

/// A sentence about a criterion, with its title in every language. One that the rubric no longer holds is named by its id.
pub(super) fn titled(key: &str, course: &Course, criterion: &str) -> Message {
    let known = course.rubric.criterion(criterion);
    let (fr, en) = known.map_or((criterion, criterion), |one| (&one.title_fr, &one.title_en));
    Message::new(key).with("fr", fr).with("en", en)
}

/// A moment in the course's time zone, the same in every language.
pub(super) fn written(course: &Course, moment: DateTime<Utc>) -> String {
    moment.with_timezone(&course.time_zone).format("%Y-%m-%d %H:%M (%Z)").to_string()
}
