//! Who is there: the upstream's forks, and theirs.
//! May import: `github/`, `db/`, `domain/`.
//! Next: `fetching.rs` for what they pushed.

use std::collections::{HashMap, HashSet, VecDeque};

use anyhow::Context;

use super::SweepContext;
use crate::db;
use crate::db::forks::{FollowedFork, SeenFork};
use crate::domain::ids::RepoId;
use crate::github::{GithubError, Repository};

/// Every fork that GitHub lists.
pub(super) struct Listing {
    pub forks: Vec<Repository>,
    /// How many forks were found of those forks that were asked.
    found: Vec<(RepoId, usize)>,
    /// A fork's forks could not be listed: nobody may be called gone for that.
    complete: bool,
}

impl Listing {
    /// Forks that GitHub itself has switched off.
    pub fn disabled(&self) -> HashSet<RepoId> {
        self.forks.iter().filter(|fork| fork.disabled).map(|fork| fork.id).collect()
    }
}

/// Lists all forks. A fork's own forks are asked for only where there can be news: it has some, and their number moved or some
/// were found before.
pub(super) async fn list(context: &SweepContext, upstream: &str) -> anyhow::Result<Listing> {
    let known: HashMap<RepoId, FollowedFork> =
        db::forks::followed(&mut *context.pool.acquire().await?, context.course_id)
            .await?
            .into_iter()
            .map(|followed| (followed.fork.repo, followed))
            .collect();
    let direct = context.github.forks(upstream).await.context("the forks could not be listed")?;
    let mut seen: HashSet<RepoId> = direct.iter().map(|fork| fork.id).collect();
    let mut listing = Listing { forks: Vec::new(), found: Vec::new(), complete: true };
    let mut queue: VecDeque<Repository> = direct.into();
    while let Some(fork) = queue.pop_front() {
        if has_news(&fork, known.get(&fork.id)) {
            match context.github.forks(&fork.full_name).await {
                Ok(children) => {
                    listing.found.push((fork.id, children.len()));
                    queue.extend(children.into_iter().filter(|child| seen.insert(child.id)));
                }
                Err(GithubError::NotFound { .. }) => {}
                Err(error) => {
                    tracing::warn!(%error, fork = fork.full_name, "its forks could not be listed");
                    listing.complete = false;
                }
            }
        }
        listing.forks.push(fork);
    }
    Ok(listing)
}

fn has_news(fork: &Repository, known: Option<&FollowedFork>) -> bool {
    let Some(known) = known else { return fork.forks_count > 0 };
    match known.forks_listed_count {
        _ if fork.forks_count == 0 => false,
        None => true,
        Some(found) => found > 0 || fork.forks_count != known.forks_count,
    }
}

/// Writes the listing down in one transaction.
pub(super) async fn enter(context: &SweepContext, listing: &Listing) -> anyhow::Result<()> {
    let branch = |fork: &Repository| context.course.branch.clone().unwrap_or_else(|| fork.default_branch.clone());
    let seen: Vec<SeenFork> = listing
        .forks
        .iter()
        .map(|fork| SeenFork {
            repo: fork.id,
            full_name: fork.full_name.clone(),
            owner: fork.owner.clone(),
            clone_url: fork.clone_url.clone(),
            html_url: fork.html_url.clone(),
            branch: branch(fork),
            disabled: fork.disabled,
            archived: fork.archived,
            pushed_at: fork.pushed_at,
            forks_count: fork.forks_count,
        })
        .collect();
    let mut transaction = context.pool.begin().await?;
    db::forks::see(&mut transaction, context.course_id, &seen, context.clock.now()).await?;
    for (repo, found) in &listing.found {
        let found = u32::try_from(*found).unwrap_or(u32::MAX);
        db::forks::listed_forks(&mut transaction, context.course_id, *repo, found).await?;
    }
    if listing.complete {
        let listed: Vec<RepoId> = listing.forks.iter().map(|fork| fork.id).collect();
        db::forks::miss(&mut transaction, context.course_id, &listed).await?;
    }
    db::forks::adopt(&mut transaction, context.course_id).await?;
    transaction.commit().await?;
    Ok(())
}
