//! `results.json` as Gradescope's autograders write it, bounded; numbers are read as they are written, never as floats.
//! May import: serde_json, `domain/`, and within the room `text`.
//! Next: `mod.rs`, which has it from a command's container.

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::text::cut;
use crate::domain::facts::judges::{Amount, ResultsFacts, TestFacts, TestVisibility, Text, TextFormat};

/// A result of more is refused as a whole: without the rest, its sum would be another.
const MOST_TESTS: usize = 1_000;
const MOST_TAGS: usize = 20;
const NAME: usize = 300;
const OUTPUT: usize = 8_000;
/// All outputs together: beyond it, a test's output is left out.
const OUTPUTS: usize = 400_000;
const EXTRA: usize = 4_000;

/// What course.toml says that a score is out of.
#[derive(Debug, Clone, Copy)]
pub struct Worth {
    pub out_of: Option<Amount>,
    /// What the command was told.
    pub total_points: Amount,
}

/// Why there is no result.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// In the reader's words.
    Malformed(String),
    /// No score, and no test that has one.
    Empty,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    score: Option<&'a RawValue>,
    #[serde(borrow)]
    execution_time: Option<&'a RawValue>,
    output: Option<Json>,
    output_format: Option<Json>,
    test_output_format: Option<Json>,
    test_name_format: Option<Json>,
    visibility: Option<Json>,
    stdout_visibility: Option<Json>,
    #[serde(borrow)]
    extra_data: Option<&'a RawValue>,
    #[serde(borrow)]
    tests: Option<Vec<RawTest<'a>>>,
    leaderboard: Option<Json>,
}

#[derive(Deserialize)]
struct RawTest<'a> {
    #[serde(borrow)]
    score: Option<&'a RawValue>,
    #[serde(borrow)]
    max_score: Option<&'a RawValue>,
    status: Option<Json>,
    name: Option<Json>,
    name_format: Option<Json>,
    #[serde(borrow)]
    number: Option<&'a RawValue>,
    output: Option<Json>,
    output_format: Option<Json>,
    tags: Option<Json>,
    visibility: Option<Json>,
    #[serde(borrow)]
    extra_data: Option<&'a RawValue>,
}

/// Reads a result.
pub fn read(bytes: &[u8], worth: Worth) -> Result<ResultsFacts, Unread> {
    let malformed = |error: String| Unread::Malformed(cut(&error, NAME));
    let text = String::from_utf8_lossy(bytes);
    let raw: Raw<'_> =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| malformed(error.to_string()))?;
    let score = number("score", raw.score).map_err(malformed)?;
    let formats = Formats {
        output: format(raw.test_output_format.as_ref()),
        name: format(raw.test_name_format.as_ref()),
        visibility: visibility(raw.visibility.as_ref(), TestVisibility::Visible),
    };
    let all = raw.tests.unwrap_or_default();
    if all.len() > MOST_TESTS {
        return Err(malformed(format!("{} tests are more than the {MOST_TESTS} that are read", all.len())));
    }
    let mut room = OUTPUTS;
    let mut tests = Vec::new();
    for (place, raw) in all.iter().enumerate() {
        tests.push(test(raw, &formats, &mut room).map_err(|error| malformed(format!("tests[{place}]: {error}")))?);
    }
    if score.is_none() && tests.iter().all(|test| test.points().is_none()) {
        return Err(Unread::Empty);
    }
    Ok(ResultsFacts {
        score,
        out_of: worth.out_of,
        total_points: worth.total_points,
        // Only told: one that is no number is no reason to refuse the rest.
        execution_time: number("execution_time", raw.execution_time).ok().flatten(),
        output: said(raw.output.as_ref(), format(raw.output_format.as_ref()), OUTPUT),
        // What a harness prints is the teacher's unless it says otherwise.
        stdout_visibility: visibility(raw.stdout_visibility.as_ref(), TestVisibility::Hidden),
        tests,
        extra_data: extra(raw.extra_data),
        leaderboard: raw.leaderboard.is_some(),
    })
}

/// What holds for every test that says nothing of its own.
struct Formats {
    output: TextFormat,
    name: TextFormat,
    visibility: TestVisibility,
}

fn test(raw: &RawTest<'_>, formats: &Formats, room: &mut usize) -> Result<TestFacts, String> {
    let own = |format_of: &Option<Json>, otherwise| format_of.as_ref().map_or(otherwise, |word| format(Some(word)));
    let output = said(raw.output.as_ref(), own(&raw.output_format, formats.output), OUTPUT.min(*room));
    *room = room.saturating_sub(output.as_ref().map_or(0, |output| output.text.chars().count()));
    let words = raw.tags.as_ref().and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    Ok(TestFacts {
        name: said(raw.name.as_ref(), own(&raw.name_format, formats.name), NAME),
        number: raw.number.map(|raw| plain(raw, NAME)).filter(|number| !number.is_empty()),
        score: number("score", raw.score)?,
        max_score: number("max_score", raw.max_score)?,
        passed: raw.status.as_ref().and_then(Json::as_str).and_then(|status| match status {
            "passed" => Some(true),
            "failed" => Some(false),
            _ => None,
        }),
        output,
        tags: words.take(MOST_TAGS).map(|tag| cut(tag, 60)).collect(),
        visibility: visibility(raw.visibility.as_ref(), formats.visibility),
        extra_data: extra(raw.extra_data),
    })
}

/// A number as it is written; in quotes it is one too.
fn number(key: &str, raw: Option<&RawValue>) -> Result<Option<Amount>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let text = raw.get().trim_matches('"').trim();
    text.parse().map(Some).map_err(|error| format!("{key}: {error}"))
}

/// A text, whatever JSON it was written as.
fn said(value: Option<&Json>, format: TextFormat, letters: usize) -> Option<Text> {
    let text = match value? {
        Json::Null => return None,
        Json::String(text) => cut(text, letters),
        other => cut(&other.to_string(), letters),
    };
    (!text.trim().is_empty()).then_some(Text { format, text })
}

fn plain(raw: &RawValue, letters: usize) -> String {
    match serde_json::from_str::<String>(raw.get()) {
        Ok(text) => cut(&text, letters),
        Err(_) => cut(raw.get(), letters),
    }
}

fn extra(raw: Option<&RawValue>) -> Option<String> {
    raw.map(|raw| cut(raw.get(), EXTRA)).filter(|text| text != "{}")
}

fn format(word: Option<&Json>) -> TextFormat {
    match word.and_then(Json::as_str) {
        Some("html") => TextFormat::Html,
        Some("simple_format") => TextFormat::SimpleFormat,
        Some("md") => TextFormat::Md,
        Some("ansi") => TextFormat::Ansi,
        _ => TextFormat::Text,
    }
}

/// A word that is none of the four hides: better nobody sees what was meant for all than the other way round.
fn visibility(word: Option<&Json>, otherwise: TestVisibility) -> TestVisibility {
    match word {
        None | Some(Json::Null) => otherwise,
        Some(word) => match word.as_str() {
            Some("visible") => TestVisibility::Visible,
            Some("after_due_date") => TestVisibility::AfterDueDate,
            Some("after_published") => TestVisibility::AfterPublished,
            _ => TestVisibility::Hidden,
        },
    }
}

#[cfg(test)]
mod tests;
