//! The READMEs around a project: all of them read, the best one judged.
//! May import: `domain/`, and within the room `project` and `tree`.
//! Next: `names.rs` finds them, `rst.rs` and `markdown.rs` read the markup, `words.rs` knows the synonyms.

mod html;
pub mod markdown;
mod names;
pub mod rst;
mod targets;
mod template;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::inspection::{
    ReadmeCandidate, ReadmeFacts, ReadmeFormat, ReadmePlace, ReadmeRendering, ReadmeSection,
};
use crate::domain::facts::rendering::{Document, Rendering};
use crate::domain::ids::{FactsAddress, ObjectId};
use crate::domain::source::{Entry, RepoPath};

use super::project::Scope;
use super::tree::{MAX_TEXT, Tree};

pub use targets::resolve;

/// READMEs that are read; a framework's own copies can bring hundreds.
const MAX_CANDIDATES: usize = 40;
/// READMEs that are rendered.
const MAX_RENDERED: usize = 6;
/// Titles, links and commands that are named.
const MAX_HEADINGS: usize = 100;
const MAX_NAMED: usize = 20;
/// Characters from which a README counts as filled.
const FILLED: u32 = 80;
/// Words from which a section says something: on its topic, and on how to run.
const SAYS: usize = 12;
const SAYS_RUN: usize = 15;

/// What renderers made of files, by the files' ids.
pub type Renderings = BTreeMap<ObjectId, (FactsAddress, Rendering)>;

/// A README that a renderer should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToRender {
    pub object: ObjectId,
    pub format: ReadmeFormat,
    /// Decoded; empty where the file is larger than what is read.
    pub text: String,
    pub too_large: bool,
}

/// Reads the READMEs in, above and below a project; without a project, those of the fork. Where a renderer saw one, its word counts.
pub fn read(tree: &Tree<'_>, scope: Option<&Scope<'_>>, renderings: &Renderings) -> ReadmeFacts {
    let found = find(tree, scope).into_iter();
    let mut candidates: Vec<_> = found.map(|(entry, place)| candidate(tree, entry, place, renderings)).collect();
    candidates.sort_by(|a, b| a.path.cmp(&b.path));
    let best = (0..candidates.len()).max_by_key(|index| candidates.get(*index).map(quality));
    ReadmeFacts { best, candidates }
}

/// The READMEs that are worth rendering, the best first: none that the course wrote, and not every one of a framework's.
pub fn to_render(tree: &Tree<'_>, scope: Option<&Scope<'_>>) -> Vec<ToRender> {
    let nothing = Renderings::new();
    let read = find(tree, scope).into_iter().map(|(entry, place)| (entry, candidate(tree, entry, place, &nothing)));
    let mut wanted: Vec<_> = read.filter(|(_, read)| !read.is_template && read.format.is_text()).collect();
    wanted.sort_by_key(|(_, read)| std::cmp::Reverse(quality(read)));
    let to_render = wanted.into_iter().take(MAX_RENDERED).filter_map(|(entry, read)| {
        let text = tree.text(&entry.path);
        let (too_large, text) = (text.is_none(), text.unwrap_or_default());
        Some(ToRender { object: entry.object.clone()?, format: read.format, text, too_large })
    });
    to_render.collect()
}

/// Every document, READMEs in the project's own folder first.
fn find<'a>(tree: &Tree<'a>, scope: Option<&Scope<'a>>) -> Vec<(&'a Entry, ReadmePlace)> {
    let root = RepoPath::root();
    let folder = scope.map_or(&root, |scope| &scope.folder);
    let mut found: Vec<(&Entry, ReadmePlace)> = Vec::new();
    if let Some(scope) = scope {
        for entry in scope.files().filter(|entry| names::document(&entry.path, folder).is_some()) {
            let place = if entry.path.parent() == *folder { ReadmePlace::Project } else { ReadmePlace::Below };
            found.push((entry, place));
        }
    }
    // Above the project only what the student wrote counts: the course's own README is no answer.
    let mut above = folder.clone();
    while !above.as_str().is_empty() || scope.is_none() {
        above = above.parent();
        let here = tree.files(&above).filter(|entry| entry.path.parent() == above && names::is_readme(&entry.path));
        found.extend(here.filter(|entry| tree.is_own(entry)).map(|entry| (entry, ReadmePlace::Above)));
        if above.as_str().is_empty() {
            break;
        }
    }
    found.sort_by_key(|(entry, place)| {
        (place_rank(*place), !names::is_readme(&entry.path), entry.path.depth(), entry.path.clone())
    });
    found.dedup_by(|a, b| a.0.path == b.0.path);
    found.truncate(MAX_CANDIDATES);
    found
}

