//! Running a project in its pod and writing down what was seen.
//! May import: `sandbox/`, `probe/` (its messages), `domain/`.
//! Next: `sandbox/pod.rs` for the walls, `domain/facts/execution.rs` for the result.

use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future;
use serde::Serialize;
use tokio::sync::oneshot;

use crate::domain::course::{Course, Sandbox, Service};
use crate::domain::facts::Execution;
use crate::domain::facts::execution::{
    BoundedLog, DatabaseFacts, ImageFacts, InstallFacts, InstallOutcome, PageFacts, ProcessEnd, ProcessFacts,
};
use crate::domain::launch::{LaunchPlan, Step, StepRole};
use crate::domain::{FactsAddress, Stage, TreeId};
use crate::probe::{Answer, Question};
use crate::sandbox::{
    Ended, Engine, EngineError, Image, Layer, LayerOutcome, LayerRequest, Owner, Pod, SERVICE_USER, ServiceImage,
    Workspace,
};

/// Version of the execution's shape and of the observers behind it: raised whenever the same project gives other facts.
pub const VERSION: u32 = 2;

/// How long one question to the probe may wait before the program is looked at again.
const LOOK: Duration = Duration::from_millis(500);
/// A page that shows nothing yet is asked once more: some applications collect at the first request.
const SETTLE: Duration = Duration::from_secs(2);
/// How long what a launcher has left behind may take to listen.
const LEFT_BEHIND: Duration = Duration::from_secs(4);
const CRAWL: Duration = Duration::from_secs(40);
/// The probe gives one database 30 s, and reads all at once.
const DATABASES: Duration = Duration::from_secs(35);

/// What is run.
pub struct ExecutionRequest<'a> {
    pub course: &'a Course,
    pub plan: &'a LaunchPlan,
    /// The project's files as a tar.
    pub archive: Bytes,
    /// The commit's date: unpinned dependencies are meant as of then.
    pub as_of: DateTime<Utc>,
    pub owner: Owner,
}

/// The images of a run, resolved.
struct Images<'a> {
    python: Image,
    services: Vec<(&'a String, &'a Service, Image)>,
}

