//! A Dockerfile, interpreted and not built: nothing that a student wrote runs as root or with a network, a registry is not
//! needed, and all who install the same packages share one layer. `FROM python` becomes one of the course's Pythons,
//! `RUN pip install` the dependency layer, `COPY` and `WORKDIR` the container's layout, `CMD` what is started. Other `RUN`s
//! (system packages, downloads) are not run, and said.
//! May import: globset, serde_json, `domain/`, and within the room its siblings.
//! Next: `plan.rs` starts one, `../program.rs` says what a container starts.

mod parse;
mod plan;

use std::collections::BTreeMap;

use globset::GlobBuilder;

use crate::domain::Message;
use crate::domain::source::RepoPath;
use crate::observe::readme::resolve;

use super::Project;
use super::hints::{minor_version, split};
use super::layout::{Files, absolute};
use super::shell::{self, Installs};
pub use parse::expand;
use parse::{Instruction, instructions};
pub use plan::start;

/// Reasons of one kind that a Dockerfile gets at most.
const MAX_SAID: usize = 5;
/// Files that a pattern copies at most.
const MAX_MATCHED: usize = 100;
/// Images that hold nothing which the course's Python lacks.
const PLAIN_BASES: [&str; 9] =
    ["debian", "ubuntu", "alpine", "buildpack-deps", "miniconda3", "anaconda3", "mambaforge", "miniforge3", "uv"];
/// Commands that change nothing in how the program runs.
const HARMLESS: [&str; 19] = [
    "cd", "chmod", "chown", "echo", "export", "groupadd", "addgroup", "useradd", "adduser", "ls", "pwd", "rm", "set",
    "touch", "true", "umask", "ln", "cat", "which",
];

/// What a container is started with, before a Compose file has its say.
#[derive(Debug, Clone, Default)]
pub struct Recipe {
    /// The Dockerfile, or the Compose file where there is none.
    pub file: RepoPath,
    /// `3.9`, where it asks for one.
    pub python: Option<String>,
    pub files: Files,
    pub env: BTreeMap<String, String>,
    pub installs: Installs,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    /// The first port of `EXPOSE`.
    pub port: Option<u16>,
    pub reasons: Vec<Message>,
}

/// A build as a Compose file may describe it.
#[derive(Debug, Clone, Default)]
pub struct Build<'b> {
    pub context: RepoPath,
    pub arguments: BTreeMap<String, String>,
    pub target: Option<&'b str>,
}

/// What is known while the instructions are followed.
struct Reader<'r, 'p> {
    project: &'r Project<'p>,
    build: &'r Build<'r>,
    file: &'r RepoPath,
    /// Arguments before the first `FROM`, and those of the stage.
    arguments: BTreeMap<String, String>,
    stages: BTreeMap<String, Recipe>,
    recipe: Recipe,
    started: bool,
    said: BTreeMap<&'static str, usize>,
}

/// Reads a Dockerfile; the reason why it is of no use here where it is not.
pub fn read(project: &Project<'_>, file: &RepoPath, build: &Build<'_>) -> Result<Recipe, Message> {
    let missing = || Message::new("launch-no-command").with("file", file);
    let text = project.scope.tree.text(file).ok_or_else(missing)?;
    let mut reader = Reader {
        project,
        build,
        file,
        arguments: BTreeMap::new(),
        stages: BTreeMap::new(),
        recipe: Recipe { file: file.clone(), ..Recipe::default() },
        started: false,
        said: BTreeMap::new(),
    };
    let mut stage = String::new();
    for instruction in instructions(&text) {
        if instruction.name == "FROM" {
            if build.target.is_some_and(|target| target == stage) {
                break;
            }
            stage = reader.from(&instruction, stage)?;
        } else {
            reader.follow(&instruction);
        }
    }
    if reader.started { Ok(reader.recipe) } else { Err(missing()) }
}

