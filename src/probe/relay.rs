//! Selenium's usual address in a pod: passes what clients of any age ask on to the run's ChromeDriver, in words that it takes.
//! Runs in a container of its own: students' programs talk to it.
//! May import: axum, reqwest, serde_json.
//! Next: `sandbox/browser/remote.rs` starts it.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// Where Selenium's clients look.
pub const SELENIUM: u16 = 4444;
/// Where ChromeDriver listens.
pub const DRIVER: u16 = 4445;
/// Bytes of a question: files are uploaded with it.
const QUESTION: usize = 32 * 1024 * 1024;
/// Clients wait for slow pages themselves.
const ANSWER: Duration = Duration::from_secs(320);
/// Further ports at once: one for each driver that a program starts.
const PORTS: usize = 16;
/// What a client may say about a session, besides its browser.
const KEPT: [&str; 5] =
    ["acceptInsecureCerts", "pageLoadStrategy", "strictFileInteractability", "timeouts", "unhandledPromptBehavior"];
/// Arguments that are ours to decide.
const OURS: [&str; 12] = [
    "binary",
    "headless",
    "load-extension",
    "no-sandbox",
    "disable-dev-shm-usage",
    "remote-debugging",
    "user-data-dir",
    // As the way out has it: a proxy that they name is not reached from here.
    "proxy-",
    "no-proxy-server",
    "host-resolver-rules",
    "host-rules",
    "ignore-certificate-errors-spki-list",
];

#[derive(Clone)]
struct Relay {
    http: reqwest::Client,
    /// The browser's program, where ChromeDriver would not find it.
    binary: Option<String>,
    /// What it is started with besides.
    flags: Arc<[String]>,
    /// The ports that are served besides the usual one.
    ports: Arc<Mutex<BTreeSet<u16>>>,
}

/// Serves until it is killed.
pub async fn serve(binary: Option<String>, flags: Vec<String>) -> std::io::Result<()> {
    let http = super::http().timeout(ANSWER).build().map_err(std::io::Error::other)?;
    listen(SELENIUM, Relay { http, binary, flags: flags.into(), ports: Arc::default() }).await
}

async fn listen(port: u16, relay: Relay) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    axum::serve(listener, router(relay)).await
}

fn router(relay: Relay) -> Router {
    Router::new().route("/forkgrade/also/{port}", post(also)).fallback(pass_on).with_state(relay)
}

/// What stands in for a driver's program asks for the port that it should have served.
async fn also(State(relay): State<Relay>, Path(port): Path<u16>) -> StatusCode {
    let is_new = {
        let mut ports = relay.ports.lock().unwrap_or_else(PoisonError::into_inner);
        if ports.len() >= PORTS {
            return StatusCode::TOO_MANY_REQUESTS;
        }
        ports.insert(port)
    };
    if !is_new || port == SELENIUM {
        return StatusCode::OK;
    }
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => {
            // A route that opens routes: the future's type would hold itself.
            let serving: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
                let _ = axum::serve(listener, router(relay)).await;
            });
            tokio::spawn(serving);
            StatusCode::OK
        }
        Err(_) => StatusCode::CONFLICT,
    }
}

async fn pass_on(State(relay): State<Relay>, request: Request) -> Response {
    let method = request.method().clone();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // Selenium 3 has everything below this.
    let path = path.strip_prefix("/wd/hub").filter(|rest| rest.starts_with('/')).unwrap_or(path).to_owned();
    let Ok(mut body) = to_bytes(request.into_body(), QUESTION).await.map(Vec::from) else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if method == Method::POST && path == "/session" {
        body = session(&body, relay.binary.as_deref(), &relay.flags);
    }
    let question = relay.http.request(method, format!("http://127.0.0.1:{DRIVER}{path}"));
    let question = question.header(header::CONTENT_TYPE, "application/json").body(body);
    let answered = async {
        let answer = question.send().await?;
        Ok::<_, reqwest::Error>((answer.status(), answer.bytes().await?))
    };
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    match answered.await {
        Ok((status, body)) => (status, kind, body).into_response(),
        Err(error) => {
            let message = format!("the browser of this run does not answer: {error}");
            let value = json!({ "value": { "error": "unknown error", "message": message, "stacktrace": "" } });
            (StatusCode::INTERNAL_SERVER_ERROR, kind, value.to_string()).into_response()
        }
    }
}

