//! Every sentence that the program can say exists in both languages, and none exists that it never says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use forkgrade::domain::Message;
use forkgrade::domain::audit::Action;
use forkgrade::domain::check::Technology;
use forkgrade::domain::course::Language;
use forkgrade::domain::egress::EgressMode;
use forkgrade::domain::facts::execution::{InstallOutcome, StruckLimit, Verdict};
use forkgrade::domain::facts::inspection::{CellState, ProjectState};
use forkgrade::domain::facts::judges::TestVisibility;
use forkgrade::domain::facts::network::{ExchangeEnd, Refusal};
use forkgrade::domain::fork::{ForkState, LearntFrom};
use forkgrade::domain::launch::{LaunchKind, StepRole};
use forkgrade::domain::{Outcome, RunState, Stage};
use forkgrade::i18n;
use forkgrade::roster::Field;
use regex::Regex;
use serde::Serialize;

fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut queue = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = queue.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                queue.push(path);
            } else if extensions.iter().any(|wanted| path.extension().is_some_and(|extension| extension == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every key of a language with the arguments that its sentence takes.
fn sentences(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let key = Regex::new(r"^([a-z][a-z0-9-]*) =").expect("a pattern");
    let argument = Regex::new(r"\$([a-z_]+)").expect("a pattern");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in files(&format!("locales/{language}"), &["ftl"]) {
        let mut current = String::new();
        for line in fs::read_to_string(&path).expect("readable").lines().filter(|line| !line.starts_with('#')) {
            if let Some(captures) = key.captures(line) {
                current = captures[1].to_owned();
                let twice = found.insert(current.clone(), BTreeSet::new());
                assert!(twice.is_none(), "{current} stands twice in locales/{language}");
            }
            let arguments = argument.captures_iter(line).map(|captures| captures[1].to_owned());
            found.entry(current.clone()).or_default().extend(arguments);
        }
    }
    found.remove("");
    found
}

fn source() -> String {
    let texts = files("src", &["rs"]).into_iter().chain(files("templates", &["html", "txt", "xml"]));
    texts.map(|path| fs::read_to_string(path).expect("readable")).collect()
}

/// Keys that the code names where it makes a message or asks for a word.
fn said(source: &str) -> BTreeSet<String> {
    // The last one is how pages ask for a word.
    let patterns = [
        r#"Message::new\(\s*"([a-z0-9-]+)""#,
        r#"\btitled\(\s*"([a-z0-9-]+)""#,
        r#"\bword\(\s*[^,()"]+,\s*"([a-z0-9-]+)""#,
        r#"\b(?:w|words|self)\.[tn]\(\s*"([a-z0-9-]+)""#,
    ];
    let patterns = patterns.map(|pattern| Regex::new(pattern).expect("a pattern"));
    patterns.iter().flat_map(|p| p.captures_iter(source)).map(|captures| captures[1].to_owned()).collect()
}

const VERDICTS: [Verdict; 8] = [
    Verdict::InstallFailed,
    Verdict::CrashedAtStart,
    Verdict::NeverListened,
    Verdict::AnswersErrors,
    Verdict::RanEmpty,
    Verdict::RanAndStored,
    Verdict::StartsEmpty,
    Verdict::ShowsData,
];

const PROJECT_STATES: [ProjectState; 7] = [
    ProjectState::Submitted,
    ProjectState::DocumentsOnly,
    ProjectState::Template,
    ProjectState::Missing,
    ProjectState::Gitlink,
    ProjectState::EmptyRepository,
    ProjectState::ElsewhereUnreadable,
];

const TECHNOLOGIES: [Technology; 17] = [
    Technology::Flask,
    Technology::Dash,
    Technology::Streamlit,
    Technology::Django,
    Technology::Fastapi,
    Technology::Mongodb,
    Technology::Redis,
    Technology::Elasticsearch,
    Technology::Sql,
    Technology::Scraping,
    Technology::RealTimeScraping,
    Technology::Scrapy,
    Technology::Selenium,
    Technology::Charts,
    Technology::Search,
    Technology::Dockerfile,
    Technology::Compose,
];

/// `Verdict::ShowsData` is said by `verdict-shows-data`.
fn state_keys() -> BTreeSet<String> {
    fn keys<T: Serialize>(prefix: &str, states: &[T]) -> Vec<String> {
        let name = |state: &T| serde_json::to_value(state).ok()?.as_str().map(|name| name.replace('_', "-"));
        states.iter().map(|state| format!("{prefix}-{}", name(state).expect("a plain name"))).collect()
    }
    let mut all = keys("outcome", &[Outcome::Passed, Outcome::Partial, Outcome::Failed, Outcome::Skipped]);
    all.extend(keys("verdict", &VERDICTS));
    all.extend(keys("project-state", &PROJECT_STATES));
    all.extend(keys("stage", &Stage::ALL));
    use RunState::{Failed, Finished, Queued, Running, Superseded};
    all.extend(keys("run", &[Queued, Running, Finished, Failed, Superseded]));
    all.extend(keys("fork", &[ForkState::Active, ForkState::Empty, ForkState::Unreadable, ForkState::Gone]));
    all.extend(keys("roster-field", &[Field::Login, Field::Name, Field::Email, Field::Group, Field::Listed]));
    all.extend(keys("learnt", &[LearntFrom::Webhook, LearntFrom::Sweep, LearntFrom::Command]));
    use LaunchKind::{Compose, Declared, Dockerfile, Nothing, PythonScript, PythonWeb};
    all.extend(keys("launch-kind", &[Declared, Compose, Dockerfile, PythonWeb, PythonScript, Nothing]));
    all.extend(keys("tale", &VERDICTS));
    all.extend(keys("tale-project", &PROJECT_STATES));
    all.extend(keys(
        "install",
        &[InstallOutcome::Nothing, InstallOutcome::Installed, InstallOutcome::Refused, InstallOutcome::LimitStruck],
    ));
    all.extend(keys("end-limit", &[StruckLimit::WallTime, StruckLimit::Memory, StruckLimit::Output]));
    use EgressMode::{AllowList, RecordReplay};
    all.extend(keys("egress", &[EgressMode::None, AllowList, RecordReplay]));
    use ExchangeEnd::{Failed as Broke, Passed as Let, Recorded, Refused as Turned, Replayed};
    all.extend(keys("exchange", &[Let, Recorded, Replayed, Turned, Broke]));
    use Refusal::{AtOdds, Inside, Malformed, Method, NotAllowed, NotHere, TooLarge, Upgrade, UsedUp};
    let refusals = [NotAllowed, NotHere, Method, Inside, AtOdds, Upgrade, TooLarge, UsedUp, Malformed];
    all.extend(keys("refusal", &refusals));
    all.extend(keys("step", &[StepRole::Load, StepRole::Beside, StepRole::Serve]));
    all.extend(keys("audit-action", &Action::ALL));
    use CellState::{Added, CommentsOnly, Completed, Open, Solution};
    all.extend(keys("cell", &[Completed, Open, CommentsOnly, Solution, Added]));
    use TestVisibility::{AfterDueDate, AfterPublished, Hidden};
    all.extend(keys("test", &[Hidden, AfterDueDate, AfterPublished]));
    all.extend(keys("technology", &TECHNOLOGIES));
    all.extend((1..=12).map(|month| format!("month-{month}")));
    all.into_iter().collect()
}

#[test]
fn everything_said_exists_in_both_languages() {
    let (french, english) = (sentences("fr"), sentences("en"));
    let wanted: BTreeSet<String> = said(&source()).into_iter().chain(state_keys()).collect();
    assert!(wanted.len() > 200, "the patterns find the keys: {}", wanted.len());
    let missing: Vec<_> =
        wanted.iter().filter(|key| !french.contains_key(*key) || !english.contains_key(*key)).collect();
    assert!(missing.is_empty(), "without wording in fr or en: {missing:#?}");
}

#[test]
fn nothing_is_worded_that_is_never_said() {
    let source = source();
    let said: BTreeSet<&str> = source.split('"').collect();
    let states = state_keys();
    let silent: Vec<_> = sentences("fr")
        .into_keys()
        .chain(sentences("en").into_keys())
        .filter(|key| !states.contains(key))
        // What to do next is said after what went wrong.
        .filter(|key| !said.contains(key.strip_suffix("-next").unwrap_or(key)))
        .collect();
    assert!(silent.is_empty(), "worded, but said nowhere: {silent:#?}");
}

const TITLED: [&str; 6] = [
    "skipped-needs",
    "score-group-capped",
    "score-override",
    "moved-override-set",
    "moved-override-changed",
    "moved-override-undone",
];

#[test]
fn both_languages_take_the_same_arguments() {
    let english = sentences("en");
    for (key, arguments) in sentences("fr") {
        // These bring a title in both languages.
        if !TITLED.contains(&key.as_str()) {
            assert_eq!(Some(&arguments), english.get(&key), "{key}");
        }
    }
}

#[test]
fn sentences_are_rendered_with_plurals_and_without_marks() {
    let one = Message::new("installs-done").with("count", 1);
    let many = Message::new("installs-done").with("count", 3);
    assert_eq!(i18n::text(Language::Fr, &one), "Un paquet installé.");
    assert_eq!(i18n::text(Language::Fr, &many), "3 paquets installés.");
    assert_eq!(i18n::text(Language::En, &one), "One package installed.");
    assert_eq!(i18n::word(Language::En, "verdict-shows-data"), "shows data");
}

/// A message whose arguments are misspelt in the code would show up as `{$name}`.
#[test]
fn every_sentence_renders_in_both_languages() {
    for (name, language) in [("fr", Language::Fr), ("en", Language::En)] {
        for (key, arguments) in sentences(name) {
            let message = arguments.iter().fold(Message::new(&key), |message, name| message.with(name, "x"));
            let text = i18n::text(language, &message);
            assert!(text != key && !text.contains(['{', '$']), "{key} in {name}: {text}");
        }
    }
}
