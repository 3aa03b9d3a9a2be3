//! Twenty runs of a project that computes for five seconds, as many at once as fit: how near the end of the last one is to what their
//! processor time allows. Run with `cargo bench --bench makespan`; it needs the engine and the images (scripts/images).

use std::path::PathBuf;
use std::time::Instant;

use forkgrade::clock::Clock;
use forkgrade::config;
use forkgrade::domain::ids::RunId;
use forkgrade::domain::launch::{Dependencies, DependencyOrigin, LaunchKind, LaunchPlan, Step, StepRole};
use forkgrade::domain::{Course, RepoPath};
use forkgrade::egress::{Egress, EgressSettings};
use forkgrade::observe::execution::{ExecutionRequest, execute};
use forkgrade::observe::files::archive;
use forkgrade::sandbox::{Engine, EngineSettings, Owner};
use futures::StreamExt;

const RUNS: usize = 20;
/// Five seconds of one processor, whatever else runs beside it.
const PROGRAM: &str = "import time\nwhile time.process_time() < 5: sum(range(10**5))\n";
const SECONDS: f64 = 5.0;

fn plan() -> LaunchPlan {
    let file = RepoPath::parse("app.py").expect("a safe path");
    LaunchPlan {
        kind: LaunchKind::PythonScript,
        reasons: Vec::new(),
        python: "3.11".into(),
        python_of_year: None,
        dependencies: Dependencies { origin: DependencyOrigin::None, requirements: Vec::new(), refused: Vec::new() },
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
        port: None,
        layout: None,
        build: None,
        parts: Vec::new(),
        remote_browser: false,
    }
}

#[tokio::main]
async fn main() {
    let settings = EngineSettings {
        host: None,
        pull: false,
        installation: forkgrade::random::lease(),
        program: PathBuf::from(env!("CARGO_BIN_EXE_forkgrade")),
        installer_env: Vec::new(),
        runtime: None,
        data_dir: std::env::temp_dir(),
    };
    let engine = Engine::connect(settings).await.expect("scripts/engine starts one");
    let course = config::example_course().expect("the default course");
    let mut alone = course.clone();
    alone.services.clear();
    println!("{RUNS} runs of {SECONDS} s of processor time:");
    for (course, databases) in [(&alone, "no database"), (&course, "three databases")] {
        let slots = engine.fit(course, None).await.expect("the engine's machine").slots;
        // The probe's image is made once per version: not counted.
        run(&engine, course, 0).await;
        let started = Instant::now();
        let runs = futures::stream::iter(1..=RUNS).map(|number| run(&engine, course, number));
        runs.buffer_unordered(slots).collect::<Vec<_>>().await;
        let took = started.elapsed().as_secs_f64();
        let processors = std::thread::available_parallelism().map_or(1, usize::from).min(slots);
        let ideal = RUNS as f64 * SECONDS / processors as f64;
        println!("{databases}, {slots} at once: ideal {ideal:.1} s, took {took:.1} s: x {:.2}", took / ideal);
    }
}

async fn run(engine: &Engine, course: &Course, number: usize) {
    let egress = Egress::new(&EgressSettings::default(), &course.sandbox.egress, None, Clock::System).expect("a proxy");
    let files = [(RepoPath::parse("app.py").expect("a safe path"), PROGRAM.as_bytes().to_vec())];
    let request = ExecutionRequest {
        course,
        plan: &plan(),
        archive: archive(&files).expect("a tar in memory").into(),
        as_of: "2026-01-15T12:00:00Z".parse().expect("a date"),
        owner: Owner { run: RunId(i64::try_from(number).expect("a small number")), lease: forkgrade::random::lease() },
        egress: &egress,
    };
    execute(engine, request, |_| {}).await.expect("the engine runs it");
}
