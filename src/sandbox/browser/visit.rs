//! One page in the browser: opened, waited for, looked at, closed. Whatever the page does, this ends in bounds.
//! May import: `probe/` (its words about pages), `domain/`, and within the room `devtools` and `page`.
//! Next: `page.rs` for what is remembered of it, `look.js` for what is read from it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::devtools::{DevTools, Gone, Said};
use super::page::Page;
use super::picture::{SCREEN, made_anew};
use crate::domain::facts::screenshots::{FailedRequest, Noted, ScreenshotTrouble};
use crate::probe::{CONTROLS, DATA, excerpt};

/// How long a page may take to come to rest.
const REST: Duration = Duration::from_secs(6);
/// It rests where nothing was loaded for so long.
const QUIET: Duration = Duration::from_millis(300);
/// Some ask for news without end: so long after the page itself was there, that is how it is.
const STREAMS: Duration = Duration::from_secs(3);
/// Charts move into place for about a second.
const DRAWS: Duration = Duration::from_millis(1100);
/// For reading it, for each picture of it, for closing it.
const STEP: Duration = Duration::from_secs(3);
/// Bound on a visit by its own bounds.
pub(super) const AT_MOST: Duration = Duration::from_secs(24);
/// Bytes of a picture.
const PICTURE: usize = 768 * 1024;
const LOOK: &str = include_str!("look.js");

/// What was seen of a page.
#[derive(Debug, Default)]
pub struct Sight {
    pub status: Option<u16>,
    pub title: String,
    /// The beginning of the visible text, and how many characters all of it has.
    pub text: String,
    pub characters: u32,
    pub data_elements: u32,
    /// Where its links lead, absolute, as the page has them.
    pub links: Vec<String>,
    pub console: Noted<String>,
    pub failed_requests: Noted<FailedRequest>,
    pub dialogs: u32,
    pub trouble: Option<ScreenshotTrouble>,
    /// WebP, as large as the screen; and the same, small. Both are made anew.
    pub pictures: Option<(Vec<u8>, Vec<u8>)>,
    pub milliseconds: u64,
}

/// What `look.js` answers.
#[derive(Debug, Default, Deserialize)]
struct Looked {
    title: String,
    text: String,
    characters: u32,
    data: u32,
    draws: bool,
    links: Vec<String>,
}

struct Visit<'t> {
    tools: &'t mut DevTools,
    /// The page's name, and the name of our talk about it.
    target: String,
    session: String,
    until: Instant,
    page: Page,
}

pub(super) async fn visit(tools: &mut DevTools, agent: &str, address: &str) -> Result<Sight, Gone> {
    let started = Instant::now();
    let mut visit = Visit {
        tools,
        target: String::new(),
        session: String::new(),
        until: started + REST,
        page: Page::new(Instant::now()),
    };
    let mut sight = Sight::default();
    visit.open(agent).await?;
    match visit.go(address).await? {
        Some(trouble) => sight.trouble = Some(trouble),
        None => visit.see(&mut sight).await?,
    }
    visit.close().await?;
    let page = visit.page;
    sight.trouble = page.is_crashed.then_some(ScreenshotTrouble::Crashed).or(sight.trouble);
    (sight.status, sight.dialogs) = (page.status, page.dialogs);
    (sight.console, sight.failed_requests) = (page.console, page.failed);
    sight.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(sight)
}

