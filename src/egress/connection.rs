//! One connection of a program: with the proxy or, as it believes, with a host. TLS ends here, under our own authority.
//! May import: hyper, rustls, `domain/`, and within the room `exchange`.
//! Next: `exchange.rs` for each request. There is no tunnel: what is not HTTP goes nowhere.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;

use super::Inner;
use super::exchange::{self, refuse};
use super::log::with_port;
use crate::domain::egress::host_name;
use crate::domain::facts::network::{Asker, Refusal};

/// How long a program may take for its first byte, a handshake, or the head of a request.
const SAYS_SOMETHING: Duration = Duration::from_secs(30);
/// The head of a request: more than any honest one has.
const HEAD_BYTES: usize = 64 * 1024;
const HEADERS: usize = 128;
/// The first byte of every TLS connection.
const HANDSHAKE: u8 = 22;

/// Whom a program believes to talk to.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Proxy,
    /// The name is written as addresses write it.
    Host {
        name: String,
        port: u16,
    },
}

/// Where a request goes, as far as the connection says it.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    pub https: bool,
    pub host: String,
    pub port: u16,
}

impl Destination {
    /// The host as people read it.
    pub fn shown(&self) -> String {
        with_port(&self.host, self.port)
    }

    fn usual_port(&self) -> u16 {
        if self.https { 443 } else { 80 }
    }
}

type Answer = Response<Full<Bytes>>;

/// Serves a connection to its end.
pub(super) async fn serve(
    inner: Arc<Inner>,
    asker: Asker,
    target: Target,
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) {
    match target {
        Target::Proxy => proxy(inner, asker, io).await,
        Target::Host { name, port } => host(inner, asker, name, port, io).await,
    }
}

async fn proxy(inner: Arc<Inner>, asker: Asker, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = service_fn(move |request: Request<Incoming>| {
        let inner = Arc::clone(&inner);
        async move { Ok::<_, Infallible>(proxied(inner, asker, request).await) }
    });
    // It ends as programs end: often in the middle.
    let _ = server().serve_connection(TokioIo::new(io), service).with_upgrades().await;
}

async fn proxied(inner: Arc<Inner>, asker: Asker, request: Request<Incoming>) -> Answer {
    if request.method() == Method::CONNECT {
        return connect(inner, asker, request);
    }
    match absolute(request.uri()) {
        // Whatever its own host header says: the address is what a proxy goes by.
        Some(destination) => exchange::answer(&inner, asker, destination, request).await,
        None => {
            inner.log().refused(asker, "", Refusal::Malformed);
            refuse(StatusCode::BAD_REQUEST, "this is a proxy: requests name the whole address")
        }
    }
}

/// Where an address with scheme and host leads.
fn absolute(uri: &Uri) -> Option<Destination> {
    let https = match uri.scheme_str()? {
        "http" => false,
        "https" => true,
        _ => return None,
    };
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let port = authority.port_u16().unwrap_or(if https { 443 } else { 80 });
    Some(Destination { https, host: host_name(authority.host())?, port })
}

fn connect(inner: Arc<Inner>, asker: Asker, mut request: Request<Incoming>) -> Answer {
    let authority = request.uri().authority().filter(|authority| !authority.as_str().contains('@'));
    let named = authority.and_then(|authority| Some((host_name(authority.host())?, authority.port_u16()?)));
    let Some((name, port)) = named else {
        inner.log().refused(asker, "", Refusal::Malformed);
        return refuse(StatusCode::BAD_REQUEST, "CONNECT names a host and a port");
    };
    if !exchange::is_let_through(&inner, asker, &name, port) {
        let shown = with_port(&name, port);
        inner.log().refused(asker, &shown, Refusal::NotAllowed);
        return exchange::not_allowed(&shown);
    }
    let upgrade = hyper::upgrade::on(&mut request);
    inner.clone().spawn(async move {
        let Ok(stream) = upgrade.await else { return };
        host(inner, asker, name, port, TokioIo::new(stream)).await;
    });
    Response::new(Full::default())
}

