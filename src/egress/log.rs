//! What one run asked, written down in bounds.
//! May import: `domain/`.
//! Next: `domain/facts/network.rs` for the shape.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::egress::{EgressMode, USUAL_PORTS};
use crate::domain::facts::network::{
    Asker, Counts, Exchange, ExchangeEnd, Failed, Failure, NetworkFacts, RecordingSet, Refusal, Refused,
};

/// Requests that are written down one by one.
const EXCHANGES: usize = 200;
/// Hosts that are named, of each kind.
const HOSTS: usize = 40;
/// Letters of a path.
const PATH: usize = 200;

/// Collects what a run asked.
#[derive(Debug, Default)]
pub struct Log {
    exchanges: Vec<Exchange>,
    counts: Counts,
    bytes: u64,
    refused: BTreeMap<(Asker, String, Refusal), u64>,
    failed: BTreeMap<(Asker, String, Failure), u64>,
    /// Content addresses of answers that came from recordings or became one.
    answers: BTreeSet<String>,
    oldest: Option<DateTime<Utc>>,
}

/// A recording that took part.
pub struct Used<'a> {
    pub address: &'a str,
    pub recorded_at: DateTime<Utc>,
}

impl Log {
    /// A request is over.
    pub fn exchange(&mut self, exchange: Exchange) {
        let count = match exchange.end {
            ExchangeEnd::Passed => &mut self.counts.passed,
            ExchangeEnd::Recorded => &mut self.counts.recorded,
            ExchangeEnd::Replayed => &mut self.counts.replayed,
            ExchangeEnd::Refused => &mut self.counts.refused,
            ExchangeEnd::Failed => &mut self.counts.failed,
        };
        *count += 1;
        self.bytes += exchange.bytes;
        if self.exchanges.len() < EXCHANGES {
            let path = exchange.path.chars().take(PATH).collect();
            self.exchanges.push(Exchange { path, ..exchange });
        }
    }

    /// A host was not let through; with or without a request that `exchange` is told of.
    pub fn refused(&mut self, by: Asker, host: &str, why: Refusal) {
        count(&mut self.refused, (by, bounded(host), why));
    }

    /// A host did not answer as it should.
    pub fn failed(&mut self, by: Asker, host: &str, why: Failure) {
        count(&mut self.failed, (by, bounded(host), why));
    }

    /// A recording answered, or was made.
    pub fn used(&mut self, used: &Used<'_>) {
        self.answers.insert(used.address.to_owned());
        self.oldest = Some(self.oldest.map_or(used.recorded_at, |oldest| oldest.min(used.recorded_at)));
    }

    /// Everything as facts.
    pub fn facts(&self, mode: EgressMode) -> NetworkFacts {
        let all = self.counts;
        let told = all.passed + all.recorded + all.replayed + all.refused + all.failed;
        let refused = self.refused.iter().map(|((by, host, why), times)| Refused {
            by: *by,
            host: host.clone(),
            why: *why,
            times: *times,
        });
        let failed = self.failed.iter().map(|((by, host, why), times)| Failed {
            by: *by,
            host: host.clone(),
            why: *why,
            times: *times,
        });
        NetworkFacts {
            mode,
            exchanges: self.exchanges.clone(),
            beyond: told.saturating_sub(self.exchanges.len() as u64),
            counts: self.counts,
            bytes: self.bytes,
            refused: refused.collect(),
            failed: failed.collect(),
            recordings: self.oldest.map(|oldest| RecordingSet {
                address: set_address(&self.answers),
                answers: self.answers.len() as u64,
                oldest,
            }),
        }
    }
}

fn count<K: Ord>(counted: &mut BTreeMap<K, u64>, key: K) {
    if counted.len() < HOSTS || counted.contains_key(&key) {
        *counted.entry(key).or_default() += 1;
    }
}

/// A set is one whatever its order.
fn set_address(answers: &BTreeSet<String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for address in answers {
        hasher.update(address.as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}

/// A host as a student would write it, cut where it is none: only what can stand in a name.
fn bounded(host: &str) -> String {
    let is_of_a_name = |letter: &char| letter.is_ascii_alphanumeric() || "-_.:[]".contains(*letter);
    host.chars().take(120).map(|letter| if is_of_a_name(&letter) { letter } else { '?' }).collect()
}

/// `example.org`, or `example.org:8080` where the port is not one of the usual ones.
pub fn with_port(host: &str, port: u16) -> String {
    if USUAL_PORTS.contains(&port) { host.to_owned() } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(host: &str, end: ExchangeEnd) -> Exchange {
        Exchange {
            by: Asker::Program,
            method: "GET".into(),
            host: host.into(),
            path: "/".repeat(1000),
            status: 200,
            bytes: 3,
            milliseconds: 1,
            end,
        }
    }

    #[test]
    fn a_flood_is_counted_and_kept_in_bounds() {
        let mut log = Log::default();
        for number in 0..1000 {
            log.exchange(exchange("example.org", ExchangeEnd::Passed));
            log.refused(Asker::Program, &format!("{number}.example.com"), Refusal::NotAllowed);
        }
        log.refused(Asker::Program, "0.example.com", Refusal::NotAllowed);
        let facts = log.facts(EgressMode::AllowList);
        assert_eq!((facts.exchanges.len(), facts.beyond, facts.counts.passed, facts.bytes), (200, 800, 1000, 3000));
        assert!(facts.exchanges.iter().all(|exchange| exchange.path.len() == PATH));
        assert_eq!(facts.refused.len(), HOSTS);
        assert!(facts.refused.iter().any(|refused| refused.times == 2));
    }

    #[test]
    fn the_order_of_answers_does_not_make_another_set() {
        let at = |text: &str| text.parse().unwrap();
        let used = |log: &mut Log, address, time| log.used(&Used { address, recorded_at: at(time) });
        let (mut one, mut two) = (Log::default(), Log::default());
        used(&mut one, "a", "2026-01-01T00:00:00Z");
        used(&mut one, "b", "2026-01-02T00:00:00Z");
        used(&mut two, "b", "2026-01-02T00:00:00Z");
        used(&mut two, "a", "2026-01-01T00:00:00Z");
        used(&mut two, "a", "2026-01-01T00:00:00Z");
        let set = |log: &Log| log.facts(EgressMode::RecordReplay).recordings.unwrap();
        assert_eq!(set(&one), set(&two));
        assert_eq!(set(&one).oldest, at("2026-01-01T00:00:00Z"));
    }
}
