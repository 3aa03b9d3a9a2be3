//! What one run costs beyond the program itself: our pod against the bare `docker run` of the same program, against docker-compose
//! with the same databases, and with a dependency layer against without.
//! Run with `cargo bench --bench overhead`; it needs the engine and the images (scripts/images).

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use forkgrade::clock::Clock;
use forkgrade::config;
use forkgrade::domain::ids::RunId;
use forkgrade::domain::launch::{Dependencies, DependencyOrigin, LaunchKind, LaunchPlan, Step, StepRole};
use forkgrade::domain::{Course, RepoPath};
use forkgrade::egress::{Egress, EgressSettings};
use forkgrade::observe::execution::{ExecutionRequest, execute};
use forkgrade::observe::files::archive;
use forkgrade::sandbox::{Engine, EngineSettings, Owner};

const ROUNDS: usize = 7;
const PROGRAM: &str = "print(sum(range(10**6)))";
/// What a teacher would write: the same images, a network of their own, the program once every database answers. The images listen
/// on loopback, which a pod shares and a network of Compose does not.
const COMPOSE: &str = r#"
version: "3.8"
services:
  redis:
    image: "forkgrade/redis:7"
    command: ["redis-server", "--save", "", "--bind", "0.0.0.0", "--protected-mode", "no"]
  mongo:
    image: "forkgrade/mongo-stand-in:7"
    command: ["python3", "-c", "from secantus.cli import main; main()", "--host", "0.0.0.0", "--storage-path", "/data/db", "--standalone"]
  elasticsearch:
    image: "forkgrade/elasticsearch-stand-in:8"
    command: ["noida-db", "start", "--data-dir", "/usr/share/elasticsearch/data", "--only", "elasticsearch", "--host", "0.0.0.0"]
  app:
    image: "forkgrade/python:3.11"
    command: ["python", "-c", "print(sum(range(10**6)))"]
"#;
const DATABASE_WAIT: Duration = Duration::from_secs(60);
const PORTS: [(&str, u16); 3] = [("redis", 6379), ("mongo", 27017), ("elasticsearch", 9200)];

fn plan(requirements: &[&str]) -> LaunchPlan {
    let file = RepoPath::parse("app.py").expect("a safe path");
    LaunchPlan {
        kind: LaunchKind::PythonScript,
        reasons: Vec::new(),
        python: "3.11".into(),
        python_of_year: None,
        dependencies: Dependencies {
            origin: DependencyOrigin::None,
            requirements: requirements.iter().map(|line| (*line).to_owned()).collect(),
            refused: Vec::new(),
        },
        workdir: RepoPath::root(),
        steps: vec![Step {
            role: StepRole::Load,
            argv: vec!["python".into(), "app.py".into()],
            built: None,
            file,
            part: None,
        }],
        env: Default::default(),
        hosts: Vec::new(),
        routes: Vec::new(),
        logins: Vec::new(),
        remote_browser: false,
        port: None,
        layout: None,
        build: None,
        parts: Vec::new(),
    }
}

async fn ours(engine: &Engine, course: &Course, requirements: &[&str]) -> Duration {
    let egress = Egress::new(&EgressSettings::default(), &course.sandbox.egress, None, Clock::System).expect("a proxy");
    let files = [(RepoPath::parse("app.py").expect("a safe path"), PROGRAM.as_bytes().to_vec())];
    let request = ExecutionRequest {
        course,
        plan: &plan(requirements),
        archive: archive(&files).expect("a tar in memory").into(),
        as_of: "2026-01-15T12:00:00Z".parse().expect("a date"),
        owner: Owner { run: RunId(1), lease: forkgrade::random::lease() },
        egress: &egress,
    };
    let started = Instant::now();
    execute(engine, request, |_| {}).await.expect("the engine runs it");
    started.elapsed()
}

fn bare() -> Duration {
    let started = Instant::now();
    let run = Command::new("docker")
        .args(["run", "--rm", "--network", "none", "forkgrade/python:3.11", "python", "-c", PROGRAM])
        .stdout(Stdio::null())
        .status()
        .expect("docker");
    assert!(run.success());
    started.elapsed()
}

fn compose(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("docker-compose").args(arguments).current_dir(folder).stderr(Stdio::null()).output();
    let output = output.expect("docker-compose (apt-get install docker-compose)");
    assert!(output.status.success(), "docker-compose {arguments:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `docker-compose up -d` of the databases, until each takes connections, `run` of the program, `down`.
fn composed(folder: &Path) -> Duration {
    let started = Instant::now();
    compose(folder, &["up", "-d", "redis", "mongo", "elasticsearch"]);
    for (service, port) in PORTS {
        let container = compose(folder, &["ps", "-q", service]);
        let format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
        let asked = Command::new("docker").args(["inspect", "-f", format, &container]).output().expect("docker");
        let address = format!("{}:{port}", String::from_utf8_lossy(&asked.stdout).trim());
        while TcpStream::connect(&address).is_err() {
            assert!(started.elapsed() < DATABASE_WAIT, "{service} of docker-compose does not listen on {address}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    compose(folder, &["run", "--rm", "app"]);
    compose(folder, &["down"]);
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::main]
async fn main() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_forkgrade"));
    let settings = EngineSettings {
        host: None,
        pull: false,
        installation: forkgrade::random::lease(),
        program,
        installer_env: Vec::new(),
        runtime: None,
        data_dir: std::env::temp_dir(),
    };
    let engine = Engine::connect(settings).await.expect("scripts/engine starts one");
    let with_databases = config::example_course().expect("the default course");
    let mut alone = with_databases.clone();
    alone.services.clear();
    // The probe's image is made once per version: not counted.
    ours(&engine, &alone, &[]).await;
    // Nor is the layer.
    let requirements = ["flask==3.0.3", "pymongo==4.6.3"];
    ours(&engine, &alone, &requirements).await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("docker-compose.yml"), COMPOSE).expect("the file");
    let (mut bares, mut alones, mut pods) = (Vec::new(), Vec::new(), Vec::new());
    let (mut composes, mut layered) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.push(bare());
        alones.push(ours(&engine, &alone, &[]).await);
        layered.push(ours(&engine, &alone, &requirements).await);
        pods.push(ours(&engine, &with_databases, &[]).await);
        composes.push(composed(folder.path()));
    }
    let (bare, alone, pod) = (median(bares), median(alones), median(pods));
    let (compose, layered) = (median(composes), median(layered));
    println!("median of {ROUNDS}, in turn:");
    println!("bare docker run of the program    {:>6.3} s", bare.as_secs_f64());
    println!(
        "a run without databases           {:>6.3} s   x {:.2}",
        alone.as_secs_f64(),
        alone.div_duration_f64(bare)
    );
    println!("a run with its three databases    {:>6.3} s   x {:.2}", pod.as_secs_f64(), pod.div_duration_f64(bare));
    println!(
        "docker-compose with the same      {:>6.3} s   a run takes x {:.2} of it",
        compose.as_secs_f64(),
        pod.div_duration_f64(compose)
    );
    println!(
        "with a layer that exists          {:>6.3} s   {:+.0} ms",
        layered.as_secs_f64(),
        (layered.as_secs_f64() - alone.as_secs_f64()) * 1000.0
    );
}
