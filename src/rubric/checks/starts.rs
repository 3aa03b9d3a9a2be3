//! Starting: the application listens, or a script or crawl runs to its end.
//! May import: `domain/`.
//! Next: `answers.rs`.

use crate::domain::check::StartLevel;
use crate::domain::facts::Facts;
use crate::domain::facts::execution::{Execution, ProcessEnd, Verdict};
use crate::domain::launch::StepRole;
use crate::domain::{Message, Outcome};

use super::{Judgement, running};

pub fn judge(level: StartLevel, facts: Facts<'_>) -> Judgement {
    let execution = match running::execution(facts) {
        Ok(execution) => execution,
        Err(judgement) => return judgement,
    };
    let ports: Vec<String> = execution.ports.iter().map(ToString::to_string).collect();
    let judgement = match execution.verdict() {
        Verdict::InstallFailed => {
            Judgement::failed(Message::new("starts-not-installed")).advise(Message::new("installs-mend"))
        }
        Verdict::CrashedAtStart => {
            Judgement::failed(Message::new("starts-crashed")).advise(Message::new("starts-mend-crash"))
        }
        Verdict::NeverListened => {
            Judgement::failed(Message::new("starts-never-listened")).advise(Message::new("starts-listen"))
        }
        verdict @ (Verdict::AnswersErrors | Verdict::StartsEmpty | Verdict::ShowsData) => {
            came(verdict, level, Message::new("starts-listens").with("ports", ports.join(", ")))
        }
        verdict @ (Verdict::RanEmpty | Verdict::RanAndStored) => came(verdict, level, Message::new("starts-ran")),
    };
    let causes = if judgement.outcome == Outcome::Passed {
        Vec::new()
    } else {
        running::unanswered(execution).into_iter().chain(running::left_out(facts.inspection)).collect()
    };
    judgement.seen(troubles(execution)).seen(causes).seen(running::stand_ins(execution))
}

/// How far of how far: listening is the first step, answering the second, data the third.
fn came(verdict: Verdict, level: StartLevel, seen: Message) -> Judgement {
    let reached = match verdict {
        Verdict::ShowsData | Verdict::RanAndStored => StartLevel::ShowsData,
        Verdict::StartsEmpty => StartLevel::Answers,
        _ => StartLevel::Listens,
    };
    let steps = |level: StartLevel| match level {
        StartLevel::Listens => 1,
        StartLevel::Answers => 2,
        StartLevel::ShowsData => 3,
    };
    let judgement = Judgement::part(steps(reached), steps(level), seen);
    judgement.advise_unless_passed(match reached {
        StartLevel::Listens => Message::new("answers-mend"),
        StartLevel::Answers | StartLevel::ShowsData => Message::new("starts-show-data"),
    })
}

/// Every program that did not end as it should, with its last line.
fn troubles(execution: &Execution) -> Vec<Message> {
    let listens = !execution.ports.is_empty();
    let bad = execution.processes.iter().filter(|process| {
        let as_meant = match process.role {
            StepRole::Load => process.end == ProcessEnd::Exited { code: 0 },
            StepRole::Beside => process.end == ProcessEnd::Stopped || process.end == (ProcessEnd::Exited { code: 0 }),
            StepRole::Serve => process.end == ProcessEnd::Stopped && listens,
        };
        !as_meant || process.out_of_memory
    });
    bad.flat_map(|process| std::iter::once(running::ending(process)).chain(running::last_line(process))).collect()
}
