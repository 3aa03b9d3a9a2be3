//! Projects that fight the sandbox: every one of them ends in facts, never in an error of ours.

use forkgrade::domain::facts::execution::{Execution, ProcessEnd, StruckLimit, Verdict};
use forkgrade::domain::launch::StepRole;

use crate::support::engine::{Project, engine, step};

const SERVER: &str = r#"
import http.server, socketserver
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "text/html"); self.end_headers()
        self.wfile.write(BODY)
    def log_message(self, *args): pass
"#;

fn server(body: &str, listen: &str) -> String {
    format!("{SERVER}\nBODY = {body}\n{listen}\n")
}

async fn run(project: Project) -> Execution {
    project.run(&engine().await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_there_is_the_projects_own_mistake() {
    let mut project = Project::serving("", &[]).alone();
    project.plan.steps[0].argv = vec!["flask".into(), "run".into()];
    let run = run(project).await;
    assert_eq!(run.processes[0].end, ProcessEnd::Exited { code: 127 }, "{run:#?}");
    assert!(run.processes[0].log.head.contains("flask"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_bomb_in_a_loader_does_not_reach_what_serves() {
    let serve = server("b'<li>1'*9", "socketserver.TCPServer(('127.0.0.1', 8050), Page).serve_forever()");
    let mut project = Project::serving(&serve, &[]).alone().limits(|limits| {
        limits.pids = 64;
        limits.load_seconds = 3;
    });
    let bomb = "import os\nopen('kept.txt', 'w').write('kept')\nwhile True:\n  try: os.fork()\n  except OSError: pass";
    project.files.push(("bombe.py", bomb.to_owned()));
    project.plan.steps.insert(0, step(StepRole::Load, "bombe.py"));
    let run = run(project).await;
    assert_eq!(run.processes[0].end, ProcessEnd::Limit { limit: StruckLimit::WallTime });
    assert_eq!(run.ports, [8050], "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loader_that_took_too_long_leaves_its_files_to_what_serves() {
    let serve =
        server("open('kept.txt','rb').read()", "socketserver.TCPServer(('127.0.0.1', 80), Page).serve_forever()");
    let mut project = Project::serving(&serve, &[]).alone().limits(|limits| limits.load_seconds = 2);
    let slow = "import time\nopen('kept.txt', 'w').write('<li>1<li>2<li>3')\ntime.sleep(60)";
    project.files.push(("lent.py", slow.to_owned()));
    project.plan.steps.insert(0, step(StepRole::Load, "lent.py"));
    let run = run(project).await;
    assert_eq!(run.processes[0].end, ProcessEnd::Limit { limit: StruckLimit::WallTime });
    assert_eq!((run.ports.as_slice(), run.pages[0].data_elements), ([80].as_slice(), 3), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_does_not_fit_its_folder_is_told_so() {
    let mut project = Project::loading("print('ran')", &[]).alone().limits(|limits| limits.work_mib = 4);
    project.files.push(("zzz.csv", "x".repeat(12_000_000)));
    let run = run(project).await;
    assert!(run.processes[0].log.head.contains("tar: zzz.csv: "), "{run:#?}");
    assert!(run.processes[0].log.head.ends_with("ran\n"));
    assert!(run.milliseconds < 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_launcher_leaves_behind_counts_as_serving() {
    let late = "import time; time.sleep(1.5)\nsocketserver.TCPServer(('127.0.0.1', 5001), Page).serve_forever()";
    let mut project = Project::serving("import subprocess\nsubprocess.Popen(['setsid', 'python', 'serveur.py'])", &[]);
    project = project.alone();
    project.files.push(("serveur.py", server("b'<li>1'", late)));
    let run = run(project).await;
    assert_eq!(run.ports, [5001], "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_the_other_loopback_is_found_too() {
    let listen = "import socket\nclass Six(socketserver.TCPServer): address_family = socket.AF_INET6\nSix(('::1', 5002), Page).serve_forever()";
    let run = run(Project::serving(&server("b'<li>1'", listen), &[]).alone()).await;
    assert_eq!(run.ports, [5002], "{run:#?}");
    assert_eq!(run.pages[0].status, Some(200), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_without_end_are_cut() {
    let body = "b'<li>x' * 20_000_000";
    let listen = "socketserver.TCPServer(('127.0.0.1', 5000), Page).serve_forever()";
    let run = run(Project::serving(&server(body, listen), &[]).alone()).await;
    assert!(run.pages[0].truncated && run.pages[0].bytes <= 2 * 1024 * 1024, "{:?}", run.pages[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_takes_hours_to_read_holds_nobody_up() {
    let listen = "socketserver.TCPServer(('127.0.0.1', 5000), Page).serve_forever()";
    let body = "b'<div>' * 150_000 + b'<p>' * 300_000";
    let run = run(Project::serving(&server(body, listen), &[]).alone()).await;
    assert_eq!(run.pages[0].status, Some(200), "{:?}", run.pages[0]);
    assert!(run.milliseconds < 60_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_speaks_no_http_is_told_so() {
    let listen = "import socket\ns = socket.create_server(('127.0.0.1', 6000))\nwhile True: s.accept()[0].sendall(b'\\x00garbage\\n')";
    let run = run(Project::serving(listen, &[]).alone()).await;
    assert_eq!((run.ports.as_slice(), run.verdict()), ([6000].as_slice(), Verdict::AnswersErrors));
    assert!(run.pages[0].error.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_that_are_shut_down_or_overfull_are_told_so() {
    let source = r#"
import socket
def redis(*commands):
    s = socket.create_connection(("redis", 6379)); s.settimeout(20)
    for command in commands:
        s.sendall(b"*%d\r\n" % len(command) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in command))
        print(s.recv(100))
redis([b"SET", b"k" * 40_000_000, b"1"])
s = socket.create_connection(("elasticsearch", 9200))
body = b'{"a": "' + b"x" * 20_000_000 + b'"}'
s.sendall(b"POST /gros/_doc?refresh=true HTTP/1.1\r\nHost: e\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
print(s.recv(300))
from pymongo import MongoClient
gros = MongoClient("mongo").gros.gros
for i in range(3): gros.insert_one({"l": list(range(900_000))})
"#;
    let run = run(Project::loading(source, &["pymongo"])).await;
    eprintln!(
        "{:?} {:?} {:?}",
        run.processes,
        run.milliseconds,
        run.databases
            .iter()
            .map(|d| (
                d.service.clone(),
                d.answered,
                d.collections
                    .iter()
                    .map(|c| (
                        c.name.chars().take(20).collect::<String>(),
                        c.items,
                        c.samples.iter().map(|s| s.chars().take(60).collect::<String>()).collect::<Vec<_>>()
                    ))
                    .collect::<Vec<_>>()
            ))
            .collect::<Vec<_>>()
    );
    assert_eq!(run.databases.len(), 3, "{run:#?}");
    let mongo = run.databases.iter().find(|one| one.service == "mongo").unwrap();
    assert!(run.databases.iter().all(|one| one.answered && one.collections.len() == 1), "{run:#?}");
    assert_eq!(mongo.collections[0].items, 3, "{run:#?}");
    assert!(mongo.collections[0].samples.iter().all(|sample| sample.chars().count() <= 1_001));
    let source =
        "import socket\ns = socket.create_connection(('redis', 6379)); s.sendall(b'SHUTDOWN NOSAVE\\r\\n'); s.recv(9)";
    let run = self::run(Project::loading(source, &[])).await;
    let redis = run.databases.iter().find(|one| one.service == "redis").unwrap();
    assert!(!redis.answered);
}

#[tokio::test(flavor = "multi_thread")]
async fn system_calls_that_others_escaped_by_are_closed() {
    let source = r#"
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name, number in {"io_uring_setup": 425, "keyctl": 250, "bpf": 321, "unshare": 272, "mount": 165, "userfaultfd": 323}.items():
    result = libc.syscall(number, 1, 0, 0, 0, 0)
    print(name, result, ctypes.get_errno())
"#;
    let run = run(Project::loading(source, &[]).alone()).await;
    let said = &run.processes[0].log.head;
    for name in ["io_uring_setup", "keyctl", "bpf", "mount", "userfaultfd"] {
        assert!(said.contains(&format!("{name} -1 1\n")) || said.contains(&format!("{name} -1 38\n")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_of_a_plan_reach_the_program_and_nothing_of_ours() {
    let mut project =
        Project::loading("import os; print(os.environ['A'], 'FORKGRADE' in str(os.environ))", &[]).alone();
    let variables = [("A", "é=b"), ("NUL", "a\0b"), ("TAR_OPTIONS", "--to-command=false")];
    project.plan.env = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let run = run(project).await;
    assert_eq!(run.processes[0].log.head.trim(), "é=b False", "{run:#?}");
}
