//! Running a project in its pod and writing down what was seen.
//! May import: `sandbox/`, `egress/`, `domain/`, and within the room `judges`, `network`, `readying` and `running`.
//! Next: `readying.rs` for what is installed and built before, `running.rs` for what happens in the pod, `sandbox/pod.rs` for its walls,
//! `domain/facts/execution.rs` for the result.

use std::time::Instant;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future;
use serde::Serialize;

use crate::domain::build::BaseImage;
use crate::domain::course::{Course, Sandbox, Service};
use crate::domain::facts::execution::ImageFacts;
use crate::domain::facts::screenshots::Picture;
use crate::domain::facts::{Execution, JudgeFacts};
use crate::domain::launch::{Container, LaunchPlan};
use crate::domain::{FactsAddress, Stage, TreeId};
use crate::sandbox::{Engine, EngineError, Image, Owner, ServiceImage};

use super::judges::Judging;
use super::network;
use super::readying::ready;
use super::running::{Lookers, observe};
use crate::egress::Egress;

/// Version of the execution's shape and of the observers behind it: raised whenever the same project gives other facts.
pub const VERSION: u32 = 5;

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
    pythons: Vec<Pythons>,
    /// Those that the teacher gives for what a Dockerfile names, where the engine has them.
    given: Vec<Image>,
    services: Vec<(&'a String, &'a Service, Image)>,
    /// `None` where the machine has none.
    browser: Option<Image>,
}

/// What an execution came to: its facts, the pictures that they name, and what the teacher's own judges said.
pub struct Observed {
    pub execution: Execution,
    pub pictures: Vec<Picture>,
    pub judges: Vec<JudgeFacts>,
}

/// The Python of a container, and that of the project's year where the engine has it.
pub(super) struct Pythons {
    pub asked: Image,
    pub of_year: Option<Image>,
}

async fn pythons(engine: &Engine, course: &Course, container: &Container<'_>) -> Result<Pythons, EngineError> {
    let reference = |python: &str| course.sandbox.python.get(python).map(String::as_str);
    let asked = engine.image(reference(container.python).unwrap_or("forkgrade/python:3.11"), None).await?;
    let of_year = match container.python_of_year.and_then(reference) {
        Some(reference) => if_there(engine, reference).await?,
        None => None,
    };
    Ok(Pythons { asked, of_year })
}

/// An image without which there is one choice less, and nothing worse.
async fn if_there(engine: &Engine, reference: &str) -> Result<Option<Image>, EngineError> {
    match engine.image(reference, None).await {
        Ok(image) => Ok(Some(image)),
        Err(EngineError::ImageMissing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The images that the teacher gives for those that Dockerfiles name.
async fn given(engine: &Engine, plan: &LaunchPlan) -> Result<Vec<Image>, EngineError> {
    let builds = plan.containers().filter_map(|container| container.build);
    let mut found = Vec::new();
    for image in builds.flat_map(|build| build.images.values()) {
        if let BaseImage::Image { reference } = image {
            found.extend(if_there(engine, reference).await?);
        }
    }
    Ok(found)
}

async fn images<'a>(engine: &Engine, course: &'a Course, plan: &LaunchPlan) -> Result<Images<'a>, EngineError> {
    let containers: Vec<Container<'_>> = plan.containers().collect();
    let pythons = future::try_join_all(containers.iter().map(|container| pythons(engine, course, container)));
    let services = future::try_join_all(course.services.iter().map(async |(name, service)| {
        Ok::<_, EngineError>((name, service, engine.image(&service.image, service.stand_in.as_deref()).await?))
    }));
    let browser = engine.browser_image(&course.sandbox.browser);
    let all = future::try_join4(pythons, services, given(engine, plan), browser).await?;
    let (pythons, services, given, browser) = all;
    Ok(Images { pythons, given, services, browser })
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
        sandbox: Sandbox,
        services: &'a std::collections::BTreeMap<String, Service>,
        /// What the rubric asks of the application by name.
        paths: Vec<String>,
    }
    let images = images(engine, course, plan).await?;
    // The reasons are for people: another wording runs nothing anew.
    let mut plan = LaunchPlan { reasons: Vec::new(), ..plan.clone() };
    for build in plan.build.iter_mut().chain(plan.parts.iter_mut().filter_map(|part| part.build.as_mut())) {
        build.instead.clear();
    }
    let pythons = images.pythons.iter().flat_map(|one| std::iter::once(&one.asked).chain(&one.of_year));
    let services = images.services.iter().map(|(.., image)| image);
    let digests = pythons.chain(&images.given).chain(services).chain(&images.browser);
    let key = Key {
        version: VERSION,
        project,
        plan: &plan,
        images: digests.map(|image| image.digest.as_str()).collect(),
        // How soon it starts is no part of what it does.
        sandbox: Sandbox { warm: 0, ..course.sandbox.clone() },
        services: &course.services,
        paths: course.rubric.paths(),
    };
    let json = serde_json::to_vec(&key).map_err(|error| EngineError::Refused(error.to_string()))?;
    Ok(FactsAddress::from(*blake3::hash(&json).as_bytes()))
}

