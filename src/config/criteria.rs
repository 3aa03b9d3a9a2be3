//! What a rubric's groups, kinds and steps say together.
//! May import: toml, `domain/`.
//! Next: `meaning.rs`, which checks ids and needs.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::meaning::is_zero;
use super::shape::suggestion;
use super::{Found, values};

/// Adds every mistake in groups and criteria that no single key shows.
pub fn check<'t, 'i: 't>(rubric: &'t DeTable<'i>, criteria: impl Iterator<Item = &'t DeTable<'i>>, found: &mut Found) {
    let groups = groups(rubric, found);
    for criterion in criteria {
        check_group(criterion, groups.as_ref(), found);
        check_kind(criterion, found);
        check_steps(criterion, found);
    }
}

/// What a criterion says of its kind, `bonus = true` included; `None` where it says nothing.
pub fn kind<'t>(criterion: &'t DeTable<'_>) -> Option<&'t str> {
    let bonus = criterion.get("bonus").is_some_and(|bonus| bonus.get_ref().as_bool() == Some(true));
    if bonus { Some("bonus") } else { criterion.get("kind").and_then(|kind| kind.get_ref().as_str()) }
}

/// The ids of the declared groups; `None` where none are declared.
fn groups<'t>(rubric: &'t DeTable<'_>, found: &mut Found) -> Option<BTreeSet<&'t str>> {
    let groups = rubric.get("groups")?.get_ref().as_array()?;
    let mut ids = BTreeSet::new();
    for group in groups.iter().filter_map(|group| group.get_ref().as_table()) {
        if let Some((id, at)) = text(group.get("id"))
            && !ids.insert(id)
        {
            found.add(at, format!("id: {id:?} is used by another group; ids are unique"));
        }
        if let Some(most) = group.get("at_most").filter(|most| is_zero(most.get_ref())) {
            let what = "at_most: a group that counts for nothing at most counts never; leave it out for no cap";
            found.add(most.span().start, what.into());
        }
    }
    (!ids.is_empty()).then_some(ids)
}

fn check_group(criterion: &DeTable<'_>, groups: Option<&BTreeSet<&str>>, found: &mut Found) {
    let (Some(groups), Some((group, at))) = (groups, text(criterion.get("group"))) else { return };
    if !groups.contains(group) {
        let near = suggestion(group, groups.iter().copied());
        let known: Vec<&str> = groups.iter().copied().collect();
        found.add(at, format!("group: no group has the id {group:?}{near}; ids are {}", known.join(", ")));
    }
}

fn check_kind(criterion: &DeTable<'_>, found: &mut Found) {
    let Some((written, at)) = text(criterion.get("kind")) else { return };
    if kind(criterion) == Some("bonus") && written != "bonus" {
        found.add(at, format!("kind: {written:?} contradicts bonus = true; leave one of them out"));
    }
    if written == "penalty" && criterion.get("points").is_some_and(|points| is_zero(points.get_ref())) {
        found.add(at, "kind: a penalty of 0 points takes nothing off".into());
    }
}

/// Steps lead upwards and end at all of the points.
fn check_steps(criterion: &DeTable<'_>, found: &mut Found) {
    let Some(steps) = criterion.get("steps") else { return };
    let at = steps.span().start;
    let Some(steps) = steps.get_ref().as_array() else { return };
    if criterion.get("partial").is_some_and(|partial| partial.get_ref().as_bool() == Some(false)) {
        found.add(
            at,
            "steps: partial = false is all or nothing, and leaves no steps between; leave one of them out".into(),
        );
    }
    let mut before = None;
    for step in steps.iter() {
        let Some(table) = step.get_ref().as_table() else { return };
        let percent =
            |key: &str| table.get(key).and_then(|value| value.get_ref().as_integer()).and_then(values::integer);
        // What is missing or no number is another check's to say.
        let (Some(reached), Some(share)) = (percent("at"), percent("share")) else { return };
        if !(1..=100).contains(&reached) {
            found.add(step.span().start, format!("at: {reached} is no percentage from 1 to 100"));
        }
        if !(0..=100).contains(&share) {
            found.add(step.span().start, format!("share: {share} is no percentage from 0 to 100"));
        }
        if let Some((last_reached, last_share)) = before {
            if reached <= last_reached {
                found.add(step.span().start, format!("at: {reached} comes after {last_reached}; steps lead upwards"));
            }
            if share < last_share {
                let text =
                    format!("share: {share} is less than the {last_share} of the step before; more never gives less");
                found.add(step.span().start, text);
            }
        }
        before = Some((reached, share));
    }
    match before {
        Some((_, 100)) => {}
        Some((_, share)) => {
            let text = format!(
                "steps: the last step gives {share} %; it has to give 100, or nobody reaches all of the points"
            );
            found.add(at, text);
        }
        None => found.add(at, "steps: there are none; leave the key out for points in proportion".into()),
    }
}

fn text<'t>(value: Option<&'t Spanned<DeValue<'_>>>) -> Option<(&'t str, usize)> {
    let value = value?;
    Some((value.get_ref().as_str()?, value.span().start))
}
