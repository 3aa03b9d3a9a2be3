//! What is installed: the nearest dependency file, completed by what the code imports.
//! May import: `domain/`, and within the room `python` and its siblings.
//! Next: `python_version.rs` chooses the Python that all of it is installed for.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Message;
use crate::domain::launch::{Dependencies, DependencyOrigin};
use crate::domain::source::RepoPath;
use crate::observe::python::Script;

use super::Project;
use super::declared::{Declared, Requirements};
use super::manifests::{self, Manifest};
use super::packages::{Requirement, package_of};

/// What the start of a project needs.
pub struct Needs<'n> {
    /// Files that are run, from the repository's root; the serving one last.
    pub files: Vec<RepoPath>,
    /// Packages that the way of starting needs.
    pub packages: &'n [&'static str],
    pub declared: Option<&'n Declared>,
    /// What the recipe of its container installs.
    pub listed: Option<&'n Listed>,
}

/// What a recipe says that a container installs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The recipe.
    pub by: RepoPath,
    /// Requirements files.
    pub files: Vec<RepoPath>,
    /// Requirement lines.
    pub packages: Vec<String>,
}

/// The requirement lines, where they come from, and the Python that their file asks for.
pub struct Chosen {
    pub dependencies: Dependencies,
    pub requirements: Vec<Requirement>,
    pub python: Option<(String, RepoPath)>,
    pub reasons: Vec<Message>,
}

/// Chooses the requirement lines.
pub fn of(project: &Project<'_>, needs: &Needs<'_>) -> Chosen {
    let (origin, manifest, reason) = origin(project, needs);
    let python = match &origin {
        DependencyOrigin::Project { file } => manifest.python.clone().map(|python| (python, project.absolute(file))),
        DependencyOrigin::Course { file } => manifest.python.clone().map(|python| (python, file.clone())),
        DependencyOrigin::Imports | DependencyOrigin::None => None,
    };
    let mut reasons: Vec<Message> = reason.into_iter().collect();
    let mut lines: BTreeMap<String, Requirement> = BTreeMap::new();
    for requirement in manifest.requirements {
        lines.entry(requirement.name.clone()).or_insert(requirement);
    }
    let (needed, unknown) = needed(project, needs);
    let missing: Vec<&str> = needed.iter().copied().filter(|package| !lines.contains_key(*package)).collect();
    if !missing.is_empty() && !lines.is_empty() {
        reasons.push(Message::new("launch-imports-added").with("packages", missing.join(", ")));
    }
    // Whoever lists a package by its module's name knows more of it than we do.
    let unknown: Vec<&str> = unknown.iter().map(String::as_str).filter(|name| !lines.contains_key(*name)).collect();
    if !unknown.is_empty() {
        let modules: Vec<&str> = unknown.iter().copied().take(10).collect();
        reasons.push(Message::new("launch-imports-unknown").with("modules", modules.join(", ")));
    }
    if !manifest.refused.is_empty() {
        reasons.push(Message::new("launch-lines-refused").with("count", manifest.refused.len()));
    }
    for package in missing {
        lines.insert(package.to_owned(), Requirement::any(package));
    }
    let origin = if lines.is_empty() { DependencyOrigin::None } else { origin };
    let requirements: Vec<Requirement> = lines.into_values().collect();
    let lines = requirements.iter().map(|requirement| requirement.line.clone()).collect();
    Chosen {
        dependencies: Dependencies { origin, requirements: lines, refused: manifest.refused },
        requirements,
        python,
        reasons,
    }
}

