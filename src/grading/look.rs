//! Every current score of a course beside what a rubric makes of the same facts: no container, no git, and nothing stored.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `change.rs`, which compares them; `rescore.rs` and `apply.rs`, which store them.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::Context;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use sqlx::PgConnection;

use crate::db;
use crate::db::scores::{Stored, Which};
use crate::domain::course::Deadline;
use crate::domain::facts::inspection::ProjectState;
use crate::domain::facts::{Execution, Facts, Inspection};
use crate::domain::finding::Provenance;
use crate::domain::ids::{CourseId, ForkId, RunId, SubmissionId};
use crate::domain::{Course, Extension, FactsAddress, Override, RubricHash, Score};
use crate::rubric::{self, Submitted};

/// Submissions whose documents are in memory at once: logs make some of them large.
const AT_ONCE: usize = 50;

/// One submission, scored anew.
#[derive(Debug, Clone)]
pub struct Looked {
    pub submission: SubmissionId,
    pub fork: ForkId,
    pub run: Option<RunId>,
    pub received_at: DateTime<Utc>,
    /// The one in force for its fork.
    pub deadline: Option<Deadline>,
    /// Something of the student's own was handed in.
    pub handed_in: bool,
    pub before: Score,
    pub after: Score,
}

/// Submissions of a course, scored anew.
#[derive(Debug, Clone)]
pub struct Look {
    /// By fork, and in the order in which the service learnt of the submissions.
    pub all: Vec<Looked>,
    /// Facts in a shape that this version does not read: these keep the score that they have.
    pub unreadable: Vec<SubmissionId>,
    /// Of everything above: where it is the same, nothing changed in between.
    pub key: String,
}

impl Look {
    /// What differs from the scores that are stored, provenance included.
    pub fn changed(&self) -> impl Iterator<Item = &Looked> {
        self.all.iter().filter(|one| one.before != one.after)
    }
}

/// What every submission of one look is scored by.
struct Rules {
    course: Arc<Course>,
    hash: RubricHash,
    extensions: HashMap<ForkId, Extension>,
    overrides: HashMap<SubmissionId, Vec<Override>>,
}

/// Scores submissions of a course by the rubric of `course`, as far as they were scored before.
pub async fn look(
    conn: &mut PgConnection,
    id: CourseId,
    course: &Arc<Course>,
    which: Which<'_>,
) -> anyhow::Result<Look> {
    let stored = db::scores::stored(&mut *conn, id, which).await?;
    let submissions: Vec<SubmissionId> = stored.iter().map(|one| one.submission).collect();
    let rules = Arc::new(Rules {
        course: Arc::clone(course),
        hash: rubric::rubric_hash(&course.rubric),
        extensions: db::extensions::in_force(&mut *conn, id, None).await?,
        overrides: db::overrides::of(&mut *conn, &submissions).await?,
    });
    let at_once = available_parallelism().map_or(1, usize::from);
    // While some are scored, the documents of the next ones are read.
    let mut working = FuturesOrdered::new();
    let (mut all, mut unreadable) = (Vec::new(), Vec::new());
    let mut stored = stored.into_iter().peekable();
    loop {
        let is_over = stored.peek().is_none();
        if !is_over {
            let some: Vec<Stored> = stored.by_ref().take(AT_ONCE).collect();
            let addresses = some.iter().flat_map(|one| std::iter::once(&one.inspection).chain(&one.execution));
            let documents = db::facts::load_texts(&mut *conn, addresses).await?;
            let rules = Arc::clone(&rules);
            working.push_back(tokio::task::spawn_blocking(move || -> anyhow::Result<Vec<_>> {
                some.into_iter().map(|one| rules.looked(one, &documents)).collect()
            }));
        }
        while working.len() > at_once || is_over {
            let Some(done) = working.next().await else { break };
            for one in done.context("scoring broke off")?? {
                match one {
                    Ok(one) => all.push(one),
                    Err(submission) => unreadable.push(submission),
                }
            }
        }
        if is_over {
            let key = key(&rules.hash, &all, &unreadable)?;
            return Ok(Look { all, unreadable, key });
        }
    }
}

impl Rules {
    /// `Err` holds a submission whose facts are not read.
    fn looked(
        &self,
        one: Stored,
        documents: &HashMap<FactsAddress, String>,
    ) -> anyhow::Result<Result<Looked, SubmissionId>> {
        let text = |address: &FactsAddress| documents.get(address).with_context(|| format!("facts {address} are missing"));
        let inspection: serde_json::Result<Inspection> = serde_json::from_str(text(&one.inspection)?);
        let execution: serde_json::Result<Option<Execution>> = match &one.execution {
            Some(address) => serde_json::from_str(text(address)?).map(Some),
            None => Ok(None),
        };
        let (submission, fork, run) = (one.submission, one.fork, one.run);
        let (inspection, execution) = match (inspection, execution) {
            (Ok(inspection), Ok(execution)) => (inspection, execution),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%submission, %error, "facts in a shape that this version does not read keep their score");
                return Ok(Err(submission));
            }
        };
        let provenance = Provenance {
            rubric: self.hash.clone(),
            inspection: one.inspection.clone(),
            execution: one.execution.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let submitted = Submitted {
            received_at: one.received_at,
            extension: self.extensions.get(&fork),
            overrides: self.overrides.get(&submission).map(Vec::as_slice).unwrap_or_default(),
        };
        let facts = Facts { inspection: &inspection, execution: execution.as_ref() };
        let after = rubric::score(&self.course, facts, submitted, provenance);
        use ProjectState::{DocumentsOnly, ElsewhereUnreadable, Submitted as HandedIn};
        let handed_in = matches!(inspection.project.state, HandedIn | DocumentsOnly | ElsewhereUnreadable);
        let (received_at, deadline) = (one.received_at, self.course.deadline_for(submitted.extension));
        Ok(Ok(Looked { submission, fork, run, received_at, deadline, handed_in, before: one.score()?, after }))
    }
}

fn key(hash: &RubricHash, all: &[Looked], unreadable: &[SubmissionId]) -> anyhow::Result<String> {
    let mut hasher = blake3::Hasher::new();
    serde_json::to_writer(&mut hasher, &(hash, unreadable))?;
    for one in all {
        let points = |score: &Score| -> Vec<i64> { score.findings.iter().map(|one| one.points.hundredths()).collect() };
        let before = (&one.before.provenance, one.before.total, points(&one.before));
        serde_json::to_writer(&mut hasher, &(one.submission, before, one.after.total, points(&one.after)))?;
    }
    Ok(hasher.finalize().to_hex().to_string())
}
