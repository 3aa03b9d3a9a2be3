//! Settings of a process: the one place that reads the environment.
//! May import: std, url. Secrets come from the environment or from a file that it names, never from `course.toml`.
//! Next: `app.rs`, which builds everything from them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
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

/// Our GitHub App: what students install instead of a webhook each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubApp {
    pub id: u64,
    /// PEM, as GitHub hands it out.
    pub private_key: Secret,
}

/// How what lies outside is reached: a campus has its proxy, and often a certificate authority of its own.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// `FORKGRADE_CA_FILE`: certificates (PEM) that are believed besides the machine's own.
    pub ca: Option<CaFile>,
    /// `HTTPS_PROXY` and `HTTP_PROXY`, or `ALL_PROXY` for both; may hold a password.
    pub https_proxy: Option<Secret>,
    pub http_proxy: Option<Secret>,
    /// `NO_PROXY`: what is reached without.
    pub no_proxy: Option<String>,
}

impl Network {
    /// The same for a container of our own, as its environment: proxies that it can reach, and that hold no password, since what is
    /// installed there may run code of its own.
    pub fn for_containers(&self) -> Vec<String> {
        let reachable = |proxy: &&Secret| {
            Url::parse(proxy.expose()).is_ok_and(|url| {
                let is_open = url.username().is_empty() && url.password().is_none();
                let host = url.host_str().unwrap_or_default();
                is_open && host != "localhost" && host != "[::1]" && !host.starts_with("127.")
            })
        };
        let set = |name: &str, proxy: &Option<Secret>| {
            proxy.as_ref().filter(reachable).map(|proxy| format!("{name}={}", proxy.expose()))
        };
        let mut all: Vec<String> = [set("HTTPS_PROXY", &self.https_proxy), set("HTTP_PROXY", &self.http_proxy)]
            .into_iter()
            .flatten()
            .collect();
        if !all.is_empty() {
            all.extend(self.no_proxy.as_ref().map(|except| format!("NO_PROXY={except}")));
        }
        all
    }
}

/// Certificates in a file.
#[derive(Debug, Clone)]
pub struct CaFile {
    pub path: PathBuf,
    pub pem: Vec<u8>,
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
    #[error("{name} is missing: it goes together with {with}")]
    Half { name: &'static str, with: &'static str },
    #[error("FORKGRADE_CA_FILE names {path}, which cannot be used: {cause} (write certificates in PEM)")]
    BadCa { path: String, cause: String },
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
    /// `GITHUB_APP_ID`, `GITHUB_APP_PRIVATE_KEY`; nothing is told on commits, and no app brings webhooks, where absent.
    pub github_app: Option<GithubApp>,
    pub network: Network,
    /// `FORKGRADE_DATA_DIR`.
    pub data_dir: PathBuf,
    /// `DOCKER_HOST`; the usual socket where absent.
    pub docker_host: Option<String>,
    /// `FORKGRADE_PULL`: `never` where no image registry is reached.
    pub pull_images: bool,
    /// `FORKGRADE_TRUSTED_PROXIES`: addresses or networks, separated by commas; what others say about who asks is not believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `FORKGRADE_EGRESS_NETWORKS`: networks inside that students' programs may ask all the same, where the course names the host.
    pub egress_networks: Vec<IpNet>,
    /// `FORKGRADE_EGRESS_HOSTS`: names that are answered here and not looked up, `name=address` or `name=address:port`.
    pub egress_hosts: BTreeMap<String, SocketAddr>,
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
            github_app: github_app(variable("GITHUB_APP_ID")?, secret("GITHUB_APP_PRIVATE_KEY")?)?,
            network: network()?,
            data_dir: variable("FORKGRADE_DATA_DIR")?.map_or_else(default_data_dir, |dir| Ok(PathBuf::from(dir)))?,
            docker_host: variable("DOCKER_HOST")?,
            pull_images: variable("FORKGRADE_PULL")?.as_deref() != Some("never"),
            trusted_proxies: networks("FORKGRADE_TRUSTED_PROXIES")?,
            egress_networks: networks("FORKGRADE_EGRESS_NETWORKS")?,
            egress_hosts: variable("FORKGRADE_EGRESS_HOSTS")?
                .map_or_else(|| Ok(BTreeMap::new()), |list| hosts(&list))?,
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
    const NAMES: [&str; 12] = [
        "PATH",
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "GIT_SSL_CAINFO",
    ];
    NAMES.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?))).collect()
}

