//! The sweep against a GitHub on loopback, real git and a database of the test's own.

mod changes;
mod fetching;
mod limits;
mod listing;
mod projects;

use std::collections::BTreeMap;
use std::sync::Arc;

use forkgrade::clock::Clock;
use forkgrade::db;
use forkgrade::db::runs;
use forkgrade::domain::{Course, Fork, Run, Submission};
use forkgrade::sync::{SweepContext, SweepReport, sweep};
use tempfile::TempDir;

use crate::support::database::Database;
use crate::support::github::{Github, UPSTREAM, noon};

/// A course with its upstream, no fork yet.
pub struct World {
    pub github: Github,
    pub context: SweepContext,
    // The database goes after the pool's users.
    _database: Database,
    _folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with_branch(None).await
    }

    /// A course that grades one branch of every fork.
    pub async fn with_branch(branch: Option<&str>) -> Self {
        let (github, database) = (Github::start().await, Database::new().await);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let course = course(branch);
        let rubric = forkgrade::rubric::rubric_hash(&course.rubric);
        let conn = &mut *database.pool.acquire().await.expect("a connection");
        let course_id = db::courses::apply(conn, &course, &rubric).await.expect("the course is entered");
        let context = SweepContext {
            pool: database.pool.clone(),
            course_id,
            course: Arc::new(course),
            github: github.client(),
            mirror: Arc::new(github.mirror(&folder.path().join("mirror.git"))),
            clock: Clock::fixed(noon()),
        };
        Self { github, context, _database: database, _folder: folder }
    }

    /// Sweeps; the sweep itself has to succeed.
    pub async fn sweep(&self) -> SweepReport {
        sweep(&self.context, &|_| {}).await.expect("the sweep succeeds")
    }

    /// Everything that the server and git were asked during one more sweep.
    pub async fn sweep_and_count(&self) -> (SweepReport, BTreeMap<String, usize>) {
        self.github.forget();
        let report = self.sweep().await;
        (report, self.github.server.counts().paths)
    }

    /// What became of a fork, in keys, oldest first.
    pub async fn notes(&self, fork: &Fork) -> Vec<String> {
        let notes = db::forks::notes(&mut *self.conn().await, fork.id).await.expect("the notes");
        notes.into_iter().rev().map(|(_, message)| message.key).collect()
    }

    /// Somebody forks the course and pushes a commit.
    pub fn student(&self, owner: &str) -> crate::support::git::Repo {
        let repo = self.github.fork(UPSTREAM, owner);
        repo.commit("main", &[("6Evaluation/Projet/app.py", owner.as_bytes())]);
        repo
    }

    pub async fn forks(&self) -> Vec<Fork> {
        db::forks::all(&mut *self.conn().await, self.context.course_id).await.expect("the forks")
    }

    /// The fork with that owner.
    pub async fn fork(&self, owner: &str) -> Fork {
        let forks = self.forks().await;
        forks.into_iter().find(|fork| fork.owner.as_str() == owner).unwrap_or_else(|| panic!("no fork of {owner}"))
    }

    /// Newest first.
    pub async fn submissions(&self, fork: &Fork) -> Vec<Submission> {
        db::submissions::of_fork(&mut *self.conn().await, fork.id).await.expect("the submissions")
    }

    /// Newest first.
    pub async fn runs(&self, submission: &Submission) -> Vec<Run> {
        runs::of_submission(&mut *self.conn().await, submission.id).await.expect("the runs")
    }

    pub async fn conn(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.context.pool.acquire().await.expect("a connection")
    }
}

/// Full name of the course's fork of an owner.
pub fn name_of(owner: &str) -> String {
    format!("{owner}/course")
}

fn course(branch: Option<&str>) -> Course {
    let branch = branch.map(|branch| format!("branch = \"{branch}\"\n")).unwrap_or_default();
    let text =
        format!("slug = \"demo\"\ntitle = \"Demo\"\nupstream = \"{UPSTREAM}\"\n{branch}[rubric]\ncriteria = []\n");
    toml::from_str(&text).expect("a course")
}
