//! Storing: what the databases held when everything had run.
//! May import: `domain/`.
//! Next: `history.rs`.

use crate::domain::egress::EgressMode;
use crate::domain::facts::{Execution, Facts};
use crate::domain::rubric::Technology;
use crate::domain::{Message, Outcome};

use super::{Judgement, listed, running};

/// Modules that fetch from the web.
const FETCHING: [&str; 6] = ["requests", "httpx", "aiohttp", "scrapy", "selenium", "tweepy"];

pub fn judge(min_items: u32, facts: Facts<'_>) -> Judgement {
    let execution = match running::execution(facts) {
        Ok(execution) => execution,
        Err(judgement) => return judgement,
    };
    let stored = execution.stored_items();
    let silent = execution.databases.iter().filter(|database| !database.answered);
    let silent = silent.map(|database| Message::new("stores-silent").with("service", &database.service));
    if stored == 0 {
        return Judgement::failed(Message::new("stores-nothing"))
            .seen(silent)
            .seen(running::unanswered(execution))
            .seen(running::stand_ins(execution))
            .advise(why_nothing(facts, execution));
    }
    let held: Vec<String> = execution
        .databases
        .iter()
        .flat_map(|database| database.collections.iter().map(move |held| (database, held)))
        .filter(|(_, held)| held.items > 0)
        .map(|(database, held)| format!("{}: {} ({})", database.service, held.name, held.items))
        .collect();
    let evidence = Message::new("stores-items").with("count", stored).with("collections", listed(&held, 6));
    let judgement = Judgement::part(stored, u64::from(min_items.max(1)), evidence);
    let unanswered = if judgement.outcome == Outcome::Passed { Vec::new() } else { running::unanswered(execution) };
    judgement.seen(silent).seen(unanswered).advise_unless_passed(Message::new("stores-more").with("least", min_items))
}

/// What to do about empty databases depends on why they are empty.
fn why_nothing(facts: Facts<'_>, execution: &Execution) -> Message {
    let code = &facts.inspection.code;
    let uses = |technology: Technology| code.technologies.contains_key(&technology);
    let database = [Technology::Mongodb, Technology::Redis, Technology::Elasticsearch].into_iter().any(uses);
    let fetches = uses(Technology::Scraping) || code.imports.iter().any(|module| FETCHING.contains(&module.as_str()));
    match (database, fetches) {
        (false, _) if uses(Technology::Sql) => Message::new("stores-use-course-database"),
        (false, _) => Message::new("stores-use-database"),
        (true, true) => match &execution.network {
            Some(network) if network.mode != EgressMode::None => match network.not_allowed().next() {
                Some(_) => Message::new("stores-ask-for-hosts"),
                None => Message::new("stores-load-first"),
            },
            // Nothing of the world is reached in a run: what has to be fetched first cannot be there.
            _ => Message::new("stores-bring-sample"),
        },
        (true, false) => Message::new("stores-load-first"),
    }
}
