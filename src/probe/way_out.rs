//! The way out's end in the pod: a program of its own in the probe's container, which passes connections on and reads none of them.
//! May import: hyper, tokio, and within the room `line`, `names` and `ports`.
//! Next: `egress/` outside, where everything is decided.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{copy_bidirectional, join};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use super::{line, names, ports};

/// Where programs of the pod find the proxy.
pub const PROXY_PORT: u16 = 13128;
/// What one connection, and all of them, may be sent before it is read.
const STREAM_WINDOW: u32 = 256 * 1024;
const LINE_WINDOW: u32 = 4 * 1024 * 1024;
/// Names that have an address here.
const NAMES: usize = 1024;

type Line = SendRequest<Empty<Bytes>>;

/// Serves until the line breaks, which it does when the worker dies. `direct` are ports at which names are answered without the proxy.
pub async fn run(direct: Vec<u16>) -> ExitCode {
    match serve(direct).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(direct: Vec<u16>) -> anyhow::Result<()> {
    let io = TokioIo::new(join(tokio::io::stdin(), tokio::io::stdout()));
    let (line, connection) = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(LINE_WINDOW)
        .max_send_buf_size(STREAM_WINDOW as usize)
        .handshake(io)
        .await
        .context("the line")?;
    let connection = tokio::spawn(connection);
    let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, PROXY_PORT)).await.context("the proxy's port")?;
    tokio::spawn(accept(proxy, line.clone(), line::PROXY.to_owned()));
    let book = Arc::new(Book { line: line.clone(), direct, places: Mutex::default() });
    let resolver = names::bind().await.context("the resolver's port")?;
    tokio::spawn(names::serve(resolver, move |name| {
        let book = Arc::clone(&book);
        async move { book.address(name).await }
    }));
    tell(line, line::READY).await.context("nobody hears that all is ready")?;
    connection.await?.context("the line")
}

/// One question on the line.
async fn tell(mut line: Line, path: &str) -> anyhow::Result<StatusCode> {
    let request = Request::get(format!("http://outside.invalid{path}")).body(Empty::new())?;
    Ok(line.send_request(request).await?.status())
}

/// The addresses that names have in this pod.
struct Book {
    line: Line,
    direct: Vec<u16>,
    places: Mutex<HashMap<String, Ipv4Addr>>,
}

impl Book {
    /// An address of this pod at which the name is answered; `None` where it may not be asked.
    async fn address(&self, name: String) -> Option<Ipv4Addr> {
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !is_name {
            return None;
        }
        let mut places = self.places.lock().await;
        if let Some(known) = places.get(&name) {
            return Some(*known);
        }
        let answer = tell(self.line.clone(), &format!("{}?{name}", line::NAME)).await;
        if answer.ok() != Some(StatusCode::OK) || places.len() >= NAMES {
            return None;
        }
        let address = place(places.len());
        for &port in &self.direct {
            // A port that the student's own program has on every address is theirs: the proxy still answers.
            if let Ok(listener) = TcpListener::bind((address, port)).await {
                tokio::spawn(accept(listener, self.line.clone(), format!("{name}:{port}")));
            }
        }
        places.insert(name, address);
        Some(address)
    }
}

/// The address of the name that came as the so-manieth: of the loopback, far from where anybody listens.
fn place(number: usize) -> Ipv4Addr {
    let [.., high, low] = (number + 1).to_be_bytes();
    Ipv4Addr::new(127, 64, high, low)
}

/// Passes every connection on, to whom the authority names.
async fn accept(listener: TcpListener, line: Line, authority: String) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(carry(stream, peer, line.clone(), authority.clone()));
            }
            // Too many files are open: it passes.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

async fn carry(mut stream: TcpStream, peer: SocketAddr, mut line: Line, authority: String) -> Option<()> {
    let user = ports::user_of(peer, stream.local_addr().ok()?);
    let request = Request::builder().method(Method::CONNECT).uri(authority);
    let request = request.header(line::USER, user.map_or_else(String::new, |user| user.to_string()));
    let answer = line.send_request(request.body(Empty::new()).ok()?).await.ok()?;
    if answer.status() != StatusCode::OK {
        return None;
    }
    let outside = hyper::upgrade::on(answer).await.ok()?;
    let ended: io::Result<_> = copy_bidirectional(&mut stream, &mut TokioIo::new(outside)).await;
    ended.ok().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_place_of_its_own_on_the_loopback() {
        assert_eq!(place(0), Ipv4Addr::new(127, 64, 0, 1));
        assert_eq!(place(NAMES - 1), Ipv4Addr::new(127, 64, 4, 0));
    }
}
