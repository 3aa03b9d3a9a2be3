//! Adds findings up: kinds apart, groups up to their caps, everything scaled at once so that nothing is lost between the parts.
//! May import: `domain/`.
//! Next: `score.rs` takes lateness off and rounds, `explain.rs` says it in words.

use std::collections::BTreeMap;

use crate::domain::rubric::Kind;
use crate::domain::{Finding, Points, Rubric};

/// What findings add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// Base points that were earned, in points of the rubric.
    pub earned: Points,
    /// Base points that could be earned: what makes up the scale.
    pub worth: Points,
    /// Base points on the course's scale.
    pub base: Points,
    /// What bonus criteria add to it, on the scale.
    pub bonus: Points,
    /// What penalties take off, on the scale (positive).
    pub penalty: Points,
    /// Groups in which more was earned than counts, in the order of the rubric.
    pub capped: Vec<Capped>,
}

/// A group in which more was earned than counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capped {
    /// The group's id.
    pub group: String,
    pub earned: Points,
    pub at_most: Points,
}

/// What stands under one heading.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    worth: Points,
    base: Points,
    bonus: Points,
    penalty: Points,
}

impl Parts {
    /// Base points count first, bonus points up to what is left of the cap.
    fn up_to(self, at_most: Points) -> Self {
        let base = self.base.min(at_most);
        Self { worth: self.worth.min(at_most), base, bonus: self.bonus.min(at_most - base), ..self }
    }
}

/// Adds the findings of a rubric up. Their order is irrelevant.
pub fn sum(rubric: &Rubric, scale: Points, findings: &[Finding]) -> Sum {
    let groups: BTreeMap<&str, &str> =
        rubric.criteria.iter().map(|criterion| (criterion.id.as_str(), criterion.group.as_str())).collect();
    let mut parts: BTreeMap<&str, Parts> = BTreeMap::new();
    for finding in findings {
        let group = parts.entry(groups.get(finding.criterion.as_str()).copied().unwrap_or_default()).or_default();
        match finding.kind() {
            Kind::Base => {
                group.base += finding.points;
                group.worth += finding.max;
            }
            Kind::Bonus => group.bonus += finding.points,
            Kind::Penalty => group.penalty += -finding.points,
        }
    }
    let mut capped = Vec::new();
    for (group, at_most) in rubric.groups.iter().filter_map(|group| Some((group, group.at_most?))) {
        let Some(here) = parts.get_mut(group.id.as_str()) else { continue };
        let earned = here.base + here.bonus;
        if earned > at_most {
            capped.push(Capped { group: group.id.clone(), earned, at_most });
        }
        *here = here.up_to(at_most);
    }
    let total = |of: fn(&Parts) -> Points| -> Points { parts.values().map(of).sum() };
    let (worth, earned) = (total(|parts| parts.worth), total(|parts| parts.base));
    let scaled = |points: Points| scale.share(points.hundredths(), worth.hundredths());
    // Each part is what it adds to the scaled sum so far: the parts add up to the sum of all, scaled once.
    let base = scaled(earned);
    let with_bonus = scaled(earned + total(|parts| parts.bonus));
    let with_all = scaled(earned + total(|parts| parts.bonus) - total(|parts| parts.penalty));
    Sum { earned, worth, base, bonus: with_bonus - base, penalty: with_bonus - with_all, capped }
}
