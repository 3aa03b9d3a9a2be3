//! The README: there, filled, long enough, saying how to run, how it is made and what it is for, with the sections asked for,
//! and rendered without errors.
//! May import: `domain/`.
//! Next: `observe/readme/` made the facts, `../hints.rs` says what costs nothing.

use crate::domain::Message;
use crate::domain::check::ReadmeAspect;
use crate::domain::facts::Facts;
use crate::domain::facts::inspection::{ReadmeCandidate, ReadmeFacts, ReadmeFormat, ReadmeRendering};
use crate::domain::facts::rendering::{Complaint, RenderingEnd, Severity};
use crate::domain::language::Language;
use crate::domain::title;

use super::{Judgement, listed};

/// Words below which a language is anybody's guess.
const SPEAKS: u32 = 50;
/// Weight from which a section is more than its title.
const SAYS: u32 = 5;
/// Complaints of a renderer that are told one by one.
const TOLD: usize = 5;

/// What a course asks of its READMEs.
pub struct Asked<'a> {
    pub aspect: ReadmeAspect,
    pub min_characters: u32,
    pub sections: &'a [Vec<String>],
    pub languages: &'a [Language],
}

pub fn judge(asked: &Asked<'_>, facts: Facts<'_>) -> Judgement {
    let readme = &facts.inspection.readme;
    let Some(best) = readme.best.and_then(|best| readme.candidates.get(best)) else {
        return Judgement::failed(Message::new("readme-none")).advise(Message::new("readme-write"));
    };
    if best.is_template {
        let untouched =
            Message::new("readme-untouched").with("file", &best.path).with("percent", best.template_percent);
        return Judgement::failed(untouched).advise(Message::new("readme-fill").with("file", &best.path));
    }
    match asked.aspect {
        ReadmeAspect::Present => present(readme, best),
        ReadmeAspect::Content => content(asked, best),
        ReadmeAspect::HowToRun => how_to_run(readme, best),
        ReadmeAspect::Technical => {
            let missing = Judgement::failed(Message::new("readme-no-technical"));
            somewhere(readme, best, |one| one.technical, "technical")
                .unwrap_or(missing)
                .advise_unless_passed(Message::new("readme-add-technical"))
        }
        ReadmeAspect::Functional => {
            let missing = Judgement::failed(Message::new("readme-no-functional"));
            somewhere(readme, best, |one| one.functional, "functional")
                .unwrap_or(missing)
                .advise_unless_passed(Message::new("readme-add-functional"))
        }
        ReadmeAspect::Sections => sections(asked.sections, readme, best),
        ReadmeAspect::Renders => renders(best),
    }
}

/// The judged README first, then what else the student wrote.
fn own<'a>(readme: &'a ReadmeFacts, best: &'a ReadmeCandidate) -> impl Iterator<Item = &'a ReadmeCandidate> {
    let others = readme.candidates.iter().filter(|other| other.path != best.path && !other.is_template);
    std::iter::once(best).chain(others)
}

fn present(readme: &ReadmeFacts, best: &ReadmeCandidate) -> Judgement {
    let judgement = Judgement::passed(Message::new("readme-found").with("file", &best.path));
    let others: Vec<String> = own(readme, best).skip(1).map(|other| other.path.to_string()).collect();
    if others.is_empty() {
        return judgement;
    }
    judgement.seen([Message::new("readme-others").with("files", listed(&others, TOLD))])
}

fn content(asked: &Asked<'_>, best: &ReadmeCandidate) -> Judgement {
    if !best.format.is_text() {
        return unread(best);
    }
    if best.too_large {
        return Judgement::failed(Message::new("readme-too-large").with("file", &best.path))
            .advise(Message::new("readme-shorten"));
    }
    let least = asked.min_characters;
    let length = Message::new("readme-length")
        .with("characters", best.characters)
        .with("words", best.words)
        .with("file", &best.path);
    let is_foreign = is_foreign(asked.languages, best);
    // Another language than those of the course costs half.
    let (numerator, denominator) = (u64::from(best.characters.min(least)), u64::from(least));
    let (numerator, denominator) = match is_foreign {
        true => (numerator.max(u64::from(least == 0)), 2 * denominator.max(1)),
        false => (numerator.max(u64::from(least == 0)), denominator.max(1)),
    };
    let mut judgement = Judgement::part(numerator, denominator, length);
    if best.characters < least {
        let short = Message::new("readme-too-short").with("characters", best.characters).with("least", least);
        judgement = judgement.advise(short);
    }
    if is_foreign {
        let wanted: Vec<Message> = asked.languages.iter().map(write_in).collect();
        judgement = wanted.into_iter().fold(judgement.seen([Message::new("readme-foreign")]), Judgement::advise);
    }
    judgement
}

fn write_in(language: &Language) -> Message {
    match language {
        Language::Fr => Message::new("readme-write-in-french"),
        Language::En => Message::new("readme-write-in-english"),
    }
}

fn is_foreign(languages: &[Language], best: &ReadmeCandidate) -> bool {
    let is = |language: &Language| match language {
        Language::Fr => best.language == "fr",
        Language::En => best.language == "en",
    };
    !languages.is_empty() && best.words >= SPEAKS && !languages.iter().any(is)
}

/// A document whose text nobody here can read.
fn unread(document: &ReadmeCandidate) -> Judgement {
    let seen = match document.format {
        ReadmeFormat::Pdf => Message::new("readme-pdf").with("file", &document.path),
        _ => Message::new("readme-office").with("file", &document.path),
    };
    Judgement::part(1, 2, seen).advise(Message::new("readme-write-as-text"))
}

