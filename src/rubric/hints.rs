//! What would make a README better and costs nothing: no criterion asks for it, and no point depends on it.
//! May import: `domain/`.
//! Next: `checks/readme.rs` for what is asked, `templates/parts/readme.html` for where hints stand.

use crate::domain::check::{Check, ReadmeAspect};
use crate::domain::facts::inspection::{ReadmeCandidate, ReadmeFacts, ReadmeFormat, ReadmePlace};
use crate::domain::facts::rendering::Severity;
use crate::domain::{Message, Rubric};

/// Characters below which nobody learns much.
const SHORT: u32 = 400;
/// Of one kind, told one by one.
const TOLD: usize = 5;

/// Hints on the judged README, in the order of their use. None where it is missing or still the template: that is a finding.
pub fn hints(rubric: &Rubric, readme: &ReadmeFacts) -> Vec<Message> {
    let best = readme.best.and_then(|best| readme.candidates.get(best)).filter(|best| !best.is_template);
    let Some(best) = best else { return Vec::new() };
    let mut hints = Vec::new();
    if best.place != ReadmePlace::Project {
        hints.push(Message::new("hint-readme-move").with("file", &best.path));
    }
    let beside = |other: &&ReadmeCandidate| other.is_template && other.path.parent() == best.path.parent();
    if let Some(template) = readme.candidates.iter().find(beside) {
        hints.push(Message::new("hint-readme-template-beside").with("file", &template.path));
    }
    if best.format.is_text() && !best.too_large {
        of_text(rubric, best, &mut hints);
    }
    hints
}

fn of_text(rubric: &Rubric, best: &ReadmeCandidate, hints: &mut Vec<Message>) {
    // Where a criterion asks for a length, it says so itself.
    let is_asked =
        rubric.criteria.iter().any(|one| matches!(&one.check, Check::Readme { aspect: ReadmeAspect::Content, .. }));
    if best.characters < SHORT && !is_asked {
        hints.push(Message::new("hint-readme-short").with("characters", best.characters));
    }
    if best.format == ReadmeFormat::Text {
        hints.push(Message::new("hint-readme-plain-text").with("file", &best.path));
    } else if best.headings.is_empty() {
        hints.push(Message::new("hint-readme-no-headings"));
    }
    if best.screenshots == 0 {
        hints.push(Message::new("hint-readme-no-screenshot"));
    }
    if best.paragraphs <= 1 {
        hints.push(Message::new("hint-readme-one-paragraph"));
    }
    let lines = best.broken_lines.iter().copied().chain(std::iter::repeat(None));
    for (target, line) in best.broken_links.iter().zip(lines).take(TOLD) {
        hints.push(Message::new("hint-readme-broken-link").with("target", target).with("place", place(best, line)));
    }
    let complaints = best.rendering.iter().flat_map(|rendering| &rendering.complaints);
    for warning in complaints.filter(|complaint| complaint.severity == Severity::Warning).take(TOLD) {
        let told = Message::new("hint-readme-warning").with("text", &warning.text);
        hints.push(told.with("place", place(best, warning.line)));
    }
}

fn place(readme: &ReadmeCandidate, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{}:{line}", readme.path),
        None => readme.path.to_string(),
    }
}
