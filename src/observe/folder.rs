//! A folder on disk as a source: for `forkgrade check` and `grade --path`.
//! May import: std, sha1, `domain/`.
//! Next: `git/snapshot.rs` is the other source, `inspect.rs` reads both.

use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha1::{Digest, Sha1};

use crate::domain::ids::ObjectId;
use crate::domain::source::{Entry, EntryKind, RepoPath, Source, SourceError};

/// More entries than this are left out, and said to be.
const MAX_ENTRIES: usize = 200_000;
/// Files above this size are listed without git's id (64 MiB): reading them would only cost time.
const MAX_HASHED: u64 = 64 << 20;

/// A working copy, with the upstream beside it where one is known.
pub struct Folder {
    root: PathBuf,
    entries: Vec<Entry>,
    truncated: bool,
    upstream: Option<Arc<dyn Source>>,
}

/// What a path is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    Shown,
    /// A nested repository, whose files nobody else gets.
    Gitlink,
    /// Left out: git ignores it.
    Hidden,
}

/// Why a folder could not be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: std::io::Error },
}

impl Folder {
    /// Lists a folder. Symbolic links are named and never followed; what lies in `.git` is left out.
    pub fn open(root: &Path) -> Result<Self, FolderError> {
        Self::open_where(root, |_, _| Listed::Shown)
    }

    /// Lists what of a folder is to be seen; `listed` is asked for every path, and whether it is a folder.
    pub fn open_where(root: &Path, listed: impl Fn(&RepoPath, bool) -> Listed) -> Result<Self, FolderError> {
        if !root.is_dir() {
            return Err(FolderError::NotAFolder(root.to_owned()));
        }
        let mut folder = Self { root: root.to_owned(), entries: Vec::new(), truncated: false, upstream: None };
        let mut queue = VecDeque::from([RepoPath::root()]);
        while let Some(path) = queue.pop_front() {
            let listing = match fs::read_dir(folder.on_disk(&path)) {
                Ok(listing) => listing,
                Err(cause) if path.as_str().is_empty() => {
                    return Err(FolderError::Unreadable { path: folder.root, cause });
                }
                Err(_) => {
                    folder.truncated = true;
                    continue;
                }
            };
            for item in listing {
                folder.add(&path, item, &listed, &mut queue);
            }
        }
        folder.entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(folder)
    }

    /// The same folder, knowing an upstream: what `upstream` knows of it is asked there.
    pub fn with_upstream(mut self, upstream: Arc<dyn Source>) -> Self {
        self.upstream = Some(upstream);
        self
    }

    fn on_disk(&self, path: &RepoPath) -> PathBuf {
        self.root.join(path.as_str())
    }

    fn add(
        &mut self,
        parent: &RepoPath,
        item: std::io::Result<fs::DirEntry>,
        listed: &impl Fn(&RepoPath, bool) -> Listed,
        queue: &mut VecDeque<RepoPath>,
    ) {
        let found = item.ok().and_then(|item| Some((item.file_name().into_string().ok()?, item.metadata().ok()?)));
        let Some((name, metadata)) = found else {
            self.truncated = true;
            return;
        };
        if name == ".git" {
            return;
        }
        let Some(path) = parent.join(&name).filter(|_| self.entries.len() < MAX_ENTRIES) else {
            self.truncated = true;
            return;
        };
        let listed = listed(&path, metadata.is_dir());
        let kind = if listed == Listed::Hidden {
            return;
        } else if listed == Listed::Gitlink {
            EntryKind::Gitlink
        } else if metadata.is_symlink() {
            EntryKind::Symlink
        } else if metadata.is_file() {
            EntryKind::File
        } else if !metadata.is_dir() {
            self.truncated = true;
            return;
        } else if self.on_disk(&path).join(".git").symlink_metadata().is_ok() {
            // Pushed as it is, this repository inside a repository becomes an empty folder on GitHub.
            EntryKind::Gitlink
        } else {
            queue.push_back(path.clone());
            EntryKind::Folder
        };
        let size = (kind == EntryKind::File).then_some(metadata.len());
        let object = size.filter(|size| *size <= MAX_HASHED).and_then(|_| self.read(&path, MAX_HASHED).ok());
        self.entries.push(Entry { path, kind, object: object.and_then(|bytes| blob_id(&bytes)), size });
    }
}

/// Git's id of a blob: SHA-1 over `blob <length>\0` and the bytes.
pub fn blob_id(bytes: &[u8]) -> Option<ObjectId> {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    hex::encode(hash.finalize()).parse().ok()
}

impl Source for Folder {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn truncated(&self) -> bool {
        self.truncated
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, SourceError> {
        let unreadable =
            |cause: std::io::Error| SourceError::Unreadable { path: path.clone(), cause: cause.to_string() };
        let no_follow = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
        let file = fs::OpenOptions::new()
            .read(true)
            .custom_flags(no_follow.bits())
            .open(self.on_disk(path))
            .map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(SourceError::NotAFile(path.clone()));
        }
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > limit {
            return Err(SourceError::TooLarge { path: path.clone(), limit });
        }
        Ok(bytes)
    }

    fn is_from_upstream(&self, object: &ObjectId) -> Option<bool> {
        self.upstream.as_ref()?.is_from_upstream(object)
    }

    fn upstream_versions(&self, path: &RepoPath) -> Vec<Vec<u8>> {
        self.upstream.as_ref().map(|upstream| upstream.upstream_versions(path)).unwrap_or_default()
    }

    fn upstream_newest(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.upstream.as_ref()?.upstream_newest(path)
    }

    fn upstream_paths(&self) -> Vec<RepoPath> {
        self.upstream.as_ref().map(|upstream| upstream.upstream_paths()).unwrap_or_default()
    }

    fn base_paths(&self) -> Option<Vec<RepoPath>> {
        self.upstream.as_ref()?.base_paths()
    }

    fn base_version(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.upstream.as_ref()?.base_version(path)
    }
}

/// A copy of the course without its history, as the upstream of a working copy.
pub struct CourseFolder(Folder);

impl CourseFolder {
    /// Lists the course's files.
    pub fn open(root: &Path) -> Result<Self, FolderError> {
        Folder::open(root).map(Self)
    }
}

impl Source for CourseFolder {
    fn entries(&self) -> &[Entry] {
        &[]
    }

    fn truncated(&self) -> bool {
        self.0.truncated
    }

    fn read(&self, path: &RepoPath, _: u64) -> Result<Vec<u8>, SourceError> {
        Err(SourceError::NotAFile(path.clone()))
    }

    fn is_from_upstream(&self, object: &ObjectId) -> Option<bool> {
        Some(self.0.entries.iter().any(|entry| entry.object.as_ref() == Some(object)))
    }

    fn upstream_versions(&self, path: &RepoPath) -> Vec<Vec<u8>> {
        self.0.read(path, MAX_HASHED).into_iter().collect()
    }

    fn upstream_paths(&self) -> Vec<RepoPath> {
        let files = self.0.entries.iter().filter(|entry| entry.kind == EntryKind::File);
        files.map(|entry| entry.path.clone()).collect()
    }
}
