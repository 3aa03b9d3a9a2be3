//! The people of the test's GitHub, and its OAuth: authorize, token with PKCE really verified, `/user`, permissions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use forkgrade::settings::{OauthApp, Secret};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::logs;

/// The OAuth app of every test.
pub const CLIENT_ID: &str = "Iv1.0123456789abcdef";
pub const CLIENT_SECRET: &str = "the secret of the OAuth app";
/// A service token that may ask about collaborators.
pub const SERVICE_TOKEN: &str = "ghp_the-service's-own-token";

/// As the service is configured for it.
pub fn oauth_app() -> OauthApp {
    [CLIENT_SECRET, SERVICE_TOKEN].iter().for_each(|secret| logs::secret(secret));
    OauthApp { client_id: CLIENT_ID.to_owned(), client_secret: Secret::new(CLIENT_SECRET) }
}

/// A code that was handed out and not used.
struct Grant {
    login: String,
    redirect: String,
    challenge: Option<String>,
}

#[derive(Default)]
struct Registry {
    /// Login and number.
    people: BTreeMap<String, i64>,
    /// Repositories that are only owned: their number, and their owner's.
    owners: BTreeMap<i64, i64>,
    /// Who may push where.
    pushers: BTreeSet<(String, String)>,
    /// Who sits before the browser; nobody declines.
    present: Option<String>,
    /// The callback that the app is registered with.
    callback: String,
    codes: BTreeMap<String, Grant>,
    /// Whose every token is that was handed out.
    tokens: BTreeMap<String, String>,
}

/// Accounts of one GitHub.
#[derive(Clone, Default)]
pub struct Accounts(Arc<Mutex<Registry>>);

impl Accounts {
    /// Somebody has an account.
    pub fn join(&self, login: &str, number: i64) {
        self.0.lock().unwrap().people.insert(login.to_owned(), number);
    }

    /// An account takes another login.
    pub fn rename(&self, from: &str, to: &str) {
        let mut registry = self.0.lock().unwrap();
        let number = registry.people.remove(from).expect("an account");
        registry.people.insert(to.to_owned(), number);
    }

    /// Somebody sits before the browser and agrees to what is asked.
    pub fn sit_down(&self, login: Option<&str>) {
        self.0.lock().unwrap().present = login.map(str::to_owned);
    }

    pub fn allow_push(&self, login: &str, repository: &str) {
        self.0.lock().unwrap().pushers.insert((login.to_owned(), repository.to_owned()));
    }

    pub fn forbid_push(&self, login: &str, repository: &str) {
        self.0.lock().unwrap().pushers.remove(&(login.to_owned(), repository.to_owned()));
    }

    /// A repository's number, and that of its owner.
    pub fn own(&self, repository: i64, owner: i64) {
        self.0.lock().unwrap().owners.insert(repository, owner);
    }

    /// The OAuth app's registered callback.
    pub fn register_callback(&self, address: &str) {
        self.0.lock().unwrap().callback = address.to_owned();
    }

    /// Every token that was handed out.
    pub fn tokens(&self) -> Vec<String> {
        self.0.lock().unwrap().tokens.keys().cloned().collect()
    }

