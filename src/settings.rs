//! Settings of a process: the one place that reads the environment.
//! May import: std, url. Secrets come from the environment or from a file that it names, never from `course.toml`.
//! Next: `app.rs`, which builds everything from them.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use nix::unistd::Uid;
use url::Url;

/// Text that must not be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret from its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Our OAuth app on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthApp {
    pub client_id: String,
    pub client_secret: Secret,
}

/// A setting that cannot be used: which, why, and what was meant.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{name} is not an address: {cause} (write https://host/path)")]
    BadUrl { name: &'static str, cause: String },
    #[error("{name}_FILE names {path}, which cannot be read: {cause}")]
    UnreadableFile { name: &'static str, path: String, cause: std::io::Error },
    #[error("{name} is not valid UTF-8")]
    NotText { name: &'static str },
    #[error("{name} is {value:?}: {wanted}")]
    BadValue { name: &'static str, value: String, wanted: &'static str },
    #[error("{name} is missing: GITHUB_OAUTH_CLIENT_ID and GITHUB_OAUTH_CLIENT_SECRET go together")]
    Half { name: &'static str },
}

/// Everything that the environment says.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DATABASE_URL`; our own cluster under `data_dir` where absent.
    pub database_url: Option<Secret>,
    /// `GITHUB_TOKEN`; public repositories work without.
    pub github_token: Option<Secret>,
    /// `GITHUB_API_URL`, default `https://api.github.com`.
    pub github_api_url: Url,
    /// `GITHUB_URL`: where repositories are cloned from; as the API says where absent.
    pub github_url: Option<Url>,
    /// `GITHUB_WEBHOOK_SECRET`; several at once, separated by commas or new lines, while one is being replaced.
    pub webhook_secrets: Vec<Secret>,
    /// `GITHUB_OAUTH_CLIENT_ID`, `GITHUB_OAUTH_CLIENT_SECRET`; without them people come in by links alone.
    pub github_oauth: Option<OauthApp>,
    /// `FORKGRADE_DATA_DIR`.
    pub data_dir: PathBuf,
    /// `DOCKER_HOST`; the usual socket where absent.
    pub docker_host: Option<String>,
    /// `FORKGRADE_PULL`: `never` where no image registry is reached.
    pub pull_images: bool,
    /// `FORKGRADE_TRUSTED_PROXIES`: addresses or networks, separated by commas; what others say about who asks is not believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `FORKGRADE_SLOTS`: runs at once in one process; as many as fit the machine where absent.
    pub slots: Option<usize>,
}

impl Settings {
    /// Reads the environment of this process.
    pub fn from_env() -> Result<Self, SettingsError> {
        Ok(Self {
            database_url: secret("DATABASE_URL")?,
            github_token: secret("GITHUB_TOKEN")?,
            github_api_url: match url("GITHUB_API_URL")? {
                Some(url) => url,
                None => parse_url("GITHUB_API_URL", "https://api.github.com")?,
            },
            github_url: url("GITHUB_URL")?,
            webhook_secrets: secret("GITHUB_WEBHOOK_SECRET")?.map(|text| several(&text)).unwrap_or_default(),
            github_oauth: oauth_app(secret("GITHUB_OAUTH_CLIENT_ID")?, secret("GITHUB_OAUTH_CLIENT_SECRET")?)?,
            data_dir: variable("FORKGRADE_DATA_DIR")?.map_or_else(default_data_dir, |dir| Ok(PathBuf::from(dir)))?,
            docker_host: variable("DOCKER_HOST")?,
            pull_images: variable("FORKGRADE_PULL")?.as_deref() != Some("never"),
            trusted_proxies: variable("FORKGRADE_TRUSTED_PROXIES")?
                .map_or_else(|| Ok(Vec::new()), |list| networks(&list))?,
            slots: variable("FORKGRADE_SLOTS")?
                .map(|value| match value.parse() {
                    Ok(slots) if slots > 0 => Ok(slots),
                    _ => Err(SettingsError::BadValue { name: "FORKGRADE_SLOTS", value, wanted: "write 1 or more" }),
                })
                .transpose()?,
        })
    }
}

/// What a program that we start needs of our environment: where programs lie, proxies and certificates.
pub fn for_child_programs() -> Vec<(OsString, OsString)> {
    const NAMES: [&str; 11] = [
        "PATH",
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "NO_PROXY",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "GIT_SSL_CAINFO",
    ];
    NAMES.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?))).collect()
}

