//! The probe: our own program inside a run's pod. It anchors the pod's network and judges from outside the student's containers.
//! May import: `domain/`. Knows no configuration, no database and no engine.
//! Next: `ports.rs`, `crawl.rs`, `databases/` for what it sees; `sandbox/pod.rs` for who asks; `way_out.rs` for what leaves.

mod crawl;
mod databases;
pub mod line;
mod names;
mod ports;
mod protocol;
mod relay;
mod text;
mod way_out;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use names::Unknown;

pub use crawl::{CONTROLS, DATA, is_left_alone};
pub use names::RESOLVER;
pub use protocol::{Answer, Question, ServicePort};
pub use relay::{DRIVER, SELENIUM};
pub use text::excerpt;
pub use way_out::PROXY_PORT;

/// The browser's user: what it asks outside is told apart from what the student's programs ask.
pub const BROWSER_USER: u32 = 10004;

/// HTTP inside the pod: through no proxy, and without certificates, which a pod has none of.
fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

/// Without arguments, everything is asked on standard input.
#[derive(Debug, clap::Args)]
pub struct ProbeArgs {
    /// Be the way out instead, and listen at these ports for programs that know no proxy.
    #[arg(long, value_delimiter = ',', value_name = "PORTS")]
    way_out: Option<Vec<u16>>,
    /// Answer Selenium's address instead.
    #[arg(long)]
    relay: bool,
    /// The program of the browser that Selenium is answered with.
    #[arg(long, requires = "relay")]
    browser: Option<String>,
    /// What that browser is started with besides.
    #[arg(long, requires = "relay", allow_hyphen_values = true)]
    flag: Vec<String>,
}

/// Answers one question per line until standard input ends, which it does when the worker dies.
pub async fn run(args: ProbeArgs) -> ExitCode {
    if let Some(direct) = args.way_out {
        return way_out::run(direct).await;
    }
    if args.relay {
        let served = relay::serve(args.browser, args.flag).await;
        return if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let unknown = Unknown::default();
    let mut questions = BufReader::new(tokio::io::stdin()).lines();
    let mut output = tokio::io::stdout();
    while let Ok(Some(line)) = questions.next_line().await {
        // In a task of its own: a parser that a page makes panic must not take the pod's anchor along.
        let answer = match serde_json::from_str(&line) {
            Ok(question) => tokio::spawn(answer(question, unknown.clone())).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let answer = answer.unwrap_or_else(|error| Answer::Misunderstood { error });
        let Ok(mut text) = serde_json::to_vec(&answer) else { return ExitCode::FAILURE };
        text.push(b'\n');
        if output.write_all(&text).await.is_err() || output.flush().await.is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn answer(question: Question, unknown: Unknown) -> Answer {
    match question {
        Question::WaitForServices { ports, milliseconds } => {
            Answer::Services { missing: ports::wait_for(&ports, Duration::from_millis(milliseconds)).await }
        }
        Question::WaitForHealth { services, milliseconds } => {
            Answer::Services { missing: databases::wait_for(&services, Duration::from_millis(milliseconds)).await }
        }
        Question::WaitForListener { services_user, known, milliseconds } => {
            let at_most = Duration::from_millis(milliseconds);
            Answer::Listening { ports: ports::wait_for_other(services_user, &known, at_most).await }
        }
        Question::Crawl { ports, paths, routes } => match crawl::crawl(&ports, &paths, &routes).await {
            Ok(pages) => Answer::Pages { pages },
            // Ours: it must not read as an application without pages.
            Err(error) => Answer::Misunderstood { error: error.to_string() },
        },
        Question::WatchNames => {
            if let Ok(socket) = names::bind().await {
                tokio::spawn(names::serve(socket, move |name| {
                    unknown.count(&name);
                    async { None }
                }));
            }
            Answer::Names { unknown: BTreeMap::new() }
        }
        Question::Names => Answer::Names { unknown: unknown.all() },
        Question::AddLogin { service, user, password } => {
            Answer::Login { added: databases::add_login(&service, &user, &password).await }
        }
        Question::Databases { services } => Answer::Databases { databases: databases::read_all(&services).await },
    }
}
