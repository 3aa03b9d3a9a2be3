//! The sweep: list the forks, fetch what was pushed, queue what is new. One direction, no transaction open meanwhile.
//! May import: `github/`, `git/`, `db/`, `domain/`, `clock`.
//! Next: `sync/listing.rs` for who is there, `sync/fetching.rs` for what they pushed.

mod changes;
mod fetching;
mod listing;
mod upstream;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use sqlx::PgPool;

use crate::clock::Clock;
use crate::db;
use crate::db::locks::Lock;
use crate::domain::Course;
use crate::domain::ids::CourseId;
use crate::git::Mirror;
use crate::github::{Client, GithubError};

/// Forks that are fetched at once.
const AT_ONCE: usize = 4;

/// What a sweep works with.
#[derive(Clone)]
pub struct SweepContext {
    pub pool: PgPool,
    pub course_id: CourseId,
    pub course: Arc<Course>,
    pub github: Client,
    pub mirror: Arc<Mirror>,
    pub clock: Clock,
}

/// What came of a sweep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Forks that GitHub lists.
    pub listed: usize,
    /// Forks and separate projects that were fetched.
    pub fetched: usize,
    /// Submissions that were new, and are queued.
    pub submissions: usize,
    /// Forks that could not be fetched for reasons that are ours.
    pub troubled: usize,
}

/// How far a sweep is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SweepEvent {
    Listed { forks: usize },
    ToFetch { forks: usize },
    Fetched { fork: String },
}

/// Who is told how far a sweep is.
pub type Tell<'a> = &'a (dyn Fn(SweepEvent) + Send + Sync);

/// Brings forks, mirror and queue up to date. Where another sweep of the course goes on, its end is waited for: this one then
/// finds little to do.
pub async fn sweep(context: &SweepContext, tell: Tell<'_>) -> anyhow::Result<SweepReport> {
    let turn = turn(context).await?;
    db::courses::begin_sweep(&mut *context.pool.acquire().await?, context.course_id).await?;
    let outcome = sweep_alone(context, tell).await;
    let trouble = outcome.as_ref().err().map(|error| format!("{error:#}"));
    let waits_until = outcome.as_ref().err().and_then(limited_until);
    let conn = &mut *context.pool.acquire().await?;
    db::courses::end_sweep(conn, context.course_id, trouble.as_deref(), waits_until, context.clock.now()).await?;
    turn.release().await;
    outcome
}

/// Until when GitHub wants to be left alone, where that is why a sweep failed.
pub fn limited_until(error: &anyhow::Error) -> Option<DateTime<Utc>> {
    match error.downcast_ref::<GithubError>() {
        Some(GithubError::RateLimited { until }) => *until,
        _ => None,
    }
}

async fn turn(context: &SweepContext) -> sqlx::Result<Lock> {
    loop {
        if let Some(turn) = db::locks::sweep(&context.pool, context.course_id).await? {
            return Ok(turn);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn sweep_alone(context: &SweepContext, tell: Tell<'_>) -> anyhow::Result<SweepReport> {
    let upstream = upstream::look(context).await?;
    let listing = listing::list(context, &upstream).await?;
    tell(SweepEvent::Listed { forks: listing.forks.len() });
    listing::enter(context, &listing).await?;

    let due = fetching::due(context, &listing, upstream.looked).await?;
    tell(SweepEvent::ToFetch { forks: due.len() });
    let mut report = SweepReport { listed: listing.forks.len(), ..SweepReport::default() };
    let fetches: Vec<_> = due.iter().map(|fork| fetching::fetch(context, fork)).collect();
    let mut fetched = futures::stream::iter(fetches).buffer_unordered(AT_ONCE);
    while let Some(fork) = fetched.next().await {
        let fork = fork.context("what was fetched could not be written down")?;
        report.fetched += usize::from(fork.fetched);
        report.submissions += usize::from(fork.submission);
        report.troubled += usize::from(fork.troubled);
        tell(SweepEvent::Fetched { fork: fork.name });
    }
    drop(fetched);
    fetching::follow_projects(context, &due, &mut report).await?;
    if let Err(error) = context.mirror.tidy().await {
        tracing::warn!(%error, "the mirror works, but could not be tidied");
    }
    Ok(report)
}
