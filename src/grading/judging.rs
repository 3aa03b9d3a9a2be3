//! The teacher's own judges in the story of a submission: known answers are reused, all others are asked for.
//! May import: `observe/`, `sandbox/`, `db/`, `domain/`.
//! Next: `observe/judges/` asks them, `grade.rs` calls this.

use std::sync::Arc;

use bytes::Bytes;

use super::grade::{Executed, GradeError, Grading, blocking};
use super::project::Project;
use crate::db;
use crate::db::facts::FactsKind;
use crate::db::locks;
use crate::db::runs::Claim;
use crate::domain::facts::{Inspection, JudgeFacts};
use crate::domain::rubric::Kind;
use crate::domain::{Course, FactsAddress, Points, Score};
use crate::git::Snapshot;
use crate::observe::files;
use crate::observe::judges::told::{HandedIn, User};
use crate::observe::judges::{Given, Judging, Panel, Subject, of_submission};
use crate::sandbox::Owner;

/// What a judge said, and where that is stored.
pub type Judged = (FactsAddress, JudgeFacts);

/// The answers behind these keys, where all are known. What came to nothing through us or the teacher is asked for again,
/// and so are answers of several executions: a score follows from one.
pub async fn known(grading: &Grading, keys: &[FactsAddress]) -> Result<Option<Vec<Judged>>, GradeError> {
    let conn = &mut *grading.pool.acquire().await?;
    let mut judged: Vec<Judged> = Vec::new();
    for key in keys {
        let found = db::facts::find::<JudgeFacts>(&mut *conn, FactsKind::Judge, key).await?;
        let Some((address, facts)) = found.filter(|(_, facts)| facts.fault().is_none()) else { return Ok(None) };
        if judged.first().is_some_and(|(_, first)| first.execution != facts.execution) {
            return Ok(None);
        }
        judged.push((address, facts));
    }
    Ok(Some(judged))
}

/// Stores what judges said, each under its key.
pub async fn store(
    grading: &Grading,
    keys: &[FactsAddress],
    said: Vec<JudgeFacts>,
    execution: Option<&FactsAddress>,
) -> Result<Vec<Judged>, GradeError> {
    let conn = &mut *grading.pool.acquire().await?;
    let mut judged = Vec::new();
    for (key, mut facts) in keys.iter().zip(said) {
        facts.execution = execution.cloned();
        let now = grading.clock.now();
        let address = db::facts::store(&mut *conn, FactsKind::Judge, key, facts.version, &facts, now).await?;
        judged.push((address, facts));
    }
    Ok(judged)
}

/// Judges a project of which nothing runs.
pub async fn at_rest(
    grading: &Grading,
    claim: &Claim,
    panel: &Panel<'_>,
    subject: &Subject<'_>,
    files: (&Project, &Arc<Snapshot>),
) -> Result<Vec<Judged>, GradeError> {
    let keys = panel.keys(subject);
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    if !claim.forced
        && let Some(judged) = known(grading, &keys).await?
    {
        return Ok(judged);
    }
    let Some(lock) = locks::execution(&grading.pool, first).await? else { return Err(GradeError::PartnerRuns) };
    let owner = Owner { run: claim.run, lease: claim.lease };
    let asked = async {
        let archive = archive(grading, subject.inspection, files).await?;
        let judging = Judging::ready(&grading.engine, panel, subject.inspection, owner).await?;
        Ok::<_, GradeError>(judging.alone(&grading.engine, &archive, subject.as_of, owner).await?)
    };
    let said = asked.await;
    lock.release().await;
    store(grading, &keys, said?, None).await
}

/// Judges a whole submission: notebooks, history and who handed it in are its own, so nobody shares the answer.
pub async fn of_whole(
    grading: &Grading,
    claim: &Claim,
    panel: &Panel<'_>,
    inspection: &Inspection,
    executed: Option<&Executed>,
    files: (&Project, &Arc<Snapshot>),
) -> Result<Vec<Judged>, GradeError> {
    if !panel.reads_submissions() {
        return Ok(Vec::new());
    }
    let students = db::forks::students(&mut *grading.pool.acquire().await?, claim.fork).await?;
    let user = |student: crate::domain::Student| User {
        id: student.id.0,
        name: student.name.unwrap_or_else(|| student.login.to_string()),
        email: student.email.unwrap_or_default(),
    };
    let submitted = HandedIn {
        id: claim.submission.0,
        created_at: claim.received_at,
        users: students.into_iter().map(user).collect(),
    };
    let execution = executed.map(|executed| (&executed.address, &executed.execution));
    let owner = Owner { run: claim.run, lease: claim.lease };
    let mut judged = Vec::new();
    for (key, judge, facts, metadata) in panel.of_submission(inspection, execution, &submitted) {
        let keys = [key];
        if !claim.forced
            && let Some(known) = known(grading, &keys).await?
        {
            judged.extend(known);
            continue;
        }
        let given = Given { archive: archive(grading, inspection, files).await?, facts, metadata };
        let said = of_submission(&grading.engine, judge, &given, owner).await?;
        judged.extend(store(grading, &keys, vec![said], executed.map(|executed| &executed.address)).await?);
    }
    Ok(judged)
}

/// The project's files; nothing where there is no project.
async fn archive(
    grading: &Grading,
    inspection: &Inspection,
    (project, snapshot): (&Project, &Arc<Snapshot>),
) -> Result<Bytes, GradeError> {
    if inspection.project.folder.is_none() {
        return Ok(Bytes::new());
    }
    let (source, facts) = (project.source(snapshot), inspection.project.clone());
    let (plan, course) = (inspection.plan.clone(), Arc::clone(&grading.course));
    let read = move || Ok(files::archive_of(source.as_ref(), &facts, plan.as_ref(), &course.sandbox)?);
    Ok(blocking(read).await?.into())
}

/// Our failure or the teacher's where nothing that makes up the scale could be judged: no score at all is better than one of 0.
pub fn refuse_empty(course: &Course, score: &Score, judged: &[Judged]) -> Result<(), GradeError> {
    let counts = score.findings.iter().any(|finding| finding.kind() == Kind::Base && finding.max > Points::ZERO);
    let faults: Vec<String> =
        judged.iter().filter_map(|(_, facts)| Some(format!("{}: {:?}", facts.name, facts.fault()?))).collect();
    let is_worth = course.rubric.criteria.iter().any(|one| one.kind == Kind::Base && one.points > Points::ZERO);
    if counts || !is_worth || faults.is_empty() {
        return Ok(());
    }
    Err(GradeError::Ours(anyhow::anyhow!("no criterion could be judged ({})", faults.join("; "))))
}
