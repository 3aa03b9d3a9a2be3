//! What a run needs before it starts: dependency layers, images built from Dockerfiles, and the plan as it then holds.
//! May import: `sandbox/`, `domain/`, and within the room `execution` and `files`.
//! Next: `execution.rs`, which runs it.

use std::time::Instant;

use crate::domain::Message;
use crate::domain::build::{Build, BuildFacts, BuildFault, BuildOutcome};
use crate::domain::facts::execution::{BoundedLog, InstallFacts, InstallOutcome};
use crate::domain::launch::{Container, LaunchPlan, Layout};
use crate::sandbox::{BuildRequest, BuiltImage, Engine, EngineError, Image, Layer, LayerOutcome, LayerRequest};

use super::execution::{ExecutionRequest, Pythons};
use super::files;

/// Everything that a run stands on.
pub struct Ready {
    /// As it holds: what was built as built, everything else as read.
    pub plan: LaunchPlan,
    pub install: InstallFacts,
    pub builds: Vec<BuildFacts>,
    /// One for each container.
    pub images: Vec<String>,
    pub pythons: Vec<Image>,
}

/// Installs and builds what a plan asks for.
pub async fn ready(engine: &Engine, request: &ExecutionRequest<'_>, pythons: &[Pythons]) -> Result<Ready, EngineError> {
    let Installed { facts: install, layers, pythons: used } = install_all(engine, request, pythons).await?;
    let mut ready = Ready {
        plan: request.plan.clone(),
        install,
        builds: Vec::new(),
        images: layers.clone(),
        pythons: used.clone(),
    };
    for (index, container) in request.plan.containers().enumerate() {
        let (Some(build), Some(layer), Some(python)) = (container.build, layers.get(index), used.get(index)) else {
            continue;
        };
        let (facts, image) = build_one(engine, request, &container, build, layer, python).await?;
        match image {
            Some(image) => {
                as_built(&mut ready.plan, container.name, build, &image);
                if let Some(place) = ready.images.get_mut(index) {
                    *place = image.reference;
                }
            }
            None => as_read(&mut ready.plan, container.name, build, &facts),
        }
        ready.builds.push(facts);
    }
    // What their own commands could install is installed, whatever our resolver thought of it.
    let is_built = |build: &BuildFacts| matches!(build.outcome, BuildOutcome::Built { .. });
    let all_built = ready.builds.len() == ready.images.len() && ready.builds.iter().all(is_built);
    if all_built && ready.install.outcome == InstallOutcome::Refused {
        ready.install.outcome = InstallOutcome::Installed;
    }
    Ok(ready)
}

async fn build_one(
    engine: &Engine,
    request: &ExecutionRequest<'_>,
    container: &Container<'_>,
    build: &Build,
    layer: &str,
    python: &Image,
) -> Result<(BuildFacts, Option<BuiltImage>), EngineError> {
    let started = Instant::now();
    let facts = |outcome, cached, log| BuildFacts {
        file: build.file.clone(),
        part: container.name.map(str::to_owned),
        outcome,
        cached,
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        log,
    };
    if let Some((line, instruction, mebibytes)) = copies_too_much(build) {
        let outcome = BuildOutcome::Failed { line, instruction, fault: BuildFault::TooLarge { mebibytes } };
        return Ok((facts(outcome, false, BoundedLog::default()), None));
    }
    let (archive, context) = (request.archive.clone(), build.context.clone());
    let seen = tokio::task::spawn_blocking(move || files::seen_by(&archive, &context)).await;
    let seen = seen.map_err(std::io::Error::other).flatten();
    let wanted = BuildRequest {
        build,
        files: seen.map_err(|error| EngineError::Refused(error.to_string()))?,
        layer,
        python,
        as_of: request.as_of,
        sandbox: &request.course.sandbox,
        owner: request.owner,
    };
    let built = engine.build(&wanted).await?;
    Ok((facts(built.outcome, built.cached, built.log), built.image))
}

/// The first instruction that copies a folder of a project that is larger than what is copied of one.
fn copies_too_much(build: &Build) -> Option<(usize, String, u64)> {
    let mebibytes = build.too_large?;
    let copies = crate::dockerfile::instructions(&build.text).into_iter().find(|one| {
        let (options, text) = crate::dockerfile::options(&one.text);
        let words = crate::dockerfile::words(text);
        let from_files = !options.iter().any(|(name, _)| *name == "from");
        let whole = words.first().is_some_and(|source| matches!(source.as_str(), "." | "./" | "/" | "*"));
        matches!(one.name.as_str(), "COPY" | "ADD") && from_files && whole
    })?;
    Some((copies.line, format!("{} {}", copies.name, copies.text), mebibytes))
}