impl Visit<'_> {
    /// Takes what is said until `until`; an answer, where one came.
    async fn hear(&mut self, until: Instant) -> Result<Option<(u64, Result<Value, String>)>, Gone> {
        loop {
            // What is always ready would never be late.
            if Instant::now() >= until {
                return Ok(None);
            }
            let Ok(said) = timeout_at(until, self.tools.hear()).await else { return Ok(None) };
            match said? {
                Said::Answer { id, result } => return Ok(Some((id, result))),
                Said::Event { session, method, params } if session == self.session => {
                    if let Some(accept) = self.page.take(&method, &params) {
                        let closing = json!({ "accept": accept });
                        self.tools.ask(Some(&self.session), "Page.handleJavaScriptDialog", closing).await?;
                    }
                    if self.page.moved() {
                        // Whoever waits for rest looks again.
                        return Ok(Some((0, Ok(Value::Null))));
                    }
                }
                Said::Event { .. } => {}
            }
        }
    }

    /// Asks and waits for the answer, as far as time is left.
    async fn ask(&mut self, method: &str, params: Value) -> Result<Option<Result<Value, String>>, Gone> {
        let session = (!self.session.is_empty()).then_some(self.session.as_str());
        let asked = self.tools.ask(session, method, params).await?;
        while Instant::now() < self.until {
            match self.hear(self.until).await? {
                Some((id, result)) if id == asked => return Ok(Some(result)),
                _ => {}
            }
        }
        Ok(None)
    }

    async fn open(&mut self, agent: &str) -> Result<(), Gone> {
        let name = |answer: Option<Result<Value, String>>, key: &str| match answer {
            Some(Ok(value)) => value[key].as_str().map(str::to_owned).ok_or(Gone),
            _ => Err(Gone),
        };
        let made = self.ask("Target.createTarget", json!({ "url": "about:blank" })).await?;
        self.target = name(made, "targetId")?;
        let attach = json!({ "targetId": self.target, "flatten": true });
        let attached = self.ask("Target.attachToTarget", attach).await?;
        self.session = name(attached, "sessionId")?;
        self.page.main = self.target.clone();
        let screen = json!({ "width": SCREEN.0, "height": SCREEN.1, "deviceScaleFactor": 1, "mobile": false });
        let agent = json!({ "userAgent": agent, "acceptLanguage": "fr-FR,fr,en" });
        let nothing = || json!({});
        for (method, params) in [
            ("Page.enable", nothing()),
            ("Runtime.enable", nothing()),
            ("Network.enable", nothing()),
            ("Log.enable", nothing()),
            ("Inspector.enable", nothing()),
            ("Emulation.setDeviceMetricsOverride", screen),
        ] {
            self.tools.ask(Some(&self.session), method, params).await?;
        }
        // What is answered in turn is in force: a page in a process of its own would else begin before it is listened to.
        self.ask("Emulation.setUserAgentOverride", agent).await?;
        Ok(())
    }

    /// Opens the address and waits until the page rests. What keeps anybody from seeing it.
    async fn go(&mut self, address: &str) -> Result<Option<ScreenshotTrouble>, Gone> {
        let late = || ScreenshotTrouble::NotLoaded { error: "net::ERR_TIMED_OUT".to_owned() };
        let answer = self.ask("Page.navigate", json!({ "url": address })).await?;
        let error = match answer {
            None => return Ok(Some(self.page.trouble().unwrap_or_else(late))),
            Some(Ok(answer)) if answer["isDownload"] == true => return Ok(Some(ScreenshotTrouble::Download)),
            Some(Ok(answer)) => answer["errorText"].as_str().map(str::to_owned),
            Some(Err(error)) => Some(error),
        };
        if let Some(error) = error {
            let error = excerpt(&error, 200);
            return Ok(Some(self.page.trouble().unwrap_or(ScreenshotTrouble::NotLoaded { error })));
        }
        self.rest().await?;
        Ok(self.page.trouble())
    }

    /// Waits until nothing is loaded any more, or has been for too long.
    async fn rest(&mut self) -> Result<(), Gone> {
        loop {
            let rests_at = match self.page.loaded_at {
                None => self.until,
                Some(loaded) if self.page.is_loading() => loaded + STREAMS,
                Some(loaded) => (self.page.active_at.max(loaded) + QUIET).min(loaded + STREAMS),
            };
            let rests_at = rests_at.min(self.until);
            if self.page.is_crashed || Instant::now() >= rests_at {
                return Ok(());
            }
            self.hear(rests_at).await?;
        }
    }

    /// Reads the page, waits for what is drawn, takes its pictures.
    async fn see(&mut self, sight: &mut Sight) -> Result<(), Gone> {
        let mut looked = self.look().await?;
        // Scripts that kept it busy have asked for more in the meantime.
        if looked.is_some() && self.page.is_loading() {
            self.until = Instant::now() + STEP;
            self.rest().await?;
            looked = self.look().await?;
        }
        if looked.as_ref().is_some_and(|looked| looked.draws) {
            let drawn = self.page.loaded_at.unwrap_or_else(Instant::now) + DRAWS;
            while Instant::now() < drawn {
                self.hear(drawn).await?;
            }
            looked = self.look().await?;
        }
        sight.trouble = self.page.trouble();
        let Some(looked) = looked else {
            sight.trouble.get_or_insert(ScreenshotTrouble::NeverRests);
            return Ok(());
        };
        (sight.title, sight.text) = (looked.title, looked.text);
        (sight.characters, sight.data_elements) = (looked.characters, looked.data);
        sight.links = looked.links;
        if sight.trouble.is_none() {
            sight.pictures = self.pictures().await?;
            // What it shows may have gone elsewhere in that very moment.
            sight.trouble = self.page.trouble();
            if sight.trouble.is_some() {
                sight.pictures = None;
            } else if sight.pictures.is_none() {
                sight.trouble = Some(ScreenshotTrouble::NeverRests);
            } else if let Some((large, small)) = sight.pictures.take() {
                sight.pictures = made_anew(large).await.zip(made_anew(small).await);
                sight.trouble = sight.pictures.is_none().then_some(ScreenshotTrouble::NoPicture);
            }
        }
        Ok(())
    }

    /// In a world of its own, where the page's scripts have changed nothing.
    async fn look(&mut self) -> Result<Option<Looked>, Gone> {
        self.until = Instant::now() + STEP;
        let world = json!({ "frameId": self.target, "worldName": "forkgrade" });
        let Some(Ok(world)) = self.ask("Page.createIsolatedWorld", world).await? else { return Ok(None) };
        let expression = format!("({LOOK})({}, {})", Value::from(DATA), Value::from(CONTROLS));
        let evaluate = json!({
            "expression": expression,
            "contextId": world["executionContextId"],
            "returnByValue": true,
            "timeout": 2000,
        });
        let Some(Ok(answer)) = self.ask("Runtime.evaluate", evaluate).await? else { return Ok(None) };
        Ok(Looked::deserialize(&answer["result"]["value"]).ok())
    }

    async fn pictures(&mut self) -> Result<Option<(Vec<u8>, Vec<u8>)>, Gone> {
        for quality in [75, 30] {
            self.until = Instant::now() + STEP;
            let Some(large) = self.picture(json!({ "format": "webp", "quality": quality })).await? else { continue };
            let small = json!({ "x": 0, "y": 0, "width": SCREEN.0, "height": SCREEN.1, "scale": 0.375 });
            let small = self.picture(json!({ "format": "webp", "quality": quality, "clip": small })).await?;
            return Ok(small.map(|small| (large, small)));
        }
        Ok(None)
    }

    /// `None` where none came, or one that is too large to keep.
    async fn picture(&mut self, params: Value) -> Result<Option<Vec<u8>>, Gone> {
        let Some(Ok(answer)) = self.ask("Page.captureScreenshot", params).await? else { return Ok(None) };
        let picture = answer["data"].as_str().and_then(|data| STANDARD.decode(data).ok());
        Ok(picture.filter(|picture| picture.len() <= PICTURE))
    }

    async fn close(&mut self) -> Result<(), Gone> {
        self.until = Instant::now() + STEP;
        let target = json!({ "targetId": self.target });
        let asked = self.tools.ask(None, "Target.closeTarget", target).await?;
        while Instant::now() < self.until {
            if self.hear(self.until).await?.is_some_and(|(id, _)| id == asked) {
                return Ok(());
            }
        }
        Ok(())
    }
}
