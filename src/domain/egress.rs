//! What a run may reach of the world, as `course.toml` says it.
//! May import: std, serde, schemars, url.
//! Next: `egress/` carries it out, `facts/network.rs` is what came of it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use url::Host;

/// The ports of a host that is named without one.
pub const USUAL_PORTS: [u16; 2] = [80, 443];

/// How what a run asks for is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EgressMode {
    /// Programs reach nothing but their own pod.
    #[default]
    None,
    /// Named hosts answer themselves, every time.
    AllowList,
    /// Named hosts answer once; every later run of anybody gets the same answer from the recording.
    RecordReplay,
}

/// What a run may reach besides its own pod: the word `"none"`, or a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Egress {
    pub mode: EgressMode,
    /// Hosts that programs may ask.
    pub allow: Vec<HostPattern>,
    /// Hosts that only the browser of the screenshots may ask, for style sheets, fonts and scripts; always recorded.
    pub assets: Vec<HostPattern>,
    pub limits: EgressLimits,
}

/// Bounds of what one run may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EgressLimits {
    /// In capital letters.
    pub methods: BTreeSet<String>,
    pub requests: u32,
    pub answer_mib: u32,
    pub run_mib: u32,
    /// Until an answer is whole, waiting for its turn included.
    pub seconds: u32,
    /// To one host, by all runs of a process together.
    pub per_second: u32,
    /// What the recordings of a course may hold together.
    pub recordings_mib: u32,
}

impl Default for EgressLimits {
    fn default() -> Self {
        Self {
            methods: ["GET", "HEAD", "OPTIONS", "POST"].map(str::to_owned).into(),
            requests: 1000,
            answer_mib: 8,
            run_mib: 64,
            seconds: 20,
            per_second: 5,
            recordings_mib: 1024,
        }
    }
}

impl Default for Egress {
    fn default() -> Self {
        Self { mode: EgressMode::None, allow: Vec::new(), assets: Vec::new(), limits: EgressLimits::default() }
    }
}

impl Egress {
    /// Nothing leaves the pod, not even a picture's style sheet.
    pub fn is_closed(&self) -> bool {
        self.mode == EgressMode::None && self.assets.is_empty()
    }

    /// Whether programs may ask this host.
    pub fn lets_programs_ask(&self, host: &str, port: u16) -> bool {
        self.mode != EgressMode::None && self.allow.iter().any(|pattern| pattern.matches(host, port))
    }

    /// Whether the browser may ask this host: for what the page's own programs could ask too, and for assets.
    pub fn lets_the_browser_ask(&self, host: &str, port: u16) -> bool {
        self.is_asset(host, port) || self.lets_programs_ask(host, port)
    }

    /// Whether this host is one of the assets'.
    pub fn is_asset(&self, host: &str, port: u16) -> bool {
        self.assets.iter().any(|pattern| pattern.matches(host, port))
    }

    /// Whether programs may ask for this name at some port.
    pub fn lets_programs_resolve(&self, host: &str) -> bool {
        self.mode != EgressMode::None && self.allow.iter().any(|pattern| pattern.names(host))
    }

    /// Every port at which an allowed host may be asked.
    pub fn ports(&self) -> BTreeSet<u16> {
        USUAL_PORTS.into_iter().chain(self.allow.iter().filter_map(|pattern| pattern.port)).collect()
    }
}

/// A host, the hosts below a name, or all of them: `example.org`, `*.example.org`, `*`; with a port where it is not 80 or 443.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPattern {
    name: Name,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    /// Every name; an address never.
    Any,
    /// Every name below this one.
    Below(String),
    Exactly(String),
}

/// What is no pattern of hosts, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} names no host: write example.org, *.example.org (all below it), * (all), or one of them with a port, example.org:8080"
)]
pub struct InvalidPattern {
    text: String,
}

impl HostPattern {
    /// Whether it lets this host be asked at this port. The host is written as `host_name` gives it.
    pub fn matches(&self, host: &str, port: u16) -> bool {
        let port_fits = match self.port {
            Some(own) => own == port,
            None => USUAL_PORTS.contains(&port),
        };
        port_fits && self.names(host)
    }

    /// Whether it lets this host be asked at any port.
    pub fn names(&self, host: &str) -> bool {
        match &self.name {
            Name::Any => !matches!(Host::parse(host), Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_)),
            Name::Below(domain) => {
                host.strip_suffix(domain.as_str()).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
            }
            Name::Exactly(name) => name == host,
        }
    }
}

