//! The container engine, reached over its Docker-compatible API.
//! May import: `domain/`.
//! Next: `images.rs`, `pod.rs`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bollard::Docker;
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

use super::guards::{self, Guards, Wall};
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
    /// A folder of ours, for an engine that reads files of its machine.
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
    #[error(
        "course.toml asks for the runtime {wanted:?}, which this engine does not have (it has: {known}): install it and name it in \
         /etc/docker/daemon.json, or take `runtime` out of [sandbox]"
    )]
    Runtime { wanted: String, known: String },
    #[error("the container engine refused: {0}")]
    Refused(String),
}

impl EngineError {
    /// Whether nothing can be run until the engine is back.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::DiskFull(_))
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
            pulling: Mutex::default(),
        };
        Ok(Self { docker, shared: Arc::new(shared) })
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

    /// How many runs fit the engine's machine at once: bounded by memory and by processors.
    /// A starved run would be our failure, so what does not surely fit waits.
    pub async fn slots_that_fit(&self, course: &Course) -> Result<usize, EngineError> {
        let info = self.docker.info().await?;
        let mebibytes = u64::try_from(info.mem_total.unwrap_or(0)).unwrap_or(0) / (1024 * 1024);
        let services: u64 = course.services.values().map(|service| u64::from(service.memory_mib)).sum();
        // One judge at a time stands beside a run.
        let judges = course.suites.values().map(|suite| suite.memory_mib);
        let judges = judges.chain(course.commands.values().map(|command| command.memory_mib)).max().unwrap_or(0);
        let run = u64::from(course.sandbox.memory_mib) + services + u64::from(judges);
        let by_memory = (mebibytes * 8 / 10).checked_div(run).unwrap_or(1);
        let by_processor = u64::try_from(info.ncpu.unwrap_or(1)).unwrap_or(1);
        Ok(usize::try_from(by_memory.min(by_processor).max(1)).unwrap_or(1))
    }
}
