//! Forks and upstreams written to disk from a few lines, and what an inspection says of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use forkgrade::config::{DEFAULT_COURSE, parse};
use forkgrade::domain::course::Language;
use forkgrade::domain::facts::Inspection;
use forkgrade::domain::ids::ObjectId;
use forkgrade::domain::source::{Entry, RepoPath, Source, SourceError};
use forkgrade::domain::{Course, LaunchPlan, Message};
use forkgrade::i18n;
use forkgrade::observe::folder::{Folder, blob_id};
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect};
use tempfile::TempDir;

/// Files by path: text or bytes.
pub type Files<'f> = &'f [(&'f str, &'f str)];

/// The template that the course's real README resembles.
pub const TEMPLATE: &str = "Projet\n======\n\nDécrivez ici votre projet.\n\nInstallation\n------------\n\nDocumentation technique\n-----------------------\n\nDocumentation fonctionnelle\n---------------------------\n";

/// What the course provides.
pub const UPSTREAM: Files<'static> = &[
    ("README.md", "# Data Engineer\n\nLe cours, ses chapitres et son évaluation, pour tous.\n"),
    ("Pipfile", "[packages]\nflask = \"*\"\npymongo = \"*\"\n[requires]\npython_version = \"3.7\"\n"),
    ("docker-compose.yml", "version: '3'\nservices:\n  mongo:\n    image: mongo\n"),
    ("4Flask/exemple/app.py", "from flask import Flask\napp = Flask(__name__)\napp.run()\n"),
    ("6Evaluation/Projet/README.rst", TEMPLATE),
];

/// A small application as students write it.
pub const APP: &str = "from flask import Flask, render_template\nfrom pymongo import MongoClient\n\napp = Flask(__name__)\nclient = MongoClient('mongo', 27017)\n\n@app.route('/')\ndef accueil():\n    return render_template('index.html', films=client.films.films.find())\n\nif __name__ == '__main__':\n    app.run(host='0.0.0.0', port=2746, debug=True)\n";

/// A folder with these files.
pub fn folder(files: Files<'_>) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

/// Writes a file with its folders.
pub fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, bytes).expect("a file");
}

/// An upstream as the versions that it went through, newest first, and which of them the fork began from.
pub struct Upstream(Vec<Vec<(RepoPath, Vec<u8>)>>, Option<usize>);

