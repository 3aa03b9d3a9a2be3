//! A Dockerfile as the steps that its builder takes, stage by stage: variables replaced, paths made absolute, nothing run yet.
//! May import: `dockerfile`, `domain/`.
//! Next: `mod.rs` takes the steps.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::{Instruction, expand, instructions, options, pairs, program, words};
use crate::domain::build::{BaseImage, Build};

/// A stage: what it starts from, and what is done in it.
#[derive(Debug, Clone)]
pub struct Stage {
    pub name: String,
    pub base: Base,
    pub steps: Vec<Step>,
    pub state: State,
}

/// What a stage starts from, or files are copied from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    Stage(usize),
    /// The container's Python, under the version that the file names.
    Python(Option<String>),
    Image(String),
}

/// What holds for the next instruction of a stage.
#[derive(Debug, Clone)]
pub struct State {
    pub env: BTreeMap<String, String>,
    arguments: BTreeMap<String, String>,
    pub workdir: String,
    pub user: String,
    shell: Vec<String>,
}

/// One step, as its instruction is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// From 1; 0 for what no instruction asks for.
    pub line: usize,
    pub said: String,
    pub what: What,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Makes an image of ours as those are that people build on.
    Prepare {
        python: Option<String>,
    },
    Folder(String),
    Run(Run),
    Copy(Copy),
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub argv: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub workdir: String,
    pub user: String,
}

/// A copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// `None` for the files of the build.
    pub from: Option<Base>,
    pub sources: Vec<String>,
    /// Absolute.
    pub to: String,
    /// It is a folder, whatever is there.
    pub into: bool,
    pub owner: Option<String>,
    pub mode: Option<String>,
    /// `ADD`: archives are unpacked.
    pub unpacks: bool,
}

/// What no build may do, or none of ours can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub line: usize,
    pub said: String,
    pub what: String,
}

/// Reads the stages up to the wanted one, which is the last. `env_of` is an image's own environment.
pub fn stages(build: &Build, env_of: impl Fn(&Base) -> BTreeMap<String, String>) -> Result<Vec<Stage>, Refusal> {
    let mut reader = Reader { build, env_of, global: BTreeMap::new(), stages: Vec::new() };
    for instruction in instructions(&build.text) {
        if instruction.name == "FROM" {
            if build.target.is_some() && reader.stages.last().map(|stage| &stage.name) == build.target.as_ref() {
                break;
            }
            reader.begin(&instruction)?;
        } else {
            reader.follow(&instruction)?;
        }
    }
    Ok(reader.stages)
}

/// The stages that the last one needs, in their order.
pub fn needed(stages: &[Stage]) -> BTreeSet<usize> {
    let mut needed = BTreeSet::new();
    let mut queue: Vec<usize> = stages.len().checked_sub(1).into_iter().collect();
    while let Some(index) = queue.pop() {
        let Some(stage) = stages.get(index).filter(|_| needed.insert(index)) else { continue };
        let copied = stage.steps.iter().filter_map(|step| match &step.what {
            What::Copy(copy) => copy.from.as_ref(),
            _ => None,
        });
        queue.extend(copied.chain([&stage.base]).filter_map(|base| match base {
            Base::Stage(other) => Some(*other),
            _ => None,
        }));
    }
    needed
}

struct Reader<'b, E> {
    build: &'b Build,
    env_of: E,
    /// Arguments before the first `FROM`.
    global: BTreeMap<String, String>,
    stages: Vec<Stage>,
}

