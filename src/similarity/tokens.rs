//! Texts reduced to what copying leaves alone: names that a student chose, strings, comments and layout are taken out of code,
//! accents and punctuation out of prose.
//! May import: ruff, `observe/` (its parser of Python, its folding of words).
//! Next: `work.rs`, which reads the files of a fork through this.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;

use crate::observe::python::parse;
use crate::observe::readme::words::fold;

/// One token: what it is, and its line counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub word: u32,
    pub line: u32,
}

/// Which kind of text, and so how many tokens make a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Python,
    Notebook,
    Prose,
}

impl Language {
    /// Tokens in a row that must agree.
    pub fn gram(self) -> usize {
        match self {
            Self::Python | Self::Notebook => 24,
            Self::Prose => 12,
        }
    }

    /// Distinct tokens that a match must hold: tables of data are no program.
    pub fn variety(self) -> usize {
        match self {
            Self::Python | Self::Notebook => 7,
            Self::Prose => 8,
        }
    }

    /// The tokens of a text.
    pub fn tokens(self, text: &str) -> Vec<Token> {
        match self {
            Self::Python => python(text, Mode::Module),
            Self::Notebook => python(text, Mode::Ipython),
            Self::Prose => prose(text),
        }
    }
}

/// Names of the language's own, which nobody renames.
const BUILTINS: [&str; 18] = [
    "print",
    "len",
    "range",
    "open",
    "int",
    "str",
    "float",
    "list",
    "dict",
    "set",
    "enumerate",
    "zip",
    "sorted",
    "sum",
    "max",
    "min",
    "isinstance",
    "super",
];

fn python(text: &str, mode: Mode) -> Vec<Token> {
    let mut lines = Lines::new(text);
    let mut tokens = Vec::new();
    let mut before = TokenKind::Newline;
    let mut imports = false;
    for (kind, range) in parse::tokens(text, mode) {
        let starts_line = matches!(before, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent);
        match kind {
            TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::EndOfFile => continue,
            TokenKind::Newline => imports = false,
            TokenKind::Indent | TokenKind::Dedent => {}
            // Everybody imports the same libraries.
            TokenKind::Import | TokenKind::From if starts_line => imports = true,
            _ if imports => {}
            _ => {
                let written = text.get(range.clone()).unwrap_or_default();
                let word = match kind {
                    // After a dot stands what a library calls it.
                    TokenKind::Name if before == TokenKind::Dot || BUILTINS.contains(&written) => hash(written),
                    kind => kind as u32,
                };
                tokens.push(Token { word, line: lines.of(range.start) });
            }
        }
        before = kind;
    }
    tokens
}

fn prose(text: &str) -> Vec<Token> {
    let lines = text.lines().zip(1..);
    let words = lines.flat_map(|(line, number)| {
        let folded = fold(line);
        let words: Vec<u32> =
            folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(hash).collect();
        words.into_iter().map(move |word| Token { word, line: number })
    });
    words.collect()
}

/// Far above the numbers of token kinds.
fn hash(word: &str) -> u32 {
    let bytes = blake3::hash(word.as_bytes());
    let [a, b, c, d, ..] = *bytes.as_bytes();
    u32::from_le_bytes([a, b, c, d]) | 0x8000_0000
}

/// Lines of offsets that only grow.
struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), offset: 0, line: 1 }
    }

    fn of(&mut self, offset: usize) -> u32 {
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        let breaks = passed.iter().filter(|&&byte| byte == b'\n').count();
        self.line += u32::try_from(breaks).unwrap_or(u32::MAX);
        self.offset = self.offset.max(offset);
        self.line
    }
}
