//! Projects that drive a browser, as students write them: with Selenium 3 and 4, far away and on their own machine.

use forkgrade::domain::facts::execution::{ProcessEnd, RemoteBrowser};
use forkgrade::domain::launch::LaunchKind;

use super::kinds::{Ran, run_fork, without_services};

/// A page of its own to visit, since a run reaches no other.
const SITE: &str = r#"
import http.server, threading
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "text/html; charset=utf-8"); self.end_headers()
        self.wfile.write("<title>Les annonces</title><p class='prix'>12 €</p><script>document.title += ' du jour'</script>".encode())
    def log_message(self, *args): pass
site = http.server.HTTPServer(("127.0.0.1", 8000), Page)
threading.Thread(target=site.serve_forever, daemon=True).start()
"#;

fn scraper(open: &str, look: &str) -> String {
    format!(
        "{SITE}\nfrom selenium import webdriver\n{open}\ndriver.get('http://localhost:8000/')\nprint('titre:', driver.title)\nprint('prix:', {look})\ndriver.quit()\nprint('fini')\n"
    )
}

async fn run(files: &[(&str, &str)]) -> Ran {
    run_fork(files, |course| {
        without_services(course);
        course.sandbox.browser = forkgrade::domain::course::Sandbox::default().browser;
    })
    .await
}

#[track_caller]
fn assert_scraped(ran: &Ran) {
    let process = &ran.execution.processes[0];
    let said = format!("{}{}", process.log.head, process.log.tail);
    assert_eq!(ran.execution.remote_browser, RemoteBrowser::Answered, "{:#?}", ran.plan);
    for words in ["titre: Les annonces du jour", "prix: 12 €", "fini"] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(process.end, ProcessEnd::Exited { code: 0 }, "{said}");
    // That of its own site, at most: the browser's are not the application's.
    assert!(ran.execution.ports.iter().all(|&port| port == 8000), "{:?}", ran.execution.ports);
}

const COMPOSE: &str = "version: '3'\nservices:\n  firefox:\n    image: selenium/standalone-firefox:3.141.59\n    container_name: selenium\n    ports: ['4444:4444']\n\
    \n  scraper:\n    build: .\n    command: python scrape.py\n    depends_on: [firefox]\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_compose_file_s_firefox_is_answered_for_a_client_of_version_3() {
    let open = "from selenium.webdriver.common.desired_capabilities import DesiredCapabilities\n\
        driver = webdriver.Remote('http://selenium:4444/wd/hub', DesiredCapabilities.FIREFOX)";
    let scrape = scraper(open, "driver.find_element_by_css_selector('.prix').text");
    let ran = run(&[
        ("Evaluation/Projet/docker-compose.yml", COMPOSE),
        (
            "Evaluation/Projet/Dockerfile",
            "FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
        ),
        ("Evaluation/Projet/requirements.txt", "selenium==3.141.0\nurllib3<2\n"),
        ("Evaluation/Projet/scrape.py", &scrape),
    ])
    .await;
    assert_eq!(ran.plan.kind, LaunchKind::Compose, "{:#?}", ran.plan);
    let reasons: Vec<_> = ran.plan.reasons.iter().map(|reason| reason.key.as_str()).collect();
    assert!(reasons.contains(&"launch-compose-selenium"), "{reasons:?}");
    assert_scraped(&ran);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_version_4_asks_without_the_old_path() {
    let open = "options = webdriver.ChromeOptions()\noptions.add_argument('--headless=new')\n\
        driver = webdriver.Remote('http://localhost:4444', options=options)";
    let scrape = scraper(open, "driver.find_element('css selector', '.prix').text");
    let files = [
        ("Evaluation/Projet/scrape.py", scrape.as_str()),
        ("Evaluation/Projet/requirements.txt", "selenium==4.16.0\n"),
    ];
    assert_scraped(&run(&files).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_a_browser_of_their_own_find_one() {
    let look = "driver.find_element('css selector', '.prix').text";
    for open in ["driver = webdriver.Chrome()", "driver = webdriver.Firefox()"] {
        let scrape = scraper(open, look);
        let files = [
            ("Evaluation/Projet/scrape.py", scrape.as_str()),
            ("Evaluation/Projet/requirements.txt", "selenium==4.16.0\n"),
            ("Evaluation/Projet/chromedriver.exe", "MZ"),
        ];
        let ran = run(&files).await;
        let reasons: Vec<_> = ran.plan.reasons.iter().map(|reason| reason.key.as_str()).collect();
        assert!(reasons.contains(&"launch-selenium") && reasons.contains(&"launch-selenium-driver"), "{reasons:?}");
        assert_scraped(&ran);
    }
}
