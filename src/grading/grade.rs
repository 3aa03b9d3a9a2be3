//! One submission's story: fetch, inspect, run (or reuse), score, store.
//! May import: `observe/`, `rubric/`, `git/`, `github/`, `sandbox/`, `db/`, `domain/`, `clock`.
//! Next: `project.rs` for projects that live in a repository of their own, `rendering.rs` for READMEs, `judging.rs` for the teacher's own judges.

use std::sync::Arc;

use anyhow::Context;
use sqlx::PgPool;
use tokio::sync::{broadcast, mpsc};

use super::decision::Decision;
use super::judging::{self, Judged};
use super::project;
use super::rendering::renderings;
use super::similarity::Earlier;
use crate::clock::Clock;
use crate::db;
use crate::db::facts::FactsKind;
use crate::db::locks;
use crate::db::runs::{Claim, FencedError};
use crate::domain::facts::{Execution, Facts, Inspection, JudgeFacts};
use crate::domain::finding::Provenance;
use crate::domain::ids::{CourseId, RepoId, RunId};
use crate::domain::judges::Suites;
use crate::domain::{CommitSha, Course, FactsAddress, Score, Stage};
use crate::egress::Egress;
use crate::git::{GitError, Mirror, Snapshot};
use crate::github::Client;
use crate::observe::execution::{self, ExecutionRequest, Observed};
use crate::observe::files;
use crate::observe::inspect::{InspectRequest, inspect_rendered};
use crate::observe::judges::{Judging, Panel, Subject};
use crate::rubric::Submitted;
use crate::sandbox::{Engine, Owner};

/// Everything that grading works with.
#[derive(Clone)]
pub struct Grading {
    pub pool: PgPool,
    pub course_id: CourseId,
    /// As its file says; its rubric is no matter, since the one in force counts.
    pub course: Arc<Course>,
    /// The files of the course's hidden suites.
    pub suites: Arc<Suites>,
    pub mirror: Arc<Mirror>,
    /// Courses of earlier years, for the comparison of forks.
    pub earlier: Vec<Earlier>,
    pub github: Client,
    pub engine: Engine,
    /// The way out of runs.
    pub egress: Egress,
    pub clock: Clock,
    /// Told to whoever watches; the database keeps it for everybody else.
    pub stages: broadcast::Sender<StageEntered>,
}

/// A run has come to its next stage.
#[derive(Debug, Clone, Copy)]
pub struct StageEntered {
    pub run: RunId,
    pub stage: Stage,
}

/// Why a run ended without a score. None of it is the student's fault, and none of it costs a point.
#[derive(Debug, thiserror::Error)]
pub enum GradeError {
    /// Another worker holds the run now: forget it.
    #[error("the lease of this run was lost")]
    LeaseLost,
    /// A partner's identical project runs right now: its facts will serve this run too.
    #[error("an identical project runs right now")]
    PartnerRuns,
    /// The commit was replaced by a force-push before it could be fetched.
    #[error("the commit is no longer in the fork: it was replaced by a newer push")]
    CommitGone,
    /// A host that the course lets through did not answer, and may do so soon.
    #[error("the network's doing, and neither the student's nor ours: {0}")]
    Network(String),
    /// The engine is away: the worker should stop claiming until it is back.
    #[error(transparent)]
    Engine(#[from] crate::sandbox::EngineError),
    #[error(transparent)]
    Ours(#[from] anyhow::Error),
}

impl From<FencedError> for GradeError {
    fn from(error: FencedError) -> Self {
        match error {
            FencedError::LeaseLost(_) => Self::LeaseLost,
            FencedError::Sql(error) => Self::Ours(error.into()),
        }
    }
}

impl From<sqlx::Error> for GradeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Ours(anyhow::Error::new(error).context("the database"))
    }
}

