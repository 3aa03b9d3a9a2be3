//! Storing: what the databases held when everything had run.
//! May import: globset, `domain/`.
//! Next: `history.rs`.

use globset::GlobBuilder;

use crate::domain::check::Technology;
use crate::domain::egress::EgressMode;
use crate::domain::facts::Facts;
use crate::domain::facts::execution::{CollectionFacts, DatabaseFacts, Execution};
use crate::domain::{Message, Outcome};

use super::{Judgement, listed, running};

/// Modules that fetch from the web.
const FETCHING: [&str; 6] = ["requests", "httpx", "aiohttp", "scrapy", "selenium", "tweepy"];

/// What a teacher asks of databases.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'t> {
    pub min_items: u32,
    /// Only this service; all of them without it.
    pub service: Option<&'t str>,
    /// Only names that match this glob.
    pub collection: Option<&'t str>,
}

pub fn judge(terms: Terms<'_>, facts: Facts<'_>) -> Judgement {
    let execution = match running::execution(facts) {
        Ok(execution) => execution,
        Err(judgement) => return judgement,
    };
    let counted = counted(terms, execution);
    let stored: u64 = counted.iter().map(|(_, held)| held.items).fold(0, u64::saturating_add);
    let silent = execution.databases.iter().filter(|database| !database.answered);
    let silent = silent.map(|database| Message::new("stores-silent").with("service", &database.service));
    if stored == 0 && execution.stored_items() > 0 {
        return elsewhere(terms, execution).seen(silent);
    }
    if stored == 0 {
        return Judgement::failed(Message::new("stores-nothing"))
            .seen(silent)
            .seen(running::unanswered(execution))
            .seen(running::stand_ins(execution))
            .advise(why_nothing(facts, execution));
    }
    let held: Vec<String> = counted.into_iter().map(told).collect();
    let evidence = Message::new("stores-items").with("count", stored).with("collections", listed(&held, 6));
    let judgement = Judgement::part(stored, u64::from(terms.min_items.max(1)), evidence);
    let unanswered = if judgement.outcome == Outcome::Passed { Vec::new() } else { running::unanswered(execution) };
    judgement
        .seen(silent)
        .seen(unanswered)
        .advise_unless_passed(Message::new("stores-more").with("least", terms.min_items))
}

type Held<'e> = (&'e DatabaseFacts, &'e CollectionFacts);

fn all(execution: &Execution) -> impl Iterator<Item = Held<'_>> {
    let held =
        execution.databases.iter().flat_map(|database| database.collections.iter().map(move |one| (database, one)));
    held.filter(|(_, held)| held.items > 0)
}

/// What counts of everything that is kept.
fn counted<'e>(terms: Terms<'_>, execution: &'e Execution) -> Vec<Held<'e>> {
    let glob = terms.collection.map(|glob| GlobBuilder::new(glob).case_insensitive(true).build());
    let glob = glob.map(|glob| glob.map(|glob| glob.compile_matcher()));
    let is_named = |name: &str| match &glob {
        None => true,
        // `films` is the collection of that name in whatever database.
        Some(Ok(glob)) => glob.is_match(name) || name.split_once('.').is_some_and(|(_, last)| glob.is_match(last)),
        Some(Err(_)) => false,
    };
    let is_of_service = |service: &str| terms.service.is_none_or(|wanted| wanted.eq_ignore_ascii_case(service));
    all(execution).filter(|(database, held)| is_of_service(&database.service) && is_named(&held.name)).collect()
}

fn told((database, held): Held<'_>) -> String {
    format!("{}: {} ({})", database.service, held.name, held.items)
}

/// Something is kept, and not where the course asks for it.
fn elsewhere(terms: Terms<'_>, execution: &Execution) -> Judgement {
    let held: Vec<String> = all(execution).map(told).collect();
    let wanted: Vec<&str> = [terms.service, terms.collection].into_iter().flatten().collect();
    let wanted = wanted.join(", ");
    let seen = Message::new("stores-elsewhere").with("wanted", &wanted).with("collections", listed(&held, 6));
    Judgement::failed(seen).advise(Message::new("stores-there").with("wanted", wanted))
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
