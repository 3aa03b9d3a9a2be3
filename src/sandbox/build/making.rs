//! The steps of a build, taken: containers started, commands run, files copied, the result kept.
//! May import: `dockerfile`, `domain/`.
//! Next: `../site.rs` is the container.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::StreamExt;
use tokio::time::Instant;

use super::context::{Context, Taken};
use super::scripts::{self, AS, END_ALL, FINISH, INTO, LOOK, PREPARE, UPDATE};
use super::steps::{Base, Copy, Run, Stage, Step, What, needed};
use super::{BuildRequest, Ground, Keyed, Label, REPOSITORY, announce, taken};
use crate::domain::build::BuildFault;
use crate::sandbox::engine::{Engine, EngineError};
use crate::sandbox::layer::newest;
use crate::sandbox::output::Output;
use crate::sandbox::requirement::trouble;
use crate::sandbox::site::{Exec, Site, SiteEnd, SiteRequest};
use crate::sandbox::workspace::LAUNCHER;

/// A step that took longer is kept as an image of its own: whoever has the same beginning starts there.
const WORTH_KEEPING: std::time::Duration = std::time::Duration::from_secs(4);
/// What the home folder may hold so that a run gets to write to it, in KiB.
const HOME_KIB: u64 = 64 * 1024;

/// Why the steps end early.
pub enum Stop {
    /// Another process makes the same.
    Taken,
    Ours(EngineError),
    Fault(Box<(Step, BuildFault)>),
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        Self::Ours(error)
    }
}

/// A build at work. Call `remove`.
pub struct Making<'a> {
    engine: &'a Engine,
    request: &'a BuildRequest<'a>,
    context: &'a Context,
    grounds: &'a BTreeMap<String, Ground>,
    /// The name of the first container, which holds the turn.
    name: Option<&'a str>,
    deadline: Instant,
    sites: Vec<Site>,
    pub output: Output,
    number: usize,
}

impl<'a> Making<'a> {
    pub fn new(
        engine: &'a Engine,
        request: &'a BuildRequest<'a>,
        context: &'a Context,
        grounds: &'a BTreeMap<String, Ground>,
        name: &'a str,
    ) -> Self {
        let deadline = Instant::now() + std::time::Duration::from_secs(request.sandbox.build_seconds.into());
        let name = Some(name);
        Self {
            engine,
            request,
            context,
            grounds,
            name,
            deadline,
            sites: Vec::new(),
            output: Output::default(),
            number: 0,
        }
    }

    pub async fn remove(self) {
        self.engine.remove_all(self.sites.into_iter().map(|site| site.container)).await;
    }

    /// Makes the stages that the last one needs, and keeps it.
    pub async fn all(&mut self, keyed: &Keyed) -> Result<(), Stop> {
        let needed = needed(&keyed.stages);
        for (index, (stage, keys)) in keyed.stages.iter().zip(&keyed.keys).enumerate() {
            if needed.contains(&index) {
                let is_last = index + 1 == keyed.stages.len();
                self.stage(keyed, stage, keys, is_last).await?;
            }
        }
        Ok(())
    }

    async fn stage(&mut self, keyed: &Keyed, stage: &Stage, keys: &[String], is_last: bool) -> Result<(), Stop> {
        let (mut done, mut image) = (0, None);
        for (index, key) in keys.iter().enumerate().take(stage.steps.len() + 1).skip(1).rev() {
            let reference = format!("{REPOSITORY}:{key}");
            if self.engine.local_image(&reference).await?.is_some() {
                (done, image) = (index, Some(reference));
                break;
            }
        }
        if done == stage.steps.len() && image.is_some() && !is_last {
            self.number += done;
            return Ok(());
        }
        let image = image.or_else(|| self.reference(keyed, &stage.base)).unwrap_or_default();
        let site = self.start(&image).await?;
        if done > 0 {
            self.output.push(format!("{done} steps as before\n").as_bytes());
        }
        self.number += done;
        let mut kept = Instant::now();
        for (step, key) in stage.steps.iter().zip(keys.iter().skip(1)).skip(done) {
            self.number += 1;
            announce(&mut self.output, self.number, &step.said);
            self.step(keyed, site, step).await?;
            if kept.elapsed() > WORTH_KEEPING {
                self.keep(site, key, None, Vec::new()).await?;
                kept = Instant::now();
            }
        }
        match keys.last() {
            Some(key) if is_last => self.finish(site, stage, key).await,
            Some(key) => self.keep(site, key, None, Vec::new()).await,
            None => Ok(()),
        }
    }