/// Grades the submission of a claimed run and stores facts and score.
pub async fn grade(grading: &Grading, claim: &Claim) -> Result<Score, GradeError> {
    let grading = &grading.in_force().await?;
    enter(grading, claim, Stage::Fetching).await?;
    let snapshot = fetch(grading, claim).await?;
    let project = project::resolve(grading, claim, &snapshot).await?;

    enter(grading, claim, Stage::Inspecting).await?;
    let renderings = renderings(grading, claim, &snapshot, &project).await?;
    let as_of = snapshot.committed_at();
    let inspection = {
        let (grading, project, snapshot, commit) =
            (grading.clone(), project.clone(), Arc::clone(&snapshot), claim.commit.clone());
        blocking(move || {
            let history = grading.mirror.history(&commit, grading.course.time_zone)?;
            let request = InspectRequest {
                course: &grading.course,
                history: Some(history),
                as_of,
                separate: project.as_separate(),
            };
            anyhow::Ok(inspect_rendered(snapshot.as_ref(), request, &renderings))
        })
        .await?
    };
    let inspection_address = store_inspection(grading, &snapshot, &project, &inspection).await?;

    let panel = Panel::of(&grading.engine, &grading.course, &grading.suites).await?;
    let executed = execute_or_reuse(grading, claim, &snapshot, &project, &inspection, &panel).await?;
    let files = (&project, &snapshot);
    let mut judged = match &executed {
        Some(executed) => executed.judged.clone(),
        None => {
            let project = inspection.project.tree.as_ref();
            let subject = Subject { inspection: &inspection, project, execution: None, as_of };
            judging::at_rest(grading, claim, &panel, &subject, files).await?
        }
    };
    judged.extend(judging::of_whole(grading, claim, &panel, &inspection, executed.as_ref(), files).await?);

    enter(grading, claim, Stage::Scoring).await?;
    let execution = executed.as_ref().map(|executed| &executed.execution);
    let judges: Vec<JudgeFacts> = judged.iter().map(|(_, facts)| facts.clone()).collect();
    let facts = Facts { inspection: &inspection, execution, judges: &judges };
    finish(grading, claim, facts, inspection_address, executed.as_ref(), &judged).await
}

impl Grading {
    /// By the rubric in force when a run begins: it names the judges that are asked. What is in force at the end scores.
    async fn in_force(&self) -> sqlx::Result<Self> {
        let course = db::rubrics::course(&mut *self.pool.acquire().await?, self.course_id, &self.course).await?;
        Ok(Self { course: Arc::new(course), ..self.clone() })
    }
}

/// The commit, from the mirror where it is there already.
async fn fetch(grading: &Grading, claim: &Claim) -> Result<Arc<Snapshot>, GradeError> {
    if !grading.mirror.has_upstream() {
        fetch_upstream(grading).await?;
    }
    let fork = db::forks::get(&mut *grading.pool.acquire().await?, claim.fork).await?;
    if !is_of_fork(grading, fork.repo, &claim.commit).await? {
        let fetched = grading.mirror.fetch_fork(fork.repo, &fork.clone_url, &fork.branch).await;
        fetched.map_err(|error| ours("the fork could not be fetched", error))?;
    }
    // Not in this fork: replaced by a newer push, or never of it, whatever a webhook said.
    if !is_of_fork(grading, fork.repo, &claim.commit).await? {
        return Err(GradeError::CommitGone);
    }
    let (mirror, commit) = (Arc::clone(&grading.mirror), claim.commit.clone());
    let snapshot = blocking(move || Ok(mirror.snapshot(&commit)?)).await?;
    let conn = &mut *grading.pool.acquire().await?;
    db::submissions::describe(conn, claim.submission, &snapshot.root_tree(), snapshot.committed_at()).await?;
    Ok(Arc::new(snapshot))
}

async fn is_of_fork(grading: &Grading, repo: RepoId, commit: &CommitSha) -> Result<bool, GradeError> {
    let (mirror, commit) = (Arc::clone(&grading.mirror), commit.clone());
    blocking(move || Ok(mirror.is_of_fork(repo, &commit))).await
}

/// A worker with a mirror of its own has seen no sweep: without the upstream the course's files would count as the student's.
async fn fetch_upstream(grading: &Grading) -> Result<(), GradeError> {
    let known = db::courses::upstream(&mut *grading.pool.acquire().await?, grading.course_id).await?;
    let asked = grading.github.repository(&known.full_name).await;
    let upstream = asked.map_err(|error| GradeError::Ours(anyhow::Error::new(error).context("the upstream")))?;
    let fetched = grading.mirror.fetch_upstream(&upstream.clone_url, &upstream.default_branch).await;
    fetched.map_err(|error| ours("the upstream could not be fetched", error))?;
    Ok(())
}

/// The execution behind a score.
pub(super) struct Executed {
    pub address: FactsAddress,
    pub execution: Execution,
    /// What the teacher's own judges said of it.
    pub judged: Vec<Judged>,
    reused: bool,
}

