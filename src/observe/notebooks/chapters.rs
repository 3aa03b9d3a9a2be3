//! The course's own notebooks: which chapter a notebook of a fork is, which version it began from, and what its solutions are.
//! May import: `domain/`, its siblings, and within the room `tree`.
//! Next: `judge.rs` compares a notebook with what is found here.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::answers;
use super::book::{Book, Keys};
use super::cells;
use super::exercises::{self, Exercise};
use super::judge::Course;
use crate::domain::source::RepoPath;
use crate::observe::tree::Tree;

/// Cells that two notebooks must share before one is taken for the other.
const FEWEST: usize = 3;

/// The notebooks of the upstream's newest version.
pub struct Chapters {
    books: BTreeMap<RepoPath, Book>,
    /// Notebooks that fill in another one's blanks: nothing in them is left to a student.
    solved: BTreeSet<RepoPath>,
}

/// Every version that one chapter went through.
pub struct Versions {
    books: Vec<Book>,
    /// Which of them the fork began from, where git tells it.
    base: Option<usize>,
    solutions: BTreeSet<String>,
}

impl Chapters {
    /// Reads the newest version of every notebook. Those that cannot be read are no chapters.
    pub fn read(tree: &Tree<'_>, most: usize, keys: &mut Keys) -> Self {
        let is_notebook = |path: &RepoPath| path.extension() == "ipynb";
        let paths = tree.source().upstream_paths().into_iter().filter(is_notebook).take(most);
        let books: BTreeMap<RepoPath, Book> = paths
            .filter_map(|path| {
                let cells = cells::read(&tree.source().upstream_newest(&path)?).ok()?;
                Some((path, Book::new(cells, keys)))
            })
            .collect();
        let solved = |book: &Book| books.values().any(|other| is_solved(other, book));
        let solved = books.iter().filter(|(_, book)| solved(book)).map(|(path, _)| path.clone()).collect();
        Self { books, solved }
    }

    /// Every chapter that leaves something to a student.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.books.keys().filter(|path| !self.solved.contains(path))
    }

    /// Whether the course has its own answers there.
    pub fn is_solved(&self, path: &RepoPath) -> bool {
        self.solved.contains(path)
    }

    /// The newest version of a chapter.
    pub fn newest(&self, path: &RepoPath) -> Option<&Book> {
        self.books.get(path)
    }

    /// The chapter that a notebook holds most of, whatever it is called and wherever it lies.
    pub fn alike(&self, book: &Book) -> Option<&RepoPath> {
        let told = book.told();
        let shares = self.paths().filter_map(|path| Some((share(&told, self.books.get(path)?)?, Reverse(path))));
        shares.max().map(|(_, Reverse(path))| path)
    }

    /// Notebooks beside a chapter that fill in its blanks.
    fn solutions_of<'c>(&'c self, chapter: &'c Book) -> impl Iterator<Item = &'c Book> {
        self.solved.iter().filter_map(|path| self.books.get(path)).filter(|solved| is_solved(chapter, solved))
    }
}

/// Cells of a chapter that a notebook shares, where that is at least half of it.
fn share(told: &BTreeSet<&str>, chapter: &Book) -> Option<usize> {
    let of_chapter = chapter.told();
    let shared = told.intersection(&of_chapter).count();
    (shared >= FEWEST && shared * 2 >= of_chapter.len()).then_some(shared)
}

/// Whether one notebook is another one with at least half of its blanks filled in.
fn is_solved(chapter: &Book, other: &Book) -> bool {
    if std::ptr::eq(chapter, other) || share(&other.told(), chapter).is_none() {
        return false;
    }
    let open = exercises::of(chapter).into_iter().filter(|exercise| exercise.open).count();
    let filled = fillings(chapter, other).0;
    open > 0 && filled * 2 >= open
}

