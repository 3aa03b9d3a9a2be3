//! What became of forks besides pushes: told on their page, in the order in which it was seen.
//! May import: `github/`, `db/`, `domain/`.
//! Next: `db/forks.rs` for who keeps it.

use std::collections::{HashMap, HashSet};

use super::SweepContext;
use crate::db::forks::{FollowedFork, SeenFork};
use crate::domain::ids::{ForkId, RepoId};
use crate::domain::{ForkState, Message};
use crate::github::GithubError;

/// Forks that vanished at once and are asked for one by one; of more, GitHub would be asked in vain for minutes.
const MAX_ASKED: usize = 50;

/// What differs between a fork as it was last listed and as it is now.
pub(super) fn of_known(known: &FollowedFork, seen: &SeenFork) -> Vec<Message> {
    let was = &known.fork;
    let mut changes = Vec::new();
    if was.full_name != seen.full_name {
        let key = if was.owner == seen.owner { "fork-renamed" } else { "fork-transferred" };
        changes.push(Message::new(key).with("from", &was.full_name).with("to", &seen.full_name));
    }
    if was.branch != seen.branch {
        changes.push(Message::new("fork-branch-changed").with("from", &was.branch).with("to", &seen.branch));
    }
    if was.archived != seen.archived {
        changes.push(Message::new(if seen.archived { "fork-was-archived" } else { "fork-was-unarchived" }));
    }
    match (was.state, seen.disabled) {
        (ForkState::Gone, _) => changes.push(Message::new("fork-came-back")),
        (ForkState::Unreadable, _) | (_, false) => {}
        (_, true) => changes.push(Message::new("fork-was-disabled")),
    }
    changes
}

/// Why forks are no longer listed, as far as GitHub tells it.
pub(super) async fn of_missing(
    context: &SweepContext,
    known: &HashMap<RepoId, FollowedFork>,
    listed: &HashSet<RepoId>,
) -> Vec<(ForkId, Message)> {
    let mut missing: Vec<&FollowedFork> = known
        .values()
        .filter(|followed| followed.fork.state != ForkState::Gone && !listed.contains(&followed.fork.repo))
        .collect();
    missing.sort_unstable_by_key(|followed| followed.fork.id);
    let mut changes = Vec::new();
    for (number, followed) in missing.into_iter().enumerate() {
        let key = if number < MAX_ASKED { why(context, followed.fork.repo).await } else { "fork-went" };
        changes.push((followed.fork.id, Message::new(key)));
    }
    changes
}

async fn why(context: &SweepContext, repo: RepoId) -> &'static str {
    match context.github.repository_by_id(repo).await {
        Ok(repository) if repository.private => "fork-went-private",
        Ok(_) => "fork-went-alone",
        Err(GithubError::NotFound { .. }) => "fork-was-deleted",
        Err(_) => "fork-went",
    }
}
