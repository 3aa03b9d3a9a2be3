//! What a browser sees of projects, and what it makes of pages that fight it.

use forkgrade::domain::facts::execution::Verdict;
use forkgrade::domain::facts::screenshots::{ScreenshotFacts, ScreenshotTrouble};
use forkgrade::observe::execution::Observed;
use forkgrade::sandbox::EngineError;

use crate::support::engine::{Project, engine};

/// A server of pages: what `answer` says of a path, else what stands in PAGES.
const SERVER: &str = r#"
import http.server, socketserver, time
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    def do_GET(self):
        path = self.path.split("?")[0]
        if answer(self, path): return
        body = PAGES.get(path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8"); self.end_headers()
        self.wfile.write((body or "").encode())
    def log_message(self, *args): pass
def answer(page, path): return False
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer): daemon_threads = True
"#;

/// A project whose front page leads to all others.
fn project(pages: &[(&str, &str)], more: &str) -> Project {
    let links: String = pages.iter().map(|(path, _)| format!("<a href='{path}'>{path}</a> ")).collect();
    let front = [("/", format!("<title>Accueil</title><h1>Bonjour 日本 🎬</h1>{links}"))];
    let pages = pages.iter().filter(|(path, _)| *path != "/").map(|(path, body)| (*path, (*body).to_owned()));
    let pages: Vec<String> = front.into_iter().chain(pages).map(|(path, body)| format!("{path:?}: {body:?}")).collect();
    let serve = "Server(('127.0.0.1', 5000), Page).serve_forever()";
    let source = format!("{SERVER}\nPAGES = {{{}}}\n{more}\n{serve}\n", pages.join(", "));
    Project::serving(&source, &[]).alone().with_browser()
}

async fn observe(project: Project) -> Observed {
    let engine = engine().await;
    let observed = project.observe(&engine).await.unwrap();
    assert_eq!(engine.reap(&Default::default()).await.unwrap(), 0, "a run left containers behind");
    observed
}

fn page<'o>(observed: &'o Observed, path: &str) -> &'o ScreenshotFacts {
    let all = &observed.execution.screenshots;
    all.iter().find(|one| one.path == path).unwrap_or_else(|| panic!("{path} is not among {all:#?}"))
}

/// It was pictured in both sizes.
#[track_caller]
fn assert_pictured(observed: &Observed, path: &str) {
    let facts = page(observed, path);
    let picture = facts.picture.as_ref().unwrap_or_else(|| panic!("{facts:#?}"));
    let content = |address: &forkgrade::domain::PictureAddress| {
        let found = observed.pictures.iter().find(|picture| picture.address == *address);
        found.unwrap_or_else(|| panic!("{path} has no picture")).content.clone()
    };
    let (large, small) = (content(&picture.address), content(&picture.thumbnail));
    assert!(large.starts_with(b"RIFF") && small.starts_with(b"RIFF"));
    assert_eq!((large.len() as u64, small.len() < large.len()), (picture.bytes, true));
    assert_eq!(facts.trouble, None);
}

