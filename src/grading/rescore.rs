//! The current rubric applied to stored facts: no container, no git, no clock but the stored receipt times.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `rubric/score.rs`.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgPool;

use crate::db;
use crate::db::audit::Entry;
use crate::domain::audit::{Action, Actor};
use crate::domain::facts::{Execution, Facts, Inspection, JudgeFacts};
use crate::domain::finding::Provenance;
use crate::domain::ids::{CourseId, SubmissionId};
use crate::domain::{Course, FactsAddress, Points, RubricHash};

/// One submission whose total moved.
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
    rubric_hash: &RubricHash,
    by: &Actor,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<Rescored>> {
    let mut transaction = pool.begin().await?;
    db::scores::keep_rubric(&mut transaction, rubric_hash, &course.rubric, now).await?;
    let before: HashMap<SubmissionId, _> = db::scores::current(&mut transaction, course_id)
        .await?
        .into_iter()
        .map(|scored| (scored.submission, scored.score))
        .collect();
    let sources = db::scores::current_sources(&mut transaction, course_id).await?;
    // Partners share documents: each is read once.
    let wanted = sources
        .iter()
        .flat_map(|source| std::iter::once(&source.inspection).chain(&source.execution).chain(&source.judges));
    let documents = db::facts::load_many(&mut transaction, wanted).await?;

    let mut fresh = Vec::new();
    let mut moved = Vec::new();
    for source in sources {
        let inspection: Inspection = read(&documents, &source.inspection)?;
        let execution: Option<Execution> =
            source.execution.as_ref().map(|address| read(&documents, address)).transpose()?;
        let judges: Vec<JudgeFacts> =
            source.judges.iter().map(|address| read(&documents, address)).collect::<anyhow::Result<_>>()?;
        let provenance = Provenance {
            rubric: rubric_hash.clone(),
            inspection: source.inspection,
            execution: source.execution,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            judges: source.judges,
        };
        let facts = Facts { inspection: &inspection, execution: execution.as_ref(), judges: &judges };
        let score = crate::rubric::score(course, facts, source.received_at, provenance);
        let Some(old) = before.get(&source.submission) else { continue };
        if *old == score {
            continue;
        }
        moved.push(Rescored { submission: source.submission, before: old.total, after: score.total });
        fresh.push((source.submission, source.run, score));
    }
    db::scores::store(&mut transaction, &fresh, now).await?;
    db::outbox::owe_newest(&mut transaction, course_id, None, now).await?;
    let totals = moved.iter().filter(|one| one.before != one.after).count();
    let done = json!({ "rubric": rubric_hash, "scores": moved.len(), "totals": totals });
    let entry = Entry::new(by, Action::Rescored).changing(None, done);
    db::audit::write(&mut transaction, course_id, &entry, now).await?;
    transaction.commit().await?;
    Ok(moved)
}

fn read<T: serde::de::DeserializeOwned>(
    documents: &HashMap<FactsAddress, serde_json::Value>,
    address: &FactsAddress,
) -> anyhow::Result<T> {
    let document = documents.get(address).with_context(|| format!("facts {address} are missing"))?;
    T::deserialize(document).with_context(|| format!("facts {address} were written by another version"))
}
