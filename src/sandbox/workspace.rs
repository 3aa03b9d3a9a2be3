//! The student's container: the project in a bounded folder, and its programs run in it one after the other.
//! May import: `domain/`, `clock`.
//! Next: `observe/execution.rs`, which decides what runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, ExecConfig};
use bollard::query_parameters::{AttachContainerOptions, KillContainerOptions};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::engine::EngineError;
use super::limits::{Limits, tmpfs};
use super::output::Output;
use super::pod::{Pod, attached, read_bounded};
use crate::clock::Clock;
use crate::domain::course::Sandbox;
use crate::domain::facts::execution::{BoundedLog, ProcessEnd, StruckLimit};
use crate::domain::launch::{Layout, WORK};

/// The student's user; it exists on no host.
pub(super) const STUDENT: u32 = 10001;
/// Writes the certificate `$3`, where there is one, copies what the image keeps for its folders (all that follows it), unpacks the project into
/// `$1` as the student's user (`$2`: more of tar's options), passes on what `cp` and `tar` complain of, and then only waits: programs are started
/// beside it, so that loaders and what serves see one folder. As the container's first process it is immune to its own user's `kill -9 -1`. It
/// waits `$0` minutes: a container that no worker ends any more ends by itself.
pub(super) const SUPERVISOR: &str = "[ -z \"$3\" ] || printf %s \"$3\" >/run/egress/ca.pem; root=$1; more=$2; shift 3; \
     { for folder; do cp -a \"/.forkgrade/seed$folder/.\" \"$folder/\"; done; tar -x $more -C \"$root\" -f -; } 2>&1 | \
     { head -c 2000; cat >/dev/null; }; cat >/dev/null; echo; echo ready; \
     i=0; while [ $i -lt $0 ]; do sleep 60 & wait $!; i=$((i + 1)); done";
const READY: &[u8] = b"\nready\n";
/// A program that is not there is the shell's to tell, in words that a student has met before.
pub(super) const LAUNCHER: &str = "cd \"$0\" && exec \"$@\"";
const UNPACK: Duration = Duration::from_secs(60);
/// Everything of the student's user but the supervisor; the kernel spares who asks.
const KILL_ALL: [&str; 3] = ["/bin/sh", "-c", "kill -9 -1"];

/// How a program ended, what it said and what it used.
#[derive(Debug)]
pub struct Ended {
    pub end: ProcessEnd,
    pub log: BoundedLog,
    pub milliseconds: u64,
    pub usage: Usage,
}

/// What a program used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    pub cpu_milliseconds: Option<u64>,
    /// The container's highest so far, files in its work folder included.
    pub peak_memory_bytes: Option<u64>,
    pub out_of_memory: bool,
}

/// A student's container in a pod.
pub struct Workspace<'pod> {
    pub(super) pod: &'pod Pod,
    pub(super) id: String,
    output_bytes: u64,
    /// Programs run as this user; as the container's own where absent.
    user: Option<String>,
    /// What could not be unpacked: the first thing that every program's log says.
    pub(super) unpacking: Vec<u8>,
    /// Milliseconds of processor used by the programs before.
    spent: AtomicU64,
    /// Processes of the programs before that were killed because the memory was full.
    killed: AtomicU64,
}

/// Why a program is no longer listened to.
enum Over {
    ByItself,
    Struck(StruckLimit),
    Enough,
}

/// A container that was to be opened.
pub enum Opened<'pod> {
    Ready(Workspace<'pod>),
    /// The image that the student's own Dockerfile made does not start: the student's to mend.
    Unusable(String),
}

/// What a student's container is made of.
pub struct WorkspaceRequest<'a> {
    pub image: &'a str,
    pub sandbox: &'a Sandbox,
    /// Relative to the work folder, or to the root where there is a layout.
    pub archive: Bytes,
    pub layout: Option<&'a Layout>,
    /// The image is what a student's Dockerfile made, and not one of ours.
    pub is_built: bool,
    /// How many containers share the run's memory and disk.
    pub sharing: u32,
    /// How much longer than its own limits say it is needed.
    pub longer: Duration,
}

impl WorkspaceRequest<'_> {
    fn limits(&self) -> Limits {
        let Self { sandbox, sharing, .. } = *self;
        let share = |whole: u32| (whole / sharing.max(1)).max(1);
        let folders: Vec<&str> = match self.layout {
            Some(layout) => layout.folders.iter().map(String::as_str).collect(),
            None => vec![WORK],
        };
        // Each may take all of it: memory is what bounds them together.
        let folders = folders.into_iter().map(|folder| tmpfs(folder, share(sandbox.work_mib), STUDENT, true));
        let own = [tmpfs("/tmp", 64, STUDENT, true), tmpfs("/home/student", 32, STUDENT, true)];
        Limits {
            memory_mib: share(sandbox.memory_mib),
            cpu_percent: sandbox.cpu_percent,
            pids: share(sandbox.pids),
            open_files: Some(sandbox.open_files),
            tmpfs: folders.chain(own).collect(),
        }
    }
}