/// The file of certificates that programs on this machine believe; Debian's and Ubuntu's where the environment names none.
pub fn system_certificates() -> PathBuf {
    std::env::var_os("SSL_CERT_FILE").map_or_else(|| "/etc/ssl/certs/ca-certificates.crt".into(), PathBuf::from)
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

fn networks(name: &'static str) -> Result<Vec<IpNet>, SettingsError> {
    variable(name)?.map_or_else(|| Ok(Vec::new()), |list| networks_of(name, &list))
}

fn networks_of(name: &'static str, list: &str) -> Result<Vec<IpNet>, SettingsError> {
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| SettingsError::BadValue {
                name,
                value: part.to_owned(),
                wanted: "write addresses or networks, as in 10.0.0.5,192.168.0.0/24,::1",
            })
        })
        .collect()
}

/// `name=address` and `name=address:port`, separated by commas; port 0 is the one that is asked for.
fn hosts(list: &str) -> Result<BTreeMap<String, SocketAddr>, SettingsError> {
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let read = part.split_once('=').and_then(|(name, address)| {
                let address = address.parse().ok().or_else(|| Some(SocketAddr::new(address.parse().ok()?, 0)))?;
                (!name.is_empty()).then(|| (name.to_ascii_lowercase(), address))
            });
            read.ok_or_else(|| SettingsError::BadValue {
                name: "FORKGRADE_EGRESS_HOSTS",
                value: part.to_owned(),
                wanted: "write names with their addresses, as in films.example=10.0.0.5,api.example=10.0.0.6:8443",
            })
        })
        .collect()
}

fn oauth_app(id: Option<Secret>, secret: Option<Secret>) -> Result<Option<OauthApp>, SettingsError> {
    match (id, secret) {
        (None, None) => Ok(None),
        (Some(id), Some(client_secret)) => Ok(Some(OauthApp { client_id: id.0, client_secret })),
        (None, Some(_)) => Err(half("GITHUB_OAUTH_CLIENT_ID", "GITHUB_OAUTH_CLIENT_SECRET")),
        (Some(_), None) => Err(half("GITHUB_OAUTH_CLIENT_SECRET", "GITHUB_OAUTH_CLIENT_ID")),
    }
}

fn half(name: &'static str, with: &'static str) -> SettingsError {
    SettingsError::Half { name, with }
}

fn github_app(id: Option<String>, key: Option<Secret>) -> Result<Option<GithubApp>, SettingsError> {
    match (id, key) {
        (None, None) => Ok(None),
        (Some(value), Some(key)) => {
            let wanted = "write the App ID, the number at the top of the app's settings";
            let id = value.parse();
            let id = id.map_err(|_| SettingsError::BadValue { name: "GITHUB_APP_ID", value, wanted })?;
            // One line, as where a secret store takes no other.
            Ok(Some(GithubApp { id, private_key: Secret(key.0.replace("\\n", "\n")) }))
        }
        (None, Some(_)) => Err(half("GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY")),
        (Some(_), None) => Err(half("GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_ID")),
    }
}

/// As curl and git read it: the name in small letters first.
fn network() -> Result<Network, SettingsError> {
    let either = |small, large| -> Result<Option<String>, SettingsError> { Ok(variable(small)?.or(variable(large)?)) };
    let all = either("all_proxy", "ALL_PROXY")?;
    let proxy = |one: Option<String>| one.or_else(|| all.clone()).map(Secret);
    Ok(Network {
        ca: variable("FORKGRADE_CA_FILE")?.map(|path| CaFile::read(path.into())).transpose()?,
        https_proxy: proxy(either("https_proxy", "HTTPS_PROXY")?),
        http_proxy: proxy(either("http_proxy", "HTTP_PROXY")?),
        no_proxy: either("no_proxy", "NO_PROXY")?,
    })
}

