//! Parsing Python safely: what nests too deeply for the machine's stack is refused before the parser sees it.
//! May import: ruff.
//! Next: `script.rs` reads what was parsed.

use std::ops::Range;

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, lexer, parse_unchecked};
use ruff_text_size::Ranged;

/// Tokens that can nest inside each other without a comma between them. CPython's own parser gives up at 6,000.
const MAX_NESTING: usize = 6_000;
/// Stack of the thread that parses (reserved, not used): enough for `MAX_NESTING` in a debug build.
const STACK: usize = 256 << 20;

/// Why a file has no syntax tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unparsable {
    /// Byte offset in the file.
    pub offset: usize,
    pub message: String,
}

/// The syntax tree of a file, or where its first error lies.
pub fn module(source: &str) -> Result<Parsed<ModModule>, Unparsable> {
    if is_too_deep(source) {
        return Err(Unparsable { offset: 0, message: "too deeply nested".into() });
    }
    // An ancient target reports every newer construct as unsupported: that tells the version it needs.
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY37);
    let parsed = parse_unchecked(source, options);
    if let Some(error) = parsed.errors().first() {
        return Err(Unparsable { offset: error.location.start().to_usize(), message: error.error.to_string() });
    }
    parsed.try_into_module().ok_or_else(|| Unparsable { offset: 0, message: "not a module".into() })
}

/// The tokens of a file or of a notebook's code, whether or not it parses; none where it nests too deeply.
pub fn tokens(source: &str, mode: Mode) -> Vec<(TokenKind, Range<usize>)> {
    if is_too_deep(source) {
        return Vec::new();
    }
    let parsed = parse_unchecked(source, ParseOptions::from(mode));
    let place = |token: &Token| (token.kind(), token.start().to_usize()..token.end().to_usize());
    parsed.tokens().iter().map(place).collect()
}

/// The oldest Python 3 that accepts a file which parsed.
pub fn oldest_python(source: &str, parsed: &Parsed<ModModule>) -> PythonVersion {
    if parsed.unsupported_syntax_errors().is_empty() {
        return PythonVersion::PY37;
    }
    let accepts = |version: &PythonVersion| {
        let options = ParseOptions::from(Mode::Module).with_target_version(*version);
        parse_unchecked(source, options).unsupported_syntax_errors().is_empty()
    };
    PythonVersion::iter().find(accepts).unwrap_or(PythonVersion::PY314)
}

/// Byte offset of the first construct that needs `version`, the oldest that accepts the file.
pub fn first_that_needs(source: &str, version: PythonVersion) -> Option<usize> {
    let before = PythonVersion::iter().take_while(|known| *known < version).last()?;
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module).with_target_version(before));
    parsed.unsupported_syntax_errors().iter().map(|error| error.range.start().to_usize()).min()
}

/// Runs a reader of Python on a thread whose stack holds the deepest tree that `module` lets through.
/// `None` where the system gives no thread.
pub fn with_deep_stack<T: Send>(read: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("read-python".into()).stack_size(STACK);
        thread.spawn_scoped(scope, read).ok()?.join().ok()
    })
}

/// Whether a file nests deeper than `MAX_NESTING`: brackets, operators and calls, counted by the lexer without recursion.
fn is_too_deep(source: &str) -> bool {
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut open: Vec<usize> = Vec::new();
    let (mut here, mut depth, mut indentation) = (0_usize, 0_usize, 0_usize);
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                open.push(here);
                here = 0;
                depth += 1;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                depth = depth.saturating_sub(here);
                here = open.pop().unwrap_or_default() + 1;
            }
            TokenKind::Comma | TokenKind::Newline | TokenKind::Semi => {
                depth = depth.saturating_sub(here);
                here = 0;
            }
            TokenKind::Indent => indentation += 1,
            TokenKind::Dedent => indentation = indentation.saturating_sub(1),
            TokenKind::Comment | TokenKind::NonLogicalNewline => {}
            _ => {
                here += 1;
                depth += 1;
            }
        }
        if depth > MAX_NESTING || indentation > 100 {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{module, with_deep_stack};

    #[test]
    fn refuses_what_would_exhaust_the_stack() {
        let deep = [
            format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)),
            format!("x = {}1", "-".repeat(100_000)),
            format!("x = {}1", "not ".repeat(100_000)),
            format!("x = a{}", ".b".repeat(100_000)),
            format!("x = a{}", "()".repeat(100_000)),
            format!("x = 1{}", " + 1".repeat(100_000)),
            format!("x = f\"{{{}\"", "[".repeat(100_000)),
            format!("x = {}1", "lambda: ".repeat(50_000)),
            format!("x = {}", "[".repeat(100_000)),
        ];
        for source in deep {
            let head: String = source.chars().take(20).collect();
            let refused = with_deep_stack(|| module(&source).is_err());
            assert_eq!(refused, Some(true), "{head}");
        }
    }

    #[test]
    fn reads_what_is_merely_long() {
        let long = [
            format!("x = [{}]", "-1, ".repeat(50_000)),
            format!("x = {}1{}", "[".repeat(150), "]".repeat(150)),
            format!("x = 1{}", " + 1".repeat(1_500)),
            format!("x = {{{}}}", "'a': {'b': [1, 2]},\n".repeat(5_000)),
        ];
        for source in long {
            let head: String = source.chars().take(20).collect();
            let read = with_deep_stack(|| module(&source).is_ok());
            assert_eq!(read, Some(true), "{head}");
        }
    }
}
