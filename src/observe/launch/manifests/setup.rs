//! `setup.py` and `setup.cfg`, read and never run: the packages that they say they need.
//! May import: ruff, its sibling `python`.
//! Next: `mod.rs` tells which file is read by what.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::Manifest;
use crate::observe::python::parse;

/// The lists of a `setup(…)` call, written there or in a variable.
pub fn script(text: &str) -> Option<Manifest> {
    parse::with_deep_stack(|| {
        let parsed = parse::module(text).ok()?;
        let mut seen = Seen::default();
        seen.visit_body(&parsed.syntax().body);
        let lines = seen.needs.or_else(|| seen.lists.remove(seen.named.as_deref()?))?;
        let mut manifest = super::requirements(lines.iter().map(String::as_str));
        manifest.python = seen.python;
        Some(manifest)
    })?
}

#[derive(Default)]
struct Seen {
    /// Variables that hold lists of texts.
    lists: HashMap<String, Vec<String>>,
    needs: Option<Vec<String>>,
    /// The variable that `install_requires` names.
    named: Option<String>,
    python: Option<String>,
}

impl Visitor<'_> for Seen {
    fn visit_stmt(&mut self, statement: &Stmt) {
        if let Stmt::Assign(assign) = statement
            && let [Expr::Name(name)] = assign.targets.as_slice()
            && let Some(list) = texts(&assign.value)
        {
            self.lists.insert(name.id.to_string(), list);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &Expr) {
        if let Expr::Call(call) = expression
            && is_setup(call)
        {
            for keyword in &call.arguments.keywords {
                match (keyword.arg.as_ref().map(|name| name.as_str()), &keyword.value) {
                    (Some("install_requires"), Expr::Name(name)) => self.named = Some(name.id.to_string()),
                    (Some("install_requires"), list) => self.needs = texts(list),
                    (Some("python_requires"), Expr::StringLiteral(text)) => {
                        self.python = Some(text.value.to_str().to_owned());
                    }
                    _ => {}
                }
            }
        }
        walk_expr(self, expression);
    }
}

fn is_setup(call: &ExprCall) -> bool {
    match call.func.as_ref() {
        Expr::Name(name) => name.id == "setup",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "setup",
        _ => false,
    }
}

fn texts(expression: &Expr) -> Option<Vec<String>> {
    let items = match expression {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        // setuptools takes lines too.
        Expr::StringLiteral(text) => return Some(text.value.to_str().lines().map(str::to_owned).collect()),
        _ => return None,
    };
    let text = |item: &Expr| item.as_string_literal_expr().map(|text| text.value.to_str().to_owned());
    Some(items.iter().filter_map(text).collect())
}

/// `install_requires` below `[options]`: a line, or the indented lines after it.
pub fn settings(text: &str) -> Option<Manifest> {
    let mut lines = text.lines().skip_while(|line| line.trim() != "[options]").skip(1);
    let mut options: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut key = "";
    for line in lines.by_ref().take_while(|line| !line.starts_with('[')) {
        if line.starts_with([' ', '\t']) {
            options.entry(key).or_default().push(line.trim());
        } else if let Some((name, value)) = line.split_once('=') {
            key = name.trim();
            options.entry(key).or_default().push(value.trim());
        }
    }
    let mut manifest = super::requirements(options.remove("install_requires")?.into_iter());
    manifest.python = options.remove("python_requires").and_then(|lines| lines.first().map(|line| (*line).to_owned()));
    Some(manifest)
}
