//! History: commits of the student's own, over more than one evening, by everybody who should, pushed in time.
//! May import: `domain/`.
//! Next: `git/` made the facts.

use crate::domain::Message;
use crate::domain::facts::Facts;
use crate::domain::facts::inspection::HistoryFacts;

use super::Judgement;

/// What a teacher asks of a history. Commits and days always count; the others where they are above 0 or given.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    pub min_commits: u32,
    pub min_days: u32,
    /// Between the first own commit and the last.
    pub min_hours: u32,
    pub min_authors: u32,
    /// Upstream commits that the fork may lack.
    pub max_behind: Option<u32>,
    /// Nothing counts that the service learnt of after the deadline.
    pub before_deadline: bool,
}

/// Above this nothing is asked: products of several stay numbers.
const MOST: u64 = 10_000;

pub fn judge(terms: Terms, in_time: bool, facts: Facts<'_>) -> Judgement {
    let Some(history) = &facts.inspection.history else {
        return Judgement::skipped(Message::new("history-unknown"));
    };
    let evidence = Message::new("history-commits")
        .with("commits", history.own_commits)
        .with("days", history.days_active)
        .with("authors", history.authors.len());
    if terms.before_deadline && !in_time {
        return Judgement::failed(Message::new("history-late"))
            .seen([evidence])
            .advise(Message::new("history-push-early"));
    }
    let asked = asked(terms, history);
    // Everything that is asked counts alike, each by its share.
    let all: u64 = asked.iter().map(|one| one.least).product();
    let earned = asked.iter().map(|one| one.had.min(one.least) * (all / one.least)).sum();
    let of = asked.len() as u64 * all;
    let judgement = Judgement::part(earned, of, evidence).seen(asked.iter().filter_map(|one| one.seen.clone()));
    let missing = asked.into_iter().filter(|one| one.had < one.least).filter_map(|one| one.advice);
    missing.fold(judgement, Judgement::advise)
}

/// One thing that is asked for: how much was there, of how much.
struct Asked {
    had: u64,
    /// At least 1, at most `MOST`.
    least: u64,
    seen: Option<Message>,
    advice: Option<Message>,
}

fn asked(terms: Terms, history: &HistoryFacts) -> Vec<Asked> {
    let least = |number: u32| u64::from(number).clamp(1, MOST);
    let (commits, days) = (least(terms.min_commits), least(terms.min_days));
    let more = Message::new("history-commit-more").with("commits", commits).with("days", days);
    let too_few_commits = u64::from(history.own_commits) < commits;
    let mut asked = vec![
        Asked { had: history.own_commits.into(), least: commits, seen: None, advice: Some(more.clone()) },
        // Said once for both.
        Asked { had: history.days_active.into(), least: days, seen: None, advice: (!too_few_commits).then_some(more) },
    ];
    if terms.min_hours > 0 {
        let hours = history.span_hours().and_then(|hours| u64::try_from(hours).ok()).unwrap_or_default();
        let least = least(terms.min_hours);
        let seen = Message::new("history-span").with("hours", hours);
        let advice = Message::new("history-begin-earlier").with("hours", least);
        asked.push(Asked { had: hours, least, seen: Some(seen), advice: Some(advice) });
    }
    if terms.min_authors > 0 {
        let least = least(terms.min_authors);
        let advice = Message::new("history-everybody-commits").with("authors", least);
        asked.push(Asked { had: history.authors.len() as u64, least, seen: None, advice: Some(advice) });
    }
    if let Some(most) = terms.max_behind {
        // Without shared history there is nothing that the fork could follow.
        let behind = history.behind_upstream.unwrap_or_default();
        let seen = (behind > 0).then(|| Message::new("history-behind").with("commits", behind));
        let advice = Some(Message::new("history-sync"));
        asked.push(Asked { had: u64::from(behind <= most), least: 1, seen, advice });
    }
    asked
}
