//! The student's container: the project in a bounded folder, and its programs run in it one after the other.
//! May import: `domain/`.
//! Next: `observe/execution.rs`, which decides what runs.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, ExecConfig, HostConfig};
use bollard::query_parameters::{AttachContainerOptions, EventsOptions, KillContainerOptions, StatsOptions};
use bytes::Bytes;
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
use crate::domain::source::RepoPath;

/// The student's user; it exists on no host.
const STUDENT: u32 = 10001;
/// Where the project lies.
const WORK: &str = "/work";
/// Unpacks the project as the student's user, says so, and then only waits: every program is started beside it.
const SUPERVISOR: &str = "tar -x -C /work -f - && echo ready; while :; do sleep 3600 & wait $!; done";
const UNPACK: Duration = Duration::from_secs(60);

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    pub end: ProcessEnd,
    pub log: BoundedLog,
    pub milliseconds: u64,
}

/// What the container has used since it was made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    pub cpu_milliseconds: Option<u64>,
    pub peak_memory_bytes: Option<u64>,
    pub out_of_memory: bool,
}

/// A student's container in a pod.
pub struct Workspace<'pod> {
    pod: &'pod Pod,
    id: String,
    output_bytes: u64,
}

impl Pod {
    /// Makes the container and unpacks the project into it. The project comes in over standard input: nothing of the host is mounted.
    pub async fn workspace(
        &self,
        image: &str,
        sandbox: &Sandbox,
        env: &BTreeMap<String, String>,
        archive: Bytes,
    ) -> Result<Workspace<'_>, EngineError> {
        let limits = Limits {
            memory_mib: sandbox.memory_mib,
            cpu_percent: sandbox.cpu_percent,
            pids: sandbox.pids,
            open_files: Some(sandbox.open_files),
            tmpfs: vec![
                tmpfs(WORK, sandbox.work_mib, STUDENT, true),
                tmpfs("/tmp", 64, STUDENT, true),
                tmpfs("/home/student", 32, STUDENT, true),
            ],
        };
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            user: Some(format!("{STUDENT}:{STUDENT}")),
            env: Some(env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
            entrypoint: Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), SUPERVISOR.to_owned()]),
            cmd: Some(Vec::new()),
            working_dir: Some(WORK.to_owned()),
            host_config: Some(HostConfig { ..limits.host_config(&self.network()) }),
            ..Default::default()
        };
        let engine = &self.engine;
        let id = engine.create(self.owner, attached(body)).await?;
        self.adopt(id.clone());
        let options = AttachContainerOptions { stream: true, stdin: true, stdout: true, ..Default::default() };
        let mut line = engine.docker.attach_container(&id, Some(options)).await?;
        engine.docker.start_container(&id, None).await?;
        let unpack = async {
            line.input.write_all(&archive).await?;
            line.input.shutdown().await?;
            // Where the folder is too small for the project, no word comes: the programs then find what fitted.
            while let Some(Ok(chunk)) = line.output.next().await {
                if chunk.as_ref().starts_with(b"ready") {
                    break;
                }
            }
            Ok::<(), std::io::Error>(())
        };
        match timeout(UNPACK, unpack).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(EngineError::Refused(format!("the project could not be copied in: {error}"))),
            Err(_) => {
                return Err(EngineError::Refused("the project could not be copied in within a minute".to_owned()));
            }
        }
        Ok(Workspace { pod: self, id, output_bytes: u64::from(sandbox.output_kib) * 1024 })
    }
}

