//! Dockerfiles, built: every instruction carried out in a container of ours, behind walls that the engine's own builder has not:
//! few capabilities, our seccomp profile, bounds on processes, memory, disk, output and time. What comes out is kept under a name
//! of ours that is the hash of everything that it was made of, and so is the image after every instruction that took long.
//! May import: `dockerfile`, `domain/`.
//! Next: `steps.rs` reads the file, `context.rs` has its files, `making.rs` takes the steps, `docs/security.md` the walls.

mod context;
mod making;
mod scripts;
mod steps;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bollard::models::ContainerConfig;
use bollard::query_parameters::{CommitContainerOptions, ListImagesOptions, RemoveImageOptions};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::layer::newest;
use super::output::Output;
use super::pod::{LABEL_INSTALLATION, Owner};
use crate::domain::build::{BaseImage, Build, BuildFault, BuildOutcome};
use crate::domain::course::Sandbox;
use crate::domain::facts::execution::BoundedLog;
use crate::domain::source::RepoPath;
use context::{Context, Taken};
use making::{Making, Stop};
use steps::{Base, Refusal, Stage, Step, What};

const REPOSITORY: &str = "forkgrade/build";
const LABEL: &str = "forkgrade.build";
/// Raised whenever the same file and files would give another image.
const VERSION: &str = "3";
/// Where people's own images have their programs; the packages that are installed beforehand come last.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/venv/bin";

/// What is built, of which files.
pub struct BuildRequest<'a> {
    pub build: &'a Build,
    /// The files that it sees, before its `.dockerignore`.
    pub files: Vec<(RepoPath, Vec<u8>)>,
    /// What stands for Python: an image of the course with the packages that the file installs, as far as they can be had.
    pub layer: &'a str,
    /// The same without packages: where the network is tried, when a command fails.
    pub python: &'a Image,
    /// What a command installs without a pin resolves as of this date.
    pub as_of: DateTime<Utc>,
    pub sandbox: &'a Sandbox,
    pub owner: Owner,
}

/// What came of it.
pub struct Built {
    pub outcome: BuildOutcome,
    pub image: Option<BuiltImage>,
    pub cached: bool,
    pub log: BoundedLog,
}

/// An image that can be started.
#[derive(Debug, Clone)]
pub struct BuiltImage {
    pub reference: String,
    /// Folders whose contents a run gets to write to; the image keeps them aside.
    pub folders: Vec<String>,
    /// The home of the user that the file names.
    pub home: String,
}

/// What is written on an image, by us.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Label {
    folders: Vec<String>,
    read_only: Vec<String>,
    home: String,
    /// What was printed when it was made: whoever finds it ready reads the same.
    log: BoundedLog,
}

/// An image that stages start from.
struct Ground {
    reference: String,
    digest: String,
    env: BTreeMap<String, String>,
}

/// The stages of a build with the key of the image after each step.
struct Keyed {
    stages: Vec<Stage>,
    keys: Vec<Vec<String>>,
}

impl Engine {
    /// The image of a Dockerfile, built if it is not there.
    pub async fn build(&self, request: &BuildRequest<'_>) -> Result<Built, EngineError> {
        let grounds = match self.grounds(request).await {
            Ok(grounds) => grounds,
            Err(EngineError::ImageMissing { reference, cause }) => {
                return Ok(unavailable(format!("{reference}: {cause}"), BoundedLog::default()));
            }
            Err(error) => return Err(error),
        };
        let context = Context::new(request.files.clone(), &request.build.context.ignored);
        let keyed = match keyed(request, &context, &grounds) {
            Ok(keyed) => keyed,
            Err(stopped) => {
                let (step, fault) = *stopped;
                return Ok(failed(&step, fault, BoundedLog::default()));
            }
        };
        let key = keyed.keys.last().and_then(|keys| keys.last()).cloned().unwrap_or_default();
        let name = format!("forkgrade-build-{key}");
        loop {
            if let Some(built) = self.known_build(&key).await? {
                return Ok(built);
            }
            let mut making = Making::new(self, request, &context, &grounds, &name);
            let made = making.all(&keyed).await;
            let made = match made {
                Ok(label) => Ok(Some(label)),
                // Somebody else is at it.
                Err(Stop::Taken) => Ok(None),
                Err(Stop::Ours(error)) => Err(error),
                Err(Stop::Fault(stopped)) => {
                    let (step, fault) = *stopped;
                    let log = std::mem::take(&mut making.output).into_log();
                    making.remove().await;
                    return self.judged(request, step, fault, log).await;
                }
            };
            let log = std::mem::take(&mut making.output).into_log();
            making.remove().await;
            match made? {
                None => self.wait_for_other(&name).await,
                Some(()) => return self.known_build(&key).await.map(|built| fresh(built, log)),
            }
        }
    }

