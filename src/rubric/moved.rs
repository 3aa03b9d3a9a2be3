//! What moved a score from one to the next: what it was made from that is not the same, and the points that came and went. Pure.
//! May import: `domain/`, `explain.rs`.
//! Next: `web/fork.rs` tells it to teachers, `web/feedback.rs` to students.

use std::collections::BTreeSet;

use crate::domain::finding::{Due, Overridden};
use crate::domain::{Course, Finding, Message, Points, Score};

use super::explain::{Reader, titled, written};

/// From one score to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The totals.
    pub before: Points,
    pub after: Points,
    /// What differs in what the scores were made from, as sentences.
    pub causes: Vec<Message>,
    /// Criteria whose points or worth changed, in the order of the rubric of today; those that left it come last.
    pub criteria: Vec<Shift>,
    /// What lateness takes off, where that changed.
    pub late: Option<(Points, Points)>,
}

/// A criterion with other points than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its id; `None` for all that students do not see, together.
    pub criterion: Option<String>,
    /// Points and worth; `None` where the rubric of that score did not hold it.
    pub before: Option<(Points, Points)>,
    pub after: Option<(Points, Points)>,
    /// Why a teacher gave the points of now.
    pub reason: Option<String>,
}

impl Shift {
    /// Points won or lost.
    pub fn difference(&self) -> Points {
        let points = |side: Option<(Points, Points)>| side.map(|(points, _)| points).unwrap_or_default();
        points(self.after) - points(self.before)
    }
}

impl Moved {
    /// Total, points and lateness are what they were.
    pub fn is_nothing(&self) -> bool {
        self.before == self.after && self.criteria.is_empty() && self.late.is_none()
    }
}

/// What moved a score, as its reader may know it.
pub fn moved(course: &Course, before: &Score, after: &Score, reader: Reader) -> Moved {
    let late = (before.late_penalty, after.late_penalty);
    Moved {
        before: before.total,
        after: after.total,
        causes: causes(course, before, after, reader),
        criteria: shifts(before, after, reader),
        late: Some(late).filter(|(before, after)| before != after),
    }
}

fn causes(course: &Course, before: &Score, after: &Score, reader: Reader) -> Vec<Message> {
    let (old, new) = (&before.provenance, &after.provenance);
    let mut causes = Vec::new();
    let mut tell = |differs: bool, message: Message| {
        if differs {
            causes.push(message);
        }
    };
    tell(old.inspection != new.inspection, Message::new("moved-inspection"));
    tell(old.execution != new.execution, Message::new("moved-execution"));
    tell(old.judges != new.judges, Message::new("moved-judges"));
    tell(old.rubric != new.rubric, Message::new("moved-rubric"));
    let program = Message::new("moved-program").with("from", &old.program).with("to", &new.program);
    tell(old.program != new.program, program);
    let scale = Message::new("moved-scale").with("from", before.scale).with("to", after.scale);
    tell(before.scale != after.scale, scale);
    causes.extend(by_hand(course, before, after, reader));
    causes.extend(lateness(course, before, after));
    causes
}

/// What a teacher gave or took back between the two.
fn by_hand(course: &Course, before: &Score, after: &Score, reader: Reader) -> Vec<Message> {
    let mut hidden = false;
    let mut told = Vec::new();
    for id in criteria(before, after) {
        let (old, new) = (find(before, id), find(after, id));
        let given = |side: Option<&Finding>| side.and_then(|found| found.overridden.clone());
        let key = match (given(old), given(new)) {
            (None, Some(_)) => "moved-override-set",
            (Some(_), None) => "moved-override-undone",
            (Some(old), Some(new)) if is_another(&old, &new) => "moved-override-changed",
            _ => continue,
        };
        if reader.sees(is_hidden(old, new)) {
            told.push(titled(key, course, id));
        } else {
            hidden = true;
        }
    }
    told.extend(hidden.then(|| Message::new("moved-override-hidden")));
    told
}

/// Given once more; what the check says by now is no decision.
fn is_another(old: &Overridden, new: &Overridden) -> bool {
    (&old.reason, &old.by, old.at) != (&new.reason, &new.by, new.at)
}

fn lateness(course: &Course, before: &Score, after: &Score) -> Vec<Message> {
    let (Some(old), Some(new)) = (&before.due, &after.due) else {
        // The earlier score did not keep what its lateness was counted by.
        let differs = before.late_penalty != after.late_penalty;
        return differs.then(|| Message::new("moved-deadline")).into_iter().collect();
    };
    let until = |due: &Due| due.deadline.as_ref().map(|deadline| written(course, deadline.at.to_utc()));
    let deadline = match (old.extended, new.extended) {
        _ if old.deadline == new.deadline => None,
        (_, true) => Some(Message::new("moved-extension-given").with("until", until(new).unwrap_or_default())),
        (true, false) => Some(Message::new("moved-extension-taken").with("until", until(new).unwrap_or_default())),
        (false, false) => Some(Message::new("moved-deadline")),
    };
    let received = (old.received_at != new.received_at)
        .then(|| Message::new("moved-received").with("at", written(course, new.received_at)));
    deadline.into_iter().chain(received).collect()
}

/// The ids of both, those of now first.
fn criteria<'a>(before: &'a Score, after: &'a Score) -> Vec<&'a str> {
    let ids = |score: &'a Score| score.findings.iter().map(|finding| finding.criterion.as_str());
    let now: BTreeSet<&str> = ids(after).collect();
    ids(after).chain(ids(before).filter(|id| !now.contains(id))).collect()
}

fn find<'a>(score: &'a Score, id: &str) -> Option<&'a Finding> {
    score.findings.iter().find(|finding| finding.criterion == id)
}

/// Hidden in either: what was hidden once is not told afterwards.
fn is_hidden(old: Option<&Finding>, new: Option<&Finding>) -> bool {
    old.into_iter().chain(new).any(|finding| finding.hidden)
}

fn shifts(before: &Score, after: &Score, reader: Reader) -> Vec<Shift> {
    let mut shifts = Vec::new();
    let mut unseen: Option<Shift> = None;
    for id in criteria(before, after) {
        let (old, new) = (find(before, id), find(after, id));
        let side = |found: Option<&Finding>| found.map(|finding| (finding.points, finding.bound()));
        let reason = new.and_then(|finding| finding.overridden.as_ref()).map(|given| given.reason.clone());
        if !reader.sees(is_hidden(old, new)) {
            let sum = unseen.get_or_insert(Shift { criterion: None, before: None, after: None, reason: None });
            (sum.before, sum.after) = (added(sum.before, side(old)), added(sum.after, side(new)));
        } else if side(old) != side(new) {
            shifts.push(Shift { criterion: Some(id.to_owned()), before: side(old), after: side(new), reason });
        }
    }
    shifts.extend(unseen.filter(|sum| sum.before != sum.after));
    shifts
}

fn added(sum: Option<(Points, Points)>, more: Option<(Points, Points)>) -> Option<(Points, Points)> {
    match (sum, more) {
        (Some((points, max)), Some((more, worth))) => Some((points + more, max + worth)),
        (sum, more) => sum.or(more),
    }
}
