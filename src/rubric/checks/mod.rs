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
pub use project::MAX_MEBIBYTES;

use crate::domain::check::Check;
use crate::domain::facts::Facts;
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

/// Judges one check. `in_time` says whether the service learnt of the submission before the deadline (with grace).
pub fn judge(check: &Check, facts: Facts<'_>, in_time: bool) -> Judgement {
    match check {
        Check::Readme { aspect, min_characters, sections, languages } => {
            let (aspect, min_characters) = (*aspect, *min_characters);
            readme::judge(&readme::Asked { aspect, min_characters, sections, languages }, facts)
        }
        Check::Notebooks { chapters, full_at_percent, require_executed, forbid_errors } => {
            let terms = notebooks::Terms {
                chapters: chapters.as_deref(),
                full_at_percent: *full_at_percent,
                require_executed: *require_executed,
                forbid_errors: *forbid_errors,
            };
            notebooks::judge(terms, facts)
        }
        Check::Project { aspect, min_files, min_lines, max_mebibytes } => {
            let (min_files, min_lines, max_mebibytes) = (*min_files, *min_lines, *max_mebibytes);
            project::judge(*aspect, project::Terms { min_files, min_lines, max_mebibytes }, facts)
        }
        Check::Stack { any_of, all_of } => stack::judge(any_of, all_of, facts),
        Check::Installs {} => installs::judge(facts),
        Check::Starts { level } => starts::judge(*level, facts),
        Check::Answers { min_pages, path, status, contains } => {
            let (path, contains) = (path.as_deref(), contains.as_deref());
            answers::judge(answers::Terms { min_pages: *min_pages, path, status: *status, contains }, facts)
        }
        Check::Stores { min_items, service, collection } => {
            let (service, collection) = (service.as_deref(), collection.as_deref());
            stores::judge(stores::Terms { min_items: *min_items, service, collection }, facts)
        }
        Check::History { min_commits, min_days, min_hours, min_authors, max_behind, before_deadline } => {
            let terms = history::Terms {
                min_commits: *min_commits,
                min_days: *min_days,
                min_hours: *min_hours,
                min_authors: *min_authors,
                max_behind: *max_behind,
                before_deadline: *before_deadline,
            };
            history::judge(terms, in_time, facts)
        }
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
