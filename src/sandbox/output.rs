//! Output of programs, kept in bounds: the head, the tail, and how much fell out between them.
//! May import: `domain/`.
//! Next: `workspace.rs`, which reads into it.

use std::collections::VecDeque;

use crate::domain::facts::execution::BoundedLog;

/// Bytes kept of the beginning, and again of the end.
const KEEP: usize = 24 * 1024;

/// Collects output in constant memory.
#[derive(Debug, Clone, Default)]
pub struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
}

impl Output {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let to_head = (KEEP - self.head.len()).min(bytes.len());
        let (head, rest) = bytes.split_at(to_head);
        self.head.extend_from_slice(head);
        let rest = rest.get(rest.len().saturating_sub(KEEP)..).unwrap_or_default();
        self.tail.extend(rest);
        let excess = self.tail.len().saturating_sub(KEEP);
        self.tail.drain(..excess);
    }

    /// Bytes taken so far, kept or not.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// What was kept, made safe to show.
    pub fn into_log(mut self) -> BoundedLog {
        BoundedLog {
            head: printable(&self.head),
            tail: printable(self.tail.make_contiguous()),
            dropped_bytes: self.total - (self.head.len() + self.tail.len()) as u64,
        }
    }

    /// Everything that was kept, as one text.
    pub fn into_text(self) -> String {
        let log = self.into_log();
        log.head + &log.tail
    }
}

impl From<String> for Output {
    fn from(text: String) -> Self {
        let mut output = Self::default();
        output.push(text.as_bytes());
        output
    }
}

/// Text without escape sequences, control bytes and marks that turn the reading direction.
pub fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape_sequence(&mut chars),
            '\n' | '\t' => plain.push(c),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => plain.push('\n'),
            c if c.is_control() => plain.push('\u{FFFD}'),
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => plain.push('\u{FFFD}'),
            c => plain.push(c),
        }
    }
    plain
}

/// `ESC [ … letter` colours and moves; `ESC ] … BEL` sets titles; anything else is one character long.
fn skip_escape_sequence(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => while chars.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {},
        Some(']') => while chars.next().is_some_and(|c| c != '\u{7}' && c != '\u{1b}') {},
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_kept_at_both_ends_and_counted() {
        let mut output = Output::default();
        output.push(b"first ");
        for _ in 0..10_000 {
            output.push(&[b'x'; 1000]);
        }
        output.push(b" last");
        let log = output.into_log();
        assert!(log.head.starts_with("first ") && log.tail.ends_with(" last"));
        assert_eq!(log.head.len() + log.tail.len(), 2 * KEEP);
        assert_eq!(log.dropped_bytes, 10_000_011 - 2 * KEEP as u64);
    }

    #[test]
    fn terminals_and_readers_are_not_played_with() {
        let text = printable(b"\x1b[31mred\x1b[0m \x1b]0;title\x07ok\x08\x00 \xe2\x80\xaeabc\r\nend\xff");
        assert_eq!(text, "red ok\u{FFFD}\u{FFFD} \u{FFFD}abc\nend\u{FFFD}");
    }
}
