//! Adds a submission's findings up: exact hundredths, scaled once, rounded once.
//! May import: `domain/`, its siblings.
//! Next: `checks/mod.rs` judges a criterion.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::facts::Facts;
use crate::domain::finding::Provenance;
use crate::domain::rubric::Criterion;
use crate::domain::{Course, Finding, Message, Outcome, Points, Score};

use super::checks::{self, Judgement};
use super::late::{self, Lateness};

/// Scores a submission that the service received at `received_at`. The same arguments give the same score everywhere.
pub fn score(course: &Course, facts: Facts<'_>, received_at: DateTime<Utc>, provenance: Provenance) -> Score {
    let in_time = late::lateness(course.deadline.as_ref(), received_at) == Lateness::InTime;
    let findings = findings(course, facts, in_time);
    let sum =
        |bonus: bool| findings.iter().filter(|finding| finding.bonus == bonus).map(|finding| finding.points).sum();
    let (base_points, bonus_points): (Points, Points) = (sum(false), sum(true));
    let worth: Points = findings.iter().filter(|finding| !finding.bonus).map(|finding| finding.max).sum();
    // Base and bonus are scaled alike: one point of the rubric is worth the same in both.
    let scaled = |points: Points| course.scale.share(points.hundredths(), worth.hundredths());
    let (base, bonus) = (scaled(base_points), scaled(bonus_points));
    let late_penalty = late::penalty(course.deadline.as_ref(), received_at, base + bonus);
    let exact = base + bonus - late_penalty;
    let total = exact.round_to(course.rubric.round_to).clamp(Points::ZERO, course.scale);
    Score { findings, base, bonus, late_penalty, total, scale: course.scale, provenance }
}

/// The findings in the order of the rubric.
fn findings(course: &Course, facts: Facts<'_>, in_time: bool) -> Vec<Finding> {
    let criteria = &course.rubric.criteria;
    let judged = criteria.iter().map(|one| (one.id.as_str(), checks::judge(&one.check, facts, in_time)));
    let judged: BTreeMap<&str, Judgement> = judged.collect();
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
                    finding(criterion, Judgement::skipped(reason))
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
    let max = criterion.points.max(Points::ZERO);
    let (numerator, denominator) = judgement.share;
    Finding {
        criterion: criterion.id.clone(),
        outcome: judgement.outcome,
        points: max.share(numerator, denominator).clamp(Points::ZERO, max),
        max,
        bonus: criterion.bonus,
        hidden: criterion.hidden,
        evidence: judgement.evidence,
        advice: judgement.advice,
    }
}
