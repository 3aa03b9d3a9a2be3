//! Who is there: the upstream's forks, and theirs.
//! May import: `github/`, `db/`, `domain/`.
//! Next: `fetching.rs` for what they pushed.

use std::collections::{HashMap, HashSet, VecDeque};

use anyhow::Context;

use super::upstream::Looked;
use super::{SweepContext, changes};
use crate::db;
use crate::db::forks::{FollowedFork, SeenFork};
use crate::domain::Message;
use crate::domain::ids::{ForkId, RepoId};
use crate::github::{GithubError, Page, Repository, forks_of};

/// Every fork that GitHub lists.
pub(super) struct Listing {
    pub forks: Vec<Repository>,
    /// What the sweep before knew.
    known: HashMap<RepoId, FollowedFork>,
    /// How many forks were found of those forks that were asked.
    found: Vec<(RepoId, usize)>,
    /// Pages that are not as they were, by the repository whose forks they list.
    pages: Vec<(RepoId, Vec<Page>)>,
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
pub(super) async fn list(context: &SweepContext, upstream: &Looked) -> anyhow::Result<Listing> {
    let (known, mut kept) = {
        let conn = &mut *context.pool.acquire().await?;
        let known = db::forks::followed(conn, context.course_id).await?;
        (known, db::listing::load(conn, context.course_id, &context.github.source()).await?)
    };
    let known = known.into_iter().map(|followed| (followed.fork.repo, followed)).collect();
    let mut listing = Listing { forks: Vec::new(), known, found: Vec::new(), pages: Vec::new(), complete: true };
    let direct = ask(context, upstream.repo, &upstream.full_name, &mut kept, &mut listing).await;
    let direct = direct.context("the forks could not be listed")?;
    let mut seen: HashSet<RepoId> = direct.iter().map(|fork| fork.id).collect();
    let mut queue: VecDeque<Repository> = direct.into();
    while let Some(fork) = queue.pop_front() {
        if has_news(&fork, listing.known.get(&fork.id)) {
            match ask(context, fork.id, &fork.full_name, &mut kept, &mut listing).await {
                Ok(children) => {
                    listing.found.push((fork.id, children.len()));
                    queue.extend(children.into_iter().filter(|child| seen.insert(child.id)));
                }
                Err(GithubError::NotFound { .. }) => {}
                // Nothing else can be asked either, until then.
                Err(error @ GithubError::RateLimited { .. }) => return Err(error).context("the forks of forks"),
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

/// The forks of one repository; pages that changed are set aside to be kept.
async fn ask(
    context: &SweepContext,
    parent: RepoId,
    full_name: &str,
    kept: &mut HashMap<RepoId, Vec<Page>>,
    listing: &mut Listing,
) -> Result<Vec<Repository>, GithubError> {
    let known = kept.remove(&parent).unwrap_or_default();
    let pages = context.github.forks(full_name, &known).await?;
    let forks = forks_of(&pages);
    if pages != known {
        listing.pages.push((parent, pages));
    }
    Ok(forks)
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
    let listed: HashSet<RepoId> = listing.forks.iter().map(|fork| fork.id).collect();
    let mut changes: Vec<(ForkId, Message)> = Vec::new();
    for (known, seen) in seen.iter().filter_map(|seen| Some((listing.known.get(&seen.repo)?, seen))) {
        changes.extend(changes::of_known(known, seen).into_iter().map(|change| (known.fork.id, change)));
    }
    if listing.complete {
        changes.extend(changes::of_missing(context, &listing.known, &listed).await);
    }
    let mut transaction = context.pool.begin().await?;
    db::forks::see(&mut transaction, context.course_id, &seen, context.clock.now()).await?;
    for (repo, found) in &listing.found {
        let found = u32::try_from(*found).unwrap_or(u32::MAX);
        db::forks::listed_forks(&mut transaction, context.course_id, *repo, found).await?;
    }
    if listing.complete {
        let listed: Vec<RepoId> = listed.into_iter().collect();
        db::forks::miss(&mut transaction, context.course_id, &listed).await?;
    }
    for (fork, change) in &changes {
        db::forks::note(&mut transaction, *fork, change, context.clock.now()).await?;
    }
    for (parent, pages) in &listing.pages {
        db::listing::store(&mut transaction, context.course_id, *parent, &context.github.source(), pages).await?;
    }
    db::forks::adopt(&mut transaction, context.course_id).await?;
    db::roster::share_with_partners(&mut transaction, context.course_id).await?;
    transaction.commit().await?;
    Ok(())
}