fn place_rank(place: ReadmePlace) -> u8 {
    match place {
        ReadmePlace::Project => 0,
        ReadmePlace::Below => 1,
        ReadmePlace::Above => 2,
    }
}

/// Filled beats begun beats untouched; readable beats PDF; in the project beats below beats above; a README beats other documents.
fn quality(candidate: &ReadmeCandidate) -> (bool, bool, bool, u8, bool, u32) {
    let readable = candidate.format.is_text();
    let filled = !candidate.is_template && (candidate.characters >= FILLED || !readable || candidate.too_large);
    let place = 2 - place_rank(candidate.place);
    let is_readme = names::is_readme(&candidate.path);
    (filled, !candidate.is_template, readable, place, is_readme, candidate.characters)
}

fn candidate(tree: &Tree<'_>, entry: &Entry, place: ReadmePlace, renderings: &Renderings) -> ReadmeCandidate {
    let path = &entry.path;
    let format = names::by_extension(path).unwrap_or_default();
    let text = if format.is_text() { tree.text(path) } else { None };
    let is_own = tree.is_own(entry);
    let about = words::topic(names::stem(path));
    let Some(text) = text else {
        // Known by its name alone.
        return ReadmeCandidate {
            path: path.clone(),
            format,
            place,
            is_template: !is_own,
            technical: about.technical,
            functional: about.functional,
            language: "other".to_owned(),
            too_large: format.is_text() && entry.size.is_none_or(|size| size > MAX_TEXT),
            ..ReadmeCandidate::default()
        };
    };
    let rendered = entry.object.as_ref().and_then(|object| renderings.get(object));
    let document = match rendered.and_then(|(_, rendering)| rendering.document.clone()) {
        Some(document) => document,
        None => read_as(format, &text),
    };
    let nearness = template::nearness(tree, path, &text);
    let told = ReadmeCandidate {
        path: path.clone(),
        format,
        place,
        is_template: !is_own || nearness.is_template,
        template_percent: if is_own { nearness.percent } else { 100 },
        rendering: rendered.map(|(address, rendering)| ReadmeRendering {
            address: address.clone(),
            renderer: rendering.renderer.clone(),
            end: rendering.end.clone(),
            complaints: rendering.complaints.iter().take(MAX_NAMED).cloned().collect(),
        }),
        ..of_document(tree, path, &text, &document)
    };
    if names::is_readme(path) {
        return told;
    }
    // A document about one thing is about it from its first line on.
    let weighs = document.visible().split_whitespace().count() >= SAYS;
    ReadmeCandidate {
        technical: told.technical || weighs && about.technical,
        functional: told.functional || weighs && about.functional,
        ..told
    }
}

fn read_as(format: ReadmeFormat, text: &str) -> Document {
    match format {
        ReadmeFormat::Restructuredtext => rst::read(text),
        ReadmeFormat::Markdown => markdown::read(text),
        ReadmeFormat::Text | ReadmeFormat::Pdf | ReadmeFormat::Office => plain(text),
    }
}

/// Plain text: paragraphs without titles.
pub fn plain(text: &str) -> Document {
    let mut document = Document::default();
    for line in text.lines() {
        document.text(line);
    }
    let text = text.replace('\r', "");
    text.split("\n\n").for_each(|paragraph| document.paragraph(paragraph));
    document
}

