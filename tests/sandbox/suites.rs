//! Hidden suites beside applications: parts that pass and fail, and students who would rather write the report themselves.

use std::collections::BTreeMap;

use forkgrade::domain::facts::JudgeFacts;
use forkgrade::domain::facts::execution::{Execution, Verdict};
use forkgrade::domain::facts::judges::{CaseFacts, CaseOutcome, JudgeFault, Said};

use crate::support::engine::{Project, engine, step};
use crate::support::judges::{Judged, suite};
use forkgrade::domain::launch::StepRole;

/// A small application on MongoDB, as students of the course write them.
const CITIES: &str = r#"
from flask import Flask, jsonify, request
from pymongo import MongoClient
db = MongoClient("mongo").villes
db.villes.insert_many([{"nom": nom} for nom in ("Noisy", "Champs", "Torcy")])
app = Flask(__name__)

@app.route("/")
def accueil():
    return "<h1>Villes</h1><ul>" + "".join(f"<li>{ville['nom']}</li>" for ville in db.villes.find()) + "</ul>"

@app.route("/api/villes")
def villes():
    return jsonify([ville["nom"] for ville in db.villes.find({"nom": {"$regex": request.args.get("q", "")}})])

app.run(port=8000)
"#;

/// Weights by a marker of the suite's own.
const CONFTEST: &str = r#"
import os, pytest, requests

def pytest_configure(config):
    config.addinivalue_line("markers", "points(n): what a test counts")

def pytest_collection_modifyitems(items):
    for item in items:
        for mark in item.iter_markers("points"):
            item.user_properties.append(("points", mark.args[0]))

@pytest.fixture
def get():
    return lambda path: requests.get(os.environ["FORKGRADE_URL"] + path, timeout=5)
"#;

const TESTS: &str = r#"
import pytest
from pymongo import MongoClient

def test_accueil(get):
    assert get("/").status_code == 200

@pytest.mark.points(3)
class TestApi:
    def test_toutes(self, get):
        assert get("/api/villes").json() == ["Noisy", "Champs", "Torcy"]

    @pytest.mark.parametrize("lettre, nombre", [("N", 1), ("y", 2)])
    def test_recherche(self, get, lettre, nombre):
        assert len(get("/api/villes?q=" + lettre).json()) == nombre

def test_absente(get):
    assert get("/carte").status_code == 200, "la carte manque"

def test_base():
    assert MongoClient("mongo").villes.villes.count_documents({}) == 3

@pytest.mark.skip
def test_plus_tard():
    pass
"#;

fn cases<'j>(judges: &'j BTreeMap<String, JudgeFacts>, name: &str) -> &'j [CaseFacts] {
    match &judges[name].said {
        Said::Cases { cases } => cases,
        other => panic!("{other:?}: {:#?}", judges[name].log),
    }
}

