//! A tree of student files, read by name: a git tree or a folder on disk.
//! May import: std, serde.
//! Next: `git/snapshot.rs` and `observe/folder.rs` are its two implementations.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::ObjectId;

/// A path inside a repository: UTF-8 (lossy where it was not), `/` between its parts, relative, without `.` and `..`.
/// The root is the empty path.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepoPath(String);

impl RepoPath {
    /// The root of the tree.
    pub fn root() -> Self {
        Self::default()
    }

    /// `None` where the text could leave the tree or confuse a file system: absolute, `..`, `.git`, a NUL, a backslash.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('/');
        let safe = |part: &str| {
            !part.is_empty() && part != "." && part != ".." && !part.eq_ignore_ascii_case(".git") && part.len() <= 255
        };
        let clean = text.is_empty() || text.split('/').all(safe);
        (clean && !text.contains(['\0', '\\']) && text.len() <= 4096).then(|| Self(text.to_owned()))
    }

    /// The path as text, empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part; empty for the root.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that holds this path; the root's parent is the root.
    pub fn parent(&self) -> RepoPath {
        RepoPath(self.0.rsplit_once('/').map(|(parent, _)| parent.to_owned()).unwrap_or_default())
    }

    /// `self/name`; `None` where that is not a safe path.
    pub fn join(&self, name: &str) -> Option<RepoPath> {
        if self.0.is_empty() { Self::parse(name) } else { Self::parse(&format!("{}/{name}", self.0)) }
    }

    /// The rest of the path below `folder`; `None` where it does not lie below it.
    pub fn below(&self, folder: &RepoPath) -> Option<RepoPath> {
        if folder.0.is_empty() {
            return Some(self.clone());
        }
        let rest = self.0.strip_prefix(&folder.0)?.strip_prefix('/')?;
        Some(RepoPath(rest.to_owned()))
    }

    /// A relative reference seen from this folder; `None` where it leaves the repository.
    pub fn resolve(&self, reference: &str) -> Option<Self> {
        let mut path = self.clone();
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

    /// How many folders lie between the root and this path's name: 0 for `app.py`.
    pub fn depth(&self) -> usize {
        self.0.matches('/').count()
    }

    /// The extension in lower case, without its dot; empty where there is none.
    pub fn extension(&self) -> String {
        match self.name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension.to_lowercase(),
            _ => String::new(),
        }
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

/// What lies at a path. Only files are ever read or copied into a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    File,
    Folder,
    /// Named in the facts, never followed.
    Symlink,
    /// A nested repository added by mistake: an empty folder on GitHub.
    Gitlink,
}

/// One path of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: RepoPath,
    pub kind: EntryKind,
    /// Git's id of the blob or tree; hashed the same way for a folder on disk (files only).
    pub object: Option<ObjectId>,
    /// Bytes; `None` for folders and for a blob that was not fetched because it is above the limit.
    pub size: Option<u64>,
}

/// Why a file of the student's could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{0} is not a file of this tree")]
    NotAFile(RepoPath),
    #[error("{path} is larger than the {limit} bytes that are read")]
    TooLarge { path: RepoPath, limit: u64 },
    #[error("cannot read {path}: {cause}")]
    Unreadable { path: RepoPath, cause: String },
}

/// A read-only tree of files. Blocking: call it from a blocking thread.
pub trait Source: Send + Sync {
    /// Every entry, sorted by path, bounded by the implementation (see `truncated`).
    fn entries(&self) -> &[Entry];

    /// Whether the tree held more entries than are listed, or names that had to be left out.
    fn truncated(&self) -> bool;

    /// The bytes of a file of at most `limit` bytes.
    fn read(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, SourceError>;

    /// Whether git knows this blob or tree from some version of the upstream; `None` where no upstream is at hand.
    fn is_from_upstream(&self, object: &ObjectId) -> Option<bool>;

    /// Every distinct version of the file at `path` in the upstream's history, newest first, bounded; empty where unknown.
    fn upstream_versions(&self, path: &RepoPath) -> Vec<Vec<u8>>;

    /// The newest of those versions.
    fn upstream_newest(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.upstream_versions(path).into_iter().next()
    }

    /// Every file path of the upstream's newest version; empty where unknown. Tells a deleted chapter from one that never was.
    fn upstream_paths(&self) -> Vec<RepoPath> {
        Vec::new()
    }

    /// Every file path of the upstream's version that this tree began from (their merge base); `None` where they share no history.
    fn base_paths(&self) -> Option<Vec<RepoPath>> {
        None
    }

    /// The file in that version which this tree has at `path`; `None` where there is none, or no such version is known.
    fn base_version(&self, _path: &RepoPath) -> Option<Vec<u8>> {
        None
    }
}
