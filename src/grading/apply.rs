//! Putting a rubric in force: version, scores, audit and what students are owed commit together, or not at all.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `db/rubrics.rs` for the versions, `look.rs` for the scores.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgPool;

use super::decision::Decision;
use super::look::Look;
use super::rescore::{Rescored, done};
use crate::db;
use crate::db::audit::Entry;
use crate::db::rubrics::{Applied, InForce};
use crate::db::scores::Which;
use crate::domain::audit::{Action, Actor};
use crate::domain::ids::CourseId;
use crate::domain::{Course, Rubric};

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
    Applied(Vec<Rescored>),
    /// Facts or scores changed since the look that was agreed to: nothing was stored.
    Moved(Look),
}

/// Puts a rubric in force and scores the course by it, if that changes just what the look with this key showed; whatever it changes
/// where there is no key.
pub async fn apply_rubric(
    pool: &PgPool,
    id: CourseId,
    course: &Course,
    new: NewRubric<'_>,
    agreed: Option<&str>,
    now: DateTime<Utc>,
) -> anyhow::Result<Applying> {
    let mut decision = Decision::begin(pool, id, course, None, now).await?;
    let before = decision.change_rubric(new.rubric.clone());
    let look = decision.look(Which::All).await?;
    if agreed.is_some_and(|agreed| agreed != look.key) {
        return Ok(Applying::Moved(look));
    }
    let NewRubric { rubric, source, by, reason } = new;
    let hash = decision.rubric().clone();
    db::rubrics::put_in_force(decision.conn(), id, Applied { hash: &hash, rubric, source, by, reason }, now).await?;
    let moved = decision.store(Which::All, look).await?;
    let mut entry = Entry::new(by, Action::RubricApplied).changing(json!({ "rubric": before }), done(&hash, &moved));
    entry.reason = Some(reason).filter(|reason| !reason.is_empty());
    db::audit::write(decision.conn(), id, &entry, now).await?;
    decision.commit().await?;
    Ok(Applying::Applied(moved))
}

/// The rubric in force; the one of the course's file where none is yet.
pub async fn rubric_in_force(
    pool: &PgPool,
    id: CourseId,
    of_file: &Course,
    now: DateTime<Utc>,
) -> sqlx::Result<InForce> {
    if let Some(in_force) = db::rubrics::in_force(&mut *pool.acquire().await?, id).await? {
        return Ok(in_force);
    }
    let decision = Decision::begin(pool, id, of_file, None, now).await?;
    let (hash, rubric) = (decision.rubric().clone(), decision.course().rubric.clone());
    decision.commit().await?;
    Ok(InForce { hash, rubric, source: None })
}
