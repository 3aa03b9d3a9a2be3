//! The services of a pod: made with it, brought up while the project is unpacked, given the users that programs come with.
//! May import: `probe/` (its messages), `domain/`.
//! Next: `pod.rs` for what they join.

use std::time::Duration;

use bollard::models::{ContainerCreateBody, HostConfig};
use futures::future;
use tokio::sync::OnceCell;

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::limits::{Limits, tmpfs};
use super::pod::{Owner, Pod};
use crate::domain::course::Service;
use crate::domain::launch::Login;
use crate::probe::{Answer, Question, ServicePort};

/// Their user inside the containers; it exists on no host.
pub const SERVICE_USER: u32 = 10002;
/// Of a program's 1024, where processors are short: a program that starts goes before databases that come up for the next run.
const CPU_SHARES: i64 = 256;
/// What a database may take to add a user.
const LOGIN: Duration = Duration::from_secs(10);
/// Databases must be healthy this soon; a JVM takes its time.
const SERVICES_UP: Duration = Duration::from_secs(90);

/// A service with the image that answers for it.
pub struct ServiceImage<'a> {
    pub name: &'a str,
    pub service: &'a Service,
    pub image: &'a Image,
}

/// The services of one pod.
pub(super) struct Services {
    ports: Vec<ServicePort>,
    /// Their containers, in the same order.
    containers: Vec<String>,
    /// Whether they answer.
    up: OnceCell<()>,
}

impl Services {
    pub fn new(services: &[ServiceImage<'_>], containers: Vec<String>) -> Self {
        let ports = services.iter().map(|one| ServicePort {
            name: one.name.to_owned(),
            kind: one.service.kind,
            port: one.service.port,
        });
        Self { ports: ports.collect(), containers, up: OnceCell::new() }
    }
}

impl Engine {
    pub(super) async fn create_service(
        &self,
        owner: Owner,
        anchor: &str,
        names: &[String],
        one: &ServiceImage<'_>,
    ) -> Result<String, EngineError> {
        let data_dir = one.image.labels.get("forkgrade.data-dir").unwrap_or(&one.service.data_dir);
        let half = one.service.memory_mib / 2;
        let limits = Limits {
            memory_mib: one.service.memory_mib,
            cpu_percent: 200,
            pids: 512,
            open_files: None,
            tmpfs: vec![tmpfs(data_dir, half, SERVICE_USER, false), tmpfs("/tmp", 64, SERVICE_USER, true)],
        };
        let command = (!one.service.command.is_empty()).then(|| one.service.command.clone());
        let body = ContainerCreateBody {
            image: Some(one.image.reference.clone()),
            user: Some(format!("{SERVICE_USER}:{SERVICE_USER}")),
            env: Some(one.service.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
            cmd: command,
            host_config: Some(HostConfig { cpu_shares: Some(CPU_SHARES), ..self.joining(anchor, names, &limits)? }),
            ..Default::default()
        };
        self.create(owner, body).await
    }
}

impl Pod {
    /// Starts the services, and waits until they answer. In a pod that waited they do.
    pub async fn bring_up(&self) -> Result<(), EngineError> {
        let up = async {
            let started = self.attached.containers.iter().map(|id| self.engine.docker.start_container(id, None));
            future::try_join_all(started).await?;
            self.wait_for_services().await
        };
        self.attached.up.get_or_try_init(|| up).await.copied()
    }

    async fn wait_for_services(&self) -> Result<(), EngineError> {
        let milliseconds = u64::try_from(SERVICES_UP.as_millis()).unwrap_or(u64::MAX);
        let question = Question::WaitForHealth { services: self.attached.ports.clone(), milliseconds };
        // One that has died is never coming up: no reason to wait for it.
        let died = async {
            loop {
                tokio::time::sleep(Duration::from_secs(2)).await;
                for (id, one) in self.attached.containers.iter().zip(&self.attached.ports) {
                    if self.engine.has_ended(id).await {
                        return one.name.clone();
                    }
                }
            }
        };
        let down = |service: String, log: &str| EngineError::ServiceDown {
            service,
            seconds: SERVICES_UP.as_secs(),
            log: log.to_owned(),
        };
        let answer = tokio::select! {
            answer = self.ask(&question, SERVICES_UP) => answer?,
            service = died => return Err(down(service, "its container ended by itself")),
        };
        let Answer::Services { missing } = answer else {
            return Err(EngineError::Probe("it answered another question".to_owned()));
        };
        match self.attached.ports.iter().find(|one| missing.contains(&one.port)) {
            None => Ok(()),
            Some(one) => Err(down(one.name.clone(), "it took no commands")),
        }
    }

    /// Gives databases the users that the student's programs come with. A database that takes none refuses them by itself.
    pub async fn add_logins(&self, logins: &[Login]) -> Result<(), EngineError> {
        for login in logins {
            for service in self.attached.ports.iter().filter(|service| service.name == login.service) {
                let (user, password) = (login.user.clone(), login.password.clone());
                self.ask(&Question::AddLogin { service: service.clone(), user, password }, LOGIN).await?;
            }
        }
        Ok(())
    }

    /// The attached services, where the probe reaches them.
    pub fn services(&self) -> &[ServicePort] {
        &self.attached.ports
    }
}
