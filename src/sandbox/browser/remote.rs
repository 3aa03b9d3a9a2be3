//! A browser for the student's own program, as Selenium has it: ChromeDriver in one container, and what speaks for it in another.
//! Both run as a service's user: their ports are not the application's.
//! May import: `probe/` (its messages), `domain/`.
//! Next: `probe/relay.rs` for what clients may ask.

use std::time::Duration;

use bollard::models::ContainerCreateBody;

use super::BROWSER_MIB;
use crate::probe::{Answer, DRIVER, Question, SELENIUM};
use crate::sandbox::engine::EngineError;
use crate::sandbox::images::Image;
use crate::sandbox::limits::{Limits, tmpfs};
use crate::sandbox::pod::Pod;
use crate::sandbox::probe_image::PROBE;
use crate::sandbox::services::SERVICE_USER;

/// Memory of the relay's container.
const RELAY_MIB: u32 = 128;
/// Memory of both.
pub(in crate::sandbox) const REMOTE_MIB: u32 = BROWSER_MIB + RELAY_MIB;
/// How long it may take to listen.
const UP: Duration = Duration::from_secs(20);
/// Where an image says that its browser is, for a ChromeDriver that would not find it.
const LABEL: &str = "forkgrade.browser";

impl Pod {
    /// Answers Selenium's address in the pod. False where the image holds no ChromeDriver.
    pub async fn remote_browser(&self, image: &Image) -> Result<bool, EngineError> {
        let driver = self.start_driver(image).await?;
        self.start_relay(image.labels.get(LABEL)).await?;
        let milliseconds = u64::try_from(UP.as_millis()).unwrap_or(u64::MAX);
        let question = Question::WaitForServices { ports: vec![DRIVER, SELENIUM], milliseconds };
        let ended = async {
            while !self.engine.has_ended(&driver).await {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let answer = tokio::select! {
            answer = self.ask(&question, UP) => answer?,
            () = ended => return Ok(false),
        };
        match answer {
            Answer::Services { missing } if missing.is_empty() => Ok(true),
            _ => {
                let said = format!("the driver of {} was silent for {} s", image.reference, UP.as_secs());
                Err(EngineError::Browser(said))
            }
        }
    }

    async fn start_driver(&self, image: &Image) -> Result<String, EngineError> {
        let limits = Limits {
            memory_mib: BROWSER_MIB,
            cpu_percent: 200,
            pids: 256,
            open_files: Some(4096),
            tmpfs: vec![tmpfs("/tmp", 128, SERVICE_USER, false)],
        };
        let launch = format!("exec chromedriver --port={DRIVER} --log-level=OFF");
        let body = ContainerCreateBody {
            image: Some(image.reference.clone()),
            entrypoint: Some(["/bin/sh", "-c", &launch].map(str::to_owned).into()),
            cmd: Some(Vec::new()),
            env: Some(vec!["HOME=/tmp".to_owned(), "LANG=C.UTF-8".to_owned()]),
            working_dir: Some("/tmp".to_owned()),
            ..self.of_a_service(&limits)?
        };
        self.start(body).await
    }

    async fn start_relay(&self, binary: Option<&String>) -> Result<String, EngineError> {
        let limits =
            Limits { memory_mib: RELAY_MIB, cpu_percent: 100, pids: 64, open_files: Some(512), tmpfs: Vec::new() };
        let binary = binary.map(|binary| format!("--browser={binary}"));
        let flags = self.programs_flags().into_iter().map(|flag| format!("--flag={flag}"));
        let body = ContainerCreateBody {
            image: Some(self.engine.probe_image().await?),
            entrypoint: Some(PROBE.map(str::to_owned).into()),
            cmd: Some(std::iter::once("--relay".to_owned()).chain(binary).chain(flags).collect()),
            ..self.of_a_service(&limits)?
        };
        self.start(body).await
    }

    fn of_a_service(&self, limits: &Limits) -> Result<ContainerCreateBody, EngineError> {
        Ok(ContainerCreateBody {
            user: Some(format!("{SERVICE_USER}:{SERVICE_USER}")),
            host_config: Some(self.joined(limits)?),
            ..Default::default()
        })
    }

    async fn start(&self, body: ContainerCreateBody) -> Result<String, EngineError> {
        let id = self.engine.create(self.owner, body).await?;
        self.adopt(id.clone());
        self.engine.docker.start_container(&id, None).await?;
        Ok(id)
    }
}
