//! A container that something is made in, with the only network that there is: dependency layers and images are built here.
//! Whoever builds is hostile: memory, processor, processes, disk, time and output are bounded, and nothing of the host is there.
//! May import: `clock`, `domain/`.
//! Next: `installer.rs` and `build/` work in one.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, ExecConfig, HostConfig, NetworkCreateRequest, ResourcesUlimits};
use bollard::query_parameters::{InspectContainerOptions, WaitContainerOptions};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use super::engine::{Engine, EngineError};
use super::limits::Limits;
use super::output::Output;
use super::pod::{Owner, read_bounded};
use crate::clock::Clock;
use crate::domain::build::BuildLimit;

/// What one program may print.
const OUTPUT_BYTES: u64 = 16 * 1024 * 1024;
const FILE_BYTES: i64 = 1024 * 1024 * 1024;
/// A network of their own, on which they do not reach one another.
const NETWORK: &str = "forkgrade-installer";
/// Seconds that keeping what was made may take, beyond making it.
const KEEPING: u32 = 240;
/// How long another process's container is waited for before it is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// What root needs to install packages of a system: files of other owners, programs that run as somebody less, ending what
/// was left running. Nothing that reaches beyond the container.
const CAPABILITIES: [&str; 7] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID"];

/// How a container is made.
pub(super) struct SiteRequest<'a> {
    pub owner: Owner,
    pub image: &'a str,
    /// Only one container of an engine has it.
    pub name: Option<&'a str>,
    /// Root with what it takes to install a system's packages, and not the student's user.
    pub is_root: bool,
    /// Altogether, for everything that is run in it.
    pub seconds: u32,
    /// What may be written to the engine's disk.
    pub disk_mib: u32,
    pub env: Vec<String>,
}

/// A program to run.
#[derive(Default)]
pub(super) struct Exec<'a> {
    pub argv: Vec<String>,
    pub user: Option<String>,
    pub env: Vec<String>,
    /// Its standard input.
    pub input: Option<BoxStream<'a, Bytes>>,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SiteEnd {
    Exited(i64),
    /// It was given up, and runs on until the container goes.
    Struck(BuildLimit),
}

/// The container. Call `remove`; what is dropped without it, the reaper finds by its labels.
pub(super) struct Site {
    engine: Engine,
    pub container: String,
    pub deadline: Instant,
    disk_bytes: i64,
    /// Processes that were killed before because the memory was full.
    killed: AtomicU64,
}

/// Lives for `$0` minutes and takes in what is orphaned; as the first process it is immune to `kill -9 -1`.
const LIVE: &str = "i=0; while [ $i -lt $0 ]; do sleep 60 & wait $!; i=$((i + 1)); done";

impl Site {
    /// Starts one. `None` where there is one of this name: only one of them is at work at a time, whatever process it is of.
    pub async fn start(engine: &Engine, request: SiteRequest<'_>) -> Result<Option<Self>, EngineError> {
        let limits =
            Limits { memory_mib: 2048, cpu_percent: 200, pids: 256, open_files: Some(4096), tmpfs: Vec::new() };
        engine.installer_network().await?;
        let bounded = limits.host_config(NETWORK);
        let file_size =
            ResourcesUlimits { name: Some("fsize".to_owned()), soft: Some(FILE_BYTES), hard: Some(FILE_BYTES) };
        let mut ulimits = bounded.ulimits.clone().unwrap_or_default();
        ulimits.push(file_size);
        let capabilities = request.is_root.then(|| CAPABILITIES.map(str::to_owned).to_vec());
        // Its own layer is what is kept, so this root is written to, under the eye of `watch_disk`.
        let host_config =
            HostConfig { readonly_rootfs: Some(false), ulimits: Some(ulimits), cap_add: capabilities, ..bounded };
        let user = if request.is_root { "0:0" } else { "10001:10001" };
        let body = ContainerCreateBody {
            image: Some(request.image.to_owned()),
            user: Some(user.to_owned()),
            working_dir: Some("/".to_owned()),
            // What no process ends any more ends by itself, and then its name is free.
            entrypoint: Some(["/bin/sh", "-c", LIVE].map(str::to_owned).into()),
            cmd: Some(vec![((request.seconds + KEEPING) / 60 + 1).to_string()]),
            env: Some(request.env),
            host_config: Some(host_config),
            ..Default::default()
        };
        let container = match request.name {
            Some(name) => engine.create_named(request.owner, name, body).await?,
            None => Some(engine.create(request.owner, body).await?),
        };
        let Some(container) = container else { return Ok(None) };
        let deadline = Instant::now() + Duration::from_secs(request.seconds.into());
        let disk_bytes = i64::from(request.disk_mib) << 20;
        let site = Self { engine: engine.clone(), container, deadline, disk_bytes, killed: AtomicU64::new(0) };
        match engine.docker.start_container(&site.container, None).await {
            Ok(()) => Ok(Some(site)),
            Err(error) => {
                site.remove().await;
                Err(error.into())
            }
        }
    }