    /// The image of a base, once everything before it is made.
    fn reference(&self, keyed: &Keyed, base: &Base) -> Option<String> {
        match base {
            Base::Stage(index) => keyed.keys.get(*index)?.last().map(|key| format!("{REPOSITORY}:{key}")),
            Base::Python(_) => Some(self.request.layer.to_owned()),
            Base::Image(reference) => Some(self.grounds.get(reference)?.reference.clone()),
        }
    }

    /// Starts a container; its number.
    async fn start(&mut self, image: &str) -> Result<usize, Stop> {
        let request = SiteRequest {
            owner: self.request.owner,
            image,
            name: self.name.take(),
            is_root: true,
            seconds: self.request.sandbox.build_seconds,
            disk_mib: self.request.sandbox.build_disk_mib,
            env: Vec::new(),
        };
        let site = Site::start(self.engine, request).await?.ok_or(Stop::Taken)?;
        self.sites.push(site.until(self.deadline));
        Ok(self.sites.len() - 1)
    }

    fn site(&self, index: usize) -> Result<&Site, Stop> {
        let missing = || Stop::Ours(EngineError::Refused("a builder's container is missing".to_owned()));
        self.sites.get(index).ok_or_else(missing)
    }

    async fn keep(&self, site: usize, key: &str, label: Option<&Label>, env: Vec<String>) -> Result<(), Stop> {
        let container = &self.site(site)?.container;
        Ok(self.engine.keep_build(container, key, label, env).await?)
    }

    async fn step(&mut self, keyed: &Keyed, site: usize, step: &Step) -> Result<(), Stop> {
        match &step.what {
            What::Prepare { python } => {
                let pip = scripts::pip(newest(self.request.as_of));
                let argv = script(PREPARE, [python.clone().unwrap_or_default(), pip]);
                self.root(site, step, argv).await
            }
            What::Folder(folder) => self.root(site, step, script("mkdir -p \"$1\"", [folder.clone()])).await,
            What::Run(run) => self.command(site, step, run).await,
            What::Copy(copy) => self.copy(keyed, site, step, copy).await,
        }
    }

    /// A command of ours, as root.
    async fn root(&mut self, site: usize, step: &Step, argv: Vec<String>) -> Result<(), Stop> {
        self.run(site, step, Exec { argv, user: Some("0:0".to_owned()), ..Exec::default() }).await
    }

    async fn run(&mut self, site: usize, step: &Step, exec: Exec<'_>) -> Result<(), Stop> {
        let mut output = std::mem::take(&mut self.output);
        let ended = self.site(site)?.run(exec, &mut output).await;
        self.output = output;
        let fault = match ended? {
            SiteEnd::Exited(0) => return Ok(()),
            SiteEnd::Exited(code) => BuildFault::Exited { code },
            SiteEnd::Struck(limit) => BuildFault::Limit { limit },
        };
        Err(Stop::Fault(Box::new((step.clone(), fault))))
    }

    async fn command(&mut self, site: usize, step: &Step, run: &Run) -> Result<(), Stop> {
        let settings = &self.engine.shared.settings;
        let index = self.request.sandbox.package_index.iter();
        let index = index.flat_map(|index| [format!("PIP_INDEX_URL={index}"), format!("UV_DEFAULT_INDEX={index}")]);
        let own = run.env.iter().map(|(name, value)| format!("{name}={value}"));
        let quiet =
            ["DEBIAN_FRONTEND=noninteractive", "PIP_ROOT_USER_ACTION=ignore", "PIP_DISABLE_PIP_VERSION_CHECK=1"];
        let quiet = quiet.into_iter().map(str::to_owned);
        let launcher = ["/bin/sh", "-c", LAUNCHER, &run.workdir].map(str::to_owned).into_iter();
        let exec = Exec {
            argv: launcher.chain(run.argv.iter().cloned()).collect(),
            user: Some(run.user.clone()),
            env: settings.installer_env.iter().cloned().chain(index).chain(quiet).chain(own).collect(),
            input: None,
        };
        self.run(site, step, exec).await?;
        // What it left running is no part of an image. Where that cannot be ended, it ends with the container.
        let exec = Exec { argv: script(END_ALL, []), user: Some("0:0".to_owned()), ..Exec::default() };
        self.site(site)?.run(exec, &mut Output::default()).await?;
        Ok(())
    }