fn origin(project: &Project<'_>, needs: &Needs<'_>) -> (DependencyOrigin, Manifest, Option<Message>) {
    let tree = project.scope.tree;
    if let Some(declared) = needs.declared {
        let file = project.local(&declared.file);
        match &declared.requirements {
            Some(Requirements::Lines(lines)) => {
                let manifest = manifests::requirements(lines.iter().map(String::as_str));
                return (DependencyOrigin::Project { file }, manifest, None);
            }
            Some(Requirements::File(path)) => {
                let lines = manifests::with_included(tree, path);
                let manifest = manifests::read(tree, path)
                    .unwrap_or_else(|| manifests::requirements(lines.iter().map(String::as_str)));
                return (DependencyOrigin::Project { file: project.local(path) }, manifest, None);
            }
            None => {}
        }
    }
    if let Some(listed) = needs.listed.filter(|listed| !listed.files.is_empty() || !listed.packages.is_empty()) {
        let texts: Vec<String> = listed.files.iter().flat_map(|path| manifests::with_included(tree, path)).collect();
        let lines = texts.iter().chain(&listed.packages).map(String::as_str);
        let first = listed.files.first().unwrap_or(&listed.by);
        let file = if project.holds(first) { project.local(first) } else { first.clone() };
        let reason = Message::new("launch-dependencies-project").with("file", &file);
        return (DependencyOrigin::Project { file }, manifests::requirements(lines), Some(reason));
    }
    let read = |path: &RepoPath| manifests::read(tree, path);
    if let Some((path, manifest)) =
        nearest(project, needs).into_iter().find_map(|path| Some((path.clone(), read(&path)?)))
    {
        let reason = Message::new("launch-dependencies-project").with("file", project.local(&path));
        return (DependencyOrigin::Project { file: project.local(&path) }, manifest, Some(reason));
    }
    if needs.listed.is_some() {
        // A container of its own: others' lists are not meant for it.
        return (DependencyOrigin::Imports, Manifest::default(), Some(Message::new("launch-dependencies-imports")));
    }
    // What is written by hand first: the course's lock pins everything it ever needed.
    let course =
        ["Pipfile", "requirements.txt", "pyproject.toml", "Pipfile.lock"].into_iter().filter_map(RepoPath::parse);
    if let Some((file, manifest)) =
        course.filter(|path| tree.is_file(path)).find_map(|path| Some((path.clone(), read(&path)?)))
    {
        let reason = Message::new("launch-dependencies-course").with("file", &file);
        return (DependencyOrigin::Course { file }, manifest, Some(reason));
    }
    (DependencyOrigin::Imports, Manifest::default(), Some(Message::new("launch-dependencies-imports")))
}

/// Dependency files of the project: beside what is started, then above it, then anywhere.
fn nearest(project: &Project<'_>, needs: &Needs<'_>) -> Vec<RepoPath> {
    let entry = needs.files.last().map_or_else(|| project.scope.folder.clone(), RepoPath::parent);
    let files = project.scope.files().map(|entry| &entry.path);
    let mut found: Vec<_> = files.filter_map(|path| Some((path.clone(), manifests::rank(path)?))).collect();
    found.sort_by_key(|(path, rank)| {
        let folder = path.parent();
        let above = entry == folder || entry.below(&folder).is_some();
        let distance = if above { entry.as_str().len() - folder.as_str().len() } else { usize::MAX };
        (distance, path.depth(), *rank, path.clone())
    });
    let meant =
        |path: &RepoPath| needs.listed.is_none() || entry == path.parent() || entry.below(&path.parent()).is_some();
    found.into_iter().map(|(path, _)| path).filter(meant).collect()
}

/// Packages that the started files import, directly or not, and modules that no known package brings.
fn needed(project: &Project<'_>, needs: &Needs<'_>) -> (BTreeSet<&'static str>, BTreeSet<String>) {
    let code = project.code;
    let started: Vec<&Script> = needs.files.iter().filter_map(|path| code.script(path)).collect();
    let mut paths: BTreeSet<RepoPath> = started.iter().flat_map(|script| code.closure(script)).collect();
    paths.extend(started.iter().map(|script| script.path.clone()));
    // A crawl loads its whole Scrapy project by name, which no import shows.
    let crawls = started.iter().any(|script| !script.spiders.is_empty());
    let scripts = code.scripts.iter().filter(|script| paths.contains(&script.path) || crawls);
    let mut packages: BTreeSet<&'static str> = needs.packages.iter().copied().collect();
    let mut unknown = BTreeSet::new();
    for module in code.outside_imports(scripts) {
        match package_of(&module) {
            Some(package) => {
                packages.insert(package);
            }
            None => {
                unknown.insert(module.split('.').next().unwrap_or(&module).to_owned());
            }
        }
    }
    (packages, unknown)
}
