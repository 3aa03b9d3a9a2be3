//! Runs a hostile project beside an innocent one, and holds both to what must be true.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use forkgrade::config;
use forkgrade::domain::course::Language;
use forkgrade::domain::facts::execution::{ProcessEnd, Verdict};
use forkgrade::domain::facts::{Execution, Facts, Inspection};
use forkgrade::domain::finding::Provenance;
use forkgrade::domain::{Course, Message, Score, Stage};
use forkgrade::observe::execution::{ExecutionRequest, execute};
use forkgrade::observe::files::archive_of;
use forkgrade::observe::folder::Folder;
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect, inspection_address};
use forkgrade::rubric::Submitted;
use forkgrade::sandbox::Engine;
use forkgrade::{i18n, rubric};
use tokio::sync::oneshot;

use super::case::{Case, folder};
use crate::support::database;
use crate::support::engine::{Project, egress, engine, owner};

/// What we may hold in memory while a project floods us.
const OUR_MEBIBYTES: u64 = 600;
const NEIGHBOUR: &str = r#"
import http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "text/html"); self.end_headers()
        self.wfile.write(b"<title>the neighbour's own</title>" + b"<li>1" * 9)
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", 5000), Page).serve_forever()
"#;

/// A project after it ran.
pub struct Ran {
    pub inspection: Inspection,
    pub execution: Execution,
    pub score: Score,
}

/// Runs the case and its neighbour; fails where either is not what it must be, or the machine is not what it was.
pub async fn assert_answered(name: &str) {
    let case = Case::load(name);
    let engine = engine().await;
    let images = images(&engine, &course(&case)).await;
    let runs = if case.expect.same_again { 2 } else { 1 };
    for _ in 0..runs {
        let (begun, begin) = oneshot::channel();
        let project = folder(name).join("project");
        let attack = attack(&engine, &case, &project, begun);
        let (ran, neighbour) = tokio::join!(attack, neighbour(&engine, &case, begin));
        assert_expected(&case, &ran);
        assert_clean(&case, &ran);
        let page = neighbour.pages.first().expect("the neighbour's page");
        assert_eq!(
            (neighbour.verdict(), page.status),
            (Verdict::ShowsData, Some(200)),
            "{}: {neighbour:#?}",
            case.tries
        );
        assert_eq!(page.title.as_deref(), Some("the neighbour's own"));
    }
    assert_eq!(engine.reap(&Default::default()).await.expect("the engine answers"), 0, "containers stayed behind");
    assert_eq!(self::images(&engine, &course(&case)).await, images, "an image is no longer what it was");
    if let Some(words) = &case.expect.gone {
        assert_eq!(processes_with(words), Vec::<String>::new(), "outlived its run");
    }
    let held = peak_mebibytes();
    assert!(held < OUR_MEBIBYTES, "{name} had us hold {held} MiB");
}

fn course(case: &Case) -> Course {
    let text = config::default_course("hostile", "Hostile", "school/course");
    let mut course = config::parse(&text, "course.toml").expect("the default course");
    course.sandbox = case.sandbox(&course.sandbox);
    course.services.retain(|name, _| case.services.contains(name));
    assert_eq!(course.services.len(), case.services.len(), "a service of the case is none of the course's");
    course
}

async fn attack(engine: &Engine, case: &Case, project: &Path, begun: oneshot::Sender<()>) -> Ran {
    let root = tempfile::tempdir().expect("a folder");
    copy(project, &root.path().join("Evaluation/Projet"));
    let course = course(case);
    let source = Folder::open(root.path()).expect("a folder");
    run(engine, &course, &source, Some(begun)).await
}

/// Reads, runs and scores what somebody handed in.
pub async fn run(
    engine: &Engine,
    course: &Course,
    source: &dyn forkgrade::domain::Source,
    begun: Option<oneshot::Sender<()>>,
) -> Ran {
    let as_of = "2024-03-15T12:00:00Z".parse().expect("a date");
    let request = InspectRequest { course, history: None, as_of, separate: SeparateProject::NotNamed };
    let inspection = inspect(source, request);
    let plan = inspection.plan.as_ref().expect("something to run");
    let archive = archive_of(source, &inspection.project, plan, &course.sandbox).expect("a tar");
    let egress = egress(course);
    let archive = Bytes::from(archive);
    let request = ExecutionRequest { course, plan, archive, as_of, owner: owner(), egress: &egress };
    let begun = std::sync::Mutex::new(begun);
    let tell = move |stage| {
        if stage == Stage::Starting
            && let Some(begun) = begun.lock().expect("nobody panics here").take()
        {
            let _ = begun.send(());
        }
    };
    let execution = execute(engine, request, tell).await.expect("whatever a project does, it ends in facts");
    let provenance = Provenance {
        rubric: rubric::rubric_hash(&course.rubric),
        inspection: inspection_address(&inspection),
        execution: None,
        program: "test".into(),
        judges: Vec::new(),
    };
    let facts = Facts { inspection: &inspection, execution: Some(&execution), judges: &[] };
    let score = rubric::score(course, facts, Submitted::at(as_of), provenance);
    Ran { inspection, execution, score }
}

/// An innocent project, started when the attack is under way.
async fn neighbour(engine: &Engine, case: &Case, begin: oneshot::Receiver<()>) -> Execution {
    begin.await.expect("the attack began");
    let mut project = Project::serving(NEIGHBOUR, &[]);
    project.course.services = course(case).services;
    project.run_without_reaping(engine).await.expect("the neighbour runs")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the case's project").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn end(end: &ProcessEnd) -> String {
    match end {
        ProcessEnd::Exited { code } => format!("exited {code}"),
        ProcessEnd::Stopped => "stopped".to_owned(),
        ProcessEnd::Limit { limit } => format!("limit {}", serde_json::json!(limit).as_str().unwrap_or_default()),
    }
}

