//! What must not be possible, and how it is told. Whole projects that try it are in `tests/hostile/`.

use std::collections::HashSet;

use forkgrade::domain::facts::execution::ProcessEnd;
use forkgrade::sandbox::{Engine, EngineError, EngineSettings};

use crate::support::engine::{Project, connect, engine, owner, settings};

async fn ends(project: Project) -> (ProcessEnd, String) {
    let run = project.alone().run(&engine().await).await.unwrap();
    let process = run.processes.into_iter().next().unwrap();
    (process.end, process.log.head + &process.log.tail)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_folders_can_be_written_and_they_are_small() {
    let source = r#"
import os
for path in ("/etc/x", "/usr/x", "/opt/venv/x", "/x"):
    try: open(path, "w"); print("WROTE", path)
    except OSError as error: print(type(error).__name__)
try:
    with open("/work/full", "wb") as f:
        for _ in range(1000): f.write(b"x" * 1_000_000)
    print("NO LIMIT")
except OSError as error: print("full:", error.strerror)
print(os.getuid(), open("/proc/self/status").read().count("CapEff:\t0000000000000000"), os.environ.get("HOME"))
"#;
    let (_, said) = ends(Project::loading(source, &[]).limits(|limits| limits.work_mib = 16)).await;
    assert!(!said.contains("WROTE") && !said.contains("NO LIMIT"), "{said}");
    assert!(said.contains("full: No space left on device") && said.contains("10001 1"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_away_is_our_error_and_says_so() {
    let error = connect(Some("unix:///nonexistent/docker.sock")).await.err().unwrap();
    assert!(error.is_away() && error.to_string().contains("does not answer"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_image_is_our_error_and_names_what_mends_it() {
    let mut project = Project::loading("", &[]).alone();
    project.course.sandbox.python.insert("3.11".into(), "forkgrade/no-such-image:1".into());
    let error = project.run(&engine().await).await.unwrap_err();
    assert!(matches!(&error, EngineError::ImageMissing { reference, .. } if reference == "forkgrade/no-such-image:1"));
    assert!(error.to_string().contains("./scripts/images"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_worker_left_is_reaped_and_the_living_are_spared() {
    let engine = engine().await;
    let pod = engine.pod(owner(), &[], &[]).await.unwrap();
    assert_eq!(engine.reap(&HashSet::from([owner().lease])).await.unwrap(), 0);
    assert_eq!(engine.reap(&HashSet::new()).await.unwrap(), 1);
    pod.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_away_is_asked_once_and_the_stand_in_taken() {
    let settings = EngineSettings { pull: true, ..settings(None, forkgrade::random::lease()) };
    let engine = Engine::connect(settings).await.unwrap();
    // A registry that nobody runs.
    let (reference, stand_in) = ("127.0.0.1:9/no/such:1", Some("forkgrade/mongo-stand-in:7"));
    let image = engine.image(reference, stand_in).await.unwrap();
    assert!(image.stand_in && image.reference == "forkgrade/mongo-stand-in:7");
    let asked = std::time::Instant::now();
    engine.image(reference, stand_in).await.unwrap();
    assert!(asked.elapsed() < std::time::Duration::from_millis(500));
    let error = engine.image(reference, None).await.unwrap_err();
    assert!(matches!(&error, EngineError::ImageMissing { cause, .. } if cause.contains("refused")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_in_the_middle_is_found_by_its_lease() {
    let engine = engine().await;
    let project = Project::serving("import time; time.sleep(600)", &[]).alone();
    let given_up = tokio::time::timeout(std::time::Duration::from_secs(3), project.run_without_reaping(&engine)).await;
    assert!(given_up.is_err(), "it was not running any more");
    engine.remove_lease(owner().lease).await;
    assert_eq!(engine.reap(&HashSet::new()).await.unwrap(), 0);
}
