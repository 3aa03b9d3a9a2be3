//! What the keys of `course.toml` say together: ids that are unique, needs that exist, a rubric that is worth something.
//! May import: toml, `domain/`.
//! Next: `criteria.rs` for groups, kinds and steps; `config.rs` puts all mistakes together.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::shape::suggestion;
use super::{Found, criteria};

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
        check_egress(sandbox, found);
        check_images(sandbox, document, found);
    }
    if let Some(scale) = document.get("scale")
        && is_zero(scale.get_ref())
    {
        found.add(scale.span().start, "scale: a course is out of more than 0".into());
    }
}

pub(super) fn is_zero(value: &DeValue<'_>) -> bool {
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
        let is_base = !matches!(criteria::kind(table), Some("bonus" | "penalty"));
        is_base && !table.get("points").is_some_and(|points| is_zero(points.get_ref()))
    });
    if !items.is_empty() && !has_base {
        let text = "every criterion is a bonus, a penalty or worth 0; at least one has to make up the scale";
        found.add(at, text.into());
    }
    criteria::check(rubric, tables.clone(), found);
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
    items.iter().filter_map(|item| item.get_ref().as_table()).for_each(|table| check_readme(table, found));
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

/// Sections by their names, each of which must be one.
fn check_readme(table: &DeTable<'_>, found: &mut Found) {
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    if text("check") != Some("readme") {
        return;
    }
    let aspect = text("aspect").unwrap_or_default();
    let sections = table.get("sections").map(|value| (value.span().start, value.get_ref().as_array()));
    match (aspect, &sections) {
        ("sections", None) => {
            let at = table.get("aspect").map_or(0, |value| value.span().start);
            let text =
                r#"aspect: "sections" asks for `sections`, such as [["Installation", "Lancement"], ["Architecture"]]"#;
            found.add(at, text.into());
        }
        ("sections", Some((at, Some(sets)))) if sets.is_empty() => {
            found.add(*at, "sections: at least one section has to be asked for".into());
        }
        (other, Some((at, _))) if other != "sections" => {
            found.add(*at, format!(r#"sections: only aspect = "sections" asks for them, and this one is {other:?}"#));
        }
        _ => {}
    }
    for set in sections.and_then(|(_, sets)| sets).into_iter().flat_map(|sets| sets.iter()) {
        let Some(names) = set.get_ref().as_array() else { continue };
        if names.is_empty() {
            found.add(set.span().start, "sections: a section without a name is never found".into());
        }
        for name in names.iter().filter(|name| name.get_ref().as_str().is_some_and(|name| !is_title(name))) {
            found.add(name.span().start, "sections: a name needs at least one letter or digit".into());
        }
    }
    if let Some(languages) = table.get("languages").filter(|_| aspect != "content") {
        let text = format!(r#"languages: only aspect = "content" looks at them, and this one is {aspect:?}"#);
        found.add(languages.span().start, text);
    }
}

fn is_title(name: &str) -> bool {
    name.chars().any(char::is_alphanumeric)
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

/// A way out that lets nothing out, or is not meant to be one.
fn check_egress(sandbox: &DeTable<'_>, found: &mut Found) {
    let Some(egress) = sandbox.get("egress") else { return };
    let at = egress.span().start;
    let Some(table) = egress.get_ref().as_table() else { return };
    let mode = table.get("mode").and_then(|mode| Some((mode.get_ref().as_str()?, mode.span().start)));
    // What is no list is another mistake.
    let is_empty = |hosts: &DeValue<'_>| hosts.as_array().is_some_and(|hosts| hosts.is_empty());
    let names_hosts = |key: &str| table.get(key).is_some_and(|hosts| !is_empty(hosts.get_ref()));
    match mode {
        Some((mode @ ("allow-list" | "record-replay"), at)) if !names_hosts("allow") => {
            let text = format!(
                "mode: {mode:?} lets nobody be asked without `allow`; name hosts, or write allow = [\"*\"] for all of the internet"
            );
            found.add(at, text);
        }
        Some(("none", at)) if names_hosts("allow") => {
            found.add(
                at,
                "mode: \"none\" with `allow`; write \"allow-list\" or \"record-replay\", or leave `allow` out".into(),
            );
        }
        None if !names_hosts("allow") && !names_hosts("assets") => {
            found.add(at, "egress: names no hosts; write egress = \"none\", or `allow` with hosts".into());
        }
        _ => {}
    }
    for key in ["requests", "answer_mib", "run_mib", "seconds", "per_second"] {
        if let Some(value) = table.get(key).filter(|value| is_zero(value.get_ref())) {
            found
                .add(value.span().start, format!("{key}: is more than 0; to let nothing out, write egress = \"none\""));
        }
    }
    if let Some(value) = table.get("seconds")
        && let DeValue::Integer(number) = value.get_ref()
        && super::values::integer(number).is_some_and(|seconds| seconds > 600)
    {
        found.add(value.span().start, "seconds: at most 600; a run does not wait longer".into());
    }
}

/// A word alone is one of ours: an image by reference has a tag, a digest or a maker.
fn check_images(sandbox: &DeTable<'_>, document: &DeTable<'_>, found: &mut Found) {
    let Some(images) = sandbox.get("images").and_then(|images| images.get_ref().as_table()) else { return };
    let services: Vec<String> = match document.get("services").and_then(|services| services.get_ref().as_table()) {
        Some(services) => services.keys().map(|key| key.get_ref().to_string()).collect(),
        None => crate::domain::course::default_services().into_keys().collect(),
    };
    let known: Vec<&str> = ["python", "none"].into_iter().chain(services.iter().map(String::as_str)).collect();
    for (name, value) in images.iter() {
        let Some(text) = value.get_ref().as_str() else { continue };
        if !text.contains(['/', ':', '@']) && !known.contains(&text) {
            let near = suggestion(text, known.iter().copied());
            let what = format!(
                "images: {text:?}{near} stands for nothing; write one of {}, or an image with its tag",
                known.join(", ")
            );
            found.add(value.span().start, what);
        }
        if globset::Glob::new(name.get_ref()).is_err() {
            found.add(name.span().start, format!("images: {:?} is no pattern", name.get_ref()));
        }
    }
}

fn is_python(version: &str) -> bool {
    version.strip_prefix("3.").is_some_and(|minor| minor.parse::<u8>().is_ok())
}
