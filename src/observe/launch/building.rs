//! The plan of a build: which files it sees, which images stand for those that it names, and why one is not built at all.
//! May import: `dockerfile`, `domain/`, and within the room its siblings.
//! Next: `sandbox/build/` carries it out; `dockerfile/` is what holds where that does not work out.

use std::collections::BTreeMap;

use crate::dockerfile::{Instruction, options};
use crate::domain::Message;
use crate::domain::build::{BaseImage, Build, BuildContext};
use crate::domain::course::Dockerfiles;
use crate::domain::source::RepoPath;

use super::Project;
use super::dockerfile::{Recipe, Wanted};
use super::shell;

/// Installers of systems that none of the course's images is.
const OTHER_SYSTEMS: [&str; 7] = ["apk", "yum", "dnf", "microdnf", "pacman", "zypper", "emerge"];

/// A build, before its command is known.
#[derive(Debug, Clone)]
pub struct Draft {
    file: RepoPath,
    text: String,
    target: Option<String>,
    arguments: BTreeMap<String, String>,
    images: BTreeMap<String, BaseImage>,
    context: BuildContext,
    too_large: Option<u64>,
}

/// What was read of a file that could be built.
pub struct Readable<'r> {
    pub file: &'r RepoPath,
    pub text: String,
    pub images: BTreeMap<String, BaseImage>,
    /// Why it is not built.
    pub against: Option<Message>,
}

/// The draft of a build; `None` where the course builds none. The reason where this one is not built.
pub fn draft(project: &Project<'_>, wanted: &Wanted<'_>, readable: Readable<'_>) -> Result<Option<Draft>, Message> {
    let Readable { file, text, images, against } = readable;
    if project.sandbox.dockerfiles == Dockerfiles::Read {
        return Ok(None);
    }
    if let Some(reason) = against {
        return Err(reason);
    }
    let (home, seen) = (&project.scope.folder, &wanted.context);
    let (below, above) = if project.holds(seen) {
        (project.local(seen), RepoPath::root())
    } else if seen.as_str().is_empty() {
        (RepoPath::root(), home.clone())
    } else {
        let outside = || Message::new("launch-build-outside").with("file", file).with("source", seen).with("line", 1);
        (RepoPath::root(), home.below(seen).ok_or_else(outside)?)
    };
    let named = [RepoPath::parse(&format!("{file}.dockerignore")), seen.join(".dockerignore")];
    let ignored = named.into_iter().flatten().find_map(|path| project.scope.tree.text(&path)).unwrap_or_default();
    Ok(Some(Draft {
        file: file.clone(),
        text,
        target: wanted.target.map(str::to_owned),
        arguments: wanted.arguments.clone(),
        images,
        context: BuildContext { below, above, ignored },
        too_large: too_large(project),
    }))
}

/// The draft of an image that the course gives, as it is.
pub fn of_image(project: &Project<'_>, file: &RepoPath, written: &str, reference: &str) -> Draft {
    let image = BaseImage::Image { reference: reference.to_owned() };
    Draft {
        file: file.clone(),
        text: format!("FROM {written}\n"),
        target: None,
        arguments: BTreeMap::new(),
        images: [(written.to_owned(), image)].into(),
        context: BuildContext::default(),
        too_large: too_large(project),
    }
}

/// Mebibytes of the project, where that is more than is copied of one.
fn too_large(project: &Project<'_>) -> Option<u64> {
    let unknown = u64::from(project.sandbox.max_file_mib) << 20;
    let bytes: u64 = project.scope.files().map(|entry| entry.size.unwrap_or(unknown)).sum();
    let mebibytes = bytes >> 20;
    (mebibytes > project.sandbox.max_project_mib.into()).then_some(mebibytes)
}

/// The build of a recipe, where there is one; what holds only without it becomes a reason where there is none.
pub fn of(project: &Project<'_>, recipe: &mut Recipe, last: &[String]) -> Option<Build> {
    let instead = std::mem::take(&mut recipe.instead);
    let draft = recipe.draft.take().and_then(|draft| match recipe.files.built_layout(project) {
        Some(layout) => Some((draft, layout)),
        None => {
            recipe.reasons.push(Message::new("launch-build-at-root").with("file", &recipe.file));
            None
        }
    });
    let Some((draft, layout)) = draft else {
        recipe.reasons.extend(instead);
        return None;
    };
    recipe.reasons.push(Message::new("launch-built").with("file", &draft.file));
    if has_syntax(&draft.text) {
        recipe.reasons.push(Message::new("launch-build-syntax").with("file", &draft.file));
    }
    Some(Build {
        file: draft.file,
        text: draft.text,
        target: draft.target,
        arguments: draft.arguments,
        images: draft.images,
        context: draft.context,
        last: last.to_vec(),
        layout,
        env: recipe.over.clone(),
        too_large: draft.too_large,
        instead,
    })
}

/// A `# syntax=` line asks for another reader of the file, which would be an image from outside.
fn has_syntax(text: &str) -> bool {
    let comments = text.lines().map(str::trim).take_while(|line| line.starts_with('#'));
    let mut words = comments.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    words.any(|line| line.strip_prefix("syntax").is_some_and(|rest| rest.trim_start().starts_with('=')))
}

/// Why an instruction keeps its file from being built.
pub fn refused(file: &RepoPath, instruction: &Instruction, images: &BTreeMap<String, BaseImage>) -> Option<Message> {
    let reason = |key: &'static str, what: String| {
        let what: String = what.chars().take(120).collect();
        Some(Message::new(key).with("file", file).with("line", instruction.line).with("what", what))
    };
    let (options, text) = options(&instruction.text);
    match instruction.name.as_str() {
        "RUN" => {
            let asks = options.iter().find(|(name, value)| match *name {
                "mount" => !value.split(',').any(|part| matches!(part, "type=cache" | "type=tmpfs")),
                "network" => !matches!(*value, "default" | "none"),
                "security" => *value != "sandbox",
                _ => true,
            });
            if let Some((name, value)) = asks {
                return reason("launch-build-refused", format!("RUN --{name}={value}"));
            }
            let all_ours = images.values().all(|image| matches!(image, BaseImage::Python { .. }));
            let commands = shell::commands(text);
            let mut programs = commands.iter().filter_map(|command| command.words().into_iter().next());
            let other = programs.find(|word| all_ours && OTHER_SYSTEMS.contains(&word.as_str()));
            other.and_then(|word| reason("launch-build-other-system", word))
        }
        "ADD" | "COPY" => {
            let elsewhere = crate::dockerfile::words(text);
            let elsewhere = elsewhere.iter().find(|word| word.contains("://") || word.starts_with("git@"));
            if let Some(address) = elsewhere {
                return reason("launch-build-refused", format!("{} {address}", instruction.name));
            }
            let unknown = options.iter().find(|(name, _)| !matches!(*name, "from" | "chown" | "chmod" | "link"));
            let heredoc = instruction.heredoc.as_ref().map(|_| format!("{} <<", instruction.name));
            let what = unknown.map(|(name, _)| format!("{} --{name}", instruction.name)).or(heredoc)?;
            reason("launch-build-refused", what)
        }
        _ => None,
    }
}
