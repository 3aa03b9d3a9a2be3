//! Putting a rubric in force: version, scores, audit and what students are owed commit together, or not at all.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `db/rubrics.rs` for the versions, `look.rs` for the scores.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::decision::Decision;
use super::look::Look;
use crate::db;
use crate::db::audit::Entry;
use crate::db::rubrics::Applied;
use crate::db::scores::Which;
use crate::domain::audit::{Action, Actor};
use crate::domain::ids::CourseId;
use crate::domain::{Course, Rubric, RubricHash};
use crate::rubric::rubric_hash;

/// A rubric that somebody wants in force.
#[derive(Debug, Clone, Copy)]
pub struct NewRubric<'a> {
    pub rubric: &'a Rubric,
    /// The `[rubric]` section as it was written.
    pub source: Option<&'a str>,
    pub by: &'a Actor,
    pub reason: &'a str,
}

/// What came of it.
#[derive(Debug)]
pub enum Applying {
    Applied(Look),
    /// Facts or scores changed since the look that was agreed to: nothing was stored.
    Moved(Look),
}

/// Puts a rubric in force and scores the course by it, if that changes just what the look with this key showed.
pub async fn apply_rubric(
    pool: &PgPool,
    id: CourseId,
    course: &Course,
    new: NewRubric<'_>,
    agreed: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<Applying> {
    let mut decision = Decision::begin(pool, id, course, None, now).await?;
    let before = decision.change_rubric(new.rubric.clone());
    let look = decision.look(Which::All).await?;
    if look.key != agreed {
        return Ok(Applying::Moved(look));
    }
    decision.put_in_force(new, &before, &look).await?;
    decision.commit().await?;
    Ok(Applying::Applied(look))
}

/// Puts the rubric of `course.toml` in force where the file changed since it was last taken from there. `None` where it did not: what was
/// put in force on the page stays.
pub async fn take_rubric_from_file(
    pool: &PgPool,
    id: CourseId,
    course: &Course,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<Look>> {
    let hash = rubric_hash(&course.rubric);
    if db::rubrics::taken_from_file(&mut *pool.acquire().await?, id).await?.as_ref() == Some(&hash) {
        return Ok(None);
    }
    let mut decision = Decision::begin(pool, id, course, None, now).await?;
    // Another process may have been quicker.
    if db::rubrics::taken_from_file(decision.conn(), id).await?.as_ref() == Some(&hash) {
        return Ok(None);
    }
    let before = decision.change_rubric(course.rubric.clone());
    let look = decision.look(Which::All).await?;
    let new = NewRubric { rubric: &course.rubric, source: None, by: &Actor::CourseFile, reason: "" };
    decision.put_in_force(new, &before, &look).await?;
    decision.commit().await?;
    Ok(Some(look))
}

impl Decision {
    async fn put_in_force(&mut self, new: NewRubric<'_>, before: &RubricHash, look: &Look) -> anyhow::Result<()> {
        let (id, now) = (self.course_id, self.now);
        let NewRubric { rubric, source, by, reason } = new;
        let hash = rubric_hash(rubric);
        db::rubrics::put_in_force(self.conn(), id, Applied { hash: &hash, rubric, source, by, reason }, now).await?;
        self.store(Which::All, look).await?;
        let entry = Entry {
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            ..Entry::new(by, Action::RubricApplied)
        };
        let entry = entry.changing(json!({ "rubric": before }), done(&hash, look));
        Ok(db::audit::write(self.conn(), id, &entry, now).await?)
    }
}

/// What the audit log says of a look that was stored.
pub(super) fn done(hash: &RubricHash, look: &Look) -> Value {
    let totals = look.changed().filter(|one| one.before.total != one.after.total).count();
    json!({ "rubric": hash, "scores": look.changed().count(), "totals": totals })
}
