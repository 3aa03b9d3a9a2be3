//! The GitHub Apps of the test's GitHub: JWTs really verified, tokens for the repositories that were asked for and no other, check
//! runs and commit statuses as GitHub takes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use forkgrade::clock::Clock;
use forkgrade::settings::{GithubApp, Secret};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::logs;

pub const APP_ID: u64 = 4242;

#[derive(Clone)]
struct Installation {
    number: u64,
    repo: i64,
    permissions: BTreeMap<String, String>,
    suspended: bool,
}

struct Token {
    repos: BTreeSet<i64>,
    permissions: BTreeMap<String, String>,
}

#[derive(Default)]
struct Registry {
    public_key: Vec<u8>,
    /// By the name under which the repository goes now.
    installations: BTreeMap<String, Installation>,
    names: BTreeMap<String, i64>,
    tokens: BTreeMap<String, Token>,
    /// Personal tokens that may push, with the repository.
    pushers: BTreeSet<(String, String)>,
    check_runs: Vec<Value>,
    statuses: Vec<Value>,
    deliveries: Vec<Value>,
    hook: Option<String>,
}

/// The apps of one GitHub.
#[derive(Clone, Default)]
pub struct Apps {
    registry: Arc<Mutex<Registry>>,
    repos: PathBuf,
}

/// Tokens run out by the real time.
fn now() -> DateTime<Utc> {
    Clock::System.now()
}

#[derive(Deserialize)]
struct Claims {
    iss: Value,
    iat: i64,
    exp: i64,
}

impl Apps {
    pub fn new(repos: PathBuf) -> Self {
        Self { registry: Arc::default(), repos }
    }

    /// Somebody makes an app: GitHub keeps the public key and hands out the private one.
    pub fn register(&self) -> GithubApp {
        let made = |args: &[&str], input: &[u8]| {
            use std::io::Write;
            let mut command = Command::new("openssl");
            command.args(args).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
            let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("openssl is installed");
            child.stdin.take().expect("its input").write_all(input).expect("the key goes in");
            child.wait_with_output().expect("openssl ends").stdout
        };
        let private = made(&["genrsa", "-traditional", "2048"], b"");
        self.registry.lock().unwrap().public_key = made(&["rsa", "-pubout"], &private);
        let pem = String::from_utf8(private).expect("PEM");
        logs::secret(pem.lines().nth(1).expect("a line of the key"));
        GithubApp { id: APP_ID, private_key: Secret::new(pem) }
    }

    /// The app is installed on a repository, with what it may do there.
    pub fn install(&self, full_name: &str, repo: i64, permissions: &[(&str, &str)]) {
        let mut registry = self.registry.lock().unwrap();
        let number = 7000 + registry.installations.len() as u64;
        let permissions = permissions.iter().map(|(what, how)| (what.to_string(), how.to_string())).collect();
        registry.names.insert(full_name.to_owned(), repo);
        registry
            .installations
            .insert(full_name.to_owned(), Installation { number, repo, permissions, suspended: false });
    }

    pub fn suspend(&self, full_name: &str) {
        self.registry.lock().unwrap().installations.get_mut(full_name).expect("an installation").suspended = true;
    }

    /// The owner of a token may push to a repository.
    pub fn allow(&self, token: &str, full_name: &str, repo: i64) {
        let mut registry = self.registry.lock().unwrap();
        registry.names.insert(full_name.to_owned(), repo);
        registry.pushers.insert((token.to_owned(), full_name.to_owned()));
    }

    /// Where GitHub delivers the app's events, and what came of them.
    pub fn deliver_to(&self, url: &str, codes: &[i32]) {
        let mut registry = self.registry.lock().unwrap();
        registry.hook = Some(url.to_owned());
        registry.deliveries = codes
            .iter()
            .map(|code| json!({ "delivered_at": now(), "status": "x", "status_code": code, "event": "push" }))
            .collect();
    }

    /// Every token loses its worth, as when GitHub revokes them.
    pub fn revoke_tokens(&self) {
        self.registry.lock().unwrap().tokens.clear();
    }

    pub fn check_runs(&self) -> Vec<Value> {
        self.registry.lock().unwrap().check_runs.clone()
    }

