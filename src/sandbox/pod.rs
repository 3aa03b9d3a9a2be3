//! A pod: containers that share one network namespace with no way out, like in Kubernetes.
//! The probe anchors it; services and the student's program join it, so `localhost` and every service name reach them.
//! May import: `probe/` (its messages), `domain/`.
//! Next: `anchor.rs` for the probe's container, `services.rs` for the databases', `workspace.rs` for the student's.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::CreateContainerOptions;
use futures::{Stream, StreamExt, future};
use tokio::sync::Mutex;
use tokio::time::timeout;
use uuid::Uuid;

use super::anchor::ProbeLine;
use super::engine::{Engine, EngineError};
use super::limits::Limits;
use super::output::Output;
use super::services::{ServiceImage, Services};
use super::warm::recipe;
use super::way_out::WayOut;
use crate::domain::ids::RunId;
use crate::probe::{Answer, Question};

pub(super) const LABEL_INSTALLATION: &str = "forkgrade.installation";
pub(super) const LABEL_LEASE: &str = "forkgrade.lease";
const LABEL_RUN: &str = "forkgrade.run";

/// What the containers of a pod are called; a program that looks its own name up finds itself.
pub(super) const HOSTNAME: &str = "pod";
/// Memory of the probe.
pub(super) const PROBE_MIB: u32 = 256;

/// Whose containers these are: the labels by which they are found again.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    pub run: RunId,
    pub lease: Uuid,
}

/// A running pod. Call `remove`; what is dropped without it, the reaper finds by its labels.
pub struct Pod {
    pub(super) engine: Engine,
    pub(super) owner: Owner,
    anchor: String,
    containers: std::sync::Mutex<Vec<String>>,
    probe: Mutex<ProbeLine>,
    pub(super) attached: Services,
    /// Every name under which something in the pod is reached, besides `localhost`.
    names: Vec<String>,
    pub(super) way_out: OnceLock<WayOut>,
}

