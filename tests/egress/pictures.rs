//! The way out as browsers in a pod use it: the one that takes screenshots, and the one that a project drives.

use forkgrade::domain::facts::network::{Asker, ExchangeEnd, NetworkFacts};
use forkgrade::domain::facts::screenshots::ScreenshotFacts;
use forkgrade::domain::ids::CourseId;
use forkgrade::egress::{Egress, Recordings};
use forkgrade::observe::execution::Observed;
use serde_json::json;

use crate::support::database::Database;
use crate::support::engine::{Project, egress, engine};
use crate::support::world::{World, rules};

/// A page that is empty without what two hosts and its own server have. Its program asks for one of them too.
const SERVER: &str = r#"
import http.server, urllib.request
PAGE = """<title>vide</title><body><script src="https://secure.example/chart.js"></script>
<script src="http://other.example/chart.js"></script>
<script>
  fetch("http://127.0.0.1:5000/donnees").then((r) => r.text()).then((text) => document.body.append(text));
  fetch("https://secure.example/echo", { method: "POST", body: "secret" }).catch(() => {});
</script>"""
try: urllib.request.urlopen("https://secure.example/films/1", timeout=9)
except Exception as error: print("programme:", error, flush=True)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Access-Control-Allow-Origin", "*"); self.end_headers()
        self.wfile.write((PAGE if self.path == "/" else "venu du serveur").encode())
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", 5000), Page).serve_forever()
"#;

async fn observe(project: &Project, egress: &Egress) -> Observed {
    let engine = engine().await;
    let observed = project.observe_through(&engine, egress).await.expect("the engine runs it");
    assert_eq!(engine.reap(&Default::default()).await.expect("the engine answers"), 0, "containers stayed behind");
    observed
}

fn front(observed: &Observed) -> &ScreenshotFacts {
    let shown = observed.execution.screenshots.first();
    shown.filter(|one| one.picture.is_some()).unwrap_or_else(|| panic!("{:#?}", observed.execution))
}

fn network(observed: &Observed) -> &NetworkFacts {
    observed.execution.network.as_ref().expect("every run tells")
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_reach_the_picture_from_their_recording_and_reach_nobody_else() {
    let (world, database) = (World::new().await, Database::new().await);
    let course = sqlx::query_scalar(
        "insert into course (slug, title, upstream, config, rubric_hash) values ('a', 'A', 'a/b', '{}', '') returning id",
    );
    let course = CourseId(course.fetch_one(&database.pool).await.unwrap());
    let mut project = Project::serving(SERVER, &[]).alone().with_browser();
    project.course.sandbox.egress = rules(json!({ "assets": ["secure.example"], "per_second": 100 }));
    for end in [ExchangeEnd::Recorded, ExchangeEnd::Replayed] {
        let recordings = Recordings { pool: database.pool.clone(), course };
        let observed = observe(&project, &world.egress(&project.course.sandbox.egress, Some(recordings))).await;
        let (front, network) = (front(&observed), network(&observed));
        assert_eq!((front.title.as_deref(), front.data_elements), (Some("Dessiné"), 6), "{front:#?}");
        assert!(front.excerpt.contains("venu du serveur"), "{front:#?}");
        let log = &observed.execution.processes[0].log.head;
        assert!(log.contains("Name or service not known"), "programs may not ask for assets: {log}");
        let got: Vec<_> =
            network.exchanges.iter().filter(|one| one.host == "secure.example" && one.end == end).collect();
        assert_eq!(got.len(), 1, "{network:#?}");
        assert_eq!((got[0].by, got[0].path.as_str()), (Asker::Browser, "/chart.js"));
        let refused: Vec<_> = network.refused.iter().map(|one| (one.by, one.host.as_str())).collect();
        assert!(refused.contains(&(Asker::Browser, "other.example")), "{refused:?}");
        let failed: Vec<_> =
            front.failed_requests.first.iter().map(|one| (one.address.as_str(), one.leads_out)).collect();
        assert!(failed.contains(&("http://other.example/chart.js", true)), "{failed:?}");
    }
    assert_eq!(world.site.asked(), ["GET /chart.js"], "it was asked once, and told nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pages_want_where_nothing_leaves_is_not_laid_at_the_program_s_door() {
    let source = SERVER.replace("try: urllib", "try: pass #");
    let project = Project::serving(&source, &[]).alone().with_browser();
    let observed = observe(&project, &egress(&project.course)).await;
    let front = front(&observed);
    assert!(front.excerpt.contains("venu du serveur"), "{front:#?}");
    let failed: Vec<_> = front.failed_requests.first.iter().map(|one| one.reason.as_str()).collect();
    assert!(failed.contains(&"net::ERR_NAME_NOT_RESOLVED"), "{failed:?}");
    assert_eq!(network(&observed).refused, [], "no program asked for anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_a_program_drives_goes_where_the_program_may() {
    let world = World::new().await;
    let source = r#"
from selenium import webdriver
options = webdriver.ChromeOptions()
options.add_argument("--proxy-server=http://ailleurs.example:3128")
driver = webdriver.Remote("http://localhost:4444", options=options)
for address in ("http://films.example/films/1", "https://secure.example/films/2", "http://other.example/"):
    driver.get(address)
    print(" ".join(driver.find_element("css selector", "body").text.split()), flush=True)
driver.quit()
"#;
    let mut project = Project::loading(source, &["selenium==4.16.0"]).alone().with_browser();
    project.plan.remote_browser = true;
    project.course.sandbox.egress = rules(json!({ "allow": ["films.example", "secure.example"], "per_second": 100 }));
    let observed = observe(&project, &world.egress(&project.course.sandbox.egress, None)).await;
    let said = &observed.execution.processes[0].log.head;
    let wanted = ["film 1", "film 2", "forkgrade: this course does not let programs ask other.example"];
    assert_eq!(said.lines().collect::<Vec<_>>(), wanted, "{:#?}", observed.execution);
    let films = network(&observed).exchanges.iter().filter(|one| one.path.starts_with("/films"));
    assert!(
        films.clone().count() == 2 && films.clone().all(|one| one.by == Asker::Program),
        "{:#?}",
        network(&observed)
    );
}
