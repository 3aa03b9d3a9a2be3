//! What dead workers left in the engine is found by its labels and removed.
//! May import: `domain/`.
//! Next: `worker/upkeep.rs`, which calls it.

use std::collections::{HashMap, HashSet};

use bollard::models::ContainerSummary;
use bollard::query_parameters::{ListContainersOptions, RemoveContainerOptions};
use futures::StreamExt;
use uuid::Uuid;

use super::engine::{Engine, EngineError};
use super::pod::{LABEL_INSTALLATION, LABEL_LEASE};

impl Engine {
    /// Removes every container of this installation whose lease is not among the living. Returns how many.
    pub async fn reap(&self, live: &HashSet<Uuid>) -> Result<usize, EngineError> {
        let leftovers: Vec<String> = self
            .own_containers(None)
            .await?
            .into_iter()
            .filter(|container| !lease_of(container).is_some_and(|lease| live.contains(&lease)))
            .filter_map(|container| container.id)
            .collect();
        let count = leftovers.len();
        self.remove_all(leftovers).await;
        Ok(count)
    }

    /// Removes everything that a lease has in the engine, and what its run was given. What cannot be removed now, the reaper finds.
    pub async fn remove_lease(&self, lease: Uuid) {
        let given = self.shared.taken().remove(&lease);
        self.remove_all(given.into_iter().flatten()).await;
        match self.own_containers(Some(lease)).await {
            Ok(containers) => self.remove_all(containers.into_iter().filter_map(|container| container.id)).await,
            Err(error) => tracing::debug!(%error, "a run's containers are left to the reaper"),
        }
    }

    async fn own_containers(&self, lease: Option<Uuid>) -> Result<Vec<ContainerSummary>, EngineError> {
        let mut labels = vec![format!("{LABEL_INSTALLATION}={}", self.shared.settings.installation)];
        labels.extend(lease.map(|lease| format!("{LABEL_LEASE}={lease}")));
        let filters = HashMap::from([("label".to_owned(), labels)]);
        let options = ListContainersOptions { all: true, filters: Some(filters), ..Default::default() };
        Ok(self.docker.list_containers(Some(options)).await?)
    }

    pub(super) async fn remove_all(&self, ids: impl IntoIterator<Item = String>) {
        let kept = self.removing(ids).await;
        // Podman keeps what others have joined for as long as they are there.
        let kept = self.removing(kept.into_iter().map(|(id, _)| id)).await;
        for (_, error) in kept {
            tracing::debug!(%error, "a container is left to the reaper");
        }
    }

    /// Those that were not removed.
    async fn removing(&self, ids: impl IntoIterator<Item = String>) -> Vec<(String, bollard::errors::Error)> {
        let options = RemoveContainerOptions { force: true, v: true, ..Default::default() };
        let one = async |id: String| {
            let removed = self.docker.remove_container(&id, Some(options.clone())).await;
            removed.err().map(|error| (id, error))
        };
        let all = futures::stream::iter(ids).map(one).buffer_unordered(8);
        all.filter_map(std::future::ready).collect().await
    }
}

fn lease_of(container: &ContainerSummary) -> Option<Uuid> {
    container.labels.as_ref()?.get(LABEL_LEASE)?.parse().ok()
}
