//! Signs that a grade may have been gamed: where a teacher looks, and never points.
//! May import: `domain/`, and within the room `project`, `python` and `tree`.
//! Next: `python/signs.rs` for what one file says, `readme.rs` for hidden text.

mod readme;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::domain::check::Technology;
use crate::domain::facts::inspection::{CodeFacts, ReadmeFacts, ReadmeFormat, SignFacts};
use crate::domain::launch::LaunchPlan;
use crate::domain::message::Message;
use crate::domain::source::{Entry, RepoPath};

use super::project::Scope;
use super::python::{Reading, Script};

/// Signs of each kind that are named.
const MAX_NAMED: usize = 10;
/// A data file from this size holds more than an example (20 KiB).
const DATA_SET: u64 = 20 << 10;
/// Formats that hold records. Maps (`geojson`) are what charts need, and come from elsewhere.
const DATA: [&str; 15] = [
    "csv", "tsv", "json", "jsonl", "jl", "ndjson", "xlsx", "xls", "parquet", "pkl", "pickle", "sqlite", "sqlite3",
    "db", "bson",
];
/// Records of tools, not of a subject.
const SETTINGS: [&str; 6] =
    ["package.json", "package-lock.json", "composer.lock", "tsconfig.json", "manifest.json", "pipfile.lock"];
/// Files in which a program is started by its name.
const STARTERS: [&str; 8] = ["md", "rst", "txt", "sh", "bat", "yml", "yaml", "toml"];

/// Looks at everything that was read.
pub fn read(
    scope: &Scope<'_>,
    reading: &Reading,
    documents: &ReadmeFacts,
    code: &CodeFacts,
    plan: Option<&LaunchPlan>,
) -> Vec<SignFacts> {
    let mut signs = Vec::new();
    if code.technologies.contains_key(&Technology::Scraping) {
        signs.extend(shipped_data(scope));
        if let Some(plan) = plan {
            signs.extend(unreached_scrapers(scope, reading, plan).into_iter().take(MAX_NAMED));
        }
    }
    let own = |path: &RepoPath| scope.tree.entry(path).is_some_and(|entry| scope.tree.is_own(entry));
    for script in reading.scripts.iter().filter(|script| own(&script.path)) {
        let found = script.signs.iter().map(|(line, message)| sign(&script.path, Some(*line), message.clone()));
        signs.extend(found.take(MAX_NAMED));
    }
    for candidate in documents.candidates.iter().filter(|candidate| own(&candidate.path)) {
        let is_rst = candidate.format == ReadmeFormat::Restructuredtext;
        signs.extend(hidden_text(scope, &candidate.path, is_rst).into_iter().take(MAX_NAMED));
    }
    signs
}

fn sign(path: &RepoPath, line: Option<u32>, message: Message) -> SignFacts {
    SignFacts { path: path.clone(), line, message }
}

/// Data in the repository, where the student says that it is scraped: one sign, at the largest file.
fn shipped_data(scope: &Scope<'_>) -> Option<SignFacts> {
    let is_data = |entry: &&Entry| {
        DATA.contains(&entry.path.extension().as_str())
            && !SETTINGS.contains(&entry.path.name().to_lowercase().as_str())
            && entry.size.is_none_or(|size| size >= DATA_SET)
            && scope.tree.is_own(entry)
    };
    let data: Vec<&Entry> = scope.files().filter(is_data).collect();
    // A file of unknown size is one that was too large to be fetched.
    let largest = data.iter().max_by_key(|entry| (entry.size.unwrap_or(u64::MAX), Reverse(&entry.path)))?;
    let kib = data.iter().filter_map(|entry| entry.size).sum::<u64>().div_ceil(1024);
    Some(sign(&largest.path, None, Message::new("sign-data").with("count", data.len()).with("kib", kib)))
}

/// Scrapers that nothing starts and nothing imports.
fn unreached_scrapers(scope: &Scope<'_>, reading: &Reading, plan: &LaunchPlan) -> Vec<SignFacts> {
    let started: BTreeSet<RepoPath> =
        plan.steps.iter().filter_map(|step| RepoPath::parse(&join(&scope.folder, &step.file))).collect();
    let mut reached: BTreeSet<RepoPath> = started.clone();
    for script in started.iter().filter_map(|path| reading.script(path)) {
        reached.extend(reading.closure(script));
    }
    let crawls = plan.steps.iter().any(|step| step.argv.iter().any(|word| word.contains("crawl")))
        || reading.scripts.iter().any(|script| script.triggers_crawl.is_some());
    let mentions = Starters::of(scope);
    let scrapes = |script: &&Script| script.uses.contains_key(&Technology::Scraping);
    let unreached = reading.scripts.iter().filter(scrapes).filter(|script| {
        let own = scope.tree.entry(&script.path).is_some_and(|entry| scope.tree.is_own(entry));
        let spider = !script.spiders.is_empty() && (crawls || script.spiders.iter().any(|name| mentions.name(name)));
        own && !reached.contains(&script.path) && !spider && !mentions.name(script.path.name())
    });
    unreached
        .map(|script| {
            sign(&script.path, script.uses.get(&Technology::Scraping).copied(), Message::new("sign-unreached"))
        })
        .collect()
}

fn join(folder: &RepoPath, file: &RepoPath) -> String {
    if folder.as_str().is_empty() { file.as_str().to_owned() } else { format!("{}/{}", folder.as_str(), file.as_str()) }
}

/// Texts of the project in which a program may be started, by a person or by a program.
struct Starters(Vec<(RepoPath, String)>);

impl Starters {
    fn of(scope: &Scope<'_>) -> Self {
        let starts = |entry: &&Entry| {
            let (name, extension) = (entry.path.name().to_lowercase(), entry.path.extension());
            let is_starter = STARTERS.contains(&extension.as_str()) || matches!(extension.as_str(), "py" | "ipynb");
            (is_starter || name.starts_with("dockerfile") || name == "procfile" || name == "makefile")
                && entry.size.is_some_and(|size| size <= 256 << 10)
        };
        let texts = scope.files().filter(starts).take(400);
        Self(texts.filter_map(|entry| Some((entry.path.clone(), scope.tree.text(&entry.path)?))).collect())
    }

    /// Whether some other file than the one of that name names it.
    fn name(&self, name: &str) -> bool {
        self.0.iter().any(|(path, text)| path.name() != name && text.contains(name))
    }
}

/// Text of a README that only programs see, unless the course's own README has it.
fn hidden_text(scope: &Scope<'_>, path: &RepoPath, is_rst: bool) -> Vec<SignFacts> {
    let Some(text) = scope.tree.text(path) else { return Vec::new() };
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let given: Vec<String> = ["README.rst", "README.md", path.name()]
        .iter()
        .filter_map(|name| path.parent().join(name))
        .flat_map(|path| scope.tree.source().upstream_versions(&path))
        .map(|version| flat(&super::decode::text(&version)))
        .collect();
    let hidden = readme::hidden(&text, is_rst).into_iter();
    let hidden = hidden.filter(|(_, said)| said.is_empty() || !given.iter().any(|text| text.contains(&flat(said))));
    hidden
        .map(|(at, said)| {
            let line = text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
            let message = match readme::words(&said) {
                0 => Message::new("sign-invisible"),
                words => Message::new("sign-hidden").with("n", words),
            };
            sign(path, u32::try_from(line).ok(), message)
        })
        .collect()
}
