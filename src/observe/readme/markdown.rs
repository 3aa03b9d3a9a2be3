//! Markdown as GitHub reads it, HTML inside it included.
//! May import: comrak, `domain/`, its sibling `html`.
//! Next: `mod.rs` judges what was read.

use std::sync::LazyLock;

use comrak::{Options, markdown_to_html};
use regex::Regex;

use super::{html, plain};
use crate::domain::facts::rendering::{Document, Rendering, RenderingEnd};

/// Bytes of a file that are rendered; GitHub too stops at 500 KiB.
pub const MAX_RENDERED: usize = 512 * 1024;

/// A picture written into the text itself: GitHub shows none, and its digits are nobody's reading.
#[allow(clippy::unwrap_used, reason = "the pattern is a constant, and a test uses it")]
static INLINE_DATA: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"data:[\w./+-]{1,100};base64,[A-Za-z0-9+/=\s]{100,}").unwrap());

/// Takes a Markdown file apart; what is beyond bounds is plain text.
pub fn read(text: &str) -> Document {
    rendered(text).map_or_else(|| plain(text), |(document, _)| document)
}

/// The file as GitHub shows it.
pub fn render(text: &str, version: u32) -> Rendering {
    let renderer = format!("comrak {}", comrak::version());
    let (end, document, html) = match rendered(text) {
        _ if text.len() > MAX_RENDERED => (RenderingEnd::TooLarge, None, String::new()),
        Some((document, html)) => (RenderingEnd::Rendered, Some(document), html),
        None => (RenderingEnd::TooMuch, None, String::new()),
    };
    Rendering { version, renderer, end, complaints: Vec::new(), document, html }
}

fn rendered(text: &str) -> Option<(Document, String)> {
    if text.len() > MAX_RENDERED {
        return None;
    }
    let text = INLINE_DATA.replace_all(text, "data:");
    let mut tree = html::tree(&markdown_to_html(&text, &options()))?;
    html::show_emoji(&mut tree);
    let text = html::with_emoji(&text);
    let lines: Vec<&str> = text.lines().collect();
    let line_of = |title: &str, from: u32| {
        let from = usize::try_from(from).unwrap_or_default().saturating_sub(1);
        let found = lines.iter().skip(from).position(|line| line.contains(title))?;
        u32::try_from(from + found + 1).ok()
    };
    let document = html::read(&tree, line_of);
    Some((document, html::text_of(tree)))
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.strikethrough = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.alerts = true;
    extension.header_id_prefix = Some(String::new());
    extension.front_matter_delimiter = Some("---".into());
    options.render.sourcepos = true;
    // HTML passes, as on GitHub; whoever shows it makes it safe.
    options.render.r#unsafe = true;
    options
}

#[cfg(test)]
mod tests;
