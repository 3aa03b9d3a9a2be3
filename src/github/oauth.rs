//! Signing in with GitHub: OAuth's authorization code grant with PKCE. A person's token speaks for them once and is forgotten.
//! May import: `domain/`, `settings`.
//! Next: `people.rs` for what is asked with it, `web/github.rs` for the two pages of it.

use std::time::Duration;

use futures::FutureExt;
use http::header;
use http_body_util::{BodyExt, Limited};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse, TokenUrl,
};
use octocrab::Octocrab;
use url::Url;

use super::client::Client;
use super::error::{GithubError, causes};
use super::transport::{self, ClientSettings};
use crate::settings::{OauthApp, Secret};

/// For each request of a sign-in: somebody waits before a browser.
const TIME_LIMIT: Duration = Duration::from_secs(5);
const MAX_BODY: usize = 64 << 10;
const EXCHANGE: &str = "the exchange of a sign-in code";

type Grant = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Why a code became no token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SignInError {
    /// GitHub's own word for it: a code that was used, is too old or belongs to another browser; a wrong client secret.
    #[error("GitHub refuses the sign-in: {0}")]
    Refused(String),
    #[error(transparent)]
    Github(#[from] GithubError),
}

/// Our OAuth app at one GitHub, and the service's own client of it.
#[derive(Clone)]
pub struct SignIn {
    grant: Grant,
    http: Octocrab,
    settings: ClientSettings,
    /// Asks about people with the service's own token; `None` where it has none.
    service: Option<Client>,
}

impl SignIn {
    /// Signs people in through `app`, who come back to `redirect` exactly.
    pub fn new(app: &OauthApp, settings: &ClientSettings, redirect: Url) -> Result<Self, GithubError> {
        let github = settings.web_url();
        let garbage = |cause: String| GithubError::Garbage { what: "GITHUB_URL".to_owned(), cause };
        let address = |path: &str| github.join(path).map_err(|error| garbage(error.to_string()));
        let grant = BasicClient::new(ClientId::new(app.client_id.clone()))
            .set_client_secret(ClientSecret::new(app.client_secret.expose().to_owned()))
            // As GitHub's documentation has it: in the body.
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(address("login/oauth/authorize")?))
            .set_token_uri(TokenUrl::from_url(address("login/oauth/access_token")?))
            .set_redirect_uri(RedirectUrl::from_url(redirect));
        let http = transport::plain(&settings.network)?;
        let service = match settings.token {
            Some(_) => Some(Client::new(settings.clone())?.with_time_limit(TIME_LIMIT)),
            None => None,
        };
        Ok(Self { grant, http, settings: settings.clone(), service })
    }

    /// Where the browser is sent. `state` comes back with it, and only who knows `verifier` can use the code that comes too.
    /// No scope is asked for: what is public of a person is enough.
    pub fn address(&self, state: &str, verifier: &str) -> Url {
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.to_owned()));
        let state = state.to_owned();
        self.grant.authorize_url(|| CsrfToken::new(state)).set_pkce_challenge(challenge).url().0
    }

    /// A client that speaks for whoever brought the code. Whoever drops it has forgotten the token.
    pub async fn exchange(&self, code: &str, verifier: &str) -> Result<Client, SignInError> {
        let http = self.http.clone();
        let answer = self
            .grant
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&move |request| send(http.clone(), request))
            // Boxed: the compiler cannot see through the library's lifetimes that it may change threads.
            .boxed()
            .await;
        let token = answer.map_err(|error| match error {
            RequestTokenError::Request(error) => SignInError::Github(error),
            RequestTokenError::ServerResponse(told) => SignInError::Refused(told.error().to_string()),
            // GitHub refuses with status 200.
            RequestTokenError::Parse(_, body) => refusal(&body),
            RequestTokenError::Other(cause) => GithubError::Garbage { what: EXCHANGE.to_owned(), cause }.into(),
        })?;
        let token = Some(Secret::new(token.access_token().secret().clone()));
        let settings = ClientSettings { token, ..self.settings.clone() };
        Ok(Client::new(settings)?.with_time_limit(TIME_LIMIT))
    }

    /// The client with the service's own token.
    pub fn service(&self) -> Option<Client> {
        self.service.clone()
    }
}

async fn send(http: Octocrab, request: HttpRequest) -> Result<HttpResponse, GithubError> {
    let what = || EXCHANGE.to_owned();
    let unreachable = |cause: String| GithubError::Unreachable { what: what(), cause };
    let asked = async {
        let answer = http.execute(request).await;
        let (parts, body) = answer.map_err(|error| unreachable(causes(&error)))?.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| unreachable(error.to_string()))?;
        Ok((parts, body.to_bytes().to_vec()))
    };
    let answer = tokio::time::timeout(TIME_LIMIT, asked).await;
    let (parts, body) = answer.map_err(|_| GithubError::TimedOut { what: what(), seconds: TIME_LIMIT.as_secs() })??;
    if parts.status.is_server_error() {
        return Err(GithubError::Server { what: what(), status: parts.status.as_u16() });
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = parts.status;
    if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
    }
    Ok(response)
}

/// The word of a refusal; never the body, which may hold a token.
fn refusal(body: &[u8]) -> SignInError {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    match value.as_ref().and_then(|value| value.get("error")?.as_str()) {
        Some(word) => SignInError::Refused(word.chars().filter(|c| c.is_ascii_graphic()).take(60).collect()),
        None => GithubError::Garbage { what: EXCHANGE.to_owned(), cause: "no token in it".to_owned() }.into(),
    }
}
