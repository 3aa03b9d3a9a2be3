//! A network namespace of the test's own stands for the world: an internet address, a name server, a metadata address, IPv6.
//! Its listeners count who comes. Nobody else's address is ever tried.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use nix::sched::{CloneFlags, setns};

use super::attack::run;
use crate::support::engine::{engine, own_address};

/// Free on a machine where nobody counts on it.
const PORT: u16 = 47_654;
/// Documentation's own addresses (RFC 5737, RFC 3849), and the one at which clouds tell their machines' secrets.
const ADDRESSES: [&str; 4] = ["198.51.100.7", "203.0.113.53", "169.254.169.254", "2001:db8:47::7"];

/// The namespace, for as long as this lives. One test of the machine has it at a time.
struct World {
    name: String,
    met: Arc<AtomicUsize>,
    _turn: Flock<std::fs::File>,
}

fn ip(words: &str) {
    let output = Command::new("ip").args(words.split(' ')).output().expect("iproute2 is installed: scripts/setup test");
    assert!(output.status.success(), "ip {words}: {}", String::from_utf8_lossy(&output.stderr));
}

impl World {
    fn make() -> Self {
        let turn = std::fs::File::create(std::env::temp_dir().join("forkgrade-world.lock")).expect("a file");
        let turn = Flock::lock(turn, FlockArg::LockExclusive).map_err(|(_, error)| error).expect("its turn");
        let name = "forkgrade-world".to_owned();
        // What a killed test left.
        let _ = Command::new("ip").args(["netns", "delete", &name]).output();
        let _ = Command::new("ip").args(["link", "delete", "fg-here"]).output();
        for words in [
            "netns add NAME",
            "link add fg-here type veth peer name fg-there netns NAME",
            "addr add 198.51.100.1/24 dev fg-here",
            "-6 addr add 2001:db8:47::1/64 dev fg-here nodad",
            "link set fg-here up",
            "-n NAME link set lo up",
            "-n NAME addr add 198.51.100.7/24 dev fg-there",
            "-n NAME addr add 203.0.113.53/32 dev fg-there",
            "-n NAME addr add 169.254.169.254/32 dev fg-there",
            "-n NAME -6 addr add 2001:db8:47::7/64 dev fg-there nodad",
            "-n NAME link set fg-there up",
            "route add 203.0.113.53/32 dev fg-here src 198.51.100.1",
            "route add 169.254.169.254/32 dev fg-here src 198.51.100.1",
        ] {
            ip(&words.replace("NAME", &name));
        }
        let world = Self { name, met: Arc::default(), _turn: turn };
        world.listen();
        world
    }

    /// Listens on every address, for TCP and for questions to a name server.
    fn listen(&self) {
        let (name, met) = (self.name.clone(), Arc::clone(&self.met));
        let inside = std::thread::spawn(move || {
            let namespace = std::fs::File::open(format!("/run/netns/{name}")).expect("the namespace");
            setns(namespace, CloneFlags::CLONE_NEWNET).expect("this thread goes there");
            for address in ADDRESSES {
                let address: IpAddr = address.parse().expect("an address");
                let listener = TcpListener::bind(SocketAddr::new(address, PORT)).expect("a listener");
                let questions = UdpSocket::bind(SocketAddr::new(address, 53)).expect("a name server");
                let (taken, asked) = (Arc::clone(&met), Arc::clone(&met));
                std::thread::spawn(move || listener.incoming().for_each(|_| count(&taken)));
                std::thread::spawn(move || {
                    while questions.recv_from(&mut [0; 512]).is_ok() {
                        count(&asked);
                    }
                });
            }
        });
        inside.join().expect("everything listens");
    }

    fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }
}

fn count(met: &AtomicUsize) {
    met.fetch_add(1, Ordering::SeqCst);
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["link", "delete", "fg-here"]).output();
        let _ = Command::new("ip").args(["netns", "delete", &self.name]).output();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_world_is_out_of_reach() {
    let world = World::make();
    // It is there for whoever has a way to it: else nothing would be shown below.
    for address in ADDRESSES {
        let address = SocketAddr::new(address.parse().unwrap(), PORT);
        TcpStream::connect_timeout(&address, Duration::from_secs(5))
            .unwrap_or_else(|error| panic!("{address}: {error}"));
    }
    // The host itself, on every address that it has.
    let host = TcpListener::bind(("0.0.0.0", 0)).unwrap();
    let host_port = host.local_addr().unwrap().port();
    TcpStream::connect(("127.0.0.1", host_port)).expect("the host listens");
    while world.met() < ADDRESSES.len() {
        tokio::task::yield_now().await;
    }
    host.accept().expect("the test's own");
    host.set_nonblocking(true).unwrap();

    let mut targets: Vec<(String, u16)> = ADDRESSES.map(|address| (address.to_owned(), PORT)).into();
    targets.extend(
        ["172.17.0.1".to_owned()]
            .into_iter()
            .chain(own_address().map(|address| address.to_string()))
            .map(|address| (address, host_port)),
    );
    let targets = serde_json::to_string(&targets).unwrap();
    let app = format!("import json\nTARGETS = json.loads('{targets}')\n{}", include_str!("reaches_out.py"));
    let root = tempfile::tempdir().unwrap();
    let project = root.path().join("Evaluation/Projet");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::write(project.join("app.py"), app).unwrap();
    let source = forkgrade::observe::folder::Folder::open(root.path()).unwrap();
    let text = forkgrade::config::default_course("hostile", "Hostile", "school/course");
    let mut course = forkgrade::config::parse(&text, "course.toml").unwrap();
    course.services.clear();
    let ran = run(&engine().await, &course, &source, None).await;

    let log = &ran.execution.processes[0].log.head;
    assert!(log.contains("tried everything") && log.contains("Network is unreachable"), "{log}");
    assert!(!log.contains("GOT "), "{log}");
    assert_eq!(world.met(), ADDRESSES.len(), "somebody came: {log}");
    assert!(host.accept().is_err(), "somebody came to the host: {log}");
}
