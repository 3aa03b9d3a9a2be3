//! The files of one commit, read from the mirror: nothing is ever checked out.
//! May import: `domain/`.
//! Next: `upstream.rs` for what the upstream held, `domain/source.rs` for the trait.

use chrono::{DateTime, Utc};
use git2::{ErrorCode, Odb, Oid, Repository, Tree};

use super::error::GitError;
use super::known::Known;
use super::mirror::Mirror;
use crate::domain::source::SourceError;
use crate::domain::{CommitSha, Entry, EntryKind, ObjectId, RepoPath, Source, TreeId};

/// Entries that are listed; a repository of a million files ends here.
const MAX_ENTRIES: usize = 200_000;
const MAX_DEPTH: usize = 64;

/// One commit of the mirror. Blocking to make and to read.
pub struct Snapshot {
    commit: CommitSha,
    root_tree: TreeId,
    committed_at: DateTime<Utc>,
    entries: Vec<Entry>,
    truncated: bool,
    known: Known,
}

impl Mirror {
    /// The files of a commit that the mirror holds. Blocking.
    pub fn snapshot(&self, commit: &CommitSha) -> Result<Snapshot, GitError> {
        let repository = self.repository()?;
        let upstream = self.upstream_index()?;
        let id = Oid::from_str(commit.as_str())?;
        let (root_tree, committed_at, listing) = {
            let found = repository.find_commit(id)?;
            let tree = found.tree()?;
            let mut listing =
                Listing { odb: repository.odb()?, repository: &repository, entries: Vec::new(), truncated: false };
            listing.enter(&tree, &RepoPath::root(), 0)?;
            listing.entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            let committed_at = DateTime::from_timestamp(found.time().seconds(), 0).unwrap_or_default();
            (tree_id(tree.id())?, committed_at, (listing.entries, listing.truncated))
        };
        let (entries, truncated) = listing;
        let known = Known::new(upstream, Some(id), repository);
        Ok(Snapshot { commit: commit.clone(), root_tree, committed_at, entries, truncated, known })
    }
}

impl Snapshot {
    /// The commit itself.
    pub fn commit(&self) -> &CommitSha {
        &self.commit
    }

    /// The tree of the whole commit.
    pub fn root_tree(&self) -> TreeId {
        self.root_tree.clone()
    }

    /// The committer's date, as the student's machine wrote it: shown, never believed.
    pub fn committed_at(&self) -> DateTime<Utc> {
        self.committed_at
    }

    /// The tree of a folder; `None` where there is no folder at that path.
    pub fn tree_id(&self, path: &RepoPath) -> Option<TreeId> {
        if path.as_str().is_empty() {
            return Some(self.root_tree());
        }
        let entry = self.entry(path).filter(|entry| entry.kind == EntryKind::Folder)?;
        entry.object.as_ref()?.as_str().parse().ok()
    }

    fn entry(&self, path: &RepoPath) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        self.entries.get(at)
    }
}

impl Source for Snapshot {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn truncated(&self) -> bool {
        self.truncated
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, SourceError> {
        let object =
            self.entry(path).filter(|entry| entry.kind == EntryKind::File).and_then(|entry| entry.object.as_ref());
        let Some(object) = object else { return Err(SourceError::NotAFile(path.clone())) };
        let repository = self.known.repository();
        let read = || -> Result<Option<Vec<u8>>, git2::Error> {
            let (odb, id) = (repository.odb()?, Oid::from_str(object.as_str())?);
            // Looked at before it is read: its size is the student's choice.
            if odb.read_header(id)?.0 as u64 > limit {
                return Ok(None);
            }
            Ok(Some(odb.read(id)?.data().to_vec()))
        };
        match read() {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(SourceError::TooLarge { path: path.clone(), limit }),
            // Left out by the fetch because it is above the limit.
            Err(error) if error.code() == ErrorCode::NotFound => {
                Err(SourceError::TooLarge { path: path.clone(), limit })
            }
            Err(error) => Err(SourceError::Unreadable { path: path.clone(), cause: error.message().to_owned() }),
        }
    }

    fn is_from_upstream(&self, object: &ObjectId) -> Option<bool> {
        self.known.is_from_upstream(object)
    }

    fn upstream_versions(&self, path: &RepoPath) -> Vec<Vec<u8>> {
        self.known.upstream_versions(path)
    }

    fn upstream_newest(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.known.upstream_newest(path)
    }

    fn upstream_paths(&self) -> Vec<RepoPath> {
        self.known.upstream_paths()
    }

    fn base_paths(&self) -> Option<Vec<RepoPath>> {
        self.known.base_paths()
    }

    fn base_version(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.known.base_version(path)
    }
}

struct Listing<'a> {
    repository: &'a Repository,
    odb: Odb<'a>,
    entries: Vec<Entry>,
    truncated: bool,
}

impl Listing<'_> {
    fn enter(&mut self, tree: &Tree<'_>, folder: &RepoPath, depth: usize) -> Result<(), GitError> {
        for entry in tree {
            let path = entry.name().ok().filter(|name| !name.contains('/')).and_then(|name| folder.join(name));
            let (Some(path), true) = (path, self.entries.len() < MAX_ENTRIES) else {
                self.truncated = true;
                continue;
            };
            let kind = match entry.filemode() {
                0o040_000 => EntryKind::Folder,
                0o120_000 => EntryKind::Symlink,
                0o160_000 => EntryKind::Gitlink,
                _ => EntryKind::File,
            };
            let size = match kind {
                EntryKind::File | EntryKind::Symlink => {
                    self.odb.read_header(entry.id()).ok().map(|(size, _)| size as u64)
                }
                EntryKind::Folder | EntryKind::Gitlink => None,
            };
            let object = entry.id().to_string().parse().ok();
            self.entries.push(Entry { path: path.clone(), kind, object, size });
            if kind != EntryKind::Folder {
                continue;
            }
            match self.repository.find_tree(entry.id()) {
                Ok(tree) if depth < MAX_DEPTH => self.enter(&tree, &path, depth + 1)?,
                _ => self.truncated = true,
            }
        }
        Ok(())
    }
}

fn tree_id(id: Oid) -> Result<TreeId, GitError> {
    id.to_string().parse().map_err(|_| GitError::Corrupt(format!("{id} is not a tree")))
}
