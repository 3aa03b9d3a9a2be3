//! Pods that are ready before a run wants them: started ahead with their databases, given to one run, and gone with it.
//! May import: `probe/` (its messages), `domain/`.
//! Next: `pod.rs` for what a pod is, `worker/warm.rs` for who keeps them.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use super::engine::{Engine, EngineError};
use super::pod::{Owner, Pod};
use super::services::ServiceImage;
use crate::domain::Course;
use crate::domain::course::Service;
use crate::domain::ids::RunId;
use crate::probe::{Answer, Question};

/// How long a pod in waiting may take to say that it is well.
const WELL: Duration = Duration::from_secs(3);

/// Pods in waiting.
#[derive(Default)]
pub(super) struct WarmPods {
    waiting: Mutex<VecDeque<Waiting>>,
    missing: Notify,
}

struct Waiting {
    /// What it was made of: any other wish takes a new pod.
    recipe: String,
    pod: Pod,
}

/// Everything that a pod follows from before it is a run's.
pub(super) fn recipe(probe: &str, services: &[ServiceImage<'_>]) -> String {
    #[derive(Serialize)]
    struct Recipe<'a> {
        probe: &'a str,
        services: Vec<(&'a str, &'a Service, &'a str)>,
    }
    let services = services.iter().map(|one| (one.name, one.service, one.image.digest.as_str())).collect();
    let json = serde_json::to_vec(&Recipe { probe, services }).unwrap_or_default();
    blake3::hash(&json).to_hex().to_string()
}

impl Engine {
    /// A pod in waiting that fits, and is well; those that are not are removed.
    pub(super) async fn take_warm(&self, recipe: &str) -> Option<Pod> {
        loop {
            let found = {
                let mut waiting = self.shared.warm.waiting.lock().await;
                let place = waiting.iter().position(|one| one.recipe == recipe)?;
                waiting.remove(place)?.pod
            };
            if is_well(&found).await {
                return Some(found);
            }
            found.remove().await;
        }
    }

    /// Starts pods until `wanted` are ready, and removes those that nobody will want: their images or the course have
    /// changed, or they are ill. `lease` owns them until a run does. How many are ready.
    pub async fn keep_warm(&self, course: &Course, wanted: usize, lease: Uuid) -> Result<usize, EngineError> {
        let mut images = Vec::new();
        for (name, service) in &course.services {
            images.push((name, service, self.image(&service.image, service.stand_in.as_deref()).await?));
        }
        let services: Vec<ServiceImage<'_>> =
            images.iter().map(|(name, service, image)| ServiceImage { name, service, image }).collect();
        let recipe = recipe(&self.probe_image().await?, &services);
        self.sort_out(&recipe).await;
        loop {
            let ready = self.warm_pods().await;
            if ready >= wanted {
                return Ok(ready);
            }
            let owner = Owner { run: RunId(0), lease };
            let pod = self.cold_pod(owner, &services, &[]).await?;
            if let Err(error) = pod.bring_up().await {
                pod.remove().await;
                return Err(error);
            }
            self.shared.warm.waiting.lock().await.push_back(Waiting { recipe: recipe.clone(), pod });
        }
    }

    /// Until a pod may be missing, since it was last asked: a run that may have taken one has started its first program, or is over. Until
    /// then the next pod would be in its way.
    pub async fn a_pod_may_be_missing(&self) {
        self.shared.warm.missing.notified().await;
    }

    pub(super) fn a_run_goes_on(&self) {
        self.shared.warm.missing.notify_one();
    }

    /// How many wait.
    pub async fn warm_pods(&self) -> usize {
        self.shared.warm.waiting.lock().await.len()
    }

    /// Removes all that wait.
    pub async fn cool_down(&self) {
        let all = std::mem::take(&mut *self.shared.warm.waiting.lock().await);
        for one in all {
            one.pod.remove().await;
        }
    }

    /// One after the other: the rest can be taken meanwhile.
    async fn sort_out(&self, recipe: &str) {
        let waiting = &self.shared.warm.waiting;
        for _ in 0..self.warm_pods().await {
            let Some(one) = waiting.lock().await.pop_front() else { return };
            if one.recipe == recipe && is_healthy(&one.pod).await {
                waiting.lock().await.push_back(one);
            } else {
                one.pod.remove().await;
            }
        }
    }
}

/// Whether its probe answers and its databases listen: what can be known in a moment.
async fn is_well(pod: &Pod) -> bool {
    let ports = pod.services().iter().map(|service| service.port).collect();
    says_so(pod, &Question::WaitForServices { ports, milliseconds: 0 }).await
}

/// Whether its databases take commands.
async fn is_healthy(pod: &Pod) -> bool {
    let milliseconds = u64::try_from(WELL.as_millis()).unwrap_or(u64::MAX);
    says_so(pod, &Question::WaitForHealth { services: pod.services().to_vec(), milliseconds }).await
}

async fn says_so(pod: &Pod, question: &Question) -> bool {
    let asked = tokio::time::timeout(WELL * 2, pod.ask(question, WELL)).await;
    matches!(asked, Ok(Ok(Answer::Services { missing })) if missing.is_empty())
}
