//! The shared bare repository of one course: opening it, its locks, tidying it.
//! May import: `domain/`, `settings`.
//! Next: `fetch.rs` for what comes in, `snapshot.rs` and `history.rs` for what is read.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use url::Url;

use super::error::{self, GitError};
use super::process::{Git, Limits};
use super::upstream::UpstreamIndex;
use crate::domain::CommitSha;
use crate::domain::ids::RepoId;
use crate::settings::{self, Secret};

/// Packs above which `tidy` makes one of them: reading slows down with their number.
const MANY_PACKS: usize = 50;
const TIDY_LIMITS: Limits = Limits { time: Duration::from_secs(30 * 60), file_bytes: None };

/// Held while refs and packs change, and while the repository is made.
const LOCK: &str = "forkgrade.lock";

/// How a mirror fetches.
#[derive(Debug, Clone)]
pub struct MirrorSettings {
    /// Blobs of this size and above are not fetched.
    pub max_blob_bytes: u64,
    /// Sent to `hosts` only.
    pub token: Option<Secret>,
    /// Where repositories of the course live: only their origin (scheme, host, port) counts.
    pub hosts: Vec<Url>,
    /// Bytes that one fetch may bring.
    pub max_pack_bytes: u64,
    /// For one fetch altogether.
    pub time_limit: Duration,
    /// Certificates (PEM) that git believes; the machine's own where absent.
    pub certificates: Option<PathBuf>,
    /// What the git program finds in its environment besides our own settings.
    pub environment: Vec<(OsString, OsString)>,
}

impl MirrorSettings {
    /// The usual limits (1 GiB, ten minutes) around what a course and a GitHub host ask for.
    pub fn new(max_blob_bytes: u64, token: Option<Secret>, hosts: Vec<Url>) -> Self {
        Self {
            max_blob_bytes,
            token,
            hosts,
            max_pack_bytes: 1 << 30,
            time_limit: Duration::from_secs(600),
            certificates: None,
            environment: settings::for_child_programs(),
        }
    }
}

/// One bare repository that holds the upstream and every fork of a course. Several processes may share it.
pub struct Mirror {
    pub(super) folder: PathBuf,
    pub(super) settings: MirrorSettings,
    pub(super) git: Git,
    /// Something ended badly and may have left files behind.
    dirty: AtomicBool,
    pub(super) upstream: Mutex<Option<Arc<UpstreamIndex>>>,
}

/// Makes the repository. Two processes started at once make one.
fn create(folder: &Path) -> Result<(), GitError> {
    let path = folder.join(LOCK);
    let file = File::options().create(true).append(true).open(&path).map_err(|cause| cannot_write(&path, &cause))?;
    let alone = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, cause)| cannot_write(&path, &cause.into()))?;
    if git2::Repository::open_bare(folder).is_err() {
        let mut options = git2::RepositoryInitOptions::new();
        // Templates of this machine could bring hooks.
        options.bare(true).external_template(false);
        git2::Repository::init_opts(folder, &options)?;
    }
    drop(alone);
    Ok(())
}

impl Mirror {
    /// Opens the repository under `folder`, made where absent. Blocking.
    pub fn open(folder: &Path, settings: MirrorSettings) -> Result<Self, GitError> {
        fs::create_dir_all(folder).map_err(|cause| cannot_write(folder, &cause))?;
        if git2::Repository::open_bare(folder).is_err() {
            create(folder)?;
        }
        let folder = fs::canonicalize(folder).map_err(|cause| cannot_write(folder, &cause))?;
        let git = Git {
            folder: folder.clone(),
            config: super::fetch::configuration(&settings),
            environment: settings.environment.clone(),
        };
        // A process that was killed here may have left files behind.
        let mirror = Self { folder, settings, git, dirty: AtomicBool::new(true), upstream: Mutex::default() };
        mirror.clean_up();
        Ok(mirror)
    }

    /// Whether the mirror holds this commit. Blocking, but quick.
    pub fn has(&self, commit: &CommitSha) -> bool {
        let Ok(id) = git2::Oid::from_str(commit.as_str()) else { return false };
        self.repository().is_ok_and(|repository| repository.find_commit(id).is_ok())
    }

