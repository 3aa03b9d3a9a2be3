//! The installer: the only container with a network, and only while it installs packages. Builds are hostile code too.
//! May import: `domain/`.
//! Next: `layer.rs`, which keeps what is installed here.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, HostConfig, NetworkCreateRequest, ResourcesUlimits};
use bollard::query_parameters::InspectContainerOptions;
use chrono::{Months, NaiveDate};
use tokio::time::{Instant, timeout_at};

use super::engine::{Engine, EngineError};
use super::layer::LayerRequest;
use super::limits::Limits;
use super::output::Output;
use super::pod::read_bounded;
use super::requirement::{Trouble, is_named_in, is_pin_kept, lacks_wheels, pin, project_name, trouble, unpinned};
use crate::domain::facts::execution::{BoundedLog, InstallOutcome};

const OUTPUT_BYTES: u64 = 16 * 1024 * 1024;
/// What an installation may write to the engine's disk.
const DISK_BYTES: i64 = 3 * 1024 * 1024 * 1024;
const FILE_BYTES: i64 = 1024 * 1024 * 1024;
/// A network of the installers' own, on which they do not reach one another.
const NETWORK: &str = "forkgrade-installer";
const VENV: &str = "/opt/venv";
/// Requirements that may be left out one by one before the rest is given up.
const LEFT_OUT: usize = 8;
/// How often a package may be taken from later than the rest.
const LIFTS: usize = 12;
/// By how many years each time; the last time there is no bound.
const YEARS: [u32; 4] = [1, 2, 4, 100];

/// What came of an installation.
pub(super) enum Pass {
    Installed(Installed),
    Failed { outcome: InstallOutcome, log: BoundedLog },
}

/// What an installation holds.
pub(super) struct Installed {
    /// What was asked for is complete by itself, so that no date took part.
    pub is_lock: bool,
    /// `name==version`, sorted.
    pub packages: Vec<String>,
    pub relaxed: Vec<String>,
    pub log: BoundedLog,
}

/// A container that installs.
pub(super) struct Installer {
    engine: Engine,
    container: String,
    index: Option<String>,
    deadline: Instant,
}

/// How one call of the resolver ended.
enum Attempt {
    Done(Output),
    Refused(Output),
    LimitStruck(Output),
}

impl Installer {
    pub async fn start(engine: &Engine, request: &LayerRequest<'_>) -> Result<Self, EngineError> {
        let limits =
            Limits { memory_mib: 2048, cpu_percent: 200, pids: 256, open_files: Some(4096), tmpfs: Vec::new() };
        engine.installer_network().await?;
        let bounded = limits.host_config(NETWORK);
        let file_size =
            ResourcesUlimits { name: Some("fsize".to_owned()), soft: Some(FILE_BYTES), hard: Some(FILE_BYTES) };
        let mut ulimits = bounded.ulimits.clone().unwrap_or_default();
        ulimits.push(file_size);
        // Its own layer is what is kept, so this root is written to, under the eye of `watch_disk`.
        let host_config =
            HostConfig { readonly_rootfs: Some(false), ulimits: Some(ulimits), init: Some(true), ..bounded };
        let body = ContainerCreateBody {
            image: Some(request.python.reference.clone()),
            user: Some("10001:10001".to_owned()),
            entrypoint: Some(vec!["sleep".to_owned(), "3600".to_owned()]),
            cmd: Some(Vec::new()),
            env: Some(engine.shared.settings.installer_env.clone()),
            host_config: Some(host_config),
            ..Default::default()
        };
        let container = engine.create(request.owner, body).await?;
        let deadline = Instant::now() + Duration::from_secs(request.sandbox.install_seconds.into());
        let index = request.sandbox.package_index.clone();
        let installer = Self { engine: engine.clone(), container, index, deadline };
        match engine.docker.start_container(&installer.container, None).await {
            Ok(()) => Ok(installer),
            Err(error) => {
                installer.remove().await;
                Err(error.into())
            }
        }
    }

    pub fn container(&self) -> &str {
        &self.container
    }

    pub async fn remove(self) {
        self.engine.remove_all([self.container]).await;
    }

