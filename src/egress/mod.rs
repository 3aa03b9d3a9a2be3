//! The way out of a pod: a forward proxy that lets named hosts pass, records what they answer, and writes all of it down.
//! May import: `db/` (recordings), `settings`, `random`, `clock`, `domain/`. Runs in the worker; the pod reaches it over one line.
//! Next: `line.rs` for what comes out of a pod, `exchange.rs` for the story of one request, `docs/egress.md` for people.

mod addresses;
mod authority;
mod connection;
mod exchange;
mod line;
mod log;
mod recorder;
mod upstream;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use sqlx::PgPool;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::authority::Authority;
use self::log::Log;
use self::upstream::Upstream;
use crate::clock::Clock;
use crate::domain::egress::Egress as Rules;
use crate::domain::facts::network::NetworkFacts;
use crate::domain::ids::{CourseId, RunId};
use crate::settings::Network;

/// How long the pod's side may take to be ready.
const READY: Duration = Duration::from_secs(20);

/// What the world looks like from here.
#[derive(Debug, Clone, Default)]
pub struct EgressSettings {
    /// The campus's proxy and certificate authority, as for GitHub.
    pub network: Network,
    /// Networks inside that may be asked all the same.
    pub networks: Vec<IpNet>,
    /// Names that are answered here and not looked up; the port counts where an address names none.
    pub hosts: BTreeMap<String, SocketAddr>,
}

/// Where the answers of a course are kept.
#[derive(Debug, Clone)]
pub struct Recordings {
    pub pool: PgPool,
    pub course: CourseId,
}

/// The proxy of one process. Cheap to clone.
#[derive(Clone)]
pub struct Egress {
    shared: Arc<Shared>,
}

struct Shared {
    rules: Rules,
    authority: Authority,
    upstream: Upstream,
    /// Nothing is kept where absent: a folder that is graded without a database.
    recordings: Option<Recordings>,
    clock: Clock,
}

impl Egress {
    /// A proxy with these rules, and a certificate authority of its own.
    pub fn new(
        settings: &EgressSettings,
        rules: &Rules,
        recordings: Option<Recordings>,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let authority = Authority::new(clock.now())?;
        let upstream = Upstream::new(settings, rules.limits.per_second)?;
        let shared = Shared { rules: rules.clone(), authority, upstream, recordings, clock };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What runs may ask.
    pub fn rules(&self) -> &Rules {
        &self.shared.rules
    }

    /// The certificate (PEM) that programs in a pod have to believe.
    pub fn ca_pem(&self) -> String {
        self.shared.authority.pem()
    }

    /// What a browser has to believe: SHA-256 of the public key behind every certificate, in base64.
    pub fn ca_pin(&self) -> String {
        self.shared.authority.pin()
    }

    /// The proxy's side of one run.
    pub fn session(&self, run: RunId) -> Session {
        let inner = Inner {
            egress: self.clone(),
            run,
            log: Mutex::default(),
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            ready: watch::channel(false).0,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        Session { inner: Arc::new(inner) }
    }
}

/// One run's requests. What is dropped without `close` ends too, and is not told.
pub struct Session {
    inner: Arc<Inner>,
}

/// What the tasks of a session share.
struct Inner {
    egress: Egress,
    run: RunId,
    log: Mutex<Log>,
    /// Used up so far.
    requests: AtomicU64,
    bytes: AtomicU64,
    ready: watch::Sender<bool>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Session {
    /// Answers what comes over the line from the pod, and waits until the pod's side listens. `false` where it never did.
    pub async fn open(&self, line: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> bool {
        let inner = Arc::clone(&self.inner);
        inner.clone().spawn(line::serve(inner, line));
        let mut ready = self.inner.ready.subscribe();
        tokio::time::timeout(READY, ready.wait_for(|ready| *ready)).await.is_ok_and(|ready| ready.is_ok())
    }

    /// Ends everything that still runs, and tells what was asked.
    pub async fn close(self) -> NetworkFacts {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        self.inner.log().facts(self.inner.rules().mode)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.inner.stop.cancel();
    }
}

impl Inner {
    fn rules(&self) -> &Rules {
        &self.egress.shared.rules
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until it ends, or the session does.
    fn spawn(self: Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(task).await;
        });
    }

    /// Takes one request off what the run may ask; `false` where nothing is left.
    fn takes_request(&self) -> bool {
        self.requests.fetch_add(1, Ordering::Relaxed) < self.rules().limits.requests.into()
    }

    /// Takes bytes off what the run may be answered; `false` where so many are not left.
    fn takes_bytes(&self, bytes: usize) -> bool {
        let most = u64::from(self.rules().limits.run_mib) << 20;
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64 <= most
    }
}