/// The Python that an image brings, and whether it was only taken for one; `None` where it is something else.
pub fn base(image: &str) -> Option<(Option<String>, bool)> {
    let image = image.split('@').next().unwrap_or(image);
    let path = image.rsplit('/').next().unwrap_or(image);
    let (name, tag) = path.split_once(':').unwrap_or((path, ""));
    let version = minor_version(tag.split('-').next().unwrap_or(tag));
    let in_tag = || tag.split("python").nth(1).and_then(|rest| minor_version(rest.split('-').next()?));
    match name {
        "python" => Some((version, false)),
        _ if name.contains("python") || name.contains("flask") || name.contains("fastapi") => {
            Some((in_tag().or(version), true))
        }
        _ if PLAIN_BASES.contains(&name) => Some((in_tag(), true)),
        _ => None,
    }
}

impl Reader<'_, '_> {
    fn expand(&self, text: &str) -> String {
        expand(text, '\\', |name| {
            let of_stage = self.recipe.env.get(name).or_else(|| self.arguments.get(name));
            of_stage.cloned()
        })
    }

    /// Begins a stage; its name.
    fn from(&mut self, instruction: &Instruction, before: String) -> Result<String, Message> {
        let text = self.expand(&instruction.text);
        let mut words = text.split_whitespace().filter(|word| !word.starts_with("--"));
        let image = words.next().unwrap_or_default();
        let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        let last = std::mem::take(&mut self.recipe);
        // What an earlier stage installed is copied from it, as a rule.
        let installs = last.installs.clone();
        let reasons = last.reasons.clone();
        self.stages.insert(before, last);
        self.recipe = match self.stages.get(image).filter(|_| self.started) {
            Some(stage) => Recipe { installs, reasons, ..stage.clone() },
            None => {
                let unknown = || Message::new("launch-base-unknown").with("file", self.file).with("image", image);
                let (python, taken_for) = base(image).ok_or_else(unknown)?;
                let mut recipe = Recipe { file: self.file.clone(), python, installs, reasons, ..Recipe::default() };
                if taken_for {
                    let reason = Message::new("launch-base-taken-for").with("file", self.file).with("image", image);
                    recipe.reasons.push(reason);
                }
                recipe
            }
        };
        self.started = true;
        Ok(name.unwrap_or_default().to_owned())
    }

    fn follow(&mut self, instruction: &Instruction) {
        let text = &instruction.text;
        match instruction.name.as_str() {
            "ARG" => {
                for word in split(text) {
                    let (name, default) = word.split_once('=').unwrap_or((&word, ""));
                    let given = self.build.arguments.get(name).cloned();
                    let value = given.unwrap_or_else(|| self.expand(default));
                    if !value.is_empty() {
                        self.arguments.insert(name.to_owned(), value);
                    }
                }
            }
            "ENV" => self.set(text),
            "WORKDIR" => {
                let folder = self.expand(text.trim_matches('"'));
                self.recipe.files.enter(&folder);
            }
            "COPY" | "ADD" => self.copy(instruction),
            "VOLUME" => {
                let folders = serde_json::from_str::<Vec<String>>(text).unwrap_or_else(|_| split(text));
                for folder in folders {
                    let folder = self.expand(&folder);
                    self.recipe.files.make(&folder);
                }
            }
            "RUN" => self.run(instruction),
            "EXPOSE" => {
                let port = self.expand(text).split(['/', ' ', '-']).next().and_then(|port| port.parse().ok());
                self.recipe.port = self.recipe.port.or(port);
            }
            "CMD" => self.recipe.command = program(text),
            "ENTRYPOINT" => {
                self.recipe.entrypoint = program(text);
                // Docker forgets the command of the image that it came with.
                self.recipe.command.clear();
            }
            _ => {}
        }
    }

