//! What a teacher may want to look at in one Python file: data made of constants, answers that depend on who asks, prints that
//! look like a grade.
//! May import: ruff, regex, `domain/`, and its sibling `script`.
//! Next: `observe/signs/` puts the signs of a project together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::script::Lines;
use crate::domain::message::Message;

/// Methods that store the documents they are given.
const STORES: [&str; 9] =
    ["insert_many", "insert_one", "insert", "bulk_write", "bulk", "index", "hset", "hmset", "mset"];
/// Documents written into the code from which they are a data set.
const DATA_SET: usize = 5;
/// Functions that tell the time.
const CLOCKS: [&str; 6] = ["time", "now", "utcnow", "monotonic", "perf_counter", "today"];
/// What only a program that looks for its surroundings asks for.
const SURROUNDINGS: [&str; 3] = ["forkgrade", "/.dockerenv", "/proc/1/cgroup"];

#[allow(clippy::unwrap_used, reason = "the pattern is a constant, and a test compiles it")]
static GRADE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:score|note|total|points?|grade|barème)\b\D{0,12}\d{1,3}(?:[.,]\d+)?\s*/\s*(?:10|20|100)\b",
        r"|\b(?:all|tous les) tests? (?:passed|passent|réussis)|\bforkgrade\b"
    ))
    .unwrap()
});

/// The signs of one file, with their lines.
pub fn of(body: &[Stmt], lines: &Lines) -> Vec<(u32, Message)> {
    let mut gathered = Gathered::default();
    gathered.visit_body(body);
    gathered.started.retain(|name| !gathered.global.contains(name));
    let mut look = Look { lines, gathered: &gathered, functions: 0, filled: BTreeMap::new(), signs: BTreeMap::new() };
    look.visit_body(body);
    let filled: usize = look.filled.values().sum();
    if let Some(line) = look.filled.keys().next().filter(|_| filled >= DATA_SET) {
        look.signs.entry(*line).or_insert_with(|| Message::new("sign-constants").with("n", filled));
    }
    look.signs.into_iter().collect()
}

/// What names of the file hold, wherever they are assigned.
#[derive(Default)]
struct Gathered {
    functions: usize,
    /// Documents made of constants.
    documents: BTreeMap<String, usize>,
    /// What the visitor's browser calls itself.
    agents: BTreeSet<String>,
    /// When the program was started.
    started: BTreeSet<String>,
    /// Names that functions declare global.
    global: BTreeSet<String>,
    /// Of those, what counts up.
    counted: BTreeSet<String>,
}

impl Gathered {
    fn assigned(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(target) = target else { return };
        let name = target.id.to_string();
        let documents = documents(value, &self.documents);
        if documents > 0 {
            self.documents.insert(name.clone(), documents);
        }
        if asks_for_the_agent(value, &self.agents) {
            self.agents.insert(name.clone());
        }
        if self.functions == 0 && tells_the_time(value) {
            self.started.insert(name);
        }
    }
}

impl<'a> Visitor<'a> for Gathered {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.assigned(target, &assign.value)),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assigned(&assign.target, value);
                }
            }
            // One document of a list at a time.
            Stmt::For(every) => self.assigned(&every.target, &every.iter),
            Stmt::Global(global) => self.global.extend(global.names.iter().map(|name| name.to_string())),
            Stmt::AugAssign(change) => {
                if let Expr::Name(name) = change.target.as_ref()
                    && self.global.contains(name.id.as_str())
                {
                    self.counted.insert(name.id.to_string());
                }
            }
            Stmt::FunctionDef(_) => {
                self.functions += 1;
                walk_stmt(self, stmt);
                self.functions -= 1;
                return;
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }
}

/// The walk that finds signs.
struct Look<'s> {
    lines: &'s Lines,
    gathered: &'s Gathered,
    functions: usize,
    /// Documents stored that are constants, by line.
    filled: BTreeMap<u32, usize>,
    /// At most one a line.
    signs: BTreeMap<u32, Message>,
}

