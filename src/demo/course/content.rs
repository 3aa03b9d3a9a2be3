//! What `demo/` holds, embedded in the program and read once: who forked when, and which files each commit brings.
//! May import: std, include_dir, toml.
//! Next: `history.rs` turns it into commits.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::DemoError;

/// Raised whenever the same content gives other commits.
const FORMAT: [u8; 1] = [1];

static DEMO: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// The demo course as its files describe it.
#[derive(Debug)]
pub(super) struct Content {
    pub upstream: Upstream,
    /// By login.
    pub forks: BTreeMap<String, Fork>,
    /// Changes with every byte from which commits are made.
    pub hash: String,
}

/// `demo/upstream/upstream.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upstream {
    pub owner: String,
    pub owner_name: String,
    pub name: String,
    /// `Name <address>`.
    pub author: String,
    pub commits: Vec<CommitSpec>,
}

/// `demo/forks/<login>/fork.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fork {
    /// What this fork shows, as a title.
    pub case: String,
    pub name: String,
    pub email: String,
    /// The upstream commit that was its head when it was forked, counted from 1.
    #[serde(default)]
    pub base: usize,
    /// Forked from another fork instead.
    pub fork_of: Option<ForkOf>,
    /// The default branch.
    #[serde(default = "master")]
    pub branch: String,
    /// The repository's name where it was renamed.
    pub repository: Option<String>,
    /// Other refs, each with the number of own commits that it holds.
    #[serde(default)]
    pub extra_refs: BTreeMap<String, usize>,
    #[serde(default)]
    pub commits: Vec<CommitSpec>,
    /// Pushed by the demo itself after the deadline.
    #[serde(default)]
    pub late_commits: Vec<CommitSpec>,
    /// The separate repository of the project.
    pub project: Option<Project>,
}

/// The fork that was forked, after its first own commits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForkOf {
    pub login: String,
    pub commits: usize,
}

/// A repository that shares no history with the course.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub name: String,
    #[serde(default = "master")]
    pub branch: String,
    pub commits: Vec<CommitSpec>,
}

/// One commit: what it lays over the tree and what it takes away.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitSpec {
    pub date: DateTime<FixedOffset>,
    pub message: String,
    /// `Name <address>`, where somebody else wrote it.
    pub author: Option<String>,
    /// `folder` beside the file, or `folder:path` for one file or folder of it; `../login/folder` is another fork's.
    #[serde(default)]
    pub add: Vec<String>,
    /// Files and folders.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Path and commit of nested repositories.
    #[serde(default)]
    pub gitlinks: BTreeMap<String, String>,
    /// Merges this commit of the upstream, counted from 1.
    pub merge: Option<usize>,
}

fn master() -> String {
    "master".into()
}

impl Content {
    /// Reads everything that this program carries.
    pub fn read() -> Result<Self, DemoError> {
        let upstream = parse("upstream/upstream.toml")?;
        let folders = DEMO.get_dir("forks").into_iter().flat_map(Dir::dirs);
        let logins = folders.filter_map(|folder| folder.path().file_name()?.to_str());
        let forks = logins.map(|login| Ok((login.to_owned(), parse(&format!("forks/{login}/fork.toml"))?)));
        Ok(Self { upstream, forks: forks.collect::<Result<_, DemoError>>()?, hash: hash() })
    }

    /// The name of a login's fork.
    pub fn repository_name(&self, login: &str) -> String {
        let renamed = self.forks.get(login).and_then(|fork| fork.repository.clone());
        renamed.unwrap_or_else(|| self.upstream.name.clone())
    }
}

fn broken(file: &str, cause: impl ToString) -> DemoError {
    DemoError::Content { file: format!("demo/{file}"), cause: cause.to_string() }
}

fn parse<T: DeserializeOwned>(file: &str) -> Result<T, DemoError> {
    let text = DEMO.get_file(file).and_then(|found| found.contents_utf8()).ok_or_else(|| broken(file, "is missing"))?;
    toml::from_str(text).map_err(|error| broken(file, error))
}

/// The files that an entry of `add` names, by their path in the repository. `folder` is where the naming file lies.
pub(super) fn files(folder: &str, added: &str) -> Result<BTreeMap<String, &'static [u8]>, DemoError> {
    let (layer, only) = added.split_once(':').unwrap_or((added, ""));
    let layer = match layer.strip_prefix("../") {
        Some(other) => format!("forks/{other}"),
        None => format!("{folder}/{layer}"),
    };
    let mut found = BTreeMap::new();
    collect(DEMO.get_dir(&layer).ok_or_else(|| broken(&layer, "is missing"))?, &mut found);
    let prefix = format!("{layer}/");
    let named = found.into_iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?.to_owned(), bytes)));
    let wanted = |path: &str| only.is_empty() || path == only || path.starts_with(&format!("{only}/"));
    let files: BTreeMap<_, _> = named.filter(|(path, _)| wanted(path)).collect();
    if files.is_empty() { Err(broken(&layer, format!("holds no {only}"))) } else { Ok(files) }
}

fn collect(folder: &Dir<'static>, found: &mut BTreeMap<String, &'static [u8]>) {
    for file in folder.files() {
        found.insert(file.path().to_string_lossy().into_owned(), file.contents());
    }
    for below in folder.dirs() {
        collect(below, found);
    }
}

fn hash() -> String {
    let mut all = BTreeMap::new();
    collect(&DEMO, &mut all);
    let mut hash = Sha256::new();
    hash.update(FORMAT);
    for (path, bytes) in all.iter().filter(|(path, _)| !path.ends_with("expected.toml")) {
        hash.update(format!("{path}\0{}\0", bytes.len()));
        hash.update(bytes);
    }
    hex::encode(hash.finalize())
}
