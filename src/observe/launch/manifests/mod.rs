//! Dependency files: requirements.txt, Pipfile, pyproject.toml and their locks, conda's, setuptools', as requirement lines.
//! May import: toml, serde_json, `domain/`, and within the room `tree` and its siblings.
//! Next: `dependencies.rs` chooses between them.

mod conda;
mod setup;

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::domain::source::RepoPath;
use crate::observe::readme::resolve;
use crate::observe::tree::Tree;

use super::packages::{Line, Requirement, line};

/// Lines named as left out; more are only left out.
const MAX_REFUSED: usize = 30;
/// Requirement lines taken from one file.
const MAX_LINES: usize = 400;
/// Files that one requirements file draws in at most, over all levels.
const MAX_INCLUDED: usize = 8;

/// A dependency file, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    pub requirements: Vec<Requirement>,
    pub refused: Vec<String>,
    /// The Python that it asks for, as written.
    pub python: Option<String>,
}

impl Manifest {
    fn add(&mut self, text: &str) {
        match line(text) {
            Line::Package(requirement) if self.requirements.len() < MAX_LINES => self.requirements.push(requirement),
            Line::Refused => self.refuse(text),
            _ => {}
        }
    }

    fn refuse(&mut self, text: &str) {
        if self.refused.len() < MAX_REFUSED {
            self.refused.push(text.trim().chars().take(200).collect());
        }
    }
}

/// Which kind of dependency file a name is, best first; `None` for any other file.
pub fn rank(path: &RepoPath) -> Option<usize> {
    let name = path.name().to_lowercase();
    match name.as_str() {
        "uv.lock" => Some(0),
        "pyproject.toml" => Some(1),
        "pipfile.lock" => Some(2),
        "pipfile" => Some(3),
        "requirements.txt" => Some(4),
        // `requirement.txt`, `requierements.txt`, `requirements_linux.txt`.
        _ if name.starts_with("requi") && name.ends_with(".txt") => Some(5),
        _ if is_conda(&name) => Some(6),
        "setup.cfg" => Some(7),
        "setup.py" => Some(8),
        _ => None,
    }
}

/// `environment.yml`, and what people call it when they export it by hand.
fn is_conda(name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| stem.starts_with("environment") || matches!(stem, "env" | "conda" | "conda-env"))
}

/// Reads a dependency file of the tree by its name; `None` where it is none, or names no dependencies at all.
pub fn read(tree: &Tree<'_>, path: &RepoPath) -> Option<Manifest> {
    let rank = rank(path)?;
    let text = tree.text(path)?;
    let manifest = match rank {
        0 => uv_lock(&text),
        1 => pyproject(&text),
        2 => pipfile_lock(&text),
        3 => pipfile(&text),
        6 => conda::read(&text),
        7 => setup::settings(&text),
        8 => setup::script(&text),
        _ => Some(requirements(with_included(tree, path).iter().map(String::as_str))),
    }?;
    (!manifest.requirements.is_empty() || !manifest.refused.is_empty()).then_some(manifest)
}

/// The lines of a requirements file, with those of the files that its `-r` lines name in their place.
pub fn with_included(tree: &Tree<'_>, path: &RepoPath) -> Vec<String> {
    let mut seen = Vec::new();
    included(tree, path, &mut seen)
}

fn included(tree: &Tree<'_>, path: &RepoPath, seen: &mut Vec<RepoPath>) -> Vec<String> {
    seen.push(path.clone());
    let mut lines = Vec::new();
    for line in tree.text(path).unwrap_or_default().lines() {
        let option = ["--requirement", "-r"].into_iter().find_map(|option| line.trim().strip_prefix(option));
        let named = option.map(|rest| rest.trim_start_matches('=').trim());
        let file = named.and_then(|name| resolve(&path.parent(), name)).filter(|file| tree.is_file(file));
        match file {
            Some(file) if seen.contains(&file) => {}
            Some(file) if seen.len() <= MAX_INCLUDED => lines.extend(included(tree, &file, seen)),
            _ => lines.push(line.to_owned()),
        }
        if lines.len() > 4 * MAX_LINES {
            break;
        }
    }
    lines
}

/// Requirement lines, one each.
pub fn requirements<'l>(lines: impl Iterator<Item = &'l str>) -> Manifest {
    let mut manifest = Manifest::default();
    for text in lines {
        manifest.add(text);
    }
    manifest
}