impl Engine {
    /// A pod whose services are not up yet, or one that waited for a run where one fits. `hosts` are further names of the pod.
    pub async fn pod(&self, owner: Owner, services: &[ServiceImage<'_>], hosts: &[String]) -> Result<Pod, EngineError> {
        let recipe = recipe(&self.probe_image().await?, services);
        if let Some(pod) = self.take_warm(&recipe).await {
            return Ok(pod.given_to(owner, hosts));
        }
        self.cold_pod(owner, services, hosts).await
    }

    /// Starts the anchor, and makes the services meanwhile.
    pub(super) async fn cold_pod(
        &self,
        owner: Owner,
        services: &[ServiceImage<'_>],
        hosts: &[String],
    ) -> Result<Pod, EngineError> {
        let names = services
            .iter()
            .flat_map(|one| std::iter::once(one.name.to_owned()).chain(one.service.aliases.iter().cloned()));
        let names = names.chain(["host.docker.internal", HOSTNAME].map(str::to_owned)).chain(hosts.iter().cloned());
        let names: BTreeSet<String> = names.filter(|name| is_host_name(name)).collect();
        let names: Vec<String> = names.into_iter().collect();
        let anchor = self.create_anchor(owner, &names).await?;
        // All are waited for, also when one fails: what is half created would be forgotten.
        let services_made =
            future::join_all(services.iter().map(|one| self.create_service(owner, &anchor, &names, one)));
        let (line, made) = future::join(self.start_anchor(&anchor), services_made).await;
        let containers: Vec<String> = std::iter::once(anchor.clone()).chain(made.iter().flatten().cloned()).collect();
        let made = made.into_iter().collect::<Result<Vec<String>, EngineError>>();
        let (line, made) = match (line, made) {
            (Ok(line), Ok(made)) => (line, made),
            (Err(error), _) | (_, Err(error)) => {
                self.remove_all(containers).await;
                return Err(error);
            }
        };
        Ok(Pod {
            engine: self.clone(),
            owner,
            anchor,
            containers: std::sync::Mutex::new(containers),
            probe: Mutex::new(line),
            attached: Services::new(services, made),
            names,
            way_out: OnceLock::new(),
        })
    }

    /// The walls of a container that joins a pod.
    pub(super) fn joining(&self, anchor: &str, names: &[String], limits: &Limits) -> Result<HostConfig, EngineError> {
        let mounts = Some(self.shared.guards.mounts_of_names(names)?);
        Ok(HostConfig { mounts, ..limits.host_config(&format!("container:{anchor}")) })
    }

    pub(super) async fn create(&self, owner: Owner, body: ContainerCreateBody) -> Result<String, EngineError> {
        Ok(self.create_as(owner, None, body).await?)
    }

    /// `None` where there is a container of that name: an engine has one of each, whatever process asks.
    pub(super) async fn create_named(
        &self,
        owner: Owner,
        name: &str,
        body: ContainerCreateBody,
    ) -> Result<Option<String>, EngineError> {
        match self.create_as(owner, Some(name), body).await {
            Ok(id) => Ok(Some(id)),
            Err(bollard::errors::Error::DockerResponseServerError { status_code: 409, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn create_as(
        &self,
        owner: Owner,
        name: Option<&str>,
        body: ContainerCreateBody,
    ) -> Result<String, bollard::errors::Error> {
        let labels = HashMap::from([
            (LABEL_INSTALLATION.to_owned(), self.shared.settings.installation.to_string()),
            (LABEL_LEASE.to_owned(), owner.lease.to_string()),
            (LABEL_RUN.to_owned(), owner.run.to_string()),
        ]);
        let host_config = body.host_config.map(|config| self.shared.guards.around(config));
        let body = ContainerCreateBody { labels: Some(labels), host_config, ..body };
        let options = name.map(|name| CreateContainerOptions { name: Some(name.to_owned()), ..Default::default() });
        Ok(self.docker.create_container(options, body).await?.id)
    }
}

/// Its standard input ends when we do: an orphan hears of it.
pub(super) fn attached(body: ContainerCreateBody) -> ContainerCreateBody {
    ContainerCreateBody {
        open_stdin: Some(true),
        stdin_once: Some(true),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        ..body
    }
}

impl Pod {
    /// The same pod for a run: its own containers are found by that run's lease from now on, and what joins it knows the names too.
    fn given_to(mut self, owner: Owner, hosts: &[String]) -> Self {
        self.owner = owner;
        self.engine.shared.taken().insert(owner.lease, self.ids());
        let fresh = hosts.iter().filter(|name| is_host_name(name) && !self.names.contains(*name)).cloned();
        let fresh: BTreeSet<String> = fresh.collect();
        self.names.extend(fresh);
        self
    }

    fn ids(&self) -> Vec<String> {
        self.containers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The walls of a container that joins this pod.
    pub(super) fn joined(&self, limits: &Limits) -> Result<HostConfig, EngineError> {
        self.engine.joining(&self.anchor, &self.names, limits)
    }

    pub(super) fn anchor(&self) -> &str {
        &self.anchor
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn adopt(&self, container: String) {
        self.containers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(container);
    }

    /// Asks the probe. `at_most` is how long it may take by its own bounds.
    pub async fn ask(&self, question: &Question, at_most: Duration) -> Result<Answer, EngineError> {
        let broken = |error: String| EngineError::Probe(error);
        let mut line = self.probe.lock().await;
        let answer = timeout(at_most + Duration::from_secs(15), line.exchange(question)).await;
        match answer.map_err(|_| broken("it did not answer in time".to_owned()))?? {
            Answer::Misunderstood { error } => Err(broken(error)),
            answer => Ok(answer),
        }
    }

    /// Removes every container of the pod by force.
    pub async fn remove(self) {
        let containers = self.containers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.engine.remove_all(containers).await;
        self.engine.shared.taken().remove(&self.owner.lease);
        self.engine.a_run_goes_on();
    }
}

impl Engine {
    pub(super) async fn has_ended(&self, container: &str) -> bool {
        let inspected = self.docker.inspect_container(container, None).await;
        inspected.is_ok_and(|inspected| inspected.state.is_some_and(|state| state.running == Some(false)))
    }
}

/// What may stand in `/etc/hosts`: one label or several, nothing that looks like an address or an option.
fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= 253
        && name != "localhost"
        && name.split('.').all(label)
        && !name.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Reads a stream into bounds until it ends or `limit` bytes have come. Returns whether it was the limit.
pub(super) async fn read_bounded(
    stream: &mut (impl Stream<Item = Result<LogOutput, bollard::errors::Error>> + Unpin),
    output: &mut Output,
    limit: u64,
) -> bool {
    while let Some(Ok(chunk)) = stream.next().await {
        output.push(chunk.as_ref());
        if output.total() > limit {
            return true;
        }
    }
    false
}