    pub fn statuses(&self) -> Vec<Value> {
        self.registry.lock().unwrap().statuses.clone()
    }

    fn is_app(&self, jwt: &str) -> bool {
        let registry = self.registry.lock().unwrap();
        let Ok(key) = DecodingKey::from_rsa_pem(&registry.public_key) else { return false };
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_required_spec_claims(&["exp"]);
        let Ok(claims) = decode::<Claims>(jwt, &key, &rules).map(|jwt| jwt.claims) else { return false };
        let is_ours = claims.iss == json!(APP_ID) || claims.iss == json!(APP_ID.to_string());
        // GitHub takes none that lives longer than ten minutes.
        is_ours && claims.exp - claims.iat <= 660 && claims.iat <= now().timestamp()
    }

    fn installation(&self, full_name: &str) -> Response {
        match self.registry.lock().unwrap().installations.get(full_name) {
            Some(one) => Json(json!({
                "id": one.number, "permissions": one.permissions, "suspended_at": one.suspended.then(now),
            }))
            .into_response(),
            None => refused(StatusCode::NOT_FOUND, "Not Found"),
        }
    }

    fn token(&self, number: u64, wanted: &Value) -> Response {
        let mut registry = self.registry.lock().unwrap();
        let Some(one) = registry.installations.values().find(|one| one.number == number && !one.suspended).cloned()
        else {
            return refused(StatusCode::NOT_FOUND, "Not Found");
        };
        let repos: BTreeSet<i64> = match wanted["repository_ids"].as_array() {
            Some(ids) => ids.iter().filter_map(Value::as_i64).collect(),
            None => [one.repo].into(),
        };
        if repos != BTreeSet::from([one.repo]) {
            return refused(
                StatusCode::UNPROCESSABLE_ENTITY,
                "There is at least one repository that does not exist or is not accessible",
            );
        }
        let token = format!("ghs_{}", forkgrade::random::token());
        logs::secret(&token);
        registry.tokens.insert(token.clone(), Token { repos, permissions: one.permissions });
        let expires_at = (now() + TimeDelta::hours(1)).to_rfc3339();
        let body = json!({ "token": token, "expires_at": expires_at, "permissions": {}, "repositories": [] });
        (StatusCode::CREATED, Json(body)).into_response()
    }

    /// Whether the bearer may write such a thing on a repository.
    fn may(&self, bearer: &str, full_name: &str, what: &str) -> bool {
        let registry = self.registry.lock().unwrap();
        let by_installation =
            registry.tokens.get(bearer).zip(registry.names.get(full_name)).is_some_and(|(token, repo)| {
                token.repos.contains(repo) && token.permissions.get(what).is_some_and(|how| how == "write")
            });
        // Check runs are for apps alone.
        by_installation || (what == "statuses" && registry.pushers.contains(&(bearer.to_owned(), full_name.to_owned())))
    }

    fn holds(&self, full_name: &str, commit: &str) -> bool {
        let repository =
            git2::Repository::open_bare(self.repos.join(format!("{full_name}.git"))).expect("a repository");
        git2::Oid::from_str(commit).is_ok_and(|id| repository.find_commit(id).is_ok())
    }

