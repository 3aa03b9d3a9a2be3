//! `.forkgrade.toml` in the project: the documented way out of every guess.
//! May import: toml, `domain/`, and within the room its siblings.
//! Next: `mod.rs` asks it before looking at anything else.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::Message;
use crate::domain::launch::{LaunchKind, Step, StepRole};
use crate::domain::source::RepoPath;
use crate::observe::readme::resolve;

use super::hints::{minor_version, split};
use super::{Project, Start};

/// The file's name.
pub const FILE: &str = ".forkgrade.toml";
/// Every key that it may hold; `project` only at the fork's root.
const KEYS: [&str; 6] = ["command", "build", "port", "python", "requirements", "project"];
/// What only a shell understands: a command with any of it is given to one.
const SHELL: [char; 12] = ['&', '|', ';', '<', '>', '$', '`', '(', '*', '?', '~', '\n'];

/// What the student declared.
#[derive(Debug, Default)]
pub struct Declared {
    pub file: RepoPath,
    command: Vec<String>,
    /// Run first, one after the other.
    build: Vec<Vec<String>>,
    pub port: Option<u16>,
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
    let table = match DeTable::parse(&text) {
        Ok(table) => table,
        Err(error) => {
            let line = line(&text, error.span().map_or(0, |span| span.start));
            declared.remarks.push(Message::new("launch-declared-broken").with("file", &file).with("line", line));
            return Some(declared);
        }
    };
    for (key, value) in table.get_ref() {
        let key_text = key.get_ref().as_ref();
        if !declared.take(project, key_text, value.get_ref()) {
            let known = KEYS.contains(&key_text);
            let remark = if known { "launch-declared-wrong-value" } else { "launch-declared-unknown-key" };
            let at = if known { value.span() } else { key.span() };
            let remark = Message::new(remark).with("key", key_text).with("file", &file);
            declared.remarks.push(remark.with("line", line(&text, at.start)));
        }
    }
    Some(declared)
}

/// The line, from 1, that holds a byte of a text.
fn line(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

impl Declared {
    /// Whether a key and its value were understood.
    fn take(&mut self, project: &Project<'_>, key: &str, value: &DeValue<'_>) -> bool {
        match (key, value) {
            ("command", value) => command(value).map(|words| self.command = words).is_some(),
            ("build", DeValue::Array(steps)) => {
                self.build = steps.iter().filter_map(|step| command(step.get_ref())).collect();
                self.build.len() == steps.len()
            }
            ("build", value) => command(value).map(|words| self.build = vec![words]).is_some(),
            ("port", DeValue::Integer(port)) => {
                let number = u16::from_str_radix(port.as_str(), port.radix());
                self.port = number.ok().filter(|port| *port > 0);
                self.port.is_some()
            }
            ("python", DeValue::String(version)) => {
                self.python = minor_version(version);
                self.python.is_some()
            }
            ("requirements", DeValue::String(file)) => {
                let path = resolve(&project.scope.folder, file).filter(|path| project.scope.tree.is_file(path));
                path.map(|path| self.requirements = Some(Requirements::File(path))).is_some()
            }
            ("requirements", DeValue::Array(lines)) => {
                let texts = words(lines);
                let all = texts.is_some();
                self.requirements = texts.map(Requirements::Lines);
                all
            }
            ("project", DeValue::String(_)) => true,
            _ => false,
        }
    }

    /// The declared commands; `None` where none is declared.
    pub fn start(&self, project: &Project<'_>) -> Option<Start> {
        let serve = (!self.command.is_empty()).then(|| (StepRole::Serve, self.command.clone()));
        let commands = self.build.iter().map(|words| (StepRole::Load, words.clone())).chain(serve);
        let steps: Vec<Step> = commands.map(|(role, argv)| self.step(project, role, argv)).collect();
        (!steps.is_empty()).then(|| Start {
            kind: LaunchKind::Declared,
            workdir: project.scope.folder.clone(),
            steps,
            env: BTreeMap::new(),
            port: self.port,
            packages: Vec::new(),
            reasons: vec![Message::new("launch-declared").with("file", &self.file)],
            container: None,
            parts: Vec::new(),
        })
    }

    /// A step stands for the Python file that it names, else for the declaration.
    fn step(&self, project: &Project<'_>, role: StepRole, argv: Vec<String>) -> Step {
        let named = argv.iter().filter(|word| word.ends_with(".py"));
        let file =
            named.filter_map(|word| resolve(&project.scope.folder, word)).find(|path| project.scope.tree.is_file(path));
        Step { role, argv, built: None, file: project.local(&file.unwrap_or_else(|| self.file.clone())), part: None }
    }
}

/// A list of words as it is; a line as its words, or for a shell where it is written for one.
fn command(value: &DeValue<'_>) -> Option<Vec<String>> {
    let words = match value {
        DeValue::String(line) if line.contains(SHELL) => vec!["/bin/sh".into(), "-c".into(), line.to_string()],
        DeValue::String(line) => split(line),
        DeValue::Array(parts) => words(parts)?,
        _ => return None,
    };
    (!words.is_empty()).then_some(words)
}

fn words(parts: &[Spanned<DeValue<'_>>]) -> Option<Vec<String>> {
    parts.iter().map(|part| part.get_ref().as_str().map(str::to_owned)).collect()
}
