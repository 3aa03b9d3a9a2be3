//! The audit log, for teachers: everything that touched a grade, newest first, and the same as CSV.
//! May import: `extract`, `page`, `db/audit`, `domain/`.
//! Next: `domain/audit.rs` for what can be done, `templates/audit.html`.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::{Query, State as AppState};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::Value;
use url::form_urlencoded;

use super::error::Error;
use super::extract::Teacher;
use super::page::{Page, show as show_page};
use super::state::State;
use super::words::Words;
use crate::db;
use crate::db::audit::{Wanted, Written};
use crate::domain::audit::Action;
use crate::domain::ids::ForkId;
use crate::domain::spreadsheet::harmless;
use crate::domain::{Course, Fork, Points};

/// Entries on one page.
const PER_PAGE: usize = 50;

/// What a change may hold, and what it is called on the page.
const FIELDS: [(&str, &str); 16] = [
    ("points", "audit-field-points"),
    ("total", "audit-field-total"),
    ("until", "audit-field-until"),
    ("grace_minutes", "audit-field-grace"),
    ("penalty_per_day", "audit-field-penalty"),
    ("late_days", "audit-field-late-days"),
    ("visibility", "audit-field-visibility"),
    ("scale", "audit-field-scale"),
    ("rubric", "audit-field-rubric"),
    ("scores", "audit-field-scores"),
    ("totals", "audit-field-totals"),
    ("which", "audit-field-which"),
    ("runs", "audit-field-runs"),
    ("login", "audit-field-login"),
    ("name", "audit-field-name"),
    ("forks", "audit-field-forks"),
];

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    page: Page,
    asked: Asked,
    forks: Vec<Fork>,
    lines: Vec<Line>,
    /// The address of what was done before these.
    older: Option<String>,
}

/// What the page's address asks for.
struct Asked {
    wanted: Wanted,
}

impl Asked {
    /// Unknown values ask for everything.
    fn parse(query: &HashMap<String, String>) -> Self {
        let word = |name: &str| query.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        Self {
            wanted: Wanted {
                fork: word("fork").and_then(|id| id.parse().ok()).map(ForkId),
                person: word("person")
                    .map(|text| text.chars().filter(|letter| !letter.is_control()).take(100).collect()),
                action: word("action").and_then(Action::parse),
                before: word("before").and_then(|id| id.parse().ok()),
            },
        }
    }

    fn is_fork(&self, fork: &Fork) -> bool {
        self.wanted.fork == Some(fork.id)
    }

    fn is_action(&self, action: &Action) -> bool {
        self.wanted.action == Some(*action)
    }

    fn person(&self) -> &str {
        self.wanted.person.as_deref().unwrap_or_default()
    }

    fn is_filtered(&self) -> bool {
        self.wanted.fork.is_some() || self.wanted.person.is_some() || self.wanted.action.is_some()
    }

    /// The same filter at another address.
    fn at(&self, path: &str, before: Option<i64>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let pairs = [
            ("fork", self.wanted.fork.map(|fork| fork.to_string())),
            ("person", self.wanted.person.clone()),
            ("action", self.wanted.action.map(|action| action.as_str().to_owned())),
            ("before", before.map(|id| id.to_string())),
        ];
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    fn file(&self) -> String {
        self.at("/audit.csv", None)
    }
}

/// An entry with what it changed, in the reader's words.
struct Line {
    entry: Written,
    criterion: Option<String>,
    changes: Vec<Change>,
}

/// One value of an entry, before and after; either may be missing.
struct Change {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

/// `GET /audit`
pub async fn show(
    _: Teacher,
    page: Page,
    AppState(state): AppState<State>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Error> {
    let asked = Asked::parse(&query);
    let conn = &mut *state.conn().await?;
    let mut entries = db::audit::list(conn, state.course_id, &asked.wanted, PER_PAGE as i64 + 1).await?;
    let forks = db::forks::all(conn, state.course_id).await?;
    let course = db::rubrics::course(conn, state.course_id, &state.course).await?;
    let more = entries.len() > PER_PAGE;
    entries.truncate(PER_PAGE);
    let last = entries.last().filter(|_| more).map(|entry| entry.id);
    let title = page.w.t("audit-title");
    show_page(&AuditPage {
        older: last.map(|id| asked.at("/audit", Some(id))),
        lines: entries.into_iter().map(|entry| line(&course, &page.w, entry)).collect(),
        page: page.titled(&title),
        asked,
        forks,
    })
}

fn line(course: &Course, words: &Words, entry: Written) -> Line {
    let changes = changes(words, entry.before.as_ref(), entry.after.as_ref());
    let criterion = entry.criterion.as_deref().map(|id| course.rubric.title_of_id(id, words.language).to_owned());
    Line { entry, criterion, changes }
}

/// Known values first, in the order of their table; then whatever else there is.
fn changes(words: &Words, before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let of = |value: Option<&Value>, key: &str| Some(written(words, key, value?.get(key)?));
    let objects = before.into_iter().chain(after).filter_map(Value::as_object);
    let all: BTreeSet<String> = objects.flat_map(|object| object.keys().cloned()).collect();
    let place = |key: &str| FIELDS.iter().position(|(known, _)| *known == key);
    let mut all: Vec<String> = all.into_iter().collect();
    all.sort_by_key(|key| place(key).unwrap_or(FIELDS.len()));
    all.into_iter()
        .map(|key| Change {
            name: place(&key).map_or_else(|| key.clone(), |index| words.t(FIELDS[index].1)),
            before: of(before, &key),
            after: of(after, &key),
        })
        .collect()
}

fn written(words: &Words, key: &str, value: &Value) -> String {
    match (key, value) {
        ("points" | "total" | "penalty_per_day" | "scale", Value::String(text)) => {
            text.parse::<Points>().map_or_else(|_| text.clone(), |points| words.points(&points))
        }
        ("until", Value::String(text)) => {
            text.parse::<DateTime<Utc>>().map_or_else(|_| text.clone(), |until| words.moment_in_full(&until))
        }
        ("rubric", Value::String(hash)) => hash.chars().take(12).collect(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Array(items)) => items.iter().map(|item| written(words, "", item)).collect::<Vec<_>>().join(", "),
        (_, other) => other.to_string(),
    }
}

/// `GET /audit.csv`: everything that the same filter finds, as it was written.
pub async fn export(
    _: Teacher,
    AppState(state): AppState<State>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Error> {
    let wanted = Wanted { before: None, ..Asked::parse(&query).wanted };
    let entries = db::audit::list(&mut *state.conn().await?, state.course_id, &wanted, i64::MAX).await?;
    let file = csv(&entries)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, file).into_response())
}

fn csv(entries: &[Written]) -> anyhow::Result<Vec<u8>> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record([
        "at",
        "actor",
        "login",
        "action",
        "fork",
        "commit",
        "student",
        "criterion",
        "before",
        "after",
        "reason",
    ])?;
    for entry in entries {
        let json = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        let cells = [
            entry.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            entry.actor.kind().to_owned(),
            entry.actor.login().map(ToString::to_string).unwrap_or_default(),
            entry.action.as_str().to_owned(),
            entry.fork.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
            entry.submission.as_ref().map(|(_, commit)| commit.to_string()).unwrap_or_default(),
            entry.student.clone().unwrap_or_default(),
            entry.criterion.clone().unwrap_or_default(),
            json(&entry.before),
            json(&entry.after),
            entry.reason.clone().unwrap_or_default(),
        ];
        file.write_record(cells.iter().map(|cell| harmless(cell)))?;
    }
    Ok(file.into_inner()?)
}
