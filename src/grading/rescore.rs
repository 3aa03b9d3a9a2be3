//! The rubric in force, and what teachers decided, applied to stored facts: no container, no git, no clock but the stored receipt times.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `look.rs`, which scores; `apply.rs`, which puts another rubric in force.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::decision::Decision;
use super::look::{Look, Looked, look};
use crate::db;
use crate::db::audit::Entry;
use crate::db::scores::Which;
use crate::domain::audit::{Action, Actor};
use crate::domain::ids::{CourseId, ForkId, SubmissionId};
use crate::domain::{Course, Points, RubricHash};

/// One submission whose score is another than before.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Rescored {
    pub submission: SubmissionId,
    pub before: Points,
    pub after: Points,
}

impl Look {
    /// What storing it changes.
    pub fn rescored(&self) -> Vec<Rescored> {
        let one =
            |one: &Looked| Rescored { submission: one.submission, before: one.before.total, after: one.after.total };
        self.changed().map(one).collect()
    }
}

/// Scores every submission of the course again from its facts, in one transaction. Earlier scores stay beside the new ones.
pub async fn rescore(
    pool: &PgPool,
    course_id: CourseId,
    course: &Course,
    by: &Actor,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<Rescored>> {
    let mut decision = Decision::begin(pool, course_id, course, None, now).await?;
    let moved = decision.rescore(Which::All).await?;
    let entry = Entry::new(by, Action::Rescored).changing(None, done(decision.rubric(), &moved));
    db::audit::write(decision.conn(), course_id, &entry, now).await?;
    decision.commit().await?;
    Ok(moved)
}

/// What the audit log says of a class that was scored again.
pub(super) fn done(rubric: &RubricHash, moved: &[Rescored]) -> Value {
    let totals = moved.iter().filter(|one| one.before != one.after).count();
    json!({ "rubric": rubric, "scores": moved.len(), "totals": totals })
}

/// Scores those forks again whose students' deadline is another than their scores went by, and says how many scores came of it.
pub async fn settle(pool: &PgPool, course_id: CourseId, course: &Course, now: DateTime<Utc>) -> anyhow::Result<usize> {
    // Nearly always there is nothing to do, and nobody is kept waiting for that.
    if unsettled(&mut *pool.acquire().await?, course_id, course).await?.is_empty() {
        return Ok(0);
    }
    let mut decision = Decision::begin(pool, course_id, course, None, now).await?;
    let moved = decision.settle().await?;
    decision.commit().await?;
    Ok(moved.len())
}

async fn unsettled(conn: &mut PgConnection, course_id: CourseId, course: &Course) -> sqlx::Result<Vec<ForkId>> {
    let due = course.deadline.as_ref().map(|deadline| deadline.at.to_utc());
    db::extensions::unsettled(conn, course_id, due).await
}

impl Decision {
    /// Scores these submissions again, as far as they were scored before. What comes out the same is not stored again.
    pub async fn rescore(&mut self, which: Which<'_>) -> anyhow::Result<Vec<Rescored>> {
        let look = self.look(which).await?;
        self.store(which, look).await
    }

    /// These submissions as this decision scores them; nothing is stored.
    pub(super) async fn look(&mut self, which: Which<'_>) -> anyhow::Result<Look> {
        let (id, course, rubric) = (self.course_id, Arc::clone(self.course()), self.rubric().clone());
        look(self.conn(), id, &course, &rubric, which).await
    }

    /// Stores what a look at these submissions found. What students are told at GitHub follows.
    pub(super) async fn store(&mut self, which: Which<'_>, look: Look) -> anyhow::Result<Vec<Rescored>> {
        let (id, now, moved) = (self.course_id, self.now, look.rescored());
        let fresh = look.all.into_iter().filter(Looked::is_changed);
        let fresh: Vec<_> = fresh.map(|one| (one.submission, one.run, one.after)).collect();
        let conn = self.conn();
        db::scores::store(&mut *conn, &fresh, now).await?;
        match which {
            Which::All => db::outbox::owe_newest(conn, id, None, now).await?,
            Which::OfForks(_) | Which::One(_) => {
                for one in &moved {
                    db::outbox::owe(&mut *conn, one.submission, now).await?;
                }
            }
        }
        Ok(moved)
    }

    /// Scores those forks again whose extension is another than their scores went by.
    pub async fn settle(&mut self) -> anyhow::Result<Vec<Rescored>> {
        let (id, course) = (self.course_id, Arc::clone(self.course()));
        let forks = unsettled(self.conn(), id, &course).await?;
        if forks.is_empty() { Ok(Vec::new()) } else { self.rescore(Which::OfForks(&forks)).await }
    }
}
