//! Chapter notebooks against every version of the upstream's: what the student wrote, and what came with the course.
//! May import: serde_json, similar, ruff, `domain/`, and within the room `tree`, `python` and `readme/words`.
//! Next: `cells.rs` reads the file format, `chapters.rs` finds the course's version, `judge.rs` compares.

mod answers;
mod book;
pub mod cells;
mod chapters;
mod exercises;
mod judge;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Message;
use crate::domain::facts::inspection::{NotebookFacts, NotebookState};
use crate::domain::source::{Entry, RepoPath, SourceError};

use super::python::parse;
use super::tree::Tree;
use book::{Book, Keys};
use chapters::{Chapters, Versions};
use judge::count;

/// Notebooks that are compared; a course has some dozens.
const MAX_NOTEBOOKS: usize = 300;

/// Reads every notebook of the course, sorted by path: one for each chapter. `limit` is the size in bytes that is read.
pub fn read(tree: &Tree<'_>, limit: u64) -> Vec<NotebookFacts> {
    parse::with_deep_stack(|| Reader::new(tree, limit).read()).unwrap_or_default()
}

struct Reader<'r, 't> {
    tree: &'r Tree<'t>,
    limit: u64,
    keys: Keys,
    chapters: Chapters,
}

impl<'r, 't> Reader<'r, 't> {
    fn new(tree: &'r Tree<'t>, limit: u64) -> Self {
        let mut keys = Keys::default();
        let chapters = Chapters::read(tree, MAX_NOTEBOOKS, &mut keys);
        Self { tree, limit, keys, chapters }
    }

    fn read(mut self) -> Vec<NotebookFacts> {
        let present = self.tree.files(&RepoPath::root()).filter(|entry| entry.path.extension() == "ipynb");
        let present: Vec<&Entry> = present.take(MAX_NOTEBOOKS).collect();
        // A student may work in a copy beside the course's own: the better of them is the chapter.
        let mut found: BTreeMap<RepoPath, NotebookFacts> = BTreeMap::new();
        for entry in present {
            let Some((chapter, facts)) = self.one(entry) else { continue };
            let rank = |facts: &NotebookFacts| {
                let is_broken = matches!(facts.state, NotebookState::Broken { .. });
                (facts.completed_cells, facts.changed_cells, facts.solution_cells, facts.chapter.is_none(), is_broken)
            };
            let better = found.get(&chapter).is_none_or(|known| rank(known) < rank(&facts));
            if better {
                found.insert(chapter, facts);
            }
        }
        let mut all: Vec<NotebookFacts> = self.absent(&found).collect();
        all.extend(found.into_values());
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// A notebook of the fork with the chapter that it is; `None` where it is none of the course's.
    fn one(&mut self, entry: &Entry) -> Option<(RepoPath, NotebookFacts)> {
        let path = entry.path.clone();
        let is_own = self.tree.is_own(entry);
        let read = self.tree.source().read(&path, self.limit);
        let is_as_it_began = |bytes: &Vec<u8>| self.tree.source().base_version(&path).as_ref() == Some(bytes);
        let is_as_it_began = !is_own && read.as_ref().is_ok_and(is_as_it_began);
        let own = match read {
            Ok(bytes) => cells::read(&bytes),
            Err(SourceError::TooLarge { .. }) => {
                Err(Message::new("notebook-too-large").with("mebibytes", self.limit >> 20))
            }
            Err(_) => Err(Message::new("notebook-unreadable")),
        };
        let own = own.map(|cells| Book::new(cells, &mut self.keys));
        let chapter = self.chapter_of(&path, own.as_ref().ok());
        if self.chapters.is_solved(&chapter) {
            return None;
        }
        if let (true, Ok(own)) = (is_as_it_began, &own) {
            // Nearly every notebook of nearly every fork: nothing to compare.
            return Some((chapter, untouched(path, own)));
        }
        let versions = Versions::read(self.tree, &path, &chapter, &self.chapters, &mut self.keys);
        if versions.is_empty() && is_own {
            return None;
        }
        let mut facts = match own {
            Ok(own) => compare(path, &own, is_own, &versions),
            Err(reason) => NotebookFacts {
                path,
                state: NotebookState::Broken { reason },
                exercise_cells: versions.begun().map(exercises_of).unwrap_or_default(),
                ..NotebookFacts::default()
            },
        };
        facts.chapter = (chapter != facts.path && self.chapters.newest(&chapter).is_some()).then(|| chapter.clone());
        Some((chapter, facts))
    }

    /// The newest path of a notebook's chapter; its own path where the course has none like it any more.
    fn chapter_of(&self, path: &RepoPath, own: Option<&Book>) -> RepoPath {
        if self.chapters.newest(path).is_some() {
            return path.clone();
        }
        own.and_then(|own| self.chapters.alike(own)).unwrap_or(path).clone()
    }

    /// Chapters that the fork has nothing of.
    fn absent(&self, found: &BTreeMap<RepoPath, NotebookFacts>) -> impl Iterator<Item = NotebookFacts> {
        let base: Option<BTreeSet<RepoPath>> = self.tree.source().base_paths().map(|paths| paths.into_iter().collect());
        let missing = self.chapters.paths().filter(|path| !found.contains_key(path));
        missing.map(move |path| {
            let state = match &base {
                Some(base) if base.contains(path) => NotebookState::Deleted,
                // Folders are numbered anew: it may have lain elsewhere when the fork began.
                Some(_) if self.tree.source().base_version(path).is_some() => NotebookState::Deleted,
                _ => NotebookState::NotFetched,
            };
            // What came after the fork began is nobody's to do in it. Without shared history nobody knows when that was.
            let is_due = base.is_none() || state == NotebookState::Deleted;
            let exercises = self.chapters.newest(path).filter(|_| is_due).map(exercises_of).unwrap_or_default();
            NotebookFacts { path: path.clone(), state, exercise_cells: exercises, ..NotebookFacts::default() }
        })
    }
}

fn exercises_of(book: &Book) -> u32 {
    count(exercises::of(book).len())
}

fn untouched(path: RepoPath, own: &Book) -> NotebookFacts {
    NotebookFacts { path, exercise_cells: exercises_of(own), ..NotebookFacts::default() }
}

fn compare(path: RepoPath, own: &Book, is_own: bool, versions: &Versions) -> NotebookFacts {
    let Some(base) = versions.base_of(own) else { return untouched(path, own) };
    let facts = judge::judge(path, base, own, &versions.course(), is_own);
    if is_own || facts.state == NotebookState::Solution {
        return facts;
    }
    NotebookFacts { path: facts.path, exercise_cells: facts.exercise_cells, ..NotebookFacts::default() }
}
