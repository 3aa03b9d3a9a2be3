//! The stack: what the code uses, shown by the line that uses it.
//! May import: `domain/`.
//! Next: `observe/python/` made the facts.

use crate::domain::Message;
use crate::domain::check::Technology;
use crate::domain::facts::Facts;

use super::Judgement;

pub fn judge(any_of: &[Technology], all_of: &[Technology], facts: Facts<'_>) -> Judgement {
    let found = &facts.inspection.code.technologies;
    let used = |wanted: &Technology| Some(uses(*wanted).with("place", found.get(wanted)?));
    // What is asked for by itself, and any one of the rest, count alike.
    let alternatives: Vec<Message> = any_of.iter().filter_map(used).collect();
    let each: Vec<Message> = all_of.iter().filter_map(used).collect();
    let asked = all_of.len() + usize::from(!any_of.is_empty());
    let there = each.len() + usize::from(!alternatives.is_empty());
    let mut seen = each.into_iter().chain(alternatives.iter().cloned());
    let first = seen.next().unwrap_or_else(|| Message::new("stack-missing"));
    let judgement = Judgement::part(there as u64, asked as u64, first).seen(seen);
    let missing = all_of.iter().filter(|wanted| !found.contains_key(wanted));
    let missing = missing.chain(any_of.iter().filter(|_| alternatives.is_empty()));
    missing.fold(judgement, |judgement, wanted| judgement.advise(try_it(*wanted)))
}

fn uses(technology: Technology) -> Message {
    match technology {
        Technology::Flask => Message::new("stack-uses-flask"),
        Technology::Dash => Message::new("stack-uses-dash"),
        Technology::Streamlit => Message::new("stack-uses-streamlit"),
        Technology::Django => Message::new("stack-uses-django"),
        Technology::Fastapi => Message::new("stack-uses-fastapi"),
        Technology::Mongodb => Message::new("stack-uses-mongodb"),
        Technology::Redis => Message::new("stack-uses-redis"),
        Technology::Elasticsearch => Message::new("stack-uses-elasticsearch"),
        Technology::Sql => Message::new("stack-uses-sql"),
        Technology::Scraping => Message::new("stack-uses-scraping"),
        Technology::RealTimeScraping => Message::new("stack-uses-real-time-scraping"),
        Technology::Scrapy => Message::new("stack-uses-scrapy"),
        Technology::Selenium => Message::new("stack-uses-selenium"),
        Technology::Charts => Message::new("stack-uses-charts"),
        Technology::Search => Message::new("stack-uses-search"),
        Technology::Dockerfile => Message::new("stack-uses-dockerfile"),
        Technology::Compose => Message::new("stack-uses-compose"),
    }
}

fn try_it(technology: Technology) -> Message {
    match technology {
        Technology::Flask => Message::new("stack-try-flask"),
        Technology::Dash => Message::new("stack-try-dash"),
        Technology::Streamlit => Message::new("stack-try-streamlit"),
        Technology::Django => Message::new("stack-try-django"),
        Technology::Fastapi => Message::new("stack-try-fastapi"),
        Technology::Mongodb => Message::new("stack-try-mongodb"),
        Technology::Redis => Message::new("stack-try-redis"),
        Technology::Elasticsearch => Message::new("stack-try-elasticsearch"),
        Technology::Sql => Message::new("stack-try-sql"),
        Technology::Scraping => Message::new("stack-try-scraping"),
        Technology::RealTimeScraping => Message::new("stack-try-real-time-scraping"),
        Technology::Scrapy => Message::new("stack-try-scrapy"),
        Technology::Selenium => Message::new("stack-try-selenium"),
        Technology::Charts => Message::new("stack-try-charts"),
        Technology::Search => Message::new("stack-try-search"),
        Technology::Dockerfile => Message::new("stack-try-dockerfile"),
        Technology::Compose => Message::new("stack-try-compose"),
    }
}