impl Pod {
    /// Makes the container and unpacks the project into it. The project comes in over standard input: no folder of the host is mounted.
    pub async fn workspace(&self, request: &WorkspaceRequest<'_>) -> Result<Opened<'_>, EngineError> {
        match self.open(request).await {
            Ok(workspace) => Ok(Opened::Ready(workspace)),
            Err(EngineError::Refused(cause)) if request.is_built => Ok(Opened::Unusable(cause)),
            Err(error) => Err(error),
        }
    }

    async fn open(&self, request: &WorkspaceRequest<'_>) -> Result<Workspace<'_>, EngineError> {
        let sandbox = request.sandbox;
        let mut limits = request.limits();
        let certificate = self.authority().map(|(folder, pem)| {
            limits.tmpfs.push(folder);
            pem
        });
        let longer = request.longer.as_secs() / 60;
        let minutes = u64::from((sandbox.load_seconds + sandbox.start_seconds) / 60 + 10) + longer;
        // The paths of a layout start at the root.
        let root = if request.layout.is_some() { "/" } else { WORK };
        let given =
            [minutes.to_string(), root.to_owned(), "--no-overwrite-dir".to_owned(), certificate.unwrap_or_default()];
        let seeded = request.layout.iter().flat_map(|layout| layout.seeded.iter().cloned());
        let body = ContainerCreateBody {
            image: Some(request.image.to_owned()),
            user: Some(format!("{STUDENT}:{STUDENT}")),
            entrypoint: Some(["/bin/sh", "-c", SUPERVISOR].map(str::to_owned).into()),
            cmd: Some(given.into_iter().chain(seeded).collect()),
            env: Some(self.environment()),
            // Never a folder of the student's naming: the engine itself would enter it.
            working_dir: Some(if request.is_built { "/" } else { WORK }.to_owned()),
            host_config: Some(self.joined(&limits)?),
            ..Default::default()
        };
        let output_bytes = u64::from(sandbox.output_kib) * 1024;
        self.filled(body, request.archive.clone(), output_bytes, None).await
    }

    /// Starts a container of the pod whose supervisor unpacks an archive.
    pub(super) async fn filled(
        &self,
        body: ContainerCreateBody,
        archive: Bytes,
        output_bytes: u64,
        user: Option<String>,
    ) -> Result<Workspace<'_>, EngineError> {
        let engine = &self.engine;
        let id = engine.create(self.owner, attached(body)).await?;
        self.adopt(id.clone());
        let options = AttachContainerOptions { stream: true, stdin: true, stdout: true, ..Default::default() };
        let mut line = engine.docker.attach_container(&id, Some(options)).await?;
        engine.docker.start_container(&id, None).await?;
        let write = async {
            line.input.write_all(&archive).await?;
            line.input.shutdown().await
        };
        let listen = async {
            let mut said = Vec::new();
            while let Some(Ok(chunk)) = line.output.next().await {
                said.extend_from_slice(chunk.as_ref());
                if said.ends_with(READY) {
                    break;
                }
            }
            said
        };
        let not_copied = |error: String| EngineError::Refused(format!("the project could not be copied in: {error}"));
        let (written, said) = timeout(UNPACK, futures::future::join(write, listen))
            .await
            .map_err(|_| not_copied(format!("it took longer than {} s", UNPACK.as_secs())))?;
        let unpacking = match (written, said.strip_suffix(READY)) {
            (Ok(()), Some(complaints)) => complaints.to_vec(),
            (Err(error), _) => return Err(not_copied(error.to_string())),
            (Ok(()), None) => return Err(not_copied(String::from_utf8_lossy(&said).into_owned())),
        };
        Ok(Workspace {
            pod: self,
            id,
            output_bytes,
            user,
            unpacking,
            spent: AtomicU64::new(0),
            killed: AtomicU64::new(0),
        })
    }
}

impl Workspace<'_> {
    /// Runs a program in a folder to its end, to a limit, or until `stop` is done (whichever comes first).
    /// Where a limit struck, everything in the container has been killed: daemons and forks too. The files stay.
    pub async fn run(
        &self,
        argv: &[String],
        folder: &str,
        env: &BTreeMap<String, String>,
        at_most: Duration,
        stop: impl Future<Output = ()>,
    ) -> Result<Ended, EngineError> {
        let (started, since) = (Instant::now(), Clock::System.now());
        let mut output = Output::default();
        output.push(&self.unpacking);
        let (exec, mut stream) = match self.start(argv, folder, env).await {
            Ok(started) => started,
            // What ran before has taken the container with it.
            Err(_) if !self.is_alive().await => {
                let usage = self.usage(since).await;
                let end = if usage.out_of_memory { memory() } else { ProcessEnd::Exited { code: 137 } };
                return Ok(Ended { end, log: output.into_log(), milliseconds: 0, usage });
            }
            Err(error) => return Err(error),
        };
        self.pod.engine.a_run_goes_on();
        let over = tokio::select! {
            flooded = read_bounded(&mut stream, &mut output, self.output_bytes) => {
                if flooded { Over::Struck(StruckLimit::Output) } else { Over::ByItself }
            }
            () = tokio::time::sleep(at_most) => Over::Struck(StruckLimit::WallTime),
            () = stop => Over::Enough,
        };
        let milliseconds = elapsed(started);
        if matches!(over, Over::Enough) {
            // Its last words before it is stopped: what is already on its way.
            let words = read_bounded(&mut stream, &mut output, self.output_bytes);
            let _ = timeout(Duration::from_millis(50), words).await;
        }
        // A reader that stops but keeps the stream would hang the engine's answers: let it go first.
        drop(stream);
        if let Over::Struck(_) = over {
            self.clear().await;
        }
        let usage = self.usage(since).await;
        let end = match over {
            Over::Struck(limit) => ProcessEnd::Limit { limit },
            Over::ByItself => self.exit_of(&exec, usage).await?.unwrap_or(ProcessEnd::Exited { code: -1 }),
            Over::Enough => self.exit_of(&exec, usage).await?.unwrap_or(ProcessEnd::Stopped),
        };
        Ok(Ended { end, log: output.into_log(), milliseconds, usage })
    }

