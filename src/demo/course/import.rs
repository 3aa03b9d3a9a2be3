//! Commits into a bare repository: one `git fast-import` each.
//! May import: std, its siblings, `domain/`.
//! Next: git's own manual, `git help fast-import`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::DemoError;
use super::history::{Commit, History, Node};
use crate::domain::ids::CommitSha;

/// Every variable by which a caller's git could be pointed elsewhere (`git rev-parse --local-env-vars` names them).
const CALLERS: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];

/// What GitHub's repositories allow too: to leave out large blobs, and to ask for a commit by its id.
const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n\
    [uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n";

/// Makes the repository anew and yields the head of its default branch.
pub(super) fn create(git_dir: &Path, branch: &str, history: &History) -> Result<CommitSha, DemoError> {
    let io =
        |path: &Path, done: std::io::Result<()>| done.map_err(|cause| DemoError::Io { path: path.to_owned(), cause });
    if git_dir.exists() {
        io(git_dir, fs::remove_dir_all(git_dir))?;
    }
    for folder in ["objects", "refs"] {
        io(git_dir, fs::create_dir_all(git_dir.join(folder)))?;
    }
    io(git_dir, fs::write(git_dir.join("HEAD"), format!("ref: refs/heads/{branch}\n")))?;
    io(git_dir, fs::write(git_dir.join("config"), CONFIG))?;
    let mut stream = Stream::default();
    for (place, commit) in history.commits.iter().enumerate() {
        let parents: Vec<String> = commit.parents.iter().map(|parent| mark_of(*parent)).collect();
        stream.commit(branch, place, commit, &parents);
    }
    for (name, place) in &history.refs {
        stream.text(&format!("reset {name}\nfrom {}\n\n", mark_of(*place)));
    }
    stream.import(git_dir)?;
    head(git_dir, branch)
}

/// Adds commits, one after the other, to the head of a branch and yields the new head.
pub(super) fn append(
    git_dir: &Path,
    branch: &str,
    head_before: &CommitSha,
    commits: &[Commit],
) -> Result<CommitSha, DemoError> {
    let mut stream = Stream::default();
    for (place, commit) in commits.iter().enumerate() {
        let parent = place.checked_sub(1).map_or_else(|| head_before.to_string(), mark_of);
        stream.commit(branch, place, commit, &[parent]);
    }
    stream.import(git_dir)?;
    head(git_dir, branch)
}

/// Marks of commits are odd, those of blobs even.
fn mark_of(place: usize) -> String {
    format!(":{}", 2 * place + 1)
}

/// What `git fast-import` reads.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    blobs: BTreeMap<&'static [u8], usize>,
}

impl Stream {
    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn data(&mut self, bytes: &[u8]) {
        self.text(&format!("data {}\n", bytes.len()));
        self.bytes.extend_from_slice(bytes);
        self.text("\n");
    }

    fn blob(&mut self, bytes: &'static [u8]) -> usize {
        if let Some(mark) = self.blobs.get(bytes) {
            return *mark;
        }
        let mark = 2 * (self.blobs.len() + 1);
        self.blobs.insert(bytes, mark);
        self.text(&format!("blob\nmark :{mark}\n"));
        self.data(bytes);
        mark
    }

    fn commit(&mut self, branch: &str, place: usize, commit: &Commit, parents: &[String]) {
        let files: Vec<(&String, String)> = commit
            .tree
            .iter()
            .map(|(path, node)| match node {
                Node::File(bytes) => (path, format!("100644 :{}", self.blob(bytes))),
                Node::Gitlink(commit) => (path, format!("160000 {commit}")),
            })
            .collect();
        let when = format!("{} {}", commit.date.timestamp(), commit.date.format("%z"));
        self.text(&format!("commit refs/heads/{branch}\nmark {}\n", mark_of(place)));
        self.text(&format!("author {0} {when}\ncommitter {0} {when}\n", commit.author));
        self.data(format!("{}\n", commit.message).as_bytes());
        for (index, parent) in parents.iter().enumerate() {
            self.text(&format!("{} {parent}\n", if index == 0 { "from" } else { "merge" }));
        }
        self.text("deleteall\n");
        for (path, what) in files {
            self.text(&format!("M {what} {path}\n"));
        }
        self.text("\n");
    }

    fn import(mut self, git_dir: &Path) -> Result<(), DemoError> {
        self.text("done\n");
        // Always a pack: hundreds of loose objects would be slower to write and to serve.
        git(git_dir, &["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--done"], &self.bytes).map(|_| ())
    }
}

fn head(git_dir: &Path, branch: &str) -> Result<CommitSha, DemoError> {
    let output = git(git_dir, &["rev-parse", "--verify", &format!("refs/heads/{branch}^{{commit}}")], b"")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
}

/// Runs git in one repository with nothing of its caller's settings.
fn git(git_dir: &Path, args: &[&str], input: &[u8]) -> Result<Output, DemoError> {
    let mut command = Command::new("git");
    for name in CALLERS {
        command.env_remove(name);
    }
    command.env("GIT_DIR", git_dir).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("LC_ALL", "C").args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(DemoError::NoGit)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A git that refused the stream has closed it: what it said comes below.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(DemoError::NoGit)?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(DemoError::Git { repository: git_dir.display().to_string(), said })
}
