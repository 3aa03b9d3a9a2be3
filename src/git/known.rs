//! What git knows of the upstream, asked for one commit of a fork.
//! May import: `domain/`.
//! Next: `upstream.rs` walks the history, `snapshot.rs` and `working.rs` ask.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use git2::{Oid, Repository};

use super::upstream::{Base, UpstreamIndex};
use crate::domain::{ObjectId, RepoPath};

/// Bytes of one upstream version that are read.
const MAX_UPSTREAM_BYTES: usize = 8 << 20;

/// The upstream as one commit of a fork sees it.
pub(super) struct Known {
    index: Arc<UpstreamIndex>,
    /// The commit; `None` where the fork has none yet.
    commit: Option<Oid>,
    base: OnceLock<Option<Base>>,
    /// libgit2 handles may move between threads, but not be used by two at once.
    repository: Mutex<Repository>,
}

impl Known {
    pub(super) fn new(index: Arc<UpstreamIndex>, commit: Option<Oid>, repository: Repository) -> Self {
        Self { index, commit, base: OnceLock::new(), repository: Mutex::new(repository) }
    }

    pub(super) fn repository(&self) -> MutexGuard<'_, Repository> {
        self.repository.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_from_upstream(&self, object: &ObjectId) -> Option<bool> {
        if self.index.heads().is_empty() {
            return None;
        }
        Some(Oid::from_str(object.as_str()).is_ok_and(|id| self.index.holds(id)))
    }

    pub(super) fn upstream_versions(&self, path: &RepoPath) -> Vec<Vec<u8>> {
        let repository = self.repository();
        self.index.versions(path).into_iter().filter_map(|id| read(&repository, id)).collect()
    }

    pub(super) fn upstream_newest(&self, path: &RepoPath) -> Option<Vec<u8>> {
        let repository = self.repository();
        self.index.versions(path).into_iter().find_map(|id| read(&repository, id))
    }

    pub(super) fn upstream_paths(&self) -> Vec<RepoPath> {
        self.index.paths().iter().filter_map(|path| RepoPath::parse(path)).collect()
    }

    pub(super) fn base_paths(&self) -> Option<Vec<RepoPath>> {
        Some(self.base()?.paths().filter_map(RepoPath::parse).collect())
    }

    pub(super) fn base_version(&self, path: &RepoPath) -> Option<Vec<u8>> {
        // Found before the repository is taken: finding it takes the repository too.
        let blob = self.base()?.blob(path)?;
        read(&self.repository(), blob)
    }

    fn base(&self) -> Option<&Base> {
        let find = || Base::of(&self.repository(), self.commit?, self.index.heads());
        self.base.get_or_init(find).as_ref()
    }
}

fn read(repository: &Repository, id: Oid) -> Option<Vec<u8>> {
    let odb = repository.odb().ok()?;
    // Looked at before it is read: somebody chose its size.
    odb.read_header(id).ok().filter(|(size, _)| *size <= MAX_UPSTREAM_BYTES)?;
    Some(odb.read(id).ok()?.data().to_vec())
}
