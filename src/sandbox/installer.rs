//! The installer: packages of Python, as of a date, in a container of their own. Building one is running hostile code too.
//! May import: `domain/`.
//! Next: `layer.rs`, which keeps what is installed here.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::layer::LayerRequest;
use super::output::Output;
use super::requirement::{
    MISNAMED, Trouble, is_named_in, is_pin_kept, is_pinned, lacks_compiler, lacks_wheels, pin, project_name, trouble,
    unpinned,
};
use super::site::{Exec, Site, SiteEnd, SiteRequest};
use crate::domain::facts::execution::{BoundedLog, InstallOutcome};

const VENV: &str = "/opt/venv";
const CLEAR: &str =
    "rm -rf \"$0\"/* \"$0\"/.[!.]*; uv venv --quiet --python /usr/local/bin/python --allow-existing \"$0\"";
/// What one attempt has fetched, the next one need not. No part of the layer.
const CACHE: &str = "/tmp/uv";
/// How often a pin or a package goes, one by one, before the rest is tried by itself.
const LOOSENED: usize = 16;
/// How often a package may be taken from later than the rest.
const LIFTS: usize = 12;
/// By how many years each time; the last time there is no bound.
const YEARS: [u32; 4] = [1, 2, 4, 100];
/// When setuptools 40.8 came, the oldest that builds are made with.
const FIRST_SETUPTOOLS: NaiveDate = NaiveDate::from_ymd_opt(2019, 3, 1).expect("a date");
/// How `timeout --signal=KILL` ends.
const KILLED: i64 = 137;

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
    /// What is taken from later than the rest, by how many steps: what one attempt has learnt, the next one begins with.
    lifted: Mutex<BTreeMap<String, usize>>,
}

