//! The demo course's repositories: an upstream, twenty forks and a separate project, as real bare git repositories.
//! May import: std, `domain/`, its own `course/`. Blocking: call it from a blocking thread.
//! Next: `course/content.rs` reads `demo/`, `course/history.rs` makes commits of it, `course/import.rs` gives them to git.

mod content;
mod history;
mod import;
mod state;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::domain::ids::{CommitSha, InvalidId};
use content::Content;
use history::History;
use state::State;

/// Time between the demo's first start and its deadline: enough to list and fetch every fork, short enough to be seen passing.
const UNTIL_DEADLINE: TimeDelta = TimeDelta::seconds(90);

/// Why the demo's repositories could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the demo course inside this program is broken: {file}: {cause}")]
    Content { file: String, cause: String },
    #[error("cannot write {}: {cause}", path.display())]
    Io { path: PathBuf, cause: std::io::Error },
    #[error("git is not installed or does not start: {0}")]
    NoGit(std::io::Error),
    #[error("git could not write {repository}: {said}")]
    Git { repository: String, said: String },
    #[error("git answered with what is no commit: {0}")]
    NotACommit(#[from] InvalidId),
}

/// One repository of the demo, as a GitHub would tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoRepository {
    /// Stands for GitHub's numeric id: follows from the full name, the same on every machine.
    pub id: i64,
    pub owner: String,
    /// Stands for the owner's numeric id.
    pub owner_id: i64,
    /// The owner's full name.
    pub owner_name: String,
    pub name: String,
    /// What this fork shows, in French.
    pub description: String,
    /// `owner` and `name` of what it was forked from.
    pub parent: Option<(String, String)>,
    pub default_branch: String,
    pub created_at: DateTime<Utc>,
    pub pushed_at: DateTime<Utc>,
    pub private: bool,
    /// Head of the default branch.
    pub head: CommitSha,
    /// The bare repository.
    pub git_dir: PathBuf,
}

impl DemoRepository {
    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// The demo course on disk.
#[derive(Debug)]
pub struct DemoCourse {
    into: PathBuf,
    content: Content,
    state: State,
    repositories: Vec<DemoRepository>,
}

/// A push that the demo made after its deadline: what a `push` webhook tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatePush {
    /// As it is after the push.
    pub repository: DemoRepository,
    pub before: CommitSha,
    pub after: CommitSha,
    /// Of the pushed head commit.
    pub message: String,
    /// Of the pushed head commit: before the deadline, which is what a forged date would say.
    pub committed_at: DateTime<Utc>,
    /// `Name <address>`.
    pub author: String,
}

/// Writes the repositories below `into` (`<into>/<owner>/<name>.git`). The same commits on every machine; once they are there,
/// nothing is written again.
pub fn write(into: &Path) -> Result<DemoCourse, DemoError> {
    let content = Content::read()?;
    fs::create_dir_all(into).map_err(|cause| DemoError::Io { path: into.to_owned(), cause })?;
    let mut state = State::read(into);
    let planned = planned(&content)?;
    let is_there = |planned: &Planned| git_dir(into, &planned.owner, &planned.name).join("HEAD").exists();
    if state.content != content.hash || !planned.iter().all(is_there) {
        // The first start, one that broke off, or another version's repositories.
        let mut heads = BTreeMap::new();
        for planned in &planned {
            let git_dir = git_dir(into, &planned.owner, &planned.name);
            let head = import::create(&git_dir, &planned.branch, &planned.history)?;
            heads.insert(planned.full_name(), head);
        }
        state = State { content: content.hash.clone(), heads, ..State::default() };
        state.write(into)?;
    }
    let mut course = DemoCourse { into: into.to_owned(), content, state, repositories: Vec::new() };
    course.repositories = course.registry()?;
    Ok(course)
}

impl DemoCourse {
    /// Every repository: the upstream first, then the forks by login, then what was not forked.
    pub fn repositories(&self) -> &[DemoRepository] {
        &self.repositories
    }

    /// `owner/name` of the repository that students forked.
    pub fn upstream(&self) -> String {
        format!("{}/{}", self.content.upstream.owner, self.content.upstream.name)
    }

    /// The course's deadline: fixed when it is first asked for, and kept for every later start.
    pub fn deadline(&mut self, now: DateTime<Utc>) -> Result<DateTime<Utc>, DemoError> {
        if let Some(deadline) = self.state.deadline {
            return Ok(deadline);
        }
        let deadline = now.trunc_subsecs(0) + UNTIL_DEADLINE;
        self.state.deadline = Some(deadline);
        self.state.write(&self.into)?;
        Ok(deadline)
    }

