//! What each attached database holds after a run: names, counts, a few samples.
//! A student decides what lies in there, so nothing is read that has no bound: neither time nor bytes.
//! May import: `domain/`, the databases' own clients.
//! Next: a file per database.

mod elasticsearch;
mod mongo;
mod redis;

use std::net::Ipv4Addr;
use std::time::Duration;

use futures::future::join_all;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::protocol::ServicePort;
use super::text::excerpt;
use crate::domain::facts::execution::{CollectionFacts, DatabaseFacts, DatabaseKind};

/// Reading one database may take this long: a machine that is busy must not make a healthy one look dead.
const TIME: Duration = Duration::from_secs(30);
/// Asking whether it is well.
const HEALTH: Duration = Duration::from_secs(5);
/// How soon one that is not well is asked again.
const LOOK: Duration = Duration::from_millis(25);
/// Collections, indices or key groups that are named.
const COLLECTIONS: usize = 50;
const SAMPLES: usize = 3;
const SAMPLE_CHARACTERS: usize = 1_000;
/// Bytes of a sample before it is cut to characters.
const SAMPLE_BYTES: usize = 8 * 1024;

/// Waits until every database takes commands, and everything else connections; the ports of those that did not in time.
pub async fn wait_for(services: &[ServicePort], at_most: Duration) -> Vec<u16> {
    let deadline = Instant::now() + at_most;
    let waiting = services.iter().map(|service| async move {
        let healthy = async {
            while !is_healthy(service).await {
                sleep(LOOK).await;
            }
        };
        timeout_at(deadline, healthy).await.is_err().then_some(service.port)
    });
    join_all(waiting).await.into_iter().flatten().collect()
}

/// Gives a database a user. Whoever comes without one is let in as before.
pub async fn add_login(service: &ServicePort, user: &str, password: &str) -> bool {
    match service.kind {
        DatabaseKind::Mongo => {
            timeout(HEALTH, mongo::add_login(service.port, user, password)).await.is_ok_and(|added| added.is_ok())
        }
        DatabaseKind::Redis | DatabaseKind::Elasticsearch | DatabaseKind::Other => false,
    }
}

async fn is_healthy(service: &ServicePort) -> bool {
    if TcpStream::connect((Ipv4Addr::LOCALHOST, service.port)).await.is_err() {
        return false;
    }
    let asked = async {
        match service.kind {
            DatabaseKind::Mongo => mongo::is_healthy(service.port).await,
            DatabaseKind::Redis => redis::is_healthy(service.port).await,
            DatabaseKind::Elasticsearch => elasticsearch::is_healthy(service.port).await,
            DatabaseKind::Other => true,
        }
    };
    timeout(HEALTH, asked).await.unwrap_or(false)
}

/// Reads all databases at once. One that does not answer is facts too, and never an error.
pub async fn read_all(services: &[ServicePort]) -> Vec<DatabaseFacts> {
    let readable = services.iter().filter(|service| service.kind != DatabaseKind::Other);
    join_all(readable.map(read)).await
}

async fn read(service: &ServicePort) -> DatabaseFacts {
    let mut collections = Vec::new();
    let reading = async {
        match service.kind {
            DatabaseKind::Mongo => mongo::read(service.port, &mut collections).await.is_ok(),
            DatabaseKind::Redis => redis::read(service.port, &mut collections).await.is_ok(),
            DatabaseKind::Elasticsearch => elasticsearch::read(service.port, &mut collections).await.is_ok(),
            DatabaseKind::Other => true,
        }
    };
    let whole = timeout(TIME, reading).await.unwrap_or(false);
    // What was read before the time was over or the server fell silent has been seen all the same.
    let answered = whole || !collections.is_empty();
    collections.sort_by(|one: &CollectionFacts, other| one.name.cmp(&other.name));
    DatabaseFacts { service: service.name.clone(), kind: service.kind, answered, collections }
}

fn collection(name: &str, items: u64, samples: impl IntoIterator<Item = String>) -> CollectionFacts {
    CollectionFacts {
        name: excerpt(name, 120),
        items,
        samples: samples.into_iter().take(SAMPLES).map(|sample| excerpt(&sample, SAMPLE_CHARACTERS)).collect(),
    }
}
