//! The walk over one Python file: which calls it makes, which classes it defines, what it leaves in the open.
//! May import: ruff, `domain/`, and its siblings.
//! Next: `script.rs` for what is noted.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, Stmt};
use ruff_text_size::Ranged;

use crate::domain::check::Technology;

use super::names::Names;
use super::script::{Lines, Script, ServeCall, WebObject};
use super::{hosts, known, secrets};

fn is_endless(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => literal.value,
        Expr::NumberLiteral(_) => true,
        _ => false,
    }
}

/// Whether a loop sleeps between its rounds and has no way out: one that ends scrolls a page or waits for an element.
fn rests(body: &[Stmt]) -> bool {
    #[derive(Default)]
    struct Rest {
        sleeps: bool,
        ends: bool,
    }
    impl<'a> Visitor<'a> for Rest {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            self.ends |= matches!(stmt, Stmt::Break(_) | Stmt::Return(_));
            walk_stmt(self, stmt);
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr {
                self.sleeps |= match call.func.as_ref() {
                    Expr::Attribute(attribute) => attribute.attr.as_str() == "sleep",
                    Expr::Name(name) => name.id.as_str() == "sleep",
                    _ => false,
                };
            }
            walk_expr(self, expr);
        }
    }
    let mut rest = Rest::default();
    rest.visit_body(body);
    rest.sleeps && !rest.ends
}

/// Notes in a script what its statements do.
pub fn over(body: &[Stmt], script: &mut Script, names: &Names, lines: &Lines) {
    Walk { script, names, lines, functions: Vec::new() }.visit_body(body);
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
        if known::BROWSERS.iter().any(|known| name.starts_with(known)) {
            self.uses(Technology::Scraping, line);
        }
        if known::SERVERS.contains(&name) {
            let (host, port) = self.listens(call);
            self.script.serves.push(ServeCall { variable: String::new(), host, port });
        }
        if known::CRAWLERS.iter().any(|known| name.ends_with(known)) || self.runs_scrapy(name, call) {
            self.script.triggers_crawl.get_or_insert(line);
        }
        let top = name.split('.').next().unwrap_or_default();
        if name == "threading.Timer" || known::SCHEDULERS.contains(&top) {
            self.script.schedules.get_or_insert(line);
        }
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.given(name.as_str(), &keyword.value);
            }
        }
    }

    /// A text that is given to a name: an argument, an entry of a dictionary.
    fn given(&mut self, name: &str, value: &Expr) {
        if let Expr::StringLiteral(literal) = value
            && let Some(kind) = secrets::in_assignment(name, literal.value.to_str())
        {
            let line = self.line(value);
            self.script.secrets.push((line, kind));
        }
    }

    /// `subprocess.Popen(["scrapy", "crawl", …])`, `os.system("scrapy crawl …")`; notes which scripts of the project are started so.
    fn runs_scrapy(&mut self, name: &str, call: &ExprCall) -> bool {
        let starts = name.starts_with("subprocess.")
            || matches!(
                name,
                "os.system" | "os.popen" | "asyncio.create_subprocess_shell" | "asyncio.create_subprocess_exec"
            );
        if !starts {
            return false;
        }
        let texts = call.arguments.args.iter().flat_map(|arg| match arg {
            Expr::List(list) => list.elts.iter().filter_map(|element| self.names.text(element)).collect(),
            other => self.names.text(other).into_iter().collect::<Vec<_>>(),
        });
        let texts: Vec<String> = texts.collect();
        let line = self.line(call);
        for word in texts.iter().flat_map(|text| text.split_whitespace()).filter(|word| word.ends_with(".py")) {
            let file = word.rsplit(['/', '\\']).next().unwrap_or(word);
            if self.script.starts.len() < 20 {
                self.script.starts.push((line, file.to_owned()));
            }
        }
        texts.into_iter().any(|text| text.contains("scrapy") || text.contains("spider"))
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
            Stmt::While(repeat) if is_endless(&repeat.test) && rests(&repeat.body) => {
                let line = self.line(repeat);
                self.script.repeats.get_or_insert(line);
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
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if let Some(name) = item.key.as_ref().and_then(|key| self.names.text(key)) {
                        self.given(&name, &item.value);
                    }
                }
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
