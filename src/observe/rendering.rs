//! READMEs as their reference renderers see them: reStructuredText by docutils in a container of its own, Markdown here.
//! May import: `sandbox/`, `domain/`, and within the room `readme`.
//! Next: `images/docutils/render.py` for what runs in the container, `readme/mod.rs` for what is made of it.

use serde::Deserialize;

use super::readme::markdown::{self, MAX_RENDERED};
use super::readme::{Renderings, ToRender, bounded_html, plain};
use crate::domain::facts::Rendering;
use crate::domain::facts::inspection::ReadmeFormat;
use crate::domain::facts::rendering::{Complaint, Document, RenderingEnd, Severity};
use crate::domain::ids::FactsAddress;
use crate::sandbox::{Engine, EngineError, Filtered, Image, Owner};

/// Version of the rendering's shape and of the renderers behind it: raised whenever the same file renders otherwise.
pub const VERSION: u32 = 1;
/// The image that reads reStructuredText.
pub const DOCUTILS: &str = "forkgrade/docutils:1";
/// docutils' level of an error: from here on something is missing from what readers see.
const ERROR: u8 = 3;
const MAX_COMPLAINTS: usize = 50;

/// What renders a README.
#[derive(Debug, Clone)]
pub enum Renderer {
    /// Our own libraries: Markdown and plain text.
    Here,
    Docutils(Image),
}

impl Renderer {
    /// The renderer of a format; the engine is asked only where it has to be.
    pub async fn of(engine: &Engine, format: ReadmeFormat) -> Result<Self, EngineError> {
        match format {
            ReadmeFormat::Restructuredtext => Ok(Self::Docutils(engine.image(DOCUTILS, None).await?)),
            _ => Ok(Self::Here),
        }
    }

    /// What a rendering follows from, hashed: the same file and renderer need no second look.
    pub fn key(&self, readme: &ToRender) -> FactsAddress {
        let renderer = match self {
            Self::Here => concat!("comrak ", env!("CARGO_PKG_VERSION")),
            Self::Docutils(image) => &image.digest,
        };
        let mut hasher = blake3::Hasher::new();
        let version = VERSION.to_string();
        for part in ["rendering", &version, renderer, readme.object.as_str(), format_name(readme.format)] {
            hasher.update(part.as_bytes()).update(b"\0");
        }
        FactsAddress::from(*hasher.finalize().as_bytes())
    }

    /// Renders a file. A README that is too much for its renderer is a rendering too; an error is ours.
    pub async fn render(&self, engine: &Engine, owner: Owner, readme: &ToRender) -> Result<Rendering, EngineError> {
        match self {
            Self::Docutils(image) if readme.text.len() <= MAX_RENDERED && !readme.too_large => {
                let text = readme.text.clone().into_bytes().into();
                Ok(of_docutils(engine.filter(owner, image, text).await?))
            }
            _ => Ok(render_here(readme)),
        }
    }
}

/// Everything that needs no container, for a check at home: what docutils would say is not known there.
pub fn renderings_here(readmes: Vec<ToRender>) -> Renderings {
    let here = readmes.into_iter().filter(|readme| readme.format != ReadmeFormat::Restructuredtext);
    here.map(|readme| (readme.object.clone(), addressed(render_here(&readme)))).collect()
}

/// Renders every README, for a folder on disk: nothing is stored.
pub async fn renderings(engine: &Engine, owner: Owner, readmes: Vec<ToRender>) -> Result<Renderings, EngineError> {
    let mut found = Renderings::new();
    for readme in readmes {
        let renderer = Renderer::of(engine, readme.format).await?;
        let rendering = renderer.render(engine, owner, &readme).await?;
        found.insert(readme.object, addressed(rendering));
    }
    Ok(found)
}

fn addressed(rendering: Rendering) -> (FactsAddress, Rendering) {
    let json = serde_json::to_vec(&rendering).expect("a rendering is plain data");
    (FactsAddress::from(*blake3::hash(&json).as_bytes()), rendering)
}

fn format_name(format: ReadmeFormat) -> &'static str {
    match format {
        ReadmeFormat::Restructuredtext => "rst",
        ReadmeFormat::Markdown => "md",
        ReadmeFormat::Text | ReadmeFormat::Pdf | ReadmeFormat::Office => "text",
    }
}

