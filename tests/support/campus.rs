//! What stands between a campus and GitHub: a certificate authority of its own, a server under its certificates, a proxy.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use forkgrade::settings::CaFile;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate authority that no machine knows.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        Self { issuer, folder: tempfile::tempdir().expect("a folder") }
    }

    /// Its certificate in a file, as an operator gets it.
    pub fn file(&self) -> CaFile {
        let path = self.folder.path().join("campus.pem");
        std::fs::write(&path, self.issuer.pem()).expect("a file");
        CaFile::read(path).expect("certificates")
    }

    /// Serves a router under a certificate for `localhost`, until the runtime ends.
    pub async fn serve(&self, router: Router) -> u16 {
        self.serve_as("localhost", router).await
    }

    /// Serves a router under a certificate for this name, until the runtime ends.
    pub async fn serve_as(&self, name: &str, router: Router) -> u16 {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("protocols that everybody speaks")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("they fit");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, router) = (acceptor.clone(), router.clone());
                tokio::spawn(async move {
                    // Whoever does not believe the certificate hangs up.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = TowerToHyperService::new(router);
                    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        port
    }
}

/// A proxy that tunnels (`CONNECT`) and forwards plain requests, and writes down for whom.
#[derive(Clone)]
pub struct Proxy {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// A proxy that wants this user and password, where one is given.
    pub async fn start(password: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let proxy = Self { address: listener.local_addr().expect("an address"), asked: Arc::default() };
        let wanted = password.map(|password| format!("Basic {}", BASE64_STANDARD.encode(password)));
        let own = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (own, wanted) = (own.clone(), wanted.clone());
                tokio::spawn(async move { own.carry(stream, wanted).await });
            }
        });
        proxy
    }

    /// Method and target of every request, in their order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    async fn carry(&self, stream: TcpStream, wanted: Option<String>) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let (mut head, mut line) = (Vec::new(), String::new());
        while stream.read_line(&mut line).await.ok()? > 2 {
            head.push(std::mem::take(&mut line));
        }
        let first = head.first()?.clone();
        let (method, rest) = first.split_once(' ')?;
        let target = rest.split_once(' ')?.0;
        self.asked.lock().unwrap().push(format!("{method} {target}"));
        let is_let_in = |wanted: &String| head.iter().any(|header| header.trim_end().ends_with(wanted));
        if !wanted.as_ref().is_none_or(is_let_in) {
            let refusal =
                b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            return stream.write_all(refusal).await.ok();
        }
        if method == "CONNECT" {
            let mut server = TcpStream::connect(target.replace("localhost", "127.0.0.1")).await.ok()?;
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
            return copy_bidirectional(&mut stream, &mut server).await.ok().map(drop);
        }
        let url = url::Url::parse(target).ok()?;
        let mut server = TcpStream::connect((url.host_str()?, url.port()?)).await.ok()?;
        let path = url[url::Position::BeforePath..].to_owned();
        let mut request = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        for header in head.iter().skip(1).filter(|header| !header.to_lowercase().starts_with("connection")) {
            request.push_str(header);
        }
        server.write_all(format!("{request}\r\n").as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).await.ok()?;
        stream.write_all(&answer).await.ok()
    }
}
