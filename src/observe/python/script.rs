//! One Python file, read by parsing: what it builds, serves, reaches, fetches and imports.
//! May import: ruff, `domain/`, and its siblings.
//! Next: `walk.rs` for the calls and classes, `mod.rs` puts the files of a project together.

use std::collections::{BTreeMap, HashMap};

use ruff_python_ast::{PythonVersion, Stmt};

use crate::domain::check::Technology;
use crate::domain::message::Message;
use crate::domain::source::RepoPath;

use super::hosts::Address;
use super::names::{Import, Names};
use super::stores::{self, Reaches};
use super::{known, parse, secrets, signs, walk};

/// What every machine of a class has; newer syntax is told (the default course runs on it).
const NEWEST_COMMON: PythonVersion = PythonVersion::PY311;

/// What one file says.
#[derive(Debug, Clone)]
pub struct Script {
    /// From the repository's root.
    pub path: RepoPath,
    pub lines: u32,
    /// With the line of each.
    pub imports: Vec<(u32, Import)>,
    /// Web applications that the file builds.
    pub objects: Vec<WebObject>,
    /// Functions that build one and return it.
    pub factories: Vec<String>,
    /// Calls that would start a server.
    pub serves: Vec<ServeCall>,
    /// Hosts and ports that its database clients name.
    pub addresses: Vec<Address>,
    /// What is used, with the first line that shows it.
    pub uses: BTreeMap<Technology, u32>,
    /// Calls that put something into a database.
    pub writes: bool,
    /// Calls that do so where the object is a database's: `set`, `save`, `index`.
    pub(super) writes_maybe: bool,
    /// Names of Scrapy spiders.
    pub spiders: Vec<String>,
    pub fetches: Option<u32>,
    pub parses_html: bool,
    /// Starts a spider from Python, or work on a schedule.
    pub triggers_crawl: Option<u32>,
    pub schedules: Option<u32>,
    /// A loop that never ends and rests between its rounds.
    pub repeats: Option<u32>,
    /// Python files that it starts as programs of their own, by name.
    pub starts: Vec<(u32, String)>,
    /// Texts that look like names of data files beside the program.
    pub data_files: Vec<String>,
    pub secrets: Vec<(u32, &'static str)>,
    /// For the teacher to look at.
    pub signs: Vec<(u32, Message)>,
    /// Variables that hold what a call returned, with the qualified name of what was called.
    pub names_built: HashMap<String, String>,
    pub main_guard: bool,
    /// Whether anything happens when the file is run, beyond definitions.
    pub acts: bool,
    pub oldest_python: PythonVersion,
    /// The first line that needs it, where that is a newer one than the course's own.
    pub newer_at: Option<u32>,
    /// Routes, clients and collections.
    pub reaches: Reaches,
    pub error: Option<SyntaxError>,
}

/// A web application object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebObject {
    pub technology: Technology,
    /// The variable that holds it; empty where there is none.
    pub variable: String,
    /// It is built inside this function.
    pub function: Option<String>,
}

/// A call that would start a server: `app.run(…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeCall {
    /// What is run: a variable, or empty where the call itself says that it serves (`uvicorn.run`).
    pub variable: String,
    pub host: Option<String>,
    pub port: Option<u16>,
}

/// Where a file stops being Python 3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub line: u32,
    pub message: String,
    pub python2: bool,
}

impl Script {
    /// Reads one file. Call it within `parse::with_deep_stack`.
    pub fn read(path: RepoPath, source: &str) -> Self {
        let lines = Lines::of(source);
        let mut script = Self::empty(path, u32::try_from(source.lines().count()).unwrap_or(u32::MAX));
        match parse::module(source) {
            Err(error) => {
                script.error = Some(SyntaxError {
                    line: lines.at(error.offset),
                    message: error.message,
                    python2: is_python2(source),
                });
                let secret = |line: &str| secrets::in_text(line).or_else(|| secrets::in_line(line));
                script.secrets = (1..).zip(source.lines()).filter_map(|(at, line)| Some((at, secret(line)?))).collect();
            }
            Ok(parsed) => {
                script.oldest_python = parse::oldest_python(source, &parsed);
                if script.oldest_python > NEWEST_COMMON {
                    let at = parse::first_that_needs(source, script.oldest_python);
                    script.newer_at = Some(lines.at(at.unwrap_or_default()));
                }
                let names = Names::of(&parsed.syntax().body);
                script.reaches = stores::of(&parsed.syntax().body, &names, &lines);
                script.acts = parsed.syntax().body.iter().any(acts);
                walk::over(&parsed.syntax().body, &mut script, &names, &lines);
                let line = |import: Import| (lines.at(import.offset), import);
                script.imports = names.imports.into_iter().map(line).collect();
                script.names_built = names.built;
                script.conclude();
                script.signs = signs::of(&parsed.syntax().body, &lines);
            }
        }
        script
    }

    fn empty(path: RepoPath, lines: u32) -> Self {
        Self {
            path,
            lines,
            imports: Vec::new(),
            objects: Vec::new(),
            factories: Vec::new(),
            serves: Vec::new(),
            addresses: Vec::new(),
            uses: BTreeMap::new(),
            writes: false,
            writes_maybe: false,
            spiders: Vec::new(),
            fetches: None,
            parses_html: false,
            triggers_crawl: None,
            schedules: None,
            repeats: None,
            starts: Vec::new(),
            data_files: Vec::new(),
            secrets: Vec::new(),
            signs: Vec::new(),
            names_built: HashMap::new(),
            main_guard: false,
            acts: false,
            oldest_python: PythonVersion::PY37,
            newer_at: None,
            reaches: Reaches::default(),
            error: None,
        }
    }

    /// What follows from the imports and the calls together.
    fn conclude(&mut self) {
        for (line, import) in &self.imports {
            let top = import.module.split('.').next().unwrap_or_default();
            if known::CHARTS.contains(&top) {
                self.uses.entry(Technology::Charts).or_insert(*line);
            }
            self.parses_html |= known::HTML_PARSERS.contains(&top);
        }
        if let (Some(line), true) = (self.fetches, self.parses_html) {
            self.uses.entry(Technology::Scraping).or_insert(line);
        }
        self.writes |= self.writes_maybe && !self.uses_databases().is_empty();
    }

    /// Databases that the file reaches by itself.
    pub fn uses_databases(&self) -> Vec<Technology> {
        use Technology::{Elasticsearch, Mongodb, Redis, Sql};
        [Mongodb, Redis, Elasticsearch, Sql].into_iter().filter(|database| self.uses.contains_key(database)).collect()
    }
}

/// Line numbers of byte offsets.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(source: &str) -> Self {
        Self(source.match_indices('\n').map(|(at, _)| at).collect())
    }

    pub(super) fn at(&self, offset: usize) -> u32 {
        u32::try_from(self.0.partition_point(|&newline| newline < offset) + 1).unwrap_or(u32::MAX)
    }
}

/// Statements that do something when a file is run.
fn acts(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Expr(expr) => !expr.value.is_literal_expr(),
        Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::If(_) | Stmt::Try(_) => true,
        _ => false,
    }
}

fn is_python2(source: &str) -> bool {
    source.lines().map(str::trim).any(|line| {
        let print =
            line.strip_prefix("print ").is_some_and(|rest| !rest.trim_start().starts_with(['(', '=', '.', ',']));
        let except = line.starts_with("except ") && line.contains(", ") && !line.contains('(') && line.ends_with(':');
        print || except || line.starts_with("exec \"") || line.starts_with("raise ") && line.contains(", \"")
    })
}
