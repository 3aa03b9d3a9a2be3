//! Which TCP ports listen in the pod, read from the kernel and not from anything that a student can write.
//! May import: std, tokio.
//! Next: `crawl.rs`, which asks them.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
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
    // Neither are our own ports the student's.
    let own = nix::unistd::Uid::effective().as_raw();
    let mut ports = BTreeSet::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = tokio::fs::read_to_string(table).await.unwrap_or_default();
        let sockets = text.lines().skip(1).filter_map(listener);
        ports.extend(sockets.filter(|(_, user)| *user != except && *user != own).map(|(port, _)| port));
    }
    ports
}

/// The user behind the other end of a connection in this pod, as the kernel knows it; `None` where it is gone already.
pub fn user_of(peer: SocketAddr, own: SocketAddr) -> Option<u32> {
    // The kernel makes it as it is read: no disk is waited for, and no thread is needed.
    let text = std::fs::read_to_string("/proc/net/tcp").ok()?;
    text.lines().skip(1).find_map(|line| owner(line, peer, own))
}

/// The user of the socket with these two ends. The kernel writes addresses as numbers of this machine.
fn owner(line: &str, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let written = |address: SocketAddr| match address {
        SocketAddr::V4(address) => {
            Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port()))
        }
        SocketAddr::V6(_) => None,
    };
    let columns: Vec<&str> = line.split_whitespace().collect();
    let is_it = *columns.get(1)? == written(local)? && *columns.get(2)? == written(remote)?;
    columns.get(7).filter(|_| is_it)?.parse().ok()
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

    #[cfg(target_endian = "little")]
    #[test]
    fn a_connection_is_known_by_both_its_ends() {
        let line = "1: 0100007F:9C40 0100407F:0050 01 00000000:00000000 00:00000000 00000000 10004 0 1 1";
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (browser, host) = (at("127.0.0.1:40000"), at("127.64.0.1:80"));
        assert_eq!(owner(line, browser, host), Some(10004));
        assert_eq!(owner(line, host, browser), None, "the other end's socket is another one");
        assert_eq!(owner(line, at("127.0.0.1:40001"), host), None);
        assert_eq!(owner("garbage", browser, host), None);
    }
}
