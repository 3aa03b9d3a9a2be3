//! A submission's README as its readers see it at GitHub, made safe: nothing runs, nothing comes from outside, nothing clashes.
//! May import: ammonia, html5ever, scraper, `source`, `words`, `rubric/` (hints), `db/facts`, `domain/`.
//! Next: `templates/parts/readme.html` lays it out, `files.rs` serves its pictures.

mod page;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use scraper::{ElementRef, Html, Node};
use url::Url;

use super::source::Source;
use super::words::Words;
use crate::domain::RepoPath;
use crate::domain::facts::inspection::{Picture, ReadmeCandidate};

pub use page::ReadmeView;

/// Before every id of a README, so that none of them is one of ours.
const ID: &str = "r-";
/// The README stands under a heading of the second rank.
const ABOVE: usize = 2;

/// Elements that are written; the text of all others is.
const ELEMENTS: [&str; 60] = [
    "a",
    "abbr",
    "aside",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "ruby",
    "rt",
    "rp",
];
/// Elements whose text is dropped with them.
const DROPPED: [&str; 12] = [
    "script", "style", "template", "noscript", "iframe", "object", "textarea", "select", "title", "svg", "math", "head",
];
/// Elements without content.
const EMPTY: [&str; 5] = ["br", "col", "hr", "img", "wbr"];
/// Classes of notes, as docutils and comrak write them.
const NOTES: [&str; 16] = [
    "admonition",
    "admonition-title",
    "attention",
    "caution",
    "danger",
    "error",
    "hint",
    "important",
    "note",
    "tip",
    "warning",
    "markdown-alert",
    "markdown-alert-title",
    "topic",
    "topic-title",
    "elsewhere",
];

/// The policy that everything passes last, whatever was written before.
static POLICY: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut policy = ammonia::Builder::empty();
    policy
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(["script", "style"].into_iter().collect())
        .generic_attributes(["dir", "id", "lang", "title"].into_iter().collect())
        .tag_attributes(
            [
                ("a", &["href"][..]),
                ("img", &["alt", "height", "loading", "src", "width"]),
                ("td", &["align", "colspan", "rowspan"]),
                ("th", &["align", "colspan", "rowspan", "scope"]),
                ("ol", &["start"]),
                ("details", &["open"]),
                ("div", &["align"]),
                ("p", &["align"]),
            ]
            .into_iter()
            .map(|(tag, names)| (tag, names.iter().copied().collect()))
            .collect(),
        )
        .allowed_classes(
            ["a", "aside", "div", "nav", "p", "span"]
                .into_iter()
                .map(|tag| (tag, NOTES.into_iter().collect()))
                .collect(),
        )
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        // What is relative is our own doing: a picture of this submission, or a place on the page.
        .url_relative(ammonia::UrlRelative::PassThrough)
        .attribute_filter(|element, attribute, value| {
            let is_ours = match (element, attribute) {
                ("img", "src") => value.starts_with("/submissions/"),
                ("a", "href") => {
                    value.starts_with(&format!("#{ID}"))
                        || Url::parse(value).is_ok_and(|url| url.cannot_be_a_base() || url.has_host())
                }
                (_, "id") => value.starts_with(ID),
                ("img", "height" | "width") => {
                    value.bytes().all(|b| b.is_ascii_digit() || b == b'%') && value.len() < 6
                }
                _ => true,
            };
            is_ours.then(|| value.into())
        })
        .link_rel(Some("nofollow noopener noreferrer"));
    policy
});

/// What a README is shown with.
pub struct Setting<'a> {
    pub source: &'a Source,
    pub readme: &'a RepoPath,
    pub pictures: &'a [Picture],
    pub words: &'a Words,
}

impl<'a> Setting<'a> {
    /// The setting of a judged README.
    pub fn of(candidate: &'a ReadmeCandidate, source: &'a Source, words: &'a Words) -> Self {
        Self { source, readme: &candidate.path, pictures: &candidate.pictures, words }
    }
}

