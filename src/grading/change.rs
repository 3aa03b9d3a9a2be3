//! Who moves by a rubric, by how much, and which criteria move them. Pure.
//! May import: `rubric/`, `domain/`.
//! Next: `web/rubric/` and `cli/rescore.rs`, which show it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::look::{Look, Looked};
use crate::domain::ids::ForkId;
use crate::domain::{Course, Points, Rubric, Score};
use crate::rubric::record::of_record;
use crate::rubric::sum;

/// What a rubric changes in the scores of record.
#[derive(Debug, Clone)]
pub struct Change {
    /// Totals of record of whoever handed something in, before and after.
    pub before: Vec<Points>,
    pub after: Vec<Points>,
    /// Whose total moves, the largest change first.
    pub movers: Vec<Mover>,
    pub up: usize,
    pub down: usize,
    pub unmoved: usize,
    /// Criteria that move somebody, the most moved first.
    pub criteria: Vec<OfCriterion>,
}

/// A fork whose total of record moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mover {
    pub fork: ForkId,
    pub before: Points,
    pub after: Points,
    /// Criteria whose own points moved, on the course's scale, the largest first.
    pub causes: Vec<Cause>,
    /// What all other criteria give more or less because the rubric adds up to another sum.
    pub scale: Points,
    /// Caps, lateness and rounding.
    pub rest: Points,
    /// Another submission counts than before.
    pub other_submission: bool,
}

impl Mover {
    pub fn difference(&self) -> Points {
        self.after - self.before
    }
}

/// What one criterion gives more or less, on the course's scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    pub criterion: String,
    pub points: Points,
}

/// Whom a criterion moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfCriterion {
    pub criterion: String,
    pub up: usize,
    pub down: usize,
    /// Over the whole class, on the course's scale.
    pub points: Points,
}

/// Compares scores of record. `course` is under the new rubric, `before` the one in force.
pub fn change(course: &Course, before: &Rubric, look: &Look) -> Change {
    let mut change = Change {
        before: Vec::new(),
        after: Vec::new(),
        movers: Vec::new(),
        up: 0,
        down: 0,
        unmoved: 0,
        criteria: Vec::new(),
    };
    let mut criteria: BTreeMap<String, OfCriterion> = BTreeMap::new();
    for of_fork in look.all.chunk_by(|one, next| one.fork == next.fork) {
        let deadline = of_fork.first().and_then(|one| one.deadline.as_ref());
        let old = of_record(deadline, of_fork, |one| (one.received_at, one.before.total));
        let new = of_record(deadline, of_fork, |one| (one.received_at, one.after.total));
        let (Some(old), Some(new)) = (old, new) else { continue };
        change.before.extend(old.handed_in.then_some(old.before.total));
        change.after.extend(new.handed_in.then_some(new.after.total));
        let mover = mover(course, before, old, new);
        for cause in &mover.causes {
            let of = criteria.entry(cause.criterion.clone()).or_insert_with(|| OfCriterion {
                criterion: cause.criterion.clone(),
                up: 0,
                down: 0,
                points: Points::ZERO,
            });
            if cause.points > Points::ZERO {
                of.up += 1
            } else {
                of.down += 1
            }
            of.points += cause.points;
        }
        match mover.difference() {
            Points::ZERO => change.unmoved += 1,
            more if more > Points::ZERO => change.up += 1,
            _ => change.down += 1,
        }
        if mover.difference() != Points::ZERO {
            change.movers.push(mover);
        }
    }
    change.movers.sort_by_key(|mover| (Reverse(mover.difference().hundredths().abs()), mover.fork));
    change.criteria = criteria.into_values().collect();
    change.criteria.sort_by_key(|of| (Reverse(of.up + of.down), Reverse(of.points.hundredths().abs())));
    change
}

fn mover(course: &Course, rubric: &Rubric, old: &Looked, new: &Looked) -> Mover {
    let (before, after) = (&old.before, &new.after);
    let was = sum(rubric, before.scale, &before.findings).worth;
    let is = sum(&course.rubric, after.scale, &after.findings).worth;
    let on_scale = |scale: Points, points: Points, worth: Points| scale.share(points.hundredths(), worth.hundredths());
    let (old_points, new_points) = (points_by_criterion(before), points_by_criterion(after));
    let (mut causes, mut scale) = (Vec::new(), Points::ZERO);
    let ids = old_points.keys().chain(new_points.keys().filter(|id| !old_points.contains_key(*id)));
    for id in ids {
        let of = |points: &BTreeMap<&str, Points>| points.get(id).copied().unwrap_or_default();
        let (had, has) = (of(&old_points), of(&new_points));
        let difference = on_scale(after.scale, has, is) - on_scale(before.scale, had, was);
        if had == has {
            scale += difference;
        } else if difference != Points::ZERO {
            causes.push(Cause { criterion: (*id).to_owned(), points: difference });
        }
    }
    causes.sort_by_key(|cause| Reverse(cause.points.hundredths().abs()));
    let told: Points = causes.iter().map(|cause| cause.points).sum();
    Mover {
        fork: new.fork,
        before: before.total,
        after: after.total,
        causes,
        scale,
        rest: after.total - before.total - told - scale,
        other_submission: old.submission != new.submission,
    }
}

fn points_by_criterion(score: &Score) -> BTreeMap<&str, Points> {
    score.findings.iter().map(|finding| (finding.criterion.as_str(), finding.points)).collect()
}