    /// Whether a commit was ever fetched from this fork's graded branch. All forks share the mirror: holding a commit says nothing of
    /// whose it is, and whoever tells of a push names whatever commit they like. Blocking, but quick.
    pub fn is_of_fork(&self, repo: RepoId, commit: &CommitSha) -> bool {
        let Ok(id) = git2::Oid::from_str(commit.as_str()) else { return false };
        let reaches = |repository: git2::Repository| -> Result<bool, git2::Error> {
            let place = format!("refs/forks/{repo}");
            if repository.find_reference(&format!("{place}/seen/{commit}")).is_ok() {
                return Ok(true);
            }
            for reference in repository.references_glob(&format!("{place}/*"))? {
                let Some(head) = reference?.target() else { continue };
                if head == id || repository.graph_descendant_of(head, id)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        self.repository().is_ok_and(|repository| reaches(repository).unwrap_or(false))
    }

    /// Whether the mirror holds anything of the upstream. Blocking, but quick.
    pub fn has_upstream(&self) -> bool {
        let found = |repository: git2::Repository| -> Result<bool, git2::Error> {
            Ok(repository.references_glob("refs/upstream/*")?.next().is_some())
        };
        self.repository().is_ok_and(|repository| found(repository).unwrap_or(false))
    }

    /// Makes one pack of many, and one file of many refs. `false` where there was nothing to do, or others are fetching.
    pub async fn tidy(&self) -> Result<bool, GitError> {
        if self.packs() <= MANY_PACKS {
            return Ok(false);
        }
        let Some(_alone) = self.lock(FlockArg::LockExclusiveNonblock)? else { return Ok(false) };
        // No search for better deltas: it takes minutes, and what the servers sent is packed well already. What several forks
        // brought is kept once.
        for args in [&["pack-refs", "--all"][..], &["repack", "-a", "-d", "-q", "--window=0"]] {
            let output = self.git.run(args, TIDY_LIMITS).await;
            if !output.as_ref().is_ok_and(|output| output.success) {
                self.dirty.store(true, Ordering::Relaxed);
            }
            let output = output?;
            if !output.success {
                return Err(error::from_stderr(&output.stderr));
            }
        }
        Ok(true)
    }

    fn packs(&self) -> usize {
        let entries = fs::read_dir(self.folder.join("objects/pack")).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "pack")).count()
    }

    /// A handle of one's own: libgit2's may not be shared between threads.
    pub(super) fn repository(&self) -> Result<git2::Repository, GitError> {
        Ok(git2::Repository::open_bare(&self.folder)?)
    }

    /// The right to write, shared between those who fetch. Falls with the process. Waits while somebody tidies.
    pub(super) async fn fetching(&self) -> Result<Flock<File>, GitError> {
        loop {
            if let Some(lock) = self.lock(FlockArg::LockSharedNonblock)? {
                return Ok(lock);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// `None` while others hold it.
    fn lock(&self, how: FlockArg) -> Result<Option<Flock<File>>, GitError> {
        let path = self.folder.join(LOCK);
        let file =
            File::options().create(true).append(true).open(&path).map_err(|cause| cannot_write(&path, &cause))?;
        match Flock::lock(file, how) {
            Ok(lock) => Ok(Some(lock)),
            Err((_, Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, cause)) => Err(cannot_write(&path, &cause.into())),
        }
    }

    /// Says that something ended badly.
    pub(super) fn soiled(&self) {
        self.dirty.store(true, Ordering::Relaxed);
    }

    /// Removes what killed or failed processes left behind, as soon as nobody else is fetching.
    pub(super) fn clean_up(&self) {
        if !self.dirty.load(Ordering::Relaxed) {
            return;
        }
        let Ok(Some(_alone)) = self.lock(FlockArg::LockExclusiveNonblock) else { return };
        self.dirty.store(false, Ordering::Relaxed);
        remove_leftovers(&self.folder.join("objects"), |name| name.starts_with("tmp_") || name.starts_with(".tmp-"));
        remove_leftovers(&self.folder.join("objects/pack"), |name| name.ends_with(".keep"));
        remove_leftovers(&self.folder.join("refs"), |name| name.ends_with(".lock"));
        for name in ["packed-refs.lock", "packed-refs.new", "config.lock", "HEAD.lock", "shallow.lock"] {
            let _ = fs::remove_file(self.folder.join(name));
        }
    }

    /// What git knows of the upstream, read anew only when its heads moved. Blocking.
    pub(super) fn upstream_index(&self) -> Result<Arc<UpstreamIndex>, GitError> {
        let repository = self.repository()?;
        let heads = super::upstream::heads(&repository)?;
        let mut known = self.upstream.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = known.as_ref().filter(|index| index.heads() == heads) {
            return Ok(Arc::clone(index));
        }
        let main = repository.refname_to_id("refs/upstream/HEAD").ok();
        let index = Arc::new(UpstreamIndex::build(&repository, heads, main)?);
        *known = Some(Arc::clone(&index));
        Ok(index)
    }
}

fn remove_leftovers(folder: &Path, is_leftover: fn(&str) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_leftovers(&path, is_leftover);
        } else if entry.file_name().to_str().is_some_and(is_leftover) {
            // What cannot be removed now is tried again after the next failure.
            let _ = fs::remove_file(path);
        }
    }
}

fn cannot_write(folder: &Path, cause: &std::io::Error) -> GitError {
    let text = format!("{}: {cause}", folder.display());
    match cause.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => GitError::DiskFull(text),
        _ => GitError::Other(text),
    }
}
