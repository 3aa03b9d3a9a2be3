//! `demo/forks/<login>/expected.toml`: what is true of a fork, and what must therefore be found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use forkgrade::domain::Outcome;
use forkgrade::domain::check::Technology;
use forkgrade::domain::facts::Inspection;
use forkgrade::domain::facts::execution::Verdict;
use forkgrade::domain::facts::inspection::{NotebookState, ProjectState};
use forkgrade::domain::launch::{DependencyOrigin, LaunchKind, LaunchPlan, StepRole};
use forkgrade::domain::source::RepoPath;
use serde::{Deserialize, Serialize};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Exactly what is read.
    pub reading: Reading,
    /// What is seen while it runs; absent where there is nothing to run.
    pub running: Option<Running>,
    /// How these criteria end.
    pub criteria: BTreeMap<String, Outcome>,
}

/// What is read without running anything.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    pub state: ProjectState,
    pub folder: Option<RepoPath>,
    pub separate_repository: Option<String>,
    /// The best README.
    pub readme: Option<RepoPath>,
    #[serde(default)]
    pub readme_is_template: bool,
    pub own_commits: u32,
    #[serde(default)]
    pub technologies: BTreeSet<Technology>,
    #[serde(default)]
    pub syntax_errors: Vec<RepoPath>,
    /// `path: kind`.
    #[serde(default)]
    pub secrets: BTreeSet<String>,
    #[serde(default)]
    pub junk: Vec<RepoPath>,
    #[serde(default)]
    pub refused: Vec<RepoPath>,
    pub plan: Option<Plan>,
    /// Every notebook that is not as the course left it, as `worked 6/6`, `worked 1/5, 2 errors`, `resaved`, …
    #[serde(default)]
    pub notebooks: BTreeMap<RepoPath, String>,
}

/// How it would be started.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub kind: LaunchKind,
    pub entry: RepoPath,
    #[serde(default)]
    pub loaders: Vec<RepoPath>,
    pub workdir: RepoPath,
    pub python: String,
    /// A file of the project, `course: file`, `imports` or `none`.
    pub dependencies: String,
    #[serde(default)]
    pub hosts: BTreeSet<String>,
    pub port: Option<u16>,
}

/// What is seen while it runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Running {
    pub verdict: Verdict,
    /// Items that each service holds in the end; the services that are not named hold none.
    #[serde(default)]
    pub stores: BTreeMap<String, u64>,
    /// The fork whose execution serves for this one too.
    pub same_as: Option<String>,
}

impl Expected {
    /// Reads a file of the fork's folder.
    pub fn of(login: &str, file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/forks").join(login).join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

impl Reading {
    /// The same words for what was found.
    pub fn of(inspection: &Inspection) -> Self {
        let best = inspection.readme.best.and_then(|best| inspection.readme.candidates.get(best));
        let as_it_was = |state: &NotebookState| matches!(state, NotebookState::Untouched | NotebookState::NotFetched);
        let notebooks = inspection.notebooks.iter().filter(|notebook| !as_it_was(&notebook.state));
        Self {
            state: inspection.project.state,
            folder: inspection.project.folder.clone(),
            separate_repository: inspection.project.separate_repository.clone(),
            readme: best.map(|best| best.path.clone()),
            readme_is_template: best.is_some_and(|best| best.is_template),
            own_commits: inspection.history.as_ref().map_or(0, |history| history.own_commits),
            technologies: inspection.code.technologies.keys().copied().collect(),
            syntax_errors: inspection.code.syntax_errors.iter().map(|error| error.path.clone()).collect(),
            secrets: inspection.code.secrets.iter().map(|secret| format!("{}: {}", secret.path, secret.kind)).collect(),
            junk: inspection.project.junk.clone(),
            refused: inspection.project.refused.clone(),
            plan: inspection.plan.as_ref().map(Plan::of),
            notebooks: notebooks
                .map(|notebook| {
                    let (done, asked) = (notebook.completed_cells, notebook.exercise_cells);
                    let words = match &notebook.state {
                        NotebookState::Untouched => "untouched".into(),
                        NotebookState::Resaved => "resaved".into(),
                        NotebookState::Solution => "solution".into(),
                        NotebookState::Deleted => "deleted".into(),
                        NotebookState::NotFetched => "not fetched".into(),
                        NotebookState::Broken { reason } => format!("broken: {}", reason.key),
                        NotebookState::Worked if notebook.error_cells == 0 => format!("worked {done}/{asked}"),
                        NotebookState::Worked => format!("worked {done}/{asked}, {} errors", notebook.error_cells),
                    };
                    (notebook.path.clone(), words)
                })
                .collect(),
        }
    }
}

impl Plan {
    fn of(plan: &LaunchPlan) -> Self {
        let (loaders, serving): (Vec<_>, Vec<_>) = plan.steps.iter().partition(|step| step.role == StepRole::Load);
        Self {
            kind: plan.kind,
            entry: serving.last().map(|step| step.file.clone()).unwrap_or_default(),
            loaders: loaders.into_iter().map(|step| step.file.clone()).collect(),
            workdir: plan.workdir.clone(),
            python: plan.python.clone(),
            dependencies: match &plan.dependencies.origin {
                DependencyOrigin::Project { file } => file.as_str().to_owned(),
                DependencyOrigin::Course { file } => format!("course: {file}"),
                DependencyOrigin::Imports => "imports".into(),
                DependencyOrigin::None => "none".into(),
            },
            hosts: plan.hosts.iter().cloned().collect(),
            port: plan.port,
        }
    }
}
