//! The connection to GitHub: through the campus's proxy where there is one, and believing its certificate authority.
//! May import: `settings`.
//! Next: `client.rs`, which asks over it.

use std::time::Duration;

use octocrab::auth::AppAuth;
use octocrab::service::middleware::retry::RetryConfig;
use octocrab::{DefaultOctocrabBuilderConfig, NoAuth, NoSvc, NotLayerReady, Octocrab, OctocrabBuilder};
use reqwest::redirect::Policy;
use reqwest::{Certificate, NoProxy, Proxy};
use url::Url;

use super::error::{GithubError, causes};
use crate::settings::{Network, Secret};

const CONNECT: Duration = Duration::from_secs(10);

/// Where GitHub is, and who asks.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    pub api_url: Url,
    /// Where repositories are cloned from; as the API says where absent.
    pub github_url: Option<Url>,
    pub token: Option<Secret>,
    pub network: Network,
}

impl ClientSettings {
    /// Where people use GitHub with a browser.
    pub fn web_url(&self) -> Url {
        let github = || Url::parse("https://github.com").ok().filter(|_| self.is_github_com());
        let mut url = self.github_url.clone().or_else(github).unwrap_or_else(|| self.api_url.clone());
        if self.github_url.is_none() {
            // GitHub Enterprise has its API at `/api/v3` of the same host.
            url.set_path("/");
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        url
    }

    fn is_github_com(&self) -> bool {
        self.api_url.scheme() == "https" && self.api_url.host_str() == Some("api.github.com")
    }

    /// Every place that the token may be sent to, the API's own and that of the repositories: github.com has one name for each,
    /// GitHub Enterprise one name for both.
    pub fn hosts(&self) -> Vec<Url> {
        let github = self.is_github_com().then(|| Url::parse("https://github.com").ok()).flatten();
        [Some(self.api_url.clone()), self.github_url.clone(), github].into_iter().flatten().collect()
    }
}

/// octocrab's builder before it has a transport.
pub(super) type Builder = OctocrabBuilder<NoSvc, DefaultOctocrabBuilderConfig, NoAuth, NotLayerReady>;

/// A client of the API whose every request goes the network's way. Needs a tokio runtime around it.
pub(super) fn octocrab(
    settings: &ClientSettings,
    configure: impl FnOnce(Builder) -> Builder,
) -> Result<Octocrab, GithubError> {
    let transport = transport(&settings.network)?;
    let bad_address = |error: octocrab::Error| unusable("GITHUB_API_URL", &error);
    let builder = Octocrab::builder().base_uri(settings.api_url.as_str()).map_err(bad_address)?;
    // Ours knows what is worth repeating, and pauses in between.
    let builder = configure(builder.add_retry_config(RetryConfig::None));
    builder.build_with_reqwest(transport).map_err(bad_address)
}

/// The same without anything of the API about it: no address, no token.
pub(super) fn plain(network: &Network) -> Result<Octocrab, GithubError> {
    let builder = Octocrab::builder().add_retry_config(RetryConfig::None);
    builder.build_with_reqwest(transport(network)?).map_err(|error| unusable("GITHUB_URL", &error))
}

fn transport(network: &Network) -> Result<reqwest::Client, GithubError> {
    // Redirects are octocrab's, which keeps the token at home.
    let mut builder = reqwest::Client::builder().connect_timeout(CONNECT).redirect(Policy::none()).no_proxy();
    if let Some(ca) = &network.ca {
        let certificates = Certificate::from_pem_bundle(&ca.pem);
        builder = builder.tls_certs_merge(certificates.map_err(|error| unusable("FORKGRADE_CA_FILE", &error))?);
    }
    let except = network.no_proxy.as_deref().and_then(NoProxy::from_string);
    let through = |name, proxy: Result<Proxy, reqwest::Error>| {
        // The address may hold a password: it is not repeated.
        let proxy =
            proxy.map_err(|_| unusable_text(name, "it is not an address such as http://proxy.example.org:3128"))?;
        Ok::<_, GithubError>(proxy.no_proxy(except.clone()))
    };
    if let Some(address) = network.https_proxy.as_ref().map(Secret::expose) {
        builder = builder.proxy(through("HTTPS_PROXY", Proxy::https(address))?);
    }
    if let Some(address) = network.http_proxy.as_ref().map(Secret::expose) {
        builder = builder.proxy(through("HTTP_PROXY", Proxy::http(address))?);
    }
    builder
        .build()
        .map_err(|error| unusable("the certificates of this machine (ca-certificates) and FORKGRADE_CA_FILE", &error))
}

fn unusable(name: &str, error: &dyn std::error::Error) -> GithubError {
    unusable_text(name, &causes(error))
}

fn unusable_text(name: &str, cause: &str) -> GithubError {
    GithubError::Setting { name: name.to_owned(), cause: cause.to_owned() }
}

/// What an app of GitHub's signs with.
pub(super) fn app_auth(id: u64, key: &Secret) -> Result<AppAuth, GithubError> {
    let key = octocrab::EncodingKey::from_rsa_pem(key.expose().as_bytes());
    let key =
        key.map_err(|_| unusable_text("GITHUB_APP_PRIVATE_KEY", "it is no RSA key in PEM, as GitHub hands it out"))?;
    Ok(AppAuth { app_id: id.into(), key })
}
