//! The class as a teacher sees it: one line per fork, counted, filtered and sorted. Pure.
//! May import: `rubric/record`, `db/views`, `domain/`.
//! Next: `listing.rs` for what the address asks for, `dashboard.rs` for the page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::summaries::{Front, Summary};
use crate::db::views::{Brief, ClassRow, ScoreBrief};
use crate::domain::facts::execution::Verdict;
use crate::domain::facts::inspection::ProjectState;
use crate::domain::{Course, FactsAddress, ForkState, Points, RunState};
use crate::rubric::record;

/// One fork, with the score of its submission of record.
pub struct Line {
    pub row: ClassRow,
    pub project: Option<ProjectState>,
    pub verdict: Option<Verdict>,
    /// The first picture of it.
    pub front: Option<Front>,
    pub record: Option<Record>,
    /// When the service learnt of the newest submission.
    pub last_push: Option<DateTime<Utc>>,
}

/// The submission that counts.
pub struct Record {
    pub score: ScoreBrief,
    /// Its place among the fork's submissions, which are in the order of their receipt.
    pub index: usize,
    /// A newer submission exists that does not count, or is not graded yet.
    pub newer: bool,
}

impl Line {
    /// Finds the submission of record and what was seen of it.
    pub fn new(course: &Course, row: ClassRow, summaries: &HashMap<FactsAddress, Summary>) -> Self {
        let record = record_of(course, &row);
        let seen = |address: Option<&FactsAddress>| address.and_then(|address| summaries.get(address));
        let project = match seen(record.as_ref().map(|record| &record.score.inspection)) {
            Some(Summary::Inspection(state)) => Some(*state),
            _ => None,
        };
        let (verdict, front) = match seen(record.as_ref().and_then(|record| record.score.execution.as_ref())) {
            Some(Summary::Execution(verdict, front)) => (Some(*verdict), front.clone()),
            _ => (None, None),
        };
        let last_push = row.submissions.last().map(|submission| submission.received_at);
        Self { row, project, verdict, front, record, last_push }
    }

    /// The people, or the owner's login where nobody is known.
    pub fn names(&self) -> Vec<&str> {
        let owner = self.row.full_name.split('/').next().unwrap_or_default();
        let names = self.row.people();
        if names.is_empty() { vec![owner] } else { names }
    }

    /// The fork's name without what all forks of this upstream share.
    pub fn short_name(&self, upstream: &str) -> &str {
        let shared = upstream.split('/').next_back().unwrap_or_default();
        match self.row.full_name.split_once('/') {
            Some((owner, name)) if name == shared => owner,
            _ => &self.row.full_name,
        }
    }

    pub fn total(&self) -> Option<Points> {
        self.record.as_ref().map(|record| record.score.total)
    }

    /// A teacher's points of which the check says something else by now.
    pub fn is_stale(&self) -> bool {
        let findings = self.record.iter().flat_map(|record| &record.score.findings);
        findings.filter_map(|finding| finding.overridden).any(|given| given.stale)
    }

    pub fn is_late(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.score.late_penalty > Points::ZERO)
    }

    pub fn finding(&self, criterion: &str) -> Option<&Brief> {
        self.record.as_ref()?.score.findings.iter().find(|finding| finding.criterion == criterion)
    }

    /// The newest run where it has not come to its end.
    pub fn pending(&self) -> Option<&crate::db::views::RunView> {
        self.row.last_run.as_ref().filter(|run| matches!(run.state, RunState::Queued | RunState::Running))
    }

    /// Something of ours stands in the way; no student can mend it.
    pub fn is_ours(&self) -> bool {
        let failed = self.row.last_run.as_ref().is_some_and(|run| run.state == RunState::Failed);
        failed || self.row.trouble.is_some() || self.row.state == ForkState::Unreadable
    }

    pub fn is_handed_in(&self) -> bool {
        use ProjectState::{DocumentsOnly, ElsewhereUnreadable, Submitted};
        matches!(self.project, Some(Submitted | DocumentsOnly | ElsewhereUnreadable))
    }

    pub fn is_nothing(&self) -> bool {
        self.project.map_or(self.row.state == ForkState::Empty, |_| !self.is_handed_in())
    }

    pub fn runs(&self) -> bool {
        use Verdict::{RanAndStored, RanEmpty, ShowsData, StartsEmpty};
        matches!(self.verdict, Some(RanEmpty | RanAndStored | StartsEmpty | ShowsData))
    }

    pub fn shows_data(&self) -> bool {
        matches!(self.verdict, Some(Verdict::RanAndStored | Verdict::ShowsData))
    }
}

/// The submission of record of a fork.
pub fn record_of(course: &Course, row: &ClassRow) -> Option<Record> {
    let scored: Vec<(usize, DateTime<Utc>, &ScoreBrief)> = row
        .submissions
        .iter()
        .enumerate()
        .filter_map(|(index, submission)| Some((index, submission.received_at, submission.score.as_ref()?)))
        .collect();
    let deadline = course.deadline_for(row.extension());
    let &(index, _, score) = record::of_record(deadline.as_ref(), &scored, |(_, at, score)| (*at, score.total))?;
    Some(Record { score: score.clone(), index, newer: index + 1 < row.submissions.len() })
}

/// How many forks are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub all: usize,
    pub handed_in: usize,
    pub runs: usize,
    pub shows_data: usize,
    pub nothing: usize,
    pub ours: usize,
    pub late: usize,
    pub pending: usize,
}

impl Counts {
    pub fn of(lines: &[Line]) -> Self {
        let count = |is: fn(&Line) -> bool| lines.iter().filter(|line| is(line)).count();
        Self {
            all: lines.len(),
            handed_in: count(Line::is_handed_in),
            runs: count(Line::runs),
            shows_data: count(Line::shows_data),
            nothing: count(Line::is_nothing),
            ours: count(Line::is_ours),
            late: count(Line::is_late),
            pending: count(|line| line.pending().is_some()),
        }
    }
}

/// Text as it is searched and sorted by: lower case, without accents.
pub fn folded(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .flat_map(|letter| {
            let plain = match letter {
                'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
                'ç' => "c",
                'è' | 'é' | 'ê' | 'ë' => "e",
                'ì' | 'í' | 'î' | 'ï' => "i",
                'ñ' => "n",
                'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
                'ù' | 'ú' | 'û' | 'ü' => "u",
                'ý' | 'ÿ' => "y",
                'œ' => "oe",
                'æ' => "ae",
                _ => return vec![letter],
            };
            plain.chars().collect()
        })
        .collect()
}