impl Look<'_> {
    fn line(&self, node: &impl Ranged) -> u32 {
        self.lines.at(node.start().to_usize())
    }

    fn sign(&mut self, node: &impl Ranged, key: &str) {
        let line = self.line(node);
        self.signs.entry(line).or_insert_with(|| Message::new(key));
    }

    fn call(&mut self, call: &ExprCall) {
        let (method, is_method) = match call.func.as_ref() {
            Expr::Attribute(attribute) => (attribute.attr.as_str(), true),
            Expr::Name(name) => (name.id.as_str(), false),
            _ => return,
        };
        if STORES.contains(&method) {
            let given = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
            let stored: usize = given.map(|value| documents(value, &self.gathered.documents)).sum();
            if stored > 0 {
                *self.filled.entry(self.line(call)).or_default() += stored;
            }
        }
        let logs = matches!(method, "info" | "warning" | "error" | "debug" | "write") && is_method;
        if (method == "print" && !is_method) || logs {
            let mut said = Mentions::default();
            call.arguments.args.iter().for_each(|value| said.visit_expr(value));
            if said.texts.iter().any(|text| GRADE.is_match(text)) {
                self.sign(call, "sign-imitation");
            }
        }
    }

    /// What a decision depends on.
    fn test(&mut self, test: &Expr) {
        if asks_for_the_agent(test, &self.gathered.agents) {
            self.sign(test, "sign-agent");
            return;
        }
        let mut mentioned = Mentions::default();
        mentioned.visit_expr(test);
        let depends_on = |names: &BTreeSet<String>| mentioned.names.iter().any(|name| names.contains(name));
        if self.functions > 0 && depends_on(&self.gathered.counted) {
            self.sign(test, "sign-order");
        } else if self.functions > 0 && depends_on(&self.gathered.started) {
            self.sign(test, "sign-time");
        }
    }
}

