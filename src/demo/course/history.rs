//! Commits with their whole trees, made from the content.
//! May import: std, chrono, its siblings.
//! Next: `import.rs` writes them into a repository.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::DemoError;
use super::content::{CommitSpec, Content, Fork, Project, files};

/// Everything in a tree, by path.
pub(super) type Tree = BTreeMap<String, Node>;

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    File(&'static [u8]),
    Gitlink(String),
}

/// One commit.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    /// Places of its parents in the history.
    pub parents: Vec<usize>,
    pub date: DateTime<FixedOffset>,
    /// `Name <address>`; committer too.
    pub author: String,
    pub message: String,
    pub tree: Tree,
}

/// The commits of a repository, parents before children.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    pub commits: Vec<Commit>,
    /// Places of the commits that this repository's owner brought.
    own: Vec<usize>,
    /// Upstream commits that it holds, by their number less one, as places.
    upstream: Vec<usize>,
    /// Refs besides the default branch.
    pub refs: BTreeMap<String, usize>,
    /// Commits that come after the deadline, one after the other; their parents are not set.
    pub late: Vec<Commit>,
}

impl History {
    /// The course's own repository.
    pub fn of_upstream(content: &Content) -> Result<Self, DemoError> {
        let mut history = Self::default();
        for spec in &content.upstream.commits {
            let place = history.add("upstream", &content.upstream.author, spec)?;
            history.upstream.push(place);
        }
        Ok(history)
    }

    /// A fork: what it was forked from, then its own commits.
    pub fn of_fork(content: &Content, upstream: &History, login: &str, fork: &Fork) -> Result<Self, DemoError> {
        let folder = format!("forks/{login}");
        let broken = |cause: &str| DemoError::Content { file: format!("demo/{folder}/fork.toml"), cause: cause.into() };
        let mut history = match &fork.fork_of {
            Some(of) => {
                let parent = content.forks.get(&of.login).ok_or_else(|| broken("forks nobody"))?;
                Self::of_fork(content, upstream, &of.login, parent)?.cut(of.commits)
            }
            None => upstream.clone().cut(fork.base),
        };
        let author = format!("{} <{}>", fork.name, fork.email);
        for spec in &fork.commits {
            match spec.merge {
                Some(number) => history.merge(upstream, number, &author, spec),
                None => history.add(&folder, &author, spec).map(|_| ()),
            }?;
        }
        for (name, commits) in &fork.extra_refs {
            let place = commits.checked_sub(1).and_then(|index| history.own.get(index));
            history.refs.insert(name.clone(), *place.ok_or_else(|| broken("a ref to no commit"))?);
        }
        let mut tree = history.commits.last().map(|commit| commit.tree.clone()).unwrap_or_default();
        for spec in &fork.late_commits {
            apply(&mut tree, &folder, spec)?;
            history.late.push(commit(spec, &author, Vec::new(), tree.clone()));
        }
        Ok(history)
    }

    /// A repository of its own, beside a fork.
    pub fn of_project(login: &str, fork: &Fork, project: &Project) -> Result<Self, DemoError> {
        let author = format!("{} <{}>", fork.name, fork.email);
        let mut history = Self::default();
        for spec in &project.commits {
            history.add(&format!("forks/{login}"), &author, spec)?;
        }
        Ok(history)
    }

    /// When the repository was made: shortly before its first own commit.
    pub fn created_at(&self) -> DateTime<Utc> {
        let first = self.own.first().or(self.upstream.last()).and_then(|place| self.commits.get(*place));
        first.map(|commit| commit.date.to_utc() - TimeDelta::hours(1)).unwrap_or_default()
    }

    /// When it was last pushed to: a minute after its last commit.
    pub fn pushed_at(&self) -> DateTime<Utc> {
        self.commits.last().map(|commit| commit.date.to_utc() + TimeDelta::minutes(1)).unwrap_or_default()
    }

    /// The history as it was after some own commits, as it is inherited by who forks it then.
    fn cut(mut self, commits: usize) -> Self {
        let length = commits.checked_sub(1).and_then(|index| self.own.get(index)).map_or(0, |place| place + 1);
        self.commits.truncate(length);
        self.upstream.retain(|place| *place < length);
        Self { own: Vec::new(), refs: BTreeMap::new(), late: Vec::new(), ..self }
    }

    fn tip(&self) -> Option<usize> {
        self.commits.len().checked_sub(1)
    }

    fn tree(&self, place: Option<&usize>) -> Tree {
        place.and_then(|place| self.commits.get(*place)).map(|commit| commit.tree.clone()).unwrap_or_default()
    }

    fn push(&mut self, commit: Commit) -> usize {
        self.commits.push(commit);
        self.commits.len() - 1
    }

    fn add(&mut self, folder: &str, author: &str, spec: &CommitSpec) -> Result<usize, DemoError> {
        let mut tree = self.tree(self.tip().as_ref());
        apply(&mut tree, folder, spec)?;
        let place = self.push(commit(spec, author, self.tip().into_iter().collect(), tree));
        self.own.push(place);
        Ok(place)
    }

    /// Takes in the upstream's commits up to one of them; a file that the fork changed stays the fork's.
    fn merge(&mut self, upstream: &History, number: usize, author: &str, spec: &CommitSpec) -> Result<(), DemoError> {
        let (ours, reached) = (self.tip(), self.upstream.len());
        let base = self.tree(self.upstream.last());
        for theirs in upstream.commits.iter().take(number).skip(reached) {
            let place =
                self.push(Commit { parents: self.upstream.last().copied().into_iter().collect(), ..theirs.clone() });
            self.upstream.push(place);
        }
        let theirs = self.tree(self.upstream.last());
        let mut tree = self.tree(ours.as_ref());
        for path in base.keys().chain(theirs.keys()).cloned().collect::<BTreeSet<_>>() {
            if tree.get(&path) == base.get(&path) {
                match theirs.get(&path) {
                    Some(node) => tree.insert(path, node.clone()),
                    None => tree.remove(&path),
                };
            }
        }
        let parents = ours.into_iter().chain(self.upstream.last().copied()).collect();
        let place = self.push(commit(spec, author, parents, tree));
        self.own.push(place);
        Ok(())
    }
}

fn commit(spec: &CommitSpec, author: &str, parents: Vec<usize>, tree: Tree) -> Commit {
    let author = spec.author.as_deref().unwrap_or(author).to_owned();
    Commit { parents, date: spec.date, author, message: spec.message.clone(), tree }
}

fn apply(tree: &mut Tree, folder: &str, spec: &CommitSpec) -> Result<(), DemoError> {
    for removed in &spec.remove {
        let before = tree.len();
        tree.retain(|path, _| path != removed && !path.starts_with(&format!("{removed}/")));
        if tree.len() == before {
            let cause = format!("removes {removed}, which is not there");
            return Err(DemoError::Content { file: format!("demo/{folder}"), cause });
        }
    }
    for added in &spec.add {
        tree.extend(files(folder, added)?.into_iter().map(|(path, bytes)| (path, Node::File(bytes))));
    }
    tree.extend(spec.gitlinks.iter().map(|(path, commit)| (path.clone(), Node::Gitlink(commit.clone()))));
    Ok(())
}
