//! One submission's score: findings, their sum, what lateness takes off, rounded once.
//! May import: `domain/`, its siblings.
//! Next: `checks/mod.rs` judges a criterion, `share.rs` says how much of its points that gives, `sum.rs` adds up, `moved.rs` compares.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::course::Deadline;
use crate::domain::decision::Judged;
use crate::domain::facts::Facts;
use crate::domain::finding::{Due, Overridden, Provenance};
use crate::domain::rubric::{Criterion, Kind};
use crate::domain::{Course, Extension, Finding, Message, Outcome, Override, Points, Score};

use super::checks::{self, Judgement};
use super::late;
use super::share;
use super::sum::{Sum, sum};

/// A submission as far as its score depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Submitted<'a> {
    /// By the service's own clock.
    pub received_at: DateTime<Utc>,
    /// The latest of its students'.
    pub extension: Option<&'a Extension>,
    /// At most one for each criterion.
    pub overrides: &'a [Override],
}

impl Submitted<'_> {
    /// What was received at this moment, and that no teacher decided anything about.
    pub fn at(received_at: DateTime<Utc>) -> Self {
        Self { received_at, extension: None, overrides: &[] }
    }

    /// By the deadline in force for its fork.
    fn is_in_time(&self, course: &Course) -> bool {
        Deadline::is_in_time(course.deadline_for(self.extension).as_ref(), self.received_at)
    }
}

/// Scores a submission. The same arguments give the same score everywhere.
pub fn score(course: &Course, facts: Facts<'_>, submitted: Submitted<'_>, provenance: Provenance) -> Score {
    let findings = findings(course, facts, submitted);
    let Sum { base, bonus, penalty, .. } = sum(&course.rubric, course.scale, &findings);
    let earned = (base + bonus - penalty).max(Points::ZERO);
    let deadline = course.deadline_for(submitted.extension);
    let late_penalty = late::penalty(deadline.as_ref(), submitted.received_at, earned);
    let exact = base + bonus - penalty - late_penalty;
    let total = exact.round_to(course.rubric.round_to, course.rubric.rounding).clamp(Points::ZERO, course.scale);
    let extended = course.is_extended_by(submitted.extension);
    let due = Some(Due { received_at: submitted.received_at, deadline, extended });
    Score { findings, base, bonus, penalty, late_penalty, total, scale: course.scale, due, provenance }
}

/// What a criterion's check says by itself: what a teacher's decision rests on.
pub fn judged(course: &Course, criterion: &Criterion, facts: Facts<'_>, submitted: Submitted<'_>) -> Judged {
    rests_on(criterion, &judge(criterion, facts, submitted.is_in_time(course)))
}

fn judge(criterion: &Criterion, facts: Facts<'_>, in_time: bool) -> Judgement {
    share::counted(criterion, checks::judge(&criterion.check, facts, in_time))
}

fn rests_on(criterion: &Criterion, judgement: &Judgement) -> Judged {
    let finding = finding(criterion, judgement.clone());
    let said = judgement.evidence.iter().chain(&judgement.advice);
    let seen = said.map(|message| message.key.clone()).collect();
    Judged { outcome: finding.outcome, points: finding.points, bound: finding.bound(), seen }
}

/// The rubric meets the facts: what every check says, and what a teacher gave by hand.
struct Judging<'a> {
    criteria: &'a [Criterion],
    judged: BTreeMap<&'a str, Judgement>,
    by_hand: BTreeMap<&'a str, &'a Override>,
}

/// The findings in the order of the rubric. What was given by hand for a criterion that the rubric does not hold has no effect.
fn findings(course: &Course, facts: Facts<'_>, submitted: Submitted<'_>) -> Vec<Finding> {
    let (criteria, in_time) = (course.rubric.criteria.as_slice(), submitted.is_in_time(course));
    let judging = Judging {
        criteria,
        judged: criteria.iter().map(|one| (one.id.as_str(), judge(one, facts, in_time))).collect(),
        by_hand: submitted.overrides.iter().map(|given| (given.criterion.as_str(), given)).collect(),
    };
    criteria.iter().map(|criterion| judging.finding(criterion)).collect()
}

impl Judging<'_> {
    fn finding(&self, criterion: &Criterion) -> Finding {
        let own = self.judged.get(criterion.id.as_str());
        let found = match (self.blocked_by(criterion, self.criteria.len()), own) {
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
                let counts = self.judged.get(needed.id.as_str()).is_none_or(|judgement| judgement.counts);
                finding(criterion, Judgement { counts, ..Judgement::skipped(reason) })
            }
        };
        match (self.by_hand.get(criterion.id.as_str()), own) {
            (Some(given), Some(judgement)) => {
                overridden(criterion, found, given, rests_on(criterion, judgement) != given.judged)
            }
            _ => found,
        }
    }

    /// The first needed criterion that has failed or could not be judged, directly or through what it needs itself.
    ///
    /// Points that a teacher gave for a needed criterion make it met, and whatever it needs itself is no matter then: the teacher has
    /// looked, and those that need it are judged by what was seen of them. Points that a teacher took block nothing that the check had
    /// not blocked: a decision about one criterion must not take the points of others unasked.
    fn blocked_by(&self, criterion: &Criterion, depth: usize) -> Option<&Criterion> {
        // A circle of needs, which the configuration refuses, blocks nothing.
        let depth = depth.checked_sub(1)?;
        criterion.needs.iter().find_map(|id| {
            let needed = self.criteria.iter().find(|other| other.id == *id)?;
            let (least, _) = needed.bounds();
            if self.by_hand.get(id.as_str()).is_some_and(|given| given.points > least) {
                return None;
            }
            if let Some(blocking) = self.blocked_by(needed, depth) {
                return Some(blocking);
            }
            let outcome = self.judged.get(needed.id.as_str()).map(|judgement| judgement.outcome);
            matches!(outcome, Some(Outcome::Failed | Outcome::Skipped)).then_some(needed)
        })
    }
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
        overridden: None,
    }
}

/// The finding with a teacher's points, within what the criterion gives or takes now. What the check saw stays beside them.
/// It counts, even where the check could not judge through us.
fn overridden(criterion: &Criterion, found: Finding, given: &Override, stale: bool) -> Finding {
    let (min, max) = criterion.bounds();
    let points = given.points.clamp(min, max);
    let outcome = match points {
        all if all == max => Outcome::Passed,
        none if none == min => Outcome::Failed,
        _ => Outcome::Partial,
    };
    let instead_of = Overridden {
        points: found.points,
        outcome: found.outcome,
        reason: given.reason.clone(),
        by: given.by.clone(),
        at: given.at,
        stale,
    };
    // Whoever has everything has nothing to do next.
    let advice = if outcome == Outcome::Passed { Vec::new() } else { found.advice };
    Finding { outcome, points, min, max, advice, overridden: Some(instead_of), ..found }
}
