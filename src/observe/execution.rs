//! Running a project in its pod and writing down what was seen.
//! May import: `sandbox/`, `egress/`, `domain/`, and within the room `running` and `network`.
//! Next: `running.rs` for what happens in the pod, `sandbox/pod.rs` for its walls, `domain/facts/execution.rs` for the result.

use std::time::Instant;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future;
use serde::Serialize;

use crate::domain::course::{Course, Sandbox, Service};
use crate::domain::facts::execution::{BoundedLog, ImageFacts, InstallFacts, InstallOutcome};
use crate::domain::facts::{Execution, JudgeFacts};
use crate::domain::launch::{Container, LaunchPlan};
use crate::domain::{FactsAddress, Stage, TreeId};
use crate::sandbox::{Engine, EngineError, Image, Layer, LayerOutcome, LayerRequest, Owner, ServiceImage};

use super::judges::Judging;
use super::network;
use super::running::observe;
use crate::egress::Egress;

/// Version of the execution's shape and of the observers behind it: raised whenever the same project gives other facts.
pub const VERSION: u32 = 4;

/// What is run.
pub struct ExecutionRequest<'a> {
    pub course: &'a Course,
    pub plan: &'a LaunchPlan,
    /// The project's files as a tar.
    pub archive: Bytes,
    /// The commit's date: unpinned dependencies are meant as of then.
    pub as_of: DateTime<Utc>,
    pub owner: Owner,
    /// The way out, as the course has it.
    pub egress: &'a Egress,
}

/// The images of a run, resolved.
struct Images<'a> {
    /// One for each container of the plan.
    pythons: Vec<Image>,
    services: Vec<(&'a String, &'a Service, Image)>,
}

async fn images<'a>(engine: &Engine, course: &'a Course, plan: &LaunchPlan) -> Result<Images<'a>, EngineError> {
    let pythons = future::try_join_all(plan.containers().map(async |container| {
        let reference = course.sandbox.python.get(container.python).map(String::as_str);
        engine.image(reference.unwrap_or("forkgrade/python:3.11"), None).await
    }));
    let services = future::try_join_all(course.services.iter().map(async |(name, service)| {
        Ok::<_, EngineError>((name, service, engine.image(&service.image, service.stand_in.as_deref()).await?))
    }));
    let (pythons, services) = future::try_join(pythons, services).await?;
    Ok(Images { pythons, services })
}

/// Everything that an execution follows from, hashed: equal keys need no second run.
pub async fn key(
    engine: &Engine,
    course: &Course,
    plan: &LaunchPlan,
    project: &TreeId,
) -> Result<FactsAddress, EngineError> {
    #[derive(Serialize)]
    struct Key<'a> {
        version: u32,
        project: &'a TreeId,
        plan: &'a LaunchPlan,
        images: Vec<&'a str>,
        sandbox: &'a Sandbox,
        services: &'a std::collections::BTreeMap<String, Service>,
    }
    let images = images(engine, course, plan).await?;
    // The reasons are for people: another wording runs nothing anew.
    let plan = LaunchPlan { reasons: Vec::new(), ..plan.clone() };
    let digests = images.pythons.iter().chain(images.services.iter().map(|(.., image)| image));
    let key = Key {
        version: VERSION,
        project,
        plan: &plan,
        images: digests.map(|image| image.digest.as_str()).collect(),
        sandbox: &course.sandbox,
        services: &course.services,
    };
    let json = serde_json::to_vec(&key).map_err(|error| EngineError::Refused(error.to_string()))?;
    Ok(FactsAddress::from(*blake3::hash(&json).as_bytes()))
}

/// Runs the plan: install, start, probe, look into the databases. Whatever way it ends, its pod is removed.
pub async fn execute(
    engine: &Engine,
    request: ExecutionRequest<'_>,
    tell: impl Fn(Stage) + Send + Sync,
) -> Result<Execution, EngineError> {
    let (execution, _) = execute_judged(engine, request, None, tell).await?;
    Ok(execution)
}

