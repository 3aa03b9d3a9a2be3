//! A pod's first container: the probe, in the network that the others join, and the line on which it is asked.
//! May import: `probe/` (its messages).
//! Next: `pod.rs` for what joins.

use std::collections::HashMap;
use std::pin::Pin;

use bollard::container::LogOutput;
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::AttachContainerOptions;
use futures::{Stream, StreamExt};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::engine::{Engine, EngineError};
use super::limits::Limits;
use super::pod::{HOSTNAME, Owner, PROBE_MIB, attached};
use super::probe_image::{PROBE, PROBE_USER};
use crate::probe::{Answer, Question};

/// Bound on one answer of the probe.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// The probe's standard input and output.
pub(super) struct ProbeLine {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Result<LogOutput, bollard::errors::Error>> + Send>>,
    buffer: Vec<u8>,
}

impl Engine {
    /// The probe's container, in a network namespace that holds nothing but its loopback.
    pub(super) async fn create_anchor(&self, owner: Owner, names: &[String]) -> Result<String, EngineError> {
        let limits =
            Limits { memory_mib: PROBE_MIB, cpu_percent: 100, pids: 64, open_files: Some(512), tmpfs: Vec::new() };
        // What newer engines do by themselves: our resolver and students' programs may have the ports of a resolver and a web server.
        let ports = ("net.ipv4.ip_unprivileged_port_start".to_owned(), "0".to_owned());
        let host_config = HostConfig {
            mounts: Some(self.shared.guards.mounts_of_names(names)?),
            sysctls: Some(HashMap::from([ports])),
            ..limits.host_config("none")
        };
        let body = ContainerCreateBody {
            image: Some(self.probe_image().await?),
            entrypoint: Some(PROBE.map(str::to_owned).into()),
            user: Some(PROBE_USER.to_owned()),
            hostname: Some(HOSTNAME.to_owned()),
            // The runtime makes the namespace in no time; the engine's own network without a network takes a process of it.
            network_disabled: Some(true),
            host_config: Some(host_config),
            ..Default::default()
        };
        self.create(owner, attached(body)).await.map_err(unseen)
    }

    pub(super) async fn start_anchor(&self, anchor: &str) -> Result<ProbeLine, EngineError> {
        let options = AttachContainerOptions { stream: true, stdin: true, stdout: true, ..Default::default() };
        let line = self.docker.attach_container(anchor, Some(options)).await?;
        self.docker.start_container(anchor, None).await?;
        Ok(ProbeLine { input: line.input, output: line.output, buffer: Vec::new() })
    }
}

/// An engine on another machine, or beside a container of ours, has not the files that it is to mount.
fn unseen(error: EngineError) -> EngineError {
    match error {
        EngineError::Refused(cause) if cause.contains("bind source path does not exist") => EngineError::Unseen(cause),
        error => error,
    }
}

impl ProbeLine {
    /// Asks, and waits for the answer.
    pub(super) async fn exchange(&mut self, question: &Question) -> Result<Answer, EngineError> {
        let broken = |error: std::io::Error| EngineError::Probe(error.to_string());
        let mut text = serde_json::to_vec(question).map_err(|error| EngineError::Probe(error.to_string()))?;
        text.push(b'\n');
        self.input.write_all(&text).await.map_err(broken)?;
        self.input.flush().await.map_err(broken)?;
        self.answer().await
    }

    /// One line of JSON.
    async fn answer(&mut self) -> Result<Answer, EngineError> {
        let broken = |error: String| EngineError::Probe(error);
        loop {
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return serde_json::from_slice(&line).map_err(|error| broken(error.to_string()));
            }
            if self.buffer.len() > ANSWER_BYTES {
                return Err(broken("its answer has no end".to_owned()));
            }
            match self.output.next().await {
                Some(Ok(chunk)) => self.buffer.extend_from_slice(chunk.as_ref()),
                Some(Err(error)) => return Err(error.into()),
                None => return Err(broken("it ended".to_owned())),
            }
        }
    }
}
