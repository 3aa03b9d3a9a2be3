//! A hidden suite: the share of its tests that pass.
//! May import: `domain/`, globset.
//! Next: `command.rs`; `domain/facts/judges.rs` for what a suite reports.

use crate::domain::Message;
use crate::domain::check::{Shown, Unfinished};
use crate::domain::facts::Facts;
use crate::domain::facts::judges::{Amount, CaseFacts, CaseOutcome, JudgeFault, JudgeKind, Said};

use super::judged::{Filter, NOT_JUDGED, judge_of};
use super::{Judgement, running};

/// Tests that fail are named up to so many; more of them help nobody.
const NAMED: usize = 10;

/// What a criterion says of a suite.
pub struct Asked<'c> {
    pub suite: &'c str,
    pub only: &'c [String],
    pub show: Shown,
    pub unfinished: Unfinished,
}

pub fn judge(asked: &Asked<'_>, facts: Facts<'_>) -> Judgement {
    if let Err(judgement) = running::execution(facts) {
        return judgement;
    }
    let Some(suite) = judge_of(facts, JudgeKind::Suite, asked.suite) else {
        return Judgement::uncounted(Message::new("judge-not-run"));
    };
    let cases = match &suite.said {
        Said::Cases { cases } => cases,
        Said::Results(_) => return Judgement::uncounted(Message::new(NOT_JUDGED)),
        Said::NotAsked => {
            return Judgement::failed(Message::new("tests-not-asked")).advise(Message::new("starts-listen"));
        }
        Said::Fault(JudgeFault::TimedOut | JudgeFault::OutOfMemory) if asked.unfinished == Unfinished::Failed => {
            return Judgement::failed(Message::new("tests-unfinished")).advise(Message::new("tests-answer-soon"));
        }
        Said::Fault(_) => return Judgement::uncounted(Message::new(NOT_JUDGED)),
    };
    let filter = Filter::new(asked.only);
    let counted: Vec<&CaseFacts> = cases
        .iter()
        .filter(|case| case.outcome != CaseOutcome::Skipped)
        .filter(|case| filter.takes_case(case))
        .collect();
    let weight = |case: &&CaseFacts| case.weight.unwrap_or(Amount::ONE).max(Amount::ZERO).millionths().unsigned_abs();
    let passed = |case: &&&CaseFacts| case.outcome == CaseOutcome::Passed;
    let all: u64 = counted.iter().map(weight).fold(0, u64::saturating_add);
    let earned: u64 = counted.iter().filter(passed).map(weight).fold(0, u64::saturating_add);
    if all == 0 {
        return Judgement::uncounted(Message::new(NOT_JUDGED));
    }
    let evidence =
        Message::new("tests-passed").with("passed", counted.iter().filter(passed).count()).with("all", counted.len());
    let failing = counted.iter().filter(|case| case.outcome != CaseOutcome::Passed);
    let judgement = Judgement::part(earned, all, evidence).seen(named(failing.copied(), asked.show));
    judgement.advise_unless_passed(Message::new("tests-mend"))
}

/// The tests that fail, as far as the teacher lets students see them.
fn named<'c>(failing: impl Iterator<Item = &'c CaseFacts>, show: Shown) -> Vec<Message> {
    let failing: Vec<&CaseFacts> = failing.collect();
    let one = |case: &&CaseFacts| match show {
        Shown::Messages if !case.message.is_empty() => {
            Message::new("tests-says").with("test", &case.name).with("said", &case.message)
        }
        _ => Message::new("tests-fails").with("test", &case.name),
    };
    if show == Shown::Nothing {
        return Vec::new();
    }
    let more = failing.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| Message::new("tests-more").with("count", more));
    failing.iter().take(NAMED).map(one).chain(more).collect()
}
