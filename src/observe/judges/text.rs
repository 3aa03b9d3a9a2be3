//! Texts of judges, bounded and without what plays with terminals and readers.
//! May import: `sandbox/` (its printable text).
//! Next: `junit.rs`, `results.rs`.

use crate::sandbox::printable;

/// At most so many letters, printable; what was cut off is marked.
pub fn cut(text: &str, letters: usize) -> String {
    // Enough of it that what is left out of escape sequences does not show.
    let bounded =
        text.char_indices().nth(letters.saturating_mul(4)).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
    let plain = printable(bounded.as_bytes());
    match plain.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or_default()),
        None if bounded.len() < text.len() => plain + "…",
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_cut_and_printable() {
        assert_eq!(super::cut("\u{1b}[31mrouge\u{1b}[0m\u{202E}", 6), "rouge\u{FFFD}");
        assert_eq!(super::cut("abcdef", 3), "abc…");
        assert_eq!(super::cut(&"é".repeat(100), 3), "ééé…");
    }
}
