//! A program that reads one text and writes another, alone in a container without network, mounts or anything to write to.
//! May import: `domain/`.
//! Next: `observe/rendering.rs`, which has READMEs read so; `limits.rs` for the walls.

use std::time::Duration;

use bollard::models::{ContainerCreateBody, HostConfig, ResourcesUlimits};
use bollard::query_parameters::AttachContainerOptions;
use bytes::Bytes;
use futures::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::limits::{Limits, tmpfs};
use super::pod::{Owner, attached};

/// The program's user; it exists on no host.
const READER: u32 = 10004;
/// Seconds of processor time: the same on a busy machine.
const CPU_SECONDS: i64 = 10;
/// Seconds of the clock. What has not used its processor time by then was starved, and that is ours.
const STARVED: Duration = Duration::from_secs(180);
const MEMORY_MIB: u32 = 256;
/// Bytes of an answer.
const ANSWER: usize = 8 * 1024 * 1024;
/// What the kernel leaves of a program that it stops for its time.
const STOPPED_FOR_TIME: [i64; 2] = [128 + 24, 128 + 9];

/// How a program ended that had one text to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filtered {
    /// Everything that it wrote.
    Answered(Vec<u8>),
    /// The text was too much for its time, its memory or the bounds of an answer.
    Exhausted,
    /// It ended with this code.
    Failed(i64),
}

impl Engine {
    /// Gives a text to an image's own program and takes what it answers. Whatever way it ends, its container is removed.
    pub async fn filter(&self, owner: Owner, image: &Image, text: Bytes) -> Result<Filtered, EngineError> {
        let limits = Limits {
            memory_mib: MEMORY_MIB,
            cpu_percent: 100,
            pids: 16,
            open_files: Some(64),
            tmpfs: vec![tmpfs("/tmp", 1, READER, false)],
        };
        let bounded = limits.host_config("none");
        let cpu =
            ResourcesUlimits { name: Some("cpu".to_owned()), soft: Some(CPU_SECONDS), hard: Some(CPU_SECONDS + 1) };
        let ulimits = bounded.ulimits.clone().unwrap_or_default().into_iter().chain([cpu]);
        let body = ContainerCreateBody {
            image: Some(image.reference.clone()),
            user: Some(format!("{READER}:{READER}")),
            network_disabled: Some(true),
            host_config: Some(HostConfig { ulimits: Some(ulimits.collect()), ..bounded }),
            ..Default::default()
        };
        let container = self.create(owner, attached(body)).await?;
        let ended = timeout(STARVED, self.converse(&container, text)).await;
        let filtered = match ended {
            Ok(Ok(answer)) => self.judge(&container, answer).await,
            Ok(Err(error)) => Err(error),
            Err(_) => Err(EngineError::Refused(format!(
                "{} did not come to an end within {} s: this machine does too much at once",
                image.reference,
                STARVED.as_secs()
            ))),
        };
        self.remove_all([container]).await;
        filtered
    }

    /// What it writes while it reads; `None` where that has no end.
    async fn converse(&self, container: &str, text: Bytes) -> Result<Option<Vec<u8>>, EngineError> {
        let options = AttachContainerOptions { stream: true, stdin: true, stdout: true, ..Default::default() };
        let mut line = self.docker.attach_container(container, Some(options)).await?;
        self.docker.start_container(container, None).await?;
        let write = async {
            // It may end before it has read everything: how it ended is what counts.
            let _ = line.input.write_all(&text).await;
            let _ = line.input.shutdown().await;
        };
        let listen = async {
            let mut said = Vec::new();
            while let Some(chunk) = line.output.next().await {
                said.extend_from_slice(chunk?.as_ref());
                if said.len() > ANSWER {
                    return Ok(None);
                }
            }
            Ok::<_, EngineError>(Some(said))
        };
        // An answer beyond its bounds ends the conversation, whatever is left to be read.
        tokio::pin!(write);
        tokio::pin!(listen);
        tokio::select! {
            said = &mut listen => said,
            () = &mut write => listen.await,
        }
    }

    async fn judge(&self, container: &str, answer: Option<Vec<u8>>) -> Result<Filtered, EngineError> {
        let Some(answer) = answer else { return Ok(Filtered::Exhausted) };
        let state = self.docker.inspect_container(container, None).await?.state.unwrap_or_default();
        Ok(match state.exit_code {
            Some(0) => Filtered::Answered(answer),
            _ if state.oom_killed == Some(true) => Filtered::Exhausted,
            Some(code) if STOPPED_FOR_TIME.contains(&code) => Filtered::Exhausted,
            code => Filtered::Failed(code.unwrap_or(-1)),
        })
    }
}