/// A session of the browser that is there, whichever was asked for, by a client of whichever age.
fn session(asked: &[u8], binary: Option<&str>, flags: &[String]) -> Vec<u8> {
    let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
    let layers = match asked.get("capabilities") {
        Some(modern) => vec![modern.get("alwaysMatch"), modern.pointer("/firstMatch/0")],
        None => vec![asked.get("desiredCapabilities")],
    };
    let layers: Vec<&Map<String, Value>> = layers.into_iter().flatten().filter_map(Value::as_object).collect();
    let mut wanted = Map::new();
    for (name, value) in layers.iter().flat_map(|layer| layer.iter()).filter(|(name, _)| KEPT.contains(&name.as_str()))
    {
        wanted.insert(name.clone(), value.clone());
    }
    let options =
        ["goog:chromeOptions", "chromeOptions"].iter().find_map(|name| layers.iter().find_map(|l| l.get(*name)));
    let is_theirs = |argument: &&str| !OURS.iter().any(|ours| argument.trim_start_matches('-').starts_with(ours));
    let theirs = options.and_then(|options| options["args"].as_array()).into_iter().flatten();
    let theirs = theirs.filter_map(Value::as_str).filter(is_theirs).map(str::to_owned);
    let ours = ["--headless", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"].map(str::to_owned);
    let ours = ours.into_iter().chain(flags.iter().cloned());
    let mut chrome = json!({ "args": ours.chain(theirs).collect::<Vec<_>>() });
    if let Some(prefs) = options.and_then(|options| options.get("prefs")).filter(|prefs| prefs.is_object()) {
        chrome["prefs"] = prefs.clone();
    }
    if let Some(binary) = binary {
        chrome["binary"] = binary.into();
    }
    wanted.insert("goog:chromeOptions".to_owned(), chrome);
    json!({ "capabilities": { "alwaysMatch": wanted } }).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: Value) -> Value {
        let made: Value =
            serde_json::from_slice(&session(body.to_string().as_bytes(), Some("/b"), &["--proxy-server=p".to_owned()]))
                .unwrap();
        made["capabilities"]["alwaysMatch"].clone()
    }

    #[test]
    fn firefox_of_a_modern_client_becomes_the_browser_that_is_there() {
        let wanted = asked(json!({ "capabilities": { "firstMatch": [{}], "alwaysMatch": {
            "browserName": "firefox", "pageLoadStrategy": "eager", "moz:firefoxOptions": { "args": ["-headless"] } } } }));
        assert_eq!(wanted["pageLoadStrategy"], "eager");
        assert_eq!(wanted["goog:chromeOptions"]["binary"], "/b");
        assert!(wanted.get("browserName").is_none() && wanted.get("moz:firefoxOptions").is_none(), "{wanted}");
    }

    #[test]
    fn arguments_are_kept_but_for_those_that_are_ours() {
        let args =
            json!(["--headless=new", "window-size=800,600", "--user-data-dir=/x", "--proxy-server=q", "--lang=fr", 7]);
        let old = json!({ "desiredCapabilities": { "browserName": "chrome", "chromeOptions": { "args": args, "prefs": { "a": 1 } } } });
        let wanted = asked(old);
        let args = wanted["goog:chromeOptions"]["args"].as_array().unwrap();
        let args: Vec<_> = args.iter().skip(4).filter_map(Value::as_str).collect();
        assert_eq!(args, ["--proxy-server=p", "window-size=800,600", "--lang=fr"]);
        assert_eq!(wanted["goog:chromeOptions"]["prefs"]["a"], 1);
    }

    #[test]
    fn what_is_no_json_asks_for_an_ordinary_session() {
        let made: Value = serde_json::from_slice(&session(b"{", None, &[])).unwrap();
        assert!(made["capabilities"]["alwaysMatch"]["goog:chromeOptions"]["args"].is_array());
    }
}
