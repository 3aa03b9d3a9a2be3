//! What one run costs beyond the program itself: our pod against the bare `docker run` of the same program, against docker-compose
//! with the same databases, and with a dependency layer against without.
//! Run with `cargo bench --bench overhead`; it needs the engine and the images (scripts/images).

#[allow(dead_code, unused_imports)]
#[path = "../tests/support/mod.rs"]
mod support;

use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use forkgrade::config;
use forkgrade::sandbox::Engine;
use support::engine::{Project, engine};

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

async fn ours(engine: &Engine, project: &Project) -> Duration {
    let started = Instant::now();
    project.run_without_reaping(engine).await.expect("the engine runs it");
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
    let engine = engine().await;
    let course = config::example_course().expect("the default course");
    let with_databases = Project { course, ..Project::loading(PROGRAM, &[]) };
    let alone = with_databases.clone().alone();
    let mut with_layer = Project { as_of: "2026-01-15T12:00:00Z", ..alone.clone() };
    with_layer.plan.dependencies.requirements = ["flask==3.0.3", "pymongo==4.6.3"].map(str::to_owned).into();
    // The probe's image is made once per version, and the layer once: not counted.
    ours(&engine, &alone).await;
    ours(&engine, &with_layer).await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("docker-compose.yml"), COMPOSE).expect("the file");
    let (mut bares, mut alones, mut pods) = (Vec::new(), Vec::new(), Vec::new());
    let (mut composes, mut layered) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.push(bare());
        alones.push(ours(&engine, &alone).await);
        layered.push(ours(&engine, &with_layer).await);
        pods.push(ours(&engine, &with_databases).await);
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
