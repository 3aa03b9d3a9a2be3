//! A criterion in words: what it asks for, and how what is seen of it counts.
//! May import: `domain/`.
//! Next: `web/rubric/`, which shows them.

use super::checks::MAX_MEBIBYTES;
use crate::domain::Message;
use crate::domain::check::{Check, ProjectAspect, ReadmeAspect, StartLevel, Technology, Unfinished};
use crate::domain::language::Language;
use crate::domain::rubric::Criterion;

/// A sentence about a criterion, and the technologies that it ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub sentence: Message,
    pub technologies: Vec<Technology>,
}

/// What a criterion asks for, the most important first.
pub fn asked(check: &Check) -> Vec<Asked> {
    let plain = |sentence: Message| Asked { sentence, technologies: Vec::new() };
    if let Check::Stack { any_of, all_of } = check {
        let one_of = Message::new(if any_of.len() == 1 { "asks-stack" } else { "asks-stack-any" });
        let each = (Message::new("asks-stack"), all_of);
        let lists = [each, (one_of, any_of)].into_iter().filter(|(_, technologies)| !technologies.is_empty());
        return lists.map(|(sentence, list)| Asked { sentence, technologies: list.clone() }).collect();
    }
    said(check).into_iter().map(plain).collect()
}

fn said(check: &Check) -> Vec<Message> {
    match check {
        Check::Readme { aspect, min_characters, sections, languages } => {
            readme(*aspect, *min_characters, sections, languages)
        }
        Check::Notebooks { chapters, full_at_percent, require_executed, forbid_errors } => {
            let all = match chapters {
                Some(chapters) => Message::new("asks-notebooks-in").with("chapters", chapters),
                None => Message::new("asks-notebooks"),
            };
            [
                Some(all.with("percent", full_at_percent)),
                require_executed.then(|| Message::new("asks-notebooks-executed")),
                forbid_errors.then(|| Message::new("asks-notebooks-without-errors")),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        Check::Project { aspect, min_files, min_lines, max_mebibytes } => {
            project(*aspect, *min_files, *min_lines, *max_mebibytes)
        }
        Check::Stack { .. } => Vec::new(),
        Check::Installs {} => vec![Message::new("asks-installs")],
        Check::Starts { level } => vec![match level {
            StartLevel::Listens => Message::new("asks-starts"),
            StartLevel::Answers => Message::new("asks-starts-answers"),
            StartLevel::ShowsData => Message::new("asks-starts-data"),
        }],
        Check::Answers { min_pages, path, status, contains } => {
            let pages = match path {
                Some(path) => Message::new("asks-answers-at").with("path", path),
                None => Message::new("asks-answers").with("least", min_pages),
            };
            let status = status.map(|status| Message::new("asks-answers-status").with("status", status));
            let text = contains.as_ref().map(|text| Message::new("asks-answers-text").with("text", text));
            [Some(pages), status, text].into_iter().flatten().collect()
        }
        Check::Stores { min_items, service, collection } => {
            let inside = service.as_ref().map(|service| Message::new("asks-stores-in").with("service", service));
            let under = collection.as_ref().map(|glob| Message::new("asks-stores-under").with("collection", glob));
            let items = Message::new("asks-stores").with("least", min_items);
            [Some(items), inside, under].into_iter().flatten().collect()
        }
        Check::History { min_commits, min_days, min_hours, min_authors, max_behind, before_deadline } => {
            let commits = Message::new("asks-history").with("commits", min_commits).with("days", min_days);
            let hours = (*min_hours > 0).then(|| Message::new("asks-history-hours").with("hours", min_hours));
            let authors = (*min_authors > 1).then(|| Message::new("asks-history-authors").with("authors", min_authors));
            let behind = max_behind.map(|behind| Message::new("asks-history-behind").with("behind", behind));
            let in_time = before_deadline.then(|| Message::new("asks-history-in-time"));
            [Some(commits), hours, authors, behind, in_time].into_iter().flatten().collect()
        }
        Check::Tests { suite, only, unfinished, .. } => {
            let tests = Message::new("asks-tests").with("suite", suite);
            let unfinished = (*unfinished == Unfinished::Failed).then(|| Message::new("asks-tests-unfinished"));
            [Some(tests), those(only), unfinished].into_iter().flatten().collect()
        }
        Check::Command { command, only } => {
            let points = Message::new("asks-command").with("command", command);
            [Some(points), those(only)].into_iter().flatten().collect()
        }
    }
}

fn readme(aspect: ReadmeAspect, least: u32, sections: &[Vec<String>], languages: &[Language]) -> Vec<Message> {
    let sentence = match aspect {
        ReadmeAspect::Present => Message::new("asks-readme-present"),
        ReadmeAspect::Content => Message::new("asks-readme-content").with("least", least),
        ReadmeAspect::HowToRun => Message::new("asks-readme-how-to-run"),
        ReadmeAspect::Technical => Message::new("asks-readme-technical"),
        ReadmeAspect::Functional => Message::new("asks-readme-functional"),
        ReadmeAspect::Sections => {
            let names: Vec<&str> = sections.iter().filter_map(|names| names.first()).map(String::as_str).collect();
            Message::new("asks-readme-sections").with("names", names.join(", "))
        }
        ReadmeAspect::Renders => Message::new("asks-readme-renders"),
    };
    let language = match (aspect, languages) {
        (ReadmeAspect::Content, [Language::Fr]) => Some(Message::new("asks-readme-in-french")),
        (ReadmeAspect::Content, [Language::En]) => Some(Message::new("asks-readme-in-english")),
        _ => None,
    };
    std::iter::once(sentence).chain(language).collect()
}

fn project(aspect: ProjectAspect, files: u32, lines: u32, mebibytes: Option<u32>) -> Vec<Message> {
    let sentence = match aspect {
        ProjectAspect::Submitted => Message::new("asks-project-submitted"),
        ProjectAspect::Parses => Message::new("asks-project-parses"),
        ProjectAspect::NoSecrets => Message::new("asks-project-no-secrets"),
        ProjectAspect::Size => Message::new("asks-project-size").with("most", mebibytes.unwrap_or(MAX_MEBIBYTES)),
        ProjectAspect::Clean => Message::new("asks-project-clean"),
    };
    let counts = aspect == ProjectAspect::Submitted;
    let files = (counts && files > 1).then(|| Message::new("asks-project-files").with("least", files));
    let lines = (counts && lines > 0).then(|| Message::new("asks-project-lines").with("least", lines));
    std::iter::once(sentence).chain(files).chain(lines).collect()
}

fn those(only: &[String]) -> Option<Message> {
    (!only.is_empty()).then(|| Message::new("asks-only").with("tests", only.join(", ")))
}

/// How much a part of what was asked gives; nothing where it is in proportion.
pub fn counted(criterion: &Criterion) -> Vec<Message> {
    if !criterion.partial {
        return vec![Message::new("counts-all-or-nothing")];
    }
    let steps = criterion.steps.iter();
    steps.map(|step| Message::new("counts-step").with("at", step.at).with("share", step.share)).collect()
}
