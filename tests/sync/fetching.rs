//! What they pushed.

use chrono::TimeDelta;
use forkgrade::domain::{ForkState, RunState};
use forkgrade::sync::SweepEvent;
use std::sync::Mutex;

use super::{World, name_of};
use crate::support::git::noise;
use crate::support::github::{Fault, UPSTREAM, noon};

#[tokio::test]
async fn a_push_becomes_one_submission_with_one_run_and_takes_the_place_of_the_last() {
    let world = World::new().await;
    let repo = world.student("ada");
    let first = world.sweep().await;
    assert_eq!((first.fetched, first.submissions), (1, 1));

    world.context.clock.advance(TimeDelta::minutes(5));
    let head = repo.commit("main", &[("more.py", b"print()")]);
    world.github.pushed(&name_of("ada"));
    let second = world.sweep().await;
    assert_eq!((second.fetched, second.submissions), (1, 1));

    let fork = world.fork("ada").await;
    assert_eq!((fork.head.as_ref(), fork.fetched_at_push), (Some(&head), fork.pushed_at));
    let submissions = world.submissions(&fork).await;
    assert_eq!(submissions.len(), 2);
    assert_eq!(submissions[0].commit, head);
    assert_eq!(submissions[0].received_at, noon() + TimeDelta::minutes(5), "the service's own clock");
    let states = [&world.runs(&submissions[0]).await, &world.runs(&submissions[1]).await].map(|runs| runs[0].state);
    assert_eq!(states, [RunState::Queued, RunState::Superseded]);
}

#[tokio::test]
async fn a_push_that_changes_no_graded_branch_is_no_submission() {
    let world = World::new().await;
    let repo = world.student("ada");
    world.sweep().await;
    repo.commit("experiment", &[("x.py", b"1")]);
    world.github.pushed(&name_of("ada"));
    let report = world.sweep().await;
    assert_eq!((report.fetched, report.submissions), (1, 0));
}

#[tokio::test]
async fn a_force_push_keeps_the_earlier_commit() {
    let world = World::new().await;
    let repo = world.student("ada");
    let first = repo.head("main");
    let base = world.github.repo(UPSTREAM).head("main");
    world.sweep().await;
    repo.reset("main", &base);
    let second = repo.commit("main", &[("other.py", b"2")]);
    world.github.pushed(&name_of("ada"));
    world.sweep().await;
    let mirror = &world.context.mirror;
    assert_eq!(world.fork("ada").await.head.as_ref(), Some(&second));
    assert!(mirror.snapshot(&first).is_ok() && mirror.snapshot(&second).is_ok());
}

#[tokio::test]
async fn the_branch_of_the_course_is_graded_and_another_default_branch_is_fetched_anew() {
    let world = World::with_branch(Some("hand-in")).await;
    let repo = world.student("ada");
    world.sweep().await;
    assert_eq!(world.fork("ada").await.state, ForkState::Empty, "no such branch yet");
    let head = repo.commit("hand-in", &[("app.py", b"1")]);
    world.github.pushed(&name_of("ada"));
    world.sweep().await;
    assert_eq!(world.fork("ada").await.head, Some(head));

    let world = World::new().await;
    let repo = world.student("bob");
    world.sweep().await;
    let head = repo.commit("work", &[("app.py", b"1")]);
    world.github.server.update("bob/course", |repository| repository.default_branch = "work".to_owned());
    world.sweep().await;
    assert_eq!(world.fork("bob").await.head, Some(head), "no push was told, but the branch is another one");
}

#[tokio::test]
async fn one_fork_that_breaks_off_stops_no_other_and_is_fetched_at_the_next_sweep_as_of_its_push() {
    let world = World::new().await;
    let broken = world.github.fork(UPSTREAM, "ada");
    broken.commit("main", &[("data.csv", &noise(600_000, 1))]);
    for owner in ["bob", "carl", "dora"] {
        world.student(owner);
    }
    world.github.fail("/ada/course.git/git-upload-pack", 100, Fault::BreakOff { after: 100_000 });
    let first = world.sweep().await;
    assert_eq!((first.listed, first.fetched, first.submissions, first.troubled), (4, 3, 3, 1));
    let ada = world.fork("ada").await;
    let trouble = ada.trouble.expect("a trouble of ours");
    assert_eq!((trouble.key.as_str(), ada.head), ("trouble-fetch-dropped", None));
    for language in [forkgrade::domain::course::Language::Fr, forkgrade::domain::course::Language::En] {
        assert_ne!(forkgrade::i18n::text(language, &trouble), trouble.key, "it has words");
    }

    world.github.mend();
    world.context.clock.advance(TimeDelta::hours(3));
    let second = world.sweep().await;
    assert_eq!((second.fetched, second.submissions, second.troubled), (1, 1, 0), "only the one in trouble");
    let ada = world.fork("ada").await;
    assert_eq!((&ada.trouble, &ada.head), (&None, &Some(broken.head("main"))));
    let received_at = world.submissions(&ada).await[0].received_at;
    assert_eq!(received_at, noon(), "our trouble makes nobody late");
}

#[tokio::test]
async fn a_lost_mirror_is_filled_again_without_new_submissions() {
    let mut world = World::new().await;
    world.student("ada");
    world.sweep().await;
    let other = tempfile::tempdir().expect("a folder");
    world.context.mirror = std::sync::Arc::new(world.github.mirror(&other.path().join("mirror.git")));
    let report = world.sweep().await;
    assert_eq!((report.fetched, report.submissions, report.troubled), (1, 0, 0));
    assert!(world.context.mirror.has(&world.fork("ada").await.head.expect("a head")));
}

#[tokio::test]
async fn two_sweeps_at_once_do_the_work_once() {
    let world = World::new().await;
    for number in 0..8 {
        world.student(&format!("student{number}"));
    }
    let (one, two) = tokio::join!(world.sweep(), world.sweep());
    assert_eq!((one.fetched + two.fetched, one.submissions + two.submissions), (8, 8));
    let forks = world.forks().await;
    assert_eq!(forks.len(), 8);
    for fork in &forks {
        let submissions = world.submissions(fork).await;
        assert_eq!((submissions.len(), world.runs(&submissions[0]).await.len()), (1, 1));
    }
}

#[tokio::test]
async fn whoever_watches_sees_how_far_it_is() {
    let world = World::new().await;
    world.student("ada");
    world.student("bob");
    let seen = Mutex::new(Vec::new());
    forkgrade::sync::sweep(&world.context, &|event| seen.lock().unwrap().push(event)).await.expect("a sweep");
    let mut seen = seen.into_inner().unwrap();
    seen[2..].sort_by_key(|event| format!("{event:?}"));
    let fetched = |owner: &str| SweepEvent::Fetched { fork: name_of(owner) };
    let expected = [SweepEvent::Listed { forks: 2 }, SweepEvent::ToFetch { forks: 2 }, fetched("ada"), fetched("bob")];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_request_is_answered_by_the_sweep_that_follows_it() {
    use forkgrade::db::courses::{request_sweep, sweep_is_requested};
    let world = World::new().await;
    let (conn, id) = (&mut *world.conn().await, world.context.course_id);
    request_sweep(conn, id, noon()).await.expect("asked");
    assert!(sweep_is_requested(conn, id).await.expect("an answer"));
    world.sweep().await;
    assert!(!sweep_is_requested(conn, id).await.expect("an answer"), "the sweep answered it");
}
