//! JUnit XML as test runners write it (pytest, unittest, jest, surefire and others), bounded, without expanding any entity.
//! May import: quick-xml, `domain/`, and within the room `text`.
//! Next: `mod.rs`, which has it from a suite's container.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::text::cut;
use crate::domain::facts::judges::{Amount, CaseFacts, CaseOutcome};

/// A report of more is refused as a whole: without the rest, its share would be another.
const MOST_CASES: usize = 2_000;
/// Elements inside one another: reports have about five.
const DEEPEST: usize = 64;
const NAME: usize = 200;
const MESSAGE: usize = 300;
const DETAIL: usize = 2_000;

/// The cases of a report, in its order. What is no XML, or holds no suite, is told in a sentence.
pub fn read(bytes: &[u8]) -> Result<Vec<CaseFacts>, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().allow_dangling_amp = true;
    let mut walk = Walk::default();
    loop {
        let told = |error: &dyn std::fmt::Display, at: u64| format!("byte {at}: {error}");
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                walk.open(&start).map_err(|error| told(&error, reader.buffer_position()))?;
            }
            Ok(Event::Empty(start)) => {
                walk.open(&start).map_err(|error| told(&error, reader.buffer_position()))?;
                walk.close();
            }
            Ok(Event::End(_)) => walk.close(),
            Ok(Event::Text(words)) => walk.says(&words.xml10_content()),
            Ok(Event::CData(words)) => walk.says(&words.xml10_content()),
            // A character or one of XML's own five; whatever a document defines itself stays a name.
            Ok(Event::GeneralRef(name)) => match name.resolve_char_ref() {
                Ok(Some(letter)) => walk.says(letter.encode_utf8(&mut [0; 4])),
                _ => walk.says(resolve_predefined_entity(&name.xml10_content()).unwrap_or("\u{FFFD}")),
            },
            Ok(Event::Eof) => break,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(error) => return Err(told(&error, reader.error_position())),
        }
    }
    if !walk.open.is_empty() {
        return Err("it ends in the middle".to_owned());
    }
    if !walk.has_suite {
        return Err("there is no <testsuite> in it".to_owned());
    }
    if walk.count > MOST_CASES {
        return Err(format!("{} tests are more than the {MOST_CASES} that are read", walk.count));
    }
    Ok(walk.cases)
}

/// What an element means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Case,
    /// A failure or an error: its words are the case's.
    Failure,
    Property,
    Other,
}

#[derive(Default)]
struct Walk {
    cases: Vec<CaseFacts>,
    /// Of all, kept or not.
    count: usize,
    /// From the outermost to the one that is read.
    open: Vec<Part>,
    has_suite: bool,
    /// The case that is read.
    case: Option<CaseFacts>,
    /// The property that is read: its name and its value so far.
    property: Option<(String, String)>,
}

