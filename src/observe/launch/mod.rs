//! How a project would be started, decided by looking at it: every decision leaves its reason.
//! May import: `domain/`, and within the room `project`, `python`, `readme` and `tree`.
//! Next: `declared.rs`, `compose/`, `dockerfile/` are asked in this order; then `entry.rs` finds what serves, `loaders.rs` what runs before, `dependencies.rs` what is installed.

pub mod browser;
pub mod building;
pub mod compose;
pub mod declared;
pub mod dependencies;
pub mod dockerfile;
pub mod entry;
pub mod hints;
pub mod images;
pub mod layout;
pub mod loaders;
pub mod manifests;
pub mod notebook;
pub mod packages;
pub mod program;
pub mod python_version;
pub mod shell;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::Message;
use crate::domain::course::{Sandbox, Service};
use crate::domain::facts::inspection::ReadmeFacts;
use crate::domain::launch::{Dependencies, LaunchKind, LaunchPlan, Part, Step, StepRole};
use crate::domain::source::RepoPath;

use super::project::Scope;
use super::python::Reading;
use declared::Declared;
use dependencies::Needs;
use hints::Hints;
use program::Contained;
use python_version::{Asked, Choice};

/// Host names that a plan carries at most.
const MAX_HOSTS: usize = 32;
/// Users that databases are given at most.
const MAX_LOGINS: usize = 8;
/// Pages that are asked for because the code names them.
const MAX_ROUTES: usize = 8;

/// Everything that a plan is decided on.
pub struct Project<'p> {
    pub scope: &'p Scope<'p>,
    pub code: &'p Reading,
    pub readme: &'p ReadmeFacts,
    pub sandbox: &'p Sandbox,
    /// The databases that the course attaches.
    pub services: &'p BTreeMap<String, Service>,
    /// The commit's date: what is not pinned is meant as of then.
    pub as_of: DateTime<Utc>,
}

impl Project<'_> {
    /// A path seen from the project's folder.
    fn local(&self, path: &RepoPath) -> RepoPath {
        path.below(&self.scope.folder).unwrap_or_default()
    }

    /// Whether a path is the project's folder or lies in it.
    fn holds(&self, path: &RepoPath) -> bool {
        *path == self.scope.folder || path.below(&self.scope.folder).is_some()
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
    /// The main container, where a recipe describes it.
    pub container: Option<Contained>,
    pub parts: Vec<PartStart>,
}

/// A further container, before anything is said about Python and packages.
pub struct PartStart {
    pub name: String,
    pub container: Contained,
    pub env: BTreeMap<String, String>,
    pub script: Option<RepoPath>,
    pub packages: Vec<&'static str>,
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
    let in_main = start.steps.iter().filter(|step| step.part.is_none());
    let files: Vec<RepoPath> = in_main.map(|step| project.absolute(&step.file)).collect();
    let container = start.container.as_ref();
    let fitted = Fitted::of(project, &hints, declared.as_ref(), container, files, &start.packages);
    start.reasons.extend(fitted.reasons);
    if container.is_none() {
        for (name, value) in &hints.env {
            start.env.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    let (layout, build) = start.container.map(|one| (one.layout, one.build)).unzip();
    let parts = start.parts.into_iter().map(|one| part(project, &hints, one)).collect();
    let remote_browser = browser::asked(project, &hints, &mut start.reasons);
    LaunchPlan {
        kind: start.kind,
        reasons: start.reasons,
        python: fitted.python,
        python_of_year: fitted.python_of_year,
        dependencies: fitted.dependencies,
        workdir: project.local(&start.workdir),
        steps: start.steps,
        env: start.env,
        hosts: hosts(project, &hints),
        routes: routes(project),
        logins: hints.logins.into_iter().take(MAX_LOGINS).collect(),
        remote_browser,
        port: start.port,
        layout,
        build: build.flatten(),
        parts,
    }
}

/// What a container needs besides its files.
struct Fitted {
    python: String,
    python_of_year: Option<String>,
    dependencies: Dependencies,
    reasons: Vec<Message>,
}

impl Fitted {
    /// For the files that are run in it, the serving one last.
    fn of(
        project: &Project<'_>,
        hints: &Hints,
        declared: Option<&Declared>,
        container: Option<&Contained>,
        files: Vec<RepoPath>,
        packages: &[&'static str],
    ) -> Self {
        let entry = files.last().cloned().unwrap_or_default();
        let needs = Needs { files, packages, declared, listed: container.map(|container| &container.listed) };
        let chosen = dependencies::of(project, &needs);
        let recipe = container.and_then(|container| container.python.as_ref());
        let asked = Asked { declared, recipe, hints, chosen: &chosen };
        let choice = python_version::choose(project, asked, &entry);
        let reasons = chosen.reasons.into_iter().chain([choice.reason]).collect();
        let Choice { python, of_year: python_of_year, .. } = choice;
        Self { python, python_of_year, dependencies: chosen.dependencies, reasons }
    }
}

fn part(project: &Project<'_>, hints: &Hints, one: PartStart) -> Part {
    let files = one.script.into_iter().collect();
    let fitted = Fitted::of(project, hints, None, Some(&one.container), files, &one.packages);
    Part {
        name: one.name,
        python: fitted.python,
        python_of_year: fitted.python_of_year,
        dependencies: fitted.dependencies,
        layout: one.container.layout,
        build: one.container.build,
        env: one.env,
    }
}

/// As its Compose file says, else its Dockerfile, else by looking at the code; why not, where a recipe is there.
fn undeclared(project: &Project<'_>, hints: &Hints) -> Start {
    let mut reasons = Vec::new();
    let recipe =
        compose::start(project, hints, &mut reasons).or_else(|| dockerfile::start(project, hints, &mut reasons));
    if let Some(mut start) = recipe {
        // The kind of plan comes first, then why it is not a better one.
        let rest = start.reasons.split_off(start.reasons.len().min(1));
        start.reasons.extend(reasons.into_iter().chain(rest));
        return start;
    }
    let mut start = by_looking(project, hints);
    if let Some(file) = hints.compose_files.first() {
        reasons.push(Message::new("launch-compose-read-for-names").with("file", file));
    } else if !reasons.is_empty() && start.kind != LaunchKind::Nothing {
        reasons.push(Message::new("launch-plan-python-instead"));
    }
    // A Dockerfile may be refused twice: by itself, and where the Compose file builds it.
    let mut said = Vec::new();
    reasons.append(&mut start.reasons);
    reasons.retain(|reason| {
        !said.contains(reason) && {
            said.push(reason.clone());
            true
        }
    });
    Start { reasons, ..start }
}

/// By looking: a web application with what runs before it, else scripts and crawls, else nothing.
fn by_looking(project: &Project<'_>, hints: &Hints) -> Start {
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
        container: None,
        parts: Vec::new(),
    }
}

/// Addresses of whole pages: no part of theirs varies, and they are there to be looked at.
fn routes(project: &Project<'_>) -> Vec<String> {
    let all = project.code.scripts.iter().flat_map(|script| &script.reaches.routes).map(|(_, route)| route);
    let looked_at = all.filter(|route| route.methods.is_empty() || route.methods.iter().any(|method| method == "GET"));
    let rules: BTreeSet<&String> = looked_at.map(|route| &route.rule).collect();
    let whole = rules.into_iter().filter(|rule| rule.starts_with('/') && *rule != "/" && !rule.contains(['<', '{']));
    whole.take(MAX_ROUTES).cloned().collect()
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
    Step { role, argv, built: None, file, part: None }
}
