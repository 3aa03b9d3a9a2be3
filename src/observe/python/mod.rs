//! The Python of a project: every file read by parsing, and what they say together.
//! May import: ruff, `domain/`, and within the room `project` and `tree`.
//! Next: `script.rs` for one file, `launch/` for what is started.

pub mod hosts;
pub mod known;
pub mod names;
mod other;
pub mod parse;
pub mod script;
pub mod secrets;
mod signs;
pub mod stdlib;
mod stores;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::check::Technology;
use crate::domain::facts::inspection::{
    ClientFacts, CodeFacts, CollectionNameFacts, NewerPythonFacts, RouteFacts, SecretFacts, SyntaxErrorFacts,
};
use crate::domain::source::RepoPath;

use super::project::Scope;
pub use names::Import;
pub use script::Script;

/// Python files of one project that are read.
const MAX_FILES: usize = 2_000;
/// Errors and secrets named one by one.
const MAX_NAMED: usize = 50;

/// All Python files of a project.
pub struct Reading {
    /// Sorted by path.
    pub scripts: Vec<Script>,
    /// Every file of the project, to find modules by.
    files: BTreeSet<RepoPath>,
    folder: RepoPath,
}

impl Reading {
    /// Reads the Python files of a project.
    pub fn of(scope: &Scope<'_>) -> Self {
        let files: BTreeSet<RepoPath> = scope.files().map(|entry| entry.path.clone()).collect();
        let python = files.iter().filter(|path| matches!(path.extension().as_str(), "py" | "pyw")).take(MAX_FILES);
        let texts: Vec<_> = python.filter_map(|path| Some((path.clone(), scope.tree.text(path)?))).collect();
        let read = || texts.into_iter().map(|(path, text)| Script::read(path, &text)).collect();
        let scripts = parse::with_deep_stack(read).unwrap_or_default();
        Self { scripts, files, folder: scope.folder.clone() }
    }

    /// The script at a path.
    pub fn script(&self, path: &RepoPath) -> Option<&Script> {
        self.scripts.iter().find(|script| script.path == *path)
    }

    /// The folder from which an import of a script is found, and the files that it brings; `None` for a module from outside.
    pub fn resolve(&self, script: &RepoPath, import: &Import) -> Option<(RepoPath, Vec<RepoPath>)> {
        let mut base = script.parent();
        if import.level > 0 {
            for _ in 1..import.level {
                base = base.parent();
            }
            return Some((base.clone(), self.module_files(&base, import)));
        }
        loop {
            let files = self.module_files(&base, import);
            if !files.is_empty() {
                return Some((base, files));
            }
            if base == self.folder || base.as_str().is_empty() {
                return None;
            }
            base = base.parent();
        }
    }

    /// Whether an import is found from a folder.
    pub fn resolves_from(&self, base: &RepoPath, import: &Import) -> bool {
        !self.module_files(base, import).is_empty()
    }

    fn module_files(&self, base: &RepoPath, import: &Import) -> Vec<RepoPath> {
        let mut found = Vec::new();
        let mut folder = base.clone();
        for part in import.module.split('.').filter(|part| !part.is_empty()) {
            let Some(next) = folder.join(part) else { return Vec::new() };
            found.extend(self.file_of(&next));
            folder = next;
        }
        found.extend(import.names.iter().filter_map(|name| folder.join(name)).filter_map(|path| self.file_of(&path)));
        found
    }

    /// `a/b.py` or `a/b/__init__.py` for `a/b`.
    fn file_of(&self, module: &RepoPath) -> Option<RepoPath> {
        let file = RepoPath::parse(&format!("{}.py", module.as_str())).filter(|path| self.files.contains(path));
        file.or_else(|| module.join("__init__.py").filter(|path| self.files.contains(path)))
    }

    /// Every file that a script brings in, directly or not, itself left out.
    pub fn closure(&self, script: &Script) -> BTreeSet<RepoPath> {
        let mut seen = BTreeSet::new();
        let mut queue = vec![script.path.clone()];
        while let Some(path) = queue.pop() {
            let Some(script) = self.script(&path) else { continue };
            let imports = script.imports.iter().filter_map(|(_, import)| self.resolve(&path, import));
            for file in imports.flat_map(|(_, files)| files) {
                if seen.insert(file.clone()) {
                    queue.push(file);
                }
            }
        }
        seen.remove(&script.path);
        seen
    }