impl Upstream {
    /// One that git shares no history with.
    pub fn of(versions: &[Files<'_>]) -> Arc<dyn Source> {
        Self::begun(versions, None)
    }

    pub fn begun(versions: &[Files<'_>], base: Option<usize>) -> Arc<dyn Source> {
        let file = |(path, text): &(&str, &str)| (path_of(path), text.as_bytes().to_vec());
        Arc::new(Self(versions.iter().map(|files| files.iter().map(file).collect()).collect(), base))
    }

    fn base(&self) -> Option<&Vec<(RepoPath, Vec<u8>)>> {
        self.0.get(self.1?)
    }
}

impl Source for Upstream {
    fn entries(&self) -> &[Entry] {
        &[]
    }
    fn truncated(&self) -> bool {
        false
    }
    fn read(&self, path: &RepoPath, _: u64) -> Result<Vec<u8>, SourceError> {
        Err(SourceError::NotAFile(path.clone()))
    }
    fn is_from_upstream(&self, object: &ObjectId) -> Option<bool> {
        Some(self.0.iter().flatten().any(|(_, bytes)| blob_id(bytes).as_ref() == Some(object)))
    }
    fn upstream_versions(&self, path: &RepoPath) -> Vec<Vec<u8>> {
        let versions = self.0.iter().flatten().filter(|(known, _)| known == path);
        let mut seen = BTreeSet::new();
        versions.map(|(_, bytes)| bytes.clone()).filter(|bytes| seen.insert(bytes.clone())).collect()
    }
    fn upstream_paths(&self) -> Vec<RepoPath> {
        self.0.first().into_iter().flatten().map(|(path, _)| path.clone()).collect()
    }
    fn base_paths(&self) -> Option<Vec<RepoPath>> {
        Some(self.base()?.iter().map(|(path, _)| path.clone()).collect())
    }
    fn base_version(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.base()?.iter().find(|(known, _)| known == path).map(|(_, bytes)| bytes.clone())
    }
}

pub fn path_of(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

/// The default course, read once.
static COURSE: LazyLock<Course> = LazyLock::new(|| parse(DEFAULT_COURSE, "course.toml").expect("the default course"));

pub fn course() -> Course {
    COURSE.clone()
}

pub fn date(text: &str) -> DateTime<Utc> {
    text.parse().expect("a date")
}

/// Inspects a fork of the course with these files of the student's own.
pub fn inspect_fork(own: Files<'_>) -> Inspection {
    let both: Vec<(&str, &str)> = UPSTREAM.iter().chain(own).copied().collect();
    inspect_folder(folder(&both).path(), Some(Upstream::of(&[UPSTREAM])))
}

/// Inspects exactly these files.
pub fn inspect_files(files: Files<'_>) -> Inspection {
    inspect_folder(folder(files).path(), Some(Upstream::of(&[UPSTREAM])))
}

pub fn inspect_folder(path: &Path, upstream: Option<Arc<dyn Source>>) -> Inspection {
    inspect_folder_of(path, upstream, &course())
}

/// The same for a course of one's own.
pub fn inspect_folder_of(path: &Path, upstream: Option<Arc<dyn Source>>, course: &Course) -> Inspection {
    let fork = Folder::open(path).expect("a folder");
    let fork = match upstream {
        Some(upstream) => fork.with_upstream(upstream),
        None => fork,
    };
    let as_of = date("2024-01-15T12:00:00Z");
    let request = InspectRequest { course, history: None, as_of, separate: SeparateProject::NotNamed };
    let inspection = inspect(&fork, request);
    if let Some(plan) = &inspection.plan {
        plan.reasons.iter().for_each(assert_worded);
        plan.containers().filter_map(|one| one.build).flat_map(|build| &build.instead).for_each(assert_worded);
    }
    assert_worded(&inspection.project.found_by);
    inspection
}

/// The plan of a project with these files, in its folder.
pub fn plan_of(project: Files<'_>) -> LaunchPlan {
    let placed: Vec<(String, &str)> =
        project.iter().map(|(path, text)| (format!("6Evaluation/Projet/{path}"), *text)).collect();
    let own: Vec<(&str, &str)> = placed.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    inspect_fork(&own).plan.expect("a plan")
}

/// The commands of a plan, each in one line.
pub fn commands(plan: &LaunchPlan) -> Vec<String> {
    plan.steps.iter().map(|step| step.argv.join(" ")).collect()
}

/// Whether a plan gives this reason.
pub fn has_reason(plan: &LaunchPlan, key: &str) -> bool {
    plan.reasons.iter().any(|reason| reason.key == key)
}

/// A sentence with all its arguments, in both languages.
#[track_caller]
pub fn assert_worded(message: &Message) {
    for language in [Language::Fr, Language::En] {
        let text = i18n::text(language, message);
        assert!(text != message.key && !text.contains("{$"), "{} in {language:?}: {text}", message.key);
    }
}

/// Cells of notebooks.
pub mod cells {
    use serde_json::{Value, json};

    pub fn markdown(text: &str) -> Value {
        json!({"cell_type": "markdown", "source": [text]})
    }

    pub fn code(text: &str) -> Value {
        json!({"cell_type": "code", "source": text.split_inclusive('\n').collect::<Vec<_>>(), "outputs": [], "execution_count": null})
    }

    pub fn executed(text: &str, output: &str) -> Value {
        json!({"cell_type": "code", "source": text, "outputs": [{"output_type": output}], "execution_count": 3})
    }

    /// Ran as the `count`-th.
    pub fn run(text: &str, count: u32) -> Value {
        json!({"cell_type": "code", "source": text, "outputs": [], "execution_count": count})
    }

    pub fn notebook(cells: &[Value]) -> String {
        json!({"nbformat": 4, "cells": cells}).to_string()
    }
}