/// Renders what needs no container: Markdown, plain text, and whatever is too large to be rendered at all.
pub fn render_here(readme: &ToRender) -> Rendering {
    if readme.too_large || readme.text.len() > MAX_RENDERED {
        return ended("none", RenderingEnd::TooLarge);
    }
    if readme.format == ReadmeFormat::Markdown {
        return markdown::render(&readme.text, VERSION);
    }
    Rendering {
        document: Some(plain(&readme.text)),
        html: format!("<pre>{}</pre>", html_escaped(&readme.text)),
        ..ended("plain text", RenderingEnd::Rendered)
    }
}

fn html_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn ended(renderer: &str, end: RenderingEnd) -> Rendering {
    let (renderer, html) = (renderer.to_owned(), String::new());
    Rendering { version: VERSION, renderer, end, complaints: Vec::new(), document: None, html }
}

/// What the program in the container answers.
#[derive(Deserialize)]
struct Answer {
    renderer: String,
    html: Option<String>,
    #[serde(default)]
    messages: Vec<Said>,
    document: Option<Document>,
    /// It noticed itself that the README was too much for it.
    too_much: Option<String>,
    /// docutils broke off, in these words.
    broken: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    level: u8,
    line: Option<u32>,
    text: String,
}

/// The container has read hostile text: its answer is a student's word, and is believed within bounds.
fn of_docutils(filtered: Filtered) -> Rendering {
    let answer = match filtered {
        Filtered::Exhausted => return ended("docutils", RenderingEnd::TooMuch),
        Filtered::Failed(code) => {
            return ended("docutils", RenderingEnd::Broken { error: format!("exit code {code}") });
        }
        Filtered::Answered(bytes) => match serde_json::from_slice::<Answer>(&bytes) {
            Ok(answer) => answer,
            Err(error) => return ended("docutils", RenderingEnd::Broken { error: error.to_string() }),
        },
    };
    let renderer: String = answer.renderer.chars().take(40).collect();
    if answer.too_much.is_some() {
        return ended(&renderer, RenderingEnd::TooMuch);
    }
    let (Some(html), Some(document), None) = (answer.html, answer.document, answer.broken.as_ref()) else {
        let error = answer.broken.unwrap_or_else(|| "no answer".to_owned()).chars().take(500).collect();
        return ended(&renderer, RenderingEnd::Broken { error });
    };
    let Some(html) = bounded_html(&html) else { return ended(&renderer, RenderingEnd::TooMuch) };
    let mut complaints: Vec<Complaint> = answer.messages.into_iter().map(complaint).collect();
    // Errors first: where there are too many, they are what is kept.
    complaints.sort_by_key(|complaint| (std::cmp::Reverse(complaint.severity), complaint.line));
    complaints.dedup();
    complaints.truncate(MAX_COMPLAINTS);
    let document = Some(document);
    Rendering { version: VERSION, renderer, end: RenderingEnd::Rendered, complaints, document, html }
}

fn complaint(said: Said) -> Complaint {
    let severity = if said.level >= ERROR { Severity::Error } else { Severity::Warning };
    Complaint { severity, line: said.line, text: said.text.chars().take(500).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(json: &str) -> Rendering {
        of_docutils(Filtered::Answered(json.as_bytes().to_vec()))
    }

    #[test]
    fn an_answer_is_believed_within_bounds() {
        let good = answered(
            r#"{"renderer": "docutils 1", "html": "<h1>A</h1>", "messages": [{"level": 2, "line": 9, "text": "b"},
                {"level": 3, "line": 12, "text": "c"}], "document": {"sections": [], "code": [], "images": [], "links": [], "paragraphs": 0}}"#,
        );
        assert_eq!(good.end, RenderingEnd::Rendered);
        let lines: Vec<_> = good.complaints.iter().map(|complaint| (complaint.severity, complaint.line)).collect();
        assert_eq!(lines, [(Severity::Error, Some(12)), (Severity::Warning, Some(9))]);
        let deep = format!("\"{}\"", "<div>".repeat(5_000));
        let deep = answered(&format!(
            r#"{{"renderer": "x", "html": {deep}, "document": {{"sections": [], "code": [], "images": [], "links": [], "paragraphs": 0}}}}"#
        ));
        assert_eq!(deep.end, RenderingEnd::TooMuch);
        for nonsense in ["", "[]", r#"{"renderer": "x"}"#, r#"{"renderer": "x", "broken": "y", "html": ""}"#] {
            assert!(matches!(answered(nonsense).end, RenderingEnd::Broken { .. }), "{nonsense}");
        }
    }
}
