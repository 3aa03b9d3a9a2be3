//! Asking the host itself: politely, within bounds, and at no address that lies inside.
//! May import: reqwest, governor, `settings`, `domain/`, and within the room `addresses`.
//! Next: `addresses.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as StdError;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use hyper::StatusCode;
use hyper::header::{self, HeaderMap};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, NoProxy, Proxy};
use tokio::time::timeout;
use url::{Host, Url};

use super::EgressSettings;
use super::addresses::is_inside;
use super::exchange::{Asked, Turned, end_to_end};
use crate::domain::facts::network::{Failure, Refusal};
use crate::settings::{Network, Secret};

const CONNECT: Duration = Duration::from_secs(10);
/// Hosts whose rate is remembered.
const REMEMBERED: usize = 4096;

/// A host's answer, whole.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: StatusCode,
    /// Without what belongs to the connection.
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Asks hosts.
pub(super) struct Upstream {
    client: Client,
    resolver: Arc<Resolver>,
    /// Whether the campus's proxy looks names up, so that we may not be able to.
    behind_proxy: bool,
    pace: DefaultKeyedRateLimiter<String>,
}

impl Upstream {
    pub fn new(settings: &EgressSettings, per_second: u32) -> anyhow::Result<Self> {
        let network = &settings.network;
        let proxies: Vec<&Secret> = [&network.http_proxy, &network.https_proxy].into_iter().flatten().collect();
        let resolver = Arc::new(Resolver {
            networks: settings.networks.clone(),
            hosts: settings.hosts.clone(),
            proxies: proxies
                .iter()
                .filter_map(|proxy| Url::parse(proxy.expose()).ok()?.host_str().map(str::to_owned))
                .collect(),
        });
        let client = client(network, Arc::clone(&resolver))?;
        let pace = RateLimiter::keyed(Quota::per_second(NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN)));
        Ok(Self { client, resolver, behind_proxy: !proxies.is_empty(), pace })
    }

    /// The host's answer, read to its end. `largest` is in bytes.
    pub async fn ask(&self, asked: &Asked, largest: u64, at_most: Duration) -> Result<Answer, Turned> {
        match timeout(at_most, self.ask_in_turn(asked, largest)).await {
            Ok(answer) => answer,
            Err(_) => Err(Turned::Failed(Failure::TimedOut)),
        }
    }

    async fn ask_in_turn(&self, asked: &Asked, largest: u64) -> Result<Answer, Turned> {
        self.check_address(&asked.url).await?;
        let host = asked.url.host_str().unwrap_or_default().to_owned();
        self.pace.until_key_ready(&host).await;
        if self.pace.len() > REMEMBERED {
            self.pace.retain_recent();
        }
        let mut headers = asked.headers.clone();
        // Answers are kept as they read, whatever the next program can unpack.
        headers.remove(header::ACCEPT_ENCODING);
        let request = self.client.request(asked.method.clone(), asked.url.clone()).headers(headers);
        let request = if asked.body.is_empty() { request } else { request.body(asked.body.clone()) };
        let mut response = request.send().await.map_err(|error| turned(&error))?;
        let (status, headers) = (response.status(), end_to_end(response.headers()));
        let mut body = BytesMut::new();
        // Counted after it is unpacked: a bomb is a long answer.
        while let Some(chunk) = response.chunk().await.map_err(|error| turned(&error))? {
            if (body.len() + chunk.len()) as u64 > largest {
                return Err(Turned::Failed(Failure::TooLarge));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }

    /// What no resolver is asked about: addresses instead of names, and names that a proxy looks up for us.
    async fn check_address(&self, url: &Url) -> Result<(), Turned> {
        let inside = Turned::Refused(StatusCode::FORBIDDEN, Refusal::Inside);
        match url.host() {
            Some(Host::Ipv4(address)) if self.resolver.is_inside(address.into()) => Err(inside),
            Some(Host::Ipv6(address)) if self.resolver.is_inside(address.into()) => Err(inside),
            Some(Host::Domain(name)) if self.behind_proxy => match self.resolver.look_up(name).await {
                Err(error) if error.is::<Inside>() => Err(inside),
                // The proxy may know it.
                _ => Ok(()),
            },
            Some(_) => Ok(()),
            None => Err(Turned::Refused(StatusCode::BAD_REQUEST, Refusal::Malformed)),
        }
    }
}

fn client(network: &Network, resolver: Arc<Resolver>) -> anyhow::Result<Client> {
    let mut builder = Client::builder()
        .connect_timeout(CONNECT)
        // Each is a request of the program's own, and passes the list again.
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .http1_only()
        .dns_resolver(resolver);
    if let Some(ca) = &network.ca {
        builder = builder.tls_certs_merge(Certificate::from_pem_bundle(&ca.pem).context("FORKGRADE_CA_FILE")?);
    }
    let except = network.no_proxy.as_deref().and_then(NoProxy::from_string);
    // The address may hold a password: it is not repeated.
    if let Some(proxy) = &network.http_proxy {
        let proxy = Proxy::http(proxy.expose()).map_err(|_| anyhow::anyhow!("HTTP_PROXY is no address"))?;
        builder = builder.proxy(proxy.no_proxy(except.clone()));
    }
    if let Some(proxy) = &network.https_proxy {
        let proxy = Proxy::https(proxy.expose()).map_err(|_| anyhow::anyhow!("HTTPS_PROXY is no address"))?;
        builder = builder.proxy(proxy.no_proxy(except));
    }
    builder.build().context("the certificates of this machine (ca-certificates)")
}

/// A name leads to an address that is not the internet's.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address inside")]
struct Inside;

/// There is no such name, and asking again would not help.
#[derive(Debug, thiserror::Error)]
#[error("there is no such name")]
struct NoSuchHost;

/// Names could not be looked up.
#[derive(Debug, thiserror::Error)]
#[error("the name could not be looked up")]
struct Unresolved;

/// Looks names up, and gives no address away that lies inside: what was looked at is what is connected to.
#[derive(Debug, Clone)]
struct Resolver {
    networks: Vec<IpNet>,
    hosts: BTreeMap<String, SocketAddr>,
    /// The campus's proxies, which lie inside.
    proxies: BTreeSet<String>,
}

type Looked = Result<Vec<SocketAddr>, Box<dyn StdError + Send + Sync>>;

impl Resolver {
    fn is_inside(&self, address: IpAddr) -> bool {
        is_inside(address, &self.networks)
    }

    async fn look_up(&self, name: &str) -> Looked {
        let addresses: Vec<SocketAddr> = match self.hosts.get(name) {
            Some(address) => vec![*address],
            None => tokio::net::lookup_host((name, 0)).await.map_err(|error| not_found(&error))?.collect(),
        };
        // One address inside spoils the rest: the next look may bring another first.
        if !self.proxies.contains(name) && addresses.iter().any(|address| self.is_inside(address.ip())) {
            return Err(Inside.into());
        }
        if addresses.is_empty() { Err(NoSuchHost.into()) } else { Ok(addresses) }
    }
}

/// The library tells in words alone whether a name does not exist, or nobody could be asked.
fn not_found(error: &std::io::Error) -> Box<dyn StdError + Send + Sync> {
    let text = error.to_string();
    let is_known =
        ["Name or service not known", "No address associated", "nodename nor servname", "Name does not resolve"];
    if is_known.iter().any(|words| text.contains(words)) { NoSuchHost.into() } else { Unresolved.into() }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let own = self.clone();
        Box::pin(async move {
            let addresses = own.look_up(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// What the client's error says.
fn turned(error: &reqwest::Error) -> Turned {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(one) = cause {
        if one.is::<Inside>() {
            return Turned::Refused(StatusCode::FORBIDDEN, Refusal::Inside);
        }
        if one.is::<NoSuchHost>() {
            return Turned::Failed(Failure::NoSuchHost);
        }
        if one.is::<Unresolved>() {
            return Turned::Failed(Failure::Unresolved);
        }
        if one.is::<tokio_rustls::rustls::Error>() {
            return Turned::Failed(Failure::Certificate);
        }
        // Errors of input and output pass over what they hold when they are asked for their source.
        let held = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = held.map(|held| held as &(dyn StdError + 'static)).or_else(|| one.source());
    }
    Turned::Failed(match () {
        () if error.is_timeout() => Failure::TimedOut,
        () if error.is_connect() => Failure::Unreachable,
        () => Failure::BrokeOff,
    })
}
