//! Installing: the dependencies that the project names can be installed, and its Dockerfile built.
//! May import: `domain/`.
//! Next: `starts.rs`.

use crate::domain::Message;
use crate::domain::build::{BuildFacts, BuildFault, BuildLimit, BuildOutcome};
use crate::domain::facts::Facts;
use crate::domain::facts::execution::{Execution, InstallOutcome};
use crate::domain::launch::DependencyOrigin;

use super::{Judgement, listed, running};

pub fn judge(facts: Facts<'_>) -> Judgement {
    let execution = match running::execution(facts) {
        Ok(execution) => execution,
        Err(judgement) => return judgement,
    };
    let install = &execution.install;
    let judgement = builds(execution, dependencies(execution));
    let judgement = if install.relaxed.is_empty() {
        judgement
    } else {
        // What the index no longer offers is not the student's fault alone: said, and nothing taken off.
        judgement.advise(Message::new("installs-relaxed").with("lines", listed(&install.relaxed, 5)))
    };
    let judgement = match &install.python {
        None => judgement,
        // The pins were kept, and the Python was not: nothing to take off.
        Some(python) => judgement.advise(
            Message::new("installs-on-python-of-year").with("python", python).with("asked", &execution.plan.python),
        ),
    };
    match &execution.plan.dependencies.origin {
        DependencyOrigin::Imports | DependencyOrigin::Course { .. } => {
            judgement.advise(Message::new("installs-write-requirements"))
        }
        DependencyOrigin::Project { .. } | DependencyOrigin::None => judgement,
    }
}

fn dependencies(execution: &Execution) -> Judgement {
    let install = &execution.install;
    let log =
        || install.log.tail.lines().chain(install.log.head.lines()).map(str::trim).find(|line| line.contains("rror"));
    match install.outcome {
        InstallOutcome::Nothing => Judgement::passed(Message::new("installs-nothing")),
        InstallOutcome::Installed => {
            Judgement::passed(Message::new("installs-done").with("count", install.installed.len()))
        }
        InstallOutcome::Refused => {
            let line = log().map(|line| line.chars().take(300).collect::<String>());
            let seen = line.map(|line| Message::new("process-last-line").with("line", line));
            Judgement::failed(Message::new("installs-refused")).seen(seen).advise(Message::new("installs-mend"))
        }
        InstallOutcome::LimitStruck => {
            Judgement::failed(Message::new("installs-limit")).advise(Message::new("installs-fewer"))
        }
    }
}

/// A Dockerfile that does not build costs half of what installs all the same; a build that was ours to make possible, nothing.
fn builds(execution: &Execution, judgement: Judgement) -> Judgement {
    let mut judgement = judgement;
    for build in &execution.builds {
        judgement = match &build.outcome {
            BuildOutcome::Built { read_only, .. } => {
                let judgement = judgement.seen([Message::new("installs-built").with("file", &build.file)]);
                if read_only.is_empty() {
                    judgement
                } else {
                    let folders = listed(read_only, 5);
                    judgement.advise(Message::new("installs-build-read-only").with("folders", folders))
                }
            }
            BuildOutcome::Unavailable { cause } => {
                let seen = Message::new("installs-build-unavailable").with("file", &build.file).with("cause", cause);
                judgement.seen([seen])
            }
            BuildOutcome::Failed { line, instruction, fault } => {
                let seen = fault_seen(build, fault).with("line", line).with("instruction", instruction);
                let advice = match fault {
                    BuildFault::TooLarge { .. } | BuildFault::Limit { limit: BuildLimit::Disk } => {
                        "installs-build-ignore"
                    }
                    _ => "installs-build-mend",
                };
                judgement.at_most_half().seen([seen]).seen(last_line(build)).advise(Message::new(advice))
            }
        };
    }
    judgement
}

fn fault_seen(build: &BuildFacts, fault: &BuildFault) -> Message {
    let seen = |key: &str| Message::new(key).with("file", &build.file);
    match fault {
        BuildFault::Exited { code } => seen("installs-build-exited").with("code", code),
        BuildFault::Limit { limit: BuildLimit::Time } => seen("installs-build-time"),
        BuildFault::Limit { limit: BuildLimit::Memory } => seen("installs-build-memory"),
        BuildFault::Limit { limit: BuildLimit::Disk } => seen("installs-build-disk"),
        BuildFault::Limit { limit: BuildLimit::Output } => seen("installs-build-output"),
        BuildFault::Missing { source } => seen("installs-build-missing").with("source", source),
        BuildFault::TooLarge { mebibytes } => seen("installs-build-too-large").with("mebibytes", mebibytes),
        BuildFault::Refused { what } => seen("installs-build-refused").with("what", what),
        BuildFault::Unusable => seen("installs-build-unusable"),
    }
}

/// What the command that failed said last.
fn last_line(build: &BuildFacts) -> Option<Message> {
    let log = if build.log.tail.trim().is_empty() { &build.log.head } else { &build.log.tail };
    let line = log.lines().rev().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("Step "))?;
    Some(Message::new("process-last-line").with("line", line.chars().take(300).collect::<String>()))
}