/// A host as addresses write it: small letters, no dot at the end, IDNA, `[::1]`; `None` for what is none.
pub fn host_name(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let host = Host::parse(text).ok()?;
    (text.len() <= 255).then(|| host.to_string())
}

impl FromStr for HostPattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let invalid = || InvalidPattern { text: text.to_owned() };
        let (name, port) = match text.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((name, port)) if !port.ends_with(']') => {
                let port = port.parse().ok().filter(|&port: &u16| port > 0);
                (name, Some(port.ok_or_else(invalid)?))
            }
            _ => (text, None),
        };
        let host = |text: &str| host_name(text).filter(|_| !text.contains('*')).ok_or_else(invalid);
        let name = match name.strip_prefix("*.") {
            _ if name == "*" => Name::Any,
            Some(domain) => Name::Below(host(domain)?),
            None => Name::Exactly(host(name)?),
        };
        Ok(Self { name, port })
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Any => f.write_str("*")?,
            Name::Below(domain) => write!(f, "*.{domain}")?,
            Name::Exactly(name) => f.write_str(name)?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl TryFrom<String> for HostPattern {
    type Error = InvalidPattern;
    fn try_from(text: String) -> Result<Self, InvalidPattern> {
        text.parse()
    }
}

impl From<HostPattern> for String {
    fn from(pattern: HostPattern) -> Self {
        pattern.to_string()
    }
}

/// Two ways to write it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    Word(EgressWord),
    Table(Box<EgressTable>),
}

/// The short way.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum EgressWord {
    /// Nothing but its own pod.
    None,
}

/// The hosts that a run may ask, and how much.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct EgressTable {
    /// `allow-list` (where hosts are named), `record-replay`, or `none` (with `assets`).
    mode: Option<EgressMode>,
    /// Hosts that programs may ask: `example.org`, `*.example.org` (all below it), `*` (all), each with `:port` where it is not 80 or 443.
    #[schemars(with = "Vec<String>")]
    allow: Vec<HostPattern>,
    /// Hosts that only the browser of the screenshots may ask (style sheets, fonts, scripts); always recorded.
    #[schemars(with = "Vec<String>")]
    assets: Vec<HostPattern>,
    /// HTTP methods.
    methods: BTreeSet<String>,
    /// Requests of one run.
    requests: u32,
    /// The largest answer.
    answer_mib: u32,
    /// All answers of one run.
    run_mib: u32,
    /// Seconds until an answer is whole.
    seconds: u32,
    /// Requests to one host in a second, by all runs of a worker together; what is replayed asks nobody.
    per_second: u32,
    /// What the recordings of this course may hold together.
    recordings_mib: u32,
}

impl Default for EgressTable {
    fn default() -> Self {
        let mut table = Self::from(Egress::default());
        table.mode = None;
        table
    }
}

impl From<Egress> for EgressTable {
    fn from(egress: Egress) -> Self {
        let EgressLimits { methods, requests, answer_mib, run_mib, seconds, per_second, recordings_mib } =
            egress.limits;
        Self {
            mode: Some(egress.mode),
            allow: egress.allow,
            assets: egress.assets,
            methods,
            requests,
            answer_mib,
            run_mib,
            seconds,
            per_second,
            recordings_mib,
        }
    }
}

impl From<Written> for Egress {
    fn from(written: Written) -> Self {
        let table = match written {
            Written::Word(EgressWord::None) => return Self::default(),
            Written::Table(table) => *table,
        };
        let named = if table.allow.is_empty() { EgressMode::None } else { EgressMode::AllowList };
        Self {
            mode: table.mode.unwrap_or(named),
            allow: table.allow,
            assets: table.assets,
            limits: EgressLimits {
                methods: table.methods,
                requests: table.requests,
                answer_mib: table.answer_mib,
                run_mib: table.run_mib,
                seconds: table.seconds,
                per_second: table.per_second,
                recordings_mib: table.recordings_mib,
            },
        }
    }
}

impl From<Egress> for Written {
    fn from(egress: Egress) -> Self {
        // One way to write nothing: it is part of what executions are found again by.
        if egress.is_closed() { Self::Word(EgressWord::None) } else { Self::Table(Box::new(egress.into())) }
    }
}

impl JsonSchema for Egress {
    fn schema_name() -> Cow<'static, str> {
        "Egress".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (word, table) = (generator.subschema_for::<EgressWord>(), generator.subschema_for::<EgressTable>());
        json_schema!({ "description": "What a run may reach.", "anyOf": [word, table] })
    }
}

#[cfg(test)]
mod tests;
