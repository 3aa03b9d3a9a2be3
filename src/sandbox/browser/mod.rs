//! A browser inside a pod, in a container of its own. It is told what to do through its container's standard input and output, and
//! listens nowhere: what runs beside it in the pod can show it pages and nothing more.
//! May import: `probe/` (its words about pages), `domain/`.
//! Next: `visit.rs` for one page, `observe/screenshots.rs` for which pages.

mod devtools;
mod page;
mod picture;
mod remote;
mod visit;

pub(super) use self::remote::REMOTE_MIB;

use std::time::Duration;

use bollard::models::ContainerCreateBody;
use bollard::query_parameters::AttachContainerOptions;
use serde_json::json;
use tokio::time::timeout;

use self::devtools::{DevTools, Gone, Said};
pub use self::visit::Sight;
use super::engine::{Engine, EngineError};
use super::images::Image;
use super::limits::{Limits, tmpfs};
use super::pod::{Pod, attached};
use crate::probe::BROWSER_USER;

/// Memory of the browser's container, its folder included.
pub(super) const BROWSER_MIB: u32 = 512;
/// A machine that is busy takes its time.
const START: Duration = Duration::from_secs(20);
/// Beyond the bounds that a visit sets itself: then the browser itself hangs.
const HANGS: Duration = Duration::from_secs(20);

/// Finds the program of our image, or of an official one, and gives it its two pipes: 3 to hear, 4 to speak.
const LAUNCHER: &str = "for program in /usr/lib/chromium/chromium-headless-shell /headless-shell/headless-shell /usr/lib/chromium/chromium \
     /opt/google/chrome/chrome chromium chromium-browser google-chrome; do \
     command -v \"$program\" >/dev/null && exec \"$program\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1; done; exit 127";
const ARGUMENTS: [&str; 22] = [
    "--headless",
    "--remote-debugging-pipe",
    // Its own sandbox needs privileges that no container of ours has: the container is the wall.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--user-data-dir=/tmp/profile",
    "--window-size=1280,800",
    "--hide-scrollbars",
    "--mute-audio",
    "--lang=fr-FR",
    "--block-new-web-contents",
    "--ignore-certificate-errors",
    // Pages are to see an ordinary browser.
    "--disable-blink-features=AutomationControlled",
    // A page that wants more is told so before the container is full.
    "--js-flags=--max-old-space-size=192",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-features=Translate,OptimizationHints,MediaRouter,HttpsUpgrades,DialMediaRouteProvider",
];

/// A browser that runs. It is removed with its pod.
pub struct Browser {
    tools: DevTools,
    /// An ordinary browser's words about itself, so that nothing is special-cased to us.
    agent: String,
    is_gone: bool,
}

impl Engine {
    /// The browser's image, where the course wants one and the machine has it. Runs go on without.
    pub async fn browser_image(&self, reference: &str) -> Result<Option<Image>, EngineError> {
        if reference.is_empty() {
            return Ok(None);
        }
        match self.image(reference, None).await {
            Ok(image) => Ok(Some(image)),
            Err(EngineError::ImageMissing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Pod {
    /// Starts a browser beside what runs in the pod.
    pub async fn browser(&self, image: &Image) -> Result<Browser, EngineError> {
        let limits = Limits {
            memory_mib: BROWSER_MIB,
            cpu_percent: 200,
            pids: 256,
            open_files: Some(4096),
            tmpfs: vec![tmpfs("/tmp", 128, BROWSER_USER, false)],
        };
        let shell = ["/bin/sh", "-c", LAUNCHER, "browser"].map(str::to_owned);
        let body = ContainerCreateBody {
            image: Some(image.reference.clone()),
            user: Some(format!("{BROWSER_USER}:{BROWSER_USER}")),
            entrypoint: Some(shell.into()),
            cmd: Some(ARGUMENTS.map(str::to_owned).into_iter().chain(self.browser_flags()).collect()),
            env: Some(vec!["HOME=/tmp".to_owned(), "LANG=C.UTF-8".to_owned()]),
            working_dir: Some("/tmp".to_owned()),
            host_config: Some(self.joined(&limits)?),
            ..Default::default()
        };
        let engine = &self.engine;
        let id = engine.create(self.owner, attached(body)).await?;
        self.adopt(id.clone());
        let options = AttachContainerOptions { stream: true, stdin: true, stdout: true, ..Default::default() };
        let line = engine.docker.attach_container(&id, Some(options)).await?;
        engine.docker.start_container(&id, None).await?;
        let mut tools = DevTools::new(line);
        match timeout(START, greeted(&mut tools)).await {
            Ok(Ok(agent)) => Ok(Browser { tools, agent, is_gone: false }),
            Ok(Err(Gone)) => Err(EngineError::Browser(format!("{} ended by itself", image.reference))),
            Err(_) => Err(EngineError::Browser(format!("{} was silent for {} s", image.reference, START.as_secs()))),
        }
    }
}

/// Waits until it speaks, and learns its words about itself.
async fn greeted(tools: &mut DevTools) -> Result<String, Gone> {
    let version = tools.ask(None, "Browser.getVersion", json!({})).await?;
    tools.ask(None, "Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
    loop {
        if let Said::Answer { id, result } = tools.hear().await?
            && id == version
        {
            let said = result.map_err(|_| Gone)?;
            return Ok(said["userAgent"].as_str().unwrap_or_default().replace("HeadlessChrome", "Chrome"));
        }
    }
}

impl Browser {
    /// Opens an address, waits until the page has come to rest, and looks at it. `None`: the browser has ended, now or before.
    pub async fn look(&mut self, address: &str) -> Option<Sight> {
        if self.is_gone {
            return None;
        }
        let visit = visit::visit(&mut self.tools, &self.agent, address);
        match timeout(visit::AT_MOST + HANGS, visit).await {
            Ok(Ok(sight)) => Some(sight),
            Ok(Err(Gone)) | Err(_) => {
                self.is_gone = true;
                None
            }
        }
    }
}
