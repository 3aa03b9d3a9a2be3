//! What a README, a Compose file, a Dockerfile and settings say about starting: hints that decide between candidates.
//! May import: serde_json, shlex, `domain/`, and within the room its siblings.
//! Next: `entry.rs` and `loaders.rs` prefer what is hinted.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::check::Technology;
use crate::domain::launch::Login;
use crate::domain::source::RepoPath;
use crate::observe::python::{self, hosts};
use crate::observe::readme::resolve;

use super::program::is_variable;
use super::{Project, compose};

/// Everything hinted, nearest source first.
#[derive(Debug, Default)]
pub struct Hints {
    /// Files that some command runs, in the order in which they are told to be run.
    pub runs: Vec<RunHint>,
    /// `FLASK_APP` by `.flaskenv`, a README or a Compose file.
    pub flask_app: Option<String>,
    pub flask_port: Option<u16>,
    /// Spiders that a README tells to run.
    pub spiders: Vec<String>,
    /// Everything that is told to be run, in the order of the telling.
    pub told: Vec<Told>,
    pub env: BTreeMap<String, String>,
    /// Users that Compose files give to databases.
    pub logins: BTreeSet<Login>,
    pub hosts: Vec<String>,
    /// `3.9` by a Dockerfile, with the file.
    pub python: Option<(String, RepoPath)>,
    /// The project's, nearest first, then those of the root that are the student's own.
    pub compose_files: Vec<RepoPath>,
    /// In the same order.
    pub dockerfiles: Vec<RepoPath>,
}

/// A command names this file, seen from this folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunHint {
    pub file: RepoPath,
    pub folder: RepoPath,
    /// What follows the file, where that is plain.
    pub arguments: Vec<String>,
}

/// Something that is told to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    File(RepoPath),
    Spider(String),
    /// A module, or a command of a framework.
    Command {
        argv: Vec<String>,
        file: RepoPath,
        folder: RepoPath,
    },
}

/// Programs that serve somebody else's application: their argument names it.
const SERVERS: [&str; 4] = ["gunicorn", "uvicorn", "waitress-serve", "hypercorn"];
/// Modules that are run for themselves, and are nobody's loader.
const MODULES: [&str; 11] = [
    "pip",
    "venv",
    "virtualenv",
    "flask",
    "streamlit",
    "scrapy",
    "uvicorn",
    "gunicorn",
    "waitress",
    "http.server",
    "pytest",
];
/// Commands of Docker whose words are names of images and containers.
const OF_IMAGES: [&str; 7] = ["build", "create", "pull", "push", "run", "start", "tag"];
/// Commands of frameworks that load nothing.
const NO_LOADERS: [&str; 16] = [
    "run",
    "runserver",
    "shell",
    "routes",
    "migrate",
    "makemigrations",
    "createsuperuser",
    "test",
    "collectstatic",
    "check",
    "startapp",
    "dbshell",
    "--app",
    "--debug",
    "--host",
    "--port",
];

impl Hints {
    /// Collects the hints of a project.
    pub fn of(project: &Project<'_>) -> Self {
        let mut hints = Self::default();
        hints.read_settings(project);
        hints.read_recipes(project);
        hints.read_procfile(project);
        hints.read_readme(project);
        hints
    }

    /// Whether some command runs a file.
    pub fn position(&self, file: &RepoPath) -> Option<usize> {
        self.runs.iter().position(|hint| hint.file == *file)
    }

    fn read_readme(&mut self, project: &Project<'_>) {
        let Some(readme) = project.readme.best.and_then(|best| project.readme.candidates.get(best)) else { return };
        let base = readme.path.parent();
        let mut folder = base.clone();
        for command in &readme.run_commands {
            let words = split_anywhere(command);
            self.learn(project, &words, &[&folder, &base, &project.scope.folder, &RepoPath::root()]);
            if let [cd, target, ..] = words.as_slice()
                && cd == "cd"
                && let Some(next) = resolve(&folder, target)
            {
                folder = next;
            }
        }
    }