    fn authorize(&self, query: &BTreeMap<String, String>) -> Response {
        let mut registry = self.0.lock().unwrap();
        let get = |name: &str| query.get(name).cloned();
        let redirect = get("redirect_uri").unwrap_or_default();
        // GitHub shows a page of its own then, and sends nobody anywhere.
        if get("client_id").as_deref() != Some(CLIENT_ID) || redirect != registry.callback {
            return (StatusCode::BAD_REQUEST, "The redirect_uri is not associated with this application.")
                .into_response();
        }
        let mut back = url::Url::parse(&redirect).expect("an address");
        let state = get("state").unwrap_or_default();
        let Some(login) = registry.present.clone() else {
            back.query_pairs_mut().append_pair("error", "access_denied").append_pair("state", &state);
            return Redirect::to(back.as_str()).into_response();
        };
        let challenge = get("code_challenge").filter(|_| get("code_challenge_method").as_deref() == Some("S256"));
        let code = forkgrade::random::token()[..20].to_owned();
        logs::secret(&code);
        registry.codes.insert(code.clone(), Grant { login, redirect, challenge });
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &state);
        Redirect::to(back.as_str()).into_response()
    }

    /// GitHub refuses with status 200.
    fn token(&self, form: &BTreeMap<String, String>) -> Value {
        let mut registry = self.0.lock().unwrap();
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if (get("client_id"), get("client_secret")) != (CLIENT_ID, CLIENT_SECRET) {
            return json!({ "error": "incorrect_client_credentials" });
        }
        // A code is worth one attempt.
        let Some(grant) = registry.codes.remove(get("code")) else {
            return json!({ "error": "bad_verification_code" });
        };
        if get("redirect_uri") != grant.redirect {
            return json!({ "error": "redirect_uri_mismatch" });
        }
        let shown = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier").as_bytes()));
        if grant.challenge.as_deref() != Some(shown.as_str()) {
            return json!({ "error": "bad_verification_code" });
        }
        let token = format!("gho_{}", forkgrade::random::token());
        logs::secret(&token);
        registry.tokens.insert(token.clone(), grant.login);
        json!({ "access_token": token, "token_type": "bearer", "scope": "" })
    }

    fn user(&self, login: &str) -> Value {
        let registry = self.0.lock().unwrap();
        json!({ "login": login, "id": registry.people.get(login), "type": "User" })
    }

    fn may_push(&self, login: &str, repository: &str) -> bool {
        self.0.lock().unwrap().pushers.contains(&(login.to_owned(), repository.to_owned()))
    }

    fn permission(&self, repository: &str, login: &str) -> Response {
        if !self.0.lock().unwrap().people.contains_key(login) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let permission = if self.may_push(login, repository) { "write" } else { "read" };
        Json(json!({ "permission": permission, "user": self.user(login) })).into_response()
    }

    fn owner(&self, repository: &str) -> Option<i64> {
        self.0.lock().unwrap().owners.get(&repository.parse().ok()?).copied()
    }

    fn bearer(&self, request: &Request) -> Option<String> {
        let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
        let token = header.split_once(' ')?.1;
        self.0.lock().unwrap().tokens.get(token).cloned()
    }
}

fn pairs(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// Answers what is asked about people; everything else goes on to the repositories.
pub async fn answer(State(accounts): State<Accounts>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let asks = accounts.bearer(&request);
    match (request.method(), parts.as_slice()) {
        (&Method::GET, ["login", "oauth", "authorize"]) => {
            accounts.authorize(&pairs(request.uri().query().unwrap_or_default().as_bytes()))
        }
        (&Method::POST, ["login", "oauth", "access_token"]) => {
            let body = to_bytes(request.into_body(), 1 << 16).await.expect("a short body");
            Json(accounts.token(&pairs(&body))).into_response()
        }
        (&Method::GET, ["user"]) if asks.is_some() => Json(accounts.user(&asks.unwrap_or_default())).into_response(),
        (&Method::GET, ["repos", owner, name, "collaborators", login, "permission"]) => {
            let is_service = request
                .headers()
                .get(header::AUTHORIZATION)
                .is_some_and(|h| h.to_str().is_ok_and(|text| text.ends_with(SERVICE_TOKEN)));
            if is_service {
                accounts.permission(&format!("{owner}/{name}"), login)
            } else {
                StatusCode::FORBIDDEN.into_response()
            }
        }
        (&Method::GET, ["repositories", id]) if accounts.owner(id).is_some() => {
            Json(json!({ "id": id.parse::<i64>().ok(), "owner": { "id": accounts.owner(id) } })).into_response()
        }
        (&Method::GET, ["repos", owner, name]) if asks.is_some() => {
            let may = accounts.may_push(&asks.unwrap_or_default(), &format!("{owner}/{name}"));
            let (mut head, body) = next.run(request).await.into_parts();
            let body = to_bytes(body, 1 << 20).await.expect("a short body");
            let mut told: Value = serde_json::from_slice(&body).expect("JSON");
            told["permissions"] = json!({ "admin": false, "push": may, "pull": true });
            head.headers.remove(header::CONTENT_LENGTH);
            (head, told.to_string()).into_response()
        }
        _ => next.run(request).await,
    }
}
