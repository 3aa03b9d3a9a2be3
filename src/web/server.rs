//! From the socket to the router: how long a connection may dawdle, how much it may say before it asks, how many there may be.
//! May import: hyper, tokio.
//! Next: `peer.rs` for who is at the other end, `router.rs` for what is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// From the first byte, or from the answer before, to the end of the headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(15);
/// Request line and headers together; browsers and GitHub send a tenth of it.
const LARGEST_HEAD: usize = 32 * 1024;
const MOST_HEADERS: usize = 100;
/// More wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 4096;
/// How long answers that are under way have once the service is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves `router` until `stop`, then lets what is under way end.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let open = GracefulShutdown::new();
    let until_stop = async {
        loop {
            // Never closed, hence never an error.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, peer)) => answer(stream, peer, router.clone(), &open, place),
                // Out of file descriptors, or the other side is gone already: neither ends the service.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    };
    stop.run_until_cancelled(until_stop).await;
    drop(listener);
    if tokio::time::timeout(GRACE, open.shutdown()).await.is_err() {
        tracing::warn!("some answers were still under way after {} seconds", GRACE.as_secs());
    }
}

fn answer(stream: TcpStream, peer: SocketAddr, router: Router, open: &GracefulShutdown, place: OwnedSemaphorePermit) {
    // Answers are small: waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(LARGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke off");
        }
        drop(place);
    });
}
