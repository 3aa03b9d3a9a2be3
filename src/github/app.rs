//! Our GitHub App: what it may where it is installed, and what GitHub says of it. Installation tokens are octocrab's to
//! cache and to renew; each is good for one repository alone.
//! May import: `domain/`, `settings`.
//! Next: `commits.rs` for what is written with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use octocrab::Octocrab;
use octocrab::models::{InstallationId, RepositoryId};
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::client::{Client, path};
use super::error::GithubError;
use super::transport::{self, ClientSettings};
use crate::domain::ids::RepoId;
use crate::settings::GithubApp;

/// How long an installation is believed to be there still, and a missing one to be missing.
const FOUND: Duration = Duration::from_secs(3600);
const MISSING: Duration = Duration::from_secs(60);
/// For one request: somebody may wait before a browser.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// What an installation lets us do; what GitHub leaves out is not allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Permissions {
    checks: Option<Access>,
    statuses: Option<Access>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Access {
    Read,
    Write,
    #[serde(other)]
    Other,
}

impl Permissions {
    /// Check runs can be written.
    pub fn checks(&self) -> bool {
        self.checks == Some(Access::Write)
    }

    /// Commit statuses can be written.
    pub fn statuses(&self) -> bool {
        self.statuses == Some(Access::Write)
    }
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
    #[serde(default)]
    permissions: Permissions,
    suspended_at: Option<DateTime<Utc>>,
}

/// The app on one repository.
#[derive(Clone)]
pub struct Installed {
    /// Its token reaches this repository and no other, whatever name is asked for.
    pub client: Client,
    pub permissions: Permissions,
}

/// Our GitHub App at one GitHub.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    /// Signs every request anew with the private key.
    signed: Octocrab,
    client: Client,
    settings: ClientSettings,
    known: Mutex<HashMap<RepoId, (Instant, Option<Installed>)>>,
    described: OnceCell<Described>,
}

/// What GitHub says of our app.
#[derive(Debug, Clone, Deserialize)]
pub struct Described {
    pub name: String,
    pub html_url: Option<String>,
    #[serde(default)]
    pub permissions: Permissions,
    #[serde(default)]
    pub events: Vec<String>,
    #[serde(default)]
    pub installations_count: Option<u32>,
}

/// Where GitHub delivers the app's webhooks.
#[derive(Debug, Clone, Deserialize)]
pub struct Hook {
    pub url: Option<String>,
    pub content_type: Option<String>,
}

/// What came of one delivery, as GitHub saw it.
#[derive(Debug, Clone, Deserialize)]
pub struct Delivery {
    pub delivered_at: DateTime<Utc>,
    pub status: String,
    pub status_code: i32,
    pub event: String,
}

impl App {
    /// The app; nothing is asked yet. Needs a tokio runtime around it.
    pub fn new(app: &GithubApp, settings: &ClientSettings) -> Result<Self, GithubError> {
        let auth = transport::app_auth(app.id, &app.private_key)?;
        // Its own name, never a token's.
        let settings = ClientSettings { token: None, ..settings.clone() };
        let signed = transport::octocrab(&settings, |builder| builder.app(auth.app_id, auth.key))?;
        let client = Client::over(signed.clone(), &settings).with_time_limit(TIME_LIMIT);
        Ok(Self {
            inner: Arc::new(Inner { signed, client, settings, known: Mutex::default(), described: OnceCell::new() }),
        })
    }

    /// The app on a repository; `None` where nobody installed it there, or it is suspended.
    pub async fn on(&self, repo: RepoId, full_name: &str) -> Result<Option<Installed>, GithubError> {
        if let Some((when, found)) = self.known().get(&repo)
            && when.elapsed() < if found.is_some() { FOUND } else { MISSING }
        {
            return Ok(found.clone());
        }
        let found = match self.installation(full_name).await? {
            Some(installation) => Some(self.installed(repo, installation)?),
            None => None,
        };
        self.known().insert(repo, (Instant::now(), found.clone()));
        Ok(found)
    }

    /// What was known of a repository did not hold: look again next time.
    pub fn forget(&self, repo: RepoId) {
        self.known().remove(&repo);
    }

    /// Whether it is installed on a repository.
    pub async fn is_on(&self, full_name: &str) -> Result<bool, GithubError> {
        Ok(self.installation(full_name).await?.is_some())
    }

    /// A connection of the installation on a repository, for everything that it may read.
    pub(super) async fn anywhere_in(&self, full_name: &str) -> Result<Option<Octocrab>, GithubError> {
        let Some(installation) = self.installation(full_name).await? else { return Ok(None) };
        Ok(Some(self.inner.signed.installation(InstallationId(installation.id)).map_err(unusable)?))
    }

    async fn installation(&self, full_name: &str) -> Result<Option<Installation>, GithubError> {
        let Some(path) = path(full_name) else { return Ok(None) };
        let what = format!("installation on {full_name}");
        let asked = self.inner.client.get::<Installation>(&format!("/repos/{path}/installation"), &what).await;
        match asked {
            Ok(answer) => Ok(Some(answer.body).filter(|found| found.suspended_at.is_none())),
            Err(GithubError::NotFound { .. } | GithubError::Forbidden { .. }) => Ok(None),
            Err(GithubError::Unauthorized { .. }) => Err(GithubError::Setting {
                name: "GITHUB_APP_PRIVATE_KEY".to_owned(),
                cause: "GitHub does not accept what it signs: is it the key of GITHUB_APP_ID, and is this machine's clock right?"
                    .to_owned(),
            }),
            Err(error) => Err(error),
        }
    }

    fn installed(&self, repo: RepoId, installation: Installation) -> Result<Installed, GithubError> {
        let number = RepositoryId(repo.0.try_into().unwrap_or_default());
        let builder = self.inner.signed.installation_builder(InstallationId(installation.id));
        let octocrab = builder.repository_ids(vec![number]).build().map_err(unusable)?;
        let client = Client::over(octocrab, &self.inner.settings);
        Ok(Installed { client, permissions: installation.permissions })
    }

    /// Who GitHub says we are.
    pub async fn describe(&self) -> Result<Described, GithubError> {
        Ok(self.inner.client.get("/app", "the app").await?.body)
    }

    /// Its name and its page at GitHub; `None` while GitHub does not answer.
    pub async fn page(&self) -> Option<(String, String)> {
        let asked = self.inner.described.get_or_try_init(|| self.describe()).await;
        let described = asked.inspect_err(|error| tracing::debug!(%error, "the app's page is not known")).ok()?;
        Some((described.name.clone(), described.html_url.clone()?))
    }

    /// Where GitHub delivers.
    pub async fn hook(&self) -> Result<Hook, GithubError> {
        Ok(self.inner.client.get("/app/hook/config", "the app's webhook").await?.body)
    }

    /// The newest deliveries.
    pub async fn deliveries(&self) -> Result<Vec<Delivery>, GithubError> {
        let what = "the app's deliveries";
        Ok(self.inner.client.get("/app/hook/deliveries?per_page=50", what).await?.body)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<RepoId, (Instant, Option<Installed>)>> {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unusable(error: octocrab::Error) -> GithubError {
    GithubError::Setting { name: "GITHUB_APP_ID".to_owned(), cause: error.to_string() }
}
