//! What every check of a running project asks first: is there something to run, and was it run?
//! May import: `domain/`.
//! Next: `installs.rs`, `starts.rs`, `answers.rs`, `stores.rs`.

use crate::domain::Message;
use crate::domain::egress::EgressMode;
use crate::domain::facts::execution::{ProcessEnd, ProcessFacts, StruckLimit};
use crate::domain::facts::network::{Asker, Failed, Failure, Refusal};
use crate::domain::facts::{Execution, Facts, Inspection};
use crate::domain::launch::{LaunchKind, StepRole};

use super::{Judgement, listed};

/// The execution to judge; otherwise the judgement that follows from there being none.
pub fn execution<'f>(facts: Facts<'f>) -> Result<&'f Execution, Judgement> {
    if let Some(execution) = facts.execution {
        return Ok(execution);
    }
    Err(match &facts.inspection.plan {
        Some(plan) if plan.kind != LaunchKind::Nothing => Judgement::skipped(Message::new("run-not-executed")),
        Some(plan) => Judgement::failed(Message::new("run-no-program"))
            .seen(plan.reasons.iter().cloned())
            .advise(Message::new("run-declare")),
        None => Judgement::failed(Message::new("run-no-program")).advise(Message::new("run-add-program")),
    })
}

/// Images that stood in for the real servers: said wherever they took part.
pub fn stand_ins(execution: &Execution) -> impl Iterator<Item = Message> + '_ {
    execution
        .images
        .iter()
        .filter(|image| image.stand_in)
        .map(|image| Message::new("run-stand-in").with("service", &image.role).with("image", &image.reference))
}

/// Files that were too large to be laid beside the programs.
pub fn left_out(inspection: &Inspection) -> Option<Message> {
    let files: Vec<String> = inspection.project.too_large.iter().map(ToString::to_string).collect();
    (!files.is_empty()).then(|| Message::new("run-left-out").with("files", listed(&files, 4)))
}

/// What the programs asked of the world and did not get, and by whose doing.
pub fn unanswered(execution: &Execution) -> Vec<Message> {
    let Some(network) = &execution.network else { return Vec::new() };
    let refused = |why: Refusal| {
        let hosts = network.refused.iter().filter(move |one| one.by == Asker::Program && one.why == why);
        hosts.map(|one| one.host.clone()).collect::<Vec<_>>()
    };
    let of = |message: Message, hosts: &[String]| (!hosts.is_empty()).then(|| message.with("hosts", listed(hosts, 4)));
    let not_allowed = match network.mode {
        EgressMode::None => Message::new("network-closed"),
        EgressMode::AllowList | EgressMode::RecordReplay => Message::new("network-not-allowed"),
    };
    let told = [
        of(not_allowed, &refused(Refusal::NotAllowed)),
        of(Message::new("network-not-here"), &refused(Refusal::NotHere)),
        of(Message::new("network-method"), &refused(Refusal::Method)),
        of(Message::new("network-inside"), &refused(Refusal::Inside)),
        of(Message::new("network-upgrade"), &refused(Refusal::Upgrade)),
        of(Message::new("network-used-up"), &refused(Refusal::UsedUp)),
    ];
    let failed = network.failed.iter().filter(|one| one.by == Asker::Program).take(6).map(failure);
    let failed: Vec<Message> = failed.collect();
    let not_yours = network.failed_by_the_network().next().map(|_| Message::new("network-not-yours"));
    told.into_iter().flatten().chain(failed).chain(not_yours).collect()
}

/// A host that was let through and did not answer.
fn failure(failed: &Failed) -> Message {
    let message = match failed.why {
        Failure::NoSuchHost => Message::new("network-no-such-host"),
        Failure::Unresolved => Message::new("network-unresolved"),
        Failure::Unreachable => Message::new("network-unreachable"),
        Failure::Certificate => Message::new("network-certificate"),
        Failure::TimedOut => Message::new("network-timed-out"),
        Failure::BrokeOff => Message::new("network-broke-off"),
        Failure::TooLarge => Message::new("network-too-large"),
        Failure::Status(status) => Message::new("network-status").with("status", status),
        Failure::Recording => Message::new("network-recording"),
    };
    message.with("host", &failed.host)
}

/// How a program ended, in words a student understands.
pub fn ending(process: &ProcessFacts) -> Message {
    let seconds = process.milliseconds / 1000;
    let message = match process.end {
        ProcessEnd::Exited { code: 0 } => Message::new("process-ended"),
        ProcessEnd::Exited { .. } if process.out_of_memory => Message::new("process-out-of-memory"),
        ProcessEnd::Exited { code } => Message::new("process-failed").with("code", code),
        ProcessEnd::Stopped => Message::new("process-kept-running"),
        ProcessEnd::Limit { limit: StruckLimit::WallTime } => Message::new("process-too-long"),
        ProcessEnd::Limit { limit: StruckLimit::Memory } => Message::new("process-out-of-memory"),
        ProcessEnd::Limit { limit: StruckLimit::Output } => Message::new("process-too-much-output"),
    };
    let command = || process.argv.join(" ").chars().take(120).collect::<String>();
    let name = if process.file.as_str().is_empty() { command() } else { process.file.to_string() };
    message.with("file", name).with("seconds", seconds)
}

/// The last exception that an application printed and lived on.
pub fn exception(execution: &Execution) -> Option<Message> {
    let serving = execution.processes.iter().filter(|process| process.role != StepRole::Load);
    let line =
        serving.filter_map(|process| raised(&process.log.tail).or_else(|| raised(&process.log.head))).next_back()?;
    Some(Message::new("answers-exception").with("line", line.chars().take(300).collect::<String>()))
}

/// What comes after the indented lines of the last traceback.
fn raised(log: &str) -> Option<&str> {
    let (_, last) = log.rsplit_once("Traceback (most recent call last):\n")?;
    last.lines().find(|line| !line.starts_with([' ', '\t']) && !line.trim().is_empty())
}

/// The last line that a program wrote: most often the error itself.
pub fn last_line(process: &ProcessFacts) -> Option<Message> {
    let log = if process.log.tail.trim().is_empty() { &process.log.head } else { &process.log.tail };
    let line = log.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    Some(Message::new("process-last-line").with("line", line.chars().take(300).collect::<String>()))
}
