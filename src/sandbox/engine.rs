//! The container engine, reached over its Docker-compatible API.
//! May import: `domain/`.
//! Next: `images.rs`, `pod.rs`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bollard::Docker;
use bollard::exec::StartExecResults;
use bollard::models::ExecConfig;
use futures::StreamExt;
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

use super::browser::{BROWSER_MIB, REMOTE_MIB};
use super::guards::{self, Guards, Wall};
use super::pod::PROBE_MIB;
use super::warm::WarmPods;
use crate::domain::Course;

/// How an engine is reached and what our things in it are called.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// `DOCKER_HOST`; the usual socket where absent.
    pub host: Option<String>,
    /// Whether images that are missing may be pulled.
    pub pull: bool,
    /// Names the database that our containers belong to.
    pub installation: Uuid,
    /// Our own executable, which probes runs from inside their pods.
    pub program: PathBuf,
    /// The installer's environment: the campus's proxies, without passwords.
    pub installer_env: Vec<String>,
    /// The runtime of every container, as the engine calls it; the engine's own where absent.
    pub runtime: Option<String>,
    /// A folder of ours that the engine's machine has at the same path.
    pub data_dir: PathBuf,
}

/// Our failure, never the student's: tried again, and shown to the teacher as ours.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(
        "the container engine does not answer: {0} (is it running? ./scripts/engine starts it; may this user open its socket?)"
    )]
    Unreachable(String),
    #[error(
        "image {reference} is missing and cannot be had: {cause} (./scripts/images makes the images of this machine)"
    )]
    ImageMissing { reference: String, cause: String },
    #[error("the disk of the container engine is full: {0} (docker system df shows what takes the space)")]
    DiskFull(String),
    #[error("service {service} did not come up in its pod within {seconds} s: {log}")]
    ServiceDown { service: String, seconds: u64, log: String },
    #[error("the package index does not answer: {0}")]
    Index(String),
    #[error("the probe in the pod broke off: {0}")]
    Probe(String),
    #[error("the browser in the pod did not start: {0}")]
    Browser(String),
    #[error(
        "course.toml asks for the runtime {wanted:?}, which this engine does not have (it has: {known}): install it and name it in \
         /etc/docker/daemon.json, or take `runtime` out of [sandbox]"
    )]
    Runtime { wanted: String, known: String },
    #[error(
        "the container engine does not see our files: {0} (it runs on another machine, or we run in a container: FORKGRADE_DATA_DIR \
         must name a folder that the engine's machine has at the same path)"
    )]
    Unseen(String),
    #[error("the container engine refused: {0}")]
    Refused(String),
}

impl EngineError {
    /// Whether nothing can be run until the engine is back.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::DiskFull(_) | Self::Unseen(_))
    }
}

impl From<bollard::errors::Error> for EngineError {
    fn from(error: bollard::errors::Error) -> Self {
        use bollard::errors::Error as E;
        let text = error.to_string();
        match error {
            _ if text.contains("no space left on device") => Self::DiskFull(text),
            E::DockerResponseServerError { .. } | E::DockerStreamError { .. } => Self::Refused(text),
            E::HyperResponseError { .. } | E::HyperLegacyError { .. } | E::IOError { .. } | E::RequestTimeoutError => {
                Self::Unreachable(with_causes(&error))
            }
            E::SocketNotFoundError(_) => Self::Unreachable(text),
            _ => Self::Refused(text),
        }
    }
}

/// The client's own words end where it gets interesting: the cause says "connection refused".
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

impl Shared {
    pub(super) fn taken(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Vec<String>>> {
        self.taken.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A connected engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(super) docker: Docker,
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) settings: EngineSettings,
    pub(super) guards: Guards,
    /// Tag of the probe's image: the hash of our executable.
    pub(super) probe_tag: OnceCell<String>,
    /// One builder per dependency layer, however many runs want it.
    pub(super) building: Mutex<HashMap<String, Arc<Mutex<()>>>>,
    /// Pods that wait for a run.
    pub(super) warm: WarmPods,
    /// Containers that a run was given: their labels name the lease that made them.
    pub(super) taken: std::sync::Mutex<HashMap<Uuid, Vec<String>>>,
    /// One pull at a time; when and why the last one of an image failed.
    pub(super) pulling: Mutex<HashMap<String, (Instant, String)>>,
}

impl Engine {
    /// Connects and agrees on an API version.
    pub async fn connect(settings: EngineSettings) -> Result<Self, EngineError> {
        let docker = match &settings.host {
            Some(host) => Docker::connect_with_host(host)?,
            None => Docker::connect_with_local_defaults()?,
        };
        // Long enough to commit a large layer; a run's own limits are far below.
        let docker = docker.with_timeout(Duration::from_secs(180)).negotiate_version().await?;
        let (version, info) = (docker.version().await?, docker.info().await?);
        let guards = Guards::of(&version, &info, settings.runtime.as_deref(), &settings.data_dir)?;
        let shared = Shared {
            settings,
            guards,
            probe_tag: OnceCell::new(),
            building: Mutex::default(),
            warm: WarmPods::default(),
            taken: std::sync::Mutex::default(),
            pulling: Mutex::default(),
        };
        Ok(Self { docker, shared: Arc::new(shared) })
    }

