//! A Dockerfile, read: where its files lie, what it installs and what it starts. With the text itself, that is the plan of a
//! build; where none is possible (an image that the course does not give, a request that is refused) or one fails, it is the
//! plan too: `FROM python` is then one of the course's Pythons, `RUN pip install` the dependency layer, `COPY` and `WORKDIR`
//! the container's layout. Other `RUN`s are not run, and said.
//! May import: globset, serde_json, `dockerfile`, `domain/`, and within the room its siblings.
//! Next: `plan.rs` starts one, `../building.rs` plans its build, `../program.rs` says what a container starts.

mod plan;

use std::collections::BTreeMap;

use globset::GlobBuilder;

use crate::dockerfile::{Instruction, expand, instructions, options, pairs, program, words};
use crate::domain::Message;
use crate::domain::build::BaseImage;
use crate::domain::source::RepoPath;
use crate::observe::readme::resolve;

use super::Project;
use super::building::{self, Draft, Readable};
use super::hints::split;
use super::images::{Stand, stand_for};
use super::layout::{Files, absolute};
use super::shell::{self, Installs};
pub use plan::start;

/// What a line without brackets is given to.
const SHELL: [&str; 2] = ["/bin/sh", "-c"];
/// Reasons of one kind that a Dockerfile gets at most.
const MAX_SAID: usize = 5;
/// Files that a pattern copies at most.
const MAX_MATCHED: usize = 100;
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
    /// What a Compose file sets over the image's own.
    pub over: BTreeMap<String, String>,
    pub installs: Installs,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    /// The first port of `EXPOSE`.
    pub port: Option<u16>,
    pub reasons: Vec<Message>,
    /// What holds only where the file is read and not built.
    pub instead: Vec<Message>,
    /// How it is built, as far as it can be.
    pub draft: Option<Draft>,
}

/// What is built, as a Compose file may describe it.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'b> {
    pub context: RepoPath,
    pub arguments: BTreeMap<String, String>,
    pub target: Option<&'b str>,
}

/// What is known while the instructions are followed.
struct Reader<'r, 'p> {
    project: &'r Project<'p>,
    build: &'r Wanted<'r>,
    file: &'r RepoPath,
    /// Arguments before the first `FROM`, and those of the stage.
    arguments: BTreeMap<String, String>,
    stages: BTreeMap<String, Recipe>,
    recipe: Recipe,
    started: bool,
    images: BTreeMap<String, BaseImage>,
    /// Why it is not built, first come first.
    against: Option<Message>,
    said: BTreeMap<&'static str, usize>,
}

