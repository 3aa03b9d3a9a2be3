//! The teacher's own judges of a project: which there are, what makes their answers what they are, and running them.
//! May import: `sandbox/`, `domain/`, and within the room `files`.
//! Next: `junit.rs` and `results.rs` read what they write, `sandbox/judge.rs` has their walls.

pub mod junit;
mod panel;
pub mod results;
mod text;
pub mod told;

pub use panel::{Judging, Panel, Subject, of_submission};

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value as Json;

use super::files;
use crate::domain::RepoPath;
use crate::domain::facts::execution::{BoundedLog, ImageFacts, PageFacts, ProcessEnd, StruckLimit};
use crate::domain::facts::judges::{Amount, JudgeFacts, JudgeFault, JudgeKind, Said};
use crate::sandbox::{Collected, EngineError, Image, JudgeRequest, JudgeRun, Pod};

use panel::{ReadyCommand, ReadySuite};
use results::{Unread, Worth};

/// Version of what judges report and of the readers behind it: raised whenever the same results would be read otherwise.
pub const VERSION: u32 = 1;

const SUITE: &str = "/suite";
const RESULTS: &str = "/results";
const SUBMISSION: &str = "/autograder/submission";
const TOLD: &str = "/autograder/.told";
const AUTOGRADER_RESULTS: &str = "/autograder/results";

/// What a suite finds in the pod.
#[derive(Debug, Clone, Copy)]
pub enum Door<'a> {
    /// The project serves nothing: its databases can be asked.
    None,
    /// It should serve, and nothing listens.
    Closed,
    Open {
        ports: &'a [u16],
        pages: &'a [PageFacts],
    },
}

/// Runs a suite in the pod.
pub async fn ask(pod: &Pod, suite: &ReadySuite<'_>, door: Door<'_>) -> Result<JudgeFacts, EngineError> {
    let done = |said, run: Option<JudgeRun>| facts(JudgeKind::Suite, suite.judge.name, &suite.judge.image, said, run);
    let layer = match &suite.layer {
        Ok(layer) => layer,
        Err(refused) => {
            let mut facts = done(Said::Fault(JudgeFault::NotInstalled { lines: refused.lines.clone() }), None);
            facts.log = refused.log.clone();
            return Ok(facts);
        }
    };
    if matches!(door, Door::Closed) {
        return Ok(done(Said::NotAsked, None));
    }
    let (declared, below) = (suite.judge.suite, |path: &RepoPath| RepoPath::parse(&format!("suite/{path}")));
    let files =
        suite.judge.files.files.iter().filter_map(|(path, bytes)| Some((below(path)?, bytes.clone()))).collect();
    let request = JudgeRequest {
        image: layer,
        files: packed(files, &["suite"]).await?,
        folders: &[SUITE],
        results: RESULTS,
        argv: &declared.command,
        start_in: SUITE,
        env: &environment(declared.test_seconds, door),
        memory_mib: declared.memory_mib,
        at_most: Duration::from_secs(declared.seconds.into()),
    };
    let run = pod.judge(&request).await?;
    Ok(done(reported(&run), Some(run)))
}

/// What a suite is told of the pod.
fn environment(test_seconds: u32, door: Door<'_>) -> BTreeMap<String, String> {
    let mut env = BTreeMap::from([
        ("HOME".to_owned(), "/tmp".to_owned()),
        ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned()),
        ("PYTEST_TIMEOUT".to_owned(), test_seconds.to_string()),
        ("FORKGRADE_RESULTS".to_owned(), RESULTS.to_owned()),
    ]);
    if let Door::Open { ports, pages } = door {
        let answers = |port: &&u16| {
            let good = |page: &PageFacts| page.port == **port && page.status.is_some_and(|status| status < 400);
            pages.iter().any(good)
        };
        let all: Vec<String> = ports.iter().map(ToString::to_string).collect();
        if let Some(port) = ports.iter().find(answers).or(ports.first()) {
            env.insert("FORKGRADE_URL".to_owned(), format!("http://127.0.0.1:{port}"));
            env.insert("FORKGRADE_PORT".to_owned(), port.to_string());
        }
        env.insert("FORKGRADE_PORTS".to_owned(), all.join(","));
    }
    env
}

/// What the reports of a suite say. Codes but 0 and 1 say, with every runner, that it did not test.
fn reported(run: &JudgeRun) -> Said {
    let fault = match run.ended.end {
        ProcessEnd::Limit { limit } => Some(struck(limit)),
        ProcessEnd::Exited { code: 0 | 1 } => None,
        ProcessEnd::Exited { code } => Some(JudgeFault::Exited { code }),
        ProcessEnd::Stopped => Some(JudgeFault::TimedOut),
    };
    match fault.map_or_else(|| cases(&run.results), Err) {
        Ok(cases) if cases.is_empty() => Said::Fault(JudgeFault::Empty),
        Ok(cases) => Said::Cases { cases },
        Err(fault) => Said::Fault(fault),
    }
}

