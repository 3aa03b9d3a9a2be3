//! Signed pushes by the thousand, as GitHub delivers them: each until it was taken in. Shared by a test and by `benches/ingest.rs`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use forkgrade::github::webhook::sign;
use forkgrade::settings::Secret;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// GitHub's own payloads of a push are seven to eight kilobytes.
const PADDING: usize = 7_000;

/// Requests as they go over the wire, signed before the clock runs.
pub struct Flood {
    requests: Vec<Vec<u8>>,
    next: AtomicUsize,
}

/// The commit of a push by its number. All zeros would be a branch that is gone.
pub fn commit(number: usize) -> String {
    format!("{:040x}", number + 1)
}

impl Flood {
    /// Pushes number `from` to `to`, one after the other to each of the repositories.
    pub fn new(address: SocketAddr, secret: &Secret, repos: &[i64], from: usize, to: usize) -> Arc<Self> {
        let requests = (from..to).map(|number| request(address, secret, repos[number % repos.len()], number)).collect();
        Arc::new(Self { requests, next: AtomicUsize::new(0) })
    }

    /// Sends everything over so many connections, each delivery until it is taken in, whatever happens to the server meanwhile: as fast
    /// as it goes, or at a rate a second, whether the server keeps up or not. How long each took, from the moment it was due, sorted.
    pub async fn deliver(
        self: &Arc<Self>,
        address: SocketAddr,
        connections: usize,
        rate: Option<f64>,
    ) -> Vec<Duration> {
        let started = Instant::now();
        let senders: Vec<_> = (0..connections)
            .map(|_| {
                let flood = Arc::clone(self);
                tokio::spawn(async move {
                    let (mut sender, mut took) = (Sender { address, stream: None }, Vec::new());
                    loop {
                        let number = flood.next.fetch_add(1, Ordering::Relaxed);
                        let Some(request) = flood.requests.get(number) else { return took };
                        let due = match rate {
                            Some(rate) => started + Duration::from_secs_f64(number as f64 / rate),
                            None => Instant::now(),
                        };
                        tokio::time::sleep_until(due.into()).await;
                        sender.deliver(request).await;
                        took.push(due.elapsed());
                    }
                })
            })
            .collect();
        let mut took = Vec::new();
        for sender in senders {
            took.extend(sender.await.expect("a sender"));
        }
        took.sort_unstable();
        took
    }

    /// How many were begun so far.
    pub fn begun(&self) -> usize {
        self.next.load(Ordering::Relaxed).min(self.requests.len())
    }
}

fn request(address: SocketAddr, secret: &Secret, repo: i64, number: usize) -> Vec<u8> {
    let body = json!({
        "ref": "refs/heads/main", "before": "0".repeat(40), "after": commit(number), "padding": "x".repeat(PADDING),
        "repository": { "id": repo, "pushed_at": 1_768_465_200 + number },
    })
    .to_string();
    let signature = sign(secret, body.as_bytes()).expect("a signature");
    let head = format!(
        "POST /webhooks/github HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nx-github-event: push\r\n\
         x-github-delivery: flood-{number}\r\nx-hub-signature-256: {signature}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

/// One connection, made anew when it breaks.
struct Sender {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Sender {
    /// As a person presses "redeliver": until the answer is 2xx.
    async fn deliver(&mut self, request: &[u8]) {
        loop {
            match self.once(request).await {
                Ok(status) if (200..300).contains(&status) => return,
                // Told to wait, or told nothing: the server is away.
                _ => {
                    self.stream = None;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    async fn once(&mut self, request: &[u8]) -> std::io::Result<u16> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                self.stream.insert(BufReader::new(stream))
            }
        };
        stream.write_all(request).await?;
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if status == 0 {
                status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
            } else if let Some((name, value)) = text.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        Ok(status)
    }
}
