//! The installer: packages of Python, as of a date, in a container of their own. Building one is running hostile code too.
//! May import: `domain/`.
//! Next: `layer.rs`, which keeps what is installed here.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Months, NaiveDate};
use tokio::time::Instant;

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::layer::LayerRequest;
use super::output::Output;
use super::requirement::{Trouble, is_named_in, is_pin_kept, lacks_wheels, pin, project_name, trouble, unpinned};
use super::site::{Exec, Site, SiteEnd, SiteRequest};
use crate::domain::facts::execution::{BoundedLog, InstallOutcome};

const VENV: &str = "/opt/venv";
/// Requirements that may be left out one by one before the rest is given up.
const LEFT_OUT: usize = 8;
/// How often a package may be taken from later than the rest.
const LIFTS: usize = 12;
/// By how many years each time; the last time there is no bound.
const YEARS: [u32; 4] = [1, 2, 4, 100];

/// What came of an installation.
pub(super) enum Pass {
    Installed(Installed),
    Failed { outcome: InstallOutcome, log: BoundedLog },
}

/// What an installation holds.
pub(super) struct Installed {
    /// What was asked for is complete by itself, so that no date took part.
    pub is_lock: bool,
    /// `name==version`, sorted.
    pub packages: Vec<String>,
    pub relaxed: Vec<String>,
    pub log: BoundedLog,
}

/// What came of asking for exactly what is written, as wheels.
pub(super) enum Asked {
    Over(Pass),
    /// The resolver's words.
    Refused(String),
}

/// A container that installs.
pub(super) struct Installer {
    site: Site,
    index: Option<String>,
}

/// How one call of the resolver ended.
enum Attempt {
    Done(Output),
    Refused(Output),
    LimitStruck(Output),
}

impl Installer {
    /// Starts one. `None` where another process has one of this name.
    pub async fn start(
        engine: &Engine,
        request: &LayerRequest<'_>,
        python: &Image,
        name: Option<&str>,
    ) -> Result<Option<Self>, EngineError> {
        let site = SiteRequest {
            owner: request.owner,
            image: &python.reference,
            name,
            is_root: false,
            seconds: request.sandbox.install_seconds,
            disk_mib: request.sandbox.build_disk_mib,
            env: engine.shared.settings.installer_env.clone(),
        };
        let index = request.sandbox.package_index.clone();
        Ok(Site::start(engine, site).await?.map(|site| Self { site, index }))
    }

    pub fn container(&self) -> &str {
        &self.site.container
    }

    pub async fn remove(self) {
        self.site.remove().await;
    }

    /// A lock as it is, else wheels as of the date.
    pub async fn as_asked(&self, requirements: &[String], newest: NaiveDate) -> Result<Asked, EngineError> {
        self.run(&words(&["uv", "venv", "--quiet", "--python", "/usr/local/bin/python", "--allow-existing", VENV]))
            .await?;
        if let Some(output) = self.install_lock(requirements).await? {
            return Ok(Asked::Over(Pass::Installed(self.installed(true, output).await?)));
        }
        Ok(match self.wheels(requirements, newest).await? {
            Attempt::Done(output) => Asked::Over(Pass::Installed(self.installed(false, output).await?)),
            Attempt::LimitStruck(output) => Asked::Over(limit_struck(output)),
            Attempt::Refused(output) => Asked::Refused(output.into_text()),
        })
    }

    /// What the resolver refused: with builds from source; else without the pins; else without what cannot be had at all.
    pub async fn as_far_as_possible(
        &self,
        requirements: &[String],
        newest: NaiveDate,
        refused: String,
    ) -> Result<Pass, EngineError> {
        let first = match self.built_from_sources(requirements, newest, refused).await? {
            Attempt::Done(output) => return Ok(Pass::Installed(self.installed(false, output).await?)),
            Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
            Attempt::Refused(output) => output,
        };
        let mut wanted = requirements.to_vec();
        for _ in 0..=LEFT_OUT {
            let unpinned: Vec<String> = wanted.iter().map(|line| unpinned(line)).collect();
            let said = match self.resolve(&unpinned, newest).await? {
                Attempt::Done(output) => {
                    let mut installed = self.installed(false, output).await?;
                    let kept = |line: &&String| wanted.contains(line) && is_pin_kept(line, &installed.packages);
                    installed.relaxed = requirements.iter().filter(|line| !kept(line)).cloned().collect();
                    return Ok(Pass::Installed(installed));
                }
                Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
                Attempt::Refused(output) => output.into_text(),
            };
            let Some(culprit) = wanted.iter().position(|line| is_named_in(project_name(line), &said)) else { break };
            wanted.remove(culprit);
            if wanted.is_empty() {
                break;
            }
        }
        // The first words are about what the student wrote; the later ones about our attempts to help.
        Ok(Pass::Failed { outcome: InstallOutcome::Refused, log: first.into_log() })
    }

    /// Installs exactly what is pinned. `None` where that is not a lock: something is not pinned, missing or at odds.
    async fn install_lock(&self, requirements: &[String]) -> Result<Option<Output>, EngineError> {
        if !requirements.iter().all(|line| pin(line).is_some()) {
            return Ok(None);
        }
        let Attempt::Done(output) = self.attempt(requirements, &["--no-deps", "--only-binary", ":all:"], None).await?
        else {
            return Ok(None);
        };
        let checked = self.run(&words(&["uv", "pip", "check", "--quiet", "--python", VENV])).await?;
        Ok(matches!(checked, Attempt::Done(_)).then_some(output))
    }

    /// Wheels run no code while they are installed, and take no time; only what has none is built from its source.
    async fn resolve(&self, lines: &[String], newest: NaiveDate) -> Result<Attempt, EngineError> {
        match self.wheels(lines, newest).await? {
            Attempt::Refused(output) => self.built_from_sources(lines, newest, output.into_text()).await,
            attempt => Ok(attempt),
        }
    }

