//! A working copy on a student's machine, with whatever is known there of the course.
//! May import: `git/`, `observe/`, `domain/`.
//! Next: `check.rs`, which has it read.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::facts::inspection::HistoryFacts;
use crate::domain::{Course, Message, RepoPath, Source, TreeId};
use crate::git::{Compared, WorkingCopy};
use crate::observe::folder::{CourseFolder, Folder, Listed};
use crate::observe::inspect::SeparateProject;
use crate::observe::project::separate_repository;

/// The fork's working copy, and the project's where that is another one.
pub struct Home {
    pub folder: Folder,
    copy: Option<Arc<WorkingCopy>>,
    /// The course was given as a folder without history.
    is_given: bool,
    /// The repository that `.forkgrade.toml` names.
    named: Option<String>,
    project: Option<(Folder, TreeId)>,
}

/// What keeps findings from being those of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing tells the course's files from the student's.
    Upstream,
    /// The project lies in another repository, whose working copy was not given.
    Project,
}

impl Missing {
    /// As programs read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Project => "project",
        }
    }
}

impl Home {
    /// Opens the working copy `dir` of a fork of `course`.
    pub fn open(dir: &Path, upstream: Option<&Path>, project: Option<&Path>, course: &Course) -> anyhow::Result<Self> {
        let is_repository = |path: &&Path| path.join(".git").exists() || path.join("HEAD").is_file();
        let given = upstream.filter(is_repository);
        // A folder that cannot be read is told as what it is, and not as a repository that is missing.
        Folder::open_where(dir, |_, _| Listed::Hidden)?;
        let copy = WorkingCopy::open(dir, &course.upstream, given).with_context(|| format!("{}", dir.display()))?;
        let copy = copy.map(Arc::new);
        let mut folder = open_folder(dir, copy.as_deref())?;
        let files = upstream.filter(|path| given.is_none() || (copy.is_none() && is_repository(path)));
        if let Some(files) = files {
            folder = folder.with_upstream(Arc::new(CourseFolder::open(files)?));
        } else if let Some(copy) = copy.as_ref().filter(|copy| copy.compared != Compared::Nothing) {
            folder = folder.with_upstream(Arc::clone(copy) as Arc<dyn Source>);
        }
        let named = separate_repository(&folder);
        let project = project.map(|path| open_project(path, named.as_deref().unwrap_or_default())).transpose()?;
        Ok(Self { folder, copy, is_given: files.is_some(), named, project })
    }

    /// The student's own commits, where the copy tells which those are.
    pub fn history(&self, zone: Tz) -> anyhow::Result<Option<HistoryFacts>> {
        Ok(self.copy.as_ref().map(|copy| copy.history(zone)).transpose()?.flatten())
    }

    /// The last commit's date where nothing was changed since, else now.
    pub fn as_of(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let clean = self.copy.as_ref().filter(|copy| copy.unpushed().files == 0);
        clean.and_then(|copy| copy.last_commit()).map_or(now, |(at, _)| at)
    }

    /// The project's repository, where it is another one and at hand.
    pub fn separate(&self) -> SeparateProject<'_> {
        match &self.project {
            Some((folder, tree)) => {
                let name = self.named.clone().unwrap_or_default();
                SeparateProject::Found { name, tree: tree.clone(), source: folder }
            }
            None => SeparateProject::NotNamed,
        }
    }

    /// What is missing for the findings to be the server's.
    pub fn missing(&self) -> Option<Missing> {
        let compared = self.copy.as_ref().is_some_and(|copy| copy.compared != Compared::Nothing);
        if self.named.is_some() && self.project.is_none() {
            Some(Missing::Project)
        } else if !compared && !self.is_given {
            Some(Missing::Upstream)
        } else {
            None
        }
    }

    /// What a student should know of the comparison, and of what a push would not bring.
    pub fn notes(&self, course: &Course) -> Vec<Message> {
        let mut notes = Vec::new();
        match self.missing() {
            Some(Missing::Project) => {
                notes.push(
                    Message::new("check-project-elsewhere").with("repository", self.named.as_deref().unwrap_or("")),
                );
            }
            Some(Missing::Upstream) => notes.push(Message::new("check-no-upstream").with("upstream", &course.upstream)),
            None => {}
        }
        let Some(copy) = &self.copy else { return notes };
        if let Compared::FirstCommits { commit, author, on } = &copy.compared {
            let on = on.format("%Y-%m-%d");
            notes
                .push(Message::new("check-first-commits").with("commit", commit).with("author", author).with("on", on));
        }
        let unpushed = copy.unpushed();
        if unpushed.files > 0 {
            notes.push(Message::new("check-uncommitted").with("files", unpushed.files));
        }
        if let Some(commits) = unpushed.commits.filter(|commits| *commits > 0) {
            notes.push(Message::new("check-unpushed").with("commits", commits));
        }
        notes
    }
}

/// What a push of the folder could bring.
fn open_folder(dir: &Path, copy: Option<&WorkingCopy>) -> anyhow::Result<Folder> {
    let listed = |path: &RepoPath, is_folder: bool| match copy {
        Some(copy) if copy.is_gitlink(path) => Listed::Gitlink,
        Some(copy) if !copy.would_push(path, is_folder) => Listed::Hidden,
        _ => Listed::Shown,
    };
    Ok(Folder::open_where(dir, listed)?)
}

fn open_project(dir: &Path, name: &str) -> anyhow::Result<(Folder, TreeId)> {
    let copy = WorkingCopy::open(dir, name, None).with_context(|| format!("{}", dir.display()))?;
    let folder = open_folder(dir, copy.as_ref())?;
    let tree = copy.as_ref().and_then(WorkingCopy::last_commit).map(|(_, tree)| tree);
    // Its address is part of no finding.
    let tree = tree.unwrap_or(TreeId::try_from("0".repeat(40)).context("an address of zeros")?);
    Ok((folder, tree))
}
