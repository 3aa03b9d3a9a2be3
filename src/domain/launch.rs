//! How a project is started: decided by looking at it, shown with its reason.
//! May import: std, serde.
//! Next: `observe/launch.rs` decides, `observe/execution.rs` carries it out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::message::Message;
use super::source::RepoPath;

/// Everything that the sandbox needs to know to start a project. Part of the execution's content address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPlan {
    pub kind: LaunchKind,
    /// Why this plan and no other.
    pub reasons: Vec<Message>,
    /// `3.11`, one of the course's Pythons.
    pub python: String,
    pub dependencies: Dependencies,
    /// The folder, below the project, that commands run in.
    pub workdir: RepoPath,
    /// Programs to run in order: loaders and scrapers first, what serves last.
    pub steps: Vec<Step>,
    pub env: BTreeMap<String, String>,
    /// Names under which the attached services are reached, besides the usual ones (from a Compose file or the code).
    pub hosts: Vec<String>,
    /// The port that the code seems to listen on; the probe looks at what really listens.
    pub port: Option<u16>,
}

/// Which of the documented ways was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchKind {
    /// `.forkgrade.toml` in the project.
    Declared,
    /// A web application in Python.
    PythonWeb,
    /// Scripts, crawls or notebooks only: nothing that serves.
    PythonScript,
    /// There is nothing to run.
    Nothing,
}

/// One program of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub role: StepRole,
    /// Program and arguments, no shell.
    pub argv: Vec<String>,
    /// The file that it stands for, below the project.
    pub file: RepoPath,
}

/// What is expected of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepRole {
    /// Ends by itself: fills a database, crawls, executes a notebook.
    Load,
    /// Stays and listens.
    Serve,
}

/// Which packages are installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependencies {
    pub origin: DependencyOrigin,
    /// Requirement lines (PEP 508), sorted, without duplicates, local paths, options and URLs.
    pub requirements: Vec<String>,
    /// Lines that were left out, as the student wrote them (bounded).
    pub refused: Vec<String>,
}

/// Where the requirement lines come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum DependencyOrigin {
    /// A file of the project.
    Project { file: RepoPath },
    /// The course's own file at the fork's root.
    Course { file: RepoPath },
    /// The imports of the code.
    Imports,
    /// Nothing to install.
    None,
}
