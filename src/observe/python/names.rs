//! What names of one Python file stand for: imports under their aliases, constants by assignment.
//! May import: ruff's syntax tree.
//! Next: `script.rs` asks it while walking the file.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, InterpolatedStringElement, Number, Operator, Stmt};

/// One imported module, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Dotted; empty for `from . import x`.
    pub module: String,
    /// Leading dots.
    pub level: u32,
    /// What `from … import` takes out of it.
    pub names: Vec<String>,
    /// Byte offset in the file.
    pub offset: usize,
}

/// Names of one file.
#[derive(Debug, Default)]
pub struct Names {
    pub imports: Vec<Import>,
    /// Local name to qualified name: `f` to `flask.Flask`.
    aliases: HashMap<String, String>,
    /// Modules of `from x import *`.
    stars: Vec<String>,
    constants: HashMap<String, Constant>,
    /// Variables that hold what a call returned, with the qualified name of what was called.
    pub built: HashMap<String, String>,
    function_depth: usize,
}

/// A value that is known without running anything.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Constant {
    Text(String),
    Number(i64),
}

/// Names that a star import brings along and that matter here.
const STAR_NAMES: [(&str, &str); 6] = [
    ("flask", "Flask"),
    ("pymongo", "MongoClient"),
    ("dash", "Dash"),
    ("elasticsearch", "Elasticsearch"),
    ("redis", "Redis"),
    ("selenium", "webdriver"),
];

impl Names {
    /// Collects the names of a file's statements.
    pub fn of(body: &[Stmt]) -> Self {
        let mut names = Self::default();
        names.visit_body(body);
        names
    }

    /// Where a local name was imported from, qualified.
    pub fn imported(&self, name: &str) -> Option<&str> {
        self.aliases.get(name).map(String::as_str)
    }

    /// The dotted name of an expression, imports resolved: `pymongo.MongoClient` for `MongoClient` imported from there.
    pub fn qualified(&self, expr: &Expr) -> Option<String> {
        // Attribute chains are followed in a loop: a hostile file can make them very long.
        let mut parts = Vec::new();
        let mut expr = expr;
        loop {
            match expr {
                Expr::Attribute(attribute) if parts.len() < 16 => {
                    parts.push(attribute.attr.as_str());
                    expr = &attribute.value;
                }
                Expr::Name(name) => {
                    let name = name.id.as_str();
                    let mut qualified = match self.imported(name) {
                        Some(found) => found.to_owned(),
                        None => self.starred(name),
                    };
                    for part in parts.iter().rev() {
                        qualified.push('.');
                        qualified.push_str(part);
                    }
                    return Some(qualified);
                }
                _ => return None,
            }
        }
    }

    fn starred(&self, name: &str) -> String {
        let known = STAR_NAMES.iter().find(|(module, known)| *known == name && self.stars.iter().any(|s| s == module));
        known.map_or_else(|| name.to_owned(), |(module, name)| format!("{module}.{name}"))
    }

    /// The text of an expression where it can be known: literals, constants, `os.environ.get(…, default)`, joined texts.
    pub fn text(&self, expr: &Expr) -> Option<String> {
        self.text_within(expr, 8)
    }

    /// The text of an expression with `{}` for what is only known while the program runs.
    pub fn pattern(&self, expr: &Expr) -> String {
        match expr {
            Expr::FString(template) => {
                let part = |element: &InterpolatedStringElement| match element {
                    InterpolatedStringElement::Literal(literal) => literal.value.to_string(),
                    InterpolatedStringElement::Interpolation(inner) => {
                        self.text(&inner.expression).unwrap_or_else(|| "{}".to_owned())
                    }
                };
                template.value.elements().map(part).collect()
            }
            Expr::BinOp(sum) if matches!(sum.op, Operator::Add) => {
                let side = |expr: &Expr| self.text(expr).unwrap_or_else(|| "{}".to_owned());
                side(&sum.left) + &side(&sum.right)
            }
            other => self.text(other).unwrap_or_else(|| "{}".to_owned()),
        }
    }

