//! Dependency files: requirements.txt, Pipfile, pyproject.toml and their locks, as requirement lines.
//! May import: toml, serde_json, its sibling `packages`, `domain/`.
//! Next: `dependencies.rs` chooses between them.

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::domain::source::RepoPath;

use super::packages::{Line, Requirement, line};

/// Lines named as left out; more are only left out.
const MAX_REFUSED: usize = 30;
/// Requirement lines taken from one file.
const MAX_LINES: usize = 400;

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
            Line::Refused if self.refused.len() < MAX_REFUSED => {
                self.refused.push(text.trim().chars().take(200).collect());
            }
            _ => {}
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
        _ => None,
    }
}

/// Reads a dependency file by its name; `None` where it names no dependencies at all.
pub fn read(path: &RepoPath, text: &str) -> Option<Manifest> {
    let manifest = match rank(path)? {
        0 => uv_lock(text),
        1 => pyproject(text),
        2 => pipfile_lock(text),
        3 => pipfile(text),
        _ => Some(requirements(text.lines())),
    }?;
    (!manifest.requirements.is_empty() || !manifest.refused.is_empty()).then_some(manifest)
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
        match entry.get("version").and_then(Json::as_str) {
            Some(version) => manifest.add(&format!("{name}{version}")),
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
mod tests {
    use super::read;
    use crate::domain::source::RepoPath;

    #[test]
    fn reads_every_kind_of_file() {
        let cases = [
            ("requirements.txt", "Flask\n-r x.txt\npandas==1.1.4\n", vec!["flask", "pandas==1.1.4"], 1, None),
            (
                "Pipfile",
                "[packages]\nflask = \"*\"\npymongo = \"==3.11\"\ndns = {git = 'x'}\nuvicorn = {version='*', extras=['standard']}\n[requires]\npython_version = '3.7'\n",
                vec!["flask", "pymongo==3.11", "uvicorn[standard]"],
                1,
                Some("3.7"),
            ),
            (
                "Pipfile.lock",
                r#"{"_meta":{"requires":{"python_version":"3.8"}},"default":{"flask":{"version":"==1.1.2"},"x":{"path":"."}}}"#,
                vec!["flask==1.1.2"],
                1,
                Some("3.8"),
            ),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = '^3.9'\nflask = '^2.0'\nredis = '~4.1'\nrequests = '2.28'\n",
                vec!["flask>=2.0,<3", "redis~=4.1", "requests==2.28"],
                0,
                Some("^3.9"),
            ),
            (
                "uv.lock",
                "requires-python = '>=3.11'\n[[package]]\nname='projet'\nversion='0.1'\nsource={virtual='.'}\n[[package]]\nname='flask'\nversion='3.0.0'\nsource={registry='https://example.org'}\n",
                vec!["flask==3.0.0"],
                0,
                Some(">=3.11"),
            ),
        ];
        for (name, text, wanted, refused, python) in cases {
            let manifest = RepoPath::parse(name).and_then(|path| read(&path, text)).expect(name);
            let lines: Vec<_> = manifest.requirements.iter().map(|requirement| requirement.line.as_str()).collect();
            assert_eq!(
                (lines, manifest.refused.len(), manifest.python.as_deref()),
                (wanted, refused, python),
                "{name}"
            );
        }
    }
}