    async fn copy(&mut self, keyed: &Keyed, site: usize, step: &Step, copy: &Copy) -> Result<(), Stop> {
        match &copy.from {
            None => {
                let mut all = Vec::new();
                let missing = |source| Stop::Fault(Box::new((step.clone(), BuildFault::Missing { source })));
                taken(self.context, copy, |taken| all.push(taken.clone())).map_err(missing)?;
                for taken in &all {
                    self.copy_file(site, step, copy, taken).await?;
                }
            }
            Some(base) => {
                let image = self.reference(keyed, base).unwrap_or_default();
                let source = self.start(&image).await?;
                for path in &copy.sources {
                    self.copy_from(source, site, step, copy, &super::steps::absolute("/", path)).await?;
                }
            }
        }
        for (program, value) in [("chown", &copy.owner), ("chmod", &copy.mode)] {
            if let Some(value) = value {
                let argv = [program, "-R", "--", value, &copy.to].map(str::to_owned).to_vec();
                self.root(site, step, argv).await?;
            }
        }
        Ok(())
    }

    /// A file or a folder of the build's own.
    async fn copy_file(&mut self, site: usize, step: &Step, copy: &Copy, taken: &Taken) -> Result<(), Stop> {
        let packed = match taken {
            Taken::File(path) if copy.unpacks => compression(self.context.file(path)).map(|flag| (flag, path)),
            _ => None,
        };
        let (argv, bytes) = match (packed, taken) {
            (Some((flag, path)), _) => {
                (script(INTO, [copy.to.clone(), flag.to_owned()]), self.context.file(path).to_vec())
            }
            (None, taken) => {
                let archive = self.context.archive(taken);
                let archive = archive.map_err(|error| EngineError::Refused(error.to_string()))?;
                let argv = match taken {
                    Taken::File(path) if !copy.into => script(AS, [copy.to.clone(), path.name().to_owned()]),
                    _ => script(INTO, [copy.to.clone(), String::new()]),
                };
                (argv, archive)
            }
        };
        let input = futures::stream::iter([Bytes::from(bytes)]).boxed();
        let exec = Exec { argv, user: Some("0:0".to_owned()), input: Some(input), ..Exec::default() };
        self.run(site, step, exec).await
    }

    /// From another stage or image: what one `tar` prints is what the other reads, and none of it lies anywhere else.
    async fn copy_from(&mut self, from: usize, site: usize, step: &Step, copy: &Copy, path: &str) -> Result<(), Stop> {
        let mut seen = Output::default();
        let look = Exec { argv: script(LOOK, [path.to_owned()]), user: Some("0:0".to_owned()), ..Exec::default() };
        self.site(from)?.run(look, &mut seen).await?;
        let seen = seen.into_text();
        let found: Vec<&str> = seen.lines().filter(|line| line.len() > 1).collect();
        if found.is_empty() {
            return Err(Stop::Fault(Box::new((step.clone(), BuildFault::Missing { source: path.to_owned() }))));
        }
        for one in found {
            let (kind, path) = one.split_at_checked(1).unwrap_or_default();
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let (of, what) =
                if kind == "d" { (path, ".") } else { (if folder.is_empty() { "/" } else { folder }, name) };
            let print = ["tar", "-c", "-C", of, "-f", "-", "--", what].map(str::to_owned).to_vec();
            let input = self.site(from)?.print(print).await?;
            let argv = if kind == "d" || copy.into {
                script(INTO, [copy.to.clone(), String::new()])
            } else {
                script(AS, [copy.to.clone(), name.to_owned()])
            };
            let exec = Exec { argv, user: Some("0:0".to_owned()), input: Some(input), ..Exec::default() };
            self.run(site, step, exec).await?;
        }
        Ok(())
    }

