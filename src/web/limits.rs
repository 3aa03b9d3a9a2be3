//! How often somebody may ask: by address, and by person once it is known who asks.
//! May import: governor, `extract`, `peer`.
//! Next: `router.rs`, which puts it around every route.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State as AppState};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::extract::{CurrentUser, Who};
use super::peer::Peer;
use super::state::State;
use crate::domain::Login;
use crate::domain::ids::StudentId;

/// From one address, whoever it is. A campus has one address for a whole class, hence so many.
const ADDRESS: (u32, u32) = (100, 1000);
/// From one address, by people who are not signed in (yet), and by webhooks whose signature does not fit.
const STRANGERS: (u32, u32) = (5, 300);
/// By one person, in however many tabs.
const PERSON: (u32, u32) = (10, 200);
/// Who has not asked for so long as to have everything back is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Person {
    Student(StudentId),
    /// `None`: whoever came in by the printed link.
    Teacher(Option<Login>),
}

/// What everybody has left.
#[derive(Clone)]
pub struct Limits(Arc<Buckets>);

struct Buckets {
    address: DefaultKeyedRateLimiter<IpAddr>,
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    person: DefaultKeyedRateLimiter<Person>,
}

impl Default for Limits {
    fn default() -> Self {
        Self(Arc::new(Buckets { address: bucket(ADDRESS), strangers: bucket(STRANGERS), person: bucket(PERSON) }))
    }
}

/// So many a second, and so many at once after a pause.
fn bucket<K: Hash + Eq + Clone>((per_second, burst): (u32, u32)) -> DefaultKeyedRateLimiter<K> {
    let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst)))
}

fn take<K: Hash + Eq + Clone>(bucket: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Error> {
    bucket.check_key(key).map_err(|refused| Error::TooOften(refused.wait_time_from(DefaultClock::default().now())))
}

impl Limits {
    /// Forgets, now and then, who has everything left, until `stop`.
    pub async fn forget(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(FORGET_EVERY)).await.is_some() {
            self.0.address.retain_recent();
            self.0.strangers.retain_recent();
            self.0.person.retain_recent();
        }
    }

    fn of(&self, who: &Who, peer: Peer) -> Result<(), Error> {
        match who.user {
            CurrentUser::Nobody => take(&self.0.strangers, &peer.neighbourhood()),
            CurrentUser::Student(id) => take(&self.0.person, &Person::Student(id)),
            CurrentUser::Teacher => take(&self.0.person, &Person::Teacher(who.login.clone())),
        }
    }
}

/// Lets a request through, or says when to come back. What costs us nothing is free.
pub async fn limit(AppState(state): AppState<State>, request: Request, next: Next) -> Result<Response, Error> {
    let path = request.uri().path();
    if path.starts_with("/static/") || matches!(path, "/healthz" | "/readyz") {
        return Ok(next.run(request).await);
    }
    let peer = *request.extensions().get::<Peer>().ok_or_else(|| anyhow::anyhow!("a request from nowhere"))?;
    if path.starts_with("/webhooks/") {
        // What GitHub signed is never refused: a whole class may push at once. What nobody signed counts like any stranger.
        let response = next.run(request).await;
        if response.status() == StatusCode::UNAUTHORIZED {
            take(&state.limits.0.strangers, &peer.neighbourhood())?;
        }
        return Ok(response);
    }
    take(&state.limits.0.address, &peer.neighbourhood())?;
    let (mut parts, body) = request.into_parts();
    // Kept in the request for the handlers.
    let who = Who::from_request_parts(&mut parts, &state).await?;
    state.limits.of(&who, peer)?;
    Ok(next.run(Request::from_parts(parts, body)).await.into_response())
}