    /// `web: gunicorn app:app`, `release: python load.py`: what is released runs before what serves.
    fn read_procfile(&mut self, project: &Project<'_>) {
        let found = project.scope.files().map(|entry| &entry.path).find(|path| path.name() == "Procfile");
        let Some((path, text)) = found.and_then(|path| Some((path, project.scope.tree.text(path)?))) else { return };
        let mut lines: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once(':')).collect();
        lines.sort_by_key(|(name, _)| *name == "web");
        for (_, command) in lines {
            self.learn(project, &split(command.trim()), &[&path.parent()]);
        }
    }

    fn read_recipes(&mut self, project: &Project<'_>) {
        let tree = project.scope.tree;
        let mut recipes: Vec<_> = project.scope.files().map(|entry| &entry.path).collect();
        let root = RepoPath::root();
        let at_root = tree.files(&root).filter(|entry| entry.path.depth() == 0 && tree.is_own(entry));
        recipes.extend(at_root.map(|entry| &entry.path));
        recipes.sort_by_key(|path| {
            let outside = path.below(&project.scope.folder).is_none();
            (outside, path.depth(), !is_usual(path), path.as_str().to_owned())
        });
        recipes.dedup();
        for path in recipes {
            match python::recipe(path) {
                // It is laid over another one, and says nothing by itself.
                Some(Technology::Compose) if path.name().contains(".override.") => {}
                Some(Technology::Compose) => {
                    self.read_compose(project, path);
                    self.compose_files.push(path.clone());
                }
                Some(Technology::Dockerfile) => {
                    self.read_dockerfile(project, path);
                    self.dockerfiles.push(path.clone());
                }
                _ => {}
            }
        }
    }

    fn read_compose(&mut self, project: &Project<'_>, path: &RepoPath) {
        for service in compose::read(project, path).unwrap_or_default() {
            self.logins.extend(compose::login(project, path, &service));
            self.hosts.extend(service.names);
            let Some(build) = service.build else { continue };
            let folder = resolve(&path.parent(), &build.context).unwrap_or_else(|| path.parent());
            let words: Vec<String> = service.entrypoint.into_iter().chain(service.command).flatten().collect();
            self.learn(project, &words, &[&folder, &path.parent()]);
            for (name, value) in service.env {
                self.hosts.extend(hosts::of_setting(&name, &value).into_iter().map(|address| address.host));
                self.env.entry(name).or_insert(value);
            }
        }
    }

    fn read_dockerfile(&mut self, project: &Project<'_>, path: &RepoPath) {
        let Some(text) = project.scope.tree.text(path) else { return };
        for line in text.lines().map(str::trim) {
            let (instruction, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            match instruction.to_ascii_uppercase().as_str() {
                "FROM" if self.python.is_none() => {
                    let version =
                        rest.trim().strip_prefix("python:").map(|tag| tag.split(['-', ' ']).next().unwrap_or(tag));
                    self.python = version.and_then(minor_version).map(|version| (version, path.clone()));
                }
                "CMD" | "ENTRYPOINT" => {
                    let words = serde_json::from_str::<Vec<String>>(rest.trim()).unwrap_or_else(|_| split(rest));
                    self.learn(project, &words, &[&path.parent(), &project.scope.folder]);
                }
                "ENV" => {
                    let pair = rest.split_once('=').or_else(|| rest.split_once(' '));
                    if let Some((name, value)) = pair.filter(|(name, value)| is_plain(name, value)) {
                        self.set(name.trim(), value.trim().trim_matches('"'));
                    }
                }
                _ => {}
            }
        }
    }

    fn read_settings(&mut self, project: &Project<'_>) {
        let named = |path: &RepoPath| matches!(path.name(), ".flaskenv" | ".env");
        let files: Vec<_> = project.scope.files().map(|entry| &entry.path).filter(|path| named(path)).collect();
        for path in files {
            let Some(text) = project.scope.tree.text(path) else { continue };
            for (name, value) in settings(&text) {
                let (name, value) = (name.as_str(), value.as_str());
                self.hosts.extend(hosts::of_setting(name, value).into_iter().map(|address| address.host));
                // The rest is for the program's own loader of settings: it reads the file itself.
                if name.starts_with("FLASK_") {
                    self.set(name, value);
                }
            }
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "FLASK_APP" => {
                self.flask_app.get_or_insert_with(|| value.to_owned());
            }
            "FLASK_RUN_PORT" => self.flask_port = self.flask_port.or_else(|| value.parse().ok()),
            // Where it listens and whether it reloads is the sandbox's business.
            "FLASK_RUN_HOST" | "FLASK_DEBUG" | "PATH" | "PYTHONPATH" => {}
            _ if is_variable(name) => {
                self.env.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
            _ => {}
        }
    }

    /// Learns from one command: which Python file it runs, what `FLASK_APP` it sets, which spider it starts.
    fn learn(&mut self, project: &Project<'_>, words: &[String], folders: &[&RepoPath]) {
        let named = |name: &str| words.iter().any(|word| word == name);
        // What Docker makes or starts may have any name.
        let mut pairs = words.iter().zip(words.iter().skip(1));
        let names_images = pairs.any(|(one, next)| one == "docker" && OF_IMAGES.contains(&next.as_str()));
        for (index, word) in words.iter().enumerate() {
            let rest = words.get(index + 1..).unwrap_or_default();
            let next = rest.first().map(String::as_str);
            if let Some((_, app)) = word.split_once("FLASK_APP=") {
                self.flask_app.get_or_insert_with(|| app.trim_matches(['"', '\'']).to_owned());
            } else if word == "--app" && named("flask") {
                self.flask_app = self.flask_app.take().or_else(|| next.map(str::to_owned));
            } else if word == "crawl" {
                self.spiders.extend(next.map(str::to_owned));
                self.told.extend(next.map(|spider| Told::Spider(spider.to_owned())));
            } else if word.to_lowercase().ends_with(".py") {
                self.learn_file(project, word, rest, folders);
            } else if SERVERS.contains(&word.as_str()) {
                let target = rest.iter().find_map(|word| module(project, word.split_once(':')?.0, folders));
                self.runs.extend(target.map(|(file, folder)| RunHint { file, folder, arguments: Vec::new() }));
            } else if word == "-m" && !next.is_none_or(|name| MODULES.contains(&name)) {
                self.learn_module(project, rest, folders);
            } else if word == "flask"
                && !names_images
                && next.is_some_and(|name| !NO_LOADERS.contains(&name))
                && is_plainly(rest)
            {
                let argv = ["python", "-m", "flask"].map(str::to_owned).into_iter().chain(rest.to_vec()).collect();
                let folder = folders.first().map(|folder| (*folder).clone()).unwrap_or_default();
                self.told.push(Told::Command { argv, file: folder.clone(), folder });
            }
        }
    }

    fn learn_file(&mut self, project: &Project<'_>, word: &str, rest: &[String], folders: &[&RepoPath]) {
        let found = folders.iter().find_map(|folder| {
            let file = resolve(folder, word)?;
            project.code.script(&file).map(|_| (file, (*folder).clone()))
        });
        // Otherwise a file of that name, wherever it is alone with it.
        let Some((file, folder)) = found.or_else(|| only_file_named(project, word)) else { return };
        if !project.holds(&folder) {
            return;
        }
        let arguments = if is_plainly(rest) { rest.to_vec() } else { Vec::new() };
        if file.name() == "manage.py" {
            // Django's own program: what it is asked to do is the point.
            if rest.first().is_some_and(|name| !NO_LOADERS.contains(&name.as_str())) && !arguments.is_empty() {
                let argv = ["python", "manage.py"].map(str::to_owned).into_iter().chain(arguments).collect();
                self.told.push(Told::Command { argv, file: file.clone(), folder: file.parent() });
            }
            self.runs.push(RunHint { file, folder, arguments: Vec::new() });
            return;
        }
        self.told.push(Told::File(file.clone()));
        self.runs.push(RunHint { file, folder, arguments });
    }

    fn learn_module(&mut self, project: &Project<'_>, rest: &[String], folders: &[&RepoPath]) {
        let Some((name, arguments)) = rest.split_first() else { return };
        let Some((file, folder)) = module(project, name, folders).filter(|(_, folder)| project.holds(folder)) else {
            return;
        };
        let arguments = if is_plainly(arguments) { arguments } else { &[] };
        let argv = ["python", "-m", name].map(str::to_owned).into_iter().chain(arguments.to_vec()).collect();
        self.told.push(Told::Command { argv, file: file.clone(), folder: folder.clone() });
        self.runs.push(RunHint { file, folder, arguments: arguments.to_vec() });
    }
}

/// The file of a dotted module, and the folder that it is found from.
fn module(project: &Project<'_>, name: &str, folders: &[&RepoPath]) -> Option<(RepoPath, RepoPath)> {
    let path = name.trim_end_matches(".py").replace('.', "/");
    let candidates = [format!("{path}.py"), format!("{path}/__main__.py"), format!("{path}/__init__.py")];
    folders.iter().find_map(|folder| {
        let files = candidates.iter().filter_map(|path| resolve(folder, path));
        let file = files.into_iter().find(|file| project.code.script(file).is_some())?;
        Some((file, (*folder).clone()))
    })
}

/// Arguments that mean the same without a shell, and stand for themselves.
fn is_plainly(words: &[String]) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '=' | ':' | ',' | '+' | '@');
    words.iter().all(|word| word.chars().all(plain))
}

