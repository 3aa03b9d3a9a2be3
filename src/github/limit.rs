//! GitHub's limits of requests, told by headers: who waits, and until when.
//! May import: std, chrono, http.
//! Next: `client.rs`, which asks it before every request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use tokio::time::Instant;

/// What GitHub asks for where a secondary limit says nothing of its end.
const UNSAID: Duration = Duration::from_secs(60);

/// The end of a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pause {
    pub wait: Duration,
    /// By GitHub's own clock, where it can be told.
    pub until: Option<DateTime<Utc>>,
}

impl Pause {
    /// How long an answer that was refused for a limit asks to wait.
    pub fn asked_for(headers: &HeaderMap) -> Self {
        let date = headers.get("date").and_then(|date| date.to_str().ok());
        let answered = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|date| date.to_utc());
        if let Some(wait) = number(headers, "retry-after").and_then(|seconds| seconds.try_into().ok()) {
            let wait = Duration::from_secs(wait);
            let after = TimeDelta::from_std(wait).ok();
            return Self { wait, until: answered.zip(after).and_then(|(at, after)| at.checked_add_signed(after)) };
        }
        match used_up_until(headers) {
            Some(until) => {
                let wait = answered.and_then(|answered| (until - answered).to_std().ok());
                Self { wait: wait.unwrap_or(UNSAID), until: Some(until) }
            }
            None => Self { wait: UNSAID, until: answered.map(|answered| answered + UNSAID) },
        }
    }

    /// The last request of the hour was answered: the next one would be refused.
    pub fn after_the_last(headers: &HeaderMap) -> Option<Self> {
        (number(headers, "x-ratelimit-remaining") == Some(0) && used_up_until(headers).is_some())
            .then(|| Self::asked_for(headers))
    }
}

fn used_up_until(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    number(headers, "x-ratelimit-reset").and_then(|at| DateTime::from_timestamp(at, 0))
}

pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A limit that was met, known to every copy of a client: asking on while it lasts makes it longer.
#[derive(Clone, Default)]
pub(super) struct Limit(Arc<Mutex<Option<(Instant, Pause)>>>);

impl Limit {
    fn met(&self) -> MutexGuard<'_, Option<(Instant, Pause)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is left of a limit that was met; `None` where GitHub may be asked.
    pub fn left(&self) -> Option<Pause> {
        let (ends, pause) = (*self.met())?;
        let wait = ends.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero())?;
        Some(Pause { wait, ..pause })
    }

    /// A limit was met; the one that lasts longer counts.
    pub fn meet(&self, pause: Pause) {
        let ends = Instant::now() + pause.wait;
        let mut met = self.met();
        if met.is_none_or(|(known, _)| known < ends) {
            *met = Some((ends, pause));
        }
    }
}
