//! The READMEs around a project: all of them read, the best one judged.
//! May import: similar, `domain/`, and within the room `project` and `tree`.
//! Next: `rst.rs` and `markdown.rs` read the markup, `words.rs` knows the synonyms.

pub mod document;
pub mod markdown;
pub mod rst;
pub mod words;

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::domain::facts::inspection::{ReadmeCandidate, ReadmeFacts, ReadmeFormat, ReadmePlace};
use crate::domain::source::{Entry, RepoPath};

use super::project::Scope;
use super::tree::Tree;
use document::Document;

/// READMEs that are read; a framework's own copies can bring hundreds.
const MAX_CANDIDATES: usize = 40;
/// Titles, links and commands that are named.
const MAX_HEADINGS: usize = 100;
const MAX_NAMED: usize = 20;
/// Words of a README that take part in the comparison with the template.
const MAX_COMPARED: usize = 4_000;
/// Characters from which a README counts as filled.
const FILLED: u32 = 80;

/// Reads the READMEs in, above and below a project; without a project, those of the fork.
pub fn read(tree: &Tree<'_>, scope: Option<&Scope<'_>>) -> ReadmeFacts {
    let root = RepoPath::root();
    let folder = scope.map_or(&root, |scope| &scope.folder);
    let mut found: Vec<(&Entry, ReadmePlace)> = Vec::new();
    if let Some(scope) = scope {
        for entry in scope.files().filter(|entry| format_of(&entry.path).is_some()) {
            let place = if entry.path.parent() == *folder { ReadmePlace::Project } else { ReadmePlace::Below };
            found.push((entry, place));
        }
    }
    // Above the project only what the student wrote counts: the course's own README is no answer.
    let mut above = folder.clone();
    while !above.as_str().is_empty() || scope.is_none() {
        above = above.parent();
        let here = tree.files(&above).filter(|entry| entry.path.parent() == above && is_readme_name(&entry.path));
        found.extend(here.filter(|entry| tree.is_own(entry)).map(|entry| (entry, ReadmePlace::Above)));
        if above.as_str().is_empty() {
            break;
        }
    }
    found.truncate(MAX_CANDIDATES);
    let mut candidates: Vec<_> = found.into_iter().filter_map(|(entry, place)| candidate(tree, entry, place)).collect();
    candidates.sort_by(|a, b| a.path.cmp(&b.path));
    candidates.dedup_by(|a, b| a.path == b.path);
    let best = (0..candidates.len()).max_by_key(|index| candidates.get(*index).map(quality));
    ReadmeFacts { best, candidates }
}

/// Filled beats begun beats untouched; readable beats PDF; in the project beats below beats above; a README beats other documents.
fn quality(candidate: &ReadmeCandidate) -> (bool, bool, bool, u8, bool, u32) {
    let place = match candidate.place {
        ReadmePlace::Project => 2,
        ReadmePlace::Below => 1,
        ReadmePlace::Above => 0,
    };
    let filled = !candidate.is_template && (candidate.characters >= FILLED || candidate.format == ReadmeFormat::Pdf);
    let readable = candidate.format != ReadmeFormat::Pdf;
    (filled, !candidate.is_template, readable, place, is_readme_name(&candidate.path), candidate.characters)
}

fn stem(path: &RepoPath) -> String {
    let name = words::fold(path.name());
    name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned())
}

fn is_readme_name(path: &RepoPath) -> bool {
    let stem: String = stem(path).chars().filter(|c| c.is_alphanumeric()).collect();
    let named = stem.starts_with("readme") || stem.starts_with("lisezmoi") || stem.starts_with("redme");
    named && format_of_extension(path).is_some()
}

/// The format of a README or another document that takes its place: a report, a guide.
fn format_of(path: &RepoPath) -> Option<ReadmeFormat> {
    let format = format_of_extension(path)?;
    let documents =
        ["documentation", "doc", "rapport", "report", "guide", "manuel", "notice", "user guide", "userguide"];
    let stem = stem(path);
    let is_document = documents.iter().any(|known| stem.starts_with(known)) && !path.extension().is_empty();
    (is_readme_name(path) || is_document).then_some(format)
}

fn format_of_extension(path: &RepoPath) -> Option<ReadmeFormat> {
    match path.extension().as_str() {
        "rst" | "rest" => Some(ReadmeFormat::Restructuredtext),
        "md" | "markdown" | "mkd" => Some(ReadmeFormat::Markdown),
        "txt" | "" => Some(ReadmeFormat::Text),
        "pdf" => Some(ReadmeFormat::Pdf),
        _ => None,
    }
}

