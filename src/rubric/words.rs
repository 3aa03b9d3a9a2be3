//! A criterion in words: what it asks for, and how what is seen of it counts.
//! May import: `domain/`.
//! Next: `web/rubric/`, which shows them.

use crate::domain::Message;
use crate::domain::rubric::{Check, Criterion, ProjectAspect, ReadmeAspect, Technology};

/// What a criterion asks for.
pub fn asked(check: &Check) -> Message {
    match check {
        Check::Readme { aspect, min_characters } => match aspect {
            ReadmeAspect::Present => Message::new("asks-readme-present"),
            ReadmeAspect::Content => Message::new("asks-readme-content").with("least", min_characters),
            ReadmeAspect::HowToRun => Message::new("asks-readme-how-to-run"),
            ReadmeAspect::Technical => Message::new("asks-readme-technical"),
            ReadmeAspect::Functional => Message::new("asks-readme-functional"),
        },
        Check::Notebooks { chapters: None, full_at_percent } => {
            Message::new("asks-notebooks").with("percent", full_at_percent)
        }
        Check::Notebooks { chapters: Some(chapters), full_at_percent } => {
            Message::new("asks-notebooks-in").with("percent", full_at_percent).with("chapters", chapters)
        }
        Check::Project { aspect } => match aspect {
            ProjectAspect::Submitted => Message::new("asks-project-submitted"),
            ProjectAspect::Parses => Message::new("asks-project-parses"),
            ProjectAspect::NoSecrets => Message::new("asks-project-no-secrets"),
        },
        Check::Stack { any_of } => match any_of.len() {
            0 | 1 => Message::new("asks-stack"),
            _ => Message::new("asks-stack-any"),
        },
        Check::Installs {} => Message::new("asks-installs"),
        Check::Starts {} => Message::new("asks-starts"),
        Check::Answers { min_pages } => Message::new("asks-answers").with("least", min_pages),
        Check::Stores { min_items } => Message::new("asks-stores").with("least", min_items),
        Check::History { min_commits, min_days } => {
            Message::new("asks-history").with("commits", min_commits).with("days", min_days)
        }
    }
}

/// The names of what a check lists.
pub fn listed(check: &Check) -> Vec<Message> {
    match check {
        Check::Stack { any_of } => any_of.iter().map(|technology| named(*technology)).collect(),
        _ => Vec::new(),
    }
}

fn named(technology: Technology) -> Message {
    match technology {
        Technology::Flask => Message::new("technology-flask"),
        Technology::Dash => Message::new("technology-dash"),
        Technology::Streamlit => Message::new("technology-streamlit"),
        Technology::Django => Message::new("technology-django"),
        Technology::Fastapi => Message::new("technology-fastapi"),
        Technology::Mongodb => Message::new("technology-mongodb"),
        Technology::Redis => Message::new("technology-redis"),
        Technology::Elasticsearch => Message::new("technology-elasticsearch"),
        Technology::Sql => Message::new("technology-sql"),
        Technology::Scraping => Message::new("technology-scraping"),
        Technology::RealTimeScraping => Message::new("technology-real-time-scraping"),
        Technology::Scrapy => Message::new("technology-scrapy"),
        Technology::Selenium => Message::new("technology-selenium"),
        Technology::Charts => Message::new("technology-charts"),
        Technology::Search => Message::new("technology-search"),
        Technology::Dockerfile => Message::new("technology-dockerfile"),
        Technology::Compose => Message::new("technology-compose"),
    }
}

/// How much a part of what was asked gives; nothing where it is in proportion.
pub fn counted(criterion: &Criterion) -> Vec<Message> {
    if !criterion.partial {
        return vec![Message::new("counts-all-or-nothing")];
    }
    let step = |step: &crate::domain::rubric::Step| {
        Message::new("counts-step").with("at", step.at).with("share", step.share)
    };
    criterion.steps.iter().map(step).collect()
}