const DRAWN: &str = r#"
<title>vide</title><div id="liste"></div><img src="/absente.png"><script src="https://cdn.example/plotly.js"></script>
<script>
  document.title = "Vélos";
  fetch("/donnees").then((r) => r.json()).then((all) => {
    document.getElementById("liste").innerHTML = "<ul>" + all.map((one) => `<li>${one}</li>`).join("") + "</ul>";
    console.error("trop de", all.length);
    inconnue();
  });
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_its_scripts_fill_shows_data() {
    let more = r#"
PAGES["/"] = PAGES["/tableau"]
def answer(page, path):
    if path != "/donnees": return False
    time.sleep(0.2)
    page.send_response(200); page.send_header("Content-Type", "application/json"); page.end_headers()
    page.wfile.write(b'["a", "b", "c", "d", "e", "f"]')
    return True
"#;
    let observed = observe(project(&[("/tableau", DRAWN)], more)).await;
    let run = &observed.execution;
    assert!(run.pages.iter().all(|page| page.data_elements < 5), "the crawl sees nothing: {:#?}", run.pages);
    assert_eq!(run.verdict(), Verdict::ShowsData, "{run:#?}");
    assert!(run.listening_after.is_some_and(|after| after > 0 && after < run.milliseconds));
    assert!(run.images.iter().any(|image| image.role == "browser"));
    let front = page(&observed, "/");
    assert_eq!((front.status, front.title.as_deref(), front.data_elements), (Some(200), Some("Vélos"), 7));
    assert!(front.text_characters >= 11, "{front:#?}");
    assert_eq!(front.console.first, ["trop de 6", "ReferenceError: inconnue is not defined"]);
    let failed: Vec<_> = front.failed_requests.first.iter().map(|one| (one.address.as_str(), one.leads_out)).collect();
    assert!(failed.contains(&("http://localhost:5000/absente.png", false)), "{failed:?}");
    assert!(failed.contains(&("https://cdn.example/plotly.js", true)), "{front:#?}");
    assert_pictured(&observed, "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_that_is_drawn_is_data_and_an_empty_canvas_is_none() {
    let draw = "<canvas id=c width=600 height=300></canvas><script>setTimeout(() => c.getContext('2d').fillRect(9, 9, 200, 200), 600)</script>";
    let empty = "<canvas width=600 height=300></canvas>";
    let map = "<iframe srcdoc='<ul><li>a<li>b<li>c<li>d</ul>' width=600 height=300></iframe>";
    let observed = observe(project(&[("/dessin", draw), ("/vide", empty), ("/carte", map)], "")).await;
    assert_eq!(page(&observed, "/dessin").data_elements, 5);
    assert_eq!(page(&observed, "/vide").data_elements, 1);
    assert_eq!(page(&observed, "/carte").data_elements, 5, "a page within the page is seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_never_rest_are_left_and_the_next_one_is_seen() {
    let pages = [
        ("/alertes", "<script>for (;;) alert('encore')</script>"),
        ("/boucle", "<h1>avant</h1><script>for (;;);</script>"),
        ("/fenetres", "<h1>ici</h1><script>for (let i = 0; i < 500; i++) window.open('/', 'f' + i)</script>"),
    ];
    let observed = observe(project(&pages, "")).await;
    assert_eq!(page(&observed, "/boucle").trouble, Some(ScreenshotTrouble::NeverRests));
    assert!(matches!(&page(&observed, "/alertes").trouble, Some(ScreenshotTrouble::NeverRests)));
    assert!(page(&observed, "/alertes").dialogs > 2);
    assert_pictured(&observed, "/");
    assert_pictured(&observed, "/fenetres");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_away_or_is_no_page_has_no_picture_and_says_why() {
    let pages = [
        ("/ailleurs", "<script>location = 'http://ailleurs.example/x'</script>"),
        ("/fichier", "<h1>fichier</h1><script>location = 'file:///etc/passwd'</script>"),
        ("/telecharge", ""),
    ];
    let more = r#"
def answer(page, path):
    if path != "/telecharge": return False
    page.send_response(200); page.send_header("Content-Type", "text/html")
    page.send_header("Content-Disposition", "attachment; filename=gros.bin"); page.end_headers()
    page.wfile.write(b"x" * 100000)
    return True
"#;
    let observed = observe(project(&pages, more)).await;
    let to = "http://ailleurs.example/x".to_owned();
    assert_eq!(page(&observed, "/ailleurs").trouble, Some(ScreenshotTrouble::LeadsOut { to }));
    assert_eq!(page(&observed, "/telecharge").trouble, Some(ScreenshotTrouble::Download));
    // The browser refuses, and the page stays what it was.
    assert_pictured(&observed, "/fichier");
    assert!(page(&observed, "/fichier").excerpt.contains("fichier"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_too_much_are_told_as_such() {
    let pages = [
        ("/memoire", "<script>const a = []; for (;;) a.push(new Array(1e6).fill(Math.random()))</script>"),
        (
            "/toile",
            "<canvas id=c></canvas><script>c.width = c.height = 32000; c.getContext('2d').fillRect(0, 0, 32000, 32000)</script>",
        ),
        ("/enorme", ""),
    ];
    let more = r#"
def answer(page, path):
    if path != "/enorme": return False
    page.send_response(200); page.send_header("Content-Type", "text/html"); page.end_headers()
    try:
        for _ in range(50): page.wfile.write(b"<p>une ligne de plus</p>" * 45000)
    except OSError: pass
    return True
"#;
    let observed = observe(project(&pages, more)).await;
    let trouble = |path: &str| page(&observed, path).trouble.clone();
    assert_eq!(trouble("/memoire"), Some(ScreenshotTrouble::Crashed));
    assert!(matches!(trouble("/enorme"), Some(ScreenshotTrouble::Crashed | ScreenshotTrouble::NeverRests)));
    assert_pictured(&observed, "/toile");
}

#[tokio::test(flavor = "multi_thread")]
async fn print_dialogs_passwords_and_floods_are_lived_through() {
    let pages = [
        ("/imprime", "<h1>page</h1><script>print(); onbeforeunload = () => 'reste'</script>"),
        ("/secret", ""),
        (
            "/bavarde",
            "<h1>bavarde</h1><script>for (let i = 0; i < 20000; i++) console.error('faute ' + i + ' ' + 'x'.repeat(900))</script>",
        ),
    ];
    let more = r#"
def answer(page, path):
    if path != "/secret": return False
    page.send_response(401); page.send_header("WWW-Authenticate", "Basic realm=prive")
    page.send_header("Content-Type", "text/html"); page.end_headers(); page.wfile.write(b"<h1>mot de passe ?</h1>")
    return True
PAGES["/"] += "<script>fetch('/secret')</script>"
"#;
    let observed = observe(project(&pages, more)).await;
    assert_pictured(&observed, "/imprime");
    let noisy = page(&observed, "/bavarde");
    assert!(noisy.console.first.len() == 8 && noisy.console.more > 900, "{noisy:#?}");
    assert!(page(&observed, "/").failed_requests.first.iter().any(|failed| failed.reason == "401"));
}

/// Lists, when it is asked, every port that listens in the pod, and every name without a file at which a socket of this network listens
/// or takes whatever comes. (Some of the browser's own pairs have such names: nobody else can reach them.)
const LISTENERS: &str = r#"
def answer(page, path):
    if path != "/": return False
    found = []
    for table in ("tcp", "tcp6", "udp"):
        for line in open("/proc/net/" + table).read().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A": found.append("port " + str(int(columns[1].split(":")[1], 16)))
    for line in open("/proc/net/unix").read().splitlines()[1:]:
        columns = line.split()
        if "@" in line and (columns[3] == "00010000" or columns[4] == "0002"): found.append(columns[-1])
    page.send_response(200); page.send_header("Content-Type", "text/html"); page.end_headers()
    page.wfile.write(("<p>" + ", ".join(sorted(set(found)))).encode())
    return True
"#;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_the_pod_can_talk_to_the_browser() {
    let observed = observe(project(&[], LISTENERS)).await;
    assert_eq!(page(&observed, "/").excerpt, "port 5000");
    assert_pictured(&observed, "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_speaks_tls_only_is_seen_whoever_made_its_certificate() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut project = project(&[], "");
    project.files.push(("cle.pem", made.signing_key.serialize_pem()));
    project.files.push(("certificat.pem", made.cert.pem()));
    let secured = "import ssl\nserver = Server(('127.0.0.1', 5000), Page)\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
        context.load_cert_chain('certificat.pem', 'cle.pem')\nserver.socket = context.wrap_socket(server.socket, server_side=True)\nserver.serve_forever()";
    project.files[0].1 = project.files[0].1.replace("Server(('127.0.0.1', 5000), Page).serve_forever()", secured);
    let observed = observe(project).await;
    let seen = &observed.execution.pages[0];
    assert_eq!((seen.secure, seen.status, seen.title.as_deref()), (true, Some(200), Some("Accueil")), "{seen:#?}");
    assert_pictured(&observed, "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_without_a_browser_runs_all_the_same() {
    let mut project = project(&[], "");
    project.course.sandbox.browser = "forkgrade/no-such-browser:1".into();
    let run = observe(project).await.execution;
    assert!(run.without_browser && run.screenshots.is_empty() && run.pages.len() == 1, "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_holds_no_browser_is_our_error_and_is_named() {
    let mut project = project(&[], "");
    project.course.sandbox.browser = "forkgrade/python:3.11".into();
    let engine = engine().await;
    let error = project.observe(&engine).await.err().unwrap();
    assert!(matches!(&error, EngineError::Browser(cause) if cause.contains("forkgrade/python:3.11")), "{error}");
    assert_eq!(engine.reap(&Default::default()).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_and_a_search_are_no_data() {
    let cells = "<td>x</td>".repeat(9);
    let menu = format!("<nav><ul>{}</ul></nav>", "<li>menu</li>".repeat(9));
    let search = format!("{menu}<form><table><tr>{cells}</tr></table></form>");
    let found = format!("{search}<table><tr>{cells}</tr></table>");
    let observed = observe(project(&[("/cherche", &search), ("/trouve", &found)], "")).await;
    for (path, elements) in [("/cherche", 0), ("/trouve", 9)] {
        let crawled = observed.execution.pages.iter().find(|page| page.path == path).expect("a page of the crawl");
        assert_eq!((crawled.data_elements, page(&observed, path).data_elements), (elements, elements), "{path}");
    }
}
