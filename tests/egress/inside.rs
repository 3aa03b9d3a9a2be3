//! The way out as programs in a real pod use it: with the libraries that students use, and with none.

use forkgrade::domain::egress::EgressMode;
use forkgrade::domain::facts::Execution;
use forkgrade::domain::facts::execution::ProcessEnd;
use forkgrade::domain::facts::network::{ExchangeEnd, NetworkFacts, Refusal};
use forkgrade::domain::ids::CourseId;
use forkgrade::egress::{Egress, Recordings};
use serde_json::json;

use crate::support::database::Database;
use crate::support::engine::{Project, engine, own_address};
use crate::support::world::{World, rules};

fn said(run: &Execution) -> &str {
    &run.processes[0].log.head
}

fn network(run: &Execution) -> &NetworkFacts {
    run.network.as_ref().expect("every run tells")
}

/// A program alone in its pod, with these rules.
async fn run(project: Project, world: &World, table: serde_json::Value, recordings: Option<Recordings>) -> Execution {
    let mut project = project.alone();
    project.course.sandbox.egress = rules(table);
    let egress = world.egress(&project.course.sandbox.egress, recordings);
    run_with(&project, &egress).await
}

async fn run_with(project: &Project, egress: &Egress) -> Execution {
    let engine = engine().await;
    let run = project.run_through(&engine, egress).await.expect("the engine runs it");
    assert_eq!(engine.reap(&Default::default()).await.expect("the engine answers"), 0, "containers stayed behind");
    run
}

const FETCH: &str = r#"
import sys, time
def tell(name, fetch):
    started = time.time()
    try: said = fetch()
    except Exception as error: said = f"{type(error).__name__}: {error}"
    print(name, "|", " ".join(str(said).split())[:160], "|", "quick" if time.time() - started < 3 else "SLOW", flush=True)
"#;