    /// Forgets the deadline, for a start that broke off before it learnt of a single fork.
    pub fn forget_deadline(&mut self) -> Result<(), DemoError> {
        self.state.deadline = None;
        self.state.write(&self.into)
    }

    /// Pushes what one student hands in late. To be called once the deadline is over, with a `push` webhook sent for it right
    /// after; `None` where that push was made before.
    pub fn push_late(&mut self, now: DateTime<Utc>) -> Result<Option<LatePush>, DemoError> {
        if self.state.late_push.is_some() {
            return Ok(None);
        }
        let Some(planned) = planned(&self.content)?.into_iter().find(|planned| !planned.history.late.is_empty()) else {
            return Ok(None);
        };
        let full_name = planned.full_name();
        let Some(before) = self.state.heads.get(&full_name).cloned() else { return Ok(None) };
        let git_dir = git_dir(&self.into, &planned.owner, &planned.name);
        let after = import::append(&git_dir, &planned.branch, &before, &planned.history.late)?;
        self.state.heads.insert(full_name.clone(), after.clone());
        self.state.late_push = Some(now);
        self.state.write(&self.into)?;
        self.repositories = self.registry()?;
        let repository = self.repositories.iter().find(|repository| repository.full_name() == full_name);
        Ok(repository.zip(planned.history.late.last()).map(|(repository, commit)| LatePush {
            repository: repository.clone(),
            before,
            after,
            message: commit.message.clone(),
            committed_at: commit.date.to_utc(),
            author: commit.author.clone(),
        }))
    }

    fn registry(&self) -> Result<Vec<DemoRepository>, DemoError> {
        let mut repositories = Vec::new();
        for planned in planned(&self.content)? {
            let full_name = planned.full_name();
            let head =
                self.state.heads.get(&full_name).cloned().ok_or_else(|| DemoError::Content {
                    file: full_name.clone(),
                    cause: "its head was not kept".into(),
                })?;
            let late = self.state.late_push.filter(|_| !planned.history.late.is_empty());
            repositories.push(DemoRepository {
                id: number(&full_name),
                owner_id: number(&planned.owner),
                owner_name: planned.owner_name,
                description: planned.description,
                parent: planned.parent,
                default_branch: planned.branch,
                created_at: planned.history.created_at(),
                pushed_at: late.unwrap_or_else(|| planned.history.pushed_at()),
                private: false,
                head,
                git_dir: git_dir(&self.into, &planned.owner, &planned.name),
                owner: planned.owner,
                name: planned.name,
            });
        }
        Ok(repositories)
    }
}

/// A repository as the content describes it.
struct Planned {
    owner: String,
    owner_name: String,
    name: String,
    description: String,
    parent: Option<(String, String)>,
    branch: String,
    history: History,
}

impl Planned {
    fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// The upstream, the forks by login, the separate projects.
fn planned(content: &Content) -> Result<Vec<Planned>, DemoError> {
    let upstream = History::of_upstream(content)?;
    let source = &content.upstream;
    let mut all = vec![Planned {
        owner: source.owner.clone(),
        owner_name: source.owner_name.clone(),
        name: source.name.clone(),
        description: "Supports du cours".into(),
        parent: None,
        branch: "master".into(),
        history: upstream.clone(),
    }];
    let mut separate = Vec::new();
    for (login, fork) in &content.forks {
        let parent = match &fork.fork_of {
            Some(of) => (of.login.clone(), content.repository_name(&of.login)),
            None => (source.owner.clone(), source.name.clone()),
        };
        all.push(Planned {
            owner: login.clone(),
            owner_name: fork.name.clone(),
            name: content.repository_name(login),
            description: fork.case.clone(),
            parent: Some(parent),
            branch: fork.branch.clone(),
            history: History::of_fork(content, &upstream, login, fork)?,
        });
        if let Some(project) = &fork.project {
            separate.push(Planned {
                owner: login.clone(),
                owner_name: fork.name.clone(),
                name: project.name.clone(),
                description: format!("Projet de {}", fork.name),
                parent: None,
                branch: project.branch.clone(),
                history: History::of_project(login, fork, project)?,
            });
        }
    }
    all.extend(separate);
    Ok(all)
}

fn git_dir(into: &Path, owner: &str, name: &str) -> PathBuf {
    into.join(owner).join(format!("{name}.git"))
}

/// A positive number that follows from a name and fits wherever GitHub's ids do.
fn number(name: &str) -> i64 {
    Sha256::digest(name.as_bytes()).iter().take(4).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
}

#[cfg(test)]
mod tests;
