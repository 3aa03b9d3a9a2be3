//! What a screenshot costs: from opening the page to its picture in two sizes, and what all of them add to a run.
//! Run with `cargo bench --bench screenshots`; it needs the engine and the images (scripts/images).

#[allow(dead_code, unused_imports)]
#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use support::engine::{Project, engine};

const ROUNDS: usize = 7;
/// Four pages with a table of a hundred rows, a style sheet and a script each, as students' pages are.
const SERVER: &str = r#"
import http.server, socketserver
ROWS = "".join(f"<tr><td>{n}<td>station {n}<td>{n * 7 % 40} vélos" for n in range(100))
HEAD = "<title>Vélos</title><link rel=stylesheet href=/style.css><script src=/code.js></script>"
LINKS = "".join(f"<a href='/page{n}'>page {n}</a> " for n in range(1, 4))
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = "text/html; charset=utf-8", HEAD + LINKS + "<table>" + ROWS + "</table>"
        if self.path == "/style.css": kind, body = "text/css", "body { font-family: sans-serif } td { padding: 4px }"
        if self.path == "/code.js": kind, body = "text/javascript", "document.addEventListener('DOMContentLoaded', () => document.title += ' !')"
        self.send_response(200); self.send_header("Content-Type", kind); self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *args): pass
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer): daemon_threads = True
Server(("127.0.0.1", 5000), Page).serve_forever()
"#;

fn median<T: Ord + Copy>(values: &mut [T]) -> T {
    values.sort();
    values[values.len() / 2]
}

#[tokio::main]
async fn main() {
    let engine = engine().await;
    let blind = Project::serving(SERVER, &[]).alone();
    let seeing = blind.clone().with_browser();
    // The probe's image is made once per version: not counted.
    blind.run(&engine).await.expect("the engine runs it");
    let (mut without, mut with, mut each, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        blind.run(&engine).await.expect("the engine runs it");
        without.push(started.elapsed());
        let started = Instant::now();
        let run = seeing.run(&engine).await.expect("the engine runs it");
        with.push(started.elapsed());
        assert_eq!(run.screenshots.len(), 4, "{run:#?}");
        each.extend(run.screenshots.iter().map(|one| Duration::from_millis(one.milliseconds)));
        bytes.extend(run.screenshots.iter().filter_map(|one| one.picture.as_ref()).map(|picture| picture.bytes));
    }
    let (without, with) = (median(&mut without), median(&mut with));
    let worst = each.iter().max().copied().unwrap_or_default();
    println!("medians of {ROUNDS} runs of four pages, in turn:");
    println!(
        "a screenshot in two sizes      {:>6.3} s   worst {:.3} s   {} kB",
        median(&mut each).as_secs_f64(),
        worst.as_secs_f64(),
        median(&mut bytes) / 1000
    );
    println!("a run without a browser        {:>6.3} s", without.as_secs_f64());
    println!(
        "a run with four screenshots    {:>6.3} s   + {:.3} s",
        with.as_secs_f64(),
        (with.saturating_sub(without)).as_secs_f64()
    );
}
