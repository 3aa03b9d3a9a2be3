//! Texts that come with a format, as they may stand on a page: markup without anything that acts, loads or poses as ours.
//! May import: ammonia, comrak, `domain/`.
//! Next: `judges.rs`, whose texts these are.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::domain::facts::judges::{Text, TextFormat};

/// A text on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Markup {
    /// Escaped by the template, its lines kept.
    Plain(String),
    /// Clean already.
    Html(String),
}

impl Markup {
    /// What is to be escaped; `None` where it is markup.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Markup::Plain(text) => Some(text),
            Markup::Html(_) => None,
        }
    }

    /// What is clean; empty where it is plain.
    pub fn html(&self) -> &str {
        match self {
            Markup::Plain(_) => "",
            Markup::Html(html) => html,
        }
    }
}

/// Structure and words. Images would have to come from elsewhere, and headings are the page's own.
static CLEAN: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .rm_tags([
            "img", "map", "area", "h1", "h2", "h3", "h4", "h5", "h6", "header", "footer", "nav", "article", "aside",
        ])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
});

/// Words in a line.
static LINE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from(["b", "code", "em", "i", "kbd", "strong", "sub", "sup"]))
        .generic_attributes(HashSet::new());
    builder
});

/// The text as its format has it.
pub fn shown(text: &Text) -> Markup {
    as_meant(text, &CLEAN)
}

/// The same in a line.
pub fn named(text: &Text) -> Markup {
    as_meant(text, &LINE)
}

fn as_meant(text: &Text, clean: &Builder<'_>) -> Markup {
    match text.format {
        TextFormat::Text | TextFormat::Ansi | TextFormat::SimpleFormat => Markup::Plain(text.text.clone()),
        TextFormat::Html => Markup::Html(clean.clean(&text.text).to_string()),
        TextFormat::Md => {
            let html = comrak::markdown_to_html(&text.text, &comrak::Options::default());
            Markup::Html(clean.clean(&html).to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(format: TextFormat, text: &str) -> String {
        let shown = shown(&Text { format, text: text.to_owned() });
        assert_eq!(shown.plain(), None);
        shown.html().to_owned()
    }

    #[test]
    fn markup_keeps_its_structure_and_loses_what_acts() {
        let text = "<h1>Big</h1><table><tr><td onclick=x() style='position:fixed' class=hero id=top>1</td></tr></table>\
            <script>alert(1)</script><a href='javascript:x()'>j</a><a href='https://e.org/'>e</a><img src=x onerror=y>\
            <form action=/forks><button>go</button></form><iframe src=//e></iframe><svg onload=x></svg><a href='/forks'>r</a>";
        let clean = html(TextFormat::Html, text);
        assert!(clean.contains("<td>1</td>") && clean.contains("Big"), "{clean}");
        assert!(clean.contains("<a href=\"https://e.org/\" rel=\"noopener noreferrer nofollow\">e</a>"), "{clean}");
        for bad in [
            "script", "onclick", "style", "class", "id=", "<img", "onerror", "<form", "<button", "iframe", "svg",
            "/forks", "<h1",
        ] {
            assert!(!clean.contains(bad), "{bad}: {clean}");
        }
    }

    #[test]
    fn markdown_is_markdown_and_its_html_is_not_believed() {
        let text = "**bold** `code`\n\n- a\n- b\n\n<script>x</script> ![i](http://e/i.png) [l](javascript:x)";
        let clean = html(TextFormat::Md, text);
        assert!(clean.contains("<strong>bold</strong>") && clean.contains("<li>a</li>"), "{clean}");
        assert!(!clean.contains("script") && !clean.contains("<img"), "{clean}");
    }

    #[test]
    fn names_stay_in_their_line_and_the_rest_is_plain() {
        let name = named(&Text { format: TextFormat::Md, text: "# `a` <b onclick=x>b</b>\n\n| c".into() });
        assert!(
            name.html().contains("<code>a</code>") && !name.html().contains("<h1") && !name.html().contains("<p"),
            "{name:?}"
        );
        for format in [TextFormat::Text, TextFormat::Ansi, TextFormat::SimpleFormat] {
            assert_eq!(shown(&Text { format, text: "<b>".into() }), Markup::Plain("<b>".into()));
        }
    }
}
