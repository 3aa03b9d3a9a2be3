//! Current scores beside what a rubric makes of the same facts: no container, no git, and nothing stored.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `change.rs`, which compares them; `rescore.rs` and `apply.rs`, which store them.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::Context;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;

use crate::db;
use crate::db::scores::{Stored, Which};
use crate::domain::course::Deadline;
use crate::domain::facts::inspection::ProjectState;
use crate::domain::facts::{Execution, Facts, Inspection, JudgeFacts};
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

impl Looked {
    /// Whether it differs from the score that is stored, provenance included.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }
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
    /// What differs from the scores that are stored.
    pub fn changed(&self) -> impl Iterator<Item = &Looked> {
        self.all.iter().filter(|one| one.is_changed())
    }
}

/// What every submission of one look is scored by.
struct Rules {
    course: Arc<Course>,
    rubric: RubricHash,
    extensions: HashMap<ForkId, Extension>,
    overrides: HashMap<SubmissionId, Vec<Override>>,
}

/// Scores submissions of a course by the rubric of `course`, whose version is `rubric`, as far as they were scored before.
pub async fn look(
    conn: &mut PgConnection,
    id: CourseId,
    course: &Arc<Course>,
    rubric: &RubricHash,
    which: Which<'_>,
) -> anyhow::Result<Look> {
    let stored = db::scores::stored(&mut *conn, id, which).await?;
    let submissions: Vec<SubmissionId> = stored.iter().map(|one| one.submission).collect();
    let rules = Arc::new(Rules {
        course: Arc::clone(course),
        rubric: rubric.clone(),
        extensions: db::extensions::in_force(&mut *conn, id, None).await?,
        overrides: db::overrides::of(&mut *conn, &submissions).await?,
    });
    let threads = available_parallelism().map_or(1, usize::from);
    let (mut all, mut unreadable) = (Vec::with_capacity(submissions.len()), Vec::new());
    // While some are scored, the documents of the next ones are read.
    let mut working = FuturesOrdered::new();
    let mut waiting = stored.into_iter();
    loop {
        let some: Vec<Stored> = waiting.by_ref().take(AT_ONCE).collect();
        let is_over = some.is_empty();
        if !is_over {
            let addresses = some.iter().flat_map(|one| one.provenance.documents());
            let documents = db::facts::load_texts(&mut *conn, addresses).await?;
            let rules = Arc::clone(&rules);
            working.push_back(tokio::task::spawn_blocking(move || rules.look_at(some, &documents)));
        }
        while working.len() > threads || is_over {
            let Some(done) = working.next().await else { break };
            for one in done.context("scoring broke off")?? {
                match one {
                    Ok(one) => all.push(one),
                    Err(submission) => unreadable.push(submission),
                }
            }
        }
        if is_over {
            let key = key(rubric, &all, &unreadable)?;
            return Ok(Look { all, unreadable, key });
        }
    }
}

type Documents = HashMap<FactsAddress, String>;

impl Rules {
    /// In the order of `stored`. `Err` holds a submission whose facts are not read.
    fn look_at(&self, stored: Vec<Stored>, documents: &Documents) -> sqlx::Result<Vec<Result<Looked, SubmissionId>>> {
        let one = |one: Stored| match Observed::read(documents, &one.provenance) {
            Ok(observed) => self.looked(one, &observed).map(Ok),
            Err(error) => {
                let submission = one.submission;
                tracing::warn!(%submission, "its score stays: {error:#}");
                Ok(Err(submission))
            }
        };
        stored.into_iter().map(one).collect()
    }

    fn looked(&self, one: Stored, observed: &Observed) -> sqlx::Result<Looked> {
        let (submission, fork, run, received_at) = (one.submission, one.fork, one.run, one.received_at);
        let provenance = Provenance {
            rubric: self.rubric.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            ..one.provenance.clone()
        };
        let submitted = Submitted {
            received_at,
            extension: self.extensions.get(&fork),
            overrides: self.overrides.get(&submission).map(Vec::as_slice).unwrap_or_default(),
        };
        let after = rubric::score(&self.course, observed.facts(), submitted, provenance);
        let deadline = self.course.deadline_for(submitted.extension);
        let handed_in = observed.is_handed_in();
        Ok(Looked { submission, fork, run, received_at, deadline, handed_in, before: one.score()?, after })
    }
}

/// The documents that one score follows from.
pub(super) struct Observed {
    inspection: Inspection,
    execution: Option<Execution>,
    judges: Vec<JudgeFacts>,
}

impl Observed {
    /// An error where a document is missing, or was written in a shape that this version does not read.
    pub(super) fn read(documents: &Documents, provenance: &Provenance) -> anyhow::Result<Self> {
        Ok(Self {
            inspection: read(documents, &provenance.inspection)?,
            execution: provenance.execution.as_ref().map(|address| read(documents, address)).transpose()?,
            judges: provenance.judges.iter().map(|address| read(documents, address)).collect::<anyhow::Result<_>>()?,
        })
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        Facts { inspection: &self.inspection, execution: self.execution.as_ref(), judges: &self.judges }
    }

    fn is_handed_in(&self) -> bool {
        use ProjectState::{DocumentsOnly, ElsewhereUnreadable, Submitted};
        matches!(self.inspection.project.state, Submitted | DocumentsOnly | ElsewhereUnreadable)
    }
}

fn read<T: DeserializeOwned>(documents: &Documents, address: &FactsAddress) -> anyhow::Result<T> {
    let document = documents.get(address).with_context(|| format!("facts {address} are missing"))?;
    serde_json::from_str(document).with_context(|| format!("facts {address} were written by another version"))
}

fn key(rubric: &RubricHash, all: &[Looked], unreadable: &[SubmissionId]) -> serde_json::Result<String> {
    let mut hasher = blake3::Hasher::new();
    serde_json::to_writer(&mut hasher, &(rubric, unreadable))?;
    for one in all {
        let points = |score: &Score| -> Vec<i64> { score.findings.iter().map(|one| one.points.hundredths()).collect() };
        let before = (&one.before.provenance, one.before.total, points(&one.before));
        serde_json::to_writer(&mut hasher, &(one.submission, before, one.after.total, points(&one.after)))?;
    }
    Ok(hasher.finalize().to_hex().to_string())
}