fn pipfile(text: &str) -> Option<Manifest> {
    let file: Table = text.parse().ok()?;
    let mut manifest = Manifest::default();
    for (name, value) in file.get("packages").and_then(Value::as_table)? {
        manifest.add(&pip_line(name, value));
    }
    let python = file
        .get("requires")
        .and_then(|requires| requires.get("python_version").or(requires.get("python_full_version")));
    manifest.python = python.and_then(Value::as_str).map(str::to_owned);
    Some(manifest)
}

/// `name = "*"`, `name = "==1.2"`, `name = {version = "…", extras = […]}`; git and path entries keep their text and are refused.
fn pip_line(name: &str, value: &Value) -> String {
    let version = |text: &str| if text == "*" || text.is_empty() { String::new() } else { comparison(text) };
    match value {
        Value::String(text) => format!("{name}{}", version(text)),
        Value::Table(table) if table.contains_key("version") => {
            let extras: Vec<_> =
                table.get("extras").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
            let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
            format!("{name}{extras}{}", table.get("version").and_then(Value::as_str).map(version).unwrap_or_default())
        }
        Value::Table(table) if table.is_empty() => name.to_owned(),
        other => format!("{name} = {other}"),
    }
}

/// A version as comparisons: `1.2` is exact, `^1.2` and `~1.2` are Poetry's.
fn comparison(text: &str) -> String {
    let text = text.trim();
    if let Some(version) = text.strip_prefix('^') {
        let numbers: Vec<u64> = version.split('.').map_while(|part| part.parse().ok()).collect();
        return match numbers.as_slice() {
            [0, minor, ..] => format!(">={version},<0.{}", minor + 1),
            [major, ..] => format!(">={version},<{}", major + 1),
            [] => String::new(),
        };
    }
    if let Some(version) = text.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        return if version.contains('.') { format!("~={version}") } else { format!("=={version}.*") };
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) { format!("=={text}") } else { text.to_owned() }
}

fn pipfile_lock(text: &str) -> Option<Manifest> {
    let file: Json = serde_json::from_str(text).ok()?;
    let mut manifest = Manifest::default();
    for (name, entry) in file.get("default")?.as_object()? {
        let markers = entry.get("markers").and_then(Json::as_str).map(|markers| format!(" ; {markers}"));
        match entry.get("version").and_then(Json::as_str) {
            Some(version) => manifest.add(&format!("{name}{version}{}", markers.unwrap_or_default())),
            None => manifest.add(&format!("{name} = {entry}")),
        }
    }
    let python = file.pointer("/_meta/requires/python_version").and_then(Json::as_str);
    manifest.python = python.map(str::to_owned);
    Some(manifest)
}

fn pyproject(text: &str) -> Option<Manifest> {
    let file: Table = text.parse().ok()?;
    let mut manifest = Manifest::default();
    let project = file.get("project");
    let lines = project.and_then(|project| project.get("dependencies")).and_then(Value::as_array);
    for text in lines.into_iter().flatten().filter_map(Value::as_str) {
        manifest.add(text);
    }
    manifest.python =
        project.and_then(|project| project.get("requires-python")).and_then(Value::as_str).map(str::to_owned);
    let poetry = file.get("tool").and_then(|tool| tool.get("poetry")).and_then(|poetry| poetry.get("dependencies"));
    for (name, value) in poetry.and_then(Value::as_table).into_iter().flatten() {
        if name == "python" {
            manifest.python = value.as_str().map(str::to_owned);
        } else {
            manifest.add(&pip_line(name, value));
        }
    }
    Some(manifest)
}

fn uv_lock(text: &str) -> Option<Manifest> {
    let file: Table = text.parse().ok()?;
    let mut manifest = Manifest::default();
    for package in file.get("package").and_then(Value::as_array)? {
        let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
        let source = package.get("source").and_then(Value::as_table);
        let is_project = source.is_some_and(|source| source.contains_key("virtual") || source.contains_key("editable"));
        match package.get("version").and_then(Value::as_str) {
            _ if is_project => {}
            Some(version) if source.is_none_or(|source| source.contains_key("registry")) => {
                manifest.add(&format!("{name}=={version}"));
            }
            _ => manifest.add(&format!("{name} = elsewhere")),
        }
    }
    manifest.python = file.get("requires-python").and_then(Value::as_str).map(str::to_owned);
    Some(manifest)
}

#[cfg(test)]
mod tests;