impl Workspace<'_> {
    /// Runs a program to its end, to a limit, or until `stop` is done (whichever comes first).
    /// A program that was ended by a limit has taken the container with it: daemons and forks die too.
    pub async fn run(
        &self,
        argv: &[String],
        workdir: &RepoPath,
        at_most: Duration,
        stop: impl Future<Output = ()>,
    ) -> Result<Ended, EngineError> {
        let docker = &self.pod.engine.docker;
        let folder = if workdir.as_str().is_empty() { WORK.to_owned() } else { format!("{WORK}/{workdir}") };
        let config = ExecConfig {
            cmd: Some(argv.to_vec()),
            working_dir: Some(folder),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..Default::default()
        };
        let started = Instant::now();
        let exec = docker.create_exec(&self.id, config).await?.id;
        let StartExecResults::Attached { output: mut stream, .. } =
            docker.start_exec(&exec, None::<StartExecOptions>).await?
        else {
            return Err(EngineError::Refused("the engine detached a program that should be attached".to_owned()));
        };
        let mut output = Output::default();
        let struck = tokio::select! {
            flooded = read_bounded(&mut stream, &mut output, self.output_bytes) => flooded.then_some(StruckLimit::Output),
            () = tokio::time::sleep(at_most) => Some(StruckLimit::WallTime),
            () = stop => {
                let milliseconds = elapsed(started);
                // Its last words before it is stopped: what is already on its way.
                let _ = timeout(Duration::from_millis(50), read_bounded(&mut stream, &mut output, self.output_bytes)).await;
                drop(stream);
                let still_running = docker.inspect_exec(&exec).await?.running != Some(false);
                let end = if still_running { ProcessEnd::Stopped } else { self.exit_of(&exec).await? };
                return Ok(Ended { end, log: output.into_log(), milliseconds });
            }
        };
        let milliseconds = elapsed(started);
        // A reader that stops but keeps the stream would hang the engine's answers: let it go first.
        drop(stream);
        let end = match struck {
            Some(limit) => {
                self.kill().await;
                ProcessEnd::Limit { limit }
            }
            None => self.exit_of(&exec).await?,
        };
        Ok(Ended { end, log: output.into_log(), milliseconds })
    }

    /// The exit code that the engine saw. 137 with the container's memory exhausted is the memory limit.
    async fn exit_of(&self, exec: &str) -> Result<ProcessEnd, EngineError> {
        let code = self.pod.engine.docker.inspect_exec(exec).await?.exit_code.unwrap_or(-1);
        if code == 137 && self.usage().await.out_of_memory {
            return Ok(ProcessEnd::Limit { limit: StruckLimit::Memory });
        }
        Ok(ProcessEnd::Exited { code })
    }

    /// Whether the container can still run programs.
    pub async fn is_alive(&self) -> bool {
        !self.pod.engine.has_ended(&self.id).await
    }

    /// Kills everything in the container.
    pub async fn kill(&self) {
        let options = KillContainerOptions { signal: "KILL".to_owned() };
        // It may have ended by itself in the meantime.
        let _ = self.pod.engine.docker.kill_container(&self.id, Some(options)).await;
    }

    /// Whether the kernel killed any process of the container for memory.
    async fn saw_memory_event(&self) -> bool {
        let filters = HashMap::from([
            ("container".to_owned(), vec![self.id.clone()]),
            ("event".to_owned(), vec!["oom".to_owned()]),
        ]);
        // Until now, so that the engine answers with what it has and does not wait for more.
        let now = Clock::System.now();
        let until = format!("{}.{:09}", now.timestamp(), now.timestamp_subsec_nanos());
        let options = EventsOptions { since: Some("0".to_owned()), until: Some(until), filters: Some(filters) };
        self.pod.engine.docker.events(Some(options)).next().await.is_some_and(|event| event.is_ok())
    }

    /// What was used so far.
    pub async fn usage(&self) -> Usage {
        let docker = &self.pod.engine.docker;
        let inspected = docker.inspect_container(&self.id, None).await.ok();
        let killed = inspected.and_then(|one| one.state).and_then(|state| state.oom_killed).unwrap_or(false);
        // The state speaks only of the container's own process; the event, of any process in it.
        let out_of_memory = killed || self.saw_memory_event().await;
        let options = StatsOptions { stream: false, one_shot: true };
        let stats = docker.stats(&self.id, Some(options)).next().await.and_then(Result::ok);
        let Some(stats) = stats else { return Usage { out_of_memory, ..Usage::default() } };
        let memory = stats.memory_stats;
        Usage {
            cpu_milliseconds: stats
                .cpu_stats
                .and_then(|cpu| cpu.cpu_usage)
                .and_then(|cpu| cpu.total_usage)
                .map(|nanoseconds| nanoseconds / 1_000_000),
            // cgroup v2 keeps no maximum: what is used at the end stands for it.
            peak_memory_bytes: memory.and_then(|memory| memory.max_usage.or(memory.usage)),
            out_of_memory,
        }
    }
}

fn elapsed(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
