//! Notebooks alone: where a project holds nothing else, they are executed with nbclient, cell after cell.
//! May import: `domain/`, and within the room `notebooks`, `python` and its siblings.
//! Next: `mod.rs` asks for it last.

use std::collections::BTreeMap;

use crate::domain::Message;
use crate::domain::launch::{LaunchKind, Step, StepRole};
use crate::domain::source::RepoPath;
use crate::observe::notebooks::cells;
use crate::observe::python::{Script, parse};

use super::packages::package_of;
use super::{Project, Start, argument, python_step};

/// Notebooks that are executed at most.
const MAX_NOTEBOOKS: usize = 4;
/// Notebooks above this size are not read (8 MiB): most of it is saved output.
const MAX_BYTES: u64 = 8 << 20;
/// Executes one notebook, whatever its version of the format and the name of its kernel at home; a cell's error ends it.
const EXECUTE: &str = "import sys, nbformat, nbclient; \
     nbclient.NotebookClient(nbformat.read(sys.argv[1], as_version=4), kernel_name='python3').execute()";

/// The project's own notebooks that hold code, in the order of their names.
pub fn alone(project: &Project<'_>) -> Option<Start> {
    let own =
        project.scope.files().filter(|entry| entry.path.extension() == "ipynb" && project.scope.tree.is_own(entry));
    let read = |path: &RepoPath| Some((path.clone(), code(project, path)?));
    let notebooks: Vec<(RepoPath, String)> = own.filter_map(|entry| read(&entry.path)).take(MAX_NOTEBOOKS).collect();
    let (first, _) = notebooks.first()?;
    // As Jupyter does: relative paths start where the notebook lies.
    let workdir = first.parent();
    let steps: Vec<Step> = notebooks.iter().map(|(path, _)| step(project, &workdir, path)).collect();
    let mut packages = vec!["nbclient", "ipykernel"];
    packages.extend(imported(project, &notebooks));
    Some(Start {
        kind: LaunchKind::PythonScript,
        steps,
        env: BTreeMap::new(),
        port: None,
        packages,
        reasons: vec![Message::new("launch-notebook-alone").with("file", project.local(first))],
        workdir,
        container: None,
        parts: Vec::new(),
    })
}

fn step(project: &Project<'_>, workdir: &RepoPath, path: &RepoPath) -> Step {
    python_step(StepRole::Load, &["-c", EXECUTE, &argument(workdir, path)], project.local(path))
}

/// The code of all cells, without what only the notebook's kernel understands; `None` where there is none.
fn code(project: &Project<'_>, path: &RepoPath) -> Option<String> {
    let bytes = project.scope.tree.source().read(path, MAX_BYTES).ok()?;
    let cells = cells::read(&bytes).ok()?;
    let is_python = |line: &&str| !line.trim_start().starts_with(['%', '!', '?']);
    let lines = cells.iter().filter(|cell| cell.is_code()).flat_map(|cell| cell.source.lines()).filter(is_python);
    let code: Vec<&str> = lines.collect();
    code.iter().any(|line| !line.trim().is_empty()).then(|| code.join("\n"))
}

/// Packages that the cells import.
fn imported(project: &Project<'_>, notebooks: &[(RepoPath, String)]) -> Vec<&'static str> {
    let read = || notebooks.iter().map(|(path, code)| Script::read(path.clone(), code)).collect::<Vec<_>>();
    let scripts = parse::with_deep_stack(read).unwrap_or_default();
    project.code.outside_imports(scripts.iter()).iter().filter_map(|module| package_of(module)).collect()
}