    /// `ENV NAME=value …` or `ENV NAME value`.
    fn set(&mut self, text: &str) {
        let first = text.split_whitespace().next().unwrap_or_default();
        let pairs: Vec<(String, String)> = if first.contains('=') {
            let words = split(text);
            words.iter().filter_map(|word| word.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
        } else {
            let (name, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            vec![(name.to_owned(), value.trim().trim_matches(['"', '\'']).to_owned())]
        };
        for (name, value) in pairs {
            let value = self.expand(&value);
            // Where programs are found is the image's to say.
            if super::program::is_variable(&name) {
                self.recipe.env.insert(name, value);
            }
        }
    }

    fn copy(&mut self, instruction: &Instruction) {
        let text = self.expand(&instruction.text);
        let words = match text.find('[').filter(|start| text.get(*start..).is_some_and(|list| list.ends_with(']'))) {
            Some(start) => serde_json::from_str(text.get(start..).unwrap_or_default()).unwrap_or_default(),
            None => split(&text),
        };
        if words.iter().any(|word| word.starts_with("--from=")) {
            // From a stage: what it installed is installed, and what it built nothing of ours can tell.
            return;
        }
        let words: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
        let Some((to, sources)) = words.split_last() else { return };
        for source in sources {
            let found = self.sources(source);
            if found.is_empty() {
                self.say("launch-copy-left-out", instruction, "source", source);
            }
            let several = sources.len() > 1 || found.len() > 1;
            for path in found {
                self.place(path, to, several);
            }
        }
    }

    fn place(&mut self, from: RepoPath, to: &str, several: bool) {
        let files = &mut self.recipe.files;
        let is_file = self.project.scope.tree.is_file(&from);
        let into = several || to.ends_with('/') || to == "." || to.ends_with("/.") || files.is_folder(to);
        if is_file && into {
            let to = format!("{}/{}", absolute(&files.workdir, to), from.name());
            files.copy(from, &to);
        } else {
            files.copy(from, to);
        }
    }

    /// Files and folders of the build's folder that a source names.
    fn sources(&self, source: &str) -> Vec<RepoPath> {
        let (tree, context) = (self.project.scope.tree, &self.build.context);
        // Nothing leaves the folder: Docker takes `..` off as well.
        let source = absolute("/", source);
        let source = source.trim_start_matches('/');
        if source.contains("://") || source.contains(":/") {
            return Vec::new();
        }
        if !source.contains(['*', '?', '[']) {
            let found = resolve(context, source).filter(|path| tree.exists(path));
            return found.into_iter().collect();
        }
        let glob = GlobBuilder::new(source).literal_separator(true).build().map(|glob| glob.compile_matcher());
        let Ok(glob) = glob else { return Vec::new() };
        let matches = |path: &RepoPath| path.below(context).is_some_and(|below| glob.is_match(below.as_str()));
        tree.files(context).map(|entry| entry.path.clone()).filter(matches).take(MAX_MATCHED).collect()
    }

    fn run(&mut self, instruction: &Instruction) {
        let line = match serde_json::from_str::<Vec<String>>(&instruction.text) {
            Ok(words) => words.join(" "),
            Err(_) => self.expand(&instruction.text),
        };
        let mut line = line.trim_start();
        while line.starts_with("--") {
            line = line.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
        }
        for command in shell::commands(line) {
            let words = command.words();
            if self.recipe.installs.take(&words) || self.is_harmless(&words) {
                continue;
            }
            self.say("launch-run-left-out", instruction, "command", &command.text);
        }
    }

    fn is_harmless(&mut self, words: &[String]) -> bool {
        let Some(first) = words.first() else { return true };
        if first == "mkdir" {
            for folder in words.iter().skip(1).filter(|word| !word.starts_with('-')) {
                self.recipe.files.make(folder);
            }
            return true;
        }
        let second = words.get(1).map(String::as_str);
        let cleans = matches!(first.as_str(), "apt-get" | "apt" | "apk")
            && matches!(second, Some("update" | "clean" | "upgrade"));
        let version = first.starts_with("python") && second == Some("--version");
        cleans || version || HARMLESS.contains(&first.as_str())
    }

    fn say(&mut self, key: &'static str, instruction: &Instruction, argument: &'static str, text: &str) {
        let said = self.said.entry(key).or_default();
        *said += 1;
        if *said <= MAX_SAID {
            let text: String = text.chars().take(120).collect();
            let reason = Message::new(key).with("file", self.file).with("line", instruction.line).with(argument, text);
            self.recipe.reasons.push(reason);
        }
    }
}

/// A program as its words, or as a line for the shell.
fn program(text: &str) -> Vec<String> {
    match serde_json::from_str::<Vec<String>>(text) {
        Ok(words) => words,
        Err(_) if text.is_empty() => Vec::new(),
        Err(_) => vec!["/bin/sh".to_owned(), "-c".to_owned(), text.to_owned()],
    }
}
