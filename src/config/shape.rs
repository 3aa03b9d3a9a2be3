//! Keys and types of `course.toml` against its JSON Schema: what the editor is told is what is checked.
//! May import: toml, strsim.
//! Next: `meaning.rs` checks what the schema cannot say.

use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Found, values};

/// Checks a document against the course's schema and adds every mistake.
pub fn check(schema: &Json, document: &Spanned<DeTable<'_>>, found: &mut Found) {
    let mut walk = Walk { schema, empty: &Map::new(), found };
    walk.table(schema, document.get_ref(), 0, "");
}

struct Walk<'w> {
    schema: &'w Json,
    empty: &'w Map<String, Json>,
    found: &'w mut Found,
}

impl<'w> Walk<'w> {
    /// The schema behind references, behind "or nothing", which TOML says by leaving a key out, and of several ways to write a value, the
    /// one that this value takes.
    fn resolve(&self, schema: &'w Json, value: &DeValue<'_>) -> &'w Json {
        let mut schema = schema;
        for _ in 0..8 {
            let reference = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix('#'));
            let ways = schema.get("anyOf").and_then(Json::as_array).into_iter().flatten();
            let mut ways = ways.filter(|way| way.get("$ref").is_some()).peekable();
            let first = ways.peek().copied();
            let some = ways.find(|way| accepts(self.resolve(way, value), kind(value))).or(first);
            match (reference.and_then(|path| self.schema.pointer(path)), some) {
                (Some(next), _) | (None, Some(next)) => schema = next,
                (None, None) => break,
            }
        }
        schema
    }

    fn value(&mut self, schema: &'w Json, value: &Spanned<DeValue<'_>>, place: &str) {
        let name = place.rsplit('.').next().unwrap_or(place).trim_end_matches("[]");
        let at = value.span().start;
        let is_points = schema_name(schema) == Some("Points");
        let value = value.get_ref();
        let schema = self.resolve(schema, value);
        let wrong = match value {
            other if is_points => values::points(other),
            other if schema.get("format").and_then(Json::as_str) == Some("date-time") => values::date(other),
            DeValue::Table(table) if accepts(schema, "object") => {
                self.table(schema, table, at, place);
                None
            }
            DeValue::Array(items) if accepts(schema, "array") => {
                if let Some(item_schema) = schema.get("items") {
                    for item in items.iter() {
                        self.value(item_schema, item, &format!("{place}[]"));
                    }
                }
                None
            }
            other => scalar(schema, other, place),
        };
        if let Some(wrong) = wrong {
            self.found.add(at, format!("{name}: {wrong}"));
        }
    }

    fn table(&mut self, schema: &'w Json, table: &DeTable<'_>, at: usize, place: &str) {
        let own = schema.get("properties").and_then(Json::as_object).unwrap_or(self.empty);
        let variant = self.variant(schema, table, at, place);
        let of_variant = variant.and_then(|variant| variant.get("properties")?.as_object()).unwrap_or(self.empty);
        let others = schema.get("additionalProperties").filter(|others| others.is_object());
        let open = schema.get("oneOf").is_some() && variant.is_none();
        for (key, value) in table.iter() {
            let name: &str = key.get_ref();
            let inner = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
            match own.get(name).or_else(|| of_variant.get(name)).or(others) {
                Some(property) => self.value(property, value, &inner),
                // Without a known check, its parameters cannot be told from mistakes.
                None if open => {}
                None => {
                    let known: Vec<&str> = own.keys().chain(of_variant.keys()).map(String::as_str).collect();
                    let text = unknown("key", name, &known, place);
                    self.found.add(key.span().start, text);
                }
            }
        }
        for part in [Some(schema), variant].into_iter().flatten() {
            self.required(part, table, at, place);
        }
    }

    fn required(&mut self, schema: &Json, table: &DeTable<'_>, at: usize, place: &str) {
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for name in required.filter(|name| table.get(*name).is_none()) {
            let about = schema.pointer(&format!("/properties/{name}/description")).and_then(Json::as_str);
            let about = about.map(|about| format!(" ({about})")).unwrap_or_default();
            self.found.add(at, format!("missing key {name:?}{}{about}", within(place)));
        }
    }

    /// Which of several shapes a table has, told by the key that each fixes (`check`).
    fn variant(&mut self, schema: &'w Json, table: &DeTable<'_>, at: usize, place: &str) -> Option<&'w Json> {
        let variants = schema.get("oneOf").and_then(Json::as_array)?;
        let constant = |variant: &'w Json, key: &str| variant.pointer(&format!("/properties/{key}/const"))?.as_str();
        let tag = variants.first()?.get("properties")?.as_object()?.iter().find(|(_, p)| p.get("const").is_some())?.0;
        let known: Vec<&str> = variants.iter().filter_map(|variant| constant(variant, tag)).collect();
        let Some(value) = table.get(tag.as_str()) else {
            self.found.add(at, format!("missing key {tag:?}{}; it is one of {}", within(place), known.join(", ")));
            return None;
        };
        let text = value.get_ref().as_str().unwrap_or_default();
        let chosen = variants.iter().find(|variant| constant(variant, tag) == Some(text));
        if chosen.is_none() {
            self.found.add(value.span().start, unknown(tag, text, &known, place));
        }
        chosen
    }
}

