//! One submission's score: findings, their sum, what lateness takes off, rounded once.
//! May import: `domain/`, its siblings.
//! Next: `checks/mod.rs` judges a criterion, `share.rs` says how much of its points that gives, `sum.rs` adds up.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::facts::Facts;
use crate::domain::finding::Provenance;
use crate::domain::rubric::{Criterion, Kind};
use crate::domain::{Course, Finding, Message, Outcome, Points, Score};

use super::checks::{self, Judgement};
use super::late::{self, Lateness};
use super::share;
use super::sum::{Sum, sum};

/// Scores a submission that the service received at `received_at`. The same arguments give the same score everywhere.
pub fn score(course: &Course, facts: Facts<'_>, received_at: DateTime<Utc>, provenance: Provenance) -> Score {
    let in_time = late::lateness(course.deadline.as_ref(), received_at) == Lateness::InTime;
    let findings = findings(course, facts, in_time);
    let Sum { base, bonus, penalty, .. } = sum(&course.rubric, course.scale, &findings);
    let earned = (base + bonus - penalty).max(Points::ZERO);
    let late_penalty = late::penalty(course.deadline.as_ref(), received_at, earned);
    let exact = base + bonus - penalty - late_penalty;
    let total = exact.round_to(course.rubric.round_to, course.rubric.rounding).clamp(Points::ZERO, course.scale);
    Score { findings, base, bonus, penalty, late_penalty, total, scale: course.scale, provenance }
}

/// The findings in the order of the rubric.
fn findings(course: &Course, facts: Facts<'_>, in_time: bool) -> Vec<Finding> {
    let criteria = &course.rubric.criteria;
    let judge = |criterion: &Criterion| share::counted(criterion, checks::judge(&criterion.check, facts, in_time));
    let judged: BTreeMap<&str, Judgement> =
        criteria.iter().map(|criterion| (criterion.id.as_str(), judge(criterion))).collect();
    criteria
        .iter()
        .map(|criterion| {
            let blocking = blocked_by(criterion, criteria, &judged, criteria.len());
            match (blocking, judged.get(criterion.id.as_str())) {
                (None, Some(judgement)) => finding(criterion, judgement.clone()),
                (blocking, _) => {
                    let needed = blocking.unwrap_or(criterion);
                    // What students do not see is not named by what they see.
                    let reason = if needed.hidden && !criterion.hidden {
                        Message::new("skipped-needs-hidden")
                    } else {
                        Message::new("skipped-needs").with("fr", &needed.title_fr).with("en", &needed.title_en)
                    };
                    // What waits for something that could not be judged through us is not the student's loss either.
                    let counts = judged.get(needed.id.as_str()).is_none_or(|judgement| judgement.counts);
                    finding(criterion, Judgement { counts, ..Judgement::skipped(reason) })
                }
            }
        })
        .collect()
}

/// The first needed criterion that has failed or could not be judged, directly or through what it needs itself.
fn blocked_by<'c>(
    criterion: &Criterion,
    criteria: &'c [Criterion],
    judged: &BTreeMap<&str, Judgement>,
    depth: usize,
) -> Option<&'c Criterion> {
    // A circle of needs, which the configuration refuses, blocks nothing.
    let depth = depth.checked_sub(1)?;
    criterion.needs.iter().find_map(|id| {
        let needed = criteria.iter().find(|other| other.id == *id)?;
        if let Some(blocking) = blocked_by(needed, criteria, judged, depth) {
            return Some(blocking);
        }
        let outcome = judged.get(needed.id.as_str()).map(|judgement| judgement.outcome);
        matches!(outcome, Some(Outcome::Failed | Outcome::Skipped)).then_some(needed)
    })
}

fn finding(criterion: &Criterion, judgement: Judgement) -> Finding {
    let (min, max) = if judgement.counts { criterion.bounds() } else { (Points::ZERO, Points::ZERO) };
    Finding {
        criterion: criterion.id.clone(),
        outcome: judgement.outcome,
        points: share::points(criterion, &judgement),
        max,
        min,
        bonus: criterion.kind == Kind::Bonus,
        hidden: criterion.hidden,
        evidence: judgement.evidence,
        advice: judgement.advice,
    }
}