    /// A lock as it is; else as asked, as of the date; else without the pins; else without what cannot be had at all.
    pub async fn install(&self, requirements: &[String], newest: NaiveDate) -> Result<Pass, EngineError> {
        self.run(&words(&["uv", "venv", "--quiet", "--python", "/usr/local/bin/python", "--allow-existing", VENV]))
            .await?;
        if let Some(output) = self.install_lock(requirements).await? {
            return Ok(Pass::Installed(self.installed(true, output).await?));
        }
        let first = match self.resolve(requirements, newest).await? {
            Attempt::Done(output) => return Ok(Pass::Installed(self.installed(false, output).await?)),
            Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
            Attempt::Refused(output) => output,
        };
        let mut wanted = requirements.to_vec();
        for _ in 0..=LEFT_OUT {
            let unpinned: Vec<String> = wanted.iter().map(|line| unpinned(line)).collect();
            let said = match self.resolve(&unpinned, newest).await? {
                Attempt::Done(output) => {
                    let mut installed = self.installed(false, output).await?;
                    let kept = |line: &&String| wanted.contains(line) && is_pin_kept(line, &installed.packages);
                    installed.relaxed = requirements.iter().filter(|line| !kept(line)).cloned().collect();
                    return Ok(Pass::Installed(installed));
                }
                Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
                Attempt::Refused(output) => output.into_text(),
            };
            let Some(culprit) = wanted.iter().position(|line| is_named_in(project_name(line), &said)) else { break };
            wanted.remove(culprit);
            if wanted.is_empty() {
                break;
            }
        }
        // The first words are about what the student wrote; the later ones about our attempts to help.
        Ok(Pass::Failed { outcome: InstallOutcome::Refused, log: first.into_log() })
    }

    /// Installs exactly what is pinned. `None` where that is not a lock: something is not pinned, missing or at odds.
    async fn install_lock(&self, requirements: &[String]) -> Result<Option<Output>, EngineError> {
        if !requirements.iter().all(|line| pin(line).is_some()) {
            return Ok(None);
        }
        let Attempt::Done(output) = self.attempt(requirements, &["--no-deps", "--only-binary", ":all:"], None).await?
        else {
            return Ok(None);
        };
        let checked = self.run(&words(&["uv", "pip", "check", "--quiet", "--python", VENV])).await?;
        Ok(matches!(checked, Attempt::Done(_)).then_some(output))
    }

    /// Wheels run no code while they are installed, and take no time; only what has none is built from its source.
    async fn resolve(&self, lines: &[String], newest: NaiveDate) -> Result<Attempt, EngineError> {
        let date = newest.to_string();
        let wheels = self.attempt(lines, &["--exclude-newer", &date, "--only-binary", ":all:"], None).await?;
        match wheels {
            Attempt::Refused(output) => {
                let said = output.into_text();
                if lacks_wheels(&said) {
                    // A build that hangs must leave time for going without it.
                    let half = self.deadline.saturating_duration_since(Instant::now()) / 2;
                    return self.build(lines, newest, half).await;
                }
                Ok(Attempt::Refused(Output::from(said)))
            }
            attempt => Ok(attempt),
        }
    }

    /// With builds from source. A package whose version of that day cannot be built any more, or a build tool that is not
    /// old enough, is taken from a little later, and later again: everything else stays as of the date.
    async fn build(&self, lines: &[String], newest: NaiveDate, at_most: Duration) -> Result<Attempt, EngineError> {
        let date = newest.to_string();
        let mut lifted: BTreeMap<String, usize> = BTreeMap::new();
        loop {
            let mut options = vec!["--exclude-newer".to_owned(), date.clone()];
            for (name, step) in &lifted {
                options.extend(["--exclude-newer-package".to_owned(), format!("{name}={}", later(newest, *step))]);
            }
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let attempt = self.attempt(lines, &options, Some(at_most)).await?;
            let Attempt::Refused(output) = attempt else { return Ok(attempt) };
            let said = output.into_text();
            match kept_old(&said) {
                Some(name) if can_lift(&lifted, &name) => {
                    lifted.entry(name).and_modify(|step| *step += 1).or_default();
                }
                _ => return Ok(Attempt::Refused(Output::from(said))),
            }
        }
    }

    async fn attempt(
        &self,
        lines: &[String],
        options: &[&str],
        at_most: Option<Duration>,
    ) -> Result<Attempt, EngineError> {
        // Its own limit ends the resolver with everything that it has started, and the container lives on.
        let limit = at_most.map(|time| time.as_secs().max(1).to_string());
        let mut argv = limit.map(|seconds| words(&["timeout", "--signal=KILL", &seconds])).unwrap_or_default();
        argv.extend(words(&["uv", "pip", "install", "--no-cache", "--no-progress", "--color", "never"]));
        argv.extend(words(&["--compile-bytecode", "--python", VENV]));
        argv.extend(words(options));
        argv.extend(self.index.iter().flat_map(|index| ["--index-url".to_owned(), index.clone()]));
        argv.push("--".to_owned());
        argv.extend(lines.iter().cloned());
        let attempt = self.run(&argv).await?;
        let Attempt::Refused(output) = attempt else { return Ok(attempt) };
        let said = output.into_text();
        match trouble(&said) {
            Some(Trouble::Index(line)) => Err(EngineError::Index(line)),
            Some(Trouble::Disk(line)) => Err(EngineError::DiskFull(line)),
            None => Ok(Attempt::Refused(Output::from(said))),
        }
    }

