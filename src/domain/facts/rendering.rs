//! One README as its renderer sees it: taken apart, complained of, and as HTML. It follows from the file's bytes alone.
//! May import: std, serde.
//! Next: `observe/rendering.rs` makes it, `inspection.rs` holds what is told of it, `web/readme.rs` shows it.

use serde::{Deserialize, Serialize};

/// What came of rendering one file. Stored once per file and renderer, however many forks hold the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    /// Version of this document's shape and of the renderers behind it.
    pub version: u32,
    /// `docutils 0.22.4`, `comrak 0.59.0`.
    pub renderer: String,
    pub end: RenderingEnd,
    /// What the renderer complains of, in the order of its complaints (bounded).
    pub complaints: Vec<Complaint>,
    /// `None` where it did not come to its end.
    pub document: Option<Document>,
    /// As the renderer wrote it: within bounds, well nested, and not sanitised. Empty where it did not come to its end.
    pub html: String,
}

/// How a rendering ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum RenderingEnd {
    Rendered,
    /// Larger than what is rendered, before or after.
    TooLarge,
    /// Nested, repeated or growing beyond the renderer's time and memory.
    TooMuch,
    /// The renderer itself broke off over it, and says so in these words.
    Broken {
        error: String,
    },
}

/// Something that a renderer could not make sense of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    pub severity: Severity,
    /// Counted from 1; `None` where the renderer names none.
    pub line: Option<u32>,
    /// In the renderer's own words.
    pub text: String,
}

/// How much of the text suffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Shown all the same, if not as it was meant.
    Warning,
    /// Something is missing from what readers see.
    Error,
}

/// A README taken apart: titles, text, code, links. The same for every markup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub sections: Vec<Section>,
    /// Code blocks.
    pub code: Vec<String>,
    pub images: Vec<String>,
    pub links: Vec<String>,
    /// Paragraphs of at least `PROSE` words.
    pub paragraphs: u32,
}

/// A title with the text that follows it, up to the next title.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// `None` for what stands before the first title.
    pub title: Option<String>,
    /// 1 for the outermost; deeper sections belong to the one above.
    pub level: usize,
    /// Where the title stands, counted from 1, as near as its reader knows.
    pub line: Option<u32>,
    /// Visible text, code left out.
    pub text: String,
    /// Code blocks among the text.
    pub code_blocks: usize,
}

impl Document {
    /// Words from which a paragraph is prose, and no caption or list of names.
    pub const PROSE: usize = 8;

    /// Begins a section.
    pub fn title(&mut self, title: String, level: usize, line: Option<u32>) {
        self.sections.push(Section { title: Some(title), level, line, ..Section::default() });
    }

    /// Adds a line of visible text to the section that is open.
    pub fn text(&mut self, text: &str) {
        let section = self.open();
        section.text.push_str(text);
        section.text.push('\n');
    }

    /// Counts a paragraph, where it is one.
    pub fn paragraph(&mut self, text: &str) {
        self.paragraphs += u32::from(text.split_whitespace().count() >= Self::PROSE);
    }

    /// Adds a code block to the section that is open.
    pub fn code_block(&mut self, code: String) {
        self.open().code_blocks += 1;
        self.code.push(code);
    }

    fn open(&mut self) -> &mut Section {
        if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
        let last = self.sections.len() - 1;
        &mut self.sections[last]
    }

    /// Titles in order.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().filter_map(|section| section.title.as_deref())
    }

    /// All visible text with the titles, code left out.
    pub fn visible(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            if let Some(title) = &section.title {
                text.push_str(title);
                text.push('\n');
            }
            text.push_str(&section.text);
        }
        text
    }

    /// A section's words and code blocks together with those of the sections below it.
    pub fn weight(&self, index: usize) -> usize {
        let Some(section) = self.sections.get(index) else { return 0 };
        let below = self.sections.iter().skip(index + 1).take_while(|inner| inner.level > section.level);
        let own = std::iter::once(section).chain(below);
        own.map(|part| part.text.split_whitespace().count() + 10 * part.code_blocks).sum()
    }
}
