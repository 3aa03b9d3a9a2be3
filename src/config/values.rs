//! Values of `course.toml` that are more than their type: time zones, globs, logins, points.
//! May import: toml, globset, chrono-tz, `domain/`.
//! Next: `shape.rs` finds them.

use chrono::{DateTime, FixedOffset};
use globset::Glob;
use toml::de::{DeFloat, DeInteger, DeValue};

use crate::domain::egress::HostPattern;
use crate::domain::ids::{CourseSlug, Login};
use crate::domain::points::Points;

use super::shape::suggestion;

/// A whole number, in whatever base it is written; `None` where it is too large.
pub fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

/// A decimal number.
pub fn float(number: &DeFloat<'_>) -> Option<f64> {
    number.as_str().replace('_', "").parse().ok()
}

/// What is wrong with a number of points.
pub fn points(value: &DeValue<'_>) -> Option<String> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().replace('_', ""),
        DeValue::Float(number) => float(number)?.to_string(),
        other => return Some(format!("expected a number of points such as 2 or 1.5, found {}", kind(other))),
    };
    match text.parse::<Points>() {
        Ok(points) if points < Points::ZERO => Some(format!("{text} is negative; points are 0 or more")),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

/// What is wrong with a date.
pub fn date(value: &DeValue<'_>) -> Option<String> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        other => return Some(format!("expected a date with its offset, found {}", kind(other))),
    };
    if DateTime::<FixedOffset>::parse_from_rfc3339(&text).is_ok() {
        return None;
    }
    Some(format!("{text:?} is not a date with time and offset; write for instance 2026-01-31T23:59:00+01:00"))
}

/// What is wrong with a text at a place that wants more than any text. Places are written `rubric.criteria[].chapters`.
pub fn text(place: &str, text: &str) -> Option<String> {
    match place {
        "slug" => text.parse::<CourseSlug>().err().map(|error| error.to_string()),
        "earlier[]" => text.parse::<CourseSlug>().err().map(|error| error.to_string()),
        "teachers[]" => text.parse::<Login>().err().map(|error| error.to_string()),
        "time_zone" => time_zone(text),
        "project_dirs[]" | "rubric.criteria[].chapters" | "rubric.criteria[].only[]" => {
            Glob::new(text).err().map(|error| error.to_string())
        }
        "upstream" => upstream(text),
        "sandbox.egress.allow[]" | "sandbox.egress.assets[]" => {
            text.parse::<HostPattern>().err().map(|error| error.to_string())
        }
        "sandbox.egress.methods[]" => method(text),
        "title" => filled(text),
        _ if ["rubric.criteria[].", "rubric.groups[]."].iter().any(|table| {
            place.strip_prefix(table).is_some_and(|key| matches!(key, "id" | "title_fr" | "title_en"))
        }) =>
        {
            filled(text)
        }
        _ if place.ends_with(".image") && (place.starts_with("suites.") || place.starts_with("commands.")) => {
            super::judges::image(text)
        }
        _ => None,
    }
}

fn filled(text: &str) -> Option<String> {
    text.trim().is_empty().then(|| "must not be empty".to_owned())
}

fn method(text: &str) -> Option<String> {
    let is_one = !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
    // A tunnel would be a way around every other rule.
    let passes = is_one && !["CONNECT", "TRACE"].contains(&text);
    (!passes).then(|| format!("{text:?} is no method that can pass; write capital letters, such as GET, POST or PUT"))
}

fn time_zone(text: &str) -> Option<String> {
    if text.parse::<chrono_tz::Tz>().is_ok() {
        return None;
    }
    let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    Some(format!("{text:?} is no time zone{}; write an IANA name such as Europe/Paris", suggestion(text, known)))
}

fn upstream(text: &str) -> Option<String> {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    let valid = text.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name));
    (!valid).then(|| format!("{text:?} is no repository; write owner/name, without https:// and .git"))
}

/// What a value is, for people.
pub fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
