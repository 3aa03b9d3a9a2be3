//! The pod's end of the line to the proxy, without a pod: connections whose every byte a test writes itself.

use std::sync::Arc;

use bytes::Bytes;
use forkgrade::domain::facts::network::{Exchange, NetworkFacts};
use forkgrade::domain::ids::RunId;
use forkgrade::egress::{Egress, Session};
use forkgrade::probe::{BROWSER_USER, line};
use http_body_util::Empty;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::world::SOON;

/// The student's programs' user.
pub const STUDENT: u32 = 10001;

/// An open line.
pub struct Line {
    sender: SendRequest<Empty<Bytes>>,
    session: Session,
    ca: String,
}

impl Line {
    pub async fn open(egress: &Egress) -> Self {
        let (inside, outside) = tokio::io::duplex(1 << 16);
        let session = egress.session(RunId(0));
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(inside));
        let greet = async {
            let (mut sender, connection) = handshake.await.expect("HTTP/2");
            tokio::spawn(connection);
            let ready = Request::get(format!("http://outside.invalid{}", line::READY)).body(Empty::new()).unwrap();
            assert_eq!(sender.send_request(ready).await.expect("an answer").status(), StatusCode::OK);
            sender
        };
        let (sender, is_open) = tokio::join!(greet, session.open(outside));
        assert!(is_open);
        Self { sender, session, ca: egress.ca_pem() }
    }

    /// What was asked over it.
    pub async fn close(self) -> NetworkFacts {
        timeout(SOON, self.session.close()).await.expect("it closes soon")
    }

    /// Whether a name has an address in the pod.
    pub async fn knows(&self, name: &str) -> bool {
        let path = format!("http://outside.invalid{}?{name}", line::NAME);
        let request = Request::get(path).body(Empty::new()).unwrap();
        self.sender.clone().send_request(request).await.expect("an answer").status() == StatusCode::OK
    }

    /// A connection of this user's, to the proxy or to a host's place in the pod.
    pub async fn connect(&self, authority: &str, user: u32) -> TokioIo<Upgraded> {
        let request = Request::builder().method(Method::CONNECT).uri(authority).header(line::USER, user.to_string());
        let answer = self.sender.clone().send_request(request.body(Empty::new()).unwrap()).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        TokioIo::new(hyper::upgrade::on(answer).await.expect("a stream"))
    }

    /// A connection of a program's with the proxy.
    pub async fn proxy(&self) -> TokioIo<Upgraded> {
        self.connect(line::PROXY, STUDENT).await
    }

    /// What the proxy answers to these bytes, until it hangs up.
    pub async fn raw(&self, bytes: &str) -> String {
        said(self.proxy().await, bytes).await
    }

    /// The same, from the browser.
    pub async fn raw_of_browser(&self, bytes: &str) -> String {
        said(self.connect(line::PROXY, BROWSER_USER).await, bytes).await
    }

    /// One request through the proxy, and the body of its answer.
    pub async fn get(&self, url: &str) -> (u16, String) {
        self.ask("GET", url, &[], "").await
    }

    pub async fn ask(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        parsed(&self.raw(&request(method, url, headers, body)).await)
    }

    /// A tunnel through the proxy; the answer where there is none.
    pub async fn tunnel(&self, authority: &str) -> Result<TokioIo<Upgraded>, String> {
        let mut stream = self.proxy().await;
        let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match timeout(SOON, stream.read(&mut byte)).await.expect("an answer").unwrap_or(0) {
                0 => break,
                _ => answer.push(byte[0]),
            }
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        if answer.starts_with("HTTP/1.1 200") { Ok(stream) } else { Err(answer) }
    }

    /// TLS on a connection, as a program does it that believes the proxy's authority.
    pub async fn tls<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, name: &str) -> std::io::Result<TlsStream<S>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.ca.as_bytes()).expect("a certificate")).expect("a root");
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("protocols that everybody speaks")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).expect("a name");
        timeout(SOON, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.expect("a handshake")
    }
}

/// The bytes of a request that ends its connection.
pub fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    if let Ok(url) = url::Url::parse(target) {
        text += &format!("Host: {}\r\n", &url[url::Position::BeforeHost..url::Position::AfterPort]);
    }
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    format!("{text}\r\n{body}")
}

/// Everything that comes back until the other end hangs up.
pub async fn said(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &str) -> String {
    // It may hang up before it has heard everything.
    let _ = stream.write_all(bytes.as_bytes()).await;
    let _ = stream.flush().await;
    let mut answer = Vec::new();
    let _ = timeout(SOON, stream.read_to_end(&mut answer)).await.expect("it ends");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Status and body of an answer with a length.
pub fn parsed(answer: &str) -> (u16, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or(0), body.to_owned())
}

/// The one request that was written down.
pub fn only(facts: &NetworkFacts) -> &Exchange {
    assert_eq!(facts.exchanges.len(), 1, "{facts:#?}");
    &facts.exchanges[0]
}