fn cases(results: &Collected) -> Result<Vec<crate::domain::facts::judges::CaseFacts>, JudgeFault> {
    let Collected::Entries(entries) = results else { return Err(JudgeFault::TooLarge) };
    let mut reports: Vec<_> = entries.iter().filter(|(name, _)| name.ends_with(".xml")).collect();
    if reports.is_empty() {
        return Err(JudgeFault::NoResult);
    }
    reports.sort();
    let mut cases = Vec::new();
    for (name, bytes) in reports {
        let bytes = bytes.as_ref().ok_or(JudgeFault::NotAFile)?;
        let read = junit::read(bytes).map_err(|cause| JudgeFault::Malformed { cause: format!("{name}: {cause}") })?;
        cases.extend(read);
    }
    Ok(cases)
}

fn struck(limit: StruckLimit) -> JudgeFault {
    match limit {
        StruckLimit::WallTime => JudgeFault::TimedOut,
        StruckLimit::Memory => JudgeFault::OutOfMemory,
        StruckLimit::Output => JudgeFault::TooMuchOutput,
    }
}

/// What a command finds in its container.
pub struct Given {
    /// The project's files as a tar; empty where there are none.
    pub archive: Bytes,
    pub facts: Json,
    pub metadata: Json,
}

/// Runs a command in a pod: the project's own, or one with nothing else in it.
pub async fn command(pod: &Pod, command: &ReadyCommand<'_>, given: &Given) -> Result<JudgeFacts, EngineError> {
    let (judge, declared) = (command.judge, command.judge.command);
    let refused = |error: std::io::Error| EngineError::Refused(error.to_string());
    let below = |folder: &str, path: &str| RepoPath::parse(&format!("{}/{path}", folder.trim_start_matches('/')));
    let submitted =
        if given.archive.is_empty() { Vec::new() } else { files::unarchive(&given.archive).map_err(refused)? };
    let submitted = submitted.into_iter().filter_map(|(path, bytes)| Some((below(SUBMISSION, path.as_str())?, bytes)));
    let told = [("facts.json", &given.facts), ("submission_metadata.json", &given.metadata)];
    let told = told.into_iter().filter_map(|(name, json)| Some((below(TOLD, name)?, json.to_string().into_bytes())));
    let request = JudgeRequest {
        image: &command.image,
        files: packed(submitted.chain(told).collect(), &["autograder", "autograder/submission", "autograder/.told"])
            .await?,
        folders: &[SUBMISSION, TOLD],
        results: AUTOGRADER_RESULTS,
        argv: &declared.command,
        start_in: "/autograder",
        env: &BTreeMap::from([("HOME".to_owned(), "/tmp".to_owned())]),
        memory_mib: declared.memory_mib,
        at_most: Duration::from_secs(declared.seconds.into()),
    };
    let run = pod.judge(&request).await?;
    let worth = Worth { out_of: declared.out_of.map(Amount::from), total_points: judge.total_points };
    let said = match result(&run) {
        Ok(bytes) => match results::read(bytes, worth) {
            Ok(results) => Said::Results(Box::new(results)),
            Err(Unread::Malformed(cause)) => Said::Fault(JudgeFault::Malformed { cause }),
            Err(Unread::Empty) => Said::Fault(JudgeFault::Empty),
        },
        Err(fault) => Said::Fault(fault),
    };
    Ok(facts(JudgeKind::Command, judge.name, &judge.image, said, Some(run)))
}

/// The result that was written, whatever code the program ended with: that is what autograders of the wild are used to.
fn result(run: &JudgeRun) -> Result<&[u8], JudgeFault> {
    if let ProcessEnd::Limit { limit } = run.ended.end {
        return Err(struck(limit));
    }
    let Collected::Entries(entries) = &run.results else { return Err(JudgeFault::TooLarge) };
    match (entries.iter().find(|(name, _)| name == "results.json"), &run.ended.end) {
        (Some((_, Some(bytes))), _) => Ok(bytes),
        (Some((_, None)), _) => Err(JudgeFault::NotAFile),
        (None, ProcessEnd::Exited { code }) if *code != 0 => Err(JudgeFault::Exited { code: *code }),
        (None, _) => Err(JudgeFault::NoResult),
    }
}

/// A tar relative to the root; these folders are mounted there already.
async fn packed(files: Vec<(RepoPath, Vec<u8>)>, there: &[&str]) -> Result<Bytes, EngineError> {
    let there: Vec<RepoPath> = there.iter().filter_map(|path| RepoPath::parse(path)).collect();
    let packed = tokio::task::spawn_blocking(move || files::archive_in(&files, &there)).await;
    let packed = packed.map_err(std::io::Error::other).and_then(|packed| packed);
    packed.map(Bytes::from).map_err(|error| EngineError::Refused(error.to_string()))
}

fn facts(kind: JudgeKind, name: &str, image: &Image, said: Said, run: Option<JudgeRun>) -> JudgeFacts {
    let ended = run.map(|run| run.ended);
    JudgeFacts {
        version: VERSION,
        kind,
        name: name.to_owned(),
        image: ImageFacts {
            role: name.to_owned(),
            reference: image.reference.clone(),
            digest: image.digest.clone(),
            stand_in: false,
        },
        execution: None,
        milliseconds: ended.as_ref().map_or(0, |ended| ended.milliseconds),
        peak_memory_bytes: ended.as_ref().and_then(|ended| ended.usage.peak_memory_bytes),
        log: ended.map_or_else(BoundedLog::default, |ended| ended.log),
        said,
    }
}