/// A connection with one host: TLS where it begins like it, else plain.
async fn host(
    inner: Arc<Inner>,
    asker: Asker,
    name: String,
    port: u16,
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) {
    let mut io = BufReader::new(io);
    let first = match timeout(SAYS_SOMETHING, io.fill_buf()).await {
        Ok(Ok(bytes)) => bytes.first().copied(),
        Ok(Err(_)) | Err(_) => None,
    };
    match first {
        None => {}
        Some(HANDSHAKE) => {
            let destination = Destination { https: true, host: name, port };
            if let Some(stream) = handshake(&inner, asker, &destination, io).await {
                requests(inner, asker, destination, stream).await;
            }
        }
        Some(_) => requests(inner, asker, Destination { https: false, host: name, port }, io).await,
    }
}

/// TLS under the host's name. `None` where the program gave up, or wants another name than the one it connected to.
async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    inner: &Arc<Inner>,
    asker: Asker,
    destination: &Destination,
    io: S,
) -> Option<tokio_rustls::server::TlsStream<S>> {
    let start = timeout(SAYS_SOMETHING, LazyConfigAcceptor::new(Acceptor::default(), io)).await.ok()?.ok()?;
    let wanted = start.client_hello().server_name().map(host_name);
    if wanted.is_some_and(|wanted| wanted.as_deref() != Some(destination.host.as_str())) {
        inner.log().refused(asker, &destination.shown(), Refusal::AtOdds);
        return None;
    }
    let shared = &inner.egress.shared;
    match shared.authority.server(&destination.host, shared.clock.now()) {
        Ok(config) => timeout(SAYS_SOMETHING, start.into_stream(config)).await.ok()?.ok(),
        Err(error) => {
            tracing::warn!(host = destination.host, "no certificate: {error:#}");
            None
        }
    }
}

async fn requests(
    inner: Arc<Inner>,
    asker: Asker,
    destination: Destination,
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (inner, destination) = (Arc::clone(&inner), destination.clone());
        async move {
            if !agrees(&destination, &request) {
                inner.log().refused(asker, &destination.shown(), Refusal::AtOdds);
                let text = "the request names another host than its connection";
                return Ok::<_, Infallible>(refuse(StatusCode::MISDIRECTED_REQUEST, text));
            }
            Ok(exchange::answer(&inner, asker, destination, request).await)
        }
    });
    let _ = server().serve_connection(TokioIo::new(io), service).await;
}

/// Whether everything in a request names the host that its connection is with.
fn agrees(destination: &Destination, request: &Request<Incoming>) -> bool {
    let is_it = |text: &str| {
        let Ok(authority) = text.parse::<hyper::http::uri::Authority>() else { return false };
        let port = match authority.port() {
            Some(port) => port.as_str().parse().ok(),
            None => Some(destination.usual_port()),
        };
        !text.contains('@')
            && host_name(authority.host()).as_deref() == Some(destination.host.as_str())
            && port == Some(destination.port)
    };
    let mut hosts = request.headers().get_all(HOST).iter();
    let header_agrees = match (hosts.next(), hosts.next()) {
        // HTTP/1.0 has none.
        (None, _) => true,
        (Some(one), None) => one.to_str().is_ok_and(is_it),
        (Some(_), Some(_)) => false,
    };
    let uri = request.uri();
    let scheme_agrees =
        uri.scheme_str().is_none_or(|scheme| scheme == if destination.https { "https" } else { "http" });
    header_agrees && scheme_agrees && uri.authority().is_none_or(|authority| is_it(authority.as_str()))
}

fn server() -> http1::Builder {
    let mut builder = http1::Builder::new();
    // A recorded answer brings the date of its recording.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(SAYS_SOMETHING)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .auto_date_header(false);
    builder
}
