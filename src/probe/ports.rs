//! Which TCP ports listen in the pod, read from the kernel and not from anything that a student can write.
//! May import: std, tokio.
//! Next: `crawl.rs`, which asks them.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// How often the kernel's table is read while waiting.
const LOOK: Duration = Duration::from_millis(25);
/// `st` of a listening socket in the kernel's table.
const LISTEN: &str = "0A";

/// Waits until every port accepts a connection; returns those that did not in time.
pub async fn wait_for(ports: &[u16], at_most: Duration) -> Vec<u16> {
    let deadline = Instant::now() + at_most;
    let mut missing: Vec<u16> = ports.to_vec();
    loop {
        let mut still = Vec::new();
        for port in missing {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
                still.push(port);
            }
        }
        if still.is_empty() || Instant::now() >= deadline {
            return still;
        }
        missing = still;
        sleep(LOOK).await;
    }
}

/// Waits until somebody other than the services' user listens on a port that isn't known; returns all ports that are not
/// the services', in the end only the known ones.
pub async fn wait_for_other(services_user: u32, known: &[u16], at_most: Duration) -> Vec<u16> {
    let deadline = Instant::now() + at_most;
    loop {
        let ports: Vec<u16> = listening(services_user).await.into_iter().collect();
        if ports.iter().any(|port| !known.contains(port)) || Instant::now() >= deadline {
            return ports;
        }
        sleep(LOOK).await;
    }
}

async fn listening(except: u32) -> BTreeSet<u16> {
    let mut ports = BTreeSet::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = tokio::fs::read_to_string(table).await.unwrap_or_default();
        let sockets = text.lines().skip(1).filter_map(listener);
        ports.extend(sockets.filter(|(_, user)| *user != except).map(|(port, _)| port));
    }
    ports
}

/// Port and user of a listening socket. `sl local_address rem_address st queues timer retransmits uid …`, where
/// local_address is `hex-address:hex-port`.
fn listener(line: &str) -> Option<(u16, u32)> {
    let mut columns = line.split_whitespace();
    let local = columns.nth(1)?;
    let state = columns.nth(1)?;
    let user = columns.nth(3)?.parse().ok()?;
    let port = u16::from_str_radix(local.rsplit(':').next()?, 16).ok()?;
    (state == LISTEN).then_some((port, user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listening_sockets_count() {
        let listening = "0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001 0 1 1";
        let connected = "1: 0100007F:1388 0100007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 1 1";
        assert_eq!(listener(listening), Some((5000, 10001)));
        assert_eq!(listener(connected), None);
        assert_eq!(listener("garbage"), None);
    }
}