fn how_to_run(readme: &ReadmeFacts, best: &ReadmeCandidate) -> Judgement {
    let Some(says) = own(readme, best).find(|one| one.says_how_to_run) else {
        return Judgement::failed(Message::new("readme-no-commands")).advise(Message::new("readme-add-commands"));
    };
    let place = place(says, says.run_line);
    if says.run_commands.is_empty() {
        return Judgement::passed(Message::new("readme-run-section").with("place", place));
    }
    let commands = listed(&says.run_commands, TOLD);
    Judgement::passed(Message::new("readme-commands").with("commands", commands).with("place", place))
}

/// Documentation of a kind, in whatever document it is; half of it where that document cannot be read.
fn somewhere(
    readme: &ReadmeFacts,
    best: &ReadmeCandidate,
    is_there: fn(&ReadmeCandidate) -> bool,
    kind: &str,
) -> Option<Judgement> {
    let found: Vec<&ReadmeCandidate> = own(readme, best).filter(|one| is_there(one)).collect();
    if let Some(readable) = found.iter().find(|one| one.format.is_text()) {
        let seen = match kind {
            "technical" => Message::new("readme-technical"),
            _ => Message::new("readme-functional"),
        };
        return Some(Judgement::passed(seen.with("file", &readable.path)));
    }
    found.first().map(|document| unread(document))
}

/// Sections that a course asks for, each by any of its names.
fn sections(wanted: &[Vec<String>], readme: &ReadmeFacts, best: &ReadmeCandidate) -> Judgement {
    let mut found = 0_u64;
    let (mut seen, mut advice) = (Vec::new(), Vec::new());
    for names in wanted {
        let folded: Vec<String> = names.iter().map(|name| title::fold(name)).collect();
        let is_meant = |written: &str| {
            let words = title::words(written);
            folded.iter().any(|name| title::hold(&words, name))
        };
        let all = own(readme, best).flat_map(|one| one.sections.iter().map(move |section| (one, section)));
        let mut titled = all.filter(|(_, section)| is_meant(&section.title)).peekable();
        let name = names.first().map_or("", String::as_str);
        let empty = titled.peek().map(|(one, section)| place(one, section.line));
        if let Some((one, section)) = titled.find(|(_, section)| section.weight >= SAYS) {
            found += 1;
            let told = Message::new("readme-section").with("title", &section.title);
            seen.push(told.with("place", place(one, section.line)));
        } else if let Some(place) = empty {
            seen.push(Message::new("readme-section-empty").with("title", name).with("place", place));
            advice.push(Message::new("readme-fill-section").with("title", name));
        } else {
            advice.push(Message::new("readme-add-section").with("title", name).with("names", listed(names, TOLD)));
        }
    }
    let all = wanted.len();
    let summary = Message::new("readme-sections").with("found", found).with("all", all);
    let mut judgement = Judgement::part(found, all as u64, summary).seen(seen);
    judgement.advice = advice;
    judgement
}

/// Whether everybody who opens it sees what was written.
fn renders(best: &ReadmeCandidate) -> Judgement {
    if !best.format.is_text() {
        return unread(best);
    }
    let Some(rendering) = &best.rendering else {
        return Judgement::skipped(Message::new("readme-not-rendered").with("file", &best.path));
    };
    let failed = |key: Message| Judgement::failed(key.with("file", &best.path));
    match &rendering.end {
        RenderingEnd::TooLarge => failed(Message::new("readme-too-large")).advise(Message::new("readme-shorten")),
        RenderingEnd::TooMuch => failed(Message::new("readme-too-much")).advise(Message::new("readme-simplify")),
        RenderingEnd::Broken { error } => {
            let broken = Message::new("readme-broken").with("renderer", &rendering.renderer).with("error", error);
            failed(broken).advise(Message::new("readme-simplify"))
        }
        RenderingEnd::Rendered => complained(best, rendering),
    }
}

fn complained(best: &ReadmeCandidate, rendering: &ReadmeRendering) -> Judgement {
    let errors: Vec<&Complaint> =
        rendering.complaints.iter().filter(|complaint| complaint.severity == Severity::Error).collect();
    if errors.is_empty() {
        let renders = Message::new("readme-renders").with("file", &best.path).with("renderer", &rendering.renderer);
        return Judgement::passed(renders);
    }
    let count = Message::new("readme-errors").with("count", errors.len()).with("renderer", &rendering.renderer);
    let told = errors
        .iter()
        .take(TOLD)
        .map(|error| Message::new("readme-complaint").with("place", place(best, error.line)).with("text", &error.text));
    let mut advice: Vec<Message> = errors.iter().map(|error| mend(&error.text)).collect();
    advice.sort();
    advice.dedup();
    advice.push(Message::new("readme-mend-at-home"));
    let mut judgement = Judgement::part(1, 2, count).seen(told);
    judgement.advice = advice;
    judgement
}

/// What to do about an error, by docutils' words for it.
fn mend(error: &str) -> Message {
    let says = |parts: &[&str]| parts.iter().any(|part| error.contains(part));
    if says(&["directive type", "directive:", "interpreted text role"]) {
        Message::new("readme-mend-directive")
    } else if says(&["title", "Title", "overline", "underline"]) {
        Message::new("readme-mend-titles")
    } else if says(&["table"]) {
        Message::new("readme-mend-table")
    } else if says(&["indent"]) {
        Message::new("readme-mend-indentation")
    } else if says(&["target name", "reference", "ubstitution"]) {
        Message::new("readme-mend-references")
    } else if says(&["line-length-limit"]) {
        Message::new("readme-mend-long-line")
    } else {
        Message::new("readme-mend")
    }
}

/// `README.rst:12`, or the file alone.
fn place(readme: &ReadmeCandidate, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{}:{line}", readme.path),
        None => readme.path.to_string(),
    }
}