    /// Dotted modules from outside the project and the standard library that some of the scripts import.
    pub fn outside_imports<'r>(&self, scripts: impl Iterator<Item = &'r Script>) -> BTreeSet<String> {
        let mut outside = BTreeSet::new();
        for script in scripts {
            for (_, import) in &script.imports {
                let top = import.module.split('.').next().unwrap_or_default();
                let is_outside = import.level == 0 && !top.is_empty() && !stdlib::is_standard(top);
                if is_outside && self.resolve(&script.path, import).is_none() {
                    outside.insert(import.module.clone());
                }
            }
        }
        outside
    }

    /// Whether a script starts a web server when it is run.
    pub fn serves(&self, script: &Script) -> bool {
        script.serves.iter().any(|call| self.is_served(script, &call.variable))
            || script
                .objects
                .iter()
                .any(|object| matches!(object.technology, Technology::Streamlit | Technology::Django))
    }

    /// Whether a variable that is run holds a web application, and not a thread or a process.
    pub fn is_served(&self, script: &Script, variable: &str) -> bool {
        if variable.is_empty() || script.objects.iter().any(|object| object.variable == variable) {
            return true;
        }
        let imported_here = |name: &str| {
            script.imports.iter().any(|(_, import)| {
                let brings = import.names.iter().any(|known| known == name) || import.module == name;
                brings && self.resolve(&script.path, import).is_some()
            })
        };
        let builds = script.names_built.get(variable).map_or(variable, String::as_str);
        let last = builds.rsplit('.').next().unwrap_or(builds);
        let by_factory = script.factories.iter().any(|factory| factory == last);
        let by_socket = builds.ends_with("SocketIO");
        by_factory || by_socket || ((imported_here(variable) || imported_here(last)) && self.has_web_object())
    }

    fn has_web_object(&self) -> bool {
        self.scripts.iter().any(|script| !script.objects.is_empty())
    }

    /// What the facts say of the code.
    pub fn facts(&self, scope: &Scope<'_>) -> CodeFacts {
        let mut technologies: BTreeMap<Technology, String> = BTreeMap::new();
        for script in &self.scripts {
            for (technology, line) in &script.uses {
                technologies.entry(*technology).or_insert_with(|| place(&script.path, *line));
            }
        }
        if let Some(shown) = self.real_time_scraping() {
            technologies.insert(Technology::RealTimeScraping, shown);
        }
        let mut secrets: Vec<SecretFacts> = Vec::new();
        for script in &self.scripts {
            let found = script.secrets.iter().map(|(line, kind)| secret(&script.path, *line, kind));
            secrets.extend(found);
        }
        for (technology, shown) in other::read(scope, &mut secrets) {
            let scrapes =
                technology != Technology::RealTimeScraping || technologies.contains_key(&Technology::Scraping);
            if scrapes {
                technologies.entry(technology).or_insert(shown);
            }
        }
        secrets.sort_by(|a, b| (&a.path, a.line, &a.kind).cmp(&(&b.path, b.line, &b.kind)));
        secrets.dedup();
        secrets.truncate(MAX_NAMED);
        let outside = self.outside_imports(self.scripts.iter());
        let tops = outside.iter().filter_map(|module| module.split('.').next()).collect::<BTreeSet<_>>();
        CodeFacts {
            python_files: u32::try_from(self.scripts.len()).unwrap_or(u32::MAX),
            lines: self.scripts.iter().map(|script| script.lines).fold(0, u32::saturating_add),
            imports: tops.into_iter().map(str::to_owned).collect(),
            technologies,
            syntax_errors: self.syntax_errors(),
            secrets,
            newer_python: self.newer_python(),
            routes: self.routes(),
            clients: self.clients(),
            collections: self.collections(),
        }
    }

    fn newer_python(&self) -> Vec<NewerPythonFacts> {
        let newer = self.scripts.iter().filter_map(|script| Some((script, script.newer_at?)));
        let facts = newer.map(|(script, line)| NewerPythonFacts {
            path: script.path.clone(),
            line,
            python: script.oldest_python.to_string(),
        });
        facts.take(MAX_NAMED).collect()
    }

    fn routes(&self) -> Vec<RouteFacts> {
        let routes = self.scripts.iter().flat_map(|script| script.reaches.routes.iter().map(move |one| (script, one)));
        let facts = routes.map(|(script, (line, route))| RouteFacts {
            rule: route.rule.clone(),
            methods: route.methods.clone(),
            place: place(&script.path, *line),
        });
        facts.take(MAX_NAMED).collect()
    }

    fn clients(&self) -> Vec<ClientFacts> {
        let clients =
            self.scripts.iter().flat_map(|script| script.reaches.clients.iter().map(move |one| (script, one)));
        let facts = clients.map(|(script, (line, technology, hosts))| ClientFacts {
            technology: *technology,
            hosts: hosts.clone(),
            place: place(&script.path, *line),
        });
        facts.take(MAX_NAMED).collect()
    }

    fn collections(&self) -> Vec<CollectionNameFacts> {
        let mut seen = BTreeSet::new();
        let names = self.scripts.iter().flat_map(|script| script.reaches.names.iter().map(move |one| (script, one)));
        let first = names.filter(|(_, (_, technology, name))| seen.insert((*technology, name.as_str())));
        let facts = first.map(|(script, (line, technology, name))| CollectionNameFacts {
            technology: *technology,
            name: name.clone(),
            place: place(&script.path, *line),
        });
        facts.take(MAX_NAMED).collect()
    }

    fn syntax_errors(&self) -> Vec<SyntaxErrorFacts> {
        let errors = self.scripts.iter().filter_map(|script| Some((script, script.error.as_ref()?)));
        let facts = errors.map(|(script, error)| SyntaxErrorFacts {
            path: script.path.clone(),
            line: error.line,
            message: error.message.clone(),
            python2: error.python2,
        });
        facts.take(MAX_NAMED).collect()
    }

    /// Where the application itself scrapes: through a module that it imports, a spider that it starts, or on a schedule.
    fn real_time_scraping(&self) -> Option<String> {
        let scrapes = |script: &Script| script.uses.get(&Technology::Scraping).copied();
        let any_scraping = self.scripts.iter().any(|script| scrapes(script).is_some());
        let web = self.scripts.iter().filter(|script| !script.objects.is_empty());
        for script in web {
            if let Some(line) = script.triggers_crawl.or(scrapes(script)).or(self.starts_a_scraper(script)) {
                return Some(place(&script.path, line));
            }
            for path in self.closure(script) {
                let Some(imported) = self.script(&path) else { continue };
                if let Some(line) = imported.triggers_crawl.or(scrapes(imported)).or(self.starts_a_scraper(imported)) {
                    return Some(place(&path, line));
                }
            }
        }
        let scheduled = self.scripts.iter().filter_map(|script| Some((script, script.schedules?)));
        let repeated = self.scripts.iter().filter(|script| self.is_scraper(script));
        let repeated = repeated.filter_map(|script| Some((script, script.repeats?)));
        let (script, line) = scheduled.chain(repeated).next().filter(|_| any_scraping)?;
        Some(place(&script.path, line))
    }

    /// Whether a script scrapes, itself or through what it imports.
    fn is_scraper(&self, script: &Script) -> bool {
        let scrapes =
            |script: &Script| script.uses.contains_key(&Technology::Scraping) || script.triggers_crawl.is_some();
        scrapes(script) || self.closure(script).iter().filter_map(|path| self.script(path)).any(scrapes)
    }

    /// The line where a script starts another one of the project that scrapes.
    fn starts_a_scraper(&self, script: &Script) -> Option<u32> {
        let scrapes = |file: &str| self.scripts.iter().any(|other| other.path.name() == file && self.is_scraper(other));
        script.starts.iter().find(|(_, file)| scrapes(file)).map(|(line, _)| *line)
    }
}

fn place(path: &RepoPath, line: u32) -> String {
    format!("{path}:{line}")
}

fn secret(path: &RepoPath, line: u32, kind: &str) -> SecretFacts {
    SecretFacts { path: path.clone(), line, kind: kind.to_owned() }
}

/// Which recipe a file is by its name.
pub fn recipe(path: &RepoPath) -> Option<Technology> {
    let name = path.name().to_lowercase();
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    if is_yaml
        && (name.starts_with("docker-compose") || name.starts_with("compose") || name.starts_with("docker_compose"))
    {
        Some(Technology::Compose)
    } else if (name == "dockerfile"
        || ["dockerfile.", "dockerfile_", "dockerfile-"].iter().any(|start| name.starts_with(start))
        || name.ends_with(".dockerfile"))
        && !name.ends_with(".dockerignore")
    {
        Some(Technology::Dockerfile)
    } else {
        None
    }
}
