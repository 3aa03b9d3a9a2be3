//! Chromium, driven through ChromeDriver as a person would drive it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

/// One browser window with a profile of its own.
pub struct Browser {
    pub client: Client,
    base: Url,
    driver: Child,
    profile: TempDir,
}

/// What a page is looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
}

pub const DESKTOP: Look = Look { width: 1360, height: 900, dark: false };
pub const DARK: Look = Look { dark: true, ..DESKTOP };
pub const PHONE: Look = Look { width: 375, height: 780, dark: false };

impl Browser {
    /// A browser that speaks French; without JavaScript where it is not wanted.
    pub async fn open(base: &Url, javascript: bool) -> Self {
        let (driver, port) = start_driver();
        let profile = TempDir::new().expect("a folder");
        let content = if javascript { 1 } else { 2 };
        let capabilities = json!({
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--hide-scrollbars", "--lang=fr", format!("--user-data-dir={}", profile.path().display()),
                ],
                "prefs": {
                    "intl.accept_languages": "fr",
                    "profile.managed_default_content_settings.javascript": content,
                },
            },
            // Every line that a page or its policy complains with.
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts (apt-get install chromium chromium-driver)");
        Self { client, base: base.clone(), driver, profile }
    }

    pub async fn goto(&self, path: &str) {
        let address = self.base.join(path).expect("a path");
        for _ in 0..5 {
            // A container that somebody starts or stops changes the machine's network: Chromium gives up what it loads.
            let arrived = self.client.goto(address.as_str()).await.is_ok();
            if arrived && self.run("return location.protocol").await == "http:" {
                return;
            }
        }
        panic!("{address} loads");
    }

    /// The path and query of the current page.
    pub async fn here(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url.as_str().trim_start_matches(self.base.as_str().trim_end_matches('/')).to_owned()
    }

    /// The visible text of the first element that fits; waits for it.
    pub async fn text(&self, css: &str) -> String {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(text) = self.texts(css).await.into_iter().next() {
                return text;
            }
            assert!(tokio::time::Instant::now() < deadline, "{css} appears");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The visible texts of all elements that fit.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        // In one step: a live page may change between two.
        let css = serde_json::to_string(css).expect("a text");
        let texts =
            self.run(&format!("return [...document.querySelectorAll({css})].map(e => e.innerText.trim())")).await;
        serde_json::from_value(texts).expect("texts")
    }

    /// Clicks what fits, by its visible text among the elements that a selector finds; waits for it.
    pub async fn click(&self, css: &str, text: &str) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while tokio::time::Instant::now() < deadline {
            for element in self.client.find_all(Locator::Css(css)).await.expect("a selector") {
                // What a live page has replaced in the meantime is looked for again.
                if element.text().await.is_ok_and(|shown| shown.contains(text)) && element.click().await.is_ok() {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no {css} says {text:?}: {:?}", self.texts(css).await);
    }

    /// Waits until the address is this path and query.
    pub async fn arrives(&self, path: &str) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while self.here().await != path {
            assert!(tokio::time::Instant::now() < deadline, "{path} is reached, not {}", self.here().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the text of an element holds these words.
    pub async fn wait_for(&self, css: &str, words: &str) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        loop {
            let texts = self.texts(css).await.join("\n");
            if texts.contains(words) {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "{css} says {words:?} in the end, not {texts:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What a script in the page returns.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("the script runs")
    }

    /// What the browser wrote to its console since it was last asked: refused styles, failed loads, errors.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(Driver::log()).await.expect("a log");
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub async fn look(&self, look: Look) {
        let metrics =
            json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let command = Driver::devtools(command, parameters);
        self.client.issue_cmd(command).await.expect("the browser obeys")
    }

    /// Keeps a picture of the whole page where `FORKGRADE_SHOTS` names a folder.
    pub async fn shoot(&self, name: &str) {
        let Some(folder) = shots() else { return };
        let shot = self.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        let picture = base64(shot["data"].as_str().expect("a picture"));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("a file");
    }
}

#[allow(clippy::disallowed_methods, reason = "a test has no settings")]
fn shots() -> Option<PathBuf> {
    std::env::var_os("FORKGRADE_SHOTS").map(PathBuf::from)
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for digit in text.bytes().filter_map(|byte| ALPHABET.iter().position(|&known| known == byte)) {
        bits = (bits << 6) | digit as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = nix::sys::signal::kill(Pid::from_raw(self.driver.id() as i32), Signal::SIGTERM);
        let _ = self.driver.wait();
        // The driver does not always take its Chromium along: what still works in this profile is ours to end.
        let profile = self.profile.path().display().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        for process in processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()) {
            let arguments = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            if String::from_utf8_lossy(&arguments).contains(&profile) {
                let _ = nix::sys::signal::kill(Pid::from_raw(process), Signal::SIGKILL);
            }
        }
    }
}

fn start_driver() -> (Child, u16) {
    let mut driver = Command::new("/usr/bin/chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed (apt-get install chromium-driver)");
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split("started successfully on port ").nth(1)?.trim_end_matches('.').parse().ok())
        .expect("chromedriver says its port");
    // Read on, so that it never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    (driver, port)
}

/// A command of ChromeDriver's own.
#[derive(Debug)]
struct Driver {
    path: &'static str,
    body: Value,
}

impl Driver {
    fn devtools(command: &str, parameters: Value) -> Self {
        Self { path: "goog/cdp/execute", body: json!({ "cmd": command, "params": parameters }) }
    }

    fn log() -> Self {
        Self { path: "se/log", body: json!({ "type": "browser" }) }
    }
}

impl WebDriverCompatibleCommand for Driver {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
