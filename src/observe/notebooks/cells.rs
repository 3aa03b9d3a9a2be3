//! The cells of a Jupyter notebook, nbformat 3 and 4, or why it cannot be read.
//! May import: serde_json, `domain/`.
//! Next: `mod.rs` compares them with the upstream's.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::domain::Message;
use crate::observe::{decode, readme::words};

/// One cell, without its outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub kind: CellKind,
    /// Line endings, trailing blanks and empty lines at the ends taken out: a re-save changes nothing.
    pub source: String,
    /// Has an execution count.
    pub executed: bool,
    /// A saved output is an error.
    pub has_error: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    Code,
    Text,
}

impl Cell {
    /// Whether the cell holds code.
    pub fn is_code(&self) -> bool {
        self.kind == CellKind::Code
    }
}

/// The cells of a notebook; the message says to its student why it cannot be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Cell>, Message> {
    let text = decode::text(bytes);
    let merge = ["<<<<<<< ", ">>>>>>> "].iter().all(|mark| text.lines().any(|line| line.starts_with(mark)));
    if merge {
        return Err(Message::new("notebook-merge-conflict"));
    }
    let notebook: Value =
        serde_json::from_str(&text).map_err(|error| Message::new("notebook-broken-json").with("line", error.line()))?;
    let sheets = notebook.get("worksheets").and_then(Value::as_array);
    let cells: Vec<&Value> = match (notebook.get("cells").and_then(Value::as_array), sheets) {
        (Some(cells), _) => cells.iter().collect(),
        (None, Some(sheets)) => sheets.iter().filter_map(|sheet| sheet.get("cells")?.as_array()).flatten().collect(),
        (None, None) => return Err(Message::new("notebook-no-cells")),
    };
    Ok(cells.into_iter().map(cell).collect())
}

fn cell(value: &Value) -> Cell {
    let is_code = value.get("cell_type").and_then(Value::as_str) == Some("code");
    let source = value.get("source").or_else(|| value.get("input")).map(joined).unwrap_or_default();
    let counted = |key: &str| value.get(key).is_some_and(Value::is_number);
    let outputs = value.get("outputs").and_then(Value::as_array);
    let is_error =
        |output: &Value| matches!(output.get("output_type").and_then(Value::as_str), Some("error" | "pyerr"));
    Cell {
        kind: if is_code { CellKind::Code } else { CellKind::Text },
        source: normal(&source),
        executed: counted("execution_count") || counted("prompt_number"),
        has_error: outputs.is_some_and(|outputs| outputs.iter().any(is_error)),
    }
}

fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

fn normal(source: &str) -> String {
    let lines: Vec<&str> = source.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').trim_end().to_owned()
}

#[allow(clippy::unwrap_used, reason = "the patterns are constants, and the tests use each of them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:exercices?|exercises?|questions?|a vous|a toi|todo|to do|your turn|votre tour|essayez|completez|ecrivez|try it|write a|ecrire un)\b",
    )
});
static BLANK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)^\s*\.\.\.\s*$|=\s*\.\.\.\s*$|#.*\b(?:votre code|your code|a completer|a vous|todo|to do|complete|completez|write here|insert code)\b|_{4,}|\?\?\?",
    )
});

/// Whether a text cell asks something of its reader.
pub fn asks(text: &str) -> bool {
    ASKS.is_match(&words::fold(text).replace('’', "'"))
}

/// Whether code holds a blank to fill in.
pub fn has_blank(code: &str) -> bool {
    BLANK.is_match(&words::fold(code))
}
