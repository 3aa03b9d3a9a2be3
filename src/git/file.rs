//! One file of one commit, by its path: for pages, which show a picture and need no listing of everything else.
//! May import: `domain/`.
//! Next: `snapshot.rs` for all files of a commit.

use git2::{ErrorCode, ObjectType, Oid};

use super::error::GitError;
use super::mirror::Mirror;
use crate::domain::{CommitSha, ObjectId, RepoPath};

/// A file's bytes, and their id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub object: ObjectId,
    pub bytes: Vec<u8>,
}

/// What lies at a path of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtPath {
    File(Blob),
    /// A file of more bytes than were asked for, or than the mirror fetches.
    TooLarge,
    /// Nothing, or what is no file: a folder, a link, a nested repository.
    Nothing,
    /// The mirror does not hold the commit (yet).
    Unfetched,
}

impl Mirror {
    /// The file at a path of a commit, of at most `limit` bytes. It is found from the commit down, by names alone: an object
    /// that no path of this commit leads to is out of reach, whoever else's fork holds it. Blocking, but quick.
    pub fn file(&self, commit: &CommitSha, path: &RepoPath, limit: u64) -> Result<AtPath, GitError> {
        let repository = self.repository()?;
        let Ok(found) = repository.find_commit(Oid::from_str(commit.as_str())?) else { return Ok(AtPath::Unfetched) };
        let mut parts = path.as_str().split('/').peekable();
        let mut tree = found.tree()?;
        loop {
            let Some(name) = parts.next().filter(|name| !name.is_empty()) else { return Ok(AtPath::Nothing) };
            let Some(entry) = tree.get_name(name) else { return Ok(AtPath::Nothing) };
            if parts.peek().is_none() {
                // A link is a blob too, and what it says is no file's content.
                if entry.kind() != Some(ObjectType::Blob) || entry.filemode() == 0o120_000 {
                    return Ok(AtPath::Nothing);
                }
                return read(&repository, entry.id(), limit);
            }
            let Some(ObjectType::Tree) = entry.kind() else { return Ok(AtPath::Nothing) };
            let next = repository.find_tree(entry.id())?;
            drop(entry);
            tree = next;
        }
    }

    /// Whether a commit was ever fetched from this fork's graded branch, or as the head of any separate project. Blocking, but quick.
    pub fn is_of_project(&self, commit: &CommitSha) -> bool {
        let Ok(repository) = self.repository() else { return false };
        let glob = format!("refs/projects/*/seen/{commit}");
        repository.references_glob(&glob).is_ok_and(|mut references| references.next().is_some())
    }
}

fn read(repository: &git2::Repository, id: Oid, limit: u64) -> Result<AtPath, GitError> {
    let odb = repository.odb()?;
    // Looked at before it is read: its size is the student's choice.
    match odb.read_header(id) {
        Ok((size, _)) if size as u64 > limit => Ok(AtPath::TooLarge),
        Ok(_) => {
            let object = id.to_string().parse().map_err(|_| GitError::Corrupt(format!("{id} is no blob")))?;
            Ok(AtPath::File(Blob { object, bytes: odb.read(id)?.data().to_vec() }))
        }
        // Left out by the fetch because it is above its limit.
        Err(error) if error.code() == ErrorCode::NotFound => Ok(AtPath::TooLarge),
        Err(error) => Err(error.into()),
    }
}
