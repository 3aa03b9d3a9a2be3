//! How much of a criterion's points a judgement gives: in proportion, in steps, or all or nothing.
//! May import: `domain/`, its siblings.
//! Next: `sum.rs`, which adds them up.

use super::checks::Judgement;
use crate::domain::rubric::{Criterion, Kind, Step};
use crate::domain::{Message, Outcome, Points};

/// A judgement as its criterion counts it. The outcome says what then counts: what gives nothing has failed, what gives all has passed.
pub fn counted(criterion: &Criterion, judgement: Judgement) -> Judgement {
    if judgement.outcome == Outcome::Skipped {
        return judgement;
    }
    let (reached, asked) = within(judgement.share);
    if !criterion.steps.is_empty() {
        return stepped(&criterion.steps, reached, asked, judgement);
    }
    if judgement.outcome == Outcome::Partial && !criterion.partial {
        return with_share(judgement, (0, 1)).seen([Message::new("share-all-or-nothing")]);
    }
    judgement
}

/// The points that a counted judgement gives, rounded half up to a hundredth.
pub fn points(criterion: &Criterion, judgement: &Judgement) -> Points {
    let (min, max) = criterion.bounds();
    if judgement.outcome == Outcome::Skipped {
        // What could not be judged gives nothing, and costs nothing.
        return Points::ZERO;
    }
    let (reached, asked) = within(judgement.share);
    match criterion.kind {
        Kind::Base | Kind::Bonus => max.share(reached, asked).clamp(min, max),
        // What is missing is taken off.
        Kind::Penalty => (-(-min).share(asked - reached, asked)).clamp(min, max),
    }
}

/// A part between nothing and the whole.
fn within((numerator, denominator): (i64, i64)) -> (i64, i64) {
    if denominator <= 0 { (0, 1) } else { (numerator.clamp(0, denominator), denominator) }
}

fn stepped(steps: &[Step], reached: i64, asked: i64, judgement: Judgement) -> Judgement {
    let stands_on = |step: &&Step| i128::from(reached) * 100 >= i128::from(asked) * i128::from(step.at);
    let share = steps.iter().filter(stands_on).map(|step| step.share.min(100)).max().unwrap_or(0);
    let percent = i128::from(reached) * 100 / i128::from(asked);
    let next = steps.iter().find(|step| !stands_on(step) && step.share > share);
    let said = next.map(|next| {
        Message::new("share-step")
            .with("percent", percent)
            .with("share", share)
            .with("next", next.at)
            .with("more", next.share)
    });
    with_share(judgement, (i64::from(share), 100)).seen(said)
}

fn with_share(judgement: Judgement, share: (i64, i64)) -> Judgement {
    let outcome = match share {
        (0, _) => Outcome::Failed,
        (part, whole) if part >= whole => Outcome::Passed,
        _ => Outcome::Partial,
    };
    Judgement { outcome, share, ..judgement }
}
