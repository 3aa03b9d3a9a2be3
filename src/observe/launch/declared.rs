//! `.forkgrade.toml` in the project: the documented way out of every guess.
//! May import: toml, `domain/`, and within the room its siblings.
//! Next: `mod.rs` asks it before looking at anything else.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::domain::Message;
use crate::domain::launch::{LaunchKind, Step, StepRole};
use crate::domain::source::RepoPath;
use crate::observe::readme::resolve;

use super::hints::{minor_version, split};
use super::{Project, Start};

/// The file's name.
pub const FILE: &str = ".forkgrade.toml";
/// Every key that it may hold; `project` only at the fork's root.
const KEYS: [&str; 6] = ["command", "setup", "port", "python", "requirements", "project"];

/// What the student declared.
#[derive(Debug, Default)]
pub struct Declared {
    pub file: RepoPath,
    command: Vec<String>,
    setup: Vec<Vec<String>>,
    port: Option<u16>,
    pub python: Option<String>,
    pub requirements: Option<Requirements>,
    /// Keys that were not understood, for the student to read.
    pub remarks: Vec<Message>,
}

/// Declared dependencies: lines, or a file that holds them.
#[derive(Debug)]
pub enum Requirements {
    Lines(Vec<String>),
    File(RepoPath),
}

/// Reads the declaration in the project's folder.
pub fn read(project: &Project<'_>) -> Option<Declared> {
    let file = project.scope.folder.join(FILE)?;
    if !project.scope.tree.is_file(&file) {
        return None;
    }
    let text = project.scope.tree.text(&file)?;
    let mut declared = Declared { file: file.clone(), ..Declared::default() };
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let error: toml::de::Error = error;
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            declared.remarks.push(Message::new("launch-declared-broken").with("file", &file).with("line", line));
            return Some(declared);
        }
    };
    for (key, value) in &table {
        if !declared.take(project, key, value) {
            let remark = if KEYS.contains(&key.as_str()) {
                "launch-declared-wrong-value"
            } else {
                "launch-declared-unknown-key"
            };
            declared.remarks.push(Message::new(remark).with("key", key).with("file", &file));
        }
    }
    Some(declared)
}

impl Declared {
    /// Whether a key and its value were understood.
    fn take(&mut self, project: &Project<'_>, key: &str, value: &Value) -> bool {
        match (key, value) {
            ("command", value) => command(value).map(|words| self.command = words).is_some(),
            ("setup", Value::Array(steps)) => {
                self.setup = steps.iter().filter_map(command).collect();
                self.setup.len() == steps.len()
            }
            ("setup", value) => command(value).map(|words| self.setup = vec![words]).is_some(),
            ("port", Value::Integer(port)) => {
                self.port = u16::try_from(*port).ok().filter(|port| *port > 0);
                self.port.is_some()
            }
            ("python", Value::String(version)) => {
                self.python = minor_version(version);
                self.python.is_some()
            }
            ("requirements", Value::String(file)) => {
                let path = resolve(&project.scope.folder, file).filter(|path| project.scope.tree.is_file(path));
                path.map(|path| self.requirements = Some(Requirements::File(path))).is_some()
            }
            ("requirements", Value::Array(lines)) => {
                let texts: Vec<String> = lines.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                let all = texts.len() == lines.len();
                self.requirements = Some(Requirements::Lines(texts));
                all
            }
            ("project", Value::String(_)) => true,
            _ => false,
        }
    }

    /// The declared commands; `None` where none is declared.
    pub fn start(&self, project: &Project<'_>) -> Option<Start> {
        let serve = (!self.command.is_empty()).then(|| (StepRole::Serve, self.command.clone()));
        let commands = self.setup.iter().map(|words| (StepRole::Load, words.clone())).chain(serve);
        let steps: Vec<Step> = commands.map(|(role, argv)| self.step(project, role, argv)).collect();
        (!steps.is_empty()).then(|| Start {
            kind: LaunchKind::Declared,
            workdir: project.scope.folder.clone(),
            steps,
            env: BTreeMap::new(),
            port: self.port,
            packages: Vec::new(),
            reasons: vec![Message::new("launch-declared").with("file", &self.file)],
        })
    }

    /// A step stands for the Python file that it names, else for the declaration.
    fn step(&self, project: &Project<'_>, role: StepRole, argv: Vec<String>) -> Step {
        let named = argv.iter().filter(|word| word.ends_with(".py"));
        let file =
            named.filter_map(|word| resolve(&project.scope.folder, word)).find(|path| project.scope.tree.is_file(path));
        Step { role, argv, file: project.local(&file.unwrap_or_else(|| self.file.clone())) }
    }
}

fn command(value: &Value) -> Option<Vec<String>> {
    let words = match value {
        Value::String(text) => split(text),
        Value::Array(parts) => {
            parts.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.into_iter().map(str::to_owned).collect()
        }
        _ => return None,
    };
    (!words.is_empty()).then_some(words)
}
