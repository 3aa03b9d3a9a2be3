//! Dependency layers: a set of packages installed once and shared by every student who needs that very set.
//! A layer is an image: it is there completely or not at all, runs can only read it, the engine verifies it by its digest.
//! May import: `domain/`.
//! Next: `installer.rs`, which fills one.

use std::collections::HashMap;
use std::sync::Arc;

use bollard::models::ContainerConfig;
use bollard::query_parameters::CommitContainerOptions;
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use futures::future;
use tokio::sync::Mutex;

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::installer::{Asked, Installed, Installer, Pass};
use super::pod::Owner;
use super::requirement::pin;
use crate::domain::course::Sandbox;
use crate::domain::facts::execution::{BoundedLog, InstallOutcome};

const REPOSITORY: &str = "forkgrade/deps";
/// No Python that we have images of is older.
const FIRST_YEAR: i32 = 2015;
/// A date that bounds nothing, for what follows no submission's date.
pub const ANY_TIME: DateTime<Utc> = DateTime::UNIX_EPOCH;
const LABEL_INSTALLED: &str = "forkgrade.installed";
/// Written on the images of `images/`: `3.11`.
const LABEL_PYTHON: &str = "forkgrade.python";
const LABEL_RELAXED: &str = "forkgrade.relaxed";

/// What is to be installed, on which Python.
pub struct LayerRequest<'a> {
    pub python: &'a Image,
    /// The Python of the project's year, where pins are tried that `python` has no packages for.
    pub of_year: Option<&'a Image>,
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
    /// Installed on the Python of the project's year, and not on the one that was asked for.
    pub of_year: bool,
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
    /// The layer of a request, built if it is not there. Twenty runs that want it at once make one, whatever process they are of.
    pub async fn layer(&self, request: &LayerRequest<'_>) -> Result<LayerOutcome, EngineError> {
        let addresses = Addresses::of(request);
        if let Some(layer) = self.known_layer(&addresses).await? {
            return Ok(LayerOutcome::Ready(layer));
        }
        let turn = Arc::clone(
            self.shared.building.lock().await.entry(addresses.lock.clone()).or_insert_with(|| Arc::new(Mutex::new(()))),
        );
        let _turn = turn.lock().await;
        let name = format!("forkgrade-layer-{}", addresses.lock);
        let installer = loop {
            // Whoever had the turn before may have built it.
            if let Some(layer) = self.known_layer(&addresses).await? {
                return Ok(LayerOutcome::Ready(layer));
            }
            match Installer::start(self, request, request.python, Some(&name)).await? {
                Some(installer) => break installer,
                None => self.wait_for_other(&name).await,
            }
        };
        let built = self.build_layer(request, &addresses, &installer).await;
        installer.remove().await;
        built
    }

    /// As asked; else as asked on the Python of the year; else from sources and with less of it, on the older of the two.
    async fn build_layer(
        &self,
        request: &LayerRequest<'_>,
        addresses: &Addresses,
        installer: &Installer,
    ) -> Result<LayerOutcome, EngineError> {
        let newest = newest(request.as_of);
        let refused = match installer.as_asked(request.requirements, newest).await? {
            Asked::Refused(said) => said,
            Asked::Over(pass) => return self.keep(installer, addresses.pair(false), pass).await,
        };
        let pinned = request.requirements.iter().any(|line| pin(line).is_some());
        if let Some(python) = request.of_year.filter(|_| pinned)
            && let Some(other) = Installer::start(self, request, python, None).await?
        {
            let pass = on_that_of_the_year(request, &other, newest).await;
            let kept = match pass {
                Ok(pass @ Pass::Installed(_)) => Some(self.keep(&other, addresses.pair(true), pass).await),
                Ok(Pass::Failed { .. }) => None,
                Err(error) => Some(Err(error)),
            };
            other.remove().await;
            if let Some(kept) = kept {
                return kept;
            }
        }
        let pass = installer.as_far_as_possible(request.requirements, newest, refused).await?;
        self.keep(installer, addresses.pair(false), pass).await
    }

    async fn keep(
        &self,
        installer: &Installer,
        (lock, dated, of_year): (&str, &str, bool),
        pass: Pass,
    ) -> Result<LayerOutcome, EngineError> {
        match pass {
            Pass::Installed(installed) => {
                let address = if installed.is_lock { lock } else { dated };
                let layer = self.commit(installer, address, installed).await?;
                Ok(LayerOutcome::Ready(Layer { of_year, ..layer }))
            }
            Pass::Failed { outcome, log } => Ok(LayerOutcome::Failed { outcome, log }),
        }
    }

    /// What holds everything that was asked for comes before what holds less of it.
    async fn known_layer(&self, addresses: &Addresses) -> Result<Option<Layer>, EngineError> {
        let look = async |address: &str, of_year: bool| -> Result<Option<Layer>, EngineError> {
            let image = self.local_image(&format!("{REPOSITORY}:{address}")).await?;
            Ok(image.map(|image| known(image, of_year)))
        };
        let (lock, dated) = future::try_join(look(&addresses.lock, false), look(&addresses.dated, false)).await?;
        let first = lock.or(dated);
        let (Some([lock, dated]), false) = (&addresses.of_year, first.as_ref().is_some_and(is_whole)) else {
            return Ok(first);
        };
        let (lock, dated) = future::try_join(look(lock, true), look(dated, true)).await?;
        let of_year = lock.or(dated);
        Ok(if of_year.as_ref().is_some_and(is_whole) { of_year } else { first.or(of_year) })
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
            of_year: false,
            cached: false,
            installed: done.packages,
            relaxed: done.relaxed,
            log: done.log,
        })
    }
}

