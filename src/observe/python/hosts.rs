//! Hosts that database clients name: so that a run can answer under the same names.
//! May import: ruff, url, `domain/`, its sibling `names`.
//! Next: `launch/` turns them into the plan's host names.

use ruff_python_ast::{Expr, ExprCall};
use url::Url;

use crate::domain::check::Technology;

use super::names::Names;

/// A host that a client connects to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    pub host: String,
    pub port: Option<u16>,
}

impl Address {
    /// `host:port` as it may be shown; `None` for what is no host name: a part of a password that was not escaped.
    pub fn plain(self) -> Option<String> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let fits = self.host.len() <= 100 && self.host.chars().all(is_name);
        fits.then(|| match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host,
        })
    }
}

/// Ports that belong to the databases of the course: a URL with one of them names a database.
const DATABASE_PORTS: [u16; 4] = [27017, 27018, 6379, 9200];

/// Hosts in the arguments of a database client.
pub fn of_call(technology: Technology, call: &ExprCall, names: &Names) -> Vec<Address> {
    let named = ["host", "hosts", "url", "uri", "address"];
    let keywords = call
        .arguments
        .keywords
        .iter()
        .filter(|keyword| keyword.arg.as_ref().is_some_and(|name| named.contains(&name.as_str())));
    // Only SQL names a file or a module first; its hosts come by keyword.
    let first = call.arguments.args.first().filter(|_| technology != Technology::Sql);
    let values = keywords.map(|keyword| &keyword.value).chain(first);
    values.flat_map(|value| of_value(value, names)).collect()
}

fn of_value(value: &Expr, names: &Names) -> Vec<Address> {
    match value {
        Expr::List(list) => list.elts.iter().flat_map(|element| of_element(element, names)).collect(),
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(|element| of_element(element, names)).collect(),
        other => of_element(other, names),
    }
}

fn of_element(value: &Expr, names: &Names) -> Vec<Address> {
    if let Expr::Dict(dict) = value {
        let host =
            dict.items.iter().find(|item| item.key.as_ref().and_then(|key| names.text(key)).as_deref() == Some("host"));
        return host.and_then(|item| names.text(&item.value)).map(|text| of_text(&text)).unwrap_or_default();
    }
    names.text(value).map(|text| of_text(&text)).unwrap_or_default()
}

/// Hosts of a connection text: `mongo`, `mongo:27017`, `mongodb://user:pw@a:1,b:2/db`.
fn of_text(text: &str) -> Vec<Address> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    hosts.split(',').filter_map(address).collect()
}

fn address(text: &str) -> Option<Address> {
    let (host, port) = match text.trim().rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (text.trim(), None),
    };
    (!host.is_empty()).then(|| Address { host: host.to_lowercase(), port })
}

/// Hosts of any text that is a URL of a database.
pub fn of_url(text: &str) -> Vec<Address> {
    let Some((scheme, _)) = text.split_once("://") else { return Vec::new() };
    match scheme {
        "mongodb" | "mongodb+srv" | "redis" | "rediss" | "elasticsearch" => of_text(text),
        "http" | "https" => {
            let port = Url::parse(text).ok().and_then(|url| url.port());
            if port.is_some_and(|port| DATABASE_PORTS.contains(&port)) { of_text(text) } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// Hosts of a setting whose name says what it holds: `MONGO_HOST=mongo`, `MONGODB_SETTINGS`, `REDIS_URL`.
pub fn of_setting(name: &str, value: &str) -> Vec<Address> {
    let name = name.to_uppercase();
    let database = ["MONGO", "REDIS", "ELASTIC", "ES_", "DB_"].iter().any(|known| name.contains(known));
    let holds = ["HOST", "URL", "URI", "SERVER"].iter().any(|known| name.contains(known));
    if database && holds && !value.contains(char::is_whitespace) { of_text(value) } else { Vec::new() }
}
