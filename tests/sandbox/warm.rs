//! Pods that wait for runs: given to one, gone with it, and to nobody where they no longer fit.

use std::collections::HashSet;
use std::time::Duration;

use forkgrade::domain::Course;
use forkgrade::domain::facts::execution::ProcessEnd;
use uuid::Uuid;

use crate::support::engine::{Project, course, engine, owner};

/// Says what Redis, reached under a name of the project's own, has been told before.
const PROGRAM: &str = r#"
import socket
s = socket.create_connection(("ma-base", 6379), 3)
s.sendall(b"INCR visites\r\n")
print("visite", s.recv(99).decode())
"#;

fn project() -> Project {
    let mut project = Project::loading(PROGRAM, &[]);
    project.course = with_redis();
    project.plan.hosts = vec!["ma-base".into()];
    project
}

fn with_redis() -> Course {
    let mut course = course();
    course.services.retain(|name, _| name == "redis");
    course
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_that_waits_is_given_to_one_run_and_gone_with_it() {
    let (engine, lease) = (engine().await, Uuid::from_u128(8));
    assert_eq!(engine.keep_warm(&with_redis(), 2, lease).await.unwrap(), 2);
    for left in [1, 0, 0] {
        let run = project().run_without_reaping(&engine).await.unwrap();
        assert_eq!(run.processes[0].end, ProcessEnd::Exited { code: 0 }, "{run:#?}");
        // Never a database that another run has seen.
        assert!(run.processes[0].log.head.starts_with("visite :1"), "{run:#?}");
        assert_eq!(engine.warm_pods().await, left);
    }
    assert_eq!(engine.reap(&HashSet::new()).await.unwrap(), 0, "a pod outlived its run");
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_of_a_dead_worker_are_removed_and_a_run_does_without() {
    let (engine, lease) = (engine().await, Uuid::from_u128(8));
    engine.keep_warm(&with_redis(), 1, lease).await.unwrap();
    assert_eq!(engine.reap(&HashSet::from([lease])).await.unwrap(), 0, "its worker lives");
    assert_eq!(engine.reap(&HashSet::new()).await.unwrap(), 2, "a probe and a database");
    let run = project().run(&engine).await.unwrap();
    assert!(run.processes[0].log.head.starts_with("visite :1"), "{run:#?}");
    assert_eq!(engine.warm_pods().await, 0, "what is dead is not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_of_other_settings_are_replaced() {
    let (engine, lease) = (engine().await, Uuid::from_u128(8));
    engine.keep_warm(&with_redis(), 1, lease).await.unwrap();
    let mut changed = with_redis();
    changed.services.get_mut("redis").unwrap().memory_mib += 1;
    // A run of the new settings takes no pod of the old ones.
    let mut other = project();
    other.course = changed.clone();
    other.run_without_reaping(&engine).await.unwrap();
    assert_eq!(engine.warm_pods().await, 1);
    assert_eq!(engine.keep_warm(&changed, 1, lease).await.unwrap(), 1);
    engine.cool_down().await;
    assert_eq!(engine.reap(&HashSet::new()).await.unwrap(), 0, "the old one stayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_given_up_leaves_nothing_of_the_pod_that_it_was_given() {
    let (engine, lease) = (engine().await, Uuid::from_u128(8));
    engine.keep_warm(&with_redis(), 1, lease).await.unwrap();
    let mut project = project();
    project.files[0].1 = "import time; time.sleep(600)".to_owned();
    let given_up = tokio::time::timeout(Duration::from_secs(3), project.run_without_reaping(&engine)).await;
    assert!(given_up.is_err(), "it was not running any more");
    assert_eq!(engine.warm_pods().await, 0);
    engine.remove_lease(owner().lease).await;
    assert_eq!(engine.reap(&HashSet::new()).await.unwrap(), 0);
}
