//! Text from a student's program, bounded and safe to show.
//! May import: std.
//! Next: `crawl.rs`, `databases/`.

/// At most `limit` characters, without control characters; white space is folded.
pub fn excerpt(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = !out.is_empty();
            continue;
        }
        if out.chars().count() + usize::from(gap) >= limit {
            out.push('…');
            break;
        }
        if gap {
            out.push(' ');
            gap = false;
        }
        out.push(if is_safe(c) { c } else { '\u{FFFD}' });
    }
    out
}

fn is_safe(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_and_hostile_text_is_cut_and_cleaned() {
        assert_eq!(super::excerpt("  un \n\t deux \u{202E}trois", 8), "un deux…");
        assert_eq!(super::excerpt("a\u{0}b", 10), "a\u{FFFD}b");
    }
}
