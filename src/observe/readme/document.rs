//! A README as its reader sees it: titles, text, code, links. The same for every markup.
//! May import: std.
//! Next: `rst.rs` and `markdown.rs` make one, `mod.rs` judges it.

/// A README taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    pub sections: Vec<Section>,
    /// Code blocks, and their number.
    pub code: Vec<String>,
    pub images: Vec<String>,
    pub links: Vec<String>,
}

/// A title with the text that follows it, up to the next title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// `None` for what stands before the first title.
    pub title: Option<String>,
    /// 1 for the outermost; deeper sections belong to the one above.
    pub level: usize,
    /// Visible text, code left out.
    pub text: String,
    /// Code blocks among the text.
    pub code_blocks: usize,
}

impl Document {
    /// Begins a section.
    pub fn title(&mut self, title: String, level: usize) {
        self.sections.push(Section { title: Some(title), level, ..Section::default() });
    }

    /// Adds a line of visible text to the section that is open.
    pub fn text(&mut self, text: &str) {
        let section = self.open();
        section.text.push_str(text);
        section.text.push('\n');
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

/// Plain text: paragraphs without titles.
pub fn plain(text: &str) -> Document {
    let mut document = Document::default();
    for line in text.lines() {
        document.text(line);
    }
    document
}
