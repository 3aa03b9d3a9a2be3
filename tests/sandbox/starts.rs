//! Ordinary projects and ordinary mistakes.

use forkgrade::domain::facts::execution::{ProcessEnd, Verdict};

use crate::support::engine::{Project, engine, step};
use forkgrade::domain::launch::StepRole;
use serde_json::json;

const FLASK_WITH: &str = r#"
from flask import Flask
{setup}
app = Flask(__name__)

@app.route("/")
def home():
    return "<title>Les cafés</title><ul>" + "".join("<li>x</li>" for _ in range({count})) + "</ul><a href='/detail'>d</a>"

@app.route("/detail")
def detail():
    return "detail"

app.run(debug={debug})
"#;

pub fn flask(setup: &str, count: &str, debug: &str) -> String {
    FLASK_WITH.replace("{setup}", setup).replace("{count}", count).replace("{debug}", debug)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flask_application_on_mongo_by_its_service_name_shows_data() {
    let setup = "from pymongo import MongoClient\ndb = MongoClient('mongo').cafes\ndb.liste.insert_many([{'n': i} for i in range(12)])";
    let count = "db.liste.count_documents({})";
    let run = Project::serving(&flask(setup, count, "True"), &["flask", "pymongo"]).run(&engine().await).await.unwrap();
    assert_eq!(run.verdict(), Verdict::ShowsData, "{run:#?}");
    assert_eq!(run.ports, [5000]);
    assert_eq!(run.pages[0].title.as_deref(), Some("Les cafés"));
    assert_eq!(run.pages.iter().map(|page| page.path.as_str()).collect::<Vec<_>>(), ["/", "/detail"]);
    let mongo = run.databases.iter().find(|database| database.service == "mongo").unwrap();
    // The reloader of debug=True runs the module twice, as it does on the student's own machine.
    assert_eq!((mongo.collections[0].name.as_str(), mongo.collections[0].items), ("cafes.liste", 24));
    assert!(run.images.iter().any(|image| image.role == "mongo" && image.digest.starts_with("sha256:")));
}

#[tokio::test(flavor = "multi_thread")]
async fn localhost_reaches_redis_and_elasticsearch() {
    let setup = r#"
import redis, urllib.request, json
redis.Redis().set("ville", "Noisy")
request = urllib.request.Request("http://localhost:9200/velos/_doc?refresh=true", json.dumps({"a": 1}).encode(), {"Content-Type": "application/json"})
urllib.request.urlopen(request)
"#;
    let run = Project::serving(&flask(setup, "1", "False"), &["flask", "redis"]).run(&engine().await).await.unwrap();
    let held = |service: &str| {
        let database = run.databases.iter().find(|database| database.service == service).unwrap();
        database.collections.iter().map(|one| (one.name.as_str(), one.items)).collect::<Vec<_>>()
    };
    assert_eq!(held("redis"), [("db0", 1)]);
    assert_eq!(held("elasticsearch"), [("velos", 1)]);
    assert_eq!(run.verdict(), Verdict::ShowsData);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_start_is_told_with_its_last_words() {
    let run = Project::serving("import nosuchmodule", &[]).alone().run(&engine().await).await.unwrap();
    assert_eq!(run.verdict(), Verdict::CrashedAtStart);
    assert_eq!(run.processes[0].end, ProcessEnd::Exited { code: 1 });
    assert!(run.processes[0].log.head.contains("No module named 'nosuchmodule'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_never_listens_is_stopped_in_time() {
    let project =
        Project::serving("import time; time.sleep(600)", &[]).alone().limits(|limits| limits.start_seconds = 2);
    let run = project.run(&engine().await).await.unwrap();
    assert_eq!((run.verdict(), &run.processes[0].end), (Verdict::NeverListened, &ProcessEnd::Stopped));
    assert!(run.milliseconds < 10_000, "{}", run.milliseconds);
}

#[tokio::test(flavor = "multi_thread")]
async fn loaders_run_first_and_share_the_folder_with_what_serves() {
    let mut project = Project::serving(&flask("", "len(open('donnees.txt').read())", "False"), &["flask"]).alone();
    project.files.push(("charge.py", "open('donnees.txt', 'w').write('x' * 9)".to_owned()));
    project.plan.steps.insert(0, step(StepRole::Load, "charge.py"));
    let run = project.run(&engine().await).await.unwrap();
    assert_eq!(run.processes[0].end, ProcessEnd::Exited { code: 0 });
    assert_eq!(run.pages[0].data_elements, 9, "{:?}", run.pages[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_program_used_is_told_at_its_end() {
    let works = "import time\nheld = b'x' * 100_000_000\nwhile time.process_time() < 1: pass";
    let mut project = Project::loading(works, &[]).alone();
    project.files.push(("idles.py", "import time; time.sleep(0.2)".to_owned()));
    project.plan.steps.push(step(StepRole::Load, "idles.py"));
    let run = project.run(&engine().await).await.unwrap();
    let used: Vec<_> = run.processes.iter().map(|one| one.cpu_milliseconds.unwrap()).collect();
    assert!((1_000..3_000).contains(&used[0]) && used[1] < 500, "{used:?}");
    assert!(run.processes.iter().all(|one| one.peak_memory_bytes.unwrap() > 100_000_000), "{:?}", run.processes);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_the_rubric_names_are_asked_for_though_nobody_links_to_them() {
    let source = r#"
import http.server, threading
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        is_there = self.path in ("/", "/api/films?page=2")
        self.send_response(200 if is_there else 404); self.send_header("Content-Type", "text/html"); self.end_headers()
        self.wfile.write(b"<title>" + self.path.encode() + b"</title>")
    def log_message(self, *args): pass
servers = [http.server.ThreadingHTTPServer(("127.0.0.1", port), Page) for port in (5000, 5001)]
for server in servers[1:]: threading.Thread(target=server.serve_forever).start()
servers[0].serve_forever()
"#;
    let mut project = Project::serving(source, &[]).alone();
    let criteria = ["/api/films?page=2", "/absente"].map(|path| {
        let (id, points) = (path.len().to_string(), "1");
        json!({ "id": id, "title_fr": path, "title_en": path, "points": points, "check": "answers", "path": path })
    });
    project.course.rubric = serde_json::from_value(json!({ "criteria": criteria })).expect("a rubric");
    let run = project.run(&engine().await).await.unwrap();
    assert_eq!(run.paths, ["/absente", "/api/films?page=2"]);
    let mut seen: Vec<_> = run.pages.iter().map(|page| (page.port, page.path.as_str(), page.status)).collect();
    seen.sort();
    let wanted = [5000, 5001].into_iter().flat_map(|port| {
        [(port, "/", Some(200)), (port, "/absente", Some(404)), (port, "/api/films?page=2", Some(200))]
    });
    assert_eq!(seen, wanted.collect::<Vec<_>>(), "{run:#?}");
}