    async fn start(
        &self,
        argv: &[String],
        folder: &str,
        env: &BTreeMap<String, String>,
    ) -> Result<
        (String, impl futures::Stream<Item = Result<bollard::container::LogOutput, bollard::errors::Error>> + Unpin),
        EngineError,
    > {
        let docker = &self.pod.engine.docker;
        let launcher = ["/bin/sh", "-c", LAUNCHER, folder].map(str::to_owned).into_iter();
        let config = ExecConfig {
            cmd: Some(launcher.chain(argv.iter().cloned()).map(without_nul).collect()),
            env: Some(
                env.iter()
                    .map(|(name, value)| without_nul(format!("{name}={value}")))
                    .chain(self.pod.environment())
                    .collect(),
            ),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            user: self.user.clone(),
            ..Default::default()
        };
        let exec = docker.create_exec(&self.id, config).await?.id;
        match docker.start_exec(&exec, None::<StartExecOptions>).await? {
            StartExecResults::Attached { output, .. } => Ok((exec, output)),
            StartExecResults::Detached => {
                Err(EngineError::Refused("the engine detached a program that should be attached".to_owned()))
            }
        }
    }

    /// How it ended, as the engine saw it; `None` while it runs. 137 with the memory exhausted is the memory limit.
    async fn exit_of(&self, exec: &str, usage: Usage) -> Result<Option<ProcessEnd>, EngineError> {
        let inspected = self.pod.engine.docker.inspect_exec(exec).await?;
        Ok(match inspected.exit_code {
            _ if inspected.running == Some(true) => None,
            Some(137) if usage.out_of_memory => Some(memory()),
            code => code.map(|code| ProcessEnd::Exited { code }),
        })
    }

    /// Whether the container can still run programs.
    pub async fn is_alive(&self) -> bool {
        !self.pod.engine.has_ended(&self.id).await
    }

    /// Kills all that runs, and keeps the files; where that is no longer possible, kills the container.
    pub(super) async fn clear(&self) {
        let config =
            ExecConfig { cmd: Some(KILL_ALL.map(str::to_owned).into()), user: self.user.clone(), ..Default::default() };
        let killed = self.pod.engine.exec(&self.id, config);
        // A fork bomb leaves no room for one more process.
        if !matches!(timeout(Duration::from_secs(3), killed).await, Ok(Ok(Some(0)))) {
            self.kill().await;
        }
    }

    /// Kills the container.
    pub async fn kill(&self) {
        let options = KillContainerOptions { signal: "KILL".to_owned() };
        // It may have ended by itself in the meantime.
        let _ = self.pod.engine.docker.kill_container(&self.id, Some(options)).await;
    }

    /// What was used since the last time it was asked.
    async fn usage(&self, since: DateTime<Utc>) -> Usage {
        let engine = &self.pod.engine;
        let inspected = engine.docker.inspect_container(&self.id, None).await.ok();
        let state = inspected.and_then(|one| one.state).unwrap_or_default();
        let used = engine.used(&self.id, state.pid).await;
        // The state speaks only of the container's own process; where the kernel is asked, it counts every process in it.
        let of_all = engine.killed_for_memory(&self.id, used, &self.killed, since).await;
        let out_of_memory = of_all || used.killed_for_memory.is_none() && state.oom_killed.unwrap_or(false);
        let cpu = used.cpu_milliseconds.map(|cpu| cpu.saturating_sub(self.spent.swap(cpu, Ordering::Relaxed)));
        Usage { cpu_milliseconds: cpu, peak_memory_bytes: used.peak_memory_bytes, out_of_memory }
    }
}

fn memory() -> ProcessEnd {
    ProcessEnd::Limit { limit: StruckLimit::Memory }
}

/// A NUL ends a string for the kernel, and the engine refuses it: the program sees a mark in its place.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}

fn elapsed(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
