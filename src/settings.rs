//! Settings of a process: the one place that reads the environment.
//! May import: std, url. Secrets come from the environment or from a file that it names, never from `course.toml`.
//! Next: `app.rs`, which builds everything from them.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

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
    /// `GITHUB_WEBHOOK_SECRET`; several at once, separated by commas, while one is being replaced.
    pub webhook_secrets: Vec<Secret>,
    /// `FORKGRADE_DATA_DIR`.
    pub data_dir: PathBuf,
    /// `DOCKER_HOST`; the usual socket where absent.
    pub docker_host: Option<String>,
    /// `FORKGRADE_PULL`: `never` where no image registry is reached.
    pub pull_images: bool,
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
            webhook_secrets: secret("GITHUB_WEBHOOK_SECRET")?
                .iter()
                .flat_map(|secrets| secrets.expose().split(','))
                .map(str::trim)
                .filter(|secret| !secret.is_empty())
                .map(Secret::new)
                .collect(),
            data_dir: variable("FORKGRADE_DATA_DIR")?.map_or_else(default_data_dir, |dir| Ok(PathBuf::from(dir)))?,
            docker_host: variable("DOCKER_HOST")?,
            pull_images: variable("FORKGRADE_PULL")?.as_deref() != Some("never"),
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