fn outcome(cases: &[CaseFacts], name: &str) -> CaseOutcome {
    cases.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no {name} in {cases:#?}")).outcome
}

async fn run(judged: Judged) -> (Execution, BTreeMap<String, JudgeFacts>) {
    judged.run(&engine().await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_suite_pass_and_fail_beside_the_application_and_its_database() {
    let mut suite = suite();
    suite.requirements.push("pymongo".into());
    let project = Project::serving(CITIES, &["flask", "pymongo"]);
    let (execution, judges) =
        run(Judged::new(project).suite("villes", suite, &[("conftest.py", CONFTEST), ("test_villes.py", TESTS)])).await;
    assert_eq!(execution.verdict(), Verdict::ShowsData, "{execution:#?}");
    let cases = cases(&judges, "villes");
    for name in ["test_accueil", "test_toutes", "test_recherche[N-1]", "test_base"] {
        assert_eq!(outcome(cases, name), CaseOutcome::Passed, "{name}: {cases:#?}");
    }
    assert_eq!(outcome(cases, "test_absente"), CaseOutcome::Failed);
    assert_eq!(outcome(cases, "test_plus_tard"), CaseOutcome::Skipped);
    let one = |name: &str| cases.iter().find(|case| case.name == name).unwrap();
    assert_eq!(one("test_toutes").weight, "3".parse().ok());
    assert_eq!(one("test_toutes").class, "test_villes.TestApi");
    assert!(one("test_absente").message.contains("la carte manque"), "{:#?}", one("test_absente"));
    assert!(one("test_accueil").milliseconds.is_some());
    assert!(judges["villes"].image.digest.starts_with("sha256:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_tested_by_what_it_stored() {
    let project =
        Project::loading("from pymongo import MongoClient\nMongoClient('mongo').a.b.insert_one({})", &["pymongo"]);
    let mut suite = suite();
    suite.requirements = vec!["pytest".into(), "pymongo".into()];
    let test = "import os\nfrom pymongo import MongoClient\ndef test_b():\n    assert 'FORKGRADE_URL' not in os.environ\n    assert MongoClient('mongo').a.b.count_documents({}) == 1";
    let (_, judges) = run(Judged::new(project).suite("base", suite, &[("test_base.py", test)])).await;
    assert_eq!(outcome(cases(&judges, "base"), "test_b"), CaseOutcome::Passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_listens_nothing_is_asked() {
    let project = Project::serving("import nosuchmodule", &[]).alone();
    let (_, judges) = run(Judged::new(project).suite("web", suite(), &[("test_a.py", "def test_a(): pass")])).await;
    assert_eq!(judges["web"].said, Said::NotAsked);
}

/// Serves; when asked for `/spy`, looks for the suite wherever a program can look, and writes reports wherever it can write.
const SPY: &str = r#"
import http.server, json, os, signal, socketserver, stat, traceback

FORGED = '<testsuite><testcase classname="test_spy" name="test_carte"/></testsuite>'

def seen():
    found = []
    for root, folders, files in os.walk("/"):
        # What every image holds takes long to read.
        folders[:] = [name for name in folders if os.path.join(root, name) not in ("/sys", "/usr", "/lib", "/opt")]
        for path in (os.path.join(root, name) for name in files):
            try:
                # A pipe or a terminal would be read for ever.
                if not stat.S_ISREG(os.lstat(path).st_mode):
                    continue
                with open(path, "rb", buffering=0) as file:
                    if b"MARK" b"-OF-THE-SUITE" in file.read(200_000):
                        found.append(path)
            except OSError:
                pass
    for pid in filter(str.isdigit, os.listdir("/proc")):
        found.append("process " + open(f"/proc/{pid}/cmdline").read().replace("\0", " ")[:60])
        try:
            os.kill(int(pid), signal.SIGCONT)
        except OSError:
            pass
    return found

def forge():
    for path in ("/results/junit.xml", "/suite/test_spy.py", "/suite/conftest.py", "/tmp/junit.xml", "/work/junit.xml", "/work/conftest.py"):
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").write(FORGED)
        except OSError:
            pass

def listeners():
    ports = []
    for line in open("/proc/net/tcp").read().splitlines()[1:] + open("/proc/net/tcp6").read().splitlines()[1:]:
        words = line.split()
        if words[3] == "0A":
            ports.append((int(words[1].split(":")[1], 16), words[7]))
    return ports

class Spy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = FORGED.encode()
        if self.path == "/spy":
            try:
                forge()
                print("SEEN", json.dumps(seen()), "PORTS", json.dumps(listeners()), "ENV", json.dumps(dict(os.environ)), flush=True)
            except Exception:
                traceback.print_exc()
        self.send_response(200 if self.path != "/carte" else 404)
        self.send_header("Content-Type", "text/xml")
        self.send_header("X-Junit", "passed")
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_GET
    def log_message(self, *args): pass

socketserver.ThreadingTCPServer(("127.0.0.1", 8000), Spy).serve_forever()
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_student_neither_reads_nor_writes_what_judges() {
    let tests = r#"
# MARK-OF-THE-SUITE
import os, requests, pytest
URL = os.environ["FORKGRADE_URL"]

def test_spied():
    assert requests.get(URL + "/spy", timeout=60).status_code == 200

def test_carte():
    assert requests.get(URL + "/carte", timeout=5).status_code == 200

def test_own_walls():
    assert os.getuid() == 10012
    assert int(open("/proc/self/status").read().split("CapEff:")[1].split()[0], 16) == 0
    for path in ("/suite/conftest.py", "/suite/test_spy.py", "/x", "/usr/x"):
        with pytest.raises(OSError):
            open(path, "w")
    assert not os.path.exists("/work/app.py")
    for pid in filter(str.isdigit, os.listdir("/proc")):
        assert "app.py" not in open(f"/proc/{pid}/cmdline").read()
"#;
    let mut suite = suite();
    suite.test_seconds = 90;
    let project = Project::serving(SPY, &[]).alone();
    let (execution, judges) = run(Judged::new(project).suite("spy", suite, &[("test_spy.py", tests)])).await;
    let cases = cases(&judges, "spy");
    assert_eq!(outcome(cases, "test_spied"), CaseOutcome::Passed, "{cases:#?}");
    assert_eq!(outcome(cases, "test_carte"), CaseOutcome::Failed, "{cases:#?}");
    assert_eq!(outcome(cases, "test_own_walls"), CaseOutcome::Passed, "{cases:#?}");
    assert_eq!(cases.len(), 3, "{cases:#?}");
    let log = &execution.processes[0].log;
    let said = format!("{}{}", log.head, log.tail);
    assert!(said.contains("SEEN ["), "it looked: {said}");
    assert!(!said.contains("Traceback"), "{said}");
    let seen = said.split("SEEN ").nth(1).unwrap().split(" PORTS ").next().unwrap();
    let seen: Vec<String> = serde_json::from_str(seen).unwrap();
    let files: Vec<_> = seen.iter().filter(|found| !found.starts_with("process ")).collect();
    assert!(files.is_empty(), "files with the suite's mark: {files:?}");
    assert!(seen.iter().all(|found| !found.contains("pytest")), "{seen:?}");
    let ports = said.split(" PORTS ").nth(1).unwrap().split(" ENV ").next().unwrap();
    let ports: Vec<(u16, String)> = serde_json::from_str(ports).unwrap();
    assert!(ports.iter().all(|(_, user)| user != "10012" && user != "10011"), "a judge listens: {ports:?}");
    assert!(!said.split(" ENV ").nth(1).unwrap().contains("FORKGRADE"), "{said}");
}

/// A page for each way of making a client suffer.
const HOSTILE: &str = r#"
import http.server, socketserver, time, os, signal
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/hang": time.sleep(3600)
        if self.path == "/kill":
            try: os.kill(-1, signal.SIGKILL)
            except OSError: pass
            os._exit(1)
        self.send_response(200); self.end_headers()
        if self.path == "/flood":
            while True: self.wfile.write(b"x" * 65536)
        self.wfile.write(b"ok")
    def log_message(self, *args): pass
socketserver.ThreadingTCPServer(("127.0.0.1", 8000), Page).serve_forever()
"#;

#[tokio::test(flavor = "multi_thread")]
async fn hostile_answers_fail_the_tests_that_asked_and_no_other() {
    let tests = r#"
import os, requests
URL = os.environ["FORKGRADE_URL"]
def test_hang(): assert requests.get(URL + "/hang").ok
def test_good(): assert requests.get(URL + "/", timeout=5).text == "ok"
def test_kill(): assert requests.get(URL + "/kill", timeout=5).ok
def test_after(): assert requests.get(URL + "/", timeout=5).ok
"#;
    let mut suite = suite();
    suite.test_seconds = 3;
    let project = Project::serving(HOSTILE, &[]).alone();
    let (_, judges) = run(Judged::new(project).suite("web", suite, &[("test_web.py", tests)])).await;
    let cases = cases(&judges, "web");
    assert_eq!(outcome(cases, "test_hang"), CaseOutcome::Failed);
    assert_eq!(outcome(cases, "test_good"), CaseOutcome::Passed);
    assert_ne!(outcome(cases, "test_after"), CaseOutcome::Passed, "the application killed itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn suites_that_come_to_nothing_are_the_teachers() {
    let with = |change: &dyn Fn(&mut forkgrade::domain::judges::Suite)| {
        let mut suite = suite();
        suite.requirements.clear();
        change(&mut suite);
        suite
    };
    let shell = |script: &str| {
        let argv: Vec<String> = ["/bin/sh", "-c", script].map(str::to_owned).into();
        with(&move |suite| suite.command.clone_from(&argv))
    };
    let good = "<testsuite><testcase name='x'/></testsuite>";
    let file = [("a.py", "")];
    let mut late = shell("sleep 100");
    late.seconds = 2;
    let mut greedy = shell("python -c \"x = b'x' * 400_000_000\"");
    greedy.memory_mib = 128;
    let missing = with(&|suite| suite.requirements = vec!["no-such-package-of-forkgrade-tests==9".into()]);
    let judged = Judged::new(Project::loading("print(1)", &[]).alone())
        .suite("late", late, &file)
        .suite("greedy", greedy, &file)
        .suite("loud", shell("yes | head -c 20000000"), &file)
        .suite("usage", shell("exit 4"), &file)
        .suite("silent", shell("exit 0"), &file)
        .suite("link", shell("ln -s /etc/passwd /results/junit.xml"), &file)
        .suite("fifo", shell("mkfifo /results/junit.xml"), &file)
        .suite("hole", shell("truncate -s 1T /results/junit.xml"), &file)
        .suite("broken", shell("echo '<testsuite><testcase' > /results/junit.xml"), &file)
        .suite("empty", shell("echo '<testsuite/>' > /results/junit.xml"), &file)
        .suite("missing", missing, &file)
        .suite("daemon", shell(&format!("setsid sh -c 'sleep 1000' & echo \"{good}\" > /results/a.xml; mkdir /results/b; echo \"{good}\" > /results/b/c.xml")), &file);
    let (_, judges) = run(judged).await;
    let fault = |name: &str| judges[name].fault().unwrap_or_else(|| panic!("{name}: {:?}", judges[name].said)).clone();
    assert_eq!(fault("late"), JudgeFault::TimedOut);
    assert_eq!(fault("greedy"), JudgeFault::OutOfMemory);
    assert_eq!(fault("loud"), JudgeFault::TooMuchOutput);
    assert_eq!(fault("usage"), JudgeFault::Exited { code: 4 });
    assert_eq!(fault("silent"), JudgeFault::NoResult);
    assert_eq!(fault("link"), JudgeFault::NotAFile);
    assert_eq!(fault("fifo"), JudgeFault::NotAFile);
    assert_eq!(fault("hole"), JudgeFault::TooLarge);
    assert!(matches!(fault("broken"), JudgeFault::Malformed { .. }));
    assert_eq!(fault("empty"), JudgeFault::Empty);
    assert!(matches!(fault("missing"), JudgeFault::NotInstalled { .. }));
    assert_eq!(cases(&judges, "daemon").len(), 2, "reports of every folder are read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suite_that_hangs_ends_and_the_rest_of_the_run_is_whole() {
    let mut suite = suite();
    suite.seconds = 4;
    let mut project = Project::serving(CITIES, &["flask", "pymongo"]);
    project.plan.steps.insert(0, step(StepRole::Load, "rien.py"));
    project.files.push(("rien.py", String::new()));
    let test = "import time\ndef test_never():\n    time.sleep(600)";
    let (execution, judges) = run(Judged::new(project).suite("hangs", suite, &[("test_a.py", test)])).await;
    assert_eq!(judges["hangs"].fault(), Some(&JudgeFault::TimedOut));
    assert_eq!(execution.verdict(), Verdict::ShowsData);
}
