//! A source's entries indexed by path, with junk set apart: what every reader of files starts from.
//! May import: `domain/`, and within the room `junk` and `decode`.
//! Next: `project.rs` finds the project in a tree.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::source::{Entry, EntryKind, RepoPath, Source};

use super::{decode, junk};

/// Text files above this size are not read (1 MiB): nobody wrote them by hand.
pub const MAX_TEXT: u64 = 1 << 20;

/// Every entry of a source by its path.
pub struct Tree<'a> {
    source: &'a dyn Source,
    by_path: BTreeMap<&'a str, &'a Entry>,
    junk: BTreeSet<&'a str>,
}

impl<'a> Tree<'a> {
    /// Indexes the entries and sorts out the junk.
    pub fn new(source: &'a dyn Source) -> Self {
        let by_path: BTreeMap<_, _> = source.entries().iter().map(|entry| (entry.path.as_str(), entry)).collect();
        let junk = junk::roots(by_path.values().copied());
        Self { source, by_path, junk }
    }

    /// The source behind the index.
    pub fn source(&self) -> &'a dyn Source {
        self.source
    }

    /// What lies at a path.
    pub fn entry(&self, path: &RepoPath) -> Option<&'a Entry> {
        self.by_path.get(path.as_str()).copied()
    }

    /// Whether a file or folder lies at a path; the root always does.
    pub fn exists(&self, path: &RepoPath) -> bool {
        path.as_str().is_empty() || self.entry(path).is_some() || self.below(path).next().is_some()
    }

    /// Whether a file that can be read lies at a path.
    pub fn is_file(&self, path: &RepoPath) -> bool {
        self.entry(path).is_some_and(|entry| entry.kind == EntryKind::File)
    }

    /// Every entry below a folder, at any depth, junk included.
    pub fn below(&self, folder: &RepoPath) -> Box<dyn Iterator<Item = &'a Entry> + '_> {
        if folder.as_str().is_empty() {
            return Box::new(self.by_path.values().copied());
        }
        // `0` is the byte after `/`: the range holds exactly what starts with `folder/`.
        let range = format!("{folder}/")..format!("{folder}0");
        Box::new(self.by_path.range::<str, _>(bounds(&range)).map(|(_, entry)| *entry))
    }

    /// Files below a folder that are not junk.
    pub fn files<'s>(&'s self, folder: &RepoPath) -> impl Iterator<Item = &'a Entry> + use<'s, 'a> {
        self.below(folder).filter(|entry| entry.kind == EntryKind::File && !self.is_junk(&entry.path))
    }

    /// Whether a path is junk or lies in a junk folder.
    pub fn is_junk(&self, path: &RepoPath) -> bool {
        let text = path.as_str();
        self.junk.contains(text)
            || text.match_indices('/').any(|(end, _)| text.get(..end).is_some_and(|part| self.junk.contains(part)))
    }

    /// Junk folders and files below a folder, the outermost ones only.
    pub fn junk_below(&self, folder: &RepoPath) -> Vec<RepoPath> {
        let paths = self.junk.iter().filter_map(|path| RepoPath::parse(path));
        paths.filter(|path| path.below(folder).is_some() && !self.is_junk(&path.parent())).collect()
    }

    /// Whether no version of the upstream holds this entry. Everything is own where no upstream is known.
    pub fn is_own(&self, entry: &Entry) -> bool {
        entry.object.as_ref().and_then(|object| self.source.is_from_upstream(object)) != Some(true)
    }

    /// The text of a file, whatever its encoding; `None` where it cannot be read or is too large.
    pub fn text(&self, path: &RepoPath) -> Option<String> {
        self.source.read(path, MAX_TEXT).ok().map(|bytes| decode::text(&bytes))
    }
}

fn bounds(range: &std::ops::Range<String>) -> (std::ops::Bound<&str>, std::ops::Bound<&str>) {
    (std::ops::Bound::Included(range.start.as_str()), std::ops::Bound::Excluded(range.end.as_str()))
}
