//! Starting: the application listens, or a script or crawl runs to its end.
//! May import: `domain/`.
//! Next: `answers.rs`.

use crate::domain::facts::Facts;
use crate::domain::facts::execution::{Execution, ProcessEnd, Verdict};
use crate::domain::launch::StepRole;
use crate::domain::{Message, Outcome};

use super::{Judgement, running};

pub fn judge(facts: Facts<'_>) -> Judgement {
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
        Verdict::AnswersErrors | Verdict::StartsEmpty | Verdict::ShowsData => {
            Judgement::passed(Message::new("starts-listens").with("ports", ports.join(", ")))
        }
        Verdict::RanEmpty | Verdict::RanAndStored => Judgement::passed(Message::new("starts-ran")),
    };
    let unanswered = if judgement.outcome == Outcome::Passed { Vec::new() } else { running::unanswered(execution) };
    judgement.seen(troubles(execution)).seen(unanswered).seen(running::stand_ins(execution))
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