/// How one call of the resolver ended.
enum Attempt {
    Done(Output),
    Refused(Output),
    /// It took longer than its share of the time, and ended without a word of use.
    GivenUp,
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
        Ok(Site::start(engine, site).await?.map(|site| Self { site, index, lifted: Mutex::default() }))
    }

    pub fn container(&self) -> &str {
        &self.site.container
    }

    pub async fn remove(self) {
        self.site.remove().await;
    }

    /// A lock as it is, else wheels as of the date.
    pub async fn as_asked(&self, requirements: &[String], newest: NaiveDate) -> Result<Asked, EngineError> {
        self.clear().await?;
        if let Some(output) = self.install_lock(requirements).await? {
            return Ok(Asked::Over(Pass::Installed(self.installed(true, output).await?)));
        }
        Ok(match self.wheels(requirements, newest, None).await? {
            Attempt::Done(output) => Asked::Over(Pass::Installed(self.installed(false, output).await?)),
            Attempt::LimitStruck(output) => Asked::Over(limit_struck(output)),
            Attempt::Refused(output) => Asked::Refused(output.into_text()),
            Attempt::GivenUp => Asked::Refused(String::new()),
        })
    }

    /// What the resolver refused: with builds from source; else without the pins and packages that it names; else each package by
    /// itself. Whatever comes first takes a part of the time only: nobody goes without Flask because of what hangs.
    pub async fn as_far_as_possible(
        &self,
        requirements: &[String],
        newest: NaiveDate,
        refused: String,
    ) -> Result<Pass, EngineError> {
        let mut said = match self.built_from_sources(requirements, newest, refused, self.share(3)).await? {
            Attempt::Done(output) => return Ok(Pass::Installed(self.installed(false, output).await?)),
            Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
            Attempt::Refused(output) => output.into_text(),
            Attempt::GivenUp => String::new(),
        };
        let first = said.clone();
        // Of what is refused by name the pin goes first, then the package: everything else stays as it is written.
        let (mut wanted, until) = (requirements.to_vec(), self.share(2));
        for _ in 0..LOOSENED {
            let Some(at) = wanted.iter().position(|line| is_named_in(project_name(line), &said)) else { break };
            let line = wanted.remove(at);
            let loosened = unpinned(&line);
            if loosened != line {
                wanted.insert(at, loosened);
            }
            // The rest of the time is for each package by itself.
            if wanted.is_empty() || Instant::now() > until {
                break;
            }
            said = match self.resolve(&wanted, newest, 3).await? {
                Attempt::Done(output) => return self.relaxed(output, requirements, &wanted).await,
                Attempt::LimitStruck(output) => return Ok(limit_struck(output)),
                Attempt::Refused(output) => output.into_text(),
                Attempt::GivenUp => break,
            };
        }
        self.clear().await?;
        match self.one_by_one(requirements, newest).await? {
            Some(done) => Ok(done),
            // The first words are about what the student wrote; the later ones about our attempts to help.
            None => Ok(Pass::Failed { outcome: InstallOutcome::Refused, log: Output::from(first).into_log() }),
        }
    }

    /// What came of installing a part of what was asked for (`had`), or all of it without its pins.
    async fn relaxed(&self, output: Output, requirements: &[String], had: &[String]) -> Result<Pass, EngineError> {
        let mut installed = self.installed(false, output).await?;
        let kept = |line: &&String| {
            had.iter().any(|one| project_name(one) == project_name(line)) && is_pin_kept(line, &installed.packages)
        };
        installed.relaxed = requirements.iter().filter(|line| !kept(line)).cloned().collect();
        Ok(Pass::Installed(installed))
    }

    /// Each package without its pin, beside those before it. `None` where not one of them can be had.
    async fn one_by_one(&self, requirements: &[String], newest: NaiveDate) -> Result<Option<Pass>, EngineError> {
        let (mut had, mut last) = (Vec::new(), None);
        for line in requirements {
            match self.resolve(&[unpinned(line)], newest, 4).await? {
                Attempt::Done(output) => {
                    had.push(line.clone());
                    last = Some(output);
                }
                Attempt::Refused(_) | Attempt::GivenUp => {}
                // What was installed before stays: the time was too short for the rest.
                Attempt::LimitStruck(_) => break,
            }
        }
        match last {
            Some(output) => self.relaxed(output, requirements, &had).await.map(Some),
            None => Ok(None),
        }
    }

    /// A part of the time that is left.
    fn share(&self, parts: u32) -> Instant {
        Instant::now() + self.site.deadline.saturating_duration_since(Instant::now()) / parts
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
        if matches!(checked, Attempt::Done(_)) {
            return Ok(Some(output));
        }
        // Half of what is needed would be taken for all of it by whoever comes next.
        self.clear().await?;
        Ok(None)
    }

    /// An environment that holds nothing. Its folder is the image's, and stays.
    async fn clear(&self) -> Result<(), EngineError> {
        self.run(&words(&["/bin/sh", "-c", CLEAR, VENV])).await.map(drop)
    }

    /// Wheels run no code while they are installed, and take no time.
    async fn wheels(
        &self,
        lines: &[String],
        newest: NaiveDate,
        until: Option<Instant>,
    ) -> Result<Attempt, EngineError> {
        self.attempt(lines, &["--exclude-newer", &newest.to_string(), "--only-binary", ":all:"], until).await
    }

    /// Wheels first; only what has none is built from its source. Each takes such a part of the time that is left.
    async fn resolve(&self, lines: &[String], newest: NaiveDate, parts: u32) -> Result<Attempt, EngineError> {
        match self.wheels(lines, newest, Some(self.share(parts))).await? {
            Attempt::Refused(output) => {
                self.built_from_sources(lines, newest, output.into_text(), self.share(parts)).await
            }
            attempt => Ok(attempt),
        }
    }

    /// After wheels were refused in these words.
    async fn built_from_sources(
        &self,
        lines: &[String],
        newest: NaiveDate,
        refused: String,
        until: Instant,
    ) -> Result<Attempt, EngineError> {
        if !lacks_wheels(&refused) {
            return Ok(Attempt::Refused(Output::from(refused)));
        }
        Ok(match self.build(lines, newest, until).await? {
            // What has no wheels is what hung.
            Attempt::GivenUp => Attempt::Refused(Output::from(refused)),
            attempt => attempt,
        })
    }

    /// With builds from source. A package whose version of that day cannot be built any more, or a build tool that is not
    /// old enough, is taken from a little later, and later again: everything else stays as of the date.
    async fn build(&self, lines: &[String], newest: NaiveDate, until: Instant) -> Result<Attempt, EngineError> {
        let date = newest.to_string();
        let mut lifted = self.lifted.lock().await;
        // Every source archive is built with one that is newer than this.
        if newest < FIRST_SETUPTOOLS {
            lifted.entry("setuptools".to_owned()).or_insert(1);
        }
        loop {
            let mut options = vec!["--exclude-newer".to_owned(), date.clone()];
            for (name, step) in lifted.iter() {
                options.extend(["--exclude-newer-package".to_owned(), format!("{name}={}", later(newest, *step))]);
            }
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let attempt = self.attempt(lines, &options, Some(until)).await?;
            let Attempt::Refused(output) = attempt else { return Ok(attempt) };
            let said = output.into_text();
            match kept_old(&said).filter(|_| !lacks_compiler(&said)) {
                Some((name, first)) if can_lift(&lifted, &name) && !is_pinned(lines, &name) => {
                    lifted.entry(name).and_modify(|step| *step += 1).or_insert(first);
                }
                _ => return Ok(Attempt::Refused(Output::from(said))),
            }
        }
    }

    async fn attempt(
        &self,
        lines: &[String],
        options: &[&str],
        until: Option<Instant>,
    ) -> Result<Attempt, EngineError> {
        // Its own limit ends the resolver with everything that it has started, and the container lives on.
        let limit = until.map(|until| until.saturating_duration_since(Instant::now()).as_secs().max(1).to_string());
        let mut argv = limit.map(|seconds| words(&["timeout", "--signal=KILL", &seconds])).unwrap_or_default();
        argv.extend(words(&["uv", "pip", "install", "--cache-dir", CACHE, "--no-progress", "--color", "never"]));
        argv.extend(words(&["--python", VENV]));
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
            SiteEnd::Exited(KILLED) => Attempt::GivenUp,
            SiteEnd::Exited(_) => Attempt::Refused(output),
            SiteEnd::Struck(_) => Attempt::LimitStruck(output),
        })
    }

    async fn installed(&self, is_lock: bool, output: Output) -> Result<Installed, EngineError> {
        let packages = match self.run(&words(&["uv", "pip", "freeze", "--quiet", "--python", VENV])).await? {
            Attempt::Done(listed) => listed.into_text().lines().map(str::to_owned).collect(),
            Attempt::Refused(_) | Attempt::GivenUp | Attempt::LimitStruck(_) => Vec::new(),
        };
        self.run(&words(&["rm", "-rf", CACHE])).await?;
        // Runs only read it. By Python's own program, which every version has: the resolver's needs a newer one than 3.6. What some
        // package holds for another version stays as it is.
        let compile = ["/usr/local/bin/python", "-I", "-m", "compileall", "-q", "-j", "0", VENV];
        self.run(&words(&compile)).await?;
        Ok(Installed { is_lock, packages, relaxed: Vec::new(), log: output.into_log() })
    }
}

/// The package that only its old version stands in the way of: ``Failed to build `name==1` ``,
/// `` `name` was filtered by `exclude-newer` ``, or `name>=1 has a non-PEP 625-compliant source distribution filename`.
///
/// With the step to begin with: names of archives were mended in 2021 only.
fn kept_old(said: &str) -> Option<(String, usize)> {
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
    let misnamed = || Some(project_name(said.split_once(MISNAMED)?.0.split_whitespace().next_back()?).to_owned());
    filtered.or(failed).map(|name| (name, 0)).or_else(|| Some((misnamed()?, 2)))
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
