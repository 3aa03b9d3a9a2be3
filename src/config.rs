//! `course.toml`: read, checked as a whole, every mistake reported with its place and what was meant.
//! May import: toml, schemars, `domain/`.
//! Next: `config/shape.rs` checks keys and types, `config/meaning.rs` what they say together.

mod criteria;
mod judges;
mod meaning;
mod shape;
mod suites;
mod values;
mod write;

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use toml::de::{DeTable, DeValue};

use crate::domain::judges::Suites;
use crate::domain::{Course, Rubric};
pub use write::rubric_section;

/// The default `course.toml`, as `forkgrade course init` writes it.
pub const DEFAULT_COURSE: &str = include_str!("cli/course/default.toml");

/// Why there is no course.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: std::io::Error },
    /// All mistakes that were found, in the order of the file; never empty.
    #[error("{}", shown(.0))]
    Mistakes(Vec<Mistake>),
}

/// One mistake in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong and what was meant.
    pub text: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.text)
    }
}

fn shown(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Reads and checks a course file.
pub fn load(path: &Path) -> Result<Course, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
    parse(&text, &path.display().to_string())
}

/// Reads and checks a course file with the suites that it names: what grading needs, and a student at home does not have.
pub fn load_with_suites(path: &Path) -> Result<(Course, Suites), ConfigError> {
    let course = load(path)?;
    let text =
        std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
    let (document, _) = DeTable::parse_recoverable(&text);
    let mut found = Found::default();
    let base = path.parent().unwrap_or(Path::new(""));
    let suites = suites::read(&course, base, document.get_ref(), &mut found);
    if found.0.is_empty() {
        return Ok((course, suites));
    }
    let file = path.display().to_string();
    Err(ConfigError::Mistakes(found.0.into_iter().map(|(offset, what)| placed(&text, &file, offset, what)).collect()))
}

/// Checks the text of a course file; `file_name` is what mistakes are reported under.
pub fn parse(text: &str, file_name: &str) -> Result<Course, ConfigError> {
    read(text, file_name, &schema(), None, |document| serde_json::from_value(json_table(document)))
}

/// Checks the `[rubric]` section of a course file that stands alone, with nothing else beside it. Judges that it names must be those of
/// `course`, where it is said of which one the rubric is.
pub fn parse_rubric(text: &str, file_name: &str, course: Option<&Course>) -> Result<Rubric, ConfigError> {
    let mut schema = schema();
    let own = schema.pointer("/properties/rubric").cloned().unwrap_or_default();
    if let Some(course) = schema.as_object_mut() {
        course.insert("properties".into(), json!({ "rubric": own }));
        course.insert("required".into(), json!(["rubric"]));
    }
    read(text, file_name, &schema, course, |document| {
        let rubric = document.get("rubric").map(|rubric| json_value(rubric.get_ref()));
        serde_json::from_value(rubric.unwrap_or_default())
    })
}

fn read<T>(
    text: &str,
    file_name: &str,
    schema: &Json,
    course: Option<&Course>,
    build: impl FnOnce(&DeTable<'_>) -> serde_json::Result<T>,
) -> Result<T, ConfigError> {
    let (document, syntax) = DeTable::parse_recoverable(text);
    let mut found = Found::default();
    for error in &syntax {
        found.add(error.span().map_or(0, |span| span.start), error.message().to_owned());
    }
    if syntax.is_empty() {
        shape::check(schema, &document, &mut found);
        meaning::check(document.get_ref(), &mut found);
        judges::check(document.get_ref(), course, &mut found);
    }
    if found.0.is_empty() {
        match build(document.get_ref()) {
            Ok(built) => return Ok(built),
            Err(error) => found.add(0, error.to_string()),
        }
    }
    found.0.sort();
    found.0.dedup();
    let mistakes = found.0.into_iter().map(|(offset, what)| placed(text, file_name, offset, what));
    Err(ConfigError::Mistakes(mistakes.collect()))
}

/// The JSON Schema of `course.toml`, for editors. `docs/course.schema.json` is this.
pub fn schema() -> Json {
    let mut schema = Json::from(schemars::schema_for!(Course));
    refuse_unknown(&mut schema);
    schema
}

/// A criterion's keys come from two places, its own and its check's: together they are all that it may hold.
fn refuse_unknown(schema: &mut Json) {
    if let Some(criterion) = schema.pointer_mut("/$defs/Criterion").and_then(Json::as_object_mut) {
        criterion.insert("unevaluatedProperties".into(), json!(false));
    }
}

/// The default course with its own slug, title and upstream.
pub fn default_course(slug: &str, title: &str, upstream: &str) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let set = |text: String, key: &str, value: &str| {
        let lines = text.lines().map(|line| {
            let is_key = line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "));
            if is_key { format!("{key} = {}", quoted(value)) } else { line.to_owned() }
        });
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    let text = set(DEFAULT_COURSE.to_owned(), "slug", slug);
    let text = set(text, "title", title);
    set(text, "upstream", upstream)
}

/// The default course as it comes, for whoever has no file of their own. It names no upstream that exists.
pub fn example_course() -> Result<Course, ConfigError> {
    parse(DEFAULT_COURSE, "the default course")
}

/// Mistakes by byte offset.
#[derive(Debug, Default)]
struct Found(Vec<(usize, String)>);

impl Found {
    fn add(&mut self, offset: usize, what: String) {
        self.0.push((offset, what));
    }
}

fn placed(text: &str, file: &str, offset: usize, what: String) -> Mistake {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Mistake { file: file.to_owned(), line, column, text: what }
}

fn json_table(table: &DeTable<'_>) -> Json {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), json_value(value.get_ref()))).collect()
}

/// A value as JSON. A date becomes its text: TOML writes dates without quotes.
fn json_value(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => Json::from(text.as_ref()),
        DeValue::Integer(number) => values::integer(number).map_or(Json::Null, Json::from),
        DeValue::Float(number) => values::float(number).map_or(Json::Null, Json::from),
        DeValue::Boolean(flag) => Json::from(*flag),
        DeValue::Datetime(date) => Json::from(date.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json_value(item.get_ref())).collect(),
        DeValue::Table(table) => json_table(table),
    }
}
