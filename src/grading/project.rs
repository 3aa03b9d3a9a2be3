//! A project in a repository of its own, named by the student in `.forkgrade.toml` at the fork's root.
//! May import: `observe/`, `git/`, `github/`, `db/`, `domain/`.
//! Next: `grade.rs`, which goes on with what is found here.

use std::sync::Arc;

use super::grade::{GradeError, Grading, blocking, ours};
use crate::db;
use crate::db::runs::Claim;
use crate::domain::{CommitSha, Source};
use crate::git::Snapshot;
use crate::github::GithubError;
use crate::observe::inspect::SeparateProject;
use crate::observe::project::separate_repository;

/// Where the project of a submission lies.
#[derive(Clone)]
pub enum Project {
    InFork,
    Separate { name: String, snapshot: Arc<Snapshot> },
    Unreadable { name: String },
}

impl Project {
    /// The same, as the inspection wants it.
    pub fn as_separate(&self) -> SeparateProject<'_> {
        match self {
            Project::InFork => SeparateProject::NotNamed,
            Project::Separate { name, snapshot } => {
                SeparateProject::Found { name: name.clone(), tree: snapshot.root_tree(), source: snapshot.as_ref() }
            }
            Project::Unreadable { name } => SeparateProject::Unreadable { name: name.clone() },
        }
    }

    /// The tree that holds the project's files.
    pub fn source(&self, fork: &Arc<Snapshot>) -> Arc<dyn Source> {
        match self {
            Project::Separate { snapshot, .. } => Arc::clone(snapshot) as Arc<dyn Source>,
            _ => Arc::clone(fork) as Arc<dyn Source>,
        }
    }

    /// The commit of the separate repository.
    pub fn commit(&self) -> Option<&CommitSha> {
        match self {
            Project::Separate { snapshot, .. } => Some(snapshot.commit()),
            _ => None,
        }
    }
}

/// Looks whether the fork names a separate repository, and fetches it.
pub async fn resolve(grading: &Grading, claim: &Claim, fork: &Arc<Snapshot>) -> Result<Project, GradeError> {
    let named = {
        let fork = Arc::clone(fork);
        blocking(move || Ok(separate_repository(fork.as_ref()))).await?
    };
    let Some(name) = named else { return Ok(Project::InFork) };
    let repository = match grading.github.repository(&name).await {
        Ok(repository) => repository,
        // The student's to mend: no such repository, or a private one.
        Err(GithubError::NotFound { .. }) => return Ok(Project::Unreadable { name }),
        Err(error) => return Err(GradeError::Ours(anyhow::Error::new(error).context("the project's repository"))),
    };
    let students = db::forks::students(&mut *grading.pool.acquire().await?, claim.fork).await?;
    // A student names whatever repository they like: that it is somebody's private one is not said either.
    if !repository.is_open_to(students.iter().map(|student| &student.login)) {
        return Ok(Project::Unreadable { name });
    }
    let head = match &claim.project_commit {
        Some(commit) if grading.mirror.has(commit) => Some(commit.clone()),
        _ => {
            grading
                .mirror
                .fetch_project(repository.id, &repository.clone_url, &repository.default_branch)
                .await
                .map_err(|error| ours("the project's repository could not be fetched", error))?
                .head
        }
    };
    let Some(head) = head else { return Ok(Project::Unreadable { name }) };
    let mut transaction = grading.pool.begin().await?;
    db::forks::follow_project(&mut transaction, claim.fork, &repository.full_name, repository.pushed_at).await?;
    db::submissions::pin_project(&mut transaction, claim.submission, &head).await?;
    transaction.commit().await?;
    let mirror = Arc::clone(&grading.mirror);
    let snapshot = blocking(move || Ok(mirror.snapshot(&head)?)).await?;
    Ok(Project::Separate { name, snapshot: Arc::new(snapshot) })
}