fn candidate(tree: &Tree<'_>, entry: &Entry, place: ReadmePlace) -> Option<ReadmeCandidate> {
    let path = &entry.path;
    let format = format_of_extension(path)?;
    let text = if format == ReadmeFormat::Pdf { String::new() } else { tree.text(path)? };
    let document = match format {
        ReadmeFormat::Restructuredtext => rst::read(&text),
        ReadmeFormat::Markdown => markdown::read(&text),
        ReadmeFormat::Text | ReadmeFormat::Pdf => document::plain(&text),
    };
    let visible = document.visible();
    let commands = commands(&document);
    let topics: Vec<_> =
        document.sections.iter().map(|section| words::topic(section.title.as_deref().unwrap_or(""))).collect();
    let says = |about: fn(&words::Topic) -> bool, least: usize| {
        topics.iter().enumerate().any(|(index, topic)| about(topic) && document.weight(index) >= least)
    };
    Some(ReadmeCandidate {
        path: path.clone(),
        format,
        is_template: !tree.is_own(entry) || (format != ReadmeFormat::Pdf && is_nearly_template(tree, path, &text)),
        place,
        characters: count(
            visible.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>().saturating_sub(1),
        ),
        words: count(visible.split_whitespace().count()),
        headings: document.titles().take(MAX_HEADINGS).map(|title| title.chars().take(200).collect()).collect(),
        code_blocks: count(document.code.len()),
        images: count(document.images.len()),
        broken_links: broken_links(tree, path, &document),
        says_how_to_run: commands.iter().any(|command| command.starts) || says(|topic| topic.run, 15),
        run_commands: commands.into_iter().map(|command| command.text).take(MAX_NAMED).collect(),
        technical: says(|topic| topic.technical, 12),
        functional: says(|topic| topic.functional, 12),
        language: words::language(&visible).to_owned(),
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Commands of code blocks first, then those of prose, without repetitions.
fn commands(document: &Document) -> Vec<words::Command> {
    let visible = document.visible();
    let code = document.code.iter().flat_map(|block| block.lines()).filter_map(|line| words::command(line, true));
    let prose = visible.lines().filter_map(|line| words::command(line, false));
    let mut seen = BTreeSet::new();
    code.chain(prose).filter(|command| seen.insert(command.text.clone())).collect()
}

/// Whether little was added to some version of the upstream's README.
fn is_nearly_template(tree: &Tree<'_>, path: &RepoPath, text: &str) -> bool {
    let own: Vec<&str> = text.split_whitespace().take(MAX_COMPARED).collect();
    let renamed = ["README.rst", "README.md"].iter().filter_map(|name| path.parent().join(name));
    let paths: BTreeSet<RepoPath> = renamed.chain([path.clone()]).collect();
    let versions = paths.iter().flat_map(|path| tree.source().upstream_versions(path));
    versions.into_iter().any(|version| {
        let version = super::decode::text(&version);
        let template: Vec<&str> = version.split_whitespace().take(MAX_COMPARED).collect();
        let (kept, added) = compared(&template, &own);
        // Little of its own, and most of it the course's: a short text of one's own is no template.
        added <= (template.len() / 10).max(15) && 2 * kept >= own.len()
    })
}

/// Words of the template that were kept, and words that were added.
fn compared(old: &[&str], new: &[&str]) -> (usize, usize) {
    let operations = capture_diff_slices(Algorithm::Myers, old, new);
    operations.into_iter().fold((0, 0), |(kept, added), operation| match operation {
        DiffOp::Equal { len, .. } => (kept + len, added),
        DiffOp::Insert { new_len, .. } | DiffOp::Replace { new_len, .. } => (kept, added + new_len),
        DiffOp::Delete { .. } => (kept, added),
    })
}

/// Relative links and images that lead to no file of the tree.
fn broken_links(tree: &Tree<'_>, readme: &RepoPath, document: &Document) -> Vec<String> {
    let targets: BTreeSet<&String> = document.images.iter().chain(&document.links).collect();
    let broken = targets.into_iter().filter(|target| is_broken(tree, readme, target));
    broken.take(MAX_NAMED).map(|target| target.chars().take(200).collect()).collect()
}

fn is_broken(tree: &Tree<'_>, readme: &RepoPath, target: &str) -> bool {
    let elsewhere = target.contains("://") || target.starts_with("//") || target.starts_with('#');
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric()));
    let bare = target.split(['#', '?']).next().unwrap_or_default();
    if elsewhere || scheme || bare.trim().is_empty() {
        return false;
    }
    let bare = percent_encoding::percent_decode_str(bare).decode_utf8_lossy();
    let base = if bare.starts_with('/') { RepoPath::root() } else { readme.parent() };
    match resolve(&base, &bare) {
        Some(path) => !tree.exists(&path),
        None => true,
    }
}

/// A relative reference seen from a folder; `None` where it leaves the repository.
pub fn resolve(base: &RepoPath, reference: &str) -> Option<RepoPath> {
    let mut path = base.clone();
    for part in reference.replace('\\', "/").split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            if path.as_str().is_empty() {
                return None;
            }
            path = path.parent();
        } else {
            path = path.join(part)?;
        }
    }
    Some(path)
}
