//! A student's working copy: what git on their machine knows of the course, and what a push would bring.
//! May import: `domain/`.
//! Next: `cli/check.rs` asks for it; `known.rs` answers what came with the course, as it does for the mirror.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use git2::{BranchType, Oid, Repository, Sort, StatusOptions};

use super::error::GitError;
use super::history;
use super::known::Known;
use super::upstream::UpstreamIndex;
use crate::domain::facts::inspection::HistoryFacts;
use crate::domain::source::SourceError;
use crate::domain::{Entry, ObjectId, RepoPath, Source, TreeId};

/// Seconds between a course's first commit and the first one of somebody else: a repository that a partner uploaded is younger.
const COURSE_AGE: i64 = 60 * 24 * 3600;
/// Commits that are walked in search of the course's last one.
const MAX_COMMITS: usize = 20_000;
/// Entries of git's mode for a nested repository.
const GITLINK: u32 = 0o160_000;

/// What the working copy is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// The repository that was named on the command line.
    Given,
    /// The branches of a remote.
    Remote(String),
    /// The commits up to this one, which somebody else began long before the student.
    FirstCommits { commit: String, author: String, on: DateTime<Utc> },
    /// Nothing that could be the course's was found.
    Nothing,
}

/// A working copy with its repository.
pub struct WorkingCopy {
    known: Known,
    head: Option<Oid>,
    heads: Vec<Oid>,
    main: Option<Oid>,
    pub compared: Compared,
    /// Paths in the index, and the folders above them.
    tracked: BTreeSet<String>,
    gitlinks: BTreeSet<String>,
}

/// What is on this machine alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unpushed {
    /// Files that differ from the last commit, ignored ones left out.
    pub files: usize,
    /// Commits that the branch's remote lacks; `None` where it follows none.
    pub commits: Option<usize>,
}

