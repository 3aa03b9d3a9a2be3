//! The arithmetic of a score, line by line, as sentences.
//! May import: `domain/`, its siblings.
//! Next: `score.rs` and `sum.rs` are what it explains.

use super::sum::sum;
use crate::domain::points::Rounding;
use crate::domain::{Course, Message, Points, Score};

/// How a total came about: points earned, scale, caps, bonus, penalties, lateness, rounding. The course's rubric is the score's own.
pub fn explain(course: &Course, score: &Score) -> Vec<Message> {
    let rubric = &course.rubric;
    let sum = sum(rubric, score.scale, &score.findings);
    let mut lines = vec![
        Message::new("score-base")
            .with("points", sum.earned)
            .with("max", sum.worth)
            .with("scaled", score.base)
            .with("scale", score.scale),
    ];
    for capped in &sum.capped {
        if let Some(group) = rubric.group(&capped.group) {
            let line = Message::new("score-group-capped").with("earned", capped.earned).with("most", capped.at_most);
            lines.push(line.with("fr", &group.title_fr).with("en", &group.title_en));
        }
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
