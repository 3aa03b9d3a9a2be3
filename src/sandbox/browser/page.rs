//! What is remembered of a page while the browser tells of it, in bounds.
//! May import: `probe/` (its words about pages), `domain/`.
//! Next: `visit.rs`, which listens.

use std::collections::HashMap;

use serde_json::Value;
use tokio::time::Instant;
use url::{Host, Url};

use crate::domain::facts::screenshots::{FailedRequest, Noted, ScreenshotTrouble};
use crate::probe::excerpt;

/// Errors of the console that are kept, and failed requests.
const KEPT: usize = 8;
/// Requests under way that are remembered.
const REQUESTS: usize = 1000;

pub(super) struct Page {
    /// The name of its main frame.
    pub main: String,
    pub loaded_at: Option<Instant>,
    /// When something was last loaded.
    pub active_at: Instant,
    pub status: Option<u16>,
    pub console: Noted<String>,
    pub failed: Noted<FailedRequest>,
    pub dialogs: u32,
    pub is_crashed: bool,
    /// Requests under way, by their ids.
    requests: HashMap<String, Request>,
    /// Where the main frame is, or could not come to.
    address: Option<String>,
    /// What kept it from coming there.
    error: Option<String>,
    moved: bool,
}

struct Request {
    address: String,
    /// Of which page: what an earlier one still waits for does not count.
    loader: String,
}

impl Page {
    pub fn new(now: Instant) -> Self {
        Self {
            main: String::new(),
            loaded_at: None,
            active_at: now,
            status: None,
            console: Noted::default(),
            failed: Noted::default(),
            dialogs: 0,
            is_crashed: false,
            requests: HashMap::new(),
            address: None,
            error: None,
            moved: false,
        }
    }

    pub fn is_loading(&self) -> bool {
        !self.requests.is_empty()
    }

    /// Whether something has happened, since it was last asked, that whoever waits for rest has to know.
    pub fn moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// Why what is shown is not a page of the application.
    pub fn trouble(&self) -> Option<ScreenshotTrouble> {
        if self.is_crashed {
            return Some(ScreenshotTrouble::Crashed);
        }
        let address = self.address.as_deref()?;
        if !is_own(address) {
            return Some(ScreenshotTrouble::LeadsOut { to: excerpt(address, 200) });
        }
        self.error.as_deref().map(|error| ScreenshotTrouble::NotLoaded { error: excerpt(error, 200) })
    }

    /// Takes an event. What a dialog is to be answered, where it is one.
    pub fn take(&mut self, method: &str, params: &Value) -> Option<bool> {
        match method {
            "Page.frameNavigated" => self.navigated(&params["frame"]),
            "Page.loadEventFired" => {
                self.loaded_at = Some(Instant::now());
                self.moved = true;
            }
            "Network.requestWillBeSent" => self.requested(params),
            "Network.responseReceived" => self.answered(params),
            "Network.loadingFinished" => {
                self.requests.remove(text(&params["requestId"]));
                self.touched();
            }
            "Network.loadingFailed" => self.failed(params),
            "Runtime.consoleAPICalled" if matches!(text(&params["type"]), "error" | "assert") => {
                let words = params["args"].as_array().into_iter().flatten().take(8).map(spoken);
                let words: Vec<String> = words.collect();
                self.complain(&words.join(" "));
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let said = details["exception"]["description"].as_str().unwrap_or_else(|| text(&details["text"]));
                self.complain(said.lines().next().unwrap_or_default());
            }
            "Log.entryAdded" => {
                let entry = &params["entry"];
                // What failed to load and what was thrown is told elsewhere, and better.
                if text(&entry["level"]) == "error" && !matches!(text(&entry["source"]), "network" | "javascript") {
                    self.complain(text(&entry["text"]));
                }
            }
            "Page.javascriptDialogOpening" => {
                self.dialogs = self.dialogs.saturating_add(1);
                return Some(text(&params["type"]) == "beforeunload");
            }
            "Inspector.targetCrashed" | "Inspector.detached" => {
                self.is_crashed = true;
                self.moved = true;
            }
            _ => {}
        }
        None
    }

    fn touched(&mut self) {
        self.active_at = Instant::now();
        self.moved = true;
    }

    fn navigated(&mut self, frame: &Value) {
        if frame.get("parentId").is_some() {
            return;
        }
        let unreachable = frame["unreachableUrl"].as_str();
        self.address = Some(unreachable.unwrap_or_else(|| text(&frame["url"])).to_owned());
        if unreachable.is_none() {
            self.error = None;
        } else if self.error.is_none() {
            self.error = Some("net::ERR_FAILED".to_owned());
        }
        self.loaded_at = None;
        let loader = text(&frame["loaderId"]);
        self.requests.retain(|_, request| request.loader == loader);
        self.touched();
    }

    fn is_main_document(&self, params: &Value) -> bool {
        text(&params["type"]) == "Document" && text(&params["frameId"]) == self.main
    }