    /// Runs a command in a container to its end, whatever it prints, and says its exit code. Attached: of what is not, Podman never tells
    /// the end.
    pub(super) async fn exec(&self, container: &str, config: ExecConfig) -> Result<Option<i64>, EngineError> {
        let config = ExecConfig { attach_stdout: Some(true), attach_stderr: Some(true), ..config };
        let exec = self.docker.create_exec(container, config).await?.id;
        if let StartExecResults::Attached { mut output, .. } = self.docker.start_exec(&exec, None).await? {
            while let Some(Ok(_)) = output.next().await {}
        }
        loop {
            let inspected = self.docker.inspect_exec(&exec).await?;
            if inspected.running != Some(true) {
                return Ok(inspected.exit_code);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Whether the engine answers.
    pub async fn ping(&self) -> Result<(), EngineError> {
        self.docker.ping().await?;
        Ok(())
    }

    /// Its name and version, and the walls around its containers, for `doctor`.
    pub async fn describe(&self) -> Result<(String, Vec<Wall>), EngineError> {
        let info = self.docker.info().await?;
        let walls = guards::walls(&info, self.shared.settings.runtime.as_deref());
        let says = format!(
            "{} {} on {}, storage {}",
            self.shared.guards.engine(),
            info.server_version.unwrap_or_default(),
            info.operating_system.unwrap_or_default(),
            info.driver.unwrap_or_default(),
        );
        Ok((says, walls))
    }

    /// How many runs and waiting pods fit the engine's machine at once. What does not surely fit waits: a starved run would
    /// be our failure. `slots` is the operator's word about runs.
    pub async fn fit(&self, course: &Course, slots: Option<usize>) -> Result<Fit, EngineError> {
        let info = self.docker.info().await?;
        let mebibytes = u64::try_from(info.mem_total.unwrap_or(0)).unwrap_or(0) / (1024 * 1024);
        let processors = u64::try_from(info.ncpu.unwrap_or(1)).unwrap_or(1);
        let services: u64 = course.services.values().map(|service| u64::from(service.memory_mib)).sum();
        // One judge at a time stands beside a run.
        let judges = course.suites.values().map(|suite| suite.memory_mib);
        let judges = judges.chain(course.commands.values().map(|command| command.memory_mib)).max().unwrap_or(0);
        let pod = services + u64::from(PROBE_MIB);
        // One that looks, and one that a project drives.
        let browser = if course.sandbox.browser.is_empty() { 0 } else { BROWSER_MIB + REMOTE_MIB };
        let run = pod + u64::from(course.sandbox.memory_mib) + u64::from(judges) + u64::from(browser);
        Ok(Fit::new(mebibytes * 8 / 10, processors, run, pod, course.sandbox.warm.into(), slots))
    }
}

/// What fits a machine at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Runs.
    pub slots: usize,
    /// Pods that wait for further runs.
    pub warm: usize,
}

impl Fit {
    /// By memory (of which each run, and each pod that waits, takes so many MiB) and by processors. At least one run, and
    /// never a waiting pod in its place.
    fn new(mebibytes: u64, processors: u64, run: u64, pod: u64, wanted: u64, slots: Option<usize>) -> Self {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let least = slots.map_or(1, |slots| u64::try_from(slots).unwrap_or(u64::MAX));
        let beside = mebibytes.saturating_sub(run.saturating_mul(least));
        let warm = wanted.min(beside.checked_div(pod).unwrap_or(wanted));
        let left = mebibytes.saturating_sub(warm.saturating_mul(pod));
        let by_memory = left.checked_div(run).unwrap_or(1);
        Self { slots: slots.unwrap_or(count(by_memory.min(processors).max(1))), warm: count(warm) }
    }
}

#[cfg(test)]
mod tests {
    use super::Fit;

    #[test]
    fn no_more_fits_than_there_is_memory_and_runs_come_first() {
        let fit = |mebibytes, processors, wanted, slots| Fit::new(mebibytes, processors, 4000, 2500, wanted, slots);
        assert_eq!(fit(20_000, 8, 0, None), Fit { slots: 5, warm: 0 });
        assert_eq!(fit(20_000, 2, 2, None), Fit { slots: 2, warm: 2 });
        assert_eq!(fit(20_000, 8, 2, None), Fit { slots: 3, warm: 2 }, "what waits takes the room of runs");
        assert_eq!(fit(7_000, 8, 3, None), Fit { slots: 1, warm: 1 });
        assert_eq!(fit(3_000, 8, 3, None), Fit { slots: 1, warm: 0 }, "one run always");
        assert_eq!(fit(20_000, 8, 9, Some(4)), Fit { slots: 4, warm: 1 }, "the operator's word comes first");
    }
}