/// Runs the plan: install, start, probe, look into the databases. Whatever way it ends, its pod is removed.
pub async fn execute(
    engine: &Engine,
    request: ExecutionRequest<'_>,
    tell: impl Fn(Stage) + Send + Sync,
) -> Result<Observed, EngineError> {
    execute_judged(engine, request, None, tell).await
}

/// The same with the teacher's own judges: suites while the application serves, commands once everything was seen.
pub async fn execute_judged(
    engine: &Engine,
    request: ExecutionRequest<'_>,
    judging: Option<&Judging<'_>>,
    tell: impl Fn(Stage) + Send + Sync,
) -> Result<Observed, EngineError> {
    let images = images(engine, request.course, request.plan).await?;
    let paths = request.course.rubric.paths();
    tell(Stage::Installing);
    let ready = ready(engine, &request, &images.pythons).await?;
    // What is built runs as built; what is not, as it is read.
    let request = ExecutionRequest { plan: &ready.plan, ..request };

    tell(Stage::Starting);
    let started = Instant::now();
    let services: Vec<ServiceImage<'_>> =
        images.services.iter().map(|(name, service, image)| ServiceImage { name, service, image }).collect();
    let pod = engine.pod(request.owner, &services, &request.plan.hosts).await?;
    let observed = async {
        let way_out = network::open(&pod, &request).await?;
        let lookers =
            Lookers { judging, browser: images.browser.as_ref(), paths: &paths, routes: &request.plan.routes };
        let seen = observe(&pod, &request, &ready.images, lookers, &tell).await?;
        let network = network::close(&pod, way_out).await?;
        let execution = Execution {
            version: VERSION,
            plan: request.plan.clone(),
            images: image_facts(&images, &ready.pythons),
            install: ready.install,
            builds: ready.builds,
            processes: seen.processes,
            ports: seen.ports,
            listening_after: seen.listening_after,
            paths: paths.clone(),
            pages: seen.pages,
            screenshots: seen.shown.screenshots,
            remote_browser: seen.remote_browser,
            without_browser: images.browser.is_none(),
            databases: seen.databases,
            network: Some(network),
            milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let mut judges = seen.judged;
        if let Some(judging) = judging {
            judges.extend(judging.command(&pod, &request.archive, Some(&execution), request.as_of).await?);
        }
        Ok(Observed { execution, pictures: seen.shown.pictures, judges })
    };
    let observed = observed.await;
    pod.remove().await;
    observed
}

fn image_facts(images: &Images<'_>, pythons: &[Image]) -> Vec<ImageFacts> {
    // Containers of one Python are run from one image.
    let mut pythons: Vec<&Image> = pythons.iter().collect();
    pythons.dedup();
    let pythons = pythons.into_iter().map(|image| ("python", image));
    let given = images.given.iter().map(|image| ("given", image));
    let services = images.services.iter().map(|(name, _, image)| (name.as_str(), image));
    let browser = images.browser.iter().map(|image| ("browser", image));
    let fact = |(role, image): (&str, &Image)| ImageFacts {
        role: role.to_owned(),
        reference: image.reference.clone(),
        digest: image.digest.clone(),
        stand_in: image.stand_in,
    };
    pythons.chain(given).chain(services).chain(browser).map(fact).collect()
}
