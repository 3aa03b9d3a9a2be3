//! One file per kind of check: each reads facts and says what was seen and what to do next.
//! May import: `domain/`.
//! Next: `readme.rs`, `stack.rs`, … in the order of `Check`.

mod answers;
mod command;
mod history;
mod installs;
mod judged;
mod notebooks;
mod project;
mod readme;
mod running;
mod stack;
mod starts;
mod stores;
mod tests;

pub use judged::Filter;

use crate::domain::facts::Facts;
use crate::domain::rubric::Check;
use crate::domain::{Message, Outcome};

/// How one criterion was judged, before its points are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub outcome: Outcome,
    /// Part of the points that is earned: numerator and denominator.
    pub share: (i64, i64),
    pub evidence: Vec<Message>,
    pub advice: Vec<Message>,
    /// It takes part in the sum. What could not be judged through the teacher or us counts for nobody and against nobody.
    pub counts: bool,
}

impl Judgement {
    /// Everything that was asked for.
    pub fn passed(evidence: Message) -> Self {
        Self { outcome: Outcome::Passed, share: (1, 1), evidence: vec![evidence], advice: Vec::new(), counts: true }
    }

    /// Nothing of what was asked for.
    pub fn failed(evidence: Message) -> Self {
        Self { outcome: Outcome::Failed, share: (0, 1), evidence: vec![evidence], advice: Vec::new(), counts: true }
    }

    /// Could not be judged.
    pub fn skipped(evidence: Message) -> Self {
        Self { outcome: Outcome::Skipped, share: (0, 1), evidence: vec![evidence], advice: Vec::new(), counts: true }
    }

    /// Could not be judged, and that is not the student's doing: the sum is made without it.
    pub fn uncounted(evidence: Message) -> Self {
        Self { counts: false, ..Self::skipped(evidence) }
    }

    /// So much out of so much: nothing fails, all or more passes.
    pub fn part(numerator: u64, denominator: u64, evidence: Message) -> Self {
        if numerator >= denominator {
            return Self::passed(evidence);
        }
        if numerator == 0 {
            return Self::failed(evidence);
        }
        // Halved alike, what is too large for a share stays the same part of it.
        let too_large = u64::BITS.saturating_sub(denominator.leading_zeros()).saturating_sub(i64::BITS - 1);
        let bounded = |number: u64| i64::try_from(number >> too_large).unwrap_or(i64::MAX);
        let share = (bounded(numerator), bounded(denominator));
        Self { outcome: Outcome::Partial, share, evidence: vec![evidence], advice: Vec::new(), counts: true }
    }

    /// The same with more that was seen.
    pub fn seen(mut self, evidence: impl IntoIterator<Item = Message>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// The same with what to do next.
    pub fn advise(mut self, advice: Message) -> Self {
        self.advice.push(advice);
        self
    }

    /// Half of it, where it is all that was asked for.
    pub fn at_most_half(self) -> Self {
        match self.outcome {
            Outcome::Passed => Self { outcome: Outcome::Partial, share: (1, 2), ..self },
            _ => self,
        }
    }

    /// Advises only what is not passed.
    pub fn advise_unless_passed(self, advice: Message) -> Self {
        if self.outcome == Outcome::Passed { self } else { self.advise(advice) }
    }
}

/// Judges one check.
pub fn judge(check: &Check, facts: Facts<'_>) -> Judgement {
    match check {
        Check::Readme { aspect, min_characters, sections, languages } => {
            let (aspect, min_characters) = (*aspect, *min_characters);
            readme::judge(&readme::Asked { aspect, min_characters, sections, languages }, facts)
        }
        Check::Notebooks { chapters, full_at_percent } => {
            notebooks::judge(chapters.as_deref(), *full_at_percent, facts)
        }
        Check::Project { aspect } => project::judge(*aspect, facts),
        Check::Stack { any_of } => stack::judge(any_of, facts),
        Check::Installs {} => installs::judge(facts),
        Check::Starts {} => starts::judge(facts),
        Check::Answers { min_pages } => answers::judge(*min_pages, facts),
        Check::Stores { min_items } => stores::judge(*min_items, facts),
        Check::History { min_commits, min_days } => history::judge(*min_commits, *min_days, facts),
        Check::Tests { suite, only, show, unfinished } => {
            tests::judge(&tests::Asked { suite, only, show: *show, unfinished: *unfinished }, facts)
        }
        Check::Command { command, only } => command::judge(command, only, facts),
    }
}

/// A list for people: at most so many, then how many more.
fn listed(items: &[String], most: usize) -> String {
    let shown: Vec<&str> = items.iter().map(String::as_str).take(most).collect();
    let more = items.len().saturating_sub(most);
    if more == 0 { shown.join(", ") } else { format!("{} (+{more})", shown.join(", ")) }
}