impl Walk {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("more than {DEEPEST} elements inside one another"));
        }
        let name = start.local_name();
        let part = match (name.as_ref(), self.case.is_some()) {
            ("testsuite" | "testsuites", _) => {
                self.has_suite = true;
                Part::Other
            }
            ("testcase", false) => {
                self.case = Some(case(&attributes(start)));
                Part::Case
            }
            // Reruns and flaky results are what came before the last word, which stands beside them.
            ("failure", true) => self.ends(CaseOutcome::Failed, start),
            ("error", true) => self.ends(CaseOutcome::Error, start),
            ("skipped" | "ignored" | "disabled", true) => {
                self.set(CaseOutcome::Skipped);
                Part::Other
            }
            ("property", true) => {
                let mut found = attributes(start);
                let mut take = |key: &str| found.remove(key).unwrap_or_default();
                self.property = Some((take("name"), take("value")));
                Part::Property
            }
            _ => Part::Other,
        };
        self.open.push(part);
        Ok(())
    }

    /// The case did not pass; the first failure of several speaks.
    fn ends(&mut self, outcome: CaseOutcome, start: &BytesStart<'_>) -> Part {
        self.set(outcome);
        let mut found = attributes(start);
        if let Some(case) = self.case.as_mut().filter(|case| case.message.is_empty()) {
            let message = found.remove("message").filter(|message| !message.is_empty());
            case.message = cut(&message.or_else(|| found.remove("type")).unwrap_or_default(), MESSAGE);
        }
        Part::Failure
    }

    /// The worst that is said of a case stands.
    fn set(&mut self, outcome: CaseOutcome) {
        let rank = |outcome: CaseOutcome| match outcome {
            CaseOutcome::Passed => 0,
            CaseOutcome::Skipped => 1,
            CaseOutcome::Failed => 2,
            CaseOutcome::Error => 3,
        };
        if let Some(case) = self.case.as_mut().filter(|case| rank(case.outcome) < rank(outcome)) {
            case.outcome = outcome;
        }
    }

    fn says(&mut self, words: &str) {
        match self.open.last() {
            Some(Part::Failure) => {
                if let Some(case) = &mut self.case {
                    append(&mut case.detail, words, DETAIL);
                }
            }
            Some(Part::Property) => {
                if let Some((_, value)) = &mut self.property {
                    append(value, words, NAME);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Part::Property) => {
                if let (Some((name, value)), Some(case)) = (self.property.take(), &mut self.case)
                    && name == "points"
                {
                    case.weight = value.trim().parse::<Amount>().ok().filter(|weight| *weight >= Amount::ZERO);
                }
            }
            Some(Part::Case) => {
                if let Some(case) = self.case.take() {
                    self.keep(case);
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, mut case: CaseFacts) {
        self.count += 1;
        if self.count > MOST_CASES {
            return;
        }
        case.detail = cut(case.detail.trim(), DETAIL);
        if case.message.is_empty() && matches!(case.outcome, CaseOutcome::Failed | CaseOutcome::Error) {
            // Without a message of its own, the failure's last line says what it is.
            let line = case.detail.lines().rev().map(str::trim).find(|line| !line.is_empty());
            case.message = cut(line.unwrap_or_default(), MESSAGE);
        }
        self.cases.push(case);
    }
}

/// Room for four bytes a letter; what is more is cut off when the case is kept.
fn append(text: &mut String, words: &str, letters: usize) {
    let room = (4 * letters + 4).saturating_sub(text.len());
    let end = (0..=words.len().min(room)).rev().find(|end| words.is_char_boundary(*end)).unwrap_or(0);
    text.push_str(words.get(..end).unwrap_or_default());
}

fn case(attributes: &HashMap<String, String>) -> CaseFacts {
    let attribute = |name: &str| attributes.get(name).map(String::as_str).unwrap_or_default();
    let class =
        [attribute("classname"), attribute("class"), attribute("file")].into_iter().find(|text| !text.is_empty());
    CaseFacts {
        class: cut(class.unwrap_or_default(), NAME),
        name: cut(attribute("name"), NAME),
        outcome: CaseOutcome::Passed,
        message: String::new(),
        detail: String::new(),
        milliseconds: milliseconds(attribute("time")),
        weight: None,
    }
}

/// Seconds as reports write them, some with thousands apart: `0.012`, `1,234.5`.
fn milliseconds(seconds: &str) -> Option<u64> {
    let seconds = seconds.trim().replace(',', "").parse::<Amount>().ok()?;
    u64::try_from(seconds.millionths() / 1_000).ok()
}

/// The attributes of an element. One that is malformed is left out, and so is what the document defines itself.
fn attributes(start: &BytesStart<'_>) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_or_else(|_| attribute.value.clone().into_owned(), std::borrow::Cow::into_owned);
        found.entry(attribute.key.local_name().as_ref().to_owned()).or_insert(value);
    }
    found
}

#[cfg(test)]
mod tests;