impl<E: Fn(&Base) -> BTreeMap<String, String>> Reader<'_, E> {
    fn begin(&mut self, instruction: &Instruction) -> Result<(), Refusal> {
        let (_, text) = options(&instruction.text);
        let text = expand(text, '\\', |name| self.global.get(name).cloned());
        let mut words = text.split_whitespace();
        let image = words.next().unwrap_or_default();
        let named = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        let base = self.base(image).ok_or_else(|| refusal(instruction, format!("FROM {image}")))?;
        let state = match &base {
            Base::Stage(index) => {
                let before = self.stages.get(*index).map(|stage| stage.state.clone());
                let before = before.ok_or_else(|| refusal(instruction, format!("FROM {image}")))?;
                State { arguments: BTreeMap::new(), ..before }
            }
            other => State {
                env: (self.env_of)(other),
                arguments: BTreeMap::new(),
                workdir: "/".to_owned(),
                user: "0".to_owned(),
                shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
            },
        };
        let prepare = match &base {
            Base::Python(python) => {
                Some(Step { line: 0, said: format!("FROM {image}"), what: What::Prepare { python: python.clone() } })
            }
            _ => None,
        };
        let name = named.unwrap_or_default().to_owned();
        self.stages.push(Stage { name, base, steps: prepare.into_iter().collect(), state });
        Ok(())
    }

    /// What an image's name, a stage's, or its number stands for.
    fn base(&self, name: &str) -> Option<Base> {
        let by_name = self.stages.iter().rposition(|stage| !name.is_empty() && stage.name.eq_ignore_ascii_case(name));
        if let Some(index) = by_name {
            return Some(Base::Stage(index));
        }
        match self.build.images.get(name)? {
            BaseImage::Python { version } => Some(Base::Python(version.clone())),
            BaseImage::Image { reference } => Some(Base::Image(reference.clone())),
        }
    }

    fn follow(&mut self, instruction: &Instruction) -> Result<(), Refusal> {
        if instruction.name == "ARG" {
            self.argument(instruction);
            return Ok(());
        }
        let copy = match instruction.name.as_str() {
            "COPY" | "ADD" if !self.stages.is_empty() => Some(self.copy(instruction)?),
            _ => None,
        };
        let Some(stage) = self.stages.last_mut() else { return Ok(()) };
        let what = match instruction.name.as_str() {
            "ENV" => {
                stage.state.set(&instruction.text);
                None
            }
            "WORKDIR" => {
                let folder = stage.state.expand(instruction.text.trim_matches('"'));
                stage.state.workdir = absolute(&stage.state.workdir, &folder);
                Some(What::Folder(stage.state.workdir.clone()))
            }
            "USER" => {
                stage.state.user = stage.state.expand(&instruction.text);
                None
            }
            "SHELL" => {
                stage.state.shell = words(&instruction.text);
                None
            }
            "RUN" => Some(What::Run(stage.state.command(instruction)?)),
            _ => copy.map(What::Copy),
        };
        stage.steps.extend(what.map(|what| Step { line: instruction.line, said: said(instruction), what }));
        Ok(())
    }

    /// Given from outside, else its default; in a stage also what the arguments before the first stage say.
    fn argument(&mut self, instruction: &Instruction) {
        for word in words(&instruction.text) {
            let (name, default) = match word.split_once('=') {
                Some((name, default)) => (name, Some(default)),
                None => (word.as_str(), None),
            };
            let given = self.build.arguments.get(name).cloned();
            match self.stages.last_mut() {
                None => {
                    let of_others = |name: &str| self.global.get(name).cloned();
                    let value = given.or_else(|| Some(expand(default?, '\\', of_others)));
                    self.global.extend(value.map(|value| (name.to_owned(), value)));
                }
                Some(stage) => {
                    let value = given.or_else(|| Some(stage.state.expand(default?)));
                    let value = value.or_else(|| self.global.get(name).cloned());
                    stage.state.arguments.extend(value.map(|value| (name.to_owned(), value)));
                }
            }
        }
    }

    fn copy(&self, instruction: &Instruction) -> Result<Copy, Refusal> {
        let refuse = |what: String| refusal(instruction, what);
        let Some(stage) = self.stages.last() else { return Err(refuse(instruction.name.clone())) };
        if instruction.heredoc.is_some() {
            return Err(refuse(format!("{} <<", instruction.name)));
        }
        let (options, text) = options(&instruction.text);
        let (mut from, mut owner, mut mode) = (None, None, None);
        for (name, value) in options {
            let value = stage.state.expand(value);
            match name {
                "from" => {
                    let number = value.parse().ok().filter(|index| *index + 1 < self.stages.len());
                    let base = number.map(Base::Stage).or_else(|| self.base(&value));
                    from = Some(base.ok_or_else(|| refuse(format!("--from={value}")))?);
                }
                "chown" => owner = Some(value),
                "chmod" => mode = Some(value),
                "link" => {}
                other => return Err(refuse(format!("--{other}"))),
            }
        }
        let mut sources: Vec<String> = words(text).iter().map(|word| stage.state.expand(word)).collect();
        let Some(to) = sources.pop().filter(|_| !sources.is_empty()) else {
            return Err(refuse(instruction.text.clone()));
        };
        if let Some(elsewhere) = sources.iter().find(|source| source.contains("://") || source.starts_with("git@")) {
            return Err(refuse(format!("{} {elsewhere}", instruction.name)));
        }
        let into = sources.len() > 1 || to.ends_with('/') || matches!(to.as_str(), "." | "..") || to.ends_with("/.");
        let to = absolute(&stage.state.workdir, &to);
        Ok(Copy { from, sources, to, into, owner, mode, unpacks: instruction.name == "ADD" })
    }
}

impl State {
    fn expand(&self, text: &str) -> String {
        expand(text, '\\', |name| self.env.get(name).or_else(|| self.arguments.get(name)).cloned())
    }

    fn set(&mut self, text: &str) {
        let pairs: Vec<_> = pairs(text).into_iter().map(|(name, value)| (name, self.expand(&value))).collect();
        self.env.extend(pairs.into_iter().filter(|(name, _)| is_name(name)));
    }

    fn command(&self, instruction: &Instruction) -> Result<Run, Refusal> {
        let (options, text) = options(&instruction.text);
        for (name, value) in options {
            // A cache is only quicker, and ours is another one.
            let harmless = match name {
                "mount" => value.split(',').any(|part| matches!(part, "type=cache" | "type=tmpfs")),
                "network" => matches!(value, "default" | "none"),
                "security" => value == "sandbox",
                _ => false,
            };
            if !harmless {
                return Err(refusal(instruction, format!("RUN --{name}={value}")));
            }
        }
        let script = Instruction { text: text.to_owned(), ..instruction.clone() }.script();
        Ok(self.line(&script))
    }

    /// What the stage's shell is given, or a list of words as it is.
    pub fn line(&self, script: &str) -> Run {
        let mut env = self.arguments.clone();
        env.extend(self.env.clone());
        let argv = program(script, &self.shell);
        Run { argv, env, workdir: self.workdir.clone(), user: self.user.clone() }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn said(instruction: &Instruction) -> String {
    format!("{} {}", instruction.name, instruction.text.lines().next().unwrap_or_default()).chars().take(200).collect()
}

fn refusal(instruction: &Instruction, what: String) -> Refusal {
    Refusal { line: instruction.line, said: said(instruction), what: what.chars().take(120).collect() }
}

/// A path seen from a folder, without `.`, `..` and double slashes.
pub fn absolute(folder: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    format!("/{}", parts.join("/"))
}