async fn execute_or_reuse(
    grading: &Grading,
    claim: &Claim,
    snapshot: &Arc<Snapshot>,
    project: &project::Project,
    inspection: &Inspection,
    panel: &Panel<'_>,
) -> Result<Option<Executed>, GradeError> {
    let (Some(plan), Some(tree)) = (&inspection.plan, &inspection.project.tree) else { return Ok(None) };
    if plan.steps.is_empty() {
        return Ok(None);
    }
    let key = execution::key(&grading.engine, &grading.course, plan, tree).await?;
    let as_of = snapshot.committed_at();
    let judges = panel.keys(&Subject { inspection, project: Some(tree), execution: Some(&key), as_of });
    let wanted = Wanted { key, judges };
    if !claim.forced
        && let Some(known) = known_execution(grading, &wanted).await?
    {
        return Ok(Some(known));
    }
    // Held on a connection of its own and not in a transaction: it falls with the process that holds it.
    let Some(lock) = locks::execution(&grading.pool, &wanted.key).await? else {
        return Err(GradeError::PartnerRuns);
    };
    // A partner may have finished between the first look and the lock.
    if !claim.forced
        && let Some(known) = known_execution(grading, &wanted).await?
    {
        return Ok(Some(known));
    }
    let executed = execute(grading, claim, (snapshot, project), inspection, panel, &wanted).await;
    lock.release().await;
    executed.map(Some)
}

/// What an execution and its judges are known by.
struct Wanted {
    key: FactsAddress,
    judges: Vec<FactsAddress>,
}

async fn known_execution(grading: &Grading, wanted: &Wanted) -> Result<Option<Executed>, GradeError> {
    let Some(judged) = judging::known(grading, &wanted.judges).await? else { return Ok(None) };
    let conn = &mut *grading.pool.acquire().await?;
    // The one that the judges took part in, where there are any.
    let found = match judged.first().and_then(|(_, facts)| facts.execution.clone()) {
        Some(address) => db::facts::load::<Execution>(conn, &address).await?.map(|execution| (address, execution)),
        None => db::facts::find::<Execution>(conn, FactsKind::Execution, &wanted.key).await?,
    };
    // What the network spoilt is nobody's: the next who needs it looks again.
    let found = found.filter(|(_, execution)| spoilt_by_the_network(execution).is_none());
    Ok(found.map(|(address, execution)| Executed { address, execution, judged, reused: true }))
}

async fn execute(
    grading: &Grading,
    claim: &Claim,
    (snapshot, project): (&Arc<Snapshot>, &project::Project),
    inspection: &Inspection,
    panel: &Panel<'_>,
    wanted: &Wanted,
) -> Result<Executed, GradeError> {
    let Some(plan) = &inspection.plan else {
        return Err(GradeError::Ours(anyhow::anyhow!("there is no plan to execute")));
    };
    let archive = {
        let (source, facts, plan) = (project.source(snapshot), inspection.project.clone(), plan.clone());
        let course = Arc::clone(&grading.course);
        blocking(move || Ok(files::archive_of(source.as_ref(), &facts, &plan, &course.sandbox)?)).await?
    };
    let request = ExecutionRequest {
        course: &grading.course,
        plan,
        archive: archive.into(),
        as_of: snapshot.committed_at(),
        owner: Owner { run: claim.run, lease: claim.lease },
        egress: &grading.egress,
    };
    // Written down beside the run, one after the other: else an earlier stage could overtake a later one and stay.
    let (tell, mut told) = mpsc::unbounded_channel();
    let write_down = async {
        while let Some(stage) = told.recv().await {
            if let Err(error) = enter(grading, claim, stage).await {
                // Losing the lease is noticed by the heartbeat, and at the latest by the final write.
                tracing::debug!(run = %claim.run, %error, "a stage was not written down");
            }
        }
    };
    let tell = move |stage| {
        let _ = tell.send(stage);
    };
    let judging = Judging::ready(&grading.engine, panel, inspection, request.owner).await?;
    let execute = execution::execute_judged(&grading.engine, request, Some(&judging), tell);
    let (observed, ()) = tokio::join!(execute, write_down);
    let Observed { execution, pictures, judges: said } = observed?;
    // At the last attempt it is what there is: the finding says whose doing it was.
    if let Some(hosts) = spoilt_by_the_network(&execution)
        && claim.attempt < db::runs::MAX_ATTEMPTS
    {
        return Err(GradeError::Network(hosts));
    }
    let (version, now) = (execution.version, grading.clock.now());
    let address = {
        let mut transaction = grading.pool.begin().await?;
        let kind = FactsKind::Execution;
        let address = db::facts::store(&mut transaction, kind, &wanted.key, version, &execution, now).await?;
        db::screenshots::store(&mut transaction, &address, &pictures, now).await?;
        transaction.commit().await?;
        address
    };
    let judged = judging::store(grading, &wanted.judges, said, Some(&address)).await?;
    Ok(Executed { address, execution, judged, reused: false })
}