    fn requested(&mut self, params: &Value) {
        let address = text(&params["request"]["url"]);
        if self.is_main_document(params) {
            self.address = Some(address.to_owned());
        }
        if !address.starts_with("data:") && self.requests.len() < REQUESTS {
            let address = address.chars().take(300).collect();
            let request = Request { address, loader: text(&params["loaderId"]).to_owned() };
            self.requests.insert(text(&params["requestId"]).to_owned(), request);
        }
        self.touched();
    }

    fn answered(&mut self, params: &Value) {
        let response = &params["response"];
        let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        if self.is_main_document(params) {
            self.status = status;
        } else if let Some(status) = status.filter(|&status| status >= 400) {
            self.note(text(&response["url"]), status.to_string());
        }
    }

    fn failed(&mut self, params: &Value) {
        let address = self.requests.remove(text(&params["requestId"])).map(|request| request.address);
        let error = text(&params["errorText"]).to_owned();
        self.touched();
        // The last known address of the page is what it came to.
        if text(&params["type"]) == "Document" && address.is_some() && address == self.address {
            self.error = Some(error);
        } else if let Some(address) = address.filter(|_| params["canceled"] != true) {
            self.note(&address, error);
        }
    }

    fn note(&mut self, address: &str, reason: String) {
        let leads_out = !is_own(address);
        let failed = FailedRequest { address: excerpt(address, 200), reason: excerpt(&reason, 100), leads_out };
        self.failed.note(failed, KEPT);
    }

    fn complain(&mut self, said: &str) {
        let said = excerpt(said, 300);
        if !said.is_empty() {
            self.console.note(said, KEPT);
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// An argument of `console.error`, as the console would show it.
fn spoken(argument: &Value) -> String {
    match (&argument["value"], argument["description"].as_str()) {
        (Value::String(said), _) => said.chars().take(300).collect(),
        (Value::Null, Some(said)) => said.lines().next().unwrap_or_default().chars().take(300).collect(),
        (value, _) => value.to_string().chars().take(300).collect(),
    }
}

/// Whether an address is one of the pod: what is written into the page itself counts as such.
fn is_own(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    match (url.scheme(), url.host()) {
        ("http" | "https" | "ws" | "wss", Some(Host::Domain(name))) => {
            name == "localhost" || name.ends_with(".localhost")
        }
        ("http" | "https" | "ws" | "wss", Some(Host::Ipv4(address))) => {
            address.is_loopback() || address.is_unspecified()
        }
        ("http" | "https" | "ws" | "wss", Some(Host::Ipv6(address))) => {
            address.is_loopback() || address.is_unspecified()
        }
        ("blob" | "data", _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(events: &[(&str, Value)]) -> Page {
        let mut page = Page::new(Instant::now());
        page.main = "main".to_owned();
        for (method, params) in events {
            page.take(method, params);
        }
        page
    }

    #[test]
    fn a_page_that_sends_its_visitors_away_is_told_from_one_that_fails() {
        let to =
            |url: &str| json!({ "type": "Document", "frameId": "main", "requestId": "1", "request": { "url": url } });
        let failed = json!({ "requestId": "1", "type": "Document", "errorText": "net::ERR_NAME_NOT_RESOLVED" });
        let out = page(&[
            ("Network.requestWillBeSent", to("http://localhost:5000/")),
            ("Network.requestWillBeSent", to("http://ailleurs.example/")),
            ("Network.loadingFailed", failed.clone()),
        ]);
        assert_eq!(out.trouble(), Some(ScreenshotTrouble::LeadsOut { to: "http://ailleurs.example/".into() }));
        let broken =
            page(&[("Network.requestWillBeSent", to("http://localhost:5000/")), ("Network.loadingFailed", failed)]);
        assert!(matches!(broken.trouble(), Some(ScreenshotTrouble::NotLoaded { .. })));
    }

    #[test]
    fn what_is_not_loaded_is_noted_once_with_whether_it_leads_out() {
        let asked = |id: &str, url: &str| json!({ "type": "Script", "requestId": id, "request": { "url": url } });
        let failed = |id: &str| json!({ "requestId": id, "type": "Script", "errorText": "net::ERR_NAME_NOT_RESOLVED" });
        let not_found = json!({ "type": "Image", "response": { "status": 404, "url": "http://127.0.0.1:5000/a.png" } });
        let page = page(&[
            ("Network.requestWillBeSent", asked("1", "https://cdn.example/x.js")),
            ("Network.loadingFailed", failed("1")),
            ("Network.requestWillBeSent", asked("2", "https://cdn.example/x.js")),
            ("Network.loadingFailed", failed("2")),
            ("Network.responseReceived", not_found),
        ]);
        let noted: Vec<_> = page.failed.first.iter().map(|one| (one.reason.as_str(), one.leads_out)).collect();
        assert_eq!(noted, [("net::ERR_NAME_NOT_RESOLVED", true), ("404", false)]);
        assert!(!page.is_loading());
    }

    #[test]
    fn a_flood_of_errors_is_counted_and_not_kept() {
        let thrown = |n: usize| json!({ "exceptionDetails": { "text": format!("faute {n}") } });
        let events: Vec<_> = (0..30).map(|n| ("Runtime.exceptionThrown", thrown(n))).collect();
        let page = page(&events);
        assert_eq!((page.console.first.len(), page.console.more), (KEPT, 30 - KEPT as u32));
    }
}
