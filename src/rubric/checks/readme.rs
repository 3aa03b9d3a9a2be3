//! The README: there, filled, long enough, saying how to run, how it is made and what it is for.
//! May import: `domain/`.
//! Next: `observe/readme/` made the facts.

use crate::domain::Message;
use crate::domain::facts::Facts;
use crate::domain::facts::inspection::{ReadmeCandidate, ReadmeFormat, ReadmePlace};
use crate::domain::rubric::ReadmeAspect;

use super::{Judgement, listed};

pub fn judge(aspect: ReadmeAspect, min_characters: u32, facts: Facts<'_>) -> Judgement {
    let readme = &facts.inspection.readme;
    let Some(best) = readme.best.and_then(|best| readme.candidates.get(best)) else {
        return Judgement::failed(Message::new("readme-none")).advise(Message::new("readme-write"));
    };
    if best.is_template {
        let untouched = Message::new("readme-untouched").with("file", &best.path);
        return Judgement::failed(untouched).advise(Message::new("readme-fill").with("file", &best.path));
    }
    match aspect {
        ReadmeAspect::Present => present(best),
        ReadmeAspect::Content => content(best, min_characters),
        ReadmeAspect::HowToRun => how_to_run(best),
        ReadmeAspect::Technical => section(
            best.technical,
            Message::new("readme-technical"),
            Message::new("readme-no-technical"),
            Message::new("readme-add-technical"),
        ),
        ReadmeAspect::Functional => section(
            best.functional,
            Message::new("readme-functional"),
            Message::new("readme-no-functional"),
            Message::new("readme-add-functional"),
        ),
    }
}

fn present(best: &ReadmeCandidate) -> Judgement {
    let judgement = Judgement::passed(Message::new("readme-found").with("file", &best.path));
    match best.place {
        ReadmePlace::Project => judgement,
        // Taken all the same; whoever opens the project's folder would look for it there.
        ReadmePlace::Above | ReadmePlace::Below => {
            judgement.advise(Message::new("readme-move").with("file", &best.path))
        }
    }
}

fn content(best: &ReadmeCandidate, min_characters: u32) -> Judgement {
    if best.format == ReadmeFormat::Pdf {
        return Judgement::part(1, 2, Message::new("readme-pdf").with("file", &best.path))
            .advise(Message::new("readme-write-as-text"));
    }
    let length = Message::new("readme-length").with("characters", best.characters).with("words", best.words);
    let enough = best.characters >= min_characters;
    let judgement = match (enough, best.headings.is_empty()) {
        (true, false) => Judgement::passed(length),
        (true, true) => Judgement::part(3, 4, length).advise(Message::new("readme-add-headings")),
        (false, _) => Judgement::part(u64::from(best.characters), u64::from(min_characters), length)
            .advise(Message::new("readme-too-short").with("characters", best.characters).with("least", min_characters)),
    };
    if best.broken_links.is_empty() {
        return judgement;
    }
    // A hint: a broken link costs nothing.
    judgement.advise(Message::new("readme-broken-links").with("links", listed(&best.broken_links, 5)))
}

fn how_to_run(best: &ReadmeCandidate) -> Judgement {
    if !best.says_how_to_run {
        return Judgement::failed(Message::new("readme-no-commands")).advise(Message::new("readme-add-commands"));
    }
    if best.run_commands.is_empty() {
        return Judgement::passed(Message::new("readme-run-section"));
    }
    Judgement::passed(Message::new("readme-commands").with("commands", listed(&best.run_commands, 5)))
}

fn section(there: bool, seen: Message, missing: Message, advice: Message) -> Judgement {
    if there { Judgement::passed(seen) } else { Judgement::failed(missing).advise(advice) }
}
