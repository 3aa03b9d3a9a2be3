//! Findings as workflow commands of GitHub Actions: shown at the file and line that they are about.
//! May import: `i18n`, `domain/`.
//! Next: `check.rs`, which prints them with `--format github`.

use crate::domain::course::Language;
use crate::domain::{Finding, Message};
use crate::i18n;

/// One line per finding that can be improved; a bonus is a notice, everything else a warning.
pub fn annotation(finding: &Finding, title: &str, language: Language) -> Option<String> {
    if !finding.is_open() {
        return None;
    }
    let level = if finding.bonus { "notice" } else { "warning" };
    let text: Vec<String> =
        finding.evidence.iter().chain(&finding.advice).map(|message| i18n::text(language, message)).collect();
    let place = finding.evidence.iter().chain(&finding.advice).find_map(place).unwrap_or_default();
    Some(format!("::{level} {place}title={}::{}", property(title), data(&text.join("\n"))))
}

/// What costs nothing, as a notice.
pub fn notice(hint: &Message, language: Language) -> String {
    let title = i18n::word(language, "hints-title");
    let place = place(hint).unwrap_or_default();
    format!("::notice {place}title={}::{}", property(&title), data(&i18n::text(language, hint)))
}

/// `file=app.py,line=3,` where a message names a file.
fn place(message: &Message) -> Option<String> {
    let (file, line) = message.place()?;
    let line = line.map(|line| format!("line={line},")).unwrap_or_default();
    Some(format!("file={},{line}", property(file)))
}

/// A student chooses file names: none of them may begin a command of its own.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Outcome, Points};

    fn finding(outcome: Outcome, bonus: bool, evidence: Message) -> Finding {
        let (criterion, points, max) = ("project".to_owned(), Points::ZERO, Points::whole(2));
        let (hidden, min) = (false, Points::ZERO);
        Finding {
            criterion,
            outcome,
            points,
            max,
            min,
            bonus,
            hidden,
            evidence: vec![evidence],
            advice: Vec::new(),
            overridden: None,
        }
    }

    #[test]
    fn a_finding_stands_at_its_line() {
        let place = Message::new("readme-untouched").with("place", "src/app.py:12").with("error", "expected ':'");
        let told = annotation(&finding(Outcome::Failed, false, place), "Projet", Language::En).unwrap();
        assert!(told.starts_with("::warning file=src/app.py,line=12,title=Projet::"), "{told}");
        let file = Message::new("readme-untouched").with("file", "README.rst");
        let told = annotation(&finding(Outcome::Partial, true, file.clone()), "README", Language::Fr).unwrap();
        assert!(told.starts_with("::notice file=README.rst,title=README::"), "{told}");
        assert_eq!(annotation(&finding(Outcome::Passed, false, file), "README", Language::Fr), None);
    }

    #[test]
    fn a_file_name_is_never_a_command() {
        let hostile = Message::new("readme-untouched").with("file", "a,b:c\n::stop-commands::x%");
        let told = annotation(&finding(Outcome::Failed, false, hostile), "t", Language::En).unwrap();
        assert_eq!(told.lines().count(), 1);
        assert!(told.starts_with("::warning file=a%2Cb%3Ac%0A%3A%3Astop-commands%3A%3Ax%25,title=t::"), "{told}");
    }
}
