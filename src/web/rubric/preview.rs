//! What a rubric would change in the class: the totals of record before and after, who moves, by how much and why.
//! May import: `histogram`, `grading/` (looks), `db/views`, `domain/`.
//! Next: `templates/parts/rubric-preview.html`.

use std::collections::HashMap;

use crate::db::rubrics::InForce;
use crate::db::views::ClassRow;
use crate::domain::ids::ForkId;
use crate::domain::{Course, Points};
use crate::grading::{Change, Look, OfCriterion, change};
use crate::web::histogram::Histogram;
use crate::web::words::Words;

use super::history::{DiffLine, difference};
use super::written;

/// A look at the class under another rubric.
pub struct Preview {
    pub up: usize,
    pub down: usize,
    pub unmoved: usize,
    /// Scores that would be stored anew, of record or not.
    pub scores: usize,
    /// Scores that stay as they are, since their facts cannot be read.
    pub unreadable: usize,
    pub before: Option<Histogram>,
    pub after: Option<Histogram>,
    pub criteria: Vec<Criterion>,
    pub movers: Vec<Mover>,
    pub difference: Vec<DiffLine>,
    /// The class changed since the look that was agreed to.
    pub moved: bool,
    /// The very rubric that is in force already.
    pub is_in_force: bool,
    /// Of just this change: sent back to agree to it.
    pub key: String,
}

/// A criterion that moves somebody.
pub struct Criterion {
    pub title: String,
    pub up: usize,
    pub down: usize,
    pub points: Points,
}

/// Somebody who moves.
pub struct Mover {
    pub fork: ForkId,
    pub who: String,
    pub before: Points,
    pub after: Points,
    pub difference: Points,
    /// Titles of criteria, with what they give more or less.
    pub causes: Vec<(String, Points)>,
    pub scale: Points,
    pub rest: Points,
    pub other_submission: bool,
}

impl Preview {
    /// Name, title and drawing of both histograms.
    pub fn panels(&self) -> [(&'static str, &'static str, &Option<Histogram>); 2] {
        [("before", "rubric-before", &self.before), ("after", "rubric-after", &self.after)]
    }

    pub fn of(
        words: &Words,
        course: &Course,
        in_force: &InForce,
        rows: &[ClassRow],
        look: Look,
        text: &str,
        moved: bool,
    ) -> Self {
        let Change { before, after, movers, up, down, unmoved, criteria } = change(course, &in_force.rubric, &look);
        // A criterion that the new rubric no longer holds is named by the one before.
        let both = course.rubric.clone().remembering(in_force.rubric.clone());
        let title = |id: &str| both.title_of_id(id, words.language).to_owned();
        let named: HashMap<ForkId, String> = rows.iter().map(|row| (row.id, who(row))).collect();
        let movers = movers.into_iter().map(|mover| Mover {
            who: named.get(&mover.fork).cloned().unwrap_or_default(),
            difference: mover.difference(),
            causes: mover.causes.iter().map(|cause| (title(&cause.criterion), cause.points)).collect(),
            fork: mover.fork,
            before: mover.before,
            after: mover.after,
            scale: mover.scale,
            rest: mover.rest,
            other_submission: mover.other_submission,
        });
        let criteria = criteria.into_iter().map(|of| {
            let OfCriterion { criterion, up, down, points } = of;
            Criterion { title: title(&criterion), up, down, points }
        });
        let written = written(in_force.source.as_deref(), &in_force.rubric);
        let [before, after] = Histogram::pair([("before", before), ("after", after)], course.scale);
        Self {
            up,
            down,
            unmoved,
            scores: look.changed().count(),
            unreadable: look.unreadable.len(),
            before,
            after,
            criteria: criteria.collect(),
            movers: movers.collect(),
            difference: difference(&written, text),
            moved,
            is_in_force: course.rubric == in_force.rubric,
            key: look.key,
        }
    }
}

fn who(row: &ClassRow) -> String {
    let names = row.people();
    if names.is_empty() { row.full_name.clone() } else { names.join(", ") }
}