    async fn grounds(&self, request: &BuildRequest<'_>) -> Result<BTreeMap<String, Ground>, EngineError> {
        let mut references = BTreeSet::from([request.layer]);
        for image in request.build.images.values() {
            if let BaseImage::Image { reference } = image {
                self.image(reference, None).await?;
                references.insert(reference);
            }
        }
        let mut grounds = BTreeMap::new();
        for reference in references {
            let inspected = self.docker.inspect_image(reference).await?;
            let config = inspected.config.unwrap_or_default();
            let variables = config.env.unwrap_or_default();
            let pairs = variables.iter().filter_map(|pair| pair.split_once('='));
            let mut env: BTreeMap<String, String> = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            if reference == request.layer {
                env.insert("PATH".to_owned(), PATH.to_owned());
                // Debian's own Python, where a package brings it along, guards itself against pip.
                env.insert("PIP_BREAK_SYSTEM_PACKAGES".to_owned(), "1".to_owned());
            }
            let digest = inspected.id.unwrap_or_default();
            grounds.insert(reference.to_owned(), Ground { reference: reference.to_owned(), digest, env });
        }
        Ok(grounds)
    }

    async fn known_build(&self, key: &str) -> Result<Option<Built>, EngineError> {
        let Some(image) = self.local_image(&format!("{REPOSITORY}:{key}")).await? else { return Ok(None) };
        // Without the label it is the image of a step on somebody else's way.
        let label = image.labels.get(LABEL).and_then(|text| serde_json::from_str::<Label>(text).ok());
        Ok(label.map(|label| Built {
            outcome: BuildOutcome::Built { digest: image.digest, read_only: label.read_only },
            image: Some(BuiltImage { reference: image.reference, folders: label.folders, home: label.home }),
            cached: true,
            log: label.log,
        }))
    }

    /// Removes the images of builds that this installation made before a moment. Returns how many. What a container runs on stays.
    pub async fn forget_builds(&self, before: DateTime<Utc>) -> Result<usize, EngineError> {
        let own = format!("{LABEL_INSTALLATION}={}", self.shared.settings.installation);
        let filters = [("reference", REPOSITORY.to_owned()), ("label", own)];
        let filters: HashMap<_, _> = filters.map(|(key, value)| (key.to_owned(), vec![value])).into();
        let options = ListImagesOptions { filters: Some(filters), ..Default::default() };
        let images = self.docker.list_images(Some(options)).await?;
        let old = images.into_iter().filter(|image| image.created < before.timestamp());
        let mut removed = 0;
        for tag in old.flat_map(|image| image.repo_tags) {
            // In use, or gone already: the next time.
            removed += usize::from(self.docker.remove_image(&tag, None::<RemoveImageOptions>, None).await.is_ok());
        }
        Ok(removed)
    }

    /// A command that failed where the network is away is our trouble: tried in a clean container of our own image.
    async fn judged(
        &self,
        request: &BuildRequest<'_>,
        step: Step,
        fault: BuildFault,
        log: BoundedLog,
    ) -> Result<Built, EngineError> {
        if matches!(fault, BuildFault::Exited { .. })
            && let Some(cause) = making::missing_network(self, request, &step).await?
        {
            return Ok(unavailable(cause, log));
        }
        Ok(failed(&step, fault, log))
    }

