//! A sentence for people, named by its key: the wording itself lives in `locales/`.
//! May import: std, serde.
//! Next: `i18n.rs` renders a message in a language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A key of `locales/*/*.ftl` with its arguments. Language-free, so that facts and findings are byte-identical everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Message {
    /// Fluent key, for instance `readme-too-short`.
    pub key: String,
    /// Fluent arguments; numbers are written in decimal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Message {
    /// A message without arguments.
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), args: BTreeMap::new() }
    }

    /// The same message with one more argument.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// The file that the message is about, and the line in it where it names one.
    pub fn place(&self) -> Option<(&str, Option<u32>)> {
        if let Some(file) = self.args.get("file") {
            return Some((file, None));
        }
        let place = self.args.get("place")?;
        let line = place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
        Some(line.map_or((place, None), |(file, line)| (file, Some(line))))
    }
}
