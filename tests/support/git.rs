//! Bare repositories that a test writes commits into, odd ones too: git objects are written as bytes and never checked.

use std::path::{Path, PathBuf};
use std::process::Command;

use forkgrade::domain::CommitSha;
use git2::{ObjectType, Oid, Repository};

/// 2024-03-15 12:00 UTC.
pub const NOON: i64 = 1_710_504_000;

/// One bare repository.
pub struct Repo {
    pub path: PathBuf,
}

/// One line of a tree, as raw as git stores it.
pub struct Line<'a> {
    pub mode: &'a str,
    pub name: &'a [u8],
    pub id: Oid,
}

/// Who commits, and when.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// `Lina`, or with an address: `Lina <lina@example.org>`.
    pub name: &'a str,
    pub at: i64,
    /// The end of the message.
    pub trailer: &'a str,
}

impl<'a> Author<'a> {
    pub const fn new(name: &'a str, at: i64) -> Self {
        Self { name, at, trailer: "" }
    }
}

impl Repo {
    /// An empty repository.
    pub fn init(path: PathBuf) -> Self {
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).mkpath(true).external_template(false).initial_head("main");
        Repository::init_opts(&path, &options).expect("a new repository");
        Self { path }
    }

    /// A copy of another repository with all its branches.
    pub fn fork(&self, path: PathBuf) -> Self {
        std::fs::create_dir_all(path.parent().expect("a folder around it")).expect("a folder");
        git(&["clone", "--quiet", "--bare", text(&self.path), text(&path)]);
        Self { path }
    }

    /// Adds or changes files on top of a branch.
    pub fn commit(&self, branch: &str, files: &[(&str, &[u8])]) -> CommitSha {
        self.commit_by(Author::new("Lina", NOON), branch, files)
    }

    /// The same by somebody else at another time.
    pub fn commit_by(&self, author: Author<'_>, branch: &str, files: &[(&str, &[u8])]) -> CommitSha {
        let repo = self.open();
        let head = repo.refname_to_id(&format!("refs/heads/{branch}")).ok();
        let mut index = git2::Index::new().expect("an index in memory");
        if let Some(head) = head {
            let tree = repo.find_commit(head).and_then(|commit| commit.tree()).expect("the branch's files");
            index.read_tree(&tree).expect("an index of them");
        }
        for (path, bytes) in files {
            index.add(&index_entry(path, self.blob(bytes))).expect("a file in the index");
        }
        let tree = index.write_tree_to(&repo).expect("a tree");
        self.commit_tree(author, branch, tree, &head.into_iter().collect::<Vec<_>>())
    }

    /// A commit of any tree with any parents. The branch moves there, wherever it was.
    pub fn commit_tree(&self, author: Author<'_>, branch: &str, tree: Oid, parents: &[Oid]) -> CommitSha {
        let repo = self.open();
        let mut text = format!("tree {tree}\n");
        for parent in parents {
            text += &format!("parent {parent}\n");
        }
        let address = match author.name.split_once('<') {
            Some((_, address)) => address.trim_end_matches('>').to_owned(),
            // Everybody has an address of their own.
            None => format!("{}@example.org", author.name.to_lowercase().replace(' ', ".")),
        };
        let name = author.name.split('<').next().unwrap_or_default().trim();
        for role in ["author", "committer"] {
            text += &format!("{role} {name} <{address}> {} +0100\n", author.at);
        }
        text += &format!("\nwork\n{}", author.trailer);
        let id = repo.odb().and_then(|odb| odb.write(ObjectType::Commit, text.as_bytes())).expect("a commit");
        repo.reference(&format!("refs/heads/{branch}"), id, true, "test").expect("a branch");
        sha(id)
    }

    /// A tree of raw lines, which git itself would refuse to make.
    pub fn tree(&self, lines: &[Line<'_>]) -> Oid {
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend_from_slice(line.mode.as_bytes());
            bytes.push(b' ');
            bytes.extend_from_slice(line.name);
            bytes.push(0);
            bytes.extend_from_slice(line.id.as_bytes());
        }
        self.open().odb().and_then(|odb| odb.write(ObjectType::Tree, &bytes)).expect("a tree of any lines")
    }

    /// The id of a file's contents.
    pub fn blob(&self, bytes: &[u8]) -> Oid {
        self.open().blob(bytes).expect("a blob")
    }

    /// Points a ref anywhere.
    pub fn reference(&self, name: &str, target: &CommitSha) {
        self.open().reference(name, oid(target), true, "test").expect("a ref");
    }

    /// Takes a branch back, as a force-push does.
    pub fn reset(&self, branch: &str, target: &CommitSha) {
        self.reference(&format!("refs/heads/{branch}"), target);
    }

    /// The commit of a branch.
    pub fn head(&self, branch: &str) -> CommitSha {
        sha(self.open().refname_to_id(&format!("refs/heads/{branch}")).expect("the branch"))
    }

    pub fn open(&self) -> Repository {
        Repository::open_bare(&self.path).expect("the repository")
    }
}

/// Bytes that no packing makes smaller.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}

pub fn oid(commit: &CommitSha) -> Oid {
    Oid::from_str(commit.as_str()).expect("an id")
}

fn sha(id: Oid) -> CommitSha {
    id.to_string().parse().expect("an id")
}

fn index_entry(path: &str, id: Oid) -> git2::IndexEntry {
    let zero = git2::IndexTime::new(0, 0);
    git2::IndexEntry {
        ctime: zero,
        mtime: zero,
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}

/// Runs git for a fixture; it has to succeed.
pub fn git(args: &[&str]) {
    let output = Command::new("git").args(args).output().expect("git is installed");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A path of a fixture as text.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
