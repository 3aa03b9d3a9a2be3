//! The arithmetic of a score, line by line, as sentences.
//! May import: `domain/`.
//! Next: `score.rs` is what it explains.

use crate::domain::{Course, Message, Points, Score};

/// How a total came about: points earned, scale, bonus, lateness, rounding.
pub fn explain(course: &Course, score: &Score) -> Vec<Message> {
    let sum = |bonus: bool, points: fn(&crate::domain::Finding) -> Points| -> Points {
        score.findings.iter().filter(|finding| finding.bonus == bonus).map(points).sum()
    };
    let mut lines = vec![
        Message::new("score-base")
            .with("points", sum(false, |finding| finding.points))
            .with("max", sum(false, |finding| finding.max))
            .with("scaled", score.base)
            .with("scale", score.scale),
    ];
    if score.bonus > Points::ZERO {
        lines.push(Message::new("score-bonus").with("points", score.bonus));
    }
    if score.late_penalty > Points::ZERO {
        lines.push(Message::new("score-late").with("points", score.late_penalty));
    }
    let exact = score.base + score.bonus - score.late_penalty;
    if exact > score.scale {
        lines.push(Message::new("score-capped").with("exact", exact).with("scale", score.scale));
    } else if exact != score.total {
        lines.push(Message::new("score-rounded").with("exact", exact).with("step", course.rubric.round_to));
    }
    lines.push(Message::new("score-total").with("total", score.total).with("scale", score.scale));
    lines
}
