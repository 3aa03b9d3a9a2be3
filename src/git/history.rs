//! The student's own commits: what no version of the upstream holds.
//! May import: `domain/`.
//! Next: `people.rs` for who wrote them, `domain/facts/history.rs` for what is told.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use git2::{Oid, Repository};

use super::error::GitError;
use super::mirror::Mirror;
use super::people::{Names, People};
use crate::domain::CommitSha;
use crate::domain::facts::inspection::HistoryFacts;

/// Commits that are walked.
const MAX_COMMITS: usize = 10_000;

impl Mirror {
    /// Whether `head` has `before` among what led to it; `None` where the mirror does not hold both. Blocking.
    pub fn follows(&self, head: &CommitSha, before: &CommitSha) -> Option<bool> {
        let repository = self.repository().ok()?;
        let (head, before) = (Oid::from_str(head.as_str()).ok()?, Oid::from_str(before.as_str()).ok()?);
        repository.find_commit(before).ok()?;
        Some(head == before || repository.graph_descendant_of(head, before).ok()?)
    }

    /// Counts the commits behind `commit` that the upstream never had. Days are those of `zone`. Blocking.
    pub fn history(&self, commit: &CommitSha, zone: Tz) -> Result<HistoryFacts, GitError> {
        let repository = self.repository()?;
        let heads = super::upstream::heads(&repository)?;
        let main = repository.refname_to_id("refs/upstream/HEAD").ok();
        of(&repository, Oid::from_str(commit.as_str())?, &heads, main, zone)
    }
}

/// Counts the commits behind `id` that lead to none of `heads`. `main` is the upstream's newest commit.
pub(super) fn of(
    repository: &Repository,
    id: Oid,
    heads: &[Oid],
    main: Option<Oid>,
    zone: Tz,
) -> Result<HistoryFacts, GitError> {
    let mut walk = repository.revwalk()?;
    walk.push(id)?;
    for head in heads {
        walk.hide(*head)?;
    }
    let shares_history = heads.iter().any(|head| repository.merge_base(id, *head).is_ok());
    let mut facts = HistoryFacts { shares_history, ..HistoryFacts::default() };
    let names = Names::of(repository, &repository.find_commit(id)?);
    let mut days: BTreeSet<NaiveDate> = BTreeSet::new();
    let mut people = People::default();
    for own in walk.take(MAX_COMMITS) {
        let own = repository.find_commit(own?)?;
        let author = names.author(&own);
        if own.parent_count() > 1 {
            facts.merges += 1;
            continue;
        }
        if author.is_robot() {
            facts.bot_commits += 1;
            continue;
        }
        facts.own_commits += 1;
        people.wrote(&author);
        for helper in names.co_authors(&own).into_iter().filter(|helper| *helper != author && !helper.is_robot()) {
            people.helped(&helper);
        }
        let Some(at) = DateTime::<Utc>::from_timestamp(own.author().when().seconds(), 0) else { continue };
        days.insert(at.with_timezone(&zone).date_naive());
        facts.first_commit = Some(facts.first_commit.map_or(at, |first| first.min(at)));
        facts.last_commit = Some(facts.last_commit.map_or(at, |last| last.max(at)));
    }
    facts.days_active = u32::try_from(days.len()).unwrap_or(u32::MAX);
    facts.people = people.into_facts();
    facts.authors = facts.people.iter().map(|person| person.name.clone()).collect();
    facts.behind_upstream = main.map(|main| behind(repository, id, main)).transpose()?.flatten();
    Ok(facts)
}

/// Upstream commits that the fork lacks; `None` without shared history.
fn behind(repository: &Repository, id: Oid, upstream: Oid) -> Result<Option<u32>, GitError> {
    if repository.merge_base(id, upstream).is_err() {
        return Ok(None);
    }
    let (_, behind) = repository.graph_ahead_behind(id, upstream)?;
    Ok(Some(u32::try_from(behind).unwrap_or(u32::MAX)))
}