impl WorkingCopy {
    /// Opens the repository whose working copy is `folder`; `None` where there is none. `course` is the upstream's `owner/name`,
    /// `given` a repository that holds it. Blocking.
    pub fn open(folder: &Path, course: &str, given: Option<&Path>) -> Result<Option<Self>, GitError> {
        let repository = match Repository::open(folder) {
            Ok(repository) if !repository.is_bare() => repository,
            Ok(_) => return Ok(None),
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let head = repository.head().ok().and_then(|head| head.peel_to_commit().ok()).map(|commit| commit.id());
        let (heads, main, compared) = match given {
            Some(given) => {
                let (heads, main) = borrowed(&repository, given)?;
                (heads, main, Compared::Given)
            }
            None => found(&repository, head, course)?,
        };
        let index = Arc::new(UpstreamIndex::build(&repository, heads.clone(), main)?);
        let (tracked, gitlinks) = tracked(&repository)?;
        let known = Known::new(index, head, repository);
        Ok(Some(Self { known, head, heads, main, compared, tracked, gitlinks }))
    }

    /// Whether a push could bring this path: what git ignores stays at home, unless it was committed all the same.
    pub fn would_push(&self, path: &RepoPath, is_folder: bool) -> bool {
        let name = if is_folder { format!("{path}/") } else { path.to_string() };
        self.tracked.contains(path.as_str()) || !self.known.repository().is_path_ignored(&name).unwrap_or(false)
    }

    /// Whether the path is a nested repository for git: an empty folder for everybody else.
    pub fn is_gitlink(&self, path: &RepoPath) -> bool {
        self.gitlinks.contains(path.as_str())
    }

    /// The student's own commits; `None` where nothing tells which those are.
    pub fn history(&self, zone: Tz) -> Result<Option<HistoryFacts>, GitError> {
        let Some(head) = self.head.filter(|_| self.compared != Compared::Nothing) else { return Ok(None) };
        history::of(&self.known.repository(), head, &self.heads, self.main, zone).map(Some)
    }

    /// When the last commit was made, and its tree.
    pub fn last_commit(&self) -> Option<(DateTime<Utc>, TreeId)> {
        let repository = self.known.repository();
        let commit = repository.find_commit(self.head?).ok()?;
        let tree = commit.tree_id().to_string().parse().ok()?;
        Some((DateTime::from_timestamp(commit.time().seconds(), 0)?, tree))
    }

    /// What only this machine has.
    pub fn unpushed(&self) -> Unpushed {
        let repository = self.known.repository();
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
        let files = repository.statuses(Some(&mut options)).map(|statuses| statuses.len()).unwrap_or_default();
        let ahead = || {
            let head = repository.head().ok()?;
            let branch = repository.find_branch(head.shorthand().ok()?, BranchType::Local).ok()?;
            let remote = branch.upstream().ok()?.get().target()?;
            repository.graph_ahead_behind(self.head?, remote).ok().map(|(ahead, _)| ahead)
        };
        Unpushed { files, commits: ahead() }
    }
}

/// Lets `repository` see the objects of another one; that one's branches are the course's.
fn borrowed(repository: &Repository, given: &Path) -> Result<(Vec<Oid>, Option<Oid>), GitError> {
    let other = Repository::open(given)?;
    let objects = other.commondir().join("objects");
    let path = objects.to_str().ok_or_else(|| GitError::Other(format!("{} is no path in UTF-8", objects.display())))?;
    repository.odb()?.add_disk_alternate(path)?;
    let main = other.head().ok().and_then(|head| head.peel_to_commit().ok()).map(|commit| commit.id());
    let mut heads = targets(&other, "refs/heads/*")?;
    heads.extend(targets(&other, "refs/remotes/*")?);
    heads.extend(main);
    heads.sort_unstable();
    heads.dedup();
    Ok((heads, main))
}

fn targets(repository: &Repository, glob: &str) -> Result<Vec<Oid>, GitError> {
    let mut heads = Vec::new();
    for reference in repository.references_glob(glob)? {
        // Tags of tags and broken references are nobody's branch.
        heads.extend(reference?.peel_to_commit().ok().map(|commit| commit.id()));
    }
    heads.sort_unstable();
    heads.dedup();
    Ok(heads)
}

/// What the repository itself knows of the course: the remote `upstream`, a remote with the course's name, else its first commits.
fn found(
    repository: &Repository,
    head: Option<Oid>,
    course: &str,
) -> Result<(Vec<Oid>, Option<Oid>, Compared), GitError> {
    let names = repository.remotes()?;
    let names: Vec<&str> = names.iter().filter_map(|name| name.ok().flatten()).collect();
    let is_course = |name: &str| {
        let remote = repository.find_remote(name).ok();
        let url = remote.and_then(|remote| remote.url().ok().map(str::to_lowercase)).unwrap_or_default();
        let url = url.trim_end_matches('/').trim_end_matches(".git").replace(':', "/");
        url.ends_with(&format!("/{}", course.to_lowercase()))
    };
    let remote = names.iter().find(|name| **name == "upstream").or_else(|| names.iter().find(|name| is_course(name)));
    if let Some(name) = remote {
        let heads = targets(repository, &format!("refs/remotes/{name}/*"))?;
        if !heads.is_empty() {
            let main = ["HEAD", "main", "master"].iter().find_map(|branch| {
                let reference = repository.find_reference(&format!("refs/remotes/{name}/{branch}")).ok()?;
                Some(reference.peel_to_commit().ok()?.id())
            });
            let main = main.or_else(|| heads.first().copied());
            return Ok((heads, main, Compared::Remote((*name).to_owned())));
        }
    }
    match head.map(|head| last_of_course(repository, head)).transpose()?.flatten() {
        Some((last, compared)) => Ok((vec![last], Some(last), compared)),
        None => Ok((Vec::new(), None, Compared::Nothing)),
    }
}

/// The newest commit of whoever made the first one, where that is long ago and not the student.
fn last_of_course(repository: &Repository, head: Oid) -> Result<Option<(Oid, Compared)>, GitError> {
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    walk.push(head)?;
    let commits: Vec<Oid> = walk.take(MAX_COMMITS).collect::<Result<_, _>>()?;
    let Some(root) = commits.last().and_then(|root| repository.find_commit(*root).ok()) else { return Ok(None) };
    let address = |commit: &git2::Commit<'_>| String::from_utf8_lossy(commit.author().email_bytes()).to_lowercase();
    // A rewritten commit keeps its author's date.
    let made = |commit: &git2::Commit<'_>| commit.author().when().seconds();
    let (teacher, began) = (address(&root), made(&root));
    let own = repository.config().and_then(|config| config.get_string("user.email")).map(|own| own.to_lowercase());
    if own.as_deref().is_ok_and(|own| own == teacher) {
        return Ok(None);
    }
    let mut last = None;
    let mut first_of_others = None;
    for id in commits {
        let commit = repository.find_commit(id)?;
        if address(&commit) == teacher {
            last = Some(commit);
            break;
        }
        first_of_others = Some(made(&commit));
    }
    let Some(last) = last else { return Ok(None) };
    // Without a commit of anybody else it can be the student's own work as well, unless git says who they are.
    let is_old = first_of_others.map_or(own.is_ok(), |first| first - began >= COURSE_AGE);
    if !is_old {
        return Ok(None);
    }
    let on = DateTime::from_timestamp(made(&last), 0).unwrap_or_default();
    let name =
        String::from_utf8_lossy(last.author().name_bytes()).chars().filter(|c| !c.is_control()).take(60).collect();
    let commit = last.id().to_string().chars().take(8).collect();
    Ok(Some((last.id(), Compared::FirstCommits { commit, author: name, on })))
}

/// Paths in the index with the folders above them, and nested repositories.
fn tracked(repository: &Repository) -> Result<(BTreeSet<String>, BTreeSet<String>), GitError> {
    let (mut tracked, mut gitlinks) = (BTreeSet::new(), BTreeSet::new());
    for entry in repository.index()?.iter() {
        let path = String::from_utf8_lossy(&entry.path).into_owned();
        tracked.extend(path.match_indices('/').filter_map(|(end, _)| path.get(..end)).map(str::to_owned));
        if entry.mode == GITLINK {
            gitlinks.insert(path.clone());
        }
        tracked.insert(path);
    }
    Ok((tracked, gitlinks))
}

/// What came with the course; the files themselves are read from disk.
impl Source for WorkingCopy {
    fn entries(&self) -> &[Entry] {
        &[]
    }

    fn truncated(&self) -> bool {
        false
    }

    fn read(&self, path: &RepoPath, _: u64) -> Result<Vec<u8>, SourceError> {
        Err(SourceError::NotAFile(path.clone()))
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