/// Reads a Dockerfile; the reason why it is of no use here where it is not.
pub fn read(project: &Project<'_>, file: &RepoPath, build: &Wanted<'_>) -> Result<Recipe, Message> {
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
        images: BTreeMap::new(),
        against: None,
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
    if !reader.started {
        return Err(missing());
    }
    let Reader { mut recipe, images, against, .. } = reader;
    match building::draft(project, build, Readable { file, text, images, against }) {
        Ok(draft) => recipe.draft = draft,
        Err(reason) => recipe.reasons.push(reason),
    }
    Ok(recipe)
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
        let text = self.expand(options(&instruction.text).1);
        let mut words = text.split_whitespace();
        let image = words.next().unwrap_or_default();
        let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        let last = std::mem::take(&mut self.recipe);
        // What an earlier stage installed is copied from it, as a rule.
        let installs = last.installs.clone();
        let (reasons, instead) = (last.reasons.clone(), last.instead.clone());
        self.stages.insert(before, last);
        self.recipe = match self.stages.get(image).filter(|_| self.started) {
            Some(stage) => Recipe { installs, reasons, instead, ..stage.clone() },
            None => {
                let file = self.file.clone();
                let mut recipe = Recipe { file, installs, reasons, instead, ..Recipe::default() };
                recipe.python = self.stand_for(image, &mut recipe.reasons)?;
                recipe
            }
        };
        self.started = true;
        Ok(name.unwrap_or_default().to_owned())
    }

    /// The Python that stands for an image, where it is one.
    fn stand_for(&mut self, image: &str, reasons: &mut Vec<Message>) -> Result<Option<String>, Message> {
        let unknown = || Message::new("launch-base-unknown").with("file", self.file).with("image", image);
        let stand = stand_for(self.project.sandbox, self.project.services, image).ok_or_else(unknown)?;
        let (base, python) = match stand {
            Stand::Python { version, taken_for } => {
                if taken_for {
                    reasons.push(Message::new("launch-base-taken-for").with("file", self.file).with("image", image));
                }
                (BaseImage::Python { version: version.clone() }, version)
            }
            Stand::Image(reference) => {
                let reason = Message::new("launch-base-given").with("file", self.file).with("image", image);
                reasons.push(reason.with("given", &reference));
                (BaseImage::Image { reference }, None)
            }
            Stand::Service(_) => return Err(unknown()),
        };
        self.images.insert(image.to_owned(), base);
        Ok(python)
    }

    fn follow(&mut self, instruction: &Instruction) {
        let text = &instruction.text;
        if self.against.is_none() {
            self.against = building::refused(self.file, instruction, &self.images);
        }
        match instruction.name.as_str() {
            "ARG" => {
                for word in words(text) {
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
            "CMD" => self.recipe.command = program(text, &SHELL.map(str::to_owned)),
            "ENTRYPOINT" => {
                self.recipe.entrypoint = program(text, &SHELL.map(str::to_owned));
                // Docker forgets the command of the image that it came with.
                self.recipe.command.clear();
            }
            _ => {}
        }
    }

    /// `ENV NAME=value …` or `ENV NAME value`.
    fn set(&mut self, text: &str) {
        for (name, value) in pairs(text) {
            let value = self.expand(&value);
            // Where programs are found is the image's to say.
            if super::program::is_variable(&name) {
                self.recipe.env.insert(name, value);
            }
        }
    }

    fn copy(&mut self, instruction: &Instruction) {
        let (options, text) = options(&instruction.text);
        if let Some((_, from)) = options.iter().find(|(name, _)| *name == "from") {
            // From a stage: what it installed is installed, and what it built only the build can tell.
            let from = self.expand(from);
            let is_stage = self.stages.contains_key(&from) || from.parse::<usize>().is_ok();
            if !is_stage && self.stand_for(&from, &mut Vec::new()).is_err() && self.against.is_none() {
                let reason = Message::new("launch-build-image-unknown").with("file", self.file).with("image", from);
                self.against = Some(reason.with("line", instruction.line));
            }
            return;
        }
        let words: Vec<String> = words(text).iter().map(|word| self.expand(word)).collect();
        let Some((to, sources)) = words.split_last() else { return };
        for source in sources {
            let found = self.sources(source);
            if found.is_empty() {
                self.say("launch-copy-left-out", instruction, "source", source);
            }
            let several = sources.len() > 1 || found.len() > 1;
            self.stays_inside(&found, instruction);
            for path in found {
                self.place(path, to, several);
            }
        }
    }

    /// A build has the project's files alone: a folder around it is the project in its place, anything beside it is not there.
    fn stays_inside(&mut self, found: &[RepoPath], instruction: &Instruction) {
        let home = &self.project.scope.folder;
        let around = |path: &RepoPath| path.as_str().is_empty() || home.below(path).is_some();
        let outside = found.iter().find(|path| !self.project.holds(path) && !around(path));
        if let (Some(path), None) = (outside, &self.against) {
            let reason = Message::new("launch-build-outside").with("file", self.file).with("source", path);
            self.against = Some(reason.with("line", instruction.line));
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
        let (_, text) = options(&instruction.text);
        let line = match serde_json::from_str::<Vec<String>>(text) {
            Ok(words) => words.join(" "),
            Err(_) => self.expand(&Instruction { text: text.to_owned(), ..instruction.clone() }.script()),
        };
        for command in shell::commands(&line) {
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
            self.recipe.instead.push(reason);
        }
    }
}
