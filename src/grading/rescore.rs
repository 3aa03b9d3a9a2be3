//! The current rubric, and what teachers decided, applied to stored facts: no container, no git, no clock but the stored receipt times.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `rubric/score.rs`.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::decision::Decision;
use crate::db;
use crate::db::audit::Entry;
use crate::db::scores::{Scored, Which};
use crate::domain::audit::{Action, Actor};
use crate::domain::facts::{Execution, Facts, Inspection, JudgeFacts};
use crate::domain::finding::Provenance;
use crate::domain::ids::{CourseId, ForkId, SubmissionId};
use crate::domain::{Course, FactsAddress, Points};
use crate::rubric::{Submitted, rubric_hash, score};

/// One submission whose score is another than before.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Rescored {
    pub submission: SubmissionId,
    pub before: Points,
    pub after: Points,
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
    let totals = moved.iter().filter(|one| one.before != one.after).count();
    let done = json!({ "rubric": rubric_hash(&course.rubric), "scores": moved.len(), "totals": totals });
    let entry = Entry::new(by, Action::Rescored).changing(None, done);
    db::audit::write(decision.conn(), course_id, &entry, now).await?;
    decision.commit().await?;
    Ok(moved)
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

impl Decision<'_> {
    /// Scores these submissions again, as far as they were scored before. What comes out the same is not stored again.
    pub async fn rescore(&mut self, which: Which<'_>) -> anyhow::Result<Vec<Rescored>> {
        let (course_id, course, now) = (self.course_id, self.course, self.now);
        let hash = rubric_hash(&course.rubric);
        let conn = self.conn();
        db::scores::keep_rubric(&mut *conn, &hash, &course.rubric, now).await?;
        let before: HashMap<SubmissionId, _> = db::scores::current(&mut *conn, course_id, which)
            .await?
            .into_iter()
            .map(|scored| (scored.submission, scored.score))
            .collect();
        let sources = db::scores::current_sources(&mut *conn, course_id, which).await?;
        // Partners share documents: each is read once.
        let documents = db::facts::load_many(&mut *conn, sources.iter().flat_map(Scored::documents)).await?;
        let submissions: Vec<SubmissionId> = sources.iter().map(|source| source.submission).collect();
        let overrides = db::overrides::of(&mut *conn, &submissions).await?;
        let extensions = db::extensions::in_force(&mut *conn, course_id, None).await?;

        let mut fresh = Vec::new();
        let mut moved = Vec::new();
        for source in sources {
            let observed = Observed::read(&documents, &source)?;
            let provenance = Provenance {
                rubric: hash.clone(),
                inspection: source.inspection,
                execution: source.execution,
                judges: source.judges,
                program: env!("CARGO_PKG_VERSION").to_owned(),
            };
            let submitted = Submitted {
                received_at: source.received_at,
                extension: extensions.get(&source.fork),
                overrides: overrides.get(&source.submission).map(Vec::as_slice).unwrap_or_default(),
            };
            let score = score(course, observed.facts(), submitted, provenance);
            let Some(old) = before.get(&source.submission) else { continue };
            if *old == score {
                continue;
            }
            moved.push(Rescored { submission: source.submission, before: old.total, after: score.total });
            fresh.push((source.submission, source.run, score));
        }
        db::scores::store(&mut *conn, &fresh, now).await?;
        match which {
            Which::All => db::outbox::owe_newest(conn, course_id, None, now).await?,
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
        let (course_id, course) = (self.course_id, self.course);
        let forks = unsettled(self.conn(), course_id, course).await?;
        if forks.is_empty() { Ok(Vec::new()) } else { self.rescore(Which::OfForks(&forks)).await }
    }
}

/// The documents that one score follows from.
pub(super) struct Observed {
    inspection: Inspection,
    execution: Option<Execution>,
    judges: Vec<JudgeFacts>,
}

impl Observed {
    pub(super) fn read(documents: &Documents, source: &Scored) -> anyhow::Result<Self> {
        Ok(Self {
            inspection: read(documents, &source.inspection)?,
            execution: source.execution.as_ref().map(|address| read(documents, address)).transpose()?,
            judges: source.judges.iter().map(|address| read(documents, address)).collect::<anyhow::Result<_>>()?,
        })
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        Facts { inspection: &self.inspection, execution: self.execution.as_ref(), judges: &self.judges }
    }
}

type Documents = HashMap<FactsAddress, serde_json::Value>;

fn read<T: serde::de::DeserializeOwned>(documents: &Documents, address: &FactsAddress) -> anyhow::Result<T> {
    let document = documents.get(address).with_context(|| format!("facts {address} are missing"))?;
    T::deserialize(document).with_context(|| format!("facts {address} were written by another version"))
}
