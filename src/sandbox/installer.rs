//! The installer: the only container with a network, and only while it installs packages. Builds are hostile code too.
//! May import: `domain/`.
//! Next: `layer.rs`, which keeps what is installed here.

use std::collections::HashMap;
use std::time::Duration;

use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, HostConfig, NetworkCreateRequest, ResourcesUlimits};
use bollard::query_parameters::InspectContainerOptions;
use chrono::NaiveDate;
use tokio::time::{Instant, timeout_at};

use super::engine::{Engine, EngineError};
use super::layer::LayerRequest;
use super::limits::Limits;
use super::output::Output;
use super::pod::read_bounded;
use crate::domain::facts::execution::{BoundedLog, InstallOutcome};

const OUTPUT_BYTES: u64 = 16 * 1024 * 1024;
/// What an installation may write to the engine's disk.
const DISK_BYTES: i64 = 3 * 1024 * 1024 * 1024;
const FILE_BYTES: i64 = 1024 * 1024 * 1024;
/// A network of the installers' own, on which they do not reach one another.
const NETWORK: &str = "forkgrade-installer";
/// Requirements that may be left out one by one before the rest is given up.
const LEFT_OUT: usize = 8;

/// What came of an installation.
pub(super) enum Pass {
    Installed(Installed),
    Failed { outcome: InstallOutcome, log: BoundedLog },
}

/// What an installation holds.
pub(super) struct Installed {
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

    /// As asked; else without the pins; else without what cannot be had at all.
    pub async fn install(&self, requirements: &[String], newest: Option<NaiveDate>) -> Result<Pass, EngineError> {
        let venv = ["uv", "venv", "--quiet", "--python", "/usr/local/bin/python", "--allow-existing", "/opt/venv"];
        self.run(&venv.map(str::to_owned)).await?;
        let mut relaxed = Vec::new();
        let first = match self.attempt(requirements, newest).await? {
            Attempt::Done(output) => return self.installed(relaxed, output).await,
            Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
            Attempt::Refused(output) => output,
        };
        let mut wanted: Vec<String> = requirements.iter().map(|line| project_name(line).to_owned()).collect();
        relaxed.extend(requirements.iter().filter(|line| line.contains("==")).cloned());
        for _ in 0..=LEFT_OUT {
            match self.attempt(&wanted, newest).await? {
                Attempt::Done(output) => return self.installed(relaxed, output).await,
                Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
                Attempt::Refused(output) => {
                    let said = output.into_text();
                    let Some(culprit) = wanted.iter().position(|name| is_named_in(name, &said)) else { break };
                    relaxed.push(wanted.remove(culprit));
                    if wanted.is_empty() {
                        break;
                    }
                }
            }
        }
        // The first words are about what the student wrote; the later ones about our attempts to help.
        Ok(Pass::Failed { outcome: InstallOutcome::Refused, log: first.into_log() })
    }

    async fn attempt(&self, lines: &[String], newest: Option<NaiveDate>) -> Result<Attempt, EngineError> {
        let mut argv: Vec<String> = [
            "uv",
            "pip",
            "install",
            "--no-cache",
            "--no-progress",
            "--color",
            "never",
            "--compile-bytecode",
            "--python",
            "/opt/venv",
        ]
        .map(str::to_owned)
        .into();
        argv.extend(newest.into_iter().flat_map(|date| ["--exclude-newer".to_owned(), date.to_string()]));
        argv.extend(self.index.iter().flat_map(|index| ["--index-url".to_owned(), index.clone()]));
        argv.push("--".to_owned());
        argv.extend(lines.iter().cloned());
        let attempt = self.run(&argv).await?;
        if let Attempt::Refused(output) = attempt {
            let said = output.into_text();
            if let Some(trouble) = index_trouble(&said) {
                return Err(EngineError::Index(trouble));
            }
            let mut output = Output::default();
            output.push(said.as_bytes());
            return Ok(Attempt::Refused(output));
        }
        Ok(attempt)
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

    async fn installed(&self, relaxed: Vec<String>, output: Output) -> Result<Pass, EngineError> {
        let argv = ["uv", "pip", "freeze", "--quiet", "--python", "/opt/venv"].map(str::to_owned);
        let packages = match self.run(&argv).await? {
            Attempt::Done(listed) => listed.into_text().lines().map(str::to_owned).collect(),
            Attempt::Refused(_) | Attempt::LimitStruck(_) => Vec::new(),
        };
        Ok(Pass::Installed(Installed { packages, relaxed, log: output.into_log() }))
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

fn limit_struck(output: Output) -> Pass {
    Pass::Failed { outcome: InstallOutcome::LimitStruck, log: output.into_log() }
}

/// `flask` of `Flask[async]>=1.1 ; python_version < "3.9"`.
fn project_name(line: &str) -> &str {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    line.get(..end.unwrap_or(line.len())).unwrap_or(line)
}

/// Whether the resolver's complaint is about this project: `Because flask-foo was not found…`, ``Failed to build `flask-foo==1` ``.
fn is_named_in(name: &str, said: &str) -> bool {
    let name = name.to_lowercase().replace(['_', '.'], "-");
    said.lines().any(|line| {
        let line = line.to_lowercase().replace(['_', '.'], "-");
        ["because ", "failed to build `", "failed to download `", "no solution found", "hint: "]
            .iter()
            .any(|cue| line.contains(cue))
            && line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| word == name)
    })
}

/// The index or the way to it failed: ours to try again, and never a student's fault.
fn index_trouble(said: &str) -> Option<String> {
    const CUES: [&str; 7] = [
        "error sending request",
        "dns error",
        "Request failed after",
        "HTTP status server error",
        "429 Too Many Requests",
        "operation timed out",
        "connection reset",
    ];
    said.lines().find(|line| CUES.iter().any(|cue| line.contains(cue))).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_culprit_is_found_by_its_name_and_not_by_a_part_of_it() {
        let said = "  × No solution found when resolving dependencies:\n  ╰─▶ Because flask-foo was not found in the package registry and you require flask-foo";
        assert!(is_named_in("Flask_Foo", said));
        assert!(!is_named_in("flask", said));
        assert_eq!(project_name("Flask[async]>=1.1"), "Flask");
    }

    #[test]
    fn a_registry_that_is_away_is_not_the_students_fault() {
        assert!(index_trouble("error: Failed to fetch\n  Caused by: dns error: failed to lookup").is_some());
        assert!(index_trouble("Because nosuch was not found in the package registry").is_none());
    }
}
