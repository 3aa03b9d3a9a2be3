//! Names in the pod: a resolver that knows those alone that may be asked, and says at once that all others do not exist.
//! May import: simple-dns, tokio.
//! Next: `way_out.rs` decides for runs with a way out, `mod.rs` for those without.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use simple_dns::rdata::{A, RData};
use simple_dns::{CLASS, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};
use tokio::net::UdpSocket;
use tokio::sync::Semaphore;

/// Where the pod's resolver listens: what every container of a pod has in its `/etc/resolv.conf`.
pub const RESOLVER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 53);
/// Questions that are answered at once.
const AT_ONCE: usize = 32;
/// Names that are remembered by themselves.
const REMEMBERED: usize = 40;
/// Seconds that an answer is good for.
const TTL: u32 = 60;

/// Names that were asked for and do not exist here, each once, with how often.
#[derive(Debug, Default, Clone)]
pub struct Unknown(Arc<Mutex<BTreeMap<String, u64>>>);

impl Unknown {
    /// One more question for a name.
    pub fn count(&self, name: &str) {
        let is_of_a_name = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let name: String =
            name.chars().take(120).map(|letter| if is_of_a_name(&letter) { letter } else { '?' }).collect();
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() < REMEMBERED || names.contains_key(&name) {
            *names.entry(name).or_default() += 1;
        }
    }

    /// All of them so far.
    pub fn all(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The resolver's socket.
pub async fn bind() -> io::Result<UdpSocket> {
    UdpSocket::bind((RESOLVER, 53)).await
}

/// Answers until the socket breaks. `address` is asked for each name, in small letters: where it is reached, or that it does not exist.
pub async fn serve<F>(socket: UdpSocket, address: impl Fn(String) -> F + Clone + Send + 'static)
where
    F: Future<Output = Option<Ipv4Addr>> + Send + 'static,
{
    let socket = Arc::new(socket);
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut buffer = [0; 1232];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let question = buffer.get(..length).unwrap_or_default().to_vec();
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
        let (socket, address) = (Arc::clone(&socket), address.clone());
        tokio::spawn(async move {
            if let Some(reply) = reply(&question, address).await {
                // Nobody waits for it any more where it cannot be sent.
                let _ = socket.send_to(&reply, from).await;
            }
            drop(turn);
        });
    }
}

/// The reply to a question; `None` to what is none.
async fn reply<F: Future<Output = Option<Ipv4Addr>>>(
    question: &[u8],
    address: impl Fn(String) -> F,
) -> Option<Vec<u8>> {
    let asked = Packet::parse(question).ok()?;
    if asked.has_flags(PacketFlag::RESPONSE) {
        return None;
    }
    let question = asked.questions.first()?.clone();
    let name = question.qname.to_string().to_ascii_lowercase();
    let known = address(name).await;
    let mut reply = Packet::new_reply(asked.id());
    reply.set_flags(PacketFlag::RECURSION_AVAILABLE | PacketFlag::RECURSION_DESIRED);
    match known {
        Some(address) if question.qtype == QTYPE::TYPE(TYPE::A) => {
            let data = RData::A(A { address: address.into() });
            reply.answers.push(ResourceRecord::new(question.qname.clone(), CLASS::IN, TTL, data));
        }
        // The name exists, and has nothing of this kind.
        Some(_) => {}
        None => *reply.rcode_mut() = RCODE::NameError,
    }
    reply.questions.push(question);
    reply.build_bytes_vec().ok()
}

#[cfg(test)]
mod tests {
    use simple_dns::{Name, QCLASS, Question};

    use super::*;

    async fn asked(name: &str, kind: TYPE) -> Packet<'static> {
        let mut question = Packet::new_query(7);
        question.questions.push(Question::new(Name::new(name).unwrap(), kind.into(), QCLASS::CLASS(CLASS::IN), false));
        let bytes = question.build_bytes_vec().unwrap();
        let known = |name: String| async move { (name == "films.example").then_some(Ipv4Addr::new(127, 64, 0, 1)) };
        let reply = reply(&bytes, known).await.unwrap();
        Packet::parse(reply.leak()).unwrap()
    }

    #[tokio::test]
    async fn a_known_name_has_an_address_and_no_other_kind() {
        let reply = asked("Films.Example", TYPE::A).await;
        assert_eq!((reply.id(), reply.rcode(), reply.answers.len()), (7, RCODE::NoError, 1));
        assert!(matches!(reply.answers[0].rdata, RData::A(A { address }) if address == 0x7f40_0001));
        let six = asked("films.example", TYPE::AAAA).await;
        assert_eq!((six.rcode(), six.answers.len()), (RCODE::NoError, 0));
    }

    #[tokio::test]
    async fn another_name_does_not_exist() {
        for kind in [TYPE::A, TYPE::AAAA, TYPE::SRV, TYPE::TXT] {
            let reply = asked("other.example", kind).await;
            assert_eq!((reply.rcode(), reply.answers.len()), (RCODE::NameError, 0));
        }
    }

    #[tokio::test]
    async fn what_is_no_question_is_not_answered() {
        let nothing = |_: String| async { None };
        let mut response = Packet::new_reply(1).build_bytes_vec().unwrap();
        for bytes in [&b""[..], b"garbage", &[0xff; 600]] {
            assert_eq!(reply(bytes, nothing).await, None);
        }
        response.extend([0; 20]);
        assert_eq!(reply(&response, nothing).await, None);
        assert_eq!(reply(&Packet::new_query(1).build_bytes_vec().unwrap(), nothing).await, None);
    }

    #[test]
    fn names_are_counted_in_bounds() {
        let unknown = Unknown::default();
        for number in 0..1000 {
            unknown.count(&format!("{number}.example"));
        }
        unknown.count("0.example");
        let all = unknown.all();
        assert_eq!((all.len(), all["0.example"]), (REMEMBERED, 2));
    }
}
