//! reStructuredText by docutils' rules: which lines are titles, which are code, which only markup.
//! May import: regex, unicode-normalization, `domain/`.
//! Next: `mod.rs` judges what was read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use unicode_normalization::char::is_combining_mark;

use crate::domain::facts::rendering::Document;

#[allow(clippy::unwrap_used, reason = "the patterns are constants, and the tests below use each of them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\.\. (?:\|[^|]+\| )?([A-Za-z][\w:.-]*) ?::\s*(.*)$"));
static TARGET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\.\. _(?:`[^`]+`|[^:]+): *(\S.*)$"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"`([^`<]*?)\s*<([^`>]+)>`_"));
static ROLE: LazyLock<Regex> = LazyLock::new(|| pattern(r":[A-Za-z][\w.:-]*:`([^`]*)`"));
/// `*emphasis*`, where docutils takes it for that: not beside a letter, and not around a space.
static EMPHASIS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(^|[\s'"(\[{<:/-])\*([^\s*](?:[^*]*[^\s*])?)\*($|[\s'")\]}>:/.,;!?\\-])"#));
/// A backslash takes a space away, and any other mark's meaning.
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\(\s?)"));
static REPLACED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\.\. \|([^|]+)\| replace:: *(.*)$"));
static SUBSTITUTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\|([^|\s](?:[^|]*[^|\s])?)\|_?"));
static MARKUP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\*\*|``|`__?|`|\|_?"));
static FIELD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^:[^:\s][^:]*:(?:\s|$)"));

/// Takes a reStructuredText file apart.
pub fn read(text: &str) -> Document {
    let lines: Vec<String> = text.lines().map(|line| line.replace('\t', "        ").trim_end().to_owned()).collect();
    let replaced = lines.iter().filter_map(|line| REPLACED.captures(line));
    let substitutions = replaced.map(|found| (group(&found, 1).to_lowercase(), group(&found, 2).to_owned())).collect();
    let document = Document::default();
    let mut reader = Reader { lines, at: 0, styles: Vec::new(), level: 0, substitutions, document };
    while reader.at < reader.lines.len() {
        reader.body();
    }
    reader.document
}

struct Reader {
    lines: Vec<String>,
    at: usize,
    /// Title styles in the order in which they were met: the adornment, and whether there is one above too.
    styles: Vec<(char, bool)>,
    /// Level of the open section, 0 outside any.
    level: usize,
    /// Texts that stand for names between bars.
    substitutions: BTreeMap<String, String>,
    document: Document,
}

impl Reader {
    fn line(&self, ahead: usize) -> &str {
        self.lines.get(self.at + ahead).map_or("", String::as_str)
    }

    /// One block at the left margin.
    fn body(&mut self) {
        let line = self.line(0).to_owned();
        if line.is_empty() {
            self.at += 1;
        } else if line.starts_with(' ') {
            self.indented();
        } else if line == ".." || line.starts_with(".. ") {
            self.explicit(&line);
        } else if is_list_item(&line) {
            // What is not indented below an item no longer belongs to it.
            self.inline(&line);
            self.at += 1;
        } else if line.starts_with(">>> ") {
            self.code_session();
        } else if is_table_border(&line) && line.contains(' ') {
            self.simple_table(line.len());
        } else if let Some(marks) = table_or_lines(&line) {
            while self.line(0).starts_with(marks) {
                let line = self.line(0).to_owned();
                self.inline(line.trim_matches(['|', '+', '-', '=', ' ']));
                self.at += 1;
            }
        } else if adornment(&line).is_some() {
            self.adorned(&line);
        } else if FIELD.is_match(&line) {
            self.document.text(&line);
            self.at += 1;
        } else {
            self.paragraph();
        }
    }

    /// A session of Python, up to a blank line.
    fn code_session(&mut self) {
        let start = self.at;
        while !self.line(0).is_empty() {
            self.at += 1;
        }
        let code = self.lines.get(start..self.at).unwrap_or_default().join("\n");
        self.document.code_block(code);
    }

    /// `====  ====` down to its bottom border; without one, docutils takes everything that follows for the table.
    fn simple_table(&mut self, width: usize) {
        let mut borders = 0;
        self.at += 1;
        while self.at < self.lines.len() {
            let line = self.line(0).to_owned();
            self.at += 1;
            if !is_table_border(&line) {
                self.inline(line.trim());
                continue;
            }
            borders += 1;
            if borders == 2 || line.len() != width || self.line(0).is_empty() {
                return;
            }
        }
    }

    /// A quoted block or the body of a list item: its text counts, its lines are no titles.
    fn indented(&mut self) {
        let text = self.take_indented();
        for line in text.lines() {
            self.inline(line);
        }
    }

    /// Lines that are blank or indented, up to the next one at the margin, with their common indentation taken off.
    fn take_indented(&mut self) -> String {
        let start = self.at;
        while self.at < self.lines.len() && (self.line(0).is_empty() || self.line(0).starts_with(' ')) {
            self.at += 1;
        }
        let taken = self.lines.get(start..self.at).unwrap_or_default();
        let indentation = |line: &String| line.len() - line.trim_start_matches(' ').len();
        let common = taken.iter().filter(|line| !line.is_empty()).map(indentation).min().unwrap_or_default();
        taken.iter().map(|line| line.get(common..).unwrap_or_default()).collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// `.. name:: argument`, `.. _target: url`, or a comment.
    fn explicit(&mut self, line: &str) {
        self.at += 1;
        // `..` alone ends a block; what is indented after a blank line is a quotation, and no comment.
        if line == ".." && self.line(0).is_empty() {
            return;
        }
        let content = self.take_indented();
        if let Some(target) = TARGET.captures(line).and_then(|found| found.get(1)) {
            self.document.links.push(target.as_str().to_owned());
            return;
        }
        let Some(found) = DIRECTIVE.captures(line) else { return };
        let name = found.get(1).map_or(String::new(), |name| name.as_str().to_lowercase());
        let argument = found.get(2).map_or("", |argument| argument.as_str());
        match name.as_str() {
            "code" | "code-block" | "sourcecode" | "parsed-literal" | "highlight" | "console" | "prompt" => {
                let options = content.lines().take_while(|line| FIELD.is_match(line)).count();
                let code: Vec<_> = content.lines().skip(options).collect();
                self.document.code_block(code.join("\n").trim().to_owned());
            }
            "image" | "figure" => {
                self.document.images.push(argument.split_whitespace().collect());
                self.content(&content);
            }
            // What is passed through or brought in from outside is not this README's text.
            "raw" | "include" | "contents" | "csv-table" | "role" | "meta" | "highlightlang" | "math" => {}
            _ => {
                self.inline(argument);
                self.content(&content);
            }
        }
    }

    fn content(&mut self, content: &str) {
        for line in content.lines().filter(|line| !FIELD.is_match(line)) {
            self.inline(line);
        }
    }

    /// A line of punctuation at the margin: a title with an overline, a transition, or text.
    fn adorned(&mut self, line: &str) {
        let (mark, width) = adornment(line).unwrap_or(('=', 0));
        let title = self.line(1).trim().to_owned();
        let has_title = !title.is_empty() && adornment(self.line(1)).is_none();
        let under = adornment(self.line(2));
        // docutils only warns of a title wider than its lines, from four marks on.
        if has_title && under == Some((mark, width)) && (columns(&title) <= width || width >= 4) {
            let line = self.at + 2;
            self.at += 3;
            self.section(title, (mark, true), line);
        } else if has_title && width >= 4 {
            // An overline without its underline is an error to docutils: no title.
            self.document.text(&title);
            if under.is_none() {
                let third = self.line(2).to_owned();
                self.inline(&third);
            }
            self.at += 3;
        } else if width >= 4 && self.line(1).is_empty() {
            self.at += 1;
        } else if width >= 4 && adornment(self.line(1)).is_some() {
            self.at += 2;
        } else {
            self.paragraph();
        }
    }

    fn section(&mut self, title: String, style: (char, bool), line: usize) {
        let whole = SUBSTITUTED.replace_all(&title, |found: &Captures<'_>| {
            self.substitutions
                .get(&group(found, 1).to_lowercase())
                .cloned()
                .unwrap_or_else(|| group(found, 0).to_owned())
        });
        let shown = plain(&whole).split_whitespace().collect::<Vec<_>>().join(" ");
        let title = Some(shown).filter(|shown| !shown.is_empty()).unwrap_or(title);
        let level = match self.styles.iter().position(|known| *known == style) {
            Some(position) => position + 1,
            // A new style is one level below the deepest, and only right below it: otherwise docutils reports an
            // inconsistent title and makes no section of it.
            None if self.styles.len() == self.level => {
                self.styles.push(style);
                self.styles.len()
            }
            None => {
                self.document.text(&title);
                return;
            }
        };
        if level > self.level + 1 {
            self.document.text(&title);
            return;
        }
        self.level = level;
        self.document.title(title, level, u32::try_from(line).ok());
    }

    /// Lines up to a blank one; a title where the second is its underline; code behind a closing `::`.
    fn paragraph(&mut self) {
        let first = self.line(0).to_owned();
        if let Some((mark, width)) = adornment(self.line(1))
            && (columns(&first) <= width || width >= 4)
        {
            let line = self.at + 1;
            self.at += 2;
            self.section(first, (mark, false), line);
            return;
        }
        let start = self.at;
        let mut last = String::new();
        while !self.line(0).is_empty() {
            last = self.line(0).to_owned();
            self.inline(last.trim());
            self.at += 1;
        }
        self.document.paragraph(&self.lines.get(start..self.at).unwrap_or_default().join(" "));
        if last.ends_with("::") {
            self.literal_block();
        }
    }

    /// Code behind a closing `::`: indented, or every line led by the same mark.
    fn literal_block(&mut self) {
        while self.at < self.lines.len() && self.line(0).is_empty() {
            self.at += 1;
        }
        if self.line(0).starts_with(' ') {
            let code = self.take_indented();
            self.document.code_block(code);
        } else if let Some(mark) = self.line(0).chars().next().filter(char::is_ascii_punctuation) {
            let start = self.at;
            while self.line(0).starts_with(mark) {
                self.at += 1;
            }
            let code = self.lines.get(start..self.at).unwrap_or_default().join("\n");
            self.document.code_block(code);
        }
    }

    fn inline(&mut self, line: &str) {
        for found in LINK.captures_iter(line) {
            self.document.links.extend(found.get(2).map(|target| target.as_str().to_owned()));
        }
        self.document.text(&plain(line));
    }
}

fn group<'t>(found: &Captures<'t>, number: usize) -> &'t str {
    found.get(number).map_or("", |group| group.as_str())
}

/// A whole line of one punctuation mark: the mark and its width.
fn adornment(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(char::is_ascii_punctuation)?;
    let uniform = line.chars().all(|other| other == mark);
    uniform.then_some((mark, line.len()))
}

fn is_list_item(line: &str) -> bool {
    let rest = line.strip_prefix(['*', '-', '+', '•']);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// A border of a simple table: `=====  ====`.
fn is_table_border(line: &str) -> bool {
    line.starts_with('=') && line.chars().all(|c| matches!(c, '=' | ' '))
}

/// With what the lines of a grid table or of a block of lines begin, where this line begins one.
fn table_or_lines(line: &str) -> Option<&'static [char]> {
    if line == "|" || line.starts_with("| ") {
        return Some(&['|']);
    }
    let is_grid = line.len() >= 4 && line.starts_with("+-") && line.ends_with("-+");
    (is_grid && line.chars().all(|c| matches!(c, '+' | '-'))).then_some(&['+', '|'])
}

/// Columns that a text takes on a terminal, as docutils counts them.
fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0x1F300..=0x1FAFF);
    text.trim_end().chars().map(|c| if is_combining_mark(c) { 0 } else { 1 + usize::from(wide(c)) }).sum()
}

/// Text without inline markup.
fn plain(text: &str) -> String {
    let text = LINK.replace_all(text, "$1");
    let text = ROLE.replace_all(&text, "$1");
    let text = EMPHASIS.replace_all(&text, "$1$2$3");
    let text = MARKUP.replace_all(&text, "");
    ESCAPE.replace_all(&text, "").trim().to_owned()
}

#[cfg(test)]
mod tests;
