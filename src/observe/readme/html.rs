//! Rendered HTML within bounds: parsed as browsers do, with an end to its elements, its depth and its attributes, and taken apart.
//! May import: html5ever, scraper, `domain/`.
//! Next: `markdown.rs` and `../rendering.rs`, whose renderers write it.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::LazyLock;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer};
use html5ever::tree_builder::{TreeBuilder, TreeSink, create_element};
use html5ever::{LocalName, QualName, TokenizerResult, ns};
use regex::{Captures, Regex};
use scraper::node::Element;
use scraper::{ElementRef, Html, HtmlTreeSink, Node};

use crate::domain::facts::rendering::Document;

/// Nodes of a tree. A browser's rules repeat what is left open in every paragraph: a few kilobytes could become gigabytes.
const MAX_NODES: usize = 30_000;
/// Elements within one another; browsers stop at 512.
const MAX_DEPTH: usize = 120;
/// The same while it is read, where an end tag may still lift what is too deep. A parser looks through what is open at every tag.
const MAX_OPEN: usize = 512;
/// Tags and texts after which depth is looked at again.
const LOOK_AGAIN: usize = 64;
/// Attributes of one element; the others are left out.
const MAX_ATTRIBUTES: usize = 16;
/// Bytes between two `<`: a parser compares each of a tag's attributes with all of them.
const MAX_RUN: usize = 64 * 1024;
/// Bytes of HTML that are read.
const MAX_HTML: usize = 2 * 1024 * 1024;

/// Elements whose text nobody sees.
const UNSEEN: [&str; 11] =
    ["script", "style", "template", "noscript", "iframe", "object", "textarea", "select", "title", "svg", "math"];
/// Elements that begin a line of text and end one.
const BLOCKS: [&str; 22] = [
    "p",
    "li",
    "td",
    "th",
    "dt",
    "dd",
    "div",
    "summary",
    "figcaption",
    "caption",
    "blockquote",
    "center",
    "tr",
    "table",
    "ul",
    "ol",
    "dl",
    "section",
    "details",
    "aside",
    "figure",
    "br",
];
/// Where the Markdown of an element stands: `12:1-14:3`.
const SOURCE: &str = "data-sourcepos";

type Handle = <HtmlTreeSink as TreeSink>::Handle;

/// A fragment of HTML as a tree; `None` where it is more than is shown.
pub fn tree(markup: &str) -> Option<Html> {
    if markup.len() > MAX_HTML || markup.split('<').any(|run| run.len() > MAX_RUN) {
        return None;
    }
    let sink = HtmlTreeSink::new(Html::new_fragment());
    let body = QualName::new(None, ns!(html), LocalName::from("body"));
    let context = create_element(&sink, body, Vec::new());
    let builder = TreeBuilder::new_for_fragment(sink, context, None, Default::default());
    let tokenizer = Tokenizer::new(Bounded { builder, read: Cell::new(0), full: Cell::new(false) }, Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(markup));
    // The end of a script hands control back: nothing is run, and the rest follows.
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let Bounded { builder, full, .. } = tokenizer.sink;
    let html = builder.sink.finish();
    (!full.get() && is_shallow(&html)).then_some(html)
}

/// Passes tokens on to a tree's builder as long as the tree is not full.
struct Bounded {
    builder: TreeBuilder<Handle, HtmlTreeSink>,
    read: Cell<usize>,
    full: Cell<bool>,
}

impl TokenSink for Bounded {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        self.read.set(self.read.get() + 1);
        if self.full.get() || self.is_full() {
            self.full.set(true);
            return TokenSinkResult::Continue;
        }
        let token = match token {
            Token::TagToken(mut tag) => {
                tag.attrs.truncate(MAX_ATTRIBUTES);
                Token::TagToken(tag)
            }
            other => other,
        };
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl Bounded {
    fn is_full(&self) -> bool {
        let html = self.builder.sink.0.borrow();
        let newest = || html.tree.nodes().next_back().map_or(0, |node| node.ancestors().take(MAX_OPEN + 1).count());
        html.tree.values().len() > MAX_NODES || (self.read.get().is_multiple_of(LOOK_AGAIN) && newest() > MAX_OPEN)
    }
}

fn is_shallow(html: &Html) -> bool {
    let mut todo = vec![(html.tree.root(), 0)];
    while let Some((node, depth)) = todo.pop() {
        if depth > MAX_DEPTH {
            return false;
        }
        todo.extend(node.children().map(|child| (child, depth + 1)));
    }
    true
}

#[allow(clippy::unwrap_used, reason = "the pattern is a constant, and a test uses it")]
static SHORTCODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r":([a-z0-9_+-]{1,40}):").unwrap());