    /// The same with less time: several containers share one limit.
    pub fn until(self, deadline: Instant) -> Self {
        Self { deadline, ..self }
    }

    pub async fn remove(self) {
        self.engine.remove_all([self.container]).await;
    }

    /// Runs a program to its end, or to a limit.
    pub async fn run(&self, exec: Exec<'_>, output: &mut Output) -> Result<SiteEnd, EngineError> {
        let since = Clock::System.now();
        let Exec { argv, user, env, input } = exec;
        let (id, mut printed, mut line) = self.start_exec(argv, user, env, input.is_some()).await?;
        let feed = async {
            if let Some(mut input) = input {
                while let Some(chunk) = input.next().await {
                    // Whoever has ended reads no more: its end says why.
                    if line.write_all(&chunk).await.is_err() {
                        break;
                    }
                }
                let _ = line.shutdown().await;
            }
        };
        let limit = output.total() + OUTPUT_BYTES;
        let read = async { tokio::join!(read_bounded(&mut printed, output, limit), feed).0 };
        let struck = tokio::select! {
            flooded = timeout_at(self.deadline, read) => match flooded {
                Err(_) => Some(BuildLimit::Time),
                Ok(true) => Some(BuildLimit::Output),
                Ok(false) => None,
            },
            () = self.watch_disk() => Some(BuildLimit::Disk),
        };
        drop(printed);
        if let Some(limit) = struck {
            return Ok(SiteEnd::Struck(limit));
        }
        let code = self.engine.docker.inspect_exec(&id).await?.exit_code.unwrap_or(-1);
        // Between two looks a program may have filled more than is its, and ended of it.
        if code != 0 && self.is_disk_full().await {
            return Ok(SiteEnd::Struck(BuildLimit::Disk));
        }
        if code != 0 && self.is_out_of_memory(since).await {
            return Ok(SiteEnd::Struck(BuildLimit::Memory));
        }
        Ok(SiteEnd::Exited(code))
    }

    /// What a program prints on its standard output, as a stream: the input of another one.
    pub async fn print(&self, argv: Vec<String>) -> Result<BoxStream<'static, Bytes>, EngineError> {
        let (_, printed, _) = self.start_exec(argv, Some("0:0".to_owned()), Vec::new(), false).await?;
        let bytes = printed.filter_map(async |chunk| match chunk {
            Ok(LogOutput::StdOut { message }) => Some(message),
            _ => None,
        });
        Ok(bytes.boxed())
    }

    async fn start_exec(
        &self,
        argv: Vec<String>,
        user: Option<String>,
        env: Vec<String>,
        is_fed: bool,
    ) -> Result<
        (
            String,
            impl Stream<Item = Result<LogOutput, bollard::errors::Error>> + Unpin + Send + use<>,
            std::pin::Pin<Box<dyn AsyncWrite + Send>>,
        ),
        EngineError,
    > {
        let docker = &self.engine.docker;
        let config = ExecConfig {
            cmd: Some(argv),
            user,
            env: Some(env),
            attach_stdin: Some(is_fed),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..Default::default()
        };
        let id = docker.create_exec(&self.container, config).await?.id;
        match docker.start_exec(&id, None::<StartExecOptions>).await? {
            StartExecResults::Attached { output, input } => Ok((id, output, input)),
            StartExecResults::Detached => Err(EngineError::Refused("the engine detached a builder".to_owned())),
        }
    }

    async fn is_out_of_memory(&self, since: DateTime<Utc>) -> bool {
        let inspected = self.engine.docker.inspect_container(&self.container, None).await.ok();
        let pid = inspected.and_then(|one| one.state).and_then(|state| state.pid);
        let used = self.engine.used(&self.container, pid).await;
        self.engine.killed_for_memory(&self.container, used, &self.killed, since).await
    }

    /// Comes back when the container has written more than it may.
    async fn watch_disk(&self) {
        loop {
            tokio::time::sleep(Duration::from_secs(3)).await;
            if self.is_disk_full().await {
                return;
            }
        }
    }

    async fn is_disk_full(&self) -> bool {
        let options = InspectContainerOptions { size: true };
        let inspected = self.engine.docker.inspect_container(&self.container, Some(options)).await;
        inspected.is_ok_and(|inspected| inspected.size_rw.is_some_and(|bytes| bytes > self.disk_bytes))
    }
}

impl Engine {
    /// Until another process's container of this name is gone. One that nobody ends any more has ended by itself.
    pub(super) async fn wait_for_other(&self, name: &str) {
        let options = WaitContainerOptions { condition: "removed".to_owned() };
        let mut removed = self.docker.wait_container(name, Some(options));
        if timeout(LOOK_AGAIN, removed.next()).await.is_err() && self.has_ended(name).await {
            self.remove_all([name.to_owned()]).await;
        }
    }

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