/// As asked; where the other Python is a newer one, which has less of what old pins ask for, from sources and with less of it too.
async fn on_that_of_the_year(
    request: &LayerRequest<'_>,
    installer: &Installer,
    newest: NaiveDate,
) -> Result<Pass, EngineError> {
    match installer.as_asked(request.requirements, newest).await? {
        Asked::Over(pass) => Ok(pass),
        Asked::Refused(said) if is_older(request.of_year, request.python) => {
            installer.as_far_as_possible(request.requirements, newest, said).await
        }
        Asked::Refused(_) => Ok(Pass::Failed { outcome: InstallOutcome::Refused, log: BoundedLog::default() }),
    }
}

fn is_older(of_year: Option<&Image>, python: &Image) -> bool {
    of_year.and_then(minor).zip(minor(python)).is_some_and(|(of_year, python)| of_year < python)
}

/// `11` of an image that our recipes made for Python 3.11.
fn minor(image: &Image) -> Option<u32> {
    image.labels.get(LABEL_PYTHON)?.split('.').nth(1)?.parse().ok()
}

/// Nothing was left out of it, and no pin loosened.
fn is_whole(layer: &Layer) -> bool {
    layer.relaxed.is_empty()
}

fn known(image: Image, of_year: bool) -> Layer {
    let list = |label: &str| -> Vec<String> {
        let text = image.labels.get(label).map(String::as_str).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    };
    Layer {
        of_year,
        cached: true,
        installed: list(LABEL_INSTALLED),
        relaxed: list(LABEL_RELAXED),
        image: image.reference,
        log: BoundedLog::default(),
    }
}

/// Where a layer is kept: a complete lock means the same at any date; everything else, what it meant in its month.
struct Addresses {
    lock: String,
    dated: String,
    /// The same two, on the Python of the year.
    of_year: Option<[String; 2]>,
}

impl Addresses {
    fn of(request: &LayerRequest<'_>) -> Self {
        let newest = newest(request.as_of);
        // On the Python of the year only after the other one was tried: that it is there says so.
        let both = |pythons: &[&Image]| [address(request, pythons, None), address(request, pythons, Some(newest))];
        let [lock, dated] = both(&[request.python]);
        Self { lock, dated, of_year: request.of_year.map(|of_year| both(&[request.python, of_year])) }
    }

    fn pair(&self, of_year: bool) -> (&str, &str, bool) {
        match &self.of_year {
            Some([lock, dated]) if of_year => (lock, dated, true),
            _ => (&self.lock, &self.dated, false),
        }
    }
}

/// The first day of the month after the commit: partners who push in the same month share a layer.
pub(super) fn newest(as_of: DateTime<Utc>) -> NaiveDate {
    let day = as_of.date_naive();
    if day.year() < FIRST_YEAR {
        // A computer whose clock was never set: no bound.
        return NaiveDate::from_ymd_opt(9999, 1, 1).unwrap_or(day);
    }
    let month = day.with_day(1).unwrap_or(day);
    month.checked_add_months(Months::new(1)).unwrap_or(month)
}

fn address(request: &LayerRequest<'_>, pythons: &[&Image], newest: Option<NaiveDate>) -> String {
    let mut hasher = blake3::Hasher::new();
    let newest = newest.map(|date| date.to_string()).unwrap_or_default();
    let index = request.sandbox.package_index.as_deref().unwrap_or_default();
    let digests: Vec<&str> = pythons.iter().map(|python| python.digest.as_str()).collect();
    for part in ["3", &digests.join(" "), &newest, index] {
        hasher.update(part.as_bytes()).update(b"\0");
    }
    for line in request.requirements {
        hasher.update(line.as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().chars().take(40).collect()
}
