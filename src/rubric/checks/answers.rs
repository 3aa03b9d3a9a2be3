//! Answering: pages that come back with success over HTTP.
//! May import: `domain/`.
//! Next: `stores.rs`.

use crate::domain::facts::Facts;
use crate::domain::facts::execution::{Execution, PageFacts};
use crate::domain::{Message, Outcome};

use super::{Judgement, running};

/// What a teacher asks of pages.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'t> {
    pub min_pages: u32,
    /// The one page that counts; all of them without it.
    pub path: Option<&'t str>,
    pub status: Option<u16>,
    pub contains: Option<&'t str>,
}

pub fn judge(terms: Terms<'_>, facts: Facts<'_>) -> Judgement {
    let execution = match running::execution(facts) {
        Ok(execution) => execution,
        Err(judgement) => return judgement,
    };
    if execution.serving().is_none() {
        return Judgement::failed(Message::new("answers-nothing-serves"))
            .advise(Message::new("answers-add-application"));
    }
    match terms.path {
        Some(path) => one_page(terms, path, execution),
        None => pages(terms, execution),
    }
}

fn pages(terms: Terms<'_>, execution: &Execution) -> Judgement {
    let good = execution.pages.iter().filter(|page| is_good(terms, page)).count() as u64;
    let all = execution.pages.len();
    let evidence = Message::new("answers-pages").with("good", good).with("all", all);
    let bad = execution.pages.iter().filter(|page| !is_good(terms, page)).take(5).map(|page| bad_page(terms, page));
    let broke = execution.pages.iter().any(|page| page.status.is_some_and(|status| status >= 500));
    let exception = broke.then(|| running::exception(execution)).flatten();
    let judgement = Judgement::part(good, u64::from(terms.min_pages.max(1)), evidence).seen(bad).seen(exception);
    let unanswered = if judgement.outcome == Outcome::Passed { Vec::new() } else { running::unanswered(execution) };
    let judgement = judgement.seen(unanswered);
    judgement.advise_unless_passed(Message::new("answers-mend"))
}

/// The page of a path, on whatever port it answers best.
fn one_page(terms: Terms<'_>, path: &str, execution: &Execution) -> Judgement {
    let mut asked = execution.pages.iter().filter(|page| page.path == path).peekable();
    let Some(first) = asked.peek().copied() else {
        if execution.paths.iter().any(|one| one == path) {
            // Nobody was there who could have been asked: no port, or none that speaks HTTP.
            return pages(terms, execution);
        }
        // Facts of a run that knew nothing of this path: nobody's fault, and the next run asks for it.
        return Judgement::skipped(Message::new("answers-not-asked").with("path", path));
    };
    match asked.find(|page| is_good(terms, page)) {
        Some(good) => Judgement::passed(
            Message::new("answers-status").with("path", path).with("status", good.status.unwrap_or_default()),
        ),
        None => Judgement::failed(bad_page(terms, first)).advise(Message::new("answers-mend")),
    }
}

fn is_good(terms: Terms<'_>, page: &PageFacts) -> bool {
    has_status(terms, page) && terms.contains.is_none_or(|wanted| shows(page, wanted))
}

fn has_status(terms: Terms<'_>, page: &PageFacts) -> bool {
    match terms.status {
        Some(wanted) => page.status == Some(wanted),
        None => page.status.is_some_and(|status| (200..400).contains(&status)),
    }
}

/// Whether a page shows a text, whatever its case and layout.
fn shows(page: &PageFacts, wanted: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let wanted = plain(wanted);
    plain(&page.excerpt).contains(&wanted) || page.title.as_deref().is_some_and(|title| plain(title).contains(&wanted))
}

fn bad_page(terms: Terms<'_>, page: &PageFacts) -> Message {
    match page.status {
        Some(_) if has_status(terms, page) => {
            Message::new("answers-without").with("path", &page.path).with("text", terms.contains.unwrap_or_default())
        }
        Some(status) => Message::new("answers-status").with("path", &page.path).with("status", status),
        None => {
            Message::new("answers-silence").with("path", &page.path).with("error", page.error.as_deref().unwrap_or(""))
        }
    }
}
