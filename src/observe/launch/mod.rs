//! How a project would be started, decided by looking at it: every decision leaves its reason.
//! May import: `domain/`, and within the room `project`, `python`, `readme` and `tree`.
//! Next: `entry.rs` finds what serves, `loaders.rs` what runs before, `dependencies.rs` what is installed.

pub mod compose;
pub mod declared;
pub mod dependencies;
pub mod entry;
pub mod hints;
pub mod loaders;
pub mod manifests;
pub mod notebook;
pub mod packages;
pub mod python_version;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::Message;
use crate::domain::course::Sandbox;
use crate::domain::facts::inspection::ReadmeFacts;
use crate::domain::launch::{LaunchKind, LaunchPlan, Step, StepRole};
use crate::domain::source::RepoPath;

use super::project::Scope;
use super::python::Reading;
use dependencies::Needs;
use hints::Hints;

/// Host names that a plan carries at most.
const MAX_HOSTS: usize = 32;

/// Everything that a plan is decided on.
pub struct Project<'p> {
    pub scope: &'p Scope<'p>,
    pub code: &'p Reading,
    pub readme: &'p ReadmeFacts,
    pub sandbox: &'p Sandbox,
    /// The commit's date: what is not pinned is meant as of then.
    pub as_of: DateTime<Utc>,
}

impl Project<'_> {
    /// A path seen from the project's folder.
    fn local(&self, path: &RepoPath) -> RepoPath {
        path.below(&self.scope.folder).unwrap_or_default()
    }

    /// A path of the project seen from the repository's root.
    fn absolute(&self, local: &RepoPath) -> RepoPath {
        if local.as_str().is_empty() {
            return self.scope.folder.clone();
        }
        self.scope.folder.join(local.as_str()).unwrap_or_else(|| self.scope.folder.clone())
    }
}

/// What is started, before anything is said about Python and packages.
pub struct Start {
    pub kind: LaunchKind,
    /// From the repository's root.
    pub workdir: RepoPath,
    pub steps: Vec<Step>,
    pub env: BTreeMap<String, String>,
    pub port: Option<u16>,
    /// Packages that the way of starting needs besides the imports.
    pub packages: Vec<&'static str>,
    pub reasons: Vec<Message>,
}

/// Decides how a project is started.
pub fn plan(project: &Project<'_>) -> LaunchPlan {
    let hints = Hints::of(project);
    let declared = declared::read(project);
    let mut start = match declared.as_ref().and_then(|declared| declared.start(project)) {
        Some(start) => start,
        None => undeclared(project, &hints),
    };
    if let Some(declared) = &declared {
        start.reasons.extend(declared.remarks.iter().cloned());
        start.port = declared.port.or(start.port);
    }
    let files: Vec<RepoPath> = start.steps.iter().map(|step| project.absolute(&step.file)).collect();
    let entry = files.last().cloned().unwrap_or_default();
    let needs = Needs { files, packages: &start.packages, declared: declared.as_ref() };
    let chosen = dependencies::of(project, &needs);
    let (python, reason) = python_version::choose(project, declared.as_ref(), &hints, &chosen, &entry);
    start.reasons.extend(chosen.reasons);
    start.reasons.push(reason);
    for (name, value) in &hints.env {
        start.env.entry(name.clone()).or_insert_with(|| value.clone());
    }
    if let Some(file) = &hints.compose_file {
        start.reasons.push(Message::new("launch-compose-read-for-names").with("file", file));
    }
    LaunchPlan {
        kind: start.kind,
        reasons: start.reasons,
        python,
        dependencies: chosen.dependencies,
        workdir: project.local(&start.workdir),
        steps: start.steps,
        env: start.env,
        hosts: hosts(project, &hints),
        port: start.port,
    }
}

/// By looking: a web application with what runs before it, else scripts and crawls, else nothing.
fn undeclared(project: &Project<'_>, hints: &Hints) -> Start {
    if let Some(mut start) = entry::find(project, hints) {
        let serving = start.steps.last().map(|step| project.absolute(&step.file));
        let loaders = loaders::before(project, hints, serving.as_ref(), &start.workdir);
        for (step, reason) in loaders {
            let position = start.steps.iter().position(|step| step.role == StepRole::Serve).unwrap_or_default();
            start.steps.insert(position, step);
            start.reasons.push(reason);
        }
        return start;
    }
    if let Some(start) = loaders::alone(project, hints).or_else(|| notebook::alone(project)) {
        return start;
    }
    let has_notebook = project.scope.files().any(|entry| entry.path.extension() == "ipynb");
    let key = if has_notebook { "launch-nothing-but-notebooks" } else { "launch-nothing-found" };
    Start {
        kind: LaunchKind::Nothing,
        workdir: project.scope.folder.clone(),
        steps: Vec::new(),
        env: BTreeMap::new(),
        port: None,
        packages: Vec::new(),
        reasons: vec![Message::new(key)],
    }
}

/// Names under which the code, its settings and the Compose file expect the databases.
fn hosts(project: &Project<'_>, hints: &Hints) -> Vec<String> {
    let code = project.code.scripts.iter().flat_map(|script| &script.addresses).map(|address| address.host.clone());
    let all: BTreeSet<String> = code.chain(hints.hosts.iter().cloned()).map(|host| host.to_lowercase()).collect();
    all.into_iter().filter(|host| is_host_label(host)).take(MAX_HOSTS).collect()
}

/// One label, no address and nothing with dots: what lies in the world is not answered in a pod.
fn is_host_label(host: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let ends = host.starts_with('-') || host.ends_with('-');
    let numeric = host.bytes().all(|b| b.is_ascii_digit());
    !host.is_empty() && host.len() <= 63 && host.bytes().all(inner) && !ends && !numeric && host != "localhost"
}

/// `folder/file` as an argument for a program that runs in `workdir`.
fn argument(workdir: &RepoPath, file: &RepoPath) -> String {
    if file == workdir {
        return String::new();
    }
    if let Some(below) = file.below(workdir) {
        return below.as_str().to_owned();
    }
    // One `..` for each folder that only the work folder lies in.
    let mut up = String::new();
    let mut common = workdir.clone();
    while file != &common && file.below(&common).is_none() {
        up.push_str("../");
        common = common.parent();
    }
    format!("{up}{}", file.below(&common).unwrap_or_default().as_str())
}

fn python_step(role: StepRole, argv: &[&str], file: RepoPath) -> Step {
    let argv = std::iter::once("python").chain(argv.iter().copied()).map(str::to_owned).collect();
    Step { role, argv, file }
}
