//! What `[suites]`, `[commands]` and the criteria that name them say together.
//! May import: toml, `domain/`.
//! Next: `suites.rs` reads the files; `domain/judges.rs` has the keys.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::shape::suggestion;
use super::{Found, values};
use crate::domain::Course;
use crate::domain::course::Sandbox;
use crate::domain::judges::MOST_SECONDS;

/// Adds every mistake about judges that no single key shows. A rubric that stands alone names the judges of its course, where that is known.
pub fn check(document: &DeTable<'_>, course: Option<&Course>, found: &mut Found) {
    let is_known = document.get("slug").is_some() || course.is_some();
    for (kind, key) in [("suites", "suite"), ("commands", "command")] {
        let judges = table(document.get(kind));
        let names: Vec<&str> = match (course, kind) {
            (None, _) => judges.iter().flat_map(|judges| judges.keys()).map(|name| name.get_ref().as_ref()).collect(),
            (Some(course), "suites") => course.suites.keys().map(String::as_str).collect(),
            (Some(course), _) => course.commands.keys().map(String::as_str).collect(),
        };
        for criterion in criteria(document).filter(|_| is_known) {
            let Some(named) = criterion.get(key) else { continue };
            let name = named.get_ref().as_str().unwrap_or_default();
            if !names.contains(&name) {
                let near = suggestion(name, names.iter().copied());
                let known = if names.is_empty() {
                    "there is none".to_owned()
                } else {
                    format!("known are {}", names.join(", "))
                };
                found.add(named.span().start, format!("{key}: no table [{kind}.{name}]{near}; {known}"));
            }
        }
        for judge in judges.iter().flat_map(|judges| judges.values()).filter_map(|judge| judge.get_ref().as_table()) {
            check_judge(judge, document, found);
        }
    }
}

fn check_judge(judge: &DeTable<'_>, document: &DeTable<'_>, found: &mut Found) {
    let at_least = |key: &str, least: i64, most: i64, found: &mut Found| {
        let Some(value) = judge.get(key) else { return };
        let DeValue::Integer(number) = value.get_ref() else { return };
        if values::integer(number).is_some_and(|number| !(least..=most).contains(&number)) {
            found.add(value.span().start, format!("{key}: {} is not between {least} and {most}", number.as_str()));
        }
    };
    at_least("seconds", 1, MOST_SECONDS.into(), found);
    at_least("test_seconds", 1, MOST_SECONDS.into(), found);
    at_least("memory_mib", 32, 16_384, found);
    if let Some(command) = judge.get("command")
        && command.get_ref().as_array().is_some_and(|words| words.is_empty())
    {
        found.add(command.span().start, "command: a program and its arguments, as a list of words".into());
    }
    if judge.get("image").is_some() {
        for key in ["python", "requirements"] {
            if let Some(value) = judge.get(key) {
                let text = format!("{key}: an image of your own brings its own; leave {key} or image out");
                found.add(value.span().start, text);
            }
        }
    }
    check_python(judge, document, found);
}

fn check_python(judge: &DeTable<'_>, document: &DeTable<'_>, found: &mut Found) {
    let Some((version, at)) =
        judge.get("python").and_then(|value| Some((value.get_ref().as_str()?, value.span().start)))
    else {
        return;
    };
    let images = table(document.get("sandbox")).and_then(|sandbox| table(sandbox.get("python")));
    let known: Vec<String> = match images {
        Some(images) => images.keys().map(|key| key.get_ref().to_string()).collect(),
        None => Sandbox::default().python.into_keys().collect(),
    };
    if !known.iter().any(|known| known == version) {
        found.add(at, format!("python: {version:?} is none of the Pythons with an image: {}", known.join(", ")));
    }
}

fn table<'t, 'd>(value: Option<&'t Spanned<DeValue<'d>>>) -> Option<&'t DeTable<'d>> {
    value?.get_ref().as_table()
}

fn criteria<'t, 'd>(document: &'t DeTable<'d>) -> impl Iterator<Item = &'t DeTable<'d>> {
    let criteria = table(document.get("rubric")).and_then(|rubric| rubric.get("criteria")?.get_ref().as_array());
    criteria.into_iter().flat_map(|criteria| criteria.iter()).filter_map(|criterion| criterion.get_ref().as_table())
}

/// What is wrong with an image's reference.
pub fn image(text: &str) -> Option<String> {
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'@'))
    };
    let valid = text.split('/').all(part) && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    (!valid).then(|| format!("{text:?} is no image; write its name and tag, such as school/grader:2026"))
}