impl<'a> Visitor<'a> for Look<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::If(check) => {
                self.test(&check.test);
                check
                    .elif_else_clauses
                    .iter()
                    .filter_map(|clause| clause.test.as_ref())
                    .for_each(|test| self.test(test));
            }
            Stmt::While(check) => self.test(&check.test),
            Stmt::FunctionDef(_) => {
                self.functions += 1;
                walk_stmt(self, stmt);
                self.functions -= 1;
                return;
            }
            // Documentation does nothing.
            Stmt::Expr(expr) if expr.value.is_string_literal_expr() => return,
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::If(choice) => self.test(&choice.test),
            Expr::StringLiteral(literal) => {
                let text = literal.value.to_str();
                if SURROUNDINGS.iter().any(|known| text.to_lowercase().contains(known)) && !GRADE.is_match(text) {
                    self.sign(literal, "sign-surroundings");
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Names, attributes and texts in an expression.
#[derive(Default)]
struct Mentions {
    names: Vec<String>,
    texts: Vec<String>,
}

impl<'a> Visitor<'a> for Mentions {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.names.push(name.id.to_string()),
            Expr::Attribute(attribute) => self.names.push(attribute.attr.to_string()),
            Expr::StringLiteral(literal) => self.texts.push(literal.value.to_str().to_owned()),
            Expr::FString(text) => {
                let parts = text.value.elements().filter_map(|element| element.as_literal());
                self.texts.extend(parts.map(|part| part.value.to_string()));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

fn asks_for_the_agent(expr: &Expr, agents: &BTreeSet<String>) -> bool {
    // A header that a scraper sends is a dictionary, and nothing is decided by it.
    if expr.is_dict_expr() {
        return false;
    }
    let mut mentioned = Mentions::default();
    mentioned.visit_expr(expr);
    let reads = mentioned.names.iter().any(|name| name == "headers" || name == "META" || name == "environ");
    let named =
        |text: &String| matches!(text.to_lowercase().replace('_', "-").as_str(), "user-agent" | "http-user-agent");
    (reads && mentioned.texts.iter().any(named))
        || mentioned.names.iter().any(|name| name == "user_agent" || agents.contains(name))
            && mentioned.names.iter().any(|name| name == "request" || agents.contains(name))
}

fn tells_the_time(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    match call.func.as_ref() {
        Expr::Attribute(attribute) => CLOCKS.contains(&attribute.attr.as_str()),
        Expr::Name(name) => CLOCKS.contains(&name.id.as_str()),
        _ => false,
    }
}

/// How many documents an expression is that consist of nothing but constants.
fn documents(expr: &Expr, known: &BTreeMap<String, usize>) -> usize {
    match expr {
        Expr::Dict(dict) if dict.items.len() >= 2 && is_constant(expr) => 1,
        Expr::List(list) => list.elts.iter().map(|element| documents(element, known)).sum(),
        Expr::Tuple(tuple) => tuple.elts.iter().map(|element| documents(element, known)).sum(),
        Expr::Name(name) => known.get(name.id.as_str()).copied().unwrap_or_default(),
        _ => 0,
    }
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::List(list) => list.elts.iter().all(is_constant),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_constant),
        Expr::UnaryOp(signed) => is_constant(&signed.operand),
        Expr::Dict(dict) => {
            dict.items.iter().all(|item| item.key.as_ref().is_some_and(is_constant) && is_constant(&item.value))
        }
        other => other.is_literal_expr(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::python::parse;

    fn keys(source: &str) -> Vec<(u32, String)> {
        let parsed = parse::module(source).unwrap();
        let signs = of(&parsed.syntax().body, &Lines::of(source));
        signs.into_iter().map(|(line, message)| (line, message.key)).collect()
    }

    #[test]
    fn a_data_set_written_into_the_code_is_told_from_a_few_defaults() {
        let film = "{'title': 'Alien', 'year': 1979, 'cast': ['Weaver', 'Hurt']}";
        let five = [film; 5].join(", ");
        assert_eq!(keys(&format!("db.films.insert_many([{five}])\n")), [(1, "sign-constants".into())]);
        assert_eq!(
            keys(&format!("FILMS = [{five}]\nfor film in FILMS:\n    db.films.insert_one(film)\n")),
            [(3, "sign-constants".into())]
        );
        assert_eq!(keys(&format!("db.films.insert_many([{film}])\n")), []);
        assert_eq!(keys("for page in pages:\n    db.films.insert_one({'title': page.title, 'year': page.year})\n"), []);
    }

    #[test]
    fn answers_by_who_asks_when_and_how_often_are_seen() {
        let agent = "@app.route('/')\ndef home():\n    if 'Firefox/128' in request.headers.get('User-Agent'):\n        return DATA\n    return ''\n";
        assert_eq!(keys(agent), [(3, "sign-agent".into())]);
        let named = "def home():\n    ua = request.user_agent.string\n    return DATA if 'rv:128' in ua else ''\n";
        assert_eq!(keys(named), [(3, "sign-agent".into())]);
        let order = "seen = 0\ndef home():\n    global seen\n    seen += 1\n    if seen < 3:\n        return DATA\n";
        assert_eq!(keys(order), [(5, "sign-order".into())]);
        let time = "START = time.time()\ndef home():\n    if time.time() - START < 60:\n        return DATA\n";
        assert_eq!(keys(time), [(3, "sign-time".into())]);
        assert_eq!(
            keys("import os\nif os.path.exists('/.dockerenv'):\n    fill()\n"),
            [(2, "sign-surroundings".into())]
        );
    }

    #[test]
    fn what_honest_programs_do_is_no_sign() {
        for honest in [
            "headers = {'User-Agent': 'Mozilla/5.0'}\nif requests.get(url, headers=headers).ok:\n    pass\n",
            "last = 0\ndef home():\n    global last\n    if time.time() - last > 60:\n        refresh()\n        last = time.time()\n",
            "last = time.time()\ndef home():\n    global last\n    if time.time() - last > 60:\n        last = time.time()\n",
            "print(f'film : {title}, note {rating}/10')\n",
            "items = []\nitems.insert(0, {'a': x, 'b': y})\n",
            "custom_settings = {'USER_AGENT': 'Mozilla'}\nif settings.user_agent:\n    pass\n",
        ] {
            assert_eq!(keys(honest), [], "{honest}");
        }
    }

    #[test]
    fn a_print_that_grades_itself_is_seen() {
        assert_eq!(keys("print('Score: 20/20')\n"), [(1, "sign-imitation".into())]);
        assert_eq!(keys("print(f'forkgrade: {name} starts')\n"), [(1, "sign-imitation".into())]);
        assert_eq!(keys("logging.info('all tests passed')\n"), [(1, "sign-imitation".into())]);
    }
}