/// The same with the teacher's own judges: suites while the application serves, commands once everything was seen.
pub async fn execute_judged(
    engine: &Engine,
    request: ExecutionRequest<'_>,
    judging: Option<&Judging<'_>>,
    tell: impl Fn(Stage) + Send + Sync,
) -> Result<(Execution, Vec<JudgeFacts>), EngineError> {
    let images = images(engine, request.course, request.plan).await?;
    tell(Stage::Installing);
    let (install, layers) = install_all(engine, &request, &images.pythons).await?;

    tell(Stage::Starting);
    let started = Instant::now();
    let services: Vec<ServiceImage<'_>> =
        images.services.iter().map(|(name, service, image)| ServiceImage { name, service, image }).collect();
    let pod = engine.pod(request.owner, &services, &request.plan.hosts).await?;
    let judged = async {
        let way_out = network::open(&pod, &request).await?;
        let seen = observe(&pod, &request, &layers, judging, &tell).await?;
        let network = network::close(&pod, way_out).await?;
        let execution = Execution {
            version: VERSION,
            plan: request.plan.clone(),
            images: image_facts(&images),
            install,
            processes: seen.processes,
            ports: seen.ports,
            pages: seen.pages,
            databases: seen.databases,
            network: Some(network),
            milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let mut judged = seen.judged;
        if let Some(judging) = judging {
            judged.extend(judging.command(&pod, &request.archive, Some(&execution), request.as_of).await?);
        }
        Ok((execution, judged))
    };
    let judged = judged.await;
    pod.remove().await;
    judged
}

fn image_facts(images: &Images<'_>) -> Vec<ImageFacts> {
    // Containers of one Python are run from one image.
    let mut pythons: Vec<&Image> = images.pythons.iter().collect();
    pythons.dedup();
    let pythons = pythons.into_iter().map(|image| ("python", image));
    let services = images.services.iter().map(|(name, _, image)| (name.as_str(), image));
    let fact = |(role, image): (&str, &Image)| ImageFacts {
        role: role.to_owned(),
        reference: image.reference.clone(),
        digest: image.digest.clone(),
        stand_in: image.stand_in,
    };
    pythons.chain(services).map(fact).collect()
}

/// The layers of all containers, and what is told of installing them: the worst of it.
async fn install_all(
    engine: &Engine,
    request: &ExecutionRequest<'_>,
    pythons: &[Image],
) -> Result<(InstallFacts, Vec<String>), EngineError> {
    let mut all: Option<InstallFacts> = None;
    let mut layers = Vec::new();
    for (container, python) in request.plan.containers().zip(pythons) {
        let (one, layer) = install(engine, request, &container, python).await?;
        layers.push(layer);
        all = Some(match all {
            None => one,
            Some(before) => both(before, one),
        });
    }
    let nothing = || InstallFacts {
        outcome: InstallOutcome::Nothing,
        cached: false,
        relaxed: Vec::new(),
        installed: Vec::new(),
        milliseconds: 0,
        log: BoundedLog::default(),
    };
    Ok((all.unwrap_or_else(nothing), layers))
}

/// Two installations as one: the log is that of the one that failed.
fn both(a: InstallFacts, b: InstallFacts) -> InstallFacts {
    let failed = |facts: &InstallFacts| matches!(facts.outcome, InstallOutcome::Refused | InstallOutcome::LimitStruck);
    let (mut first, second) = if failed(&b) && !failed(&a) { (b, a) } else { (a, b) };
    if first.outcome == InstallOutcome::Nothing {
        first.outcome = second.outcome;
        first.cached = second.cached;
    } else if second.outcome != InstallOutcome::Nothing {
        first.cached &= second.cached;
    }
    first.relaxed.extend(second.relaxed);
    first.installed.extend(second.installed);
    first.installed.sort();
    first.installed.dedup();
    first.milliseconds += second.milliseconds;
    first
}

/// The layer to run on. Where nothing could be installed the plain Python is tried all the same: what fails then, fails visibly.
async fn install(
    engine: &Engine,
    request: &ExecutionRequest<'_>,
    container: &Container<'_>,
    python: &Image,
) -> Result<(InstallFacts, String), EngineError> {
    let requirements = &container.dependencies.requirements;
    let facts = |outcome, milliseconds, log| InstallFacts {
        outcome,
        cached: false,
        relaxed: Vec::new(),
        installed: Vec::new(),
        milliseconds,
        log,
    };
    if requirements.is_empty() {
        return Ok((facts(InstallOutcome::Nothing, 0, BoundedLog::default()), python.reference.clone()));
    }
    let started = Instant::now();
    let layer = LayerRequest {
        python,
        requirements,
        as_of: request.as_of,
        sandbox: &request.course.sandbox,
        owner: request.owner,
    };
    let outcome = engine.layer(&layer).await?;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(match outcome {
        LayerOutcome::Ready(Layer { image, cached, installed, relaxed, log }) => {
            let outcome = InstallOutcome::Installed;
            (InstallFacts { outcome, cached, relaxed, installed, milliseconds, log }, image)
        }
        LayerOutcome::Failed { outcome, log } => (facts(outcome, milliseconds, log), python.reference.clone()),
    })
}
