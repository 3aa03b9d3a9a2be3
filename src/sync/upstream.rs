//! The upstream: known by its number once it was met, asked for once an hour, fetched when it moved.
//! May import: `github/`, `git/`, `db/`, `domain/`.
//! Next: `listing.rs`, which asks for its forks.

use anyhow::Context;
use chrono::TimeDelta;

use super::SweepContext;
use crate::db;
use crate::db::courses::Upstream;
use crate::domain::ids::RepoId;

const EVERY: TimeDelta = TimeDelta::hours(1);

/// The upstream of this sweep.
pub(super) struct Looked {
    /// As it is called now.
    pub full_name: String,
    pub repo: RepoId,
    /// This is the sweep of the hour that asked for the upstream.
    pub looked: bool,
}

/// Asks for the upstream when an hour has passed, and fetches it when it moved.
pub(super) async fn look(context: &SweepContext) -> anyhow::Result<Looked> {
    let known = db::courses::upstream(&mut *context.pool.acquire().await?, context.course_id).await?;
    let now = context.clock.now();
    let held = known.head.as_ref().is_some_and(|head| context.mirror.has(head));
    if let Some(repo) = known.repo.filter(|_| held)
        && known.checked_at.is_some_and(|at| now - at < EVERY && at <= now)
    {
        return Ok(Looked { full_name: known.full_name, repo, looked: false });
    }
    let found = match known.repo {
        Some(id) => context.github.repository_by_id(id).await,
        None => context.github.repository(&known.full_name).await,
    };
    let found = found.context("the upstream")?;
    let branch = context.course.branch.clone().unwrap_or_else(|| found.default_branch.clone());
    let mut seen = Upstream {
        full_name: found.full_name.clone(),
        repo: Some(found.id),
        checked_at: Some(now),
        branch: Some(branch.clone()),
        ..known.clone()
    };
    if !held || known.pushed_at != found.pushed_at || known.branch.as_ref() != Some(&branch) {
        match context.mirror.fetch_upstream(&found.clone_url, &branch).await {
            Ok(fetched) => {
                // An upstream without that branch still has forks: they are compared with nothing.
                seen.head = fetched.head;
                seen.pushed_at = found.pushed_at;
            }
            // Forks can be compared with what is there; the next sweep asks again.
            Err(error) if held => {
                tracing::warn!(%error, "the upstream could not be fetched");
                seen.checked_at = known.checked_at;
            }
            Err(error) => return Err(error).context("the upstream could not be fetched"),
        }
    }
    db::courses::saw_upstream(&mut *context.pool.acquire().await?, context.course_id, &seen).await?;
    Ok(Looked { full_name: seen.full_name, repo: found.id, looked: true })
}
