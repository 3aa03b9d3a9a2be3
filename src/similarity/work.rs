//! A fork's own work as tokens, and what everybody has from the course.
//! May import: `observe/`, `domain/`.
//! Next: `compare.rs`.

use std::collections::{BTreeSet, HashSet};

use super::tokens::{Language, Token};
use crate::domain::source::{Entry, RepoPath, Source};
use crate::observe::decode;
use crate::observe::notebooks::cells;
use crate::observe::project::{self, Scope};
use crate::observe::tree::Tree;

/// Larger files were written by no hand.
const MAX_BYTES: u64 = 1 << 20;
/// Notebooks hold their outputs too.
const MAX_NOTEBOOK_BYTES: u64 = 16 << 20;
/// Files of one fork that are read.
const MAX_FILES: usize = 400;
/// Tokens of one file that are compared: a page of minified data must not cost the class its search.
const MAX_TOKENS: usize = 60_000;

/// The files of one fork that its student wrote or changed.
pub struct Work {
    pub(super) documents: Vec<Document>,
}

/// One file.
pub(super) struct Document {
    pub path: RepoPath,
    pub language: Language,
    pub text: String,
    pub tokens: Vec<Token>,
}

/// Matches that are the course's and nobody's own.
#[derive(Default)]
pub struct Known {
    grams: HashSet<u64>,
    seen: HashSet<RepoPath>,
}

impl Work {
    /// Reads the own files of a fork: its project, which may lie in a repository of its own, and its notebooks. Blocking.
    /// What the course had at the same paths is added to `known`.
    pub fn read(fork: &dyn Source, separate: Option<&dyn Source>, dirs: &[String], known: &mut Known) -> Self {
        let tree = Tree::new(fork);
        let mut documents = Vec::new();
        match separate {
            Some(source) => {
                let tree = Tree::new(source);
                let located = project::locate_separate(&tree, dirs, "");
                let scope = Scope::of(&tree, &located);
                read(&tree, scope.iter().flat_map(Scope::files), known, &mut documents);
            }
            None => {
                let located = project::locate(&tree, dirs);
                let scope = Scope::of(&tree, &located);
                read(&tree, scope.iter().flat_map(Scope::files), known, &mut documents);
            }
        }
        let notebooks = tree.files(&RepoPath::root()).filter(|entry| entry.path.extension() == "ipynb");
        let told: BTreeSet<RepoPath> = documents.iter().map(|document| document.path.clone()).collect();
        read(&tree, notebooks.filter(|entry| !told.contains(&entry.path)), known, &mut documents);
        Self { documents }
    }
}

fn read<'e>(
    tree: &Tree<'_>,
    entries: impl Iterator<Item = &'e Entry>,
    known: &mut Known,
    documents: &mut Vec<Document>,
) {
    for entry in entries.filter(|entry| tree.is_own(entry)).take(MAX_FILES) {
        let Some(language) = language_of(&entry.path) else { continue };
        let limit = if language == Language::Notebook { MAX_NOTEBOOK_BYTES } else { MAX_BYTES };
        let Ok(bytes) = tree.source().read(&entry.path, limit) else { continue };
        known.add(tree.source(), &entry.path, language);
        let text = text_of(language, &bytes);
        let tokens = tokens_of(language, &text);
        documents.push(Document { path: entry.path.clone(), language, text, tokens });
    }
}

impl Known {
    /// What is read from now on is of another course, which had other files at the same paths.
    pub fn next_course(&mut self) {
        self.seen.clear();
    }

    /// Adds every version that the course had of a file.
    fn add(&mut self, source: &dyn Source, path: &RepoPath, language: Language) {
        // Other forks have most paths too, and all of them the same course.
        if !self.seen.insert(path.clone()) {
            return;
        }
        for version in source.upstream_versions(path) {
            let tokens = tokens_of(language, &text_of(language, &version));
            self.grams.extend(grams(language, &tokens).map(|(_, gram)| gram));
        }
    }

    pub(super) fn holds(&self, gram: u64) -> bool {
        self.grams.contains(&gram)
    }
}

fn language_of(path: &RepoPath) -> Option<Language> {
    let is_readme = path.name().to_lowercase().starts_with("readme");
    match path.extension().as_str() {
        "py" => Some(Language::Python),
        "ipynb" => Some(Language::Notebook),
        "md" | "rst" | "txt" | "" if is_readme => Some(Language::Prose),
        _ => None,
    }
}

fn text_of(language: Language, bytes: &[u8]) -> String {
    match language {
        Language::Notebook => code_of_notebook(bytes),
        Language::Python | Language::Prose => decode::text(bytes),
    }
}

/// The code cells one below the other, a blank line between them; nothing where the notebook cannot be read.
fn code_of_notebook(bytes: &[u8]) -> String {
    let cells = cells::read(bytes).unwrap_or_default();
    let code: Vec<String> = cells.into_iter().filter(cells::Cell::is_code).map(|cell| cell.source).collect();
    code.join("\n\n")
}

fn tokens_of(language: Language, text: &str) -> Vec<Token> {
    let mut tokens = language.tokens(text);
    tokens.truncate(MAX_TOKENS);
    tokens
}

/// Every run of `gram` tokens as place and hash; runs of data are left out.
pub(super) fn grams(language: Language, tokens: &[Token]) -> impl Iterator<Item = (usize, u64)> + '_ {
    tokens.windows(language.gram()).enumerate().filter_map(move |(place, window)| {
        let distinct: HashSet<u32> = window.iter().map(|token| token.word).collect();
        if distinct.len() < language.variety() {
            return None;
        }
        let seed = language as u64;
        let hash = window.iter().fold(seed, |hash, token| {
            (hash.rotate_left(5) ^ u64::from(token.word)).wrapping_mul(0x517c_c1b7_2722_0a95)
        });
        Some((place, hash ^ (hash >> 29)))
    })
}