    async fn run(&self, argv: &[String]) -> Result<Attempt, EngineError> {
        let docker = &self.engine.docker;
        let config = bollard::models::ExecConfig {
            cmd: Some(argv.to_vec()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..Default::default()
        };
        let exec = docker.create_exec(&self.container, config).await?.id;
        let StartExecResults::Attached { output: mut stream, .. } =
            docker.start_exec(&exec, None::<StartExecOptions>).await?
        else {
            return Err(EngineError::Refused("the engine detached the installer".to_owned()));
        };
        let mut output = Output::default();
        let struck = tokio::select! {
            ended = timeout_at(self.deadline, read_bounded(&mut stream, &mut output, OUTPUT_BYTES)) => ended.unwrap_or(true),
            () = self.watch_disk() => true,
        };
        drop(stream);
        if struck {
            return Ok(Attempt::LimitStruck(output));
        }
        match docker.inspect_exec(&exec).await?.exit_code {
            Some(0) => Ok(Attempt::Done(output)),
            _ => Ok(Attempt::Refused(output)),
        }
    }

    /// Comes back when the container has written more than it may.
    async fn watch_disk(&self) {
        loop {
            tokio::time::sleep(Duration::from_secs(3)).await;
            let options = InspectContainerOptions { size: true };
            let inspected = self.engine.docker.inspect_container(&self.container, Some(options)).await;
            if inspected.is_ok_and(|inspected| inspected.size_rw.is_some_and(|bytes| bytes > DISK_BYTES)) {
                return;
            }
        }
    }

    async fn installed(&self, is_lock: bool, output: Output) -> Result<Installed, EngineError> {
        let packages = match self.run(&words(&["uv", "pip", "freeze", "--quiet", "--python", VENV])).await? {
            Attempt::Done(listed) => listed.into_text().lines().map(str::to_owned).collect(),
            Attempt::Refused(_) | Attempt::LimitStruck(_) => Vec::new(),
        };
        Ok(Installed { is_lock, packages, relaxed: Vec::new(), log: output.into_log() })
    }
}

impl Engine {
    /// Made once per engine.
    async fn installer_network(&self) -> Result<(), EngineError> {
        if self.docker.inspect_network(NETWORK, None).await.is_ok() {
            return Ok(());
        }
        let apart = ("com.docker.network.bridge.enable_icc".to_owned(), "false".to_owned());
        let request = NetworkCreateRequest {
            name: NETWORK.to_owned(),
            driver: Some("bridge".to_owned()),
            options: Some(HashMap::from([apart])),
            ..Default::default()
        };
        let created = self.docker.create_network(request).await;
        // Another process may have been quicker.
        match self.docker.inspect_network(NETWORK, None).await {
            Ok(_) => Ok(()),
            Err(_) => Err(created.err().map_or_else(|| EngineError::Refused("no network".to_owned()), Into::into)),
        }
    }
}

/// The package that only its old version stands in the way of: ``Failed to build `name==1` ``, or
/// `` `name` was filtered by `exclude-newer` ``.
fn kept_old(said: &str) -> Option<String> {
    let quoted = |line: &str, cue: &str| -> Option<String> {
        let name = line.split_once(cue)?.1.split('`').next()?.split("==").next()?;
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        is_name.then(|| name.to_owned())
    };
    let filtered = said.lines().filter(|line| line.contains("was filtered by `exclude-newer`"));
    let filtered = filtered.filter_map(|line| quoted(line, "hint: `")).next();
    let failed = said
        .lines()
        .find_map(|line| quoted(line, "Failed to download and build `").or_else(|| quoted(line, "Failed to build `")));
    filtered.or(failed)
}

fn can_lift(lifted: &BTreeMap<String, usize>, name: &str) -> bool {
    let lifts: usize = lifted.values().map(|step| step + 1).sum();
    lifts < LIFTS && lifted.get(name).is_none_or(|step| step + 1 < YEARS.len())
}

fn later(newest: NaiveDate, step: usize) -> NaiveDate {
    let years = YEARS.get(step).copied().unwrap_or(100);
    newest.checked_add_months(Months::new(12 * years)).unwrap_or(newest)
}

fn limit_struck(output: Output) -> Pass {
    Pass::Failed { outcome: InstallOutcome::LimitStruck, log: output.into_log() }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