/// The container runs what was built.
fn as_built(plan: &mut LaunchPlan, part: Option<&str>, build: &Build, image: &BuiltImage) {
    let mut layout = build.layout.clone();
    // Too large to be copied into a run's memory: it stays where it is, and read-only.
    layout.folders.retain(|folder| image.folders.contains(folder) || !layout.seeded.contains(folder));
    let is_covered = |folder: &String| layout.folders.iter().any(|other| other == folder);
    if !is_covered(&image.home) && image.folders.contains(&image.home) {
        layout.folders.push(image.home.clone());
    }
    layout.seeded = image.folders.iter().filter(|folder| layout.folders.contains(folder)).cloned().collect();
    let mut env = build.env.clone();
    env.entry("HOME".to_owned()).or_insert_with(|| image.home.clone());
    set(plan, part, Some((layout, env)));
    for step in plan.steps.iter_mut().filter(|step| step.part.as_deref() == part) {
        if let Some(built) = step.built.take() {
            step.argv = built;
        }
    }
}

/// The container runs what was read, and it is said why.
fn as_read(plan: &mut LaunchPlan, part: Option<&str>, build: &Build, facts: &BuildFacts) {
    set(plan, part, None);
    let file = &build.file;
    plan.reasons.retain(|reason| {
        let of_build = matches!(reason.key.as_str(), "launch-built" | "launch-build-syntax");
        !(of_build && reason.args.get("file").is_some_and(|named| named.as_str() == file.as_str()))
    });
    let key = match facts.outcome {
        BuildOutcome::Unavailable { .. } => "launch-build-unavailable",
        BuildOutcome::Built { .. } | BuildOutcome::Failed { .. } => "launch-build-failed",
    };
    plan.reasons.push(Message::new(key).with("file", file));
    plan.reasons.extend(build.instead.iter().cloned());
    plan.steps.iter_mut().filter(|step| step.part.as_deref() == part).for_each(|step| step.built = None);
}

/// Settles one container: with the layout and environment of what was built, or as it was read.
fn set(plan: &mut LaunchPlan, part: Option<&str>, built: Option<(Layout, std::collections::BTreeMap<String, String>)>) {
    match part {
        None => match built {
            Some((layout, env)) => (plan.layout, plan.env) = (Some(layout), env),
            None => plan.build = None,
        },
        Some(name) => {
            let Some(part) = plan.parts.iter_mut().find(|part| part.name == name) else { return };
            match built {
                Some((layout, env)) => (part.layout, part.env) = (layout, env),
                None => part.build = None,
            }
        }
    }
}

/// What the containers of a plan run on.
struct Installed {
    facts: InstallFacts,
    /// One image and the Python in it for each container.
    layers: Vec<String>,
    pythons: Vec<Image>,
}

/// The layers of all containers, and what is told of installing them: the worst of it.
async fn install_all(
    engine: &Engine,
    request: &ExecutionRequest<'_>,
    pythons: &[Pythons],
) -> Result<Installed, EngineError> {
    let nothing = facts(InstallOutcome::Nothing, 0, BoundedLog::default());
    let mut all = Installed { facts: nothing, layers: Vec::new(), pythons: Vec::new() };
    let mut told = Vec::new();
    for (container, pythons) in request.plan.containers().zip(pythons) {
        let (one, layer) = install(engine, request, &container, pythons).await?;
        all.layers.push(layer);
        let of_year = pythons.of_year.as_ref().filter(|_| one.python.is_some());
        all.pythons.push(of_year.unwrap_or(&pythons.asked).clone());
        told.push(one);
    }
    if let Some(facts) = told.into_iter().reduce(both) {
        all.facts = facts;
    }
    Ok(all)
}

fn facts(outcome: InstallOutcome, milliseconds: u64, log: BoundedLog) -> InstallFacts {
    let (relaxed, installed) = (Vec::new(), Vec::new());
    InstallFacts { outcome, cached: false, python: None, relaxed, installed, milliseconds, log }
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
    first.python = first.python.or(second.python);
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
    pythons: &Pythons,
) -> Result<(InstallFacts, String), EngineError> {
    let requirements = &container.dependencies.requirements;
    let plain = || pythons.asked.reference.clone();
    if requirements.is_empty() {
        return Ok((facts(InstallOutcome::Nothing, 0, BoundedLog::default()), plain()));
    }
    let started = Instant::now();
    let layer = LayerRequest {
        python: &pythons.asked,
        of_year: pythons.of_year.as_ref(),
        requirements,
        as_of: request.as_of,
        sandbox: &request.course.sandbox,
        owner: request.owner,
    };
    let outcome = engine.layer(&layer).await?;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(match outcome {
        LayerOutcome::Ready(Layer { image, of_year, cached, installed, relaxed, log }) => {
            let python = container.python_of_year.filter(|_| of_year).map(str::to_owned);
            let outcome = InstallOutcome::Installed;
            (InstallFacts { outcome, cached, python, relaxed, installed, milliseconds, log }, image)
        }
        LayerOutcome::Failed { outcome, log } => (facts(outcome, milliseconds, log), plain()),
    })
}