/// `:rocket:` as the picture that GitHub shows for it.
pub fn with_emoji(text: &str) -> Cow<'_, str> {
    SHORTCODE.replace_all(text, |found: &Captures<'_>| match emojis::get_by_shortcode(&found[1]) {
        Some(emoji) => emoji.as_str().to_owned(),
        None => found[0].to_owned(),
    })
}

/// The same in all text that is no code, that inside of HTML tags included.
pub fn show_emoji(html: &mut Html) {
    let mut todo = vec![html.tree.root().id()];
    while let Some(id) = todo.pop() {
        let Some(mut node) = html.tree.get_mut(id) else { continue };
        match node.value() {
            Node::Text(text) => {
                if let Cow::Owned(shown) = with_emoji(text) {
                    text.text = StrTendril::from(shown);
                }
            }
            Node::Element(element) if matches!(element.name(), "pre" | "code" | "tt") => {}
            _ => todo.extend(html.tree.get(id).iter().flat_map(|node| node.children()).map(|child| child.id())),
        }
    }
}

/// The tree as text, well nested and without what only we wrote into it.
pub fn text_of(mut html: Html) -> String {
    for node in html.tree.values_mut() {
        if let Node::Element(element) = node {
            element.attrs.retain(|(name, _)| &*name.local != SOURCE);
        }
    }
    html.root_element().inner_html()
}

/// What a walk over the tree does with text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    /// Already told as a title or as code.
    Told,
}

/// Takes a tree apart as its reader sees it. `line_of` finds a title that HTML tags made, from a line on.
pub fn read(html: &Html, line_of: impl Fn(&str, u32) -> Option<u32>) -> Document {
    let mut document = Document::default();
    let mut line = 0;
    let mut text = String::new();
    // Each node is met twice: going in, and coming out.
    let mut todo = vec![(html.tree.root(), Within::Text, true)];
    while let Some((node, within, is_entered)) = todo.pop() {
        let Some(whole) = ElementRef::wrap(node) else {
            match node.value() {
                Node::Text(part) if within == Within::Text => text.push_str(part),
                Node::Fragment => todo.extend(node.children().rev().map(|child| (child, within, true))),
                _ => {}
            }
            continue;
        };
        let (element, name) = (whole.value(), whole.value().name());
        if BLOCKS.contains(&name) {
            end_line(&mut document, &mut text, !is_entered && matches!(name, "p" | "div" | "center"));
        }
        if !is_entered || UNSEEN.contains(&name) {
            continue;
        }
        let source = element.attr(SOURCE).and_then(|place| place.split(':').next()?.parse().ok());
        line = source.unwrap_or(line);
        note(element, &mut document);
        let mut inside = within;
        if let Some(level) = heading(name).filter(|_| within == Within::Text) {
            end_line(&mut document, &mut text, false);
            let title = words(&visible_text(whole));
            if !title.is_empty() {
                let place = source.or_else(|| line_of(&title, line)).or(Some(line).filter(|line| *line > 0));
                document.title(title, level, place);
            }
            inside = Within::Told;
        } else if name == "pre" && within == Within::Text {
            end_line(&mut document, &mut text, false);
            document.code_block(visible_text(whole));
            inside = Within::Told;
        }
        todo.push((node, inside, false));
        todo.extend(node.children().rev().map(|child| (child, inside, true)));
    }
    end_line(&mut document, &mut text, false);
    document
}

fn note(element: &Element, document: &mut Document) {
    match element.name() {
        "img" => document.images.extend(element.attr("src").map(str::to_owned)),
        "a" => document.links.extend(element.attr("href").map(str::to_owned)),
        _ => {}
    }
}

fn end_line(document: &mut Document, text: &mut String, is_paragraph: bool) {
    let said = std::mem::take(text);
    if said.trim().is_empty() {
        return;
    }
    if is_paragraph {
        document.paragraph(&said);
    }
    document.text(said.trim());
}

/// `2` for `h2`.
pub fn heading(name: &str) -> Option<usize> {
    name.strip_prefix('h')?.parse().ok().filter(|level| (1..=6).contains(level))
}

/// The text in an element; where there is none, what its images say in their place.
fn visible_text(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    if !text.trim().is_empty() {
        return text;
    }
    let elements = element.descendants().filter_map(|node| node.value().as_element());
    elements.filter_map(|inner| inner.attr("alt")).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
