//! The teacher's own judges beside a project of a test, in the real engine.

use std::collections::BTreeMap;

use bytes::Bytes;
use forkgrade::domain::RepoPath;
use forkgrade::domain::check::{Check, Shown, Unfinished};
use forkgrade::domain::facts::{Execution, JudgeFacts};
use forkgrade::domain::judges::{Command, Suite, SuiteFiles, Suites};
use forkgrade::domain::points::Points;
use forkgrade::domain::rubric::Criterion;
use forkgrade::observe::execution::{ExecutionRequest, Observed, execute_judged};
use forkgrade::observe::files::archive;
use forkgrade::observe::judges::{Judging, Panel};
use forkgrade::sandbox::{Engine, EngineError};

use super::engine::{Project, egress, owner};
use super::observed;

/// A project with judges.
pub struct Judged {
    pub project: Project,
    pub suites: Suites,
}

/// `[suites.<name>]` as it is where the teacher writes nothing but its folder.
pub fn suite() -> Suite {
    serde_json::from_value(serde_json::json!({ "folder": "suite" })).expect("a suite")
}

/// A command that is a Python program, on an image of this machine.
pub fn command(program: &str) -> Command {
    let argv = ["python", "-c", program];
    serde_json::from_value(serde_json::json!({ "image": "forkgrade/python:3.11", "command": argv })).expect("a command")
}

pub fn suite_files(files: &[(&str, &str)]) -> SuiteFiles {
    let path = |name: &str| RepoPath::parse(name).expect("a safe path");
    let mut files: Vec<_> = files.iter().map(|(name, text)| (path(name), text.as_bytes().to_vec())).collect();
    files.sort();
    SuiteFiles { hash: blake3::hash(format!("{files:?}").as_bytes()).to_hex().to_string(), files }
}

pub fn criterion(id: &str, check: Check) -> Criterion {
    let mut criterion: Criterion = serde_json::from_value(serde_json::json!({
        "id": id, "title_fr": id, "title_en": id, "points": 4, "check": "starts",
    }))
    .expect("a criterion");
    criterion.points = Points::whole(4);
    criterion.check = check;
    criterion
}

impl Judged {
    pub fn new(project: Project) -> Self {
        Self { project, suites: Suites::new() }
    }

    /// With a suite that a criterion names.
    pub fn suite(mut self, name: &str, suite: Suite, files: &[(&str, &str)]) -> Self {
        let check =
            Check::Tests { suite: name.into(), only: Vec::new(), show: Shown::Names, unfinished: Unfinished::Skipped };
        self.project.course.rubric.criteria.push(criterion(name, check));
        self.project.course.suites.insert(name.into(), suite);
        self.suites.insert(name.into(), suite_files(files));
        self
    }

    /// With a command that a criterion names.
    pub fn command(mut self, name: &str, command: Command) -> Self {
        let check = Check::Command { command: name.into(), only: Vec::new() };
        self.project.course.rubric.criteria.push(criterion(name, check));
        self.project.course.commands.insert(name.into(), command);
        self
    }

    fn archive(&self) -> Bytes {
        let path = |name: &str| RepoPath::parse(name).expect("a safe path");
        let files = self.project.files.iter().map(|(name, text)| (path(name), text.clone().into_bytes()));
        archive(&files.collect::<Vec<_>>()).expect("a tar in memory").into()
    }

    /// Runs all of it, and sees to it that nothing stays behind.
    pub async fn run(&self, engine: &Engine) -> Result<(Execution, BTreeMap<String, JudgeFacts>), EngineError> {
        let inspection = observed::submitted(1, &[]);
        let panel = Panel::of(engine, &self.project.course, &self.suites).await?;
        let judging = Judging::ready(engine, &panel, &inspection, owner()).await?;
        let egress = egress(&self.project.course);
        let request = ExecutionRequest {
            egress: &egress,
            course: &self.project.course,
            plan: &self.project.plan,
            archive: self.archive(),
            as_of: self.project.as_of.parse().expect("a date"),
            owner: owner(),
        };
        let ran = execute_judged(engine, request, Some(&judging), |_| {}).await;
        assert_eq!(engine.reap(&Default::default()).await?, 0, "a run left containers behind");
        let Observed { execution, judges, .. } = ran?;
        Ok((execution, judges.into_iter().map(|facts| (facts.name.clone(), facts)).collect()))
    }

    /// Runs the commands on the project's files alone.
    pub async fn at_rest(&self, engine: &Engine) -> Result<BTreeMap<String, JudgeFacts>, EngineError> {
        let inspection = observed::submitted(1, &[]);
        let panel = Panel::of(engine, &self.project.course, &self.suites).await?;
        let judging = Judging::ready(engine, &panel, &inspection, owner()).await?;
        let as_of = self.project.as_of.parse().expect("a date");
        let said = judging.alone(engine, &self.archive(), as_of, owner()).await;
        assert_eq!(engine.reap(&Default::default()).await?, 0, "a run left containers behind");
        Ok(said?.into_iter().map(|facts| (facts.name.clone(), facts)).collect())
    }
}