/// How many blanks of one version another one fills in, and with what.
fn fillings(blank: &Book, filled: &Book) -> (usize, BTreeSet<String>) {
    let open: Vec<Exercise> = exercises::of(blank).into_iter().filter(|exercise| exercise.open).collect();
    let found = answers::find(blank, &open, filled);
    let before: BTreeSet<&str> = blank.code().collect();
    let still_blank = |at: &usize| filled.cells.get(*at).is_none_or(|cell| exercises::has_blank(&cell.source));
    let keys = |cells: &[usize]| -> BTreeSet<String> {
        let code =
            cells.iter().filter(|at| filled.cells.get(**at).is_some_and(|cell| cell.is_code()) && !still_blank(at));
        code.map(|at| filled.key(*at))
            .filter(|key| !key.is_empty() && !before.contains(key))
            .map(str::to_owned)
            .collect()
    };
    let filled: Vec<BTreeSet<String>> =
        found.to.iter().map(|cells| keys(cells)).filter(|keys| !keys.is_empty()).collect();
    (filled.len(), filled.into_iter().flatten().collect())
}

impl Versions {
    /// Every readable version of the notebook that the fork has at `path`, and of the chapter that it was found to be.
    pub fn read(tree: &Tree<'_>, path: &RepoPath, chapter: &RepoPath, chapters: &Chapters, keys: &mut Keys) -> Self {
        let source = tree.source();
        let mut raw = source.upstream_versions(path);
        if chapter != path {
            raw.extend(source.upstream_versions(chapter));
        }
        let begun = source.base_version(path).or_else(|| source.base_version(chapter));
        let mut seen = BTreeSet::new();
        raw.extend(begun.clone());
        raw.retain(|version| seen.insert(blake3::hash(version).to_hex().to_string()));
        let mut base = None;
        let mut books = Vec::new();
        for version in raw {
            let Ok(cells) = cells::read(&version) else { continue };
            if begun.as_ref() == Some(&version) {
                base = Some(books.len());
            }
            books.push(Book::new(cells, keys));
        }
        // The course publishes solutions by filling blanks in, and takes them back for the next class.
        let mut solutions = BTreeSet::new();
        for (newer, older) in books.iter().zip(books.iter().skip(1)) {
            solutions.extend(fillings(older, newer).1);
            solutions.extend(fillings(newer, older).1);
        }
        if let Some(newest) = chapters.newest(chapter) {
            solutions.extend(chapters.solutions_of(newest).flat_map(|solved| fillings(newest, solved).1));
        }
        Self { books, base, solutions }
    }

    /// Whether the course never had it.
    pub fn is_empty(&self) -> bool {
        self.books.is_empty()
    }

    /// What the course wrote in all of them.
    pub fn course(&self) -> Course<'_> {
        let keys = self.books.iter().flat_map(|book| &book.keys).chain(&self.solutions);
        let known = keys.map(String::as_str).filter(|key| !key.is_empty()).collect();
        Course { known, solutions: self.solutions.iter().map(String::as_str).collect() }
    }

    /// The version that a student's notebook began from: the one that it shares most with and lacks least of. Where several do, the
    /// one that git names, else the one that leaves most to do, else the newest.
    pub fn base_of(&self, own: &Book) -> Option<&Book> {
        let told = own.told();
        let rank = |(index, book): &(usize, &Book)| {
            let exercises = exercises::of(book);
            let open = || exercises.iter().filter(|exercise| exercise.open);
            // Who fills a blank lacks it, and who lacks a solution has not taken it over: neither says where the notebook began.
            let blanks: BTreeSet<&str> = open().map(|exercise| book.key(exercise.cell)).collect();
            let tells = |key: &&str| !self.solutions.contains(*key) && !blanks.contains(key);
            let of_course: BTreeSet<&str> = book.told().into_iter().filter(tells).collect();
            let shared = of_course.intersection(&told).count();
            (shared, Reverse(of_course.len() - shared), self.base == Some(*index), open().count(), Reverse(*index))
        };
        self.books.iter().enumerate().max_by_key(rank).map(|(_, book)| book)
    }

    /// The version that the fork began from, where git tells it, else the newest.
    pub fn begun(&self) -> Option<&Book> {
        self.base.and_then(|base| self.books.get(base)).or(self.books.first())
    }
}
