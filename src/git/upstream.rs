//! What the upstream ever held: every blob and tree, and every version of every path.
//! May import: `domain/`.
//! Next: `snapshot.rs`, which compares a fork with it.

use std::collections::{BTreeMap, HashMap, HashSet};

use git2::{ObjectType, Oid, Repository, Sort, Tree};

use super::error::GitError;
use crate::domain::RepoPath;

/// Trees are walked this deep; the course's own has five folders on its longest path.
const MAX_DEPTH: usize = 64;
/// Versions of one path that are told.
const MAX_VERSIONS: usize = 50;

/// All blobs and trees over the upstream's history, and which blobs lay at which path.
pub struct UpstreamIndex {
    heads: Vec<Oid>,
    /// Of the main branch's newest commit, sorted.
    paths: Vec<String>,
    objects: HashSet<Oid>,
    /// Distinct blobs by path, newest first, each with its place in the history (0 is the newest commit).
    versions: HashMap<String, Vec<(u32, Oid)>>,
    /// Paths by what stays of them when the chapters are numbered anew.
    unnumbered: HashMap<String, Vec<String>>,
    /// Paths by their last two components.
    trailing: HashMap<String, Vec<String>>,
}

/// Everything that the upstream's branches point at or pointed at, sorted.
pub(super) fn heads(repository: &Repository) -> Result<Vec<Oid>, GitError> {
    let mut heads: Vec<Oid> =
        repository.references_glob("refs/upstream/*")?.flatten().filter_map(|reference| reference.target()).collect();
    heads.sort_unstable();
    heads.dedup();
    Ok(heads)
}

impl UpstreamIndex {
    /// Walks the history once. Equal trees at equal paths are entered once. `main` is the newest commit of the main branch.
    pub(super) fn build(repository: &Repository, heads: Vec<Oid>, main: Option<Oid>) -> Result<Self, GitError> {
        let mut walk = repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
        for head in &heads {
            walk.push(*head)?;
        }
        let mut builder =
            Builder { repository, seen: HashSet::new(), objects: HashSet::new(), versions: HashMap::new() };
        for (place, commit) in walk.enumerate() {
            let tree = repository.find_commit(commit?)?.tree_id();
            builder.enter(tree, "", u32::try_from(place).unwrap_or(u32::MAX), 0)?;
        }
        let mut paths = Vec::new();
        if let Some(main) = main {
            list(repository, &repository.find_commit(main)?.tree()?, "", 0, &mut |path, _| paths.push(path.to_owned()));
            paths.sort_unstable();
        }
        let mut index = Self {
            heads,
            paths,
            objects: builder.objects,
            versions: builder.versions,
            unnumbered: HashMap::new(),
            trailing: HashMap::new(),
        };
        for path in index.versions.keys() {
            index.unnumbered.entry(unnumbered(path).to_owned()).or_default().push(path.clone());
            index.trailing.entry(trailing(path).to_owned()).or_default().push(path.clone());
        }
        Ok(index)
    }

    pub(super) fn heads(&self) -> &[Oid] {
        &self.heads
    }

    /// Every file path of the main branch's newest commit, sorted.
    pub(super) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Whether some version of the upstream held this blob or tree.
    pub(super) fn holds(&self, object: Oid) -> bool {
        self.objects.contains(&object)
    }

    /// Distinct blobs at a path, newest first. A path that upstream never had is looked up with its chapter's number left
    /// out (students fork before and after chapters are numbered anew), then by its last two components.
    pub(super) fn versions(&self, path: &RepoPath) -> Vec<Oid> {
        let path = path.as_str();
        if let Some(versions) = self.versions.get(path) {
            return versions.iter().take(MAX_VERSIONS).map(|(_, blob)| *blob).collect();
        }
        let similar = self.unnumbered.get(unnumbered(path)).or_else(|| self.trailing.get(trailing(path)));
        let mut found: Vec<(u32, Oid)> =
            similar.into_iter().flatten().filter_map(|path| self.versions.get(path)).flatten().copied().collect();
        found.sort_unstable();
        let mut seen = HashSet::new();
        found.into_iter().map(|(_, blob)| blob).filter(|blob| seen.insert(*blob)).take(MAX_VERSIONS).collect()
    }
}

