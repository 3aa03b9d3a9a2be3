//! Files of a project that are not Python: recipes, pages, settings, schedules, notebooks.
//! May import: `domain/`, and within the room `project` and its siblings.
//! Next: `secrets.rs` for what is a secret, `mod.rs` puts all together.

use std::collections::BTreeMap;

use crate::domain::check::Technology;
use crate::domain::facts::inspection::SecretFacts;
use crate::domain::source::{Entry, RepoPath};

use super::{place, recipe, secret, secrets};
use crate::observe::project::Scope;

/// Libraries that pages draw with.
const PAGE_CHARTS: [&str; 11] = [
    "chart.js",
    "new chart(",
    "plotly",
    "highcharts",
    "d3.js",
    "d3.min.js",
    "d3.v",
    "echarts",
    "apexcharts",
    "canvasjs",
    "google.visualization",
];

/// Names of settings that are written in JSON.
const JSON_SETTINGS: [&str; 6] = ["credential", "secret", "config", "setting", "service", "key"];

/// What the files use, with the first place that shows it; secrets in them are added to `secrets`.
pub fn read(scope: &Scope<'_>, secrets: &mut Vec<SecretFacts>) -> BTreeMap<Technology, String> {
    let mut technologies = BTreeMap::new();
    for entry in scope.files() {
        read_one(scope, entry, &mut technologies, secrets);
    }
    for (path, technology) in root_recipes(scope) {
        technologies.entry(technology).or_insert_with(|| place(&path, 1));
    }
    technologies
}

/// Recipes at the fork's root that the student wrote or changed.
fn root_recipes<'s>(scope: &'s Scope<'_>) -> impl Iterator<Item = (RepoPath, Technology)> + 's {
    let at_root = scope.tree.files(&RepoPath::root()).filter(|entry| entry.path.depth() == 0);
    at_root
        .filter(|entry| scope.tree.is_own(entry))
        .filter_map(|entry| Some((entry.path.clone(), recipe(&entry.path)?)))
}

/// What a file is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    Setting,
    /// Another language, or a notebook.
    Code,
    Cron,
}

fn kind(entry: &Entry, is_recipe: bool) -> Option<Kind> {
    let (extension, name) = (entry.path.extension(), entry.path.name().to_lowercase());
    match extension.as_str() {
        "html" | "htm" | "jinja" | "jinja2" | "j2" => Some(Kind::Page),
        _ if name.contains("cron") => Some(Kind::Cron),
        "yml" | "yaml" | "env" | "cfg" | "ini" | "toml" | "pem" | "key" | "conf" | "properties" => Some(Kind::Setting),
        "json" if JSON_SETTINGS.iter().any(|known| name.contains(known)) => Some(Kind::Setting),
        "js" | "mjs" | "ts" | "jsx" | "tsx" | "sh" | "ipynb" if !name.ends_with(".min.js") => Some(Kind::Code),
        _ if name.starts_with(".env") || is_recipe => Some(Kind::Setting),
        _ => None,
    }
}

fn read_one(
    scope: &Scope<'_>,
    entry: &Entry,
    technologies: &mut BTreeMap<Technology, String>,
    secrets: &mut Vec<SecretFacts>,
) {
    let recipe = recipe(&entry.path);
    let is_own = scope.tree.is_own(entry);
    if let Some(technology) = recipe.filter(|_| is_own) {
        technologies.entry(technology).or_insert_with(|| place(&entry.path, 1));
    }
    let Some(kind) = kind(entry, recipe.is_some()) else { return };
    // What came with the course is not the student's to hide.
    if kind == Kind::Code && !is_own {
        return;
    }
    let Some(text) = scope.tree.text(&entry.path) else { return };
    let mut uses = |technology: Technology, line: u32| {
        technologies.entry(technology).or_insert_with(|| place(&entry.path, line));
    };
    for (line, content) in (1_u32..).zip(text.lines()) {
        if kind == Kind::Page {
            let lower = content.to_lowercase();
            if PAGE_CHARTS.iter().any(|known| lower.contains(known)) {
                uses(Technology::Charts, line);
            }
            if lower.contains("type=\"search\"") {
                uses(Technology::Search, line);
            }
            continue;
        }
        if kind == Kind::Cron && is_scheduled(content) {
            uses(Technology::RealTimeScraping, line);
        }
        if let Some(kind) = secret_in(kind, content) {
            secrets.push(secret(&entry.path, line, kind));
        }
    }
}

/// A secret that a line holds, quoted or not.
fn secret_in(kind: Kind, line: &str) -> Option<&'static str> {
    // A notebook's code stands in JSON, where each quote has a backslash.
    let plain = line.replace("\\\"", "\"");
    let separator = |c: char| c == '=' || (c == ':' && kind == Kind::Setting);
    let assigned = plain.split_once(separator).filter(|_| kind == Kind::Setting).and_then(|(name, value)| {
        let name = name.trim().trim_start_matches("- ").trim_start_matches("ENV ").trim_start_matches("export ");
        secrets::in_assignment(name.trim_matches(['"', '\'']), value.trim().trim_matches(['"', '\'', ',']))
    });
    secrets::in_text(&plain).or(assigned).or_else(|| secrets::in_line(&plain))
}

/// A line of a crontab that starts a spider or a script: `*/5 * * * * python scraper.py`.
fn is_scheduled(line: &str) -> bool {
    let line = line.trim();
    let mut fields = line.split_whitespace();
    let is_time = |field: &str| field.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '/' | ',' | '-'));
    let every = line.starts_with('@') || (fields.by_ref().take(5).filter(|field| is_time(field)).count() == 5);
    !line.starts_with('#') && every && (line.contains("scrapy") || line.contains(".py") || line.contains("spider"))
}
