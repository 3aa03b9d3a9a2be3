//! The line out of a pod: HTTP/2 over the standard input and output of our own program in there. Every connection is a stream.
//! May import: hyper, `domain/`, and within the room `connection`.
//! Next: `probe/way_out.rs` is the other end, `connection.rs` answers one stream.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Inner;
use super::connection::{self, Target};
use crate::domain::egress::host_name;
use crate::domain::facts::network::{Asker, Refusal};
use crate::probe::{BROWSER_USER, line};

/// Connections of one pod at once; more wait inside.
const STREAMS: u32 = 64;
/// What one connection, and all of them, may send before we have read it.
const STREAM_WINDOW: u32 = 256 * 1024;
const LINE_WINDOW: u32 = 4 * 1024 * 1024;

/// Serves until the line breaks.
pub(super) async fn serve(inner: Arc<Inner>, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = service_fn(|request: Request<Incoming>| {
        let answer = answer(&inner, request);
        async move { Ok::<_, Infallible>(answer) }
    });
    let served = http2::Builder::new(TokioExecutor::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(LINE_WINDOW)
        .max_send_buf_size(STREAM_WINDOW as usize)
        .serve_connection(TokioIo::new(io), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(run = %inner.run, %error, "the line out of the pod broke");
    }
}

/// What our own program in the pod says and asks. It is not the student's, but whose names it passes on is.
fn answer(inner: &Arc<Inner>, mut request: Request<Incoming>) -> Response<Empty<Bytes>> {
    if request.method() == Method::CONNECT {
        let Some(target) = target(&request) else { return status(StatusCode::BAD_REQUEST) };
        let asker = asker(&request);
        let (own, upgrade) = (Arc::clone(inner), hyper::upgrade::on(&mut request));
        inner.clone().spawn(async move {
            // The program hung up before anything was said.
            let Ok(stream) = upgrade.await else { return };
            connection::serve(own, asker, target, TokioIo::new(stream)).await;
        });
        return status(StatusCode::OK);
    }
    match request.uri().path() {
        line::READY => {
            inner.ready.send_replace(true);
            status(StatusCode::OK)
        }
        line::NAME => name(inner, request.uri().query().unwrap_or_default()),
        _ => status(StatusCode::NOT_FOUND),
    }
}

/// Whether a name has an address in the pod. None is looked up for it: that would tell the world what was asked.
fn name(inner: &Arc<Inner>, text: &str) -> Response<Empty<Bytes>> {
    let host = host_name(text);
    if host.as_deref().is_some_and(|host| inner.rules().lets_programs_resolve(host)) {
        return status(StatusCode::OK);
    }
    let host = host.as_deref().unwrap_or(text);
    inner.log().refused(Asker::Program, host, Refusal::of_name(host));
    status(StatusCode::FORBIDDEN)
}

fn asker(request: &Request<Incoming>) -> Asker {
    let user = request.headers().get(line::USER).and_then(|user| user.to_str().ok()?.parse::<u32>().ok());
    if user == Some(BROWSER_USER) { Asker::Browser } else { Asker::Program }
}

/// Whom the program has reached: the proxy, or somebody whose name has an address in the pod.
fn target(request: &Request<Incoming>) -> Option<Target> {
    let authority = request.uri().authority()?;
    if authority.as_str() == line::PROXY {
        return Some(Target::Proxy);
    }
    Some(Target::Host { name: host_name(authority.host())?, port: authority.port_u16()? })
}

fn status(status: StatusCode) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    response
}
