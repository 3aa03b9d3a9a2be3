//! What the keys of `course.toml` say together: ids that are unique, needs that exist, a rubric that is worth something.
//! May import: toml, `domain/`.
//! Next: `config.rs` puts all mistakes together.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Found;
use super::shape::suggestion;

/// A criterion's id and what it needs, each with its place.
struct Criterion<'t> {
    id: &'t str,
    at: usize,
    needs: Vec<(&'t str, usize)>,
}

/// Adds every mistake that no single key shows.
pub fn check(document: &DeTable<'_>, found: &mut Found) {
    let rubric = document.get("rubric").and_then(|rubric| Some((rubric.span().start, rubric.get_ref().as_table()?)));
    if let Some((at, rubric)) = rubric {
        check_rubric(at, rubric, found);
    }
    let sandbox = document.get("sandbox").and_then(|sandbox| sandbox.get_ref().as_table());
    if let Some(sandbox) = sandbox {
        check_python(sandbox, found);
    }
    if let Some(scale) = document.get("scale")
        && is_zero(scale.get_ref())
    {
        found.add(scale.span().start, "scale: a course is out of more than 0".into());
    }
}

fn is_zero(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Integer(number) => super::values::integer(number) == Some(0),
        DeValue::Float(number) => super::values::float(number) == Some(0.0),
        _ => false,
    }
}

fn texts<'t>(value: Option<&'t Spanned<DeValue<'_>>>) -> Vec<(&'t str, usize)> {
    let items = value.and_then(|value| value.get_ref().as_array()).into_iter().flat_map(|items| items.iter());
    items.filter_map(|item| Some((item.get_ref().as_str()?, item.span().start))).collect()
}

fn check_rubric(at: usize, rubric: &DeTable<'_>, found: &mut Found) {
    let Some(criteria) = rubric.get("criteria") else { return };
    let Some(items) = criteria.get_ref().as_array() else { return };
    if items.is_empty() {
        found.add(criteria.span().start.max(at), "the rubric has no criteria; add a [[rubric.criteria]]".into());
    }
    let tables = items.iter().filter_map(|item| item.get_ref().as_table());
    let has_base = tables.clone().any(|table| {
        let bonus = table.get("bonus").is_some_and(|bonus| bonus.get_ref().as_bool() == Some(true));
        !bonus && !table.get("points").is_some_and(|points| is_zero(points.get_ref()))
    });
    if !items.is_empty() && !has_base {
        found.add(at, "every criterion is a bonus or worth 0; at least one has to make up the scale".into());
    }
    let criteria: Vec<Criterion<'_>> = tables
        .clone()
        .filter_map(|table| {
            let id = table.get("id")?;
            let needs = texts(table.get("needs"));
            Some(Criterion { id: id.get_ref().as_str()?, at: id.span().start, needs })
        })
        .collect();
    tables.for_each(|table| check_parameters(table, found));
    check_ids(&criteria, found);
    check_circles(&criteria, found);
}

/// What one check's parameters must say together.
fn check_parameters(criterion: &DeTable<'_>, found: &mut Found) {
    let Some(check) = criterion.get("check") else { return };
    if check.get_ref().as_str() == Some("stack") {
        let asked = ["any_of", "all_of"].iter().any(|key| !texts(criterion.get(*key)).is_empty());
        if !asked {
            found.add(check.span().start, "check: a stack asks for something; add any_of or all_of".into());
        }
    }
    if let Some(path) = criterion.get("path")
        && path.get_ref().as_str().is_some_and(|text| !text.starts_with('/') || text.starts_with("//"))
    {
        found.add(path.span().start, "path: a page's path on the application begins with one /".into());
    }
}

fn check_ids(criteria: &[Criterion<'_>], found: &mut Found) {
    let mut seen = BTreeSet::new();
    let ids: Vec<&str> = criteria.iter().map(|criterion| criterion.id).collect();
    for criterion in criteria {
        if !seen.insert(criterion.id) {
            found.add(criterion.at, format!("id: {:?} is used by another criterion; ids are unique", criterion.id));
        }
        for (need, at) in &criterion.needs {
            if !ids.contains(need) {
                let near = suggestion(need, ids.iter().copied());
                found.add(*at, format!("needs: no criterion has the id {need:?}{near}; ids are {}", ids.join(", ")));
            }
        }
    }
}

fn check_circles(criteria: &[Criterion<'_>], found: &mut Found) {
    let by_id: BTreeMap<&str, &Criterion<'_>> = criteria.iter().map(|criterion| (criterion.id, criterion)).collect();
    for criterion in criteria {
        let mut reached = BTreeSet::new();
        let mut queue: Vec<&str> = criterion.needs.iter().map(|(need, _)| *need).collect();
        while let Some(id) = queue.pop() {
            if reached.insert(id) {
                queue.extend(by_id.get(id).into_iter().flat_map(|needed| needed.needs.iter().map(|(need, _)| *need)));
            }
        }
        if reached.contains(criterion.id) {
            let at = criterion.needs.first().map_or(criterion.at, |(_, at)| *at);
            found.add(at, format!("needs: {:?} needs itself in a circle", criterion.id));
        }
    }
}

fn check_python(sandbox: &DeTable<'_>, found: &mut Found) {
    let images = sandbox.get("python").and_then(|python| python.get_ref().as_table());
    let keys: Vec<String> = match images {
        Some(images) => images.keys().map(|key| key.get_ref().to_string()).collect(),
        None => crate::domain::course::Sandbox::default().python.into_keys().collect(),
    };
    let default = sandbox.get("default_python").and_then(|value| Some((value.get_ref().as_str()?, value.span().start)));
    let (name, at) = match default {
        Some((name, at)) => (name.to_owned(), at),
        // The default of the default has to be there too.
        None => {
            let at = sandbox.get("python").map_or(0, |python| python.span().start);
            (crate::domain::course::Sandbox::default().default_python, at)
        }
    };
    if !keys.contains(&name) {
        found.add(at, format!("default_python: {name:?} is none of the Pythons with an image: {}", keys.join(", ")));
    }
    if let Some(images) = images {
        for (key, _) in images.iter().filter(|(key, _)| !is_python(key.get_ref())) {
            let text = format!("python: {:?} is no version of Python 3; write \"3.11\"", key.get_ref());
            found.add(key.span().start, text);
        }
    }
}

fn is_python(version: &str) -> bool {
    version.strip_prefix("3.").is_some_and(|minor| minor.parse::<u8>().is_ok())
}
