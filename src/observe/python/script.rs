//! One Python file, read by parsing: what it builds, serves, reaches, fetches and imports.
//! May import: ruff, `domain/`, and its siblings `names`, `parse` and `secrets`.
//! Next: `mod.rs` puts the files of a project together.

use std::collections::{BTreeMap, HashMap};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, PythonVersion, Stmt};
use ruff_text_size::Ranged;

use crate::domain::message::Message;
use crate::domain::rubric::Technology;
use crate::domain::source::RepoPath;

use super::hosts::{self, Address};
use super::names::{Import, Names};
use super::{known, parse, secrets, signs};

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
    writes_maybe: bool,
    /// Names of Scrapy spiders.
    pub spiders: Vec<String>,
    pub fetches: Option<u32>,
    pub parses_html: bool,
    /// Starts a spider from Python, or work on a schedule.
    pub triggers_crawl: Option<u32>,
    pub schedules: Option<u32>,
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
            }
            Ok(parsed) => {
                script.oldest_python = parse::oldest_python(source, &parsed);
                let names = Names::of(&parsed.syntax().body);
                script.acts = parsed.syntax().body.iter().any(acts);
                let mut walk = Walk { script: &mut script, names: &names, lines: &lines, functions: Vec::new() };
                walk.visit_body(&parsed.syntax().body);
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
            data_files: Vec::new(),
            secrets: Vec::new(),
            signs: Vec::new(),
            names_built: HashMap::new(),
            main_guard: false,
            acts: false,
            oldest_python: PythonVersion::PY37,
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
            if known::SCHEDULERS.contains(&top) {
                self.schedules.get_or_insert(*line);
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

/// The walk over one file.
struct Walk<'s> {
    script: &'s mut Script,
    names: &'s Names,
    lines: &'s Lines,
    functions: Vec<String>,
}

impl Walk<'_> {
    fn line(&self, node: &impl Ranged) -> u32 {
        self.lines.at(node.start().to_usize())
    }

    fn uses(&mut self, technology: Technology, line: u32) {
        self.script.uses.entry(technology).or_insert(line);
    }

    fn call(&mut self, call: &ExprCall) {
        let line = self.line(call);
        if let Some(name) = self.names.qualified(&call.func) {
            self.named_call(&name, call, line);
        }
        if let Expr::Attribute(attribute) = call.func.as_ref() {
            let method = attribute.attr.as_str();
            self.script.writes |= known::WRITES.contains(&method);
            self.script.writes_maybe |= known::WRITES_OF_A_CLIENT.contains(&method);
            if matches!(method, "run" | "run_server") {
                self.serve_call(&attribute.value, call);
            }
        }
    }

    fn named_call(&mut self, name: &str, call: &ExprCall, line: u32) {
        if let Some(technology) = known::web_object(name) {
            self.uses(technology, line);
            self.web_object(technology, String::new());
        }
        if let Some((technology, _)) = known::client(name) {
            self.uses(technology, line);
            let found = hosts::of_call(technology, call, self.names);
            self.script.addresses.extend(found);
        }
        if known::FETCHES.iter().any(|known| name.starts_with(known)) {
            self.script.fetches.get_or_insert(line);
        }
        if name.starts_with("selenium.webdriver.") {
            self.uses(Technology::Selenium, line);
            self.uses(Technology::Scraping, line);
        }
        if known::SERVERS.contains(&name) {
            let (host, port) = self.listens(call);
            self.script.serves.push(ServeCall { variable: String::new(), host, port });
        }
        if known::CRAWLERS.iter().any(|known| name.ends_with(known)) || self.runs_scrapy(name, call) {
            self.script.triggers_crawl.get_or_insert(line);
        }
        if name == "threading.Timer" {
            self.script.schedules.get_or_insert(line);
        }
    }

    /// `subprocess.Popen(["scrapy", "crawl", …])`, `os.system("scrapy crawl …")`.
    fn runs_scrapy(&self, name: &str, call: &ExprCall) -> bool {
        let starts = name.starts_with("subprocess.") || matches!(name, "os.system" | "os.popen");
        let texts = call.arguments.args.iter().flat_map(|arg| match arg {
            Expr::List(list) => list.elts.iter().filter_map(|element| self.names.text(element)).collect(),
            other => self.names.text(other).into_iter().collect::<Vec<_>>(),
        });
        starts && texts.into_iter().any(|text| text.contains("scrapy") || text.contains("spider"))
    }

    fn web_object(&mut self, technology: Technology, variable: String) {
        let function = self.functions.last().cloned();
        if let Some(function) = &function
            && !self.script.factories.contains(function)
        {
            self.script.factories.push(function.clone());
        }
        let known = self
            .script
            .objects
            .iter_mut()
            .find(|object| object.technology == technology && object.function == function);
        match known {
            Some(object) if object.variable.is_empty() => object.variable = variable,
            Some(object) if variable.is_empty() || object.variable == variable => {}
            _ => self.script.objects.push(WebObject { technology, variable, function }),
        }
    }

    fn serve_call(&mut self, receiver: &Expr, call: &ExprCall) {
        let mut root = receiver;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let variable = match root {
            Expr::Name(name) => name.id.to_string(),
            // `create_app().run()`
            Expr::Call(inner) => self.names.qualified(&inner.func).unwrap_or_default(),
            _ => return,
        };
        let (host, port) = self.listens(call);
        self.script.serves.push(ServeCall { variable, host, port });
    }

    fn listens(&self, call: &ExprCall) -> (Option<String>, Option<u16>) {
        let keyword = |name: &str| call.arguments.find_keyword(name).map(|keyword| &keyword.value);
        let host = keyword("host").and_then(|value| self.names.text(value));
        let port = keyword("port").and_then(|value| self.names.number(value));
        // `app.run("0.0.0.0", 5000)`, `socketio.run(app, …)`
        let positional = || call.arguments.args.iter().take(2);
        let host =
            host.or_else(|| positional().find_map(|value| self.names.text(value)).filter(|text| text.contains('.')));
        let port = port.or_else(|| positional().find_map(|value| self.names.number(value)));
        (host, port.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0))
    }

    fn assignment(&mut self, target: &Expr, value: &Expr) {
        let name = match target {
            Expr::Name(name) => name.id.to_string(),
            Expr::Attribute(attribute) => attribute.attr.to_string(),
            Expr::Subscript(subscript) => match self.names.text(&subscript.slice) {
                Some(key) => key,
                None => return,
            },
            _ => return,
        };
        if let Expr::Call(call) = value
            && let Some(called) = self.names.qualified(&call.func)
            && let Some(technology) = known::web_object(&called)
        {
            self.web_object(technology, name.clone());
        }
        let text = match value {
            Expr::StringLiteral(literal) => literal.value.to_str().to_owned(),
            Expr::BytesLiteral(_) if name.eq_ignore_ascii_case("secret_key") => "bytes".to_owned(),
            _ => return,
        };
        if let Some(kind) = secrets::in_assignment(&name, &text) {
            let line = self.line(value);
            self.script.secrets.push((line, kind));
        }
        if matches!(target, Expr::Subscript(_)) {
            self.script.addresses.extend(hosts::of_setting(&name, &text));
        }
    }

    fn literal(&mut self, text: &str, line: u32) {
        if let Some(kind) = secrets::in_text(text) {
            self.script.secrets.push((line, kind));
        }
        self.script.addresses.extend(hosts::of_url(text));
        if matches!(text, "$regex" | "$text" | "$search") {
            self.uses(Technology::Search, line);
        }
        let is_data = text.len() < 200
            && !text.contains(['\n', ':', '*', '{'])
            && text
                .rsplit_once('.')
                .is_some_and(|(_, extension)| known::DATA.contains(&extension.to_lowercase().as_str()));
        if is_data && self.script.data_files.len() < 50 {
            self.script.data_files.push(text.replace('\\', "/"));
        }
    }

    /// `request.args`, `request.form`: what a visitor typed.
    fn reads_a_query(&self, attribute: &ExprAttribute) -> bool {
        matches!(attribute.attr.as_str(), "args" | "form" | "values")
            && self.names.qualified(&attribute.value).as_deref() == Some("flask.request")
    }

    fn class(&mut self, class: &ruff_python_ast::StmtClassDef, line: u32) {
        let bases = class.bases().iter().filter_map(|base| self.names.qualified(base));
        let is_spider = bases.into_iter().any(|base| known::is_spider(&base));
        if !is_spider {
            return;
        }
        self.uses(Technology::Scrapy, line);
        self.uses(Technology::Scraping, line);
        let name = class.body.iter().find_map(|stmt| match stmt {
            Stmt::Assign(assign) => {
                let is_name = assign.targets.iter().any(|t| matches!(t, Expr::Name(n) if n.id.as_str() == "name"));
                is_name.then(|| self.names.text(&assign.value)).flatten()
            }
            _ => None,
        });
        self.script.spiders.extend(name);
    }
}

impl<'a> Visitor<'a> for Walk<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => {
                self.functions.push(function.name.to_string());
                walk_stmt(self, stmt);
                self.functions.pop();
                return;
            }
            Stmt::ClassDef(class) => {
                let line = self.line(class);
                self.class(class, line);
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assignment(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assignment(&assign.target, value);
                }
            }
            Stmt::If(check) => {
                let names_main = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id.as_str() == "__name__");
                self.script.main_guard |= matches!(check.test.as_ref(), Expr::Compare(test) if names_main(&test.left));
            }
            // Documentation is no code: its texts say nothing of what runs.
            Stmt::Expr(expr) if expr.value.is_string_literal_expr() => return,
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(literal) => {
                let line = self.line(literal);
                self.literal(literal.value.to_str(), line);
            }
            Expr::Attribute(attribute) if self.reads_a_query(attribute) => {
                let line = self.line(attribute);
                self.uses(Technology::Search, line);
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