    /// Keeps a container as the image of a key.
    async fn keep_build(
        &self,
        container: &str,
        key: &str,
        label: Option<&Label>,
        env: Vec<String>,
    ) -> Result<(), EngineError> {
        let text = label.and_then(|label| serde_json::to_string(label).ok());
        let config = ContainerConfig {
            labels: text.map(|text| [(LABEL.to_owned(), text)].into()),
            env: Some(env),
            ..Default::default()
        };
        let options = CommitContainerOptions {
            container: Some(container.to_owned()),
            repo: Some(REPOSITORY.to_owned()),
            tag: Some(key.to_owned()),
            pause: true,
            ..Default::default()
        };
        self.docker.commit_container(options, config).await?;
        Ok(())
    }
}

fn fresh(built: Option<Built>, log: BoundedLog) -> Built {
    match built {
        Some(built) => Built { cached: false, log, ..built },
        None => unavailable("the image was made, and is gone again".to_owned(), log),
    }
}

fn unavailable(cause: String, log: BoundedLog) -> Built {
    Built { outcome: BuildOutcome::Unavailable { cause }, image: None, cached: false, log }
}

fn failed(step: &Step, fault: BuildFault, log: BoundedLog) -> Built {
    let outcome = BuildOutcome::Failed { line: step.line, instruction: step.said.clone(), fault };
    Built { outcome, image: None, cached: false, log }
}

/// Reads the file, and gives every step the key of what it makes: of the step, of everything before it, of what it copies.
fn keyed(
    request: &BuildRequest<'_>,
    context: &Context,
    grounds: &BTreeMap<String, Ground>,
) -> Result<Keyed, Box<(Step, BuildFault)>> {
    let ground = |base: &Base| match base {
        Base::Image(reference) => grounds.get(reference),
        _ => grounds.get(request.layer),
    };
    let env_of = |base: &Base| ground(base).map(|ground| ground.env.clone()).unwrap_or_default();
    let stages = steps::stages(request.build, env_of).map_err(|Refusal { line, said, what }| {
        Box::new((Step { line, said, what: What::Folder(String::new()) }, BuildFault::Refused { what }))
    })?;
    let mut keys: Vec<Vec<String>> = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let key_of = |base: &Base| match base {
            Base::Stage(other) => keys.get(*other).and_then(|keys| keys.last()).cloned().unwrap_or_default(),
            base => ground(base).map(|ground| ground.digest.clone()).unwrap_or_default(),
        };
        let mut own = vec![hashed(&[
            VERSION,
            request.sandbox.package_index.as_deref().unwrap_or_default(),
            &newest(request.as_of).to_string(),
            &key_of(&stage.base),
        ])];
        for step in &stage.steps {
            let mut hasher = blake3::Hasher::new();
            hasher.update(own.last().map_or(&[], String::as_bytes)).update(format!("{:?}", step.what).as_bytes());
            if let What::Copy(copy) = &step.what {
                match &copy.from {
                    Some(base) => drop(hasher.update(key_of(base).as_bytes())),
                    None => taken(context, copy, |taken| context.hash(taken, &mut hasher))
                        .map_err(|source| Box::new((step.clone(), BuildFault::Missing { source })))?,
                }
            }
            own.push(hasher.finalize().to_hex().chars().take(40).collect());
        }
        if index + 1 == stages.len() {
            let layout = &request.build.layout;
            let last = format!("{:?} {:?} {}", request.build.last, layout.seeded, request.sandbox.work_mib);
            own.push(hashed(&[own.last().map_or("", String::as_str), &last, "made"]));
        }
        keys.push(own);
    }
    Ok(Keyed { stages, keys })
}

/// Hands over everything that a copy takes of the build's files; the source that names nothing where one does.
fn taken(context: &Context, copy: &steps::Copy, mut each: impl FnMut(&Taken)) -> Result<(), String> {
    for source in &copy.sources {
        let found = context.taken(source);
        if found.is_empty() {
            return Err(source.clone());
        }
        found.iter().for_each(&mut each);
    }
    Ok(())
}

fn hashed(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes()).update(b"\0");
    }
    hasher.finalize().to_hex().chars().take(40).collect()
}

/// `Step 3 : RUN …`, as people know it from Docker.
fn announce(output: &mut Output, number: usize, said: &str) {
    output.push(format!("Step {number} : {said}\n").as_bytes());
}
