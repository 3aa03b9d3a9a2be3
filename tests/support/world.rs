//! The world outside a pod, as a test has it: sites of its own on loopback, under names that nobody else knows.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use forkgrade::clock::Clock;
use forkgrade::domain::egress::Egress as Rules;
use forkgrade::egress::{Egress, EgressSettings, Recordings};
use forkgrade::settings::Network;
use futures::StreamExt;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::campus::Authority;

/// A site that tells who asked what.
#[derive(Clone, Default)]
pub struct Site {
    asked: Arc<Mutex<Vec<String>>>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
    /// Lets `/gate` go on.
    pub gate: Arc<Notify>,
}

impl Site {
    /// Method and address of every request, in their order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How often an address was asked for.
    pub fn hits(&self, address: &str) -> usize {
        self.asked().iter().filter(|asked| *asked == address).count()
    }

    /// The headers of the last request.
    pub fn last_headers(&self) -> HeaderMap {
        self.headers.lock().unwrap().last().expect("a request").clone()
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/", any(|| async { page("<title>Films</title><li>Alien</li>") }))
            .route("/films/{n}", get(|Path(n): Path<u32>| async move { page(&format!("<li>film {n}</li>")) }))
            .route("/chart.js", get(chart))
            .route("/echo", post(|body: Bytes| async move { body }))
            .route("/to", get(|Query(query): Query<BTreeMap<String, String>>| async move { redirect(&query["url"]) }))
            .route("/status/{code}", get(|Path(code): Path<u16>| async move { StatusCode::from_u16(code).unwrap() }))
            .route("/shaky", get(shaky))
            .route("/huge", get(|| async { vec![b'x'; 3 << 20] }))
            .route("/endless", get(endless))
            .route("/bomb", get(|| async { packed(&vec![0; 64 << 20]) }))
            .route("/packed", get(|| async { packed(b"<li>unpacked</li>") }))
            .route("/chunked", get(chunked))
            .route("/broken", get(broken))
            .route(
                "/gate",
                get(|State(site): State<Site>| async move {
                    site.gate.notified().await;
                    "open"
                }),
            )
            .route("/never", get(|| async { std::future::pending::<()>().await }))
            .route("/cookie", get(cookie))
            .route("/language", get(language))
            .route("/varies", get(|| async { ([(header::VARY, "*")], "anew") }))
            .layer(middleware::from_fn_with_state(self.clone(), note))
            .with_state(self.clone())
    }
}

async fn note(State(site): State<Site>, request: Request, next: Next) -> Response {
    site.asked.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
    site.headers.lock().unwrap().push(request.headers().clone());
    next.run(request).await
}

fn page(body: &str) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body.to_owned()).into_response()
}

/// Draws six rows, and says that it did.
async fn chart() -> Response {
    let draw = "document.title = 'Dessiné'; document.body.insertAdjacentHTML('beforeend', '<ul>' + '<li>x</li>'.repeat(6) + '</ul>')";
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], draw).into_response()
}

fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, HeaderValue::from_str(to).unwrap())]).into_response()
}

/// In trouble the first time, well afterwards.
async fn shaky(State(site): State<Site>) -> Response {
    if site.hits("GET /shaky") == 1 { StatusCode::SERVICE_UNAVAILABLE.into_response() } else { page("well again") }
}

async fn endless() -> Body {
    Body::from_stream(futures::stream::repeat(Bytes::from_static(&[b'x'; 65536])).map(Ok::<_, std::io::Error>))
}

async fn chunked() -> Body {
    let parts =
        ["<li>one", "</li>", "<li>two</li>"].map(|part| Ok::<_, std::io::Error>(Bytes::from_static(part.as_bytes())));
    Body::from_stream(futures::stream::iter(parts))
}

/// Promises more than it sends.
async fn broken() -> Response {
    let parts = [Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("gone"))];
    ([(header::CONTENT_LENGTH, "1000")], Body::from_stream(futures::stream::iter(parts))).into_response()
}

async fn cookie(headers: HeaderMap) -> Response {
    let known = headers.get(header::COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned());
    let set = [(header::SET_COOKIE, HeaderValue::from_static("session=of-the-first; Path=/"))];
    (set, known.unwrap_or_else(|| "a stranger".to_owned())).into_response()
}

async fn language(headers: HeaderMap) -> Response {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).map_or("none", |value| value.to_str().unwrap()).to_owned();
    ([(header::VARY, "Accept-Language")], wanted).into_response()
}

fn packed(bytes: &[u8]) -> Response {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    ([(header::CONTENT_ENCODING, "gzip"), (header::CONTENT_TYPE, "text/html")], packer.finish().unwrap())
        .into_response()
}

/// Everything that a test's proxy can reach.
pub struct World {
    pub site: Site,
    authority: Authority,
    hosts: BTreeMap<String, SocketAddr>,
    servers: Vec<JoinHandle<()>>,
}

impl World {
    /// `films.example` and `www.films.example` speak HTTP, `secure.example` HTTPS, and `wrong.example` HTTPS under another's name. `other.example` is
    /// the same site as `films.example`, `closed.example` has nobody at its port, and `inside.example` leads to this host by another address.
    pub async fn new() -> Self {
        let (site, authority) = (Site::default(), Authority::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain = listener.local_addr().unwrap();
        let router = site.router();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let https =
            async |name: &str| SocketAddr::from(([127, 0, 0, 1], authority.serve_as(name, site.router()).await));
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let hosts = [
            ("films.example", plain),
            ("www.films.example", plain),
            ("other.example", plain),
            ("secure.example", https("secure.example").await),
            ("wrong.example", https("somebody-else.example").await),
            ("closed.example", closed),
            ("inside.example", SocketAddr::from(([127, 0, 0, 2], plain.port()))),
            ("metadata.example", SocketAddr::from(([169, 254, 169, 254], 80))),
        ];
        let hosts = hosts.map(|(name, address)| (name.to_owned(), address)).into();
        Self { site, authority, hosts, servers: vec![server] }
    }

    /// The proxy to it, for a course with these rules.
    pub fn egress(&self, rules: &Rules, recordings: Option<Recordings>) -> Egress {
        let network = Network { ca: Some(self.authority.file()), ..Network::default() };
        let networks = vec!["127.0.0.1/32".parse().unwrap()];
        let settings = EgressSettings { network, networks, hosts: self.hosts.clone() };
        Egress::new(&settings, rules, recordings, Clock::System).expect("a proxy")
    }

    /// The names with their addresses, as `FORKGRADE_EGRESS_HOSTS` takes them.
    pub fn hosts(&self) -> String {
        self.hosts.iter().map(|(name, address)| format!("{name}={address}")).collect::<Vec<_>>().join(",")
    }

    /// Nobody serves any more, and what is asked gets no answer.
    pub async fn shut(&mut self) {
        for server in self.servers.drain(..) {
            server.abort();
            let _ = server.await;
        }
    }
}

/// Rules as `course.toml` writes them.
pub fn rules(json: serde_json::Value) -> Rules {
    serde_json::from_value(json).expect("rules")
}

/// How long a test waits for what must come.
pub const SOON: Duration = Duration::from_secs(20);
