//! Dependency layers: a set of packages installed once and shared by every student who needs that very set.
//! A layer is an image: it is there completely or not at all, runs can only read it, the engine verifies it by its digest.
//! May import: `domain/`.
//! Next: `installer.rs`, which fills one.

use std::collections::HashMap;
use std::sync::Arc;

use bollard::models::ContainerConfig;
use bollard::query_parameters::CommitContainerOptions;
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use tokio::sync::Mutex;

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::installer::{Installed, Installer, Pass};
use super::pod::Owner;
use crate::domain::course::Sandbox;
use crate::domain::facts::execution::{BoundedLog, InstallOutcome};

const REPOSITORY: &str = "forkgrade/deps";
/// No Python that we have images of is older.
const FIRST_YEAR: i32 = 2015;
/// A date that bounds nothing, for what follows no submission's date.
pub const ANY_TIME: DateTime<Utc> = DateTime::UNIX_EPOCH;
const LABEL_INSTALLED: &str = "forkgrade.installed";
const LABEL_RELAXED: &str = "forkgrade.relaxed";

/// What is to be installed, on which Python.
pub struct LayerRequest<'a> {
    pub python: &'a Image,
    /// PEP 508 lines, sorted.
    pub requirements: &'a [String],
    /// What is not pinned resolves as of this date.
    pub as_of: DateTime<Utc>,
    pub sandbox: &'a Sandbox,
    pub owner: Owner,
}

/// A layer that is there.
#[derive(Debug, Clone)]
pub struct Layer {
    pub image: String,
    pub cached: bool,
    /// `name==version`, sorted.
    pub installed: Vec<String>,
    /// What was left out or unpinned so that the rest could be installed.
    pub relaxed: Vec<String>,
    pub log: BoundedLog,
}

/// How an installation ended.
#[derive(Debug)]
pub enum LayerOutcome {
    Ready(Layer),
    /// The student's to mend: nothing of it could be installed, or a limit struck.
    Failed {
        outcome: InstallOutcome,
        log: BoundedLog,
    },
}

impl Engine {
    /// The layer of a request, built if it is not there. Twenty runs that want it at once make one.
    pub async fn layer(&self, request: &LayerRequest<'_>) -> Result<LayerOutcome, EngineError> {
        let newest = newest(request.as_of);
        // A complete lock means the same at any date; everything else, what it meant in its month.
        let (lock, dated) = (address(request, None), address(request, Some(newest)));
        if let Some(layer) = self.known_layer([&lock, &dated]).await? {
            return Ok(LayerOutcome::Ready(layer));
        }
        let turn = Arc::clone(
            self.shared.building.lock().await.entry(lock.clone()).or_insert_with(|| Arc::new(Mutex::new(()))),
        );
        let _turn = turn.lock().await;
        // Whoever had the turn before may have built it.
        if let Some(layer) = self.known_layer([&lock, &dated]).await? {
            return Ok(LayerOutcome::Ready(layer));
        }
        let installer = Installer::start(self, request).await?;
        let built = match installer.install(request.requirements, newest).await {
            Ok(Pass::Installed(installed)) => {
                let address = if installed.is_lock { &lock } else { &dated };
                self.commit(&installer, address, installed).await.map(LayerOutcome::Ready)
            }
            Ok(Pass::Failed { outcome, log }) => Ok(LayerOutcome::Failed { outcome, log }),
            Err(error) => Err(error),
        };
        installer.remove().await;
        built
    }

    async fn known_layer(&self, addresses: [&str; 2]) -> Result<Option<Layer>, EngineError> {
        let mut known = None;
        for address in addresses {
            known = known.or(self.local_image(&format!("{REPOSITORY}:{address}")).await?);
        }
        let Some(image) = known else { return Ok(None) };
        let list = |label: &str| -> Vec<String> {
            let text = image.labels.get(label).map(String::as_str).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        };
        Ok(Some(Layer {
            cached: true,
            installed: list(LABEL_INSTALLED),
            relaxed: list(LABEL_RELAXED),
            image: image.reference,
            log: BoundedLog::default(),
        }))
    }

    async fn commit(&self, installer: &Installer, address: &str, done: Installed) -> Result<Layer, EngineError> {
        let labels = HashMap::from([
            (LABEL_INSTALLED.to_owned(), done.packages.join("\n")),
            (LABEL_RELAXED.to_owned(), done.relaxed.join("\n")),
        ]);
        let options = CommitContainerOptions {
            container: Some(installer.container().to_owned()),
            repo: Some(REPOSITORY.to_owned()),
            tag: Some(address.to_owned()),
            pause: true,
            ..Default::default()
        };
        let config = ContainerConfig { labels: Some(labels), ..Default::default() };
        self.docker.commit_container(options, config).await?;
        Ok(Layer {
            image: format!("{REPOSITORY}:{address}"),
            cached: false,
            installed: done.packages,
            relaxed: done.relaxed,
            log: done.log,
        })
    }
}

/// The first day of the month after the commit: partners who push in the same month share a layer.
fn newest(as_of: DateTime<Utc>) -> NaiveDate {
    let day = as_of.date_naive();
    if day.year() < FIRST_YEAR {
        // A computer whose clock was never set: no bound.
        return NaiveDate::from_ymd_opt(9999, 1, 1).unwrap_or(day);
    }
    let month = day.with_day(1).unwrap_or(day);
    month.checked_add_months(Months::new(1)).unwrap_or(month)
}

fn address(request: &LayerRequest<'_>, newest: Option<NaiveDate>) -> String {
    let mut hasher = blake3::Hasher::new();
    let newest = newest.map(|date| date.to_string()).unwrap_or_default();
    let index = request.sandbox.package_index.as_deref().unwrap_or_default();
    for part in ["3", &request.python.digest, &newest, index] {
        hasher.update(part.as_bytes()).update(b"\0");
    }
    for line in request.requirements {
        hasher.update(line.as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().chars().take(40).collect()
}