async fn images<'a>(engine: &Engine, course: &'a Course, plan: &LaunchPlan) -> Result<Images<'a>, EngineError> {
    let reference = course.sandbox.python.get(&plan.python).map(String::as_str);
    let reference = reference.unwrap_or("forkgrade/python:3.11");
    let python = engine.image(reference, None);
    let services = future::try_join_all(course.services.iter().map(async |(name, service)| {
        Ok::<_, EngineError>((name, service, engine.image(&service.image, service.stand_in.as_deref()).await?))
    }));
    let (python, services) = future::try_join(python, services).await?;
    Ok(Images { python, services })
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
    let digests = std::iter::once(&images.python).chain(images.services.iter().map(|(.., image)| image));
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
    let images = images(engine, request.course, request.plan).await?;
    tell(Stage::Installing);
    let (install, image) = install(engine, &request, &images.python).await?;

    tell(Stage::Starting);
    let started = Instant::now();
    let services: Vec<ServiceImage<'_>> =
        images.services.iter().map(|(name, service, image)| ServiceImage { name, service, image }).collect();
    let pod = engine.pod(request.owner, &services, &request.plan.hosts).await?;
    let seen = observe(&pod, &request, &image, &tell).await;
    pod.remove().await;
    let seen = seen?;
    Ok(Execution {
        version: VERSION,
        plan: request.plan.clone(),
        images: image_facts(&images),
        install,
        processes: seen.processes,
        ports: seen.ports,
        pages: seen.pages,
        databases: seen.databases,
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn image_facts(images: &Images<'_>) -> Vec<ImageFacts> {
    let python = ("python", &images.python);
    let services = images.services.iter().map(|(name, _, image)| (name.as_str(), image));
    let fact = |(role, image): (&str, &Image)| ImageFacts {
        role: role.to_owned(),
        reference: image.reference.clone(),
        digest: image.digest.clone(),
        stand_in: image.stand_in,
    };
    std::iter::once(python).chain(services).map(fact).collect()
}

/// The layer to run on. Where nothing could be installed the plain Python is tried all the same: what fails then, fails visibly.
async fn install(
    engine: &Engine,
    request: &ExecutionRequest<'_>,
    python: &Image,
) -> Result<(InstallFacts, String), EngineError> {
    let requirements = &request.plan.dependencies.requirements;
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

#[derive(Default)]
struct Seen {
    processes: Vec<ProcessFacts>,
    ports: Vec<u16>,
    pages: Vec<PageFacts>,
    databases: Vec<DatabaseFacts>,
}

/// Loaders first, in one container as far as it lives; then what serves, and what it shows.
async fn observe(
    pod: &Pod,
    request: &ExecutionRequest<'_>,
    image: &str,
    tell: &(impl Fn(Stage) + Send + Sync),
) -> Result<Seen, EngineError> {
    let sandbox = &request.course.sandbox;
    let mut seen = Seen::default();
    let make = || pod.workspace(image, sandbox, request.archive.clone());
    let mut workspace = make().await?;
    let loading_ends = Instant::now() + Duration::from_secs(sandbox.load_seconds.into());
    for step in request.plan.steps.iter().filter(|step| step.role == StepRole::Load) {
        let left = loading_ends.saturating_duration_since(Instant::now());
        let ended = run(&workspace, request.plan, step, left, future::pending()).await?;
        seen.processes.push(process_facts(step, ended));
        if !workspace.is_alive().await {
            // It fought so hard that its container had to go: what comes next starts in a clean one.
            workspace = make().await?;
        }
    }
    if let Some(step) = request.plan.steps.iter().find(|step| step.role == StepRole::Serve) {
        serve(pod, &workspace, request, step, &mut seen, tell).await?;
    } else {
        tell(Stage::Probing);
    }
    workspace.kill().await;
    let question = Question::Databases { services: pod.services().to_vec() };
    if let Answer::Databases { databases } = pod.ask(&question, DATABASES).await? {
        seen.databases = databases;
    }
    Ok(seen)
}

async fn run(
    workspace: &Workspace<'_>,
    plan: &LaunchPlan,
    step: &Step,
    at_most: Duration,
    stop: impl Future<Output = ()>,
) -> Result<Ended, EngineError> {
    workspace.run(&step.argv, &plan.workdir, &plan.env, at_most, stop).await
}

async fn serve(
    pod: &Pod,
    workspace: &Workspace<'_>,
    request: &ExecutionRequest<'_>,
    step: &Step,
    seen: &mut Seen,
    tell: &(impl Fn(Stage) + Send + Sync),
) -> Result<(), EngineError> {
    let at_most = Duration::from_secs(request.course.sandbox.start_seconds.into());
    let (looked, stop) = oneshot::channel::<()>();
    let (over, left_behind) = oneshot::channel::<Duration>();
    let run = async {
        // Everything that is looked at has a bound of its own: this one is only a last resort.
        let last_resort = at_most + Duration::from_secs(120);
        let ended = run(workspace, request.plan, step, last_resort, async { drop(stop.await) }).await?;
        // A launcher that is content has started something else; a crash has not.
        let grace = if ended.end == (ProcessEnd::Exited { code: 0 }) { LEFT_BEHIND } else { Duration::ZERO };
        // Nobody listens any more where the look is over.
        let _ = over.send(grace);
        Ok::<_, EngineError>(ended)
    };
    let look = async {
        let ports = wait_for_port(pod, left_behind, at_most).await?;
        tell(Stage::Probing);
        let pages = if ports.is_empty() { Vec::new() } else { crawl(pod, &ports).await? };
        drop(looked);
        Ok::<_, EngineError>((ports, pages))
    };
    let (ended, (ports, pages)) = future::try_join(run, look).await?;
    (seen.ports, seen.pages) = (ports, pages);
    seen.processes.push(process_facts(step, ended));
    Ok(())
}

/// Waits for a listening port: until the time is over, or as long after the program's end as `left_behind` says.
async fn wait_for_port(
    pod: &Pod,
    mut left_behind: oneshot::Receiver<Duration>,
    at_most: Duration,
) -> Result<Vec<u16>, EngineError> {
    let mut deadline = Instant::now() + at_most;
    let mut over = false;
    loop {
        let milliseconds = u64::try_from(LOOK.as_millis()).unwrap_or(u64::MAX);
        let question = Question::WaitForListener { services_user: SERVICE_USER, milliseconds };
        let last = Instant::now() >= deadline;
        let answer = pod.ask(&question, LOOK);
        tokio::pin!(answer);
        let listening = tokio::select! {
            answer = &mut answer => answer?,
            grace = &mut left_behind, if !over => {
                over = true;
                deadline = deadline.min(Instant::now() + grace.unwrap_or_default());
                answer.await?
            }
        };
        if let Answer::Listening { ports } = listening
            && !ports.is_empty()
        {
            return Ok(ports);
        }
        if last {
            return Ok(Vec::new());
        }
    }
}

async fn crawl(pod: &Pod, ports: &[u16]) -> Result<Vec<PageFacts>, EngineError> {
    let question = Question::Crawl { ports: ports.to_vec() };
    let first = pages(pod.ask(&question, CRAWL).await?);
    let answered = first.iter().any(|page| page.status.is_some());
    let shows_something = first.iter().any(|page| page.status == Some(200) && page.data_elements > 0);
    if answered && shows_something {
        return Ok(first);
    }
    // It listens, but shows nothing yet: a second look after a moment, and the better one counts.
    tokio::time::sleep(SETTLE).await;
    let second = pages(pod.ask(&question, CRAWL).await?);
    let good = |pages: &[PageFacts]| pages.iter().filter(|page| page.status == Some(200)).count();
    Ok(if good(&second) >= good(&first) { second } else { first })
}

fn pages(answer: Answer) -> Vec<PageFacts> {
    if let Answer::Pages { pages } = answer { pages } else { Vec::new() }
}

fn process_facts(step: &Step, ended: Ended) -> ProcessFacts {
    ProcessFacts {
        role: step.role,
        argv: step.argv.clone(),
        file: step.file.clone(),
        end: ended.end,
        milliseconds: ended.milliseconds,
        cpu_milliseconds: ended.usage.cpu_milliseconds,
        peak_memory_bytes: ended.usage.peak_memory_bytes,
        out_of_memory: ended.usage.out_of_memory,
        log: ended.log,
    }
}
