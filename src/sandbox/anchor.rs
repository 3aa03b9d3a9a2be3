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
use crate::probe::{Answer, Question, RESOLVER};

/// Bound on one answer of the probe.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// The probe's standard input and output.
pub(super) struct ProbeLine {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Result<LogOutput, bollard::errors::Error>> + Send>>,
    buffer: Vec<u8>,
}

/// What an anchor is asked to be. Engines differ in what of it they can give.
struct Anchor {
    hosts: Vec<String>,
    sysctls: HashMap<String, String>,
    resolver: Option<String>,
    /// Whether it waits for a run that may bring further names.
    waits: bool,
}

impl Engine {
    /// The probe's container, which answers to the names. One that waits may be given more of them later.
    pub(super) async fn anchor(
        &self,
        owner: Owner,
        names: &[String],
        waits: bool,
    ) -> Result<(String, ProbeLine), EngineError> {
        let hosts: Vec<String> = names.iter().map(|name| format!("{name}:127.0.0.1")).collect();
        // What newer engines do by themselves: our resolver and students' programs may have the ports of a resolver and a web server.
        let ports = ("net.ipv4.ip_unprivileged_port_start".to_owned(), "0".to_owned());
        // The engine switches IPv6 off where it gives no network; on a student's own machine `::1` is there.
        let ipv6 = ("net.ipv6.conf.lo.disable_ipv6".to_owned(), "0".to_owned());
        // Ours, in the pod; the machine's own would be out of reach, and its search domains are nobody's business.
        let sysctls = HashMap::from([ports, ipv6]);
        let mut asked = Anchor { hosts, sysctls, resolver: Some(RESOLVER.to_string()), waits };
        loop {
            match self.start_anchor(owner, &asked).await {
                // A machine without IPv6, and an engine that takes no resolver for a pod without a network.
                Err(EngineError::Refused(cause)) if cause.contains("ipv6") && asked.sysctls.len() > 1 => {
                    asked.sysctls.retain(|name, _| !name.contains("ipv6"));
                }
                Err(EngineError::Refused(cause))
                    if cause.to_lowercase().contains("dns") && asked.resolver.is_some() =>
                {
                    asked.resolver = None;
                }
                started => return started,
            }
        }
    }

    async fn start_anchor(&self, owner: Owner, asked: &Anchor) -> Result<(String, ProbeLine), EngineError> {
        let limits =
            Limits { memory_mib: PROBE_MIB, cpu_percent: 100, pids: 64, open_files: Some(512), tmpfs: Vec::new() };
        // Extra hosts belong here only: joiners share this file.
        let host_config = HostConfig {
            extra_hosts: Some(asked.hosts.clone()),
            dns: asked.resolver.clone().map(|resolver| vec![resolver]),
            dns_search: asked.resolver.is_some().then(|| vec![".".to_owned()]),
            sysctls: Some(asked.sysctls.clone()),
            // The engine mounts the file of names read-only below a read-only root. Nothing in it is the probe's user's to write.
            readonly_rootfs: Some(!asked.waits),
            ..limits.host_config("none")
        };
        let body = ContainerCreateBody {
            image: Some(self.probe_image().await?),
            entrypoint: Some(PROBE.map(str::to_owned).into()),
            user: Some(PROBE_USER.to_owned()),
            hostname: Some(HOSTNAME.to_owned()),
            host_config: Some(host_config),
            ..Default::default()
        };
        let anchor = self.create(owner, attached(body)).await?;
        let options = AttachContainerOptions { stream: true, stdin: true, stdout: true, ..Default::default() };
        let started = async {
            let line = self.docker.attach_container(&anchor, Some(options)).await?;
            self.docker.start_container(&anchor, None).await?;
            Ok::<_, EngineError>(ProbeLine { input: line.input, output: line.output, buffer: Vec::new() })
        };
        match started.await {
            Ok(line) => Ok((anchor, line)),
            Err(error) => {
                self.remove_all([anchor]).await;
                Err(error)
            }
        }
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