/// The HTML of a renderer as it may stand on our pages. Blocking, within the bounds that its renderer kept.
pub fn safe(html: &str, setting: &Setting<'_>) -> String {
    let tree = Html::parse_fragment(html);
    let pictures = setting.pictures.iter().map(|picture| (picture.target.as_str(), picture)).collect();
    let mut writer = Writer { setting, pictures, out: String::with_capacity(html.len()), levels: Vec::new(), links: 0 };
    writer.write(&tree);
    POLICY.clean(&writer.out).to_string()
}

/// Writes a tree anew as it should be shown.
struct Writer<'a> {
    setting: &'a Setting<'a>,
    pictures: BTreeMap<&'a str, &'a Picture>,
    out: String,
    /// Ranks of the headings that the open sections have in the README.
    levels: Vec<usize>,
    /// Links that are open: none stands within another.
    links: usize,
}

/// What becomes of an element.
enum Written {
    /// With this end.
    Open(&'static str),
    /// Its content alone.
    Content,
    /// All of it is written already, or none of it is to be.
    Done,
}

impl<'a> Writer<'a> {
    fn write(&mut self, tree: &'a Html) {
        let mut todo = vec![(tree.tree.root(), None)];
        while let Some((node, end)) = todo.pop() {
            if let Some(end) = end {
                self.links -= usize::from(end == "a");
                self.out.push_str(&format!("</{end}>"));
                continue;
            }
            let written = match (ElementRef::wrap(node), node.value()) {
                (Some(element), _) => self.element(element),
                (None, Node::Text(text)) => {
                    self.text(text);
                    Written::Done
                }
                (None, Node::Fragment) => Written::Content,
                _ => Written::Done,
            };
            match written {
                Written::Done => continue,
                Written::Open(end) => todo.push((node, Some(end))),
                Written::Content => {}
            }
            todo.extend(node.children().rev().map(|child| (child, None)));
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
        self.out.push_str(&format!(" {name}=\"{value}\""));
    }

    fn element(&mut self, element: ElementRef<'_>) -> Written {
        let name = element.value().name();
        match name {
            "img" => self.image(element),
            "a" => self.link(element),
            "input" => {
                // A list of tasks, as Markdown has it; every other field is dropped.
                if element.attr("type") == Some("checkbox") {
                    self.out.push_str(if element.attr("checked").is_some() { "☑" } else { "☐" });
                }
                Written::Done
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(element),
            // As docutils writes ``code`` within a sentence.
            "span" if element.value().classes().any(|class| class == "literal") => self.open(element, "code"),
            // Ours are laid out otherwise.
            "section" | "article" | "main" | "header" | "footer" | "nav" => self.open(element, "div"),
            "center" => {
                self.out.push_str("<div align=\"center\">");
                Written::Open("div")
            }
            _ if DROPPED.contains(&name) => Written::Done,
            _ => match ELEMENTS.iter().find(|known| **known == name) {
                Some(known) => self.open(element, known),
                None => Written::Content,
            },
        }
    }

    /// The element under a name, with the attributes that the policy may let pass.
    fn open(&mut self, element: ElementRef<'_>, name: &'static str) -> Written {
        self.out.push_str(&format!("<{name}"));
        for (attribute, value) in element.value().attrs() {
            match attribute {
                "id" => self.attribute("id", &format!("{ID}{value}")),
                "href" | "src" | "scope" => {}
                _ => self.attribute(attribute, value),
            }
        }
        if name == "th" {
            self.attribute("scope", "col");
        }
        self.out.push('>');
        if EMPTY.contains(&name) { Written::Done } else { Written::Open(name) }
    }

    /// Ranks follow one another without a gap, below those of the page.
    fn heading(&mut self, element: ElementRef<'_>) -> Written {
        let level = element.value().name().bytes().last().map_or(1, |digit| usize::from(digit.saturating_sub(b'0')));
        while self.levels.last().is_some_and(|above| *above >= level) {
            self.levels.pop();
        }
        self.levels.push(level);
        let name = match ABOVE + self.levels.len() {
            3 => "h3",
            4 => "h4",
            5 => "h5",
            _ => "h6",
        };
        self.open(element, name)
    }

    fn link(&mut self, element: ElementRef<'_>) -> Written {
        let has_text = element.text().any(|text| !text.trim().is_empty());
        let has_image =
            element.descendants().any(|node| node.value().as_element().is_some_and(|one| one.name() == "img"));
        let href = element.attr("href").and_then(|target| self.address(target));
        match href {
            Some(href) if self.links == 0 && (has_text || has_image) => {
                self.links += 1;
                self.out.push_str("<a");
                self.attribute("href", &href);
                if let Some(id) = element.attr("id").or(element.attr("name")) {
                    self.attribute("id", &format!("{ID}{id}"));
                }
                self.out.push('>');
                Written::Open("a")
            }
            // A place to be led to, or a link to nowhere: what it says stays.
            _ => {
                if let Some(id) = element.attr("id").or(element.attr("name")) {
                    self.out.push_str("<span");
                    self.attribute("id", &format!("{ID}{id}"));
                    self.out.push('>');
                    return Written::Open("span");
                }
                Written::Content
            }
        }
    }

    /// Where a link of the README leads from our page.
    fn address(&self, target: &str) -> Option<String> {
        let target = target.trim();
        if target.is_empty() {
            return None;
        }
        if let Some(place) = target.strip_prefix('#') {
            return Some(format!("#{ID}{place}")).filter(|_| !place.is_empty());
        }
        match Url::parse(target) {
            Ok(url) => matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.to_string()),
            // `//host` takes its scheme from the page that it stands on.
            Err(_) if target.starts_with("//") => {
                Url::parse(&format!("https:{target}")).ok().map(|url| url.to_string())
            }
            Err(_) => self.in_repository(target),
        }
    }

    fn in_repository(&self, target: &str) -> Option<String> {
        let (bare, place) = target.split_once('#').map_or((target, None), |(bare, place)| (bare, Some(place)));
        let bare = bare.split('?').next().unwrap_or_default();
        let bare = percent_encoding::percent_decode_str(bare).decode_utf8_lossy();
        let base = if bare.starts_with('/') { RepoPath::root() } else { self.setting.readme.parent() };
        let path = base.resolve(&bare)?;
        let page = self.setting.source.at_github(path.as_str(), None)?;
        Some(place.map_or(page.clone(), |place| format!("{page}#{place}")))
    }

    /// A picture of the tree is shown; one from outside becomes a link that says so, and one that is nowhere its own words.
    fn image(&mut self, element: ElementRef<'_>) -> Written {
        let target = element.attr("src").unwrap_or_default();
        let alt = element.attr("alt").map(str::trim).unwrap_or_default();
        if let Some(picture) = self.pictures.get(target) {
            let address = self.setting.source.here(&picture.path, picture.object.as_str());
            self.out.push_str("<img loading=\"lazy\"");
            self.attribute("src", &address);
            self.attribute("alt", alt);
            for name in ["width", "height", "title"] {
                if let Some(value) = element.attr(name) {
                    self.attribute(name, value.trim_end_matches("px"));
                }
            }
            self.out.push('>');
            return Written::Done;
        }
        let name = if alt.is_empty() { target.rsplit('/').next().unwrap_or_default() } else { alt };
        let name: String = name.chars().take(100).collect();
        let address = self.address(target);
        let host = Url::parse(target).ok().and_then(|url| url.host_str().map(str::to_owned));
        let says = match &host {
            Some(host) => format!("{name} ({} {host})", self.setting.words.t("readme-image-at")),
            None => format!("{name} ({})", self.setting.words.t("readme-image-nowhere")),
        };
        match address.filter(|_| self.links == 0 && host.is_some()) {
            Some(address) => {
                self.out.push_str("<a class=\"elsewhere\"");
                self.attribute("href", &address);
                self.out.push('>');
                self.text(&says);
                self.out.push_str("</a>");
            }
            None => {
                self.out.push_str("<span class=\"elsewhere\">");
                self.text(&says);
                self.out.push_str("</span>");
            }
        }
        Written::Done
    }
}

#[cfg(test)]
mod tests;
