//! What one Python file reaches and offers: routes of the application, database clients, and the collections, indices and keys that
//! they name.
//! May import: ruff, `domain/`, and its siblings `hosts`, `known`, `names` and `secrets`.
//! Next: `script.rs` asks for it, `mod.rs` puts the files together.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use crate::domain::check::Technology;

use super::names::Names;
use super::script::Lines;
use super::{hosts, known, secrets};

/// Routes, clients and names that one file tells at most.
const MAX_TOLD: usize = 100;
/// Characters of a name.
const MAX_NAME: usize = 80;

/// What one file reaches and offers, with the line of each.
#[derive(Debug, Clone, Default)]
pub struct Reaches {
    pub routes: Vec<(u32, Route)>,
    pub clients: Vec<(u32, Technology, Vec<String>)>,
    pub names: Vec<(u32, Technology, String)>,
}

/// An address that the application answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub rule: String,
    pub methods: Vec<String>,
}

/// Methods of a collection that nothing else has.
const OF_COLLECTIONS: [&str; 20] = [
    "insert_one",
    "insert_many",
    "find_one",
    "find_one_and_update",
    "find_one_and_replace",
    "find_one_and_delete",
    "update_one",
    "update_many",
    "replace_one",
    "delete_one",
    "delete_many",
    "count_documents",
    "estimated_document_count",
    "create_index",
    "create_indexes",
    "drop_indexes",
    "list_indexes",
    "bulk_write",
    "aggregate",
    "watch",
];
/// Methods of a Redis client whose first argument is a key.
const OF_KEYS: [&str; 34] = [
    "get",
    "set",
    "setex",
    "setnx",
    "getset",
    "mget",
    "mset",
    "hget",
    "hset",
    "hmset",
    "hgetall",
    "hincrby",
    "hdel",
    "lpush",
    "rpush",
    "lpop",
    "rpop",
    "lrange",
    "llen",
    "sadd",
    "smembers",
    "sismember",
    "srem",
    "zadd",
    "zrange",
    "zrevrange",
    "zincrby",
    "incr",
    "decr",
    "expire",
    "exists",
    "delete",
    "xadd",
    "xread",
];
/// Methods with which a view of Flask or FastAPI is registered for one HTTP method.
const HTTP_METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What an expression of the code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Thing {
    Client(Technology),
    /// Flask-PyMongo's object: the database is its `db`.
    Extension,
    Database,
    Collection(String),
}

/// Reads what the statements of a file reach and offer.
pub fn of(body: &[Stmt], names: &Names, lines: &Lines) -> Reaches {
    let searches = names.imports.iter().any(|import| import.module.starts_with("elasticsearch"));
    let mut look = Look {
        names,
        lines,
        searches,
        things: HashMap::new(),
        functions: Vec::new(),
        prefixes: HashMap::new(),
        found: Reaches::default(),
    };
    look.visit_body(body);
    look.found
}

struct Look<'s> {
    names: &'s Names,
    lines: &'s Lines,
    /// The file works with Elasticsearch.
    searches: bool,
    /// Variables and functions by their dotted name.
    things: HashMap<String, Thing>,
    /// Functions around the current statement.
    functions: Vec<String>,
    /// Blueprints and routers with what their addresses begin with.
    prefixes: HashMap<String, String>,
    found: Reaches,
}

