//! How a project is started: decided by looking at it, shown with its reason.
//! May import: std, serde.
//! Next: `observe/launch/` decides, `observe/execution.rs` carries it out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::build::Build;
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
    /// The course's Python of the commit's year, where it is another one: pins that don't install on `python` are tried on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python_of_year: Option<String>,
    pub dependencies: Dependencies,
    /// The folder, below the project, that commands run in.
    pub workdir: RepoPath,
    /// Programs to run in order: loaders and scrapers first, what serves last.
    pub steps: Vec<Step>,
    pub env: BTreeMap<String, String>,
    /// Names under which the attached services are reached, besides the usual ones (from a Compose file or the code).
    pub hosts: Vec<String>,
    /// Pages that the code has addresses for, asked where there is none at `/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<String>,
    /// Users that attached databases get before anything starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logins: Vec<Login>,
    /// The code drives a browser, or a Compose file brings one: Selenium's address is answered in the pod.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remote_browser: bool,
    /// The port that the code seems to listen on; the probe looks at what really listens.
    pub port: Option<u16>,
    /// Where the files lie, as a Dockerfile or Compose file says; absent where all of them lie in `/work`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// The main container's image, where it is built from a Dockerfile. What the fields above say of it then holds only where
    /// the build does not work out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
    /// Containers beside the one that the fields above describe: further services of a Compose file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// A user of a database, as the project's own Compose file gives it one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Login {
    /// The attached service, by its name in the course.
    pub service: String,
    pub user: String,
    pub password: String,
}

/// The folder that a container's programs start in and write to, where no recipe names another.
pub const WORK: &str = "/work";

/// Where the project's files lie in a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Absolute: where programs start.
    pub workdir: String,
    /// Absolute, none below another: what programs can write to. Everything else of the container is read-only.
    pub folders: Vec<String>,
    /// Absolute, in those: folders that are there although nothing is copied into them.
    pub made: Vec<String>,
    /// Copies in their order: a later one covers an earlier one.
    pub places: Vec<Place>,
    /// Those of the folders that begin with what the container's image has in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seeded: Vec<String>,
}

/// A copy of a file, or of everything in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Below the project; empty for all of it.
    pub from: RepoPath,
    /// Absolute, in one of the layout's folders: the file's new path, or the folder that receives the contents.
    pub to: String,
}

/// A container beside the main one, in the same pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The service's name in the Compose file.
    pub name: String,
    pub python: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python_of_year: Option<String>,
    pub dependencies: Dependencies,
    pub layout: Layout,
    pub env: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
}

/// One container of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Container<'p> {
    /// `None` for the main one.
    pub name: Option<&'p str>,
    pub python: &'p str,
    pub python_of_year: Option<&'p str>,
    pub dependencies: &'p Dependencies,
    pub layout: Option<&'p Layout>,
    pub env: &'p BTreeMap<String, String>,
    pub build: Option<&'p Build>,
}

impl LaunchPlan {
    /// The main container.
    pub fn main(&self) -> Container<'_> {
        Container {
            name: None,
            python: &self.python,
            python_of_year: self.python_of_year.as_deref(),
            dependencies: &self.dependencies,
            layout: self.layout.as_ref(),
            env: &self.env,
            build: self.build.as_ref(),
        }
    }

    /// Every container, the main one first.
    pub fn containers(&self) -> impl Iterator<Item = Container<'_>> {
        let parts = self.parts.iter().map(|part| Container {
            name: Some(&part.name),
            python: &part.python,
            python_of_year: part.python_of_year.as_deref(),
            dependencies: &part.dependencies,
            layout: Some(&part.layout),
            env: &part.env,
            build: part.build.as_ref(),
        });
        std::iter::once(self.main()).chain(parts)
    }

    /// The absolute folder that a container's programs start in.
    pub fn folder_of(&self, container: &Container<'_>) -> String {
        match container.layout {
            Some(layout) => layout.workdir.clone(),
            None if self.workdir.as_str().is_empty() => WORK.to_owned(),
            None => format!("{WORK}/{}", self.workdir),
        }
    }
}

/// Which of the documented ways was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchKind {
    /// `.forkgrade.toml` in the project.
    Declared,
    /// The services of a Compose file.
    Compose,
    /// What a Dockerfile starts.
    Dockerfile,
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
    /// The same in the container that is built, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<Vec<String>>,
    /// The file that it stands for, below the project.
    pub file: RepoPath,
    /// The container that it runs in, where that is not the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// What is expected of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepRole {
    /// Ends by itself: fills a database, crawls, executes a notebook.
    Load,
    /// Runs beside what serves until everything was seen: a worker, an interface of its own.
    Beside,
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
