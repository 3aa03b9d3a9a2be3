//! What every check of a running project asks first: is there something to run, and was it run?
//! May import: `domain/`.
//! Next: `installs.rs`, `starts.rs`, `answers.rs`, `stores.rs`.

use crate::domain::Message;
use crate::domain::facts::execution::{ProcessEnd, ProcessFacts, StruckLimit};
use crate::domain::facts::{Execution, Facts};
use crate::domain::launch::LaunchKind;

use super::Judgement;

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
    message.with("file", &process.file).with("seconds", seconds)
}

/// The last line that a program wrote: most often the error itself.
pub fn last_line(process: &ProcessFacts) -> Option<Message> {
    let log = if process.log.tail.trim().is_empty() { &process.log.head } else { &process.log.tail };
    let line = log.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    Some(Message::new("process-last-line").with("line", line.chars().take(300).collect::<String>()))
}
