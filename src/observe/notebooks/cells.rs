//! The cells of a Jupyter notebook, nbformat 3 and 4, or why it cannot be read.
//! May import: serde_json, `domain/`.
//! Next: `exercises.rs` finds what they ask for.

use serde_json::Value;

use crate::domain::Message;
use crate::observe::decode;

/// One cell, without its outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub kind: CellKind,
    /// Line endings, trailing blanks and empty lines at the ends taken out: a re-save changes nothing.
    pub source: String,
    /// The saved execution count.
    pub count: Option<u64>,
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

    /// Whether the notebook was saved after the cell had run.
    pub fn executed(&self) -> bool {
        self.count.is_some()
    }
}

/// The cells of a notebook; the message says to its student why it cannot be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Cell>, Message> {
    let text = decode::text(bytes);
    let merge = ["<<<<<<< ", ">>>>>>> "].iter().all(|mark| text.lines().any(|line| line.starts_with(mark)));
    if merge {
        return Err(Message::new("notebook-merge-conflict"));
    }
    let read = serde_json::from_str(&text).or_else(|error| serde_json::from_str(&lenient(&text)).map_err(|_| error));
    let notebook: Value = read.map_err(|error| Message::new("notebook-broken-json").with("line", error.line()))?;
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
    let counted = |key: &str| value.get(key).and_then(Value::as_u64);
    let outputs = value.get("outputs").and_then(Value::as_array);
    let is_error =
        |output: &Value| matches!(output.get("output_type").and_then(Value::as_str), Some("error" | "pyerr"));
    Cell {
        kind: if is_code { CellKind::Code } else { CellKind::Text },
        source: normal(&source),
        count: counted("execution_count").or_else(|| counted("prompt_number")),
        has_error: outputs.is_some_and(|outputs| outputs.iter().any(is_error)),
    }
}

/// What Python's own JSON module writes and reads, and JSON does not know: `NaN` and `Infinity` as numbers, half of a surrogate pair.
fn lenient(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut quoted) = (text, false);
    while let Some(next) = rest.chars().next() {
        let (taken, instead) = match next {
            '\\' if quoted => escape(rest),
            'N' if !quoted && rest.starts_with("NaN") => (3, Some("null")),
            '-' if !quoted && rest.starts_with("-Infinity") => (9, Some("null")),
            'I' if !quoted && rest.starts_with("Infinity") => (8, Some("null")),
            _ => {
                quoted ^= next == '"';
                (next.len_utf8(), None)
            }
        };
        let (head, tail) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        out.push_str(instead.unwrap_or(head));
        rest = tail;
    }
    out
}

/// Bytes of the escape that a text begins with, and what stands for it where it is half of a pair whose other half is missing.
fn escape(text: &str) -> (usize, Option<&'static str>) {
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let low = || text.get(6..).and_then(unit).is_some_and(|low| (0xDC00..0xE000).contains(&low));
    match unit(text) {
        Some(0xD800..0xDC00) if low() => (12, None),
        Some(0xD800..0xE000) => (6, Some("\\ufffd")),
        Some(_) => (6, None),
        None => (2, None),
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