    /// What the command would have installed, the folders that a run writes to, and the image under its name.
    async fn finish(&mut self, site: usize, stage: &Stage, key: &str) -> Result<(), Stop> {
        let last = stage.steps.last().map_or(1, |step| step.line);
        for line in &self.request.build.last {
            let step = Step { line: last, said: format!("CMD {line}"), what: What::Run(stage.state.line(line)) };
            self.number += 1;
            announce(&mut self.output, self.number, &step.said);
            if let What::Run(run) = &step.what {
                self.command(site, &step, run).await?;
            }
        }
        let asked = &self.request.build.layout.seeded;
        let user = stage.state.user.split(':').next().unwrap_or_default().to_owned();
        let most = u64::from(self.request.sandbox.work_mib) * 1024 * 3 / 4;
        let arguments = [user, most.to_string(), HOME_KIB.to_string()].into_iter().chain(asked.iter().cloned());
        let exec = Exec { argv: script(FINISH, arguments), user: Some("0:0".to_owned()), ..Exec::default() };
        let mut said = Output::default();
        let ended = self.site(site)?.run(exec, &mut said).await?;
        let step = Step { line: last, said: String::new(), what: What::Folder(String::new()) };
        let fault = match ended {
            SiteEnd::Exited(0) => None,
            SiteEnd::Exited(_) => Some(BuildFault::Unusable),
            SiteEnd::Struck(limit) => Some(BuildFault::Limit { limit }),
        };
        if let Some(fault) = fault {
            return Err(Stop::Fault(Box::new((step, fault))));
        }
        let label = Label { log: self.output.clone().into_log(), ..label(asked, &said.into_text()) };
        let env = stage.state.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.keep(site, key, Some(&label), env).await
    }
}

/// What came of putting folders aside; what was not asked for is not believed.
fn label(asked: &[String], said: &str) -> Label {
    let mut label = Label { home: "/root".to_owned(), ..Label::default() };
    for line in said.lines() {
        match line.split_once(' ') {
            Some(("home", folder)) if folder.starts_with('/') && folder.len() < 200 => label.home = folder.to_owned(),
            Some(("aside", folder)) if asked.iter().any(|one| one == folder) || folder == label.home => {
                label.folders.push(folder.to_owned());
            }
            Some(("large", folder)) if asked.iter().any(|one| one == folder) => {
                label.read_only.push(folder.to_owned());
            }
            _ => {}
        }
    }
    label.folders.sort();
    label.folders.dedup();
    label
}

fn script(text: &str, arguments: impl IntoIterator<Item = String>) -> Vec<String> {
    ["/bin/sh", "-c", text, "sh"].map(str::to_owned).into_iter().chain(arguments).collect()
}

/// How `tar` unpacks an archive; `None` for what is none.
fn compression(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x1f, 0x8b, ..] => Some("-z"),
        [b'B', b'Z', b'h', ..] => Some("-j"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some("-J"),
        _ if bytes.get(257..262) == Some(b"ustar") => Some("-p"),
        _ => None,
    }
}

/// Why the network that a command needs is not there; `None` where it is. Asked from an image of the course, which no student wrote.
pub async fn missing_network(
    engine: &Engine,
    request: &BuildRequest<'_>,
    step: &Step,
) -> Result<Option<String>, EngineError> {
    let env = engine.shared.settings.installer_env.clone();
    let site = SiteRequest {
        owner: request.owner,
        image: &request.python.reference,
        name: None,
        is_root: true,
        seconds: 90,
        disk_mib: request.sandbox.build_disk_mib,
        env,
    };
    let Some(site) = Site::start(engine, site).await? else { return Ok(None) };
    let index = request.sandbox.package_index.iter().flat_map(|index| ["--index-url", index]);
    let resolve = ["uv", "pip", "install", "--dry-run", "--no-cache", "--system", "--break-system-packages"];
    let resolve = resolve.into_iter().chain(index).chain(["six"]).map(str::to_owned).collect();
    let mut asked = vec![resolve];
    if step.said.contains("apt") {
        // Words of the package manager alone: nothing of the student's is in this container.
        asked.push(script(UPDATE, []));
    }
    let mut cause = None;
    for argv in asked {
        let mut output = Output::default();
        let ended = site.run(Exec { argv, user: Some("0:0".to_owned()), ..Exec::default() }, &mut output).await;
        let failed = !matches!(ended, Ok(SiteEnd::Exited(0)) | Err(_));
        let said = output.into_text();
        if failed {
            let known = trouble(&said).map(|_| ());
            let line = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
            cause = Some(line.chars().take(300).collect()).filter(|_| known.is_some() || step.said.contains("apt"));
        }
        if cause.is_some() {
            break;
        }
    }
    site.remove().await;
    Ok(cause)
}