impl Look<'_> {
    fn line(&self, node: &impl Ranged) -> u32 {
        self.lines.at(node.start().to_usize())
    }

    /// The dotted name of a variable or attribute, as the code writes it.
    fn dotted(expr: &Expr) -> Option<String> {
        match expr {
            Expr::Name(name) => Some(name.id.to_string()),
            Expr::Attribute(attribute) => match attribute.value.as_ref() {
                Expr::Name(name) => Some(format!("{}.{}", name.id, attribute.attr)),
                _ => None,
            },
            _ => None,
        }
    }

    /// What an expression stands for; `depth` bounds chains that a hostile file makes long.
    fn thing(&self, expr: &Expr, depth: usize) -> Option<Thing> {
        let depth = depth.checked_sub(1)?;
        if let Some(known) = Self::dotted(expr).and_then(|name| self.things.get(&name)) {
            return Some(known.clone());
        }
        match expr {
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                match self.thing(&attribute.value, depth)? {
                    Thing::Extension if name == "db" => Some(Thing::Database),
                    Thing::Extension if name == "cx" => Some(Thing::Client(Technology::Mongodb)),
                    Thing::Client(Technology::Mongodb) => Some(Thing::Database),
                    Thing::Database => Some(Thing::Collection(name.to_owned())),
                    _ => None,
                }
            }
            Expr::Subscript(subscript) => match self.thing(&subscript.value, depth)? {
                Thing::Client(Technology::Mongodb) => Some(Thing::Database),
                Thing::Database => Some(Thing::Collection(self.names.pattern(&subscript.slice))),
                _ => None,
            },
            Expr::Call(call) => self.thing_of_call(call, depth),
            Expr::Await(awaited) => self.thing(&awaited.value, depth),
            _ => None,
        }
    }

    fn thing_of_call(&self, call: &ExprCall, depth: usize) -> Option<Thing> {
        let name = self.names.qualified(&call.func);
        if let Some((technology, _)) = name.as_deref().and_then(known::client) {
            let is_extension = name.as_deref() == Some("flask_pymongo.PyMongo");
            return Some(if is_extension { Thing::Extension } else { Thing::Client(technology) });
        }
        if let Expr::Attribute(attribute) = call.func.as_ref() {
            let of = self.thing(&attribute.value, depth);
            return match (attribute.attr.as_str(), of?) {
                ("get_database" | "get_default_database", Thing::Client(Technology::Mongodb)) => Some(Thing::Database),
                ("get_collection" | "create_collection", Thing::Database) => {
                    Some(Thing::Collection(self.names.pattern(call.arguments.args.first()?)))
                }
                ("with_options", same) => Some(same),
                _ => None,
            };
        }
        // A function of the file that returns one.
        Self::dotted(&call.func).and_then(|name| self.things.get(&name)).cloned()
    }

    fn assigned(&mut self, target: &Expr, value: &Expr) {
        let Some(name) = Self::dotted(target) else { return };
        if let Some(thing) = self.thing(value, 16) {
            if self.things.len() < 1_000 {
                self.things.insert(name, thing);
            }
        } else if let Expr::Call(call) = value
            && let Some(keyword) = ["url_prefix", "prefix"].iter().find_map(|key| call.arguments.find_keyword(key))
            && let Some(prefix) = self.names.text(&keyword.value)
        {
            self.prefixes.insert(name, prefix);
        }
    }

    fn tell(&mut self, technology: Technology, line: u32, name: &str) {
        let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        // A key in the code can be a password, and a route can hold one.
        let fits = !name.is_empty() && name != "{}" && secrets::in_text(&name).is_none();
        if fits && self.found.names.len() < MAX_TOLD {
            self.found.names.push((line, technology, name));
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let line = self.line(call);
        if let Some((technology, _)) = self.names.qualified(&call.func).as_deref().and_then(known::client)
            && self.found.clients.len() < MAX_TOLD
        {
            let hosts = hosts::of_call(technology, call, self.names).into_iter().filter_map(|address| address.plain());
            self.found.clients.push((line, technology, hosts.collect()));
        }
        let Expr::Attribute(attribute) = call.func.as_ref() else { return };
        let method = attribute.attr.as_str();
        match self.thing(&attribute.value, 16) {
            Some(Thing::Collection(name)) => self.tell(Technology::Mongodb, line, &name),
            Some(Thing::Client(Technology::Redis)) if OF_KEYS.contains(&method) => {
                if let Some(key) = call.arguments.args.first() {
                    let key = self.names.pattern(key);
                    self.tell(Technology::Redis, line, &key);
                }
            }
            None if OF_COLLECTIONS.contains(&method) => {
                // A collection that another file made: its name is the last part of how it is reached.
                match attribute.value.as_ref() {
                    Expr::Attribute(last) => self.tell(Technology::Mongodb, line, last.attr.as_str()),
                    Expr::Subscript(last) => {
                        let name = self.names.pattern(&last.slice);
                        self.tell(Technology::Mongodb, line, &name);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        if self.searches {
            self.index(call, &attribute.value, line);
        }
        if method == "add_url_rule" {
            self.route(call, &attribute.value, line, None);
        }
    }

    /// `es.search(index="films")`, `es.indices.create("films")`.
    fn index(&mut self, call: &ExprCall, receiver: &Expr, line: u32) {
        let of_indices = matches!(receiver, Expr::Attribute(last) if last.attr.as_str() == "indices");
        let named = call.arguments.find_keyword("index").map(|keyword| &keyword.value);
        if let Some(name) = named.or(call.arguments.args.first().filter(|_| of_indices)) {
            let name = self.names.pattern(name);
            self.tell(Technology::Elasticsearch, line, &name);
        }
    }

    fn route(&mut self, call: &ExprCall, receiver: &Expr, line: u32, method: Option<&str>) {
        let rule = call.arguments.args.first().or_else(|| call.arguments.find_keyword("rule").map(|k| &k.value));
        let Some(rule) = rule.and_then(|rule| self.names.text(rule)).filter(|rule| rule.starts_with('/')) else {
            return;
        };
        let prefix = Self::dotted(receiver).and_then(|name| self.prefixes.get(&name)).map_or("", String::as_str);
        let rule: String = format!("{}{rule}", prefix.trim_end_matches('/'));
        let mut methods: Vec<String> = method.into_iter().map(str::to_uppercase).collect();
        if let Some(Expr::List(list)) = call.arguments.find_keyword("methods").map(|keyword| &keyword.value) {
            methods.extend(list.elts.iter().filter_map(|element| self.names.text(element)).take(8));
        }
        let rule: String = rule.chars().filter(|c| !c.is_control()).take(2 * MAX_NAME).collect();
        if self.found.routes.len() < MAX_TOLD && secrets::in_text(&rule).is_none() {
            self.found.routes.push((line, Route { rule, methods }));
        }
    }

    fn function(&mut self, function: &StmtFunctionDef) {
        for decorator in &function.decorator_list {
            let Expr::Call(call) = &decorator.expression else { continue };
            let Expr::Attribute(attribute) = call.func.as_ref() else { continue };
            let method = attribute.attr.as_str();
            let line = self.line(decorator);
            if method == "route" {
                self.route(call, &attribute.value, line, None);
            } else if HTTP_METHODS.contains(&method) {
                self.route(call, &attribute.value, line, Some(method));
            }
        }
    }

    /// `class Film(Document)` of MongoEngine, `class Index: name = "films"` of Elasticsearch's DSL.
    fn class(&mut self, class: &StmtClassDef) {
        let line = self.line(class);
        let text_of = |wanted: &str| {
            class.body.iter().find_map(|stmt| match stmt {
                Stmt::Assign(assign) => {
                    let is_wanted =
                        assign.targets.iter().any(|t| matches!(t, Expr::Name(n) if n.id.as_str() == wanted));
                    is_wanted.then_some(assign.value.as_ref())
                }
                _ => None,
            })
        };
        if class.name.as_str() == "Index" && self.searches {
            if let Some(name) = text_of("name").and_then(|name| self.names.text(name)) {
                self.tell(Technology::Elasticsearch, line, &name);
            }
            return;
        }
        let is_document = class.bases().iter().filter_map(|base| self.names.qualified(base)).any(|base| {
            let of_library = base.starts_with("mongoengine.") || base.starts_with("flask_mongoengine.");
            of_library && base.ends_with("Document")
        });
        if !is_document {
            return;
        }
        let named = match text_of("meta") {
            Some(Expr::Dict(meta)) => meta.items.iter().find_map(|item| {
                let is_collection = self.names.text(item.key.as_ref()?).as_deref() == Some("collection");
                is_collection.then(|| self.names.text(&item.value)).flatten()
            }),
            _ => None,
        };
        let name = named.unwrap_or_else(|| snake_case(class.name.as_str()));
        self.tell(Technology::Mongodb, line, &name);
    }
}

/// `FilmVu` to `film_vu`, as MongoEngine names collections.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, c) in name.chars().enumerate() {
        if c.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

impl<'a> Visitor<'a> for Look<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => {
                self.function(function);
                self.functions.push(function.name.to_string());
                walk_stmt(self, stmt);
                self.functions.pop();
                return;
            }
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.assigned(target, &assign.value)),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assigned(&assign.target, value);
                }
            }
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.assigned(target, &item.context_expr);
                    }
                }
            }
            Stmt::Return(back) => {
                let thing = back.value.as_deref().and_then(|value| self.thing(value, 16));
                if let (Some(thing), Some(function)) = (thing, self.functions.last()) {
                    self.things.insert(function.clone(), thing);
                }
            }
            // Documentation is no code.
            Stmt::Expr(expr) if expr.value.is_string_literal_expr() => return,
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Dict(dict) if self.searches => {
                for item in &dict.items {
                    if item.key.as_ref().and_then(|key| self.names.text(key)).as_deref() == Some("_index") {
                        let (line, name) = (self.line(&item.value), self.names.pattern(&item.value));
                        self.tell(Technology::Elasticsearch, line, &name);
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
