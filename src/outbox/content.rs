//! What is told on a commit: the same words as on the feedback page, in the course's language. Pure.
//! May import: `i18n`, `domain/`, `github` (shapes).
//! Next: `mod.rs`, which sends it.

use comrak::escape_commonmark_inline;
use url::Url;

use crate::domain::course::{Language, OnCommits};
use crate::domain::visibility::Seen;
use crate::domain::{Course, Finding, Message, Score};
use crate::github::{Annotation, CheckRun, Conclusion, Level};
use crate::i18n;

/// More than this on one commit helps nobody.
const MOST_ANNOTATIONS: usize = 100;
/// GitHub takes 255 and 65,535.
const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 60_000;

/// What a telling is made of.
pub struct Telling<'a> {
    pub course: &'a Course,
    pub score: &'a Score,
    pub seen: Seen,
    /// Where the student reads everything.
    pub feedback: Option<Url>,
    /// The findings' places are files of this commit.
    pub has_files: bool,
}

impl Telling<'_> {
    /// The check run. A public repository is read by the whole class: no score there unless the course says so.
    pub fn check_run(&self, is_private: bool) -> CheckRun {
        let language = self.course.language;
        let open: Vec<&Finding> = self.score.findings.iter().filter(|finding| is_open(finding)).collect();
        let (title, summary, annotations) = match self.seen {
            Seen::Now => {
                (self.headline(open.len(), self.shows_score(is_private)), self.summary(&open), self.annotations(&open))
            }
            Seen::After(from) => {
                let local = from.with_timezone(&self.course.time_zone).format("%Y-%m-%d %H:%M (%Z)");
                let received = i18n::text(language, &Message::new("commit-received-until").with("when", local));
                (received.clone(), received, Vec::new())
            }
            Seen::WhenPublished => {
                let received = i18n::word(language, "commit-received");
                (received.clone(), received, Vec::new())
            }
        };
        let is_done = self.seen == Seen::Now && open.iter().all(|finding| finding.bonus);
        CheckRun {
            name: format!("forkgrade: {}", self.course.slug),
            conclusion: if is_done { Conclusion::Success } else { Conclusion::Neutral },
            details_url: self.feedback.clone(),
            title: shortened(&title, LONGEST_TITLE),
            summary: shortened(&summary, LONGEST_TEXT),
            annotations,
        }
    }

    fn shows_score(&self, is_private: bool) -> bool {
        match self.course.on_commits {
            OnCommits::Nothing => false,
            OnCommits::Findings => is_private,
            OnCommits::Score => true,
        }
    }

    fn headline(&self, open: usize, with_score: bool) -> String {
        let language = self.course.language;
        let left = i18n::text(language, &Message::new("commit-left").with("n", open));
        if !with_score {
            return left;
        }
        let decimal = |points: &crate::domain::Points| match language {
            Language::Fr => points.to_string().replace('.', ","),
            Language::En => points.to_string(),
        };
        format!("{} / {} · {left}", decimal(&self.score.total), decimal(&self.score.scale))
    }

    /// A list of what is left, each with what was seen and what to do. Whatever a student wrote is text in it and nothing else.
    fn summary(&self, open: &[&Finding]) -> String {
        let language = self.course.language;
        let mut text = String::new();
        for finding in open {
            let said: Vec<String> = sentences(finding, language).iter().map(|said| plain(said)).collect();
            text.push_str(&format!("- **{}**: {}\n", plain(self.title_of(finding)), said.join(" ")));
        }
        if open.is_empty() {
            text.push_str(&plain(&i18n::text(language, &Message::new("commit-left").with("n", 0))));
        }
        text
    }

    fn annotations(&self, open: &[&Finding]) -> Vec<Annotation> {
        if !self.has_files {
            return Vec::new();
        }
        let placed = open.iter().flat_map(|finding| {
            let said = finding.evidence.iter().chain(&finding.advice);
            said.filter_map(|message| self.annotation(finding, message))
        });
        placed.take(MOST_ANNOTATIONS).collect()
    }

    /// What one sentence says of one place, and what to do about it.
    fn annotation(&self, finding: &Finding, message: &Message) -> Option<Annotation> {
        let (path, line) = message.place()?;
        let line = line.unwrap_or(1).max(1);
        // Advice with a place of its own is an annotation of its own.
        let advice = finding.advice.iter().filter(|advice| *advice != message && advice.place().is_none());
        let said = std::iter::once(message).chain(advice).map(|said| i18n::text(self.course.language, said));
        Some(Annotation {
            path: path.to_owned(),
            start_line: line,
            end_line: line,
            annotation_level: if finding.bonus { Level::Notice } else { Level::Warning },
            title: shortened(self.title_of(finding), LONGEST_TITLE),
            message: shortened(&said.collect::<Vec<_>>().join("\n"), LONGEST_TEXT),
        })
    }

    fn title_of<'f>(&'f self, finding: &'f Finding) -> &'f str {
        self.course.rubric.title_of(finding, self.course.language)
    }
}

/// Left to improve, and the student's to know.
fn is_open(finding: &Finding) -> bool {
    !finding.hidden && finding.is_open()
}

/// What was seen and what to do. A teacher's reason is the student's to read, and not everybody's: it stands on their page.
fn sentences(finding: &Finding, language: Language) -> Vec<String> {
    let by_hand = finding.overridden.as_ref().map(|_| i18n::word(language, "commit-by-hand"));
    let said = finding.evidence.iter().chain(&finding.advice).map(|message| i18n::text(language, message));
    by_hand.into_iter().chain(said).collect()
}

/// Text as text: no markup, no line of its own, and nobody is called by an @.
fn plain(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    escape_commonmark_inline(&line).replace('@', "@\u{2060}")
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