    async fn wheels(&self, lines: &[String], newest: NaiveDate) -> Result<Attempt, EngineError> {
        self.attempt(lines, &["--exclude-newer", &newest.to_string(), "--only-binary", ":all:"], None).await
    }

    /// After wheels were refused in these words.
    async fn built_from_sources(
        &self,
        lines: &[String],
        newest: NaiveDate,
        refused: String,
    ) -> Result<Attempt, EngineError> {
        if !lacks_wheels(&refused) {
            return Ok(Attempt::Refused(Output::from(refused)));
        }
        // A build that hangs must leave time for going without it.
        let half = self.site.deadline.saturating_duration_since(Instant::now()) / 2;
        self.build(lines, newest, half).await
    }

    /// With builds from source. A package whose version of that day cannot be built any more, or a build tool that is not
    /// old enough, is taken from a little later, and later again: everything else stays as of the date.
    async fn build(&self, lines: &[String], newest: NaiveDate, at_most: Duration) -> Result<Attempt, EngineError> {
        let date = newest.to_string();
        let mut lifted: BTreeMap<String, usize> = BTreeMap::new();
        loop {
            let mut options = vec!["--exclude-newer".to_owned(), date.clone()];
            for (name, step) in &lifted {
                options.extend(["--exclude-newer-package".to_owned(), format!("{name}={}", later(newest, *step))]);
            }
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let attempt = self.attempt(lines, &options, Some(at_most)).await?;
            let Attempt::Refused(output) = attempt else { return Ok(attempt) };
            let said = output.into_text();
            match kept_old(&said) {
                Some(name) if can_lift(&lifted, &name) => {
                    lifted.entry(name).and_modify(|step| *step += 1).or_default();
                }
                _ => return Ok(Attempt::Refused(Output::from(said))),
            }
        }
    }

    async fn attempt(
        &self,
        lines: &[String],
        options: &[&str],
        at_most: Option<Duration>,
    ) -> Result<Attempt, EngineError> {
        // Its own limit ends the resolver with everything that it has started, and the container lives on.
        let limit = at_most.map(|time| time.as_secs().max(1).to_string());
        let mut argv = limit.map(|seconds| words(&["timeout", "--signal=KILL", &seconds])).unwrap_or_default();
        argv.extend(words(&["uv", "pip", "install", "--no-cache", "--no-progress", "--color", "never"]));
        argv.extend(words(&["--compile-bytecode", "--python", VENV]));
        argv.extend(words(options));
        argv.extend(self.index.iter().flat_map(|index| ["--index-url".to_owned(), index.clone()]));
        argv.push("--".to_owned());
        argv.extend(lines.iter().cloned());
        let attempt = self.run(&argv).await?;
        let Attempt::Refused(output) = attempt else { return Ok(attempt) };
        let said = output.into_text();
        match trouble(&said) {
            Some(Trouble::Index(line)) => Err(EngineError::Index(line)),
            Some(Trouble::Disk(line)) => Err(EngineError::DiskFull(line)),
            None => Ok(Attempt::Refused(Output::from(said))),
        }
    }

    async fn run(&self, argv: &[String]) -> Result<Attempt, EngineError> {
        let mut output = Output::default();
        let exec = Exec { argv: argv.to_vec(), ..Exec::default() };
        Ok(match self.site.run(exec, &mut output).await? {
            SiteEnd::Exited(0) => Attempt::Done(output),
            // Its own limit on a build that hangs is one of the ways to refuse.
            SiteEnd::Exited(_) => Attempt::Refused(output),
            SiteEnd::Struck(_) => Attempt::LimitStruck(output),
        })
    }

    async fn installed(&self, is_lock: bool, output: Output) -> Result<Installed, EngineError> {
        let packages = match self.run(&words(&["uv", "pip", "freeze", "--quiet", "--python", VENV])).await? {
            Attempt::Done(listed) => listed.into_text().lines().map(str::to_owned).collect(),
            Attempt::Refused(_) | Attempt::LimitStruck(_) => Vec::new(),
        };
        Ok(Installed { is_lock, packages, relaxed: Vec::new(), log: output.into_log() })
    }
}

/// The package that only its old version stands in the way of: ``Failed to build `name==1` ``, or
/// `` `name` was filtered by `exclude-newer` ``.
fn kept_old(said: &str) -> Option<String> {
    let quoted = |line: &str, cue: &str| -> Option<String> {
        let name = line.split_once(cue)?.1.split('`').next()?.split("==").next()?;
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        is_name.then(|| name.to_owned())
    };
    let filtered = said.lines().filter(|line| line.contains("was filtered by `exclude-newer`"));
    let filtered = filtered.filter_map(|line| quoted(line, "hint: `")).next();
    let failed = said
        .lines()
        .find_map(|line| quoted(line, "Failed to download and build `").or_else(|| quoted(line, "Failed to build `")));
    filtered.or(failed)
}

fn can_lift(lifted: &BTreeMap<String, usize>, name: &str) -> bool {
    let lifts: usize = lifted.values().map(|step| step + 1).sum();
    lifts < LIFTS && lifted.get(name).is_none_or(|step| step + 1 < YEARS.len())
}

fn later(newest: NaiveDate, step: usize) -> NaiveDate {
    let years = YEARS.get(step).copied().unwrap_or(100);
    newest.checked_add_months(Months::new(12 * years)).unwrap_or(newest)
}

fn limit_struck(output: Output) -> Pass {
    Pass::Failed { outcome: InstallOutcome::LimitStruck, log: output.into_log() }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
