//! Markdown as GitHub reads it.
//! May import: comrak, its sibling `document`.
//! Next: `mod.rs` judges what was read.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::document::Document;

/// Takes a Markdown file apart.
pub fn read(text: &str) -> Document {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = false;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.front_matter_delimiter = Some("---".into());
    let root = parse_document(&arena, text, &options);
    let mut document = Document::default();
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::Heading(heading) => {
                document.title(text_of(node).trim().to_owned(), usize::from(heading.level));
            }
            NodeValue::Paragraph | NodeValue::TableCell => document.text(&text_of(node)),
            NodeValue::CodeBlock(block) => document.code_block(block.literal.clone()),
            NodeValue::Link(link) => document.links.push(link.url.clone()),
            NodeValue::Image(link) => document.images.push(link.url.clone()),
            NodeValue::HtmlBlock(block) => html(&block.literal, &mut document),
            NodeValue::HtmlInline(inline) => html(inline, &mut document),
            _ => {}
        }
    }
    document
}

/// The visible text of a node, inline code included. Iterative: links can nest deeply.
fn text_of<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    for inner in node.descendants() {
        match &inner.data.borrow().value {
            NodeValue::Text(part) => text.push_str(part),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push('\n'),
            _ => {}
        }
    }
    text
}

/// `<img src="…">` and the text between tags.
fn html(markup: &str, document: &mut Document) {
    let mut text = String::new();
    let mut rest = markup;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        if tag.starts_with("img ") || tag.starts_with("IMG ") {
            document.images.extend(attribute(tag, "src"));
        } else if tag.starts_with("a ") {
            document.links.extend(attribute(tag, "href"));
        }
        rest = after;
    }
    text.push_str(rest);
    if !text.trim().is_empty() {
        document.text(text.trim());
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, value) = tag.split_once(&format!("{name}="))?;
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    value.get(1..)?.split(quote).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_as_github_does() {
        let document = read(
            "Projet\n======\n\nUn site sur les **films** `app.py`.\n\n## Lancer\n\n```bash\npython app.py\n```\n\n![vue](img/a.png) [doc](doc.pdf)\n\n<img src=\"b.png\" width=\"3\">\n\n\tdocker-compose up\n\n#pas un titre\n",
        );
        assert_eq!(document.titles().collect::<Vec<_>>(), ["Projet", "Lancer"]);
        assert_eq!(document.code, ["python app.py\n", "docker-compose up\n"]);
        assert_eq!(document.images, ["img/a.png", "b.png"]);
        assert_eq!(document.links, ["doc.pdf"]);
        assert!(document.visible().contains("Un site sur les films app.py."));
        assert!(document.visible().contains("#pas un titre"));
    }
}
