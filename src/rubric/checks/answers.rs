//! Answering: pages that come back with success over HTTP.
//! May import: `domain/`.
//! Next: `stores.rs`.

use crate::domain::facts::Facts;
use crate::domain::facts::execution::PageFacts;
use crate::domain::{Message, Outcome};

use super::{Judgement, running};

pub fn judge(min_pages: u32, facts: Facts<'_>) -> Judgement {
    let execution = match running::execution(facts) {
        Ok(execution) => execution,
        Err(judgement) => return judgement,
    };
    if execution.serving().is_none() {
        return Judgement::failed(Message::new("answers-nothing-serves"))
            .advise(Message::new("answers-add-application"));
    }
    let good = execution.pages.iter().filter(|page| is_good(page)).count() as u64;
    let all = execution.pages.len();
    let evidence = Message::new("answers-pages").with("good", good).with("all", all);
    let bad = execution.pages.iter().filter(|page| !is_good(page)).take(5).map(bad_page);
    let judgement = Judgement::part(good, u64::from(min_pages.max(1)), evidence).seen(bad);
    let unanswered = if judgement.outcome == Outcome::Passed { Vec::new() } else { running::unanswered(execution) };
    let judgement = judgement.seen(unanswered);
    judgement.advise_unless_passed(Message::new("answers-mend"))
}

fn is_good(page: &PageFacts) -> bool {
    page.status.is_some_and(|status| (200..400).contains(&status))
}

fn bad_page(page: &PageFacts) -> Message {
    match page.status {
        Some(status) => Message::new("answers-status").with("path", &page.path).with("status", status),
        None => {
            Message::new("answers-silence").with("path", &page.path).with("error", page.error.as_deref().unwrap_or(""))
        }
    }
}