impl CaFile {
    /// Reads certificates; a file without any is a mistake.
    pub fn read(path: PathBuf) -> Result<Self, SettingsError> {
        let bad = |cause: String| SettingsError::BadCa { path: path.display().to_string(), cause };
        let pem = std::fs::read(&path).map_err(|error| bad(error.to_string()))?;
        let marker = b"-----BEGIN CERTIFICATE-----";
        if !pem.windows(marker.len()).any(|part| part == marker) {
            return Err(bad("it holds no certificate".to_owned()));
        }
        Ok(Self { path, pem })
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
        let written =
            |list: &str| networks_of("X", list).map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(written("10.0.0.5, 192.168.0.0/24,::1").unwrap(), ["10.0.0.5/32", "192.168.0.0/24", "::1/128"]);
        assert_eq!(written(" , ").unwrap(), [""; 0]);
        assert!(written("proxy.example.org").unwrap_err().to_string().contains("proxy.example.org"));
    }

    #[test]
    fn hosts_are_names_with_addresses() {
        let all = hosts("Films.example=10.0.0.5, api.example=[::1]:8443").unwrap();
        assert_eq!(all["films.example"], "10.0.0.5:0".parse().unwrap());
        assert_eq!(all["api.example"], "[::1]:8443".parse().unwrap());
        for wrong in ["films.example", "=10.0.0.5", "films.example=there"] {
            assert!(hosts(wrong).unwrap_err().to_string().contains(wrong));
        }
    }

    #[test]
    fn half_an_oauth_app_is_a_mistake() {
        let some = || Some(Secret::new("x"));
        let missing = |half: Result<_, SettingsError>| half.unwrap_err().to_string();
        assert!(missing(oauth_app(some(), None)).starts_with("GITHUB_OAUTH_CLIENT_SECRET is missing"));
        assert!(missing(oauth_app(None, some())).starts_with("GITHUB_OAUTH_CLIENT_ID is missing"));
        assert!(oauth_app(None, None).unwrap().is_none() && oauth_app(some(), some()).unwrap().is_some());
    }

    #[test]
    fn an_app_has_a_number_and_a_key() {
        let key = || Some(Secret::new("-----BEGIN RSA PRIVATE KEY-----\\nAAAA"));
        let app = github_app(Some("123".into()), key()).unwrap().unwrap();
        assert_eq!((app.id, app.private_key.expose().lines().count()), (123, 2), "a key on one line is unfolded");
        let wrong = |app: Result<Option<GithubApp>, SettingsError>| app.unwrap_err().to_string();
        assert!(wrong(github_app(Some("Iv1.abc".into()), key())).contains("Iv1.abc"));
        assert!(wrong(github_app(None, key())).starts_with("GITHUB_APP_ID is missing"));
        assert!(wrong(github_app(Some("1".into()), None)).starts_with("GITHUB_APP_PRIVATE_KEY is missing"));
    }

    #[test]
    fn containers_are_given_proxies_that_they_reach_and_no_password() {
        let environment = |https: &str, http: &str| {
            let some = |text: &str| Some(Secret::new(text)).filter(|_| !text.is_empty());
            let no_proxy = Some("example.org".to_owned());
            Network { https_proxy: some(https), http_proxy: some(http), no_proxy, ca: None }.for_containers()
        };
        let open = "http://proxy.example.org:3128";
        assert_eq!(environment(open, ""), [format!("HTTPS_PROXY={open}"), "NO_PROXY=example.org".to_owned()]);
        assert_eq!(environment("http://user:secret@proxy.example.org:3128", "http://127.0.0.1:3128"), [""; 0]);
    }
}
