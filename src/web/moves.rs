//! What moved a grade, in the reader's words: of one score after another for teachers, of what they saw for students.
//! May import: `words`, `rubric/moved`, `db/shown`, `db/views`, `domain/`.
//! Next: `rubric/moved.rs`, which finds it; `templates/parts/moved.html`.

use chrono::{DateTime, Utc};

use super::words::Words;
use crate::db::shown::Shown;
use crate::db::views::ScoreView;
use crate::domain::{Course, Message, Points};
use crate::rubric::moved::Shift;
use crate::rubric::{Reader, moved};

/// Changes that a student is told of.
const MOST: usize = 10;

/// A change of a grade.
pub struct Move {
    /// Of a student's grade: when it changed for them.
    pub at: DateTime<Utc>,
    pub before: Points,
    pub after: Points,
    /// Why, as sentences.
    pub causes: Vec<Message>,
    pub lines: Vec<Line>,
    /// What lateness takes off, where that changed.
    pub late: Option<(Points, Points)>,
}

/// A criterion whose points changed.
pub struct Line {
    pub title: String,
    pub before: Option<(Points, Points)>,
    pub after: Option<(Points, Points)>,
    pub difference: Points,
    pub reason: Option<String>,
}

impl Move {
    fn new(course: &Course, words: &Words, at: DateTime<Utc>, moved: moved::Moved) -> Self {
        let line = |shift: Shift| Line {
            difference: shift.difference(),
            title: match shift.criterion {
                Some(id) => course.rubric.title_of_id(&id, words.language).to_owned(),
                None => words.t("moved-hidden"),
            },
            before: shift.before,
            after: shift.after,
            reason: shift.reason,
        };
        Self {
            at,
            before: moved.before,
            after: moved.after,
            causes: moved.causes,
            lines: moved.criteria.into_iter().map(line).collect(),
            late: moved.late,
        }
    }

    /// What happened to a grade, and when: for whoever had seen it.
    pub fn headline(&self, words: &Words) -> Message {
        let key = if self.before == self.after { "changed-points" } else { "changed-grade" };
        let message = Message::new(key).with("at", words.moment_in_full(&self.at));
        message.with("before", words.points(&self.before)).with("after", words.points(&self.after))
    }
}

/// A score with what moved it from the one before.
pub struct Step {
    pub score: ScoreView,
    /// `None` for the first.
    pub moved: Option<Move>,
}

/// Every score of a submission beside the one before it, newest first as they come.
pub fn steps(course: &Course, words: &Words, scores: &[ScoreView]) -> Vec<Step> {
    let step = |(index, view): (usize, &ScoreView)| Step {
        moved: scores.get(index + 1).map(|before| {
            let moved = moved(course, &before.score, &view.score, Reader::Teacher);
            Move::new(course, words, view.at, moved)
        }),
        score: view.clone(),
    };
    scores.iter().enumerate().map(step).collect()
}

/// What students of a fork are told of the grades that they saw, oldest first as they come; newest first as told. A push that was graded
/// is no change of a grade: it is one more version.
pub fn told(course: &Course, words: &Words, shown: &[Shown]) -> Vec<Move> {
    let change = |pair: &[Shown]| {
        let [before, after] = pair else { return None };
        let is_another = before.submission != after.submission;
        if is_another && after.is_push {
            return None;
        }
        let moved = moved(course, &before.score, &after.score, Reader::Student);
        let mut told = Some(moved).filter(|moved| !moved.is_nothing())?;
        if is_another {
            let short = after.commit.as_str().get(..8).unwrap_or_default();
            told.causes.insert(0, Message::new("moved-record").with("commit", short));
        }
        Some(Move::new(course, words, after.at, told))
    };
    shown.windows(2).rev().filter_map(change).take(MOST).collect()
}