    fn check_run(&self, full_name: &str, known: Option<u64>, mut body: Value) -> Response {
        let commit = body["head_sha"].as_str().map(str::to_owned);
        if known.is_none() && !commit.is_some_and(|commit| self.holds(full_name, &commit)) {
            return refused(StatusCode::UNPROCESSABLE_ENTITY, "No commit found for SHA");
        }
        let annotations = body["output"]["annotations"].as_array().cloned().unwrap_or_default();
        let is_whole = |one: &Value| {
            one["start_line"].as_u64().is_some_and(|line| line > 0)
                && ["notice", "warning", "failure"].contains(&one["annotation_level"].as_str().unwrap_or_default())
                && ["path", "message"].iter().all(|part| one[part].as_str().is_some_and(|text| !text.is_empty()))
        };
        if annotations.len() > 50 || !annotations.iter().all(is_whole) || body["output"]["summary"].as_str().is_none() {
            return refused(StatusCode::UNPROCESSABLE_ENTITY, "Invalid request");
        }
        let mut registry = self.registry.lock().unwrap();
        let id = match known {
            Some(id) => {
                let Some(run) = registry.check_runs.iter_mut().find(|run| run["id"] == json!(id)) else {
                    return refused(StatusCode::NOT_FOUND, "Not Found");
                };
                run["output"]["annotations"].as_array_mut().expect("a list").extend(annotations);
                id
            }
            None => {
                let id = 1 + registry.check_runs.len() as u64;
                body["id"] = json!(id);
                body["repository"] = json!(full_name);
                registry.check_runs.push(body);
                id
            }
        };
        (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
    }

    fn status(&self, full_name: &str, commit: &str, mut body: Value) -> Response {
        if !self.holds(full_name, commit) || body["description"].as_str().is_some_and(|text| text.chars().count() > 140)
        {
            return refused(StatusCode::UNPROCESSABLE_ENTITY, "No commit found for SHA");
        }
        body["sha"] = json!(commit);
        body["repository"] = json!(full_name);
        self.registry.lock().unwrap().statuses.push(body);
        (StatusCode::CREATED, Json(json!({ "id": 1 }))).into_response()
    }
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message, "documentation_url": "", "status": status.as_u16().to_string() })))
        .into_response()
}

/// Answers what apps ask; everything else goes on.
pub async fn answer(State(apps): State<Apps>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
    let bearer =
        bearer.and_then(|header| header.split_once(' ')).map(|(_, token)| token.to_owned()).unwrap_or_default();
    let method = request.method().clone();
    let needs_app = matches!(parts.as_slice(), ["app", ..] | ["repos", _, _, "installation"]);
    if needs_app && !apps.is_app(&bearer) {
        return refused(StatusCode::UNAUTHORIZED, "A JSON web token could not be decoded");
    }
    // A token that was revoked is worth nothing anywhere.
    if bearer.starts_with("ghs_") && !apps.registry.lock().unwrap().tokens.contains_key(&bearer) {
        return refused(StatusCode::UNAUTHORIZED, "Bad credentials");
    }
    let may = |owner: &str, name: &str, what: &str| apps.may(&bearer, &format!("{owner}/{name}"), what);
    match (&method, parts.as_slice()) {
        (&Method::GET, ["app"]) => {
            let permissions = json!({ "checks": "write", "contents": "read", "metadata": "read" });
            Json(json!({ "name": "forkgrade of the test", "html_url": "https://github.example/apps/forkgrade", "permissions": permissions, "events": ["push"], "installations_count": 2 }))
                .into_response()
        }
        (&Method::GET, ["app", "hook", "config"]) => {
            Json(json!({ "url": apps.registry.lock().unwrap().hook, "content_type": "json" })).into_response()
        }
        (&Method::GET, ["app", "hook", "deliveries"]) => {
            Json(apps.registry.lock().unwrap().deliveries.clone()).into_response()
        }
        (&Method::GET, ["repos", owner, name, "installation"]) => apps.installation(&format!("{owner}/{name}")),
        (&Method::POST, ["app", "installations", number, "access_tokens"]) => {
            let wanted = body(request).await;
            apps.token(number.parse().unwrap_or_default(), &wanted)
        }
        (&Method::POST, ["repos", owner, name, "check-runs"]) if may(owner, name, "checks") => {
            apps.check_run(&format!("{owner}/{name}"), None, body(request).await)
        }
        (&Method::PATCH, ["repos", owner, name, "check-runs", id]) if may(owner, name, "checks") => {
            apps.check_run(&format!("{owner}/{name}"), id.parse().ok(), body(request).await)
        }
        (&Method::POST, ["repos", owner, name, "statuses", commit]) if may(owner, name, "statuses") => {
            apps.status(&format!("{owner}/{name}"), commit, body(request).await)
        }
        (&Method::POST | &Method::PATCH, ["repos", _, _, "check-runs" | "statuses", ..]) => {
            refused(StatusCode::FORBIDDEN, "Resource not accessible by integration")
        }
        _ => next.run(request).await,
    }
}

async fn body(request: Request) -> Value {
    let body = to_bytes(request.into_body(), 1 << 22).await.expect("a body");
    serde_json::from_slice(&body).unwrap_or(Value::Null)
}