    fn text_within(&self, expr: &Expr, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match expr {
            Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
            Expr::Name(name) => match self.constants.get(name.id.as_str())? {
                Constant::Text(text) => Some(text.clone()),
                Constant::Number(number) => Some(number.to_string()),
            },
            // A value of the class itself: `collection_name = "films"`, then `self.collection_name`.
            Expr::Attribute(attribute) => match attribute.value.as_ref() {
                Expr::Name(owner) if matches!(owner.id.as_str(), "self" | "cls") => {
                    match self.constants.get(attribute.attr.as_str())? {
                        Constant::Text(text) => Some(text.clone()),
                        Constant::Number(_) => None,
                    }
                }
                _ => None,
            },
            Expr::BinOp(sum) => {
                let left = self.text_within(&sum.left, depth)?;
                Some(left + &self.text_within(&sum.right, depth)?)
            }
            Expr::BoolOp(either) => either.values.iter().rev().find_map(|value| self.text_within(value, depth)),
            Expr::Call(call) if self.is_environment(call) => self.text_within(call.arguments.args.get(1)?, depth),
            Expr::Call(call) if self.qualified(&call.func).as_deref() == Some("str") => {
                self.text_within(call.arguments.args.first()?, depth)
            }
            Expr::FString(template) => {
                let mut text = String::new();
                for part in template.value.elements() {
                    match part {
                        InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                        InterpolatedStringElement::Interpolation(inner) => {
                            text.push_str(&self.text_within(&inner.expression, depth)?);
                        }
                    }
                }
                Some(text)
            }
            _ => None,
        }
    }

    /// The whole number of an expression where it can be known.
    pub fn number(&self, expr: &Expr) -> Option<i64> {
        match expr {
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => number.as_i64(),
                _ => None,
            },
            Expr::Name(name) => match self.constants.get(name.id.as_str())? {
                Constant::Number(number) => Some(*number),
                Constant::Text(text) => text.parse().ok(),
            },
            Expr::Call(call) if self.is_environment(call) => self.number(call.arguments.args.get(1)?),
            Expr::Call(call) if self.qualified(&call.func).as_deref() == Some("int") => {
                self.number(call.arguments.args.first()?)
            }
            Expr::StringLiteral(literal) => literal.value.to_str().parse().ok(),
            _ => None,
        }
    }

    fn is_environment(&self, call: &ExprCall) -> bool {
        matches!(self.qualified(&call.func).as_deref(), Some("os.environ.get" | "os.getenv" | "environ.get" | "getenv"))
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(target) = target else { return };
        let name = target.id.to_string();
        if let Expr::Call(call) = value
            && let Some(called) = self.qualified(&call.func)
        {
            self.built.insert(name.clone(), called);
        }
        let constant = match self.text(value) {
            Some(text) => Some(Constant::Text(text)),
            None => self.number(value).map(Constant::Number),
        };
        if let Some(constant) = constant {
            // The module's own value wins over a local variable of the same name.
            if self.function_depth == 0 {
                self.constants.insert(name, constant);
            } else {
                self.constants.entry(name).or_insert(constant);
            }
        }
    }
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.to_string();
                    let first = module.split('.').next().unwrap_or_default().to_owned();
                    match &alias.asname {
                        Some(local) => self.aliases.insert(local.to_string(), module.clone()),
                        None => self.aliases.insert(first.clone(), first),
                    };
                    let offset = alias.range.start().to_usize();
                    self.imports.push(Import { module, level: 0, names: Vec::new(), offset });
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map(ToString::to_string).unwrap_or_default();
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        self.stars.push(module.clone());
                        continue;
                    }
                    let local = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                    let dots = ".".repeat(import.level as usize);
                    self.aliases.insert(local, format!("{dots}{module}.{}", alias.name));
                }
                let names = import.names.iter().map(|alias| alias.name.to_string()).collect();
                let offset = import.range.start().to_usize();
                self.imports.push(Import { module, level: import.level, names, offset });
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
            }
            Stmt::FunctionDef(_) => {
                self.function_depth += 1;
                walk_stmt(self, stmt);
                self.function_depth -= 1;
            }
            _ => walk_stmt(self, stmt),
        }
    }

    // Expressions hold no statements, and a deep one would only cost time.
    fn visit_expr(&mut self, _: &'a Expr) {}
}