/// Everything that a README says of itself.
fn of_document(tree: &Tree<'_>, path: &RepoPath, text: &str, document: &Document) -> ReadmeCandidate {
    let visible = document.visible();
    let commands = commands(document);
    let heads = heads(document);
    let says = |about: fn(&words::Topic) -> bool, least: usize| {
        heads.iter().any(|(title, weight)| *weight >= least && about(&words::topic(title)))
    };
    let broken_links = targets::broken(tree, path, document);
    let sections = document.sections.iter().enumerate().filter_map(|(index, section)| {
        let title = section.title.as_ref()?.chars().take(200).collect();
        Some(ReadmeSection { title, line: section.line, weight: count(document.weight(index)) })
    });
    ReadmeCandidate {
        characters: count(
            visible.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>().saturating_sub(1),
        ),
        words: count(visible.split_whitespace().count()),
        paragraphs: document.paragraphs,
        headings: document.titles().take(MAX_HEADINGS).map(|title| title.chars().take(200).collect()).collect(),
        sections: sections.take(MAX_HEADINGS).collect(),
        code_blocks: count(document.code.len()),
        images: count(document.images.len()),
        screenshots: count(targets::screenshots(document)),
        pictures: targets::pictures(tree, path, document),
        broken_lines: broken_links.iter().map(|target| line_of(text, target)).collect(),
        broken_links,
        says_how_to_run: commands.iter().any(|command| command.starts) || says(|topic| topic.run, SAYS_RUN),
        run_line: commands.iter().find_map(|command| line_of(text, &command.text)),
        run_commands: commands.into_iter().map(|command| command.text).take(MAX_NAMED).collect(),
        technical: says(|topic| topic.technical, SAYS),
        functional: says(|topic| topic.functional, SAYS),
        language: words::language(&visible).to_owned(),
        ..ReadmeCandidate::default()
    }
}

/// Titles with what stands under them, in words. A short line by itself heads what follows it too: many write `USER GUIDE`
/// and underline nothing.
fn heads(document: &Document) -> Vec<(String, usize)> {
    let mut heads = Vec::new();
    for (index, section) in document.sections.iter().enumerate() {
        // What stands under further titles belongs to a title that says what it heads, and not to `Mon projet`.
        let own_weight = section.text.split_whitespace().count() + 10 * section.code_blocks;
        let weight = |title: &str| if words::is_clear(title) { document.weight(index) } else { own_weight };
        heads.extend(section.title.clone().map(|title| (title.clone(), weight(&title))));
        let own = heads.len();
        for line in section.text.lines() {
            let words = line.split_whitespace().count();
            if is_head(line) {
                heads.push((line.trim().to_owned(), 0));
            } else if let Some((_, weight)) = heads.get_mut(own..).and_then(<[_]>::last_mut) {
                *weight += words;
            }
        }
    }
    heads
}

/// A few words that end no sentence.
fn is_head(line: &str) -> bool {
    let words = line.split_whitespace().count();
    (1..=5).contains(&words)
        && line.chars().any(char::is_alphabetic)
        && !line.trim_end().ends_with(['.', ',', ';', '!'])
}

/// HTML as it may be kept: parsed as a browser would and well nested; `None` where it is more than is shown.
pub fn bounded_html(markup: &str) -> Option<String> {
    html::tree(markup).map(html::text_of)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The first line that holds a text, counted from 1.
fn line_of(text: &str, wanted: &str) -> Option<u32> {
    text.lines().position(|line| line.contains(wanted)).map(|index| count(index + 1))
}

/// Commands of code blocks first, then those of prose, without repetitions.
fn commands(document: &Document) -> Vec<words::Command> {
    let visible = document.visible();
    let code = document.code.iter().flat_map(|block| block.lines()).filter_map(|line| words::command(line, true));
    let prose = visible.lines().filter_map(|line| words::command(line, false));
    let mut seen = BTreeSet::new();
    code.chain(prose).filter(|command| seen.insert(command.text.clone())).collect()
}
