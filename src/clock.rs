//! Time, passed in: product code asks a `Clock`, tests own it.
//! May import: std, chrono.
//! Next: `app.rs` holds the one clock of a process.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// Stands still until it is moved.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands still at `now`.
    pub fn fixed(now: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(now)))
    }

    /// The present moment, in microseconds, as Postgres keeps it.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match self {
            Clock::System => Utc::now(),
            Clock::Fixed(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        };
        chrono::SubsecRound::trunc_subsecs(now, 6)
    }

    /// Moves a fixed clock; the system's clock goes by itself.
    pub fn advance(&self, by: TimeDelta) {
        if let Clock::Fixed(now) = self {
            let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
            *now += by;
        }
    }
}