/// A value's kind, as a schema names it.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Table(_) => "object",
        DeValue::Array(_) => "array",
        DeValue::Boolean(_) => "boolean",
        DeValue::Integer(_) => "integer",
        DeValue::Float(_) => "number",
        DeValue::String(_) | DeValue::Datetime(_) => "string",
    }
}

fn schema_name(schema: &Json) -> Option<&str> {
    let choices = schema.get("anyOf").and_then(Json::as_array);
    let direct = schema.get("$ref").and_then(Json::as_str);
    let reference = direct.or_else(|| choices?.iter().find_map(|choice| choice.get("$ref")?.as_str()));
    reference?.rsplit('/').next()
}

fn accepts(schema: &Json, wanted: &str) -> bool {
    match schema.get("type") {
        Some(Json::String(name)) => name == wanted,
        Some(Json::Array(names)) => names.iter().any(|name| name.as_str() == Some(wanted)),
        _ => false,
    }
}

/// Words that an enumeration allows; `None` where the schema is none.
fn words(schema: &Json) -> Option<Vec<&str>> {
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return Some(words.iter().filter_map(Json::as_str).collect());
    }
    let choices = schema.get("oneOf").and_then(Json::as_array)?;
    let words = choices.iter().flat_map(|choice| match (choice.get("const"), choice.get("enum")) {
        (Some(word), _) => vec![word.as_str()],
        (None, Some(Json::Array(words))) => words.iter().map(Json::as_str).collect(),
        _ => vec![None],
    });
    words.collect()
}

/// What is wrong with a value that is no table and no list.
fn scalar(schema: &Json, value: &DeValue<'_>, place: &str) -> Option<String> {
    if let Some(words) = words(schema) {
        let Some(text) = value.as_str() else {
            return Some(format!("expected one of {}, found {}", words.join(", "), values::kind(value)));
        };
        let known = words.contains(&text);
        let near = suggestion(text, words.iter().copied());
        return (!known).then(|| format!("{text:?} is not known{near}; it is one of {}", words.join(", ")));
    }
    match value {
        DeValue::String(text) if accepts(schema, "string") => values::text(place, text),
        DeValue::Boolean(_) if accepts(schema, "boolean") => None,
        DeValue::Integer(number) if accepts(schema, "integer") => {
            let most = match schema.get("format").and_then(Json::as_str) {
                Some("uint16") => i64::from(u16::MAX),
                _ => i64::from(u32::MAX),
            };
            let inside = values::integer(number).is_some_and(|number| (0..=most).contains(&number));
            (!inside).then(|| format!("{} is not between 0 and {most}", number.as_str()))
        }
        other => Some(format!("expected {}, found {}", wanted(schema), values::kind(other))),
    }
}

fn wanted(schema: &Json) -> &'static str {
    let kinds = [
        ("object", "a table"),
        ("array", "a list"),
        ("integer", "a whole number"),
        ("boolean", "true or false"),
        ("string", "a text"),
    ];
    kinds.iter().find(|(name, _)| accepts(schema, name)).map_or("something else", |(_, words)| words)
}

fn within(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!(" in {}", place.replace("[]", "")) }
}

fn unknown(what: &str, name: &str, known: &[&str], place: &str) -> String {
    let near = suggestion(name, known.iter().copied());
    format!("unknown {what} {name:?}{}{near}; known are {}", within(place), known.join(", "))
}

/// `; did you mean "…"?` where a known word is near enough.
pub fn suggestion<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> String {
    let near = |other: &&str| {
        let (a, b) = (word.to_lowercase(), other.to_lowercase());
        let close = strsim::damerau_levenshtein(&a, &b);
        (close <= 1 + b.chars().count() / 4).then_some(close).or_else(|| b.starts_with(&a).then_some(9))
    };
    let best = known.filter_map(|other| Some((near(&other)?, other))).min();
    best.map(|(_, other)| format!("; did you mean {other:?}?")).unwrap_or_default()
}
