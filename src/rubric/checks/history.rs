//! History: commits of the student's own, over more than one evening.
//! May import: `domain/`.
//! Next: `git/` made the facts.

use crate::domain::Message;
use crate::domain::facts::Facts;

use super::Judgement;

pub fn judge(min_commits: u32, min_days: u32, facts: Facts<'_>) -> Judgement {
    let Some(history) = &facts.inspection.history else {
        return Judgement::skipped(Message::new("history-unknown"));
    };
    let (commits, days) = (u64::from(history.own_commits), u64::from(history.days_active));
    let (least_commits, least_days) = (u64::from(min_commits.max(1)), u64::from(min_days.max(1)));
    let evidence = Message::new("history-commits")
        .with("commits", commits)
        .with("days", days)
        .with("authors", history.authors.len());
    // Commits and days count half each.
    let part = |had: u64, of: u64, weight: u64| had.min(of).saturating_mul(weight);
    let earned = part(commits, least_commits, least_days).saturating_add(part(days, least_days, least_commits));
    let all = least_commits.saturating_mul(least_days).saturating_mul(2);
    let advice = Message::new("history-commit-more").with("commits", least_commits).with("days", least_days);
    Judgement::part(earned, all, evidence).advise_unless_passed(advice)
}
