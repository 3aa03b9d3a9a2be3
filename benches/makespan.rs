//! Twenty runs of a project that computes for five seconds, as many at once as fit: how near the end of the last one is to what their
//! processor time allows. Run with `cargo bench --bench makespan`; it needs the engine and the images (scripts/images).

#[allow(dead_code, unused_imports)]
#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use forkgrade::config;
use futures::StreamExt;
use support::engine::{Project, engine};

const RUNS: usize = 20;
/// Five seconds of one processor, whatever else runs beside it.
const PROGRAM: &str = "import time\nwhile time.process_time() < 5: sum(range(10**5))\n";
const SECONDS: f64 = 5.0;
/// Where the kernel counts what all containers of Docker's have taken, with those that are gone: control groups of versions 1 and 2.
const GROUPS: [&str; 2] = ["/sys/fs/cgroup/cpuacct/docker/cpuacct.usage", "/sys/fs/cgroup/docker/cpu.stat"];

#[tokio::main]
async fn main() {
    let engine = engine().await;
    let course = config::example_course().expect("the default course");
    let beside = Project { course, ..Project::loading(PROGRAM, &[]) };
    println!("{RUNS} runs of {SECONDS} s of processor time:");
    for (project, databases) in [(beside.clone().alone(), "no database"), (beside, "three databases")] {
        let slots = engine.fit(&project.course, None).await.expect("the engine's machine").slots;
        // The probe's image is made once per version: not counted.
        project.run(&engine).await.expect("the engine runs it");
        let (started, before) = (Instant::now(), processor_seconds());
        let runs = futures::stream::iter(0..RUNS).map(|_| project.run_without_reaping(&engine));
        let ended: Vec<_> = runs.buffer_unordered(slots).collect().await;
        let (took, after) = (started.elapsed().as_secs_f64(), processor_seconds());
        assert!(ended.iter().all(Result::is_ok), "the engine runs them");
        let processors = std::thread::available_parallelism().map_or(1, usize::from).min(slots) as f64;
        let against = |what: &str, seconds: f64| {
            let ideal = seconds / processors;
            println!(
                "{databases}, {slots} at once, {what}: ideal {ideal:.1} s, took {took:.1} s: x {:.2}",
                took / ideal
            );
        };
        against("of the programs' processor time", RUNS as f64 * SECONDS);
        match before.zip(after) {
            Some((before, after)) => against("of their containers' processor time", after - before),
            None => println!("{databases}: what the containers took is not told here: {GROUPS:?}"),
        }
    }
}

fn processor_seconds() -> Option<f64> {
    if let Ok(nanoseconds) = std::fs::read_to_string(GROUPS[0]) {
        return Some(nanoseconds.trim().parse::<f64>().ok()? / 1e9);
    }
    let stat = std::fs::read_to_string(GROUPS[1]).ok()?;
    let microseconds = stat.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
    Some(microseconds.parse::<f64>().ok()? / 1e6)
}
