//! A small GitHub on loopback: repositories as JSON, their git over smart HTTP. For the demo and for tests.
//! May import: std, axum, tokio. Nothing of the product: what it answers is what GitHub's documentation says.
//! Next: `server/api.rs` for the JSON, `server/git.rs` for git.

mod api;
mod git;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::routing::get;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// One repository as the server tells of it. Its files lie at `<repos>/<owner>/<name>.git`.
#[derive(Debug, Clone)]
pub struct Repository {
    pub id: i64,
    pub owner: String,
    pub name: String,
    /// `owner/name` of what it was forked from.
    pub parent: Option<String>,
    pub default_branch: String,
    pub pushed_at: Option<DateTime<Utc>>,
    /// Listed, but its git asks for a password.
    pub private: bool,
    /// Listed, but its git is refused.
    pub disabled: bool,
    pub archived: bool,
    /// Kilobytes; 0 for an empty repository.
    pub size: u64,
}

impl Repository {
    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    fn is_named(&self, full_name: &str) -> bool {
        self.full_name().eq_ignore_ascii_case(full_name)
    }
}

/// Requests that came, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub api: usize,
    pub git: usize,
    /// Of the API's, those that were answered with 304 and count against no limit.
    pub not_modified: usize,
    /// By path, pages included: `/repos/o/r/forks?page=2`.
    pub paths: BTreeMap<String, usize>,
}

/// What the server knows; may change while it runs.
#[derive(Clone)]
pub struct Hub {
    registry: Arc<Mutex<Vec<Repository>>>,
    counts: Arc<Mutex<Counts>>,
    repos: PathBuf,
}

impl Hub {
    /// A hub over bare repositories at `<repos>/<owner>/<name>.git`.
    pub fn new(registry: Vec<Repository>, repos: PathBuf) -> Self {
        Self { registry: Arc::new(Mutex::new(registry)), counts: Arc::default(), repos }
    }

    /// Changes a repository; `false` where there is none of that name. Forks follow a renamed parent.
    pub fn update(&self, full_name: &str, change: impl FnOnce(&mut Repository)) -> bool {
        let mut registry = self.registry();
        let Some(repository) = registry.iter_mut().find(|repository| repository.is_named(full_name)) else {
            return false;
        };
        change(repository);
        let renamed = repository.full_name();
        let parents = registry.iter_mut().filter_map(|repository| repository.parent.as_mut());
        for parent in parents.filter(|parent| parent.eq_ignore_ascii_case(full_name)) {
            parent.clone_from(&renamed);
        }
        true
    }

    /// Adds a repository.
    pub fn add(&self, repository: Repository) {
        self.registry().push(repository);
    }

    /// Forgets a repository, as when it is deleted or made private.
    pub fn remove(&self, full_name: &str) {
        self.registry().retain(|repository| !repository.is_named(full_name));
    }

    /// What was asked so far.
    pub fn counts(&self) -> Counts {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts from nothing again.
    pub fn reset_counts(&self) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = Counts::default();
    }

    fn registry(&self) -> MutexGuard<'_, Vec<Repository>> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, full_name: &str) -> Option<Repository> {
        self.registry().iter().find(|repository| repository.is_named(full_name)).cloned()
    }

    fn count_unchanged(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).not_modified += 1;
    }

    fn count(&self, path: &str, is_git: bool) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *(if is_git { &mut counts.git } else { &mut counts.api }) += 1;
        *counts.paths.entry(path.to_owned()).or_default() += 1;
    }
}

/// Every route. What is not the API is git.
pub fn router(hub: Hub) -> Router {
    Router::new()
        .route("/repos/{owner}/{name}", get(api::repository))
        .route("/repos/{owner}/{name}/forks", get(api::forks))
        .route("/repositories/{id}", get(api::repository_by_id))
        .route("/repositories/{id}/forks", get(api::forks_by_id))
        .route("/rate_limit", get(api::rate_limit))
        .route("/user", get(api::user))
        .fallback(git::serve)
        .with_state(hub)
}

/// A running server; ends when dropped.
pub struct Server {
    pub hub: Hub,
    address: SocketAddr,
    stop: CancellationToken,
}

impl Server {
    /// Serves repositories under `listen` (port 0 takes a free one).
    pub async fn start(listen: SocketAddr, registry: Vec<Repository>, repos: PathBuf) -> anyhow::Result<Self> {
        let hub = Hub::new(registry, repos);
        let router = router(hub.clone());
        Self::serve(listen, hub, router).await
    }

    /// Serves a router of the caller's around `router(hub)`.
    pub async fn serve(listen: SocketAddr, hub: Hub, router: Router) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen at {listen}"))?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let ended = stop.clone();
        tokio::spawn(async move {
            let _ = ended.run_until_cancelled(axum::serve(listener, router).into_future()).await;
        });
        Ok(Self { hub, address, stop })
    }

    /// Where it listens, without a slash at its end: the API and git at once.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// See [`Hub::update`].
    pub fn update(&self, full_name: &str, change: impl FnOnce(&mut Repository)) -> bool {
        self.hub.update(full_name, change)
    }

    /// See [`Hub::counts`].
    pub fn counts(&self) -> Counts {
        self.hub.counts()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
