//! Who is at the other end, and by which name we were called: what proxies say is believed only of configured ones.
//! May import: axum, ipnet.
//! Next: `limits.rs`, which counts by it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State as AppState};
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use url::{Host, Url};

use super::error::Error;
use super::state::State;

/// The proxies that stand before us, as `FORKGRADE_TRUSTED_PROXIES` names them.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// From their networks.
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The nearest address that no trusted proxy has: each proxy appends whom it speaks with, so only what our own proxies appended
    /// is known to be true, and that stands at the end.
    fn client(&self, connected: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = connected.to_canonical();
        let said: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for hop in said.iter().rev() {
            if !self.trust(client) {
                break;
            }
            let Some(address) = address_of(hop.trim()) else { break };
            client = address.to_canonical();
        }
        client
    }
}

/// An address as proxies write it: bare, or with a port.
fn address_of(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

/// The address that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// What one customer of a provider has: a whole /64 of IPv6 counts as one.
    pub fn neighbourhood(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let prefix = address.to_bits() >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from_bits(prefix))
            }
        }
    }
}

/// Finds out who asks, and refuses what is meant for another host: a page elsewhere whose name was pointed at us must not read ours.
pub async fn identify(AppState(state): AppState<State>, mut request: Request, next: Next) -> Result<Response, Error> {
    let connected = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_canonical())
        .ok_or_else(|| anyhow::anyhow!("a request without a connection"))?;
    // Whoever asks whether we live asks by whatever name, and learns nothing else.
    let anybody = matches!(request.uri().path(), "/healthz" | "/readyz");
    let vouched = anybody || state.proxies.trust(connected);
    if !vouched && !is_ours(&state.public_url, request.uri(), request.headers()) {
        return Err(Error::Misdirected(state.public_url.clone()));
    }
    let peer = Peer(state.proxies.client(connected, request.headers()));
    request.extensions_mut().insert(peer);
    Ok(next.run(request).await)
}

/// Whether the request names us: as the public address does, or by a number, which nobody else's name server can point elsewhere.
fn is_ours(public: &Url, uri: &Uri, headers: &HeaderMap) -> bool {
    let named =
        uri.authority().map(|authority| authority.as_str()).or_else(|| headers.get(header::HOST)?.to_str().ok());
    let Some(named) = named.and_then(|named| Url::parse(&format!("http://{named}")).ok()) else { return false };
    match (named.host(), public.host()) {
        (Some(Host::Ipv4(_) | Host::Ipv6(_)), _) | (Some(Host::Domain("localhost")), _) => true,
        // It listens everywhere and was not told its name.
        (Some(Host::Domain(_)), Some(Host::Ipv4(ours))) => ours.is_unspecified(),
        (Some(Host::Domain(_)), Some(Host::Ipv6(ours))) => ours.is_unspecified(),
        (Some(Host::Domain(named)), Some(Host::Domain(ours))) => named == ours,
        (None, _) | (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(trusted: &[&str], connected: &str, said: &[&str]) -> String {
        let networks: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in said {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        Proxies::new(&networks).client(connected.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_s_word_about_itself_counts_for_nothing() {
        assert_eq!(client(&[], "198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
        assert_eq!(client(&["10.0.0.0/8"], "198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
    }

    #[test]
    fn what_our_proxies_appended_counts_and_nothing_before_it() {
        let ours = ["10.0.0.0/8", "::1/128"];
        assert_eq!(client(&ours, "10.0.0.1", &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(client(&ours, "10.0.0.1", &["192.0.2.99, 203.0.113.1, 10.0.0.2"]), "203.0.113.1");
        assert_eq!(client(&ours, "10.0.0.1", &["192.0.2.99", "203.0.113.1"]), "203.0.113.1", "two header lines");
        assert_eq!(client(&ours, "::1", &["203.0.113.1:4711"]), "203.0.113.1");
        assert_eq!(client(&ours, "::ffff:10.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(
            client(&ours, "10.0.0.1", &["203.0.113.1, unknown"]),
            "10.0.0.1",
            "who cannot be read is not passed over"
        );
        assert_eq!(client(&ours, "10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn ipv6_customers_count_once() {
        let of = |text: &str| Peer(text.parse().unwrap()).neighbourhood().to_string();
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("198.51.100.7"), "198.51.100.7");
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let asked = |public: &str, host: &str| {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).unwrap())]);
            is_ours(&public.parse().unwrap(), &Uri::from_static("/"), &headers)
        };
        assert!(asked("https://grades.example.org", "grades.example.org"));
        assert!(asked("https://grades.example.org", "Grades.Example.org:443"));
        assert!(asked("https://grades.example.org", "127.0.0.1:8080"));
        assert!(asked("http://127.0.0.1:8080", "localhost:8080"));
        assert!(asked("http://0.0.0.0:8080", "teacher-laptop:8080"));
        assert!(!asked("https://grades.example.org", "evil.example.org"));
        assert!(!asked("http://127.0.0.1:8080", "rebound.example.org:8080"));
        assert!(!asked("https://grades.example.org", ""));
    }
}