/// Hosts that should have answered, with what they did instead.
fn spoilt_by_the_network(execution: &Execution) -> Option<String> {
    let failed = execution.network.iter().flat_map(|network| network.failed_by_the_network());
    let told: Vec<String> = failed.map(|failed| format!("{} ({:?})", failed.host, failed.why)).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

async fn store_inspection(
    grading: &Grading,
    snapshot: &Snapshot,
    project: &project::Project,
    inspection: &Inspection,
) -> Result<FactsAddress, GradeError> {
    let mut hasher = blake3::Hasher::new();
    for part in [snapshot.commit().as_str(), project.commit().map_or("", |commit| commit.as_str())] {
        hasher.update(part.as_bytes()).update(b"\0");
    }
    hasher.update(&inspection.version.to_le_bytes());
    // Another renderer gives other facts of the same files.
    for rendering in inspection.readme.candidates.iter().filter_map(|candidate| candidate.rendering.as_ref()) {
        hasher.update(rendering.address.as_str().as_bytes()).update(b"\0");
    }
    let key = hasher.finalize().to_hex().to_string();
    let key = key.try_into().context("a hash that is none")?;
    let conn = &mut *grading.pool.acquire().await?;
    let now = grading.clock.now();
    Ok(db::facts::store(conn, FactsKind::Inspection, &key, inspection.version, inspection, now).await?)
}

/// Score and end of the run commit together, or not at all. What teachers decided while it ran is counted: nobody decides meanwhile.
async fn finish(
    grading: &Grading,
    claim: &Claim,
    facts: Facts<'_>,
    inspection: FactsAddress,
    executed: Option<&Executed>,
    judged: &[Judged],
) -> Result<Score, GradeError> {
    let (course_id, now) = (grading.course_id, grading.clock.now());
    let mut decision = Decision::begin(&grading.pool, course_id, &grading.course, Some(claim.fork), now).await?;
    let course = Arc::clone(decision.course());
    let provenance = Provenance {
        rubric: decision.rubric().clone(),
        inspection: inspection.clone(),
        execution: executed.map(|executed| executed.address.clone()),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        judges: judged.iter().map(|(address, _)| address.clone()).collect(),
    };
    let conn = decision.conn();
    let extension = db::extensions::of_fork(&mut *conn, course_id, claim.fork).await?;
    let overrides = db::overrides::of(&mut *conn, &[claim.submission]).await?.remove(&claim.submission);
    let submitted = Submitted {
        received_at: db::scores::received_at(&mut *conn, claim.submission).await?,
        extension: extension.as_ref(),
        overrides: overrides.as_deref().unwrap_or_default(),
    };
    let score = crate::rubric::score(&course, facts, submitted, provenance);
    judging::refuse_empty(&course, &score, judged)?;
    db::scores::store(&mut *conn, &[(claim.submission, Some(claim.run), score.clone())], now).await?;
    db::outbox::owe(&mut *conn, claim.submission, now).await?;
    let reused = executed.is_some_and(|executed| executed.reused);
    let execution = executed.map(|executed| &executed.address);
    db::runs::finish(conn, claim, &inspection, execution, reused, now).await?;
    decision.commit().await?;
    Ok(score)
}

async fn enter(grading: &Grading, claim: &Claim, stage: Stage) -> Result<(), GradeError> {
    // Nobody may be watching, and that is fine.
    let _ = grading.stages.send(StageEntered { run: claim.run, stage });
    let conn = &mut *grading.pool.acquire().await?;
    Ok(db::runs::enter(conn, claim, stage, grading.clock.now()).await?)
}

/// Reading trees and parsing files takes a thread, not the runtime.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, GradeError> {
    let done = tokio::task::spawn_blocking(work).await.context("a reader of student files broke off")?;
    Ok(done?)
}

pub(super) fn ours(what: &'static str, error: GitError) -> GradeError {
    GradeError::Ours(anyhow::Error::new(error).context(what))
}
