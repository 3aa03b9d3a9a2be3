//! A notebook ready to be compared: what every cell comes to when comments, blanks and outputs are left out.
//! May import: ruff, and within the room `python/parse`.
//! Next: `exercises.rs` and `answers.rs` compare books.

use std::collections::{BTreeSet, HashMap};

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;

use super::cells::Cell;
use crate::observe::python::parse;

/// Cells of one notebook that are compared.
const MAX_CELLS: usize = 1_000;
/// Characters of one cell that are compared.
const MAX_CELL: usize = 20_000;

/// The cells of a notebook, each with its key.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub cells: Vec<Cell>,
    /// Equal keys are equal work: code without comments and layout, text without layout. Empty where a cell does nothing.
    pub keys: Vec<String>,
}

/// Keys that were made already: versions of a notebook share most of their cells.
#[derive(Debug, Default)]
pub struct Keys(HashMap<(bool, String), String>);

impl Book {
    /// Makes the keys. Call it within `parse::with_deep_stack`.
    pub fn new(mut cells: Vec<Cell>, keys: &mut Keys) -> Self {
        cells.truncate(MAX_CELLS);
        let made = cells.iter().map(|cell| keys.of(cell)).collect();
        Self { cells, keys: made }
    }

    /// Key of the cell at a position; empty where there is none.
    pub fn key(&self, position: usize) -> &str {
        self.keys.get(position).map(String::as_str).unwrap_or_default()
    }

    /// Keys of the cells that do or say something.
    pub fn told(&self) -> BTreeSet<&str> {
        self.keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect()
    }

    /// Keys of the code cells that do something.
    pub fn code(&self) -> impl Iterator<Item = &str> {
        let keyed = self.cells.iter().zip(&self.keys);
        keyed.filter(|(cell, key)| cell.is_code() && !key.is_empty()).map(|(_, key)| key.as_str())
    }
}

impl Keys {
    fn of(&mut self, cell: &Cell) -> String {
        let known = (cell.is_code(), cell.source.clone());
        if let Some(key) = self.0.get(&known) {
            return key.clone();
        }
        let source: String = cell.source.chars().take(MAX_CELL).collect();
        let key = if cell.is_code() { essence(&source) } else { squeezed(&source) };
        self.0.insert(known, key.clone());
        key
    }
}

/// Text without its layout; text and code never share a key.
fn squeezed(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() { String::new() } else { format!("¶ {}", words.join(" ")) }
}

/// What code does: its tokens line by line, without comments, empty lines and what only holds a place.
fn essence(code: &str) -> String {
    let tokens = parse::tokens(code, Mode::Ipython);
    if tokens.is_empty() {
        // Nested too deeply for the parser: the lines themselves are compared.
        let lines = code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        return lines.collect::<Vec<_>>().join("\n");
    }
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut holds_place) = (String::new(), true);
    for (kind, place) in tokens {
        match kind {
            TokenKind::Comment | TokenKind::NonLogicalNewline => {}
            TokenKind::Newline | TokenKind::Semi | TokenKind::EndOfFile => {
                if !holds_place {
                    lines.push(std::mem::take(&mut line));
                }
                line.clear();
                holds_place = true;
            }
            // How far a line is indented is layout; that it is, is not.
            TokenKind::Indent => line.push_str("» "),
            TokenKind::Dedent => line.push_str("« "),
            _ => {
                holds_place &= matches!(kind, TokenKind::Pass | TokenKind::Ellipsis | TokenKind::String);
                line.push_str(code.get(place).unwrap_or_default());
                line.push(' ');
            }
        }
    }
    lines.join("\n")
}

/// How many words a cell says: a text, or a code cell's comments and a text that stands alone in it.
pub fn prose(cell: &Cell) -> usize {
    if !cell.is_code() {
        return words(&cell.source).count();
    }
    let trimmed = cell.source.trim();
    if ["\"\"\"", "'''", "\"", "'"].iter().any(|mark| trimmed.starts_with(mark) && trimmed.ends_with(mark)) {
        return words(trimmed).count();
    }
    let comments = cell.source.lines().filter_map(|line| line.trim_start().strip_prefix('#'));
    comments.map(|comment| words(comment).count()).sum()
}

/// Words of at least two letters or digits.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().nth(1).is_some())
}

#[cfg(test)]
mod tests {
    use super::essence;

    #[test]
    fn comments_layout_and_placeholders_are_no_work() {
        for nothing in ["", "# votre code ici", "pass", "...", "\n\n# a\npass  # b\n", "'''texte'''"] {
            assert_eq!(essence(nothing), "", "{nothing:?}");
        }
        assert_eq!(essence("x=1 # un\n"), essence("x = 1\n\n"));
        assert_eq!(essence("def f( x ):\n  return x"), essence("def f(x):\n    # rend\n    return x\n"));
        assert_ne!(essence("if a:\n    b()\nc()"), essence("if a:\n    b()\n    c()"));
        assert_ne!(essence("x = 1"), essence("x = 2"));
        assert_ne!(essence("%matplotlib inline"), "");
        assert_ne!(essence("print 'python 2'"), "");
    }
}