fn english(messages: &[Message]) -> String {
    messages.iter().map(|message| i18n::text(Language::En, message)).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn assert_any(wanted: &str, text: &str, what: &str, case: &Case) {
    assert!(wanted.split('|').any(|one| text.contains(one)), "{}: no {wanted:?} in {what}:\n{text}", case.tries);
}

fn assert_expected(case: &Case, ran: &Ran) {
    let Ran { inspection, execution, score } = ran;
    let expect = &case.expect;
    let plan = inspection.plan.as_ref().expect("a plan");
    let seen = format!("{}: {:#?}", case.tries, execution);
    if let Some(kind) = expect.kind {
        assert_eq!(plan.kind, kind, "{seen}");
    }
    if let Some(ends) = &expect.ends {
        let ended: Vec<String> = execution.processes.iter().map(|process| end(&process.end)).collect();
        assert_eq!(ended.len(), ends.len(), "{ended:?}: {seen}");
        for (ended, wanted) in ended.iter().zip(ends) {
            assert!(wanted.split('|').any(|one| one == ended), "{ended} and not {wanted}: {seen}");
        }
    }
    if let Some(verdict) = expect.verdict {
        assert_eq!(execution.verdict(), verdict, "{seen}");
    }
    if let Some(ports) = &expect.ports {
        assert_eq!(&execution.ports, ports, "{seen}");
    }
    let outcomes: BTreeMap<_, _> =
        score.findings.iter().map(|finding| (finding.criterion.as_str(), finding.outcome)).collect();
    for (criterion, outcome) in &expect.findings {
        assert_eq!(outcomes.get(criterion.as_str()), Some(outcome), "{criterion}: {seen}");
    }
    let said: Vec<String> =
        score.findings.iter().map(|finding| english(&finding.evidence) + "\n" + &english(&finding.advice)).collect();
    let logs: Vec<String> =
        execution.processes.iter().map(|process| format!("{}\n{}", process.log.head, process.log.tail)).collect();
    let errors: Vec<&str> = execution.pages.iter().filter_map(|page| page.error.as_deref()).collect();
    let titles: Vec<&str> = execution.pages.iter().filter_map(|page| page.title.as_deref()).collect();
    let texts = [
        (&expect.says, said.join("\n"), "the findings"),
        (&expect.logs, logs.join("\n"), "the logs"),
        (&expect.pages, errors.join("\n"), "the pages' errors"),
        (&expect.titles, titles.join("\n"), "the titles"),
        (&expect.reasons, english(&plan.reasons), "the reasons"),
        (&expect.refused, plan.dependencies.refused.join("\n"), "the lines left out"),
    ];
    for (wanted, text, what) in &texts {
        for wanted in wanted.iter() {
            assert_any(wanted, text, what, case);
        }
    }
    assert!(!expect.dropped || execution.processes.iter().any(|process| process.log.dropped_bytes > 0), "{seen}");
    assert!(!expect.truncated || execution.pages.iter().any(|page| page.truncated), "{seen}");
    assert!(expect.at_most_pages.is_none_or(|most| execution.pages.len() <= most), "{seen}");
    assert!(expect.stores.is_none_or(|items| execution.stored_items() == items), "{seen}");
}

/// Nothing was got, nothing of ours is in what was seen, and nothing of it can do harm where it is shown.
fn assert_clean(case: &Case, ran: &Ran) {
    let facts = serde_json::to_value((&ran.inspection, &ran.execution, &ran.score)).expect("JSON");
    let mut texts = Vec::new();
    strings(&facts, &mut texts);
    let database = database::from_environment().expect("a secret of this very process");
    for text in texts {
        let got = text.lines().find(|line| line.contains("GOT ") && !line.contains("print("));
        assert_eq!(got, None, "{}", case.tries);
        assert!(!text.contains(&database), "{}: the database's address is in {text}", case.tries);
        let odd = text.chars().find(|char| {
            let bidirectional = matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            bidirectional || (char.is_control() && !matches!(char, '\n' | '\t'))
        });
        assert_eq!(odd, None, "{}: {text:?}", case.tries);
    }
}

fn strings<'v>(value: &'v serde_json::Value, found: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::String(text) => found.push(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
        _ => {}
    }
}

/// The digest of every image that runs are made of.
async fn images(engine: &Engine, course: &Course) -> BTreeMap<String, String> {
    let services = course.services.values().map(|service| (service.image.clone(), service.stand_in.clone()));
    let pythons = course.sandbox.python.values().map(|reference| (reference.clone(), None));
    let mut digests = BTreeMap::new();
    for (reference, stand_in) in services.chain(pythons) {
        if let Ok(image) = engine.image(&reference, stand_in.as_deref()).await {
            digests.insert(image.reference.clone(), image.digest.clone());
        }
    }
    assert!(!digests.is_empty(), "the machine has no image at all");
    digests
}

fn processes_with(words: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let lines = processes.filter_map(|process| fs::read_to_string(process.path().join("cmdline")).ok());
    lines.map(|line| line.replace('\0', " ")).filter(|line| line.contains(words)).collect()
}

/// The most that this process has held so far.
fn peak_mebibytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the kernel counts it");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}
