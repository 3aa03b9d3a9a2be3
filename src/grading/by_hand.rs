//! What teachers decide by hand, stored with its audit entry and with the scores that follow from it: all in one transaction.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `decision.rs`; `web/overrides.rs`, `web/extensions.rs` and `cli/extend.rs`, which ask for it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgPool;

use super::decision::Decision;
use super::look::Observed;
use super::rescore::Rescored;
use crate::db;
use crate::db::audit::Entry;
use crate::db::scores::Which;
use crate::domain::audit::{Action, Actor};
use crate::domain::ids::{CourseId, ForkId, ScoreId, StudentId, SubmissionId};
use crate::domain::{Course, Extension, Override, Points};
use crate::rubric::{self, Submitted};

/// A reason is a sentence or two (in characters).
pub const LONGEST_REASON: usize = 1_000;

/// Why a decision was not taken: whoever takes it can mend that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no such submission, score or criterion")]
    NotFound,
    #[error("points must lie between {min} and {max}")]
    OutOfRange { min: Points, max: Points },
    #[error("a reason is needed: the student reads it, and whoever asks later")]
    NoReason,
    #[error("a reason of more than {LONGEST_REASON} characters is not read")]
    ReasonTooLong,
    #[error("the course has no deadline: there is nothing to extend")]
    NothingDue,
    #[error("the course's own deadline, {due}, is not earlier than that")]
    NotLater { due: DateTime<Utc> },
}

/// Not taken, or our own failure.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Ours(#[from] anyhow::Error),
}

/// Who decides in which course, and when.
#[derive(Debug, Clone, Copy)]
pub struct Deciding<'a> {
    pub pool: &'a PgPool,
    pub course_id: CourseId,
    pub course: &'a Course,
    pub by: &'a Actor,
    pub now: DateTime<Utc>,
}

/// Points for one criterion of one submission.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    pub submission: SubmissionId,
    /// The score that the teacher looked at: if the facts have moved on since, the decision is stale from its beginning.
    pub looked_at: ScoreId,
    pub criterion: &'a str,
    pub points: Points,
    pub reason: &'a str,
}