/// A command's words; a backslash between letters is a path of Windows and no escape.
fn split_anywhere(command: &str) -> Vec<String> {
    let chars: Vec<char> = command.chars().collect();
    let between = |index: usize| {
        let is_name = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
        is_name(index.checked_sub(1).and_then(|before| chars.get(before))) && is_name(chars.get(index + 1))
    };
    let turned = chars.iter().enumerate().map(|(index, c)| if *c == '\\' && between(index) { '/' } else { *c });
    split(&turned.collect::<String>())
}

/// The names that Docker looks for by itself.
fn is_usual(path: &RepoPath) -> bool {
    let usual = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "Dockerfile"];
    usual.contains(&path.name())
}

/// `NAME=value` lines of a file of settings.
pub fn settings(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(|line| line.trim().trim_start_matches("export "));
    let pairs = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned())).collect()
}

fn only_file_named(project: &Project<'_>, word: &str) -> Option<(RepoPath, RepoPath)> {
    let name = word.rsplit(['/', '\\']).next()?;
    let mut named = project.code.scripts.iter().filter(|script| script.path.name() == name);
    let only = named.next().filter(|_| named.next().is_none())?;
    Some((only.path.clone(), only.path.parent()))
}

fn is_plain(name: &str, value: &str) -> bool {
    !name.trim().is_empty()
        && !value.contains('$')
        && name.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `3.9` of `3.9.7`; `None` for anything that is no Python 3.
pub fn minor_version(text: &str) -> Option<String> {
    let mut parts = text.trim().split('.');
    let major = parts.next().filter(|major| *major == "3")?;
    let minor: u8 = parts.next()?.trim_end_matches(['*', 'x']).parse().ok()?;
    Some(format!("{major}.{minor}"))
}

/// A command's words, as a shell splits them; by blanks where the quotes do not close.
pub fn split(command: &str) -> Vec<String> {
    shlex::split(command).unwrap_or_else(|| command.split_whitespace().map(str::to_owned).collect())
}
