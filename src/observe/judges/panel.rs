//! The judges that a course's criteria name: their images, their keys, and what has to be there before they run.
//! May import: `sandbox/`, `domain/`.
//! Next: `mod.rs` runs them, `execution.rs` calls it at the right moments.

use std::collections::BTreeSet;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::{Door, Given, VERSION, ask, command, told};
use crate::domain::check::Check;
use crate::domain::facts::execution::BoundedLog;
use crate::domain::facts::judges::Amount;
use crate::domain::facts::{Execution, Inspection, JudgeFacts};
use crate::domain::judges::{Command, Reads, Suite, SuiteFiles, Suites};
use crate::domain::{Course, FactsAddress, TreeId};
use crate::sandbox::{ANY_TIME, Engine, EngineError, Image, Layer, LayerOutcome, LayerRequest, Owner, Pod};

/// The judges of a course.
pub struct Panel<'a> {
    course: &'a Course,
    suites: Vec<SuiteJudge<'a>>,
    commands: Vec<CommandJudge<'a>>,
}

pub struct SuiteJudge<'a> {
    pub name: &'a str,
    pub suite: &'a Suite,
    pub files: &'a SuiteFiles,
    pub image: Image,
}

pub struct CommandJudge<'a> {
    pub name: &'a str,
    pub command: &'a Command,
    pub image: Image,
    pub total_points: Amount,
}

/// A suite with the image that holds what it requires; otherwise what could not be installed.
pub struct ReadySuite<'a> {
    pub judge: &'a SuiteJudge<'a>,
    pub layer: Result<String, Refused>,
}

/// What of a suite's requirements could not be installed as it is written.
pub struct Refused {
    pub lines: Vec<String>,
    pub log: BoundedLog,
}

/// A command with its image, dressed.
pub struct ReadyCommand<'a> {
    pub judge: &'a CommandJudge<'a>,
    pub image: String,
}

/// What is judged.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub inspection: &'a Inspection,
    /// The project's files, by what they are.
    pub project: Option<&'a TreeId>,
    /// What its execution follows from; `None` where nothing runs.
    pub execution: Option<&'a FactsAddress>,
    /// The commit's date.
    pub as_of: DateTime<Utc>,
}

impl<'a> Panel<'a> {
    /// The judges that criteria name, with their images.
    pub async fn of(engine: &Engine, course: &'a Course, suites: &'a Suites) -> Result<Self, EngineError> {
        let checks = || course.rubric.criteria.iter().map(|criterion| &criterion.check);
        let named: BTreeSet<&str> = checks()
            .filter_map(|check| if let Check::Tests { suite, .. } = check { Some(suite.as_str()) } else { None })
            .collect();
        let mut panel = Self { course, suites: Vec::new(), commands: Vec::new() };
        for (name, suite) in course.suites.iter().filter(|(name, _)| named.contains(name.as_str())) {
            let missing = || EngineError::Refused(format!("the files of the suite {name} were not read"));
            let files = suites.get(name).ok_or_else(missing)?;
            let version = suite.python.as_ref().unwrap_or(&course.sandbox.default_python);
            let python = course.sandbox.python.get(version).map_or("forkgrade/python:3.11", String::as_str);
            let image = engine.image(suite.image.as_deref().unwrap_or(python), None).await?;
            panel.suites.push(SuiteJudge { name, suite, files, image });
        }
        let named: BTreeSet<&str> = checks()
            .filter_map(|check| if let Check::Command { command, .. } = check { Some(command.as_str()) } else { None })
            .collect();
        for (name, command) in course.commands.iter().filter(|(name, _)| named.contains(name.as_str())) {
            let image = engine.image(&command.image, None).await?;
            let total_points = command.out_of.unwrap_or(course.scale).into();
            panel.commands.push(CommandJudge { name, command, image, total_points });
        }
        Ok(panel)
    }

    /// Keys of the judges of a project: of all that run with it, and of nothing else.
    pub fn keys(&self, subject: &Subject<'_>) -> Vec<FactsAddress> {
        let suites = self.suites.iter().filter(|_| subject.execution.is_some()).map(|judge| {
            key(&json!([
                VERSION,
                "suite",
                judge.name,
                judge.suite,
                judge.files.hash,
                judge.image.digest,
                subject.execution
            ]))
        });
        // Read once for all of them.
        let told = told::of_project(subject.inspection);
        let commands = self.of_projects().filter(|_| subject.project.is_some()).map(move |judge| {
            let assignment = told::assignment(self.course, judge.command);
            let subject = json!([subject.project, subject.execution, told, assignment]);
            key(&json!([VERSION, "command", judge.name, judge.command, judge.image.digest, subject]))
        });
        suites.chain(commands).collect()
    }

    /// The judges that read all of a submission, each with its key and what it is given.
    pub fn of_submission(
        &self,
        inspection: &Inspection,
        execution: Option<(&FactsAddress, &Execution)>,
        submitted: &told::HandedIn,
    ) -> Vec<(FactsAddress, &CommandJudge<'a>, Json, Json)> {
        let judges = self.commands.iter().filter(|judge| judge.command.reads == Reads::Submission);
        let told = judges.map(|judge| {
            let metadata = told::metadata(self.course, judge.command, submitted);
            let address = execution.map(|(address, _)| address);
            let subject = json!([inspection, address, metadata]);
            let key = key(&json!([VERSION, "command", judge.name, judge.command, judge.image.digest, subject]));
            (key, judge, told::facts(inspection, execution.map(|(_, execution)| execution)), metadata)
        });
        told.collect()
    }