impl Deciding<'_> {
    async fn begin(&self, fork: Option<ForkId>) -> sqlx::Result<Decision> {
        Decision::begin(self.pool, self.course_id, self.course, fork, self.now).await
    }

    /// Gives points by hand, in place of any given before. Kept through every run and every rubric from then on.
    pub async fn give_points(&self, given: Given<'_>) -> Result<(), DecisionError> {
        let reason = reason(given.reason)?;
        let mut decision = self.begin(None).await?;
        let course = Arc::clone(decision.course());
        let criterion = course.rubric.criterion(given.criterion).ok_or(Refusal::NotFound)?;
        let (min, max) = criterion.bounds();
        if given.points < min || given.points > max {
            return Err(Refusal::OutOfRange { min, max }.into());
        }
        let conn = decision.conn();
        let sources = db::scores::sources_of(&mut *conn, self.course_id, given.submission, given.looked_at).await?;
        let sources = sources.ok_or(Refusal::NotFound)?;
        let fork = sources.fork;
        let extension = db::extensions::of_fork(&mut *conn, self.course_id, fork).await?;
        let submitted = Submitted { received_at: sources.received_at, extension: extension.as_ref(), overrides: &[] };
        let documents = db::facts::load_texts(conn, sources.provenance.documents()).await?;
        let seen = Observed::read(&documents, &sources.provenance)?;
        let taken = Override {
            criterion: criterion.id.clone(),
            points: given.points,
            reason: reason.to_owned(),
            by: self.by.clone(),
            at: self.now,
            judged: rubric::judged(&course, criterion, seen.facts(), submitted),
        };
        let before = standing(&mut decision, given.submission, given.criterion).await?;
        db::overrides::set(decision.conn(), given.submission, &taken).await?;
        decision.rescore(Which::One(given.submission)).await?;
        let after = standing(&mut decision, given.submission, given.criterion).await?;
        let mut entry = Entry::new(self.by, Action::OverrideSet).of_submission(fork, given.submission);
        (entry.criterion, entry.reason) = (Some(given.criterion), Some(reason));
        db::audit::write(decision.conn(), self.course_id, &entry.changing(before, after), self.now).await?;
        Ok(decision.commit().await?)
    }

    /// The check's own points count again. A criterion that the rubric no longer holds may be undone too.
    pub async fn undo_points(
        &self,
        fork: ForkId,
        submission: SubmissionId,
        criterion: &str,
    ) -> Result<(), DecisionError> {
        let mut decision = self.begin(None).await?;
        let before = standing(&mut decision, submission, criterion).await?;
        let undone = db::overrides::undo(decision.conn(), submission, criterion).await?.ok_or(Refusal::NotFound)?;
        decision.rescore(Which::One(submission)).await?;
        let after = standing(&mut decision, submission, criterion).await?;
        let mut entry = Entry::new(self.by, Action::OverrideUndone).of_submission(fork, submission);
        (entry.criterion, entry.reason) = (Some(criterion), Some(undone.reason.as_str()));
        db::audit::write(decision.conn(), self.course_id, &entry.changing(before, after), self.now).await?;
        Ok(decision.commit().await?)
    }

    /// Gives a student until then, in place of any extension of before, and scores what that touches.
    pub async fn extend(
        &self,
        student: StudentId,
        until: DateTime<Utc>,
        why: &str,
    ) -> Result<Vec<Rescored>, DecisionError> {
        let reason = reason(why)?;
        let due = self.course.deadline.as_ref().ok_or(Refusal::NothingDue)?.at.to_utc();
        if until <= due {
            return Err(Refusal::NotLater { due }.into());
        }
        let mut decision = self.begin(None).await?;
        self.student(&mut decision, student).await?;
        let before = db::extensions::of_student(decision.conn(), student).await?;
        let extension = Extension { until, reason: reason.to_owned(), by: self.by.clone(), at: self.now };
        db::extensions::give(decision.conn(), student, &extension).await?;
        let mut entry = Entry::new(self.by, Action::ExtensionGiven).of_student(student);
        entry.reason = Some(reason);
        let entry = entry.changing(before.map(|before| json!({ "until": before.until })), json!({ "until": until }));
        self.settled(decision, &entry).await
    }

    /// Takes a student's extension back, and scores what that touches.
    pub async fn take_extension(&self, student: StudentId, why: &str) -> Result<Vec<Rescored>, DecisionError> {
        let mut decision = self.begin(None).await?;
        self.student(&mut decision, student).await?;
        let before = db::extensions::of_student(decision.conn(), student).await?.ok_or(Refusal::NotFound)?;
        db::extensions::take(decision.conn(), student).await?;
        let mut entry = Entry::new(self.by, Action::ExtensionTaken).of_student(student);
        entry.reason = Some(why.trim()).filter(|why| !why.is_empty());
        self.settled(decision, &entry.changing(json!({ "until": before.until }), None)).await
    }

    async fn student(&self, decision: &mut Decision, student: StudentId) -> Result<(), DecisionError> {
        let known = db::views::student(decision.conn(), self.course_id, student).await?;
        Ok(known.map(drop).ok_or(Refusal::NotFound)?)
    }

    async fn settled(&self, mut decision: Decision, entry: &Entry<'_>) -> Result<Vec<Rescored>, DecisionError> {
        db::audit::write(decision.conn(), self.course_id, entry, self.now).await?;
        let moved = decision.settle().await?;
        // Whether students see anything hangs on the deadline too, scored or not.
        db::outbox::owe_newest(decision.conn(), self.course_id, None, self.now).await?;
        decision.commit().await?;
        Ok(moved)
    }
}

fn reason(text: &str) -> Result<&str, Refusal> {
    let reason = text.trim();
    match reason.chars().count() {
        0 => Err(Refusal::NoReason),
        1..=LONGEST_REASON => Ok(reason),
        _ => Err(Refusal::ReasonTooLong),
    }
}

/// Points of the criterion and the total, as they stand now; no points where the rubric does not hold it.
async fn standing(
    decision: &mut Decision,
    submission: SubmissionId,
    criterion: &str,
) -> sqlx::Result<Option<serde_json::Value>> {
    let course = decision.course_id;
    let scored = db::scores::current(decision.conn(), course, Which::One(submission)).await?;
    Ok(scored.first().map(|scored| {
        let score = &scored.score;
        let found = score.findings.iter().find(|finding| finding.criterion == criterion);
        match found {
            Some(finding) => json!({ "points": finding.points, "total": score.total }),
            None => json!({ "total": score.total }),
        }
    }))
}
