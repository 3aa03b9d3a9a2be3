//! A rubric as the `[rubric]` section of a `course.toml`.
//! May import: toml, `domain/`.
//! Next: `config.rs`, which reads it back.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::domain::check::Check;
use crate::domain::rubric::{Criterion, Group, Kind};
use crate::domain::{Points, Rubric};

/// The section as a teacher would write it: what is as it would be anyway is left out.
pub fn rubric_section(rubric: &Rubric) -> String {
    let mut text = String::from("[rubric]\n");
    key(&mut text, "round_to", &number(rubric.round_to));
    if rubric.rounding != Default::default() {
        key(&mut text, "rounding", &plain(&rubric.rounding));
    }
    for group in &rubric.groups {
        write_group(&mut text, group);
    }
    for criterion in &rubric.criteria {
        write_criterion(&mut text, criterion);
    }
    text
}

fn write_group(text: &mut String, group: &Group) {
    text.push_str("\n[[rubric.groups]]\n");
    for (name, value) in [("id", &group.id), ("title_fr", &group.title_fr), ("title_en", &group.title_en)] {
        key(text, name, &quoted(value));
    }
    if let Some(most) = group.at_most {
        key(text, "at_most", &number(most));
    }
}

fn write_criterion(text: &mut String, criterion: &Criterion) {
    text.push_str("\n[[rubric.criteria]]\n");
    let words = [("id", &criterion.id), ("title_fr", &criterion.title_fr), ("title_en", &criterion.title_en)];
    for (name, value) in words {
        key(text, name, &quoted(value));
    }
    if !criterion.group.is_empty() {
        key(text, "group", &quoted(&criterion.group));
    }
    for (name, value) in parameters(&criterion.check) {
        key(text, &name, &json(&value));
    }
    if !criterion.needs.is_empty() {
        key(text, "needs", &json(&criterion.needs.iter().map(String::as_str).collect()));
    }
    if criterion.kind != Kind::Base {
        key(text, "kind", &plain(&criterion.kind));
    }
    key(text, "points", &number(criterion.points));
    if !criterion.partial {
        key(text, "partial", "false");
    }
    if !criterion.steps.is_empty() {
        let steps = criterion.steps.iter().map(|step| format!("{{ at = {}, share = {} }}", step.at, step.share));
        key(text, "steps", &format!("[{}]", steps.collect::<Vec<_>>().join(", ")));
    }
    if criterion.hidden {
        key(text, "hidden", "true");
    }
}

/// The check and those of its parameters that are not what they would be anyway; `check` comes first.
fn parameters(check: &Check) -> Vec<(String, Json)> {
    let Ok(Json::Object(all)) = serde_json::to_value(check) else { return Vec::new() };
    let is_needed = |name: &str| {
        let without: Map<String, Json> =
            all.iter().filter(|(other, _)| *other != name).map(|(name, value)| (name.clone(), value.clone())).collect();
        !serde_json::from_value::<Check>(Json::Object(without)).is_ok_and(|same| same == *check)
    };
    let mut needed: Vec<(String, Json)> =
        all.iter().filter(|(name, _)| is_needed(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    needed.sort_by_key(|(name, _)| (name != "check", name != "aspect"));
    needed
}

fn key(text: &mut String, name: &str, value: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{name} = {value}");
}

/// Points are numbers of TOML as they are written for people.
fn number(points: Points) -> String {
    points.to_string()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A word of an enumeration.
fn plain(word: &impl Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|word| word.as_str().map(quoted)).unwrap_or_default()
}

/// A parameter. Checks have texts, numbers, flags, and lists and tables of these; nothing is said by leaving a key out.
fn json(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Json::Object(table) => {
            let pairs = table.iter().map(|(name, value)| format!("{} = {}", quoted(name), json(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}