#[allow(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn variable(name: &'static str) -> Result<Option<String>, SettingsError> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(SettingsError::NotText { name }),
    }
}

/// `NAME`, or the contents of the file that `NAME_FILE` names.
#[allow(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn secret(name: &'static str) -> Result<Option<Secret>, SettingsError> {
    if let Some(value) = variable(name)? {
        return Ok(Some(Secret(value)));
    }
    let Ok(path) = std::env::var(format!("{name}_FILE")) else { return Ok(None) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(Secret(text.trim().to_owned())).filter(|secret| !secret.0.is_empty())),
        Err(cause) => Err(SettingsError::UnreadableFile { name, path, cause }),
    }
}

/// One secret or several, separated by commas or new lines.
fn several(text: &Secret) -> Vec<Secret> {
    let parts = text.expose().split([',', '\n']).map(str::trim);
    parts.filter(|secret| !secret.is_empty()).map(Secret::new).collect()
}

fn networks(list: &str) -> Result<Vec<IpNet>, SettingsError> {
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| SettingsError::BadValue {
                name: "FORKGRADE_TRUSTED_PROXIES",
                value: part.to_owned(),
                wanted: "write addresses or networks, as in 10.0.0.5,192.168.0.0/24,::1",
            })
        })
        .collect()
}

fn oauth_app(id: Option<Secret>, secret: Option<Secret>) -> Result<Option<OauthApp>, SettingsError> {
    match (id, secret) {
        (None, None) => Ok(None),
        (Some(id), Some(client_secret)) => Ok(Some(OauthApp { client_id: id.0, client_secret })),
        (None, Some(_)) => Err(SettingsError::Half { name: "GITHUB_OAUTH_CLIENT_ID" }),
        (Some(_), None) => Err(SettingsError::Half { name: "GITHUB_OAUTH_CLIENT_SECRET" }),
    }
}

fn url(name: &'static str) -> Result<Option<Url>, SettingsError> {
    variable(name)?.map(|text| parse_url(name, &text)).transpose()
}

fn parse_url(name: &'static str, text: &str) -> Result<Url, SettingsError> {
    let bad = |cause: String| SettingsError::BadUrl { name, cause };
    let url = Url::parse(text).map_err(|error| bad(error.to_string()))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(bad(format!("{scheme}: is neither http nor https"))),
    }
}

/// `/var/lib/forkgrade` for root (Postgres must be able to walk there), the user's data folder otherwise.
fn default_data_dir() -> Result<PathBuf, SettingsError> {
    if Uid::effective().is_root() {
        return Ok("/var/lib/forkgrade".into());
    }
    let home = variable("HOME")?.unwrap_or_else(|| "/tmp".into());
    Ok(variable("XDG_DATA_HOME")?
        .map_or_else(|| PathBuf::from(home).join(".local/share"), PathBuf::from)
        .join("forkgrade"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_webhook_secrets_are_valid_while_one_replaces_the_other() {
        let several = |text: &str| several(&Secret::new(text)).iter().map(|one| one.0.clone()).collect::<Vec<_>>();
        assert_eq!(several("old,new"), ["old", "new"]);
        assert_eq!(several("old\r\nnew\n"), ["old", "new"]);
        assert_eq!(several("one secret"), ["one secret"]);
        assert_eq!(several(" , \n"), [""; 0]);
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        let written = |list: &str| networks(list).map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(written("10.0.0.5, 192.168.0.0/24,::1").unwrap(), ["10.0.0.5/32", "192.168.0.0/24", "::1/128"]);
        assert_eq!(written(" , ").unwrap(), [""; 0]);
        assert!(written("proxy.example.org").unwrap_err().to_string().contains("proxy.example.org"));
    }

    #[test]
    fn half_an_oauth_app_is_a_mistake() {
        let some = || Some(Secret::new("x"));
        assert!(matches!(oauth_app(some(), None), Err(SettingsError::Half { name: "GITHUB_OAUTH_CLIENT_SECRET" })));
        assert!(matches!(oauth_app(None, some()), Err(SettingsError::Half { name: "GITHUB_OAUTH_CLIENT_ID" })));
        assert!(oauth_app(None, None).unwrap().is_none() && oauth_app(some(), some()).unwrap().is_some());
    }
}