#[tokio::test(flavor = "multi_thread")]
async fn python_alone_reaches_named_hosts_and_no_others() {
    let world = World::new().await;
    let source = format!(
        r#"{FETCH}
import http.client, os, socket, ssl, urllib.request
read = lambda url: urllib.request.urlopen(url, timeout=9).read().decode()
tell("urllib", lambda: read("http://films.example/films/1"))
tell("urllib tls", lambda: read("https://secure.example/films/2"))
tell("urllib other", lambda: read("http://other.example/"))
tell("urllib tls other", lambda: read("https://other.example/"))
direct = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
tell("direct", lambda: direct.open("http://films.example/films/3", timeout=9).read().decode())
tell("direct tls", lambda: direct.open("https://secure.example/films/4", timeout=9).read().decode())
tell("direct other", lambda: direct.open("http://other.example/", timeout=9))
def client():
    connection = http.client.HTTPSConnection("secure.example", timeout=9)
    connection.request("GET", "/films/5")
    return connection.getresponse().read().decode()
tell("http.client", client)
tell("resolve", lambda: socket.getaddrinfo("postgres", 5432))
tell("host", lambda: socket.create_connection(("{host}", 22), 2))
tell("ssh", lambda: socket.create_connection(("films.example", 22), 2))
tell("names", lambda: (os.environ["HTTP_PROXY"], os.environ["NO_PROXY"].split(",")[0], socket.gethostbyname(socket.gethostname())))
tell("secrets", lambda: [name for name in os.environ if "FORKGRADE" in name or "TOKEN" in name])
"#,
        host = own_address().map_or_else(|| "172.17.0.1".to_owned(), |address| address.to_string()),
    );
    let table = json!({ "allow": ["films.example", "secure.example"], "per_second": 100 });
    let run = run(Project::loading(&source, &[]), &world, table, None).await;
    let wanted = [
        "urllib | <li>film 1</li> | quick",
        "urllib tls | <li>film 2</li> | quick",
        "urllib other | HTTPError: HTTP Error 403: this course does not let programs ask other.example | quick",
        "urllib tls other | URLError: <urlopen error Tunnel connection failed: 403 this course does not let programs ask other.example> | quick",
        "direct | <li>film 3</li> | quick",
        "direct tls | <li>film 4</li> | quick",
        "direct other | URLError: <urlopen error [Errno -2] Name or service not known> | quick",
        "http.client | <li>film 5</li> | quick",
        "resolve | gaierror: [Errno -2] Name or service not known | quick",
        "host | OSError: [Errno 101] Network is unreachable | quick",
        "ssh | ConnectionRefusedError: [Errno 111] Connection refused | quick",
        "names | ('http://127.0.0.1:13128', 'localhost', '127.0.0.1') | quick",
        "secrets | [] | quick",
    ];
    assert_eq!(said(&run).lines().collect::<Vec<_>>(), wanted, "{run:#?}");
    let facts = network(&run);
    assert_eq!((facts.mode, facts.counts.passed), (EgressMode::AllowList, 5), "{facts:#?}");
    let refused: Vec<_> = facts.refused.iter().map(|one| (one.host.as_str(), one.why)).collect();
    assert_eq!(refused, [("other.example", Refusal::NotAllowed), ("postgres", Refusal::NotHere)], "{facts:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_libraries_that_students_use_find_the_way_by_themselves() {
    let world = World::new().await;
    let source = format!(
        r#"{FETCH}
import asyncio, requests, httpx, aiohttp
tell("requests", lambda: requests.get("http://films.example/films/1", timeout=9).text)
tell("requests tls", lambda: requests.get("https://secure.example/films/2", timeout=9).text)
tell("requests follows", lambda: requests.get("http://films.example/to?url=https://secure.example/films/3", timeout=9).text)
tell("requests follows out", lambda: requests.get("http://films.example/to?url=http://other.example/", timeout=9).reason)
tell("requests post", lambda: requests.post("https://secure.example/echo", data={{"a": 1}}, timeout=9).text)
tell("requests packed", lambda: requests.get("http://films.example/packed", timeout=9).text)
tell("httpx", lambda: httpx.get("https://secure.example/films/4", timeout=9).text)
async def session():
    async with aiohttp.ClientSession() as session:
        async with session.get("https://secure.example/films/5") as answer: return await answer.text()
tell("aiohttp", lambda: asyncio.run(session()))
tell("requests wrong", lambda: requests.get("https://wrong.example/", timeout=9).reason)
"#
    );
    let table = json!({ "allow": ["films.example", "secure.example", "wrong.example"], "per_second": 100 });
    let project = Project::loading(&source, &["requests", "httpx", "aiohttp"]);
    let run = run(project, &world, table, None).await;
    let wanted = [
        "requests | <li>film 1</li> | quick",
        "requests tls | <li>film 2</li> | quick",
        "requests follows | <li>film 3</li> | quick",
        "requests follows out | this course does not let programs ask other.example | quick",
        "requests post | a=1 | quick",
        "requests packed | <li>unpacked</li> | quick",
        "httpx | <li>film 4</li> | quick",
        "aiohttp | <li>film 5</li> | quick",
        "requests wrong | the host's certificate is not to be believed | quick",
    ];
    assert_eq!(said(&run).lines().collect::<Vec<_>>(), wanted, "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrapy_crawl_is_recorded_and_replayed_to_another_student_when_the_site_is_gone() {
    let mut world = World::new().await;
    let database = Database::new().await;
    let course = sqlx::query_scalar(
        "insert into course (slug, title, upstream, config, rubric_hash) values ('a', 'A', 'a/b', '{}', '') returning id",
    );
    let course = CourseId(course.fetch_one(&database.pool).await.unwrap());
    let spider = r#"
import scrapy, logging
from scrapy.crawler import CrawlerProcess
class Films(scrapy.Spider):
    name = "films"
    start_urls = [f"http://films.example/films/{n}" for n in range(1, 6)]
    def parse(self, response): print(response.status, response.css("li::text").get(), flush=True)
process = CrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": True})
process.crawl(Films)
process.start()
"#;
    let table = json!({ "mode": "record-replay", "allow": ["*"], "per_second": 100 });
    let recordings = || Some(Recordings { pool: database.pool.clone(), course });
    let sorted = |run: &Execution| {
        let mut lines: Vec<String> = said(run).lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let project = || Project::loading(spider, &["scrapy"]);
    let first = run(project(), &world, table.clone(), recordings()).await;
    assert_eq!(sorted(&first), (1..6).map(|n| format!("200 film {n}")).collect::<Vec<_>>(), "{first:#?}");
    let asked = world.site.asked();
    assert_eq!((asked.len(), world.site.hits("GET /robots.txt")), (6, 1), "{asked:?}");
    world.shut().await;
    let second = run(project(), &world, table, recordings()).await;
    assert_eq!(sorted(&second), sorted(&first), "{second:#?}");
    let facts = network(&second);
    assert!(facts.exchanges.iter().all(|one| one.end == ExchangeEnd::Replayed), "{facts:#?}");
    assert_eq!(facts.recordings, network(&first).recordings);
    assert_eq!(world.site.asked(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_leaves_the_names_that_were_wanted_are_told() {
    let world = World::new().await;
    let source = format!(
        r#"{FETCH}
import os, socket, urllib.request
tell("films", lambda: urllib.request.urlopen("https://films.example/", timeout=9))
tell("again", lambda: urllib.request.urlopen("https://films.example/", timeout=9))
tell("proxy", lambda: socket.create_connection(("127.0.0.1", 13128), 2))
tell("environment", lambda: [name for name in os.environ if "PROXY" in name.upper()])
"#
    );
    let run = run(Project::loading(&source, &[]), &world, json!("none"), None).await;
    let wanted = [
        "films | URLError: <urlopen error [Errno -2] Name or service not known> | quick",
        "again | URLError: <urlopen error [Errno -2] Name or service not known> | quick",
        "proxy | ConnectionRefusedError: [Errno 111] Connection refused | quick",
        "environment | [] | quick",
    ];
    assert_eq!(said(&run).lines().collect::<Vec<_>>(), wanted, "{run:#?}");
    let facts = network(&run);
    assert_eq!(facts.mode, EgressMode::None);
    let refused: Vec<_> = facts.refused.iter().map(|one| (one.host.as_str(), one.why)).collect();
    assert_eq!(refused, [("films.example", Refusal::NotAllowed)], "{facts:#?}");
}

const SERVER: &str = r#"
import http.server, socketserver, sys, urllib.request
film = urllib.request.urlopen("http://films.example/films/1").read()
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # Its own port is asked without the proxy, whatever the environment says.
        own = urllib.request.urlopen(f"http://localhost:{PORT}/own").read() if self.path == "/" else b"<li>own"
        self.send_response(200); self.send_header("Content-Type", "text/html"); self.end_headers()
        self.wfile.write(b"<title>Films</title>" + film + own)
    def log_message(self, *args): pass
class Server(socketserver.ThreadingTCPServer): allow_reuse_address = True
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_application_shows_what_it_fetched_and_asks_itself_without_the_proxy() {
    let world = World::new().await;
    let source = format!("PORT = 5000\n{SERVER}\nServer(('127.0.0.1', PORT), Page).serve_forever()");
    let run = run(Project::serving(&source, &[]), &world, json!({ "allow": ["films.example"] }), None).await;
    assert_eq!((run.ports.as_slice(), run.pages[0].status), ([5000].as_slice(), Some(200)), "{run:#?}");
    assert_eq!(run.pages[0].data_elements, 3, "{run:#?}");
    assert_eq!(network(&run).exchanges.len(), 1, "only what left the pod: {run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_serves_everywhere_on_port_80_finds_it_free() {
    let world = World::new().await;
    let source = format!("PORT = 80\n{SERVER}\nServer(('', PORT), Page).serve_forever()");
    let mut project = Project::serving(&source, &[]);
    project.plan.port = Some(80);
    let run = run(project, &world, json!({ "allow": ["films.example"] }), None).await;
    assert_eq!((run.ports.as_slice(), run.pages[0].data_elements), ([80].as_slice(), 3), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_of_the_pod_are_asked_without_the_proxy() {
    let world = World::new().await;
    let source = format!(
        r#"{FETCH}
import urllib.request
tell("elastic", lambda: "tagline" in urllib.request.urlopen("http://elasticsearch:9200/", timeout=9).read().decode())
tell("films", lambda: urllib.request.urlopen("http://films.example/films/1", timeout=9).read().decode())
"#
    );
    let mut project = Project::loading(&source, &[]);
    project.course.services.retain(|name, _| name == "elasticsearch");
    project.course.sandbox.egress = rules(json!({ "allow": ["films.example"] }));
    // A campus's proxy that a project brings along is not reached from here.
    let campus =
        [("HTTP_PROXY", "http://proxy.school.example:3128"), ("http_proxy", "http://proxy.school.example:3128")];
    project.plan.env = campus.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let egress = world.egress(&project.course.sandbox.egress, None);
    let run = run_with(&project, &egress).await;
    assert_eq!(
        said(&run).lines().collect::<Vec<_>>(),
        ["elastic | True | quick", "films | <li>film 1</li> | quick"],
        "{run:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_requests_ends_at_the_bounds_and_the_pod_goes_on() {
    let world = World::new().await;
    let source = r#"
import threading, urllib.request, urllib.error
told = {}
def ask(n):
    try: code = urllib.request.urlopen(f"http://films.example/films/{n}", timeout=20).status
    except urllib.error.HTTPError as error: code = error.code
    except Exception as error: code = repr(error)
    told[str(code)] = told.get(str(code), 0) + 1
threads = [threading.Thread(target=ask, args=(n,)) for n in range(150)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(told.items()))
"#;
    let table = json!({ "allow": ["films.example"], "requests": 100, "per_second": 1000 });
    let run = run(Project::loading(source, &[]), &world, table, None).await;
    assert_eq!(said(&run).trim(), "[('200', 100), ('429', 50)]", "{run:#?}");
    assert_eq!(run.processes[0].end, ProcessEnd::Exited { code: 0 });
    assert_eq!(world.site.asked().len(), 100);
}
