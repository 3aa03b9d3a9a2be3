//! The student's own commits: what no version of the upstream holds.
//! May import: `domain/`.
//! Next: `domain/facts/inspection.rs` for what is told of them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use git2::{Commit, Oid, Repository};

use super::error::GitError;
use super::mirror::Mirror;
use crate::domain::CommitSha;
use crate::domain::facts::inspection::HistoryFacts;

/// Own commits that are counted.
const MAX_COMMITS: usize = 10_000;
/// Authors that are named, and characters of each.
const MAX_AUTHORS: usize = 50;
const MAX_NAME: usize = 100;

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
        let id = Oid::from_str(commit.as_str())?;
        let heads = super::upstream::heads(&repository)?;
        let mut walk = repository.revwalk()?;
        walk.push(id)?;
        for head in &heads {
            walk.hide(*head)?;
        }
        let mut facts = HistoryFacts {
            own_commits: 0,
            days_active: 0,
            authors: Vec::new(),
            first_commit: None,
            last_commit: None,
            behind_upstream: None,
            shares_history: heads.iter().any(|head| repository.merge_base(id, *head).is_ok()),
        };
        let mut days: BTreeSet<NaiveDate> = BTreeSet::new();
        let mut authors: BTreeSet<String> = BTreeSet::new();
        for own in walk.take(MAX_COMMITS) {
            let own = repository.find_commit(own?)?;
            if own.parent_count() > 1 {
                continue;
            }
            facts.own_commits += 1;
            if authors.len() < MAX_AUTHORS {
                authors.insert(author(&own));
            }
            let Some(at) = DateTime::<Utc>::from_timestamp(own.author().when().seconds(), 0) else { continue };
            days.insert(at.with_timezone(&zone).date_naive());
            facts.first_commit = Some(facts.first_commit.map_or(at, |first| first.min(at)));
            facts.last_commit = Some(facts.last_commit.map_or(at, |last| last.max(at)));
        }
        facts.days_active = u32::try_from(days.len()).unwrap_or(u32::MAX);
        facts.authors = authors.into_iter().collect();
        facts.behind_upstream = behind(&repository, id)?;
        Ok(facts)
    }
}

/// A name without its address, bounded and without control characters.
fn author(commit: &Commit<'_>) -> String {
    let author = commit.author();
    let name = String::from_utf8_lossy(author.name_bytes()).trim().to_owned();
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

/// Upstream commits that the fork lacks; `None` without shared history.
fn behind(repository: &Repository, id: Oid) -> Result<Option<u32>, GitError> {
    let Ok(upstream) = repository.refname_to_id("refs/upstream/HEAD") else { return Ok(None) };
    if repository.merge_base(id, upstream).is_err() {
        return Ok(None);
    }
    let (_, behind) = repository.graph_ahead_behind(id, upstream)?;
    Ok(Some(u32::try_from(behind).unwrap_or(u32::MAX)))
}
