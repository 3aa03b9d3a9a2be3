//! Installing: the dependencies that the project names can be installed.
//! May import: `domain/`.
//! Next: `starts.rs`.

use crate::domain::Message;
use crate::domain::facts::Facts;
use crate::domain::facts::execution::InstallOutcome;
use crate::domain::launch::DependencyOrigin;

use super::{Judgement, listed, running};

pub fn judge(facts: Facts<'_>) -> Judgement {
    let execution = match running::execution(facts) {
        Ok(execution) => execution,
        Err(judgement) => return judgement,
    };
    let install = &execution.install;
    let log =
        || install.log.tail.lines().chain(install.log.head.lines()).map(str::trim).find(|line| line.contains("rror"));
    let judgement = match install.outcome {
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
    };
    let judgement = if install.relaxed.is_empty() {
        judgement
    } else {
        // What the index no longer offers is not the student's fault alone: said, and nothing taken off.
        judgement.advise(Message::new("installs-relaxed").with("lines", listed(&install.relaxed, 5)))
    };
    match &execution.plan.dependencies.origin {
        DependencyOrigin::Imports | DependencyOrigin::Course { .. } => {
            judgement.advise(Message::new("installs-write-requirements"))
        }
        DependencyOrigin::Project { .. } | DependencyOrigin::None => judgement,
    }
}