    /// Whether any judge reads all of a submission.
    pub fn reads_submissions(&self) -> bool {
        self.commands.iter().any(|judge| judge.command.reads == Reads::Submission)
    }

    fn of_projects(&self) -> impl Iterator<Item = &CommandJudge<'a>> {
        self.commands.iter().filter(|judge| judge.command.reads == Reads::Project)
    }
}

fn key(from: &Json) -> FactsAddress {
    FactsAddress::from(*blake3::hash(from.to_string().as_bytes()).as_bytes())
}

/// The judges of one execution, ready before its pod starts: nothing in a pod waits for an installation.
pub struct Judging<'a> {
    panel: &'a Panel<'a>,
    inspection: &'a Inspection,
    suites: Vec<ReadySuite<'a>>,
    commands: Vec<ReadyCommand<'a>>,
}

impl<'a> Judging<'a> {
    /// Installs what suites require, and dresses the images of commands.
    pub async fn ready(
        engine: &Engine,
        panel: &'a Panel<'a>,
        inspection: &'a Inspection,
        owner: Owner,
    ) -> Result<Self, EngineError> {
        let mut judging = Self { panel, inspection, suites: Vec::new(), commands: Vec::new() };
        for judge in &panel.suites {
            let layer = installed(engine, panel.course, judge, owner).await?;
            judging.suites.push(ReadySuite { judge, layer });
        }
        for judge in panel.of_projects() {
            judging.commands.push(ReadyCommand { judge, image: engine.dressed(&judge.image, owner).await? });
        }
        Ok(judging)
    }

    /// Seconds that suites may keep an application waiting for its end.
    pub fn seconds(&self) -> u32 {
        self.suites.iter().map(|suite| suite.judge.suite.seconds.saturating_add(20)).fold(0, u32::saturating_add)
    }

    /// Runs the suites, one after the other.
    pub async fn ask(&self, pod: &Pod, door: Door<'_>) -> Result<Vec<JudgeFacts>, EngineError> {
        let mut said = Vec::new();
        for suite in &self.suites {
            said.push(ask(pod, suite, door).await?);
        }
        Ok(said)
    }

    /// Runs the commands, which are told of the execution.
    pub async fn command(
        &self,
        pod: &Pod,
        archive: &Bytes,
        execution: Option<&Execution>,
        as_of: DateTime<Utc>,
    ) -> Result<Vec<JudgeFacts>, EngineError> {
        let inspection = told::of_project(self.inspection);
        let submitted = told::HandedIn { id: 0, created_at: as_of, users: Vec::new() };
        let mut said = Vec::new();
        for ready in &self.commands {
            let given = Given {
                archive: archive.clone(),
                facts: told::facts(&inspection, execution),
                metadata: told::metadata(self.panel.course, ready.judge.command, &submitted),
            };
            said.push(command(pod, ready, &given).await?);
        }
        Ok(said)
    }

    /// Runs the commands on a project of which nothing runs, in a pod with nothing else in it.
    pub async fn alone(
        &self,
        engine: &Engine,
        archive: &Bytes,
        as_of: DateTime<Utc>,
        owner: Owner,
    ) -> Result<Vec<JudgeFacts>, EngineError> {
        let pod = engine.pod(owner, &[], &[]).await?;
        let said = self.command(&pod, archive, None, as_of).await;
        pod.remove().await;
        said
    }
}

/// Runs one judge that reads all of a submission, in a pod with nothing else in it.
pub async fn of_submission(
    engine: &Engine,
    judge: &CommandJudge<'_>,
    given: &Given,
    owner: Owner,
) -> Result<JudgeFacts, EngineError> {
    let ready = ReadyCommand { judge, image: engine.dressed(&judge.image, owner).await? };
    let pod = engine.pod(owner, &[], &[]).await?;
    let said = command(&pod, &ready, given).await;
    pod.remove().await;
    said
}

/// The layer with what a suite requires, exactly as it is written: a suite on other versions would be another suite.
async fn installed(
    engine: &Engine,
    course: &Course,
    judge: &SuiteJudge<'_>,
    owner: Owner,
) -> Result<Result<String, Refused>, EngineError> {
    if judge.suite.image.is_some() || judge.suite.requirements.is_empty() {
        return Ok(Ok(judge.image.reference.clone()));
    }
    let mut requirements = judge.suite.requirements.clone();
    requirements.sort();
    let request = LayerRequest {
        python: &judge.image,
        of_year: None,
        requirements: &requirements,
        as_of: ANY_TIME,
        sandbox: &course.sandbox,
        owner,
    };
    Ok(match engine.layer(&request).await? {
        LayerOutcome::Ready(Layer { image, relaxed, .. }) if relaxed.is_empty() => Ok(image),
        LayerOutcome::Ready(Layer { relaxed, log, .. }) => Err(Refused { lines: relaxed, log }),
        LayerOutcome::Failed { log, .. } => Err(Refused { lines: requirements, log }),
    })
}