/// Tells the path and blob of every file in a tree. A folder that cannot be read is left out.
fn list(repository: &Repository, tree: &Tree<'_>, folder: &str, depth: usize, tell: &mut impl FnMut(&str, Oid)) {
    for entry in tree {
        let name = String::from_utf8_lossy(entry.name_bytes());
        let path = if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") };
        match entry.kind() {
            Some(ObjectType::Blob) => tell(&path, entry.id()),
            Some(ObjectType::Tree) if depth < MAX_DEPTH => {
                if let Ok(inner) = repository.find_tree(entry.id()) {
                    list(repository, &inner, &path, depth + 1, tell);
                }
            }
            _ => {}
        }
    }
}

/// The upstream's version that a fork began from.
pub(super) struct Base(BTreeMap<String, Oid>);

impl Base {
    /// The newest of the merge bases of a commit with the upstream's branches; `None` without shared history.
    pub(super) fn of(repository: &Repository, commit: Oid, heads: &[Oid]) -> Option<Self> {
        let shared = heads.iter().filter_map(|head| repository.merge_base(commit, *head).ok());
        let dated = shared.filter_map(|base| Some((repository.find_commit(base).ok()?.time().seconds(), base)));
        let (_, newest) = dated.max()?;
        let mut files = BTreeMap::new();
        let tree = repository.find_commit(newest).and_then(|commit| commit.tree()).ok()?;
        list(repository, &tree, "", 0, &mut |path, blob| {
            files.insert(path.to_owned(), blob);
        });
        Some(Self(files))
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The blob at a path, found as in `UpstreamIndex::versions`; `None` where several files could be meant.
    pub(super) fn blob(&self, path: &RepoPath) -> Option<Oid> {
        let path = path.as_str();
        if let Some(blob) = self.0.get(path) {
            return Some(*blob);
        }
        let only = |key: fn(&str) -> &str| {
            let mut similar = self.0.iter().filter(|(known, _)| key(known) == key(path));
            similar.next().filter(|_| similar.next().is_none()).map(|(_, blob)| *blob)
        };
        only(unnumbered).or_else(|| only(trailing))
    }
}

struct Builder<'a> {
    repository: &'a Repository,
    seen: HashSet<(String, Oid)>,
    objects: HashSet<Oid>,
    versions: HashMap<String, Vec<(u32, Oid)>>,
}

impl Builder<'_> {
    fn enter(&mut self, id: Oid, path: &str, place: u32, depth: usize) -> Result<(), GitError> {
        self.objects.insert(id);
        if depth > MAX_DEPTH || !self.seen.insert((path.to_owned(), id)) {
            return Ok(());
        }
        let tree = self.repository.find_tree(id)?;
        for entry in &tree {
            // A name that is no text is no path that a student could be compared at; its contents count all the same.
            let name = String::from_utf8_lossy(entry.name_bytes());
            let path = if path.is_empty() { name.into_owned() } else { format!("{path}/{name}") };
            match entry.kind() {
                Some(ObjectType::Tree) => self.enter(entry.id(), &path, place, depth + 1)?,
                Some(ObjectType::Blob) => {
                    self.objects.insert(entry.id());
                    let versions = self.versions.entry(path).or_default();
                    if !versions.iter().any(|(_, blob)| *blob == entry.id()) {
                        versions.push((place, entry.id()));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// `6Evaluation/Projet/README.rst` and `Evaluation/Projet/README.rst` come to the same.
fn unnumbered(path: &str) -> &str {
    match path.split_once('/') {
        Some(_) => path.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | ' ')),
        None => path,
    }
}

fn trailing(path: &str) -> &str {
    let cut = path.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    path.get(cut..).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_meet_whatever_number_their_chapter_has() {
        assert_eq!(unnumbered("6Evaluation/Projet/README.rst"), unnumbered("Evaluation/Projet/README.rst"));
        assert_eq!(unnumbered("5. Evaluation/a"), "Evaluation/a");
        assert_eq!(unnumbered("2048.py"), "2048.py");
        assert_eq!(trailing("a/b/c/d"), "c/d");
        assert_eq!(trailing("c"), "c");
    }
}
