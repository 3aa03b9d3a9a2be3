//! Who is there.

use forkgrade::db;
use forkgrade::domain::ForkState;

use super::{World, name_of};
use crate::support::github::{Fault, UPSTREAM, noon};
use chrono::TimeDelta;

#[tokio::test]
async fn two_hundred_and_fifty_forks_take_three_pages_and_nothing_moved_takes_no_more() {
    let world = World::new().await;
    for number in 0..10 {
        world.student(&format!("student{number}"));
    }
    // Listed like all others; switched off, so that the test need not fetch them.
    for number in 10..250 {
        let name = name_of(&format!("student{number}"));
        world.github.register(&name, Some(UPSTREAM));
        world.github.server.update(&name, |repository| repository.disabled = true);
    }
    let first = world.sweep().await;
    assert_eq!((first.listed, first.fetched, first.submissions, first.troubled), (250, 10, 10, 0));
    assert_eq!(world.forks().await.len(), 250);

    let (second, asked) = world.sweep_and_count().await;
    assert_eq!((second.listed, second.fetched, second.submissions, second.troubled), (250, 0, 0, 0));
    let pages: Vec<String> = (1..=3).map(|page| format!("/repos/{UPSTREAM}/forks?page={page}")).collect();
    assert_eq!(asked, pages.into_iter().map(|page| (page, 1)).collect(), "one request per hundred forks, and no git");
}

#[tokio::test]
async fn the_upstream_itself_is_asked_for_once_an_hour() {
    let world = World::new().await;
    world.student("ada");
    world.sweep().await;
    world.context.clock.advance(TimeDelta::minutes(59));
    let (_, asked) = world.sweep_and_count().await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    world.context.clock.advance(TimeDelta::minutes(1));
    let (_, asked) = world.sweep_and_count().await;
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked.keys().any(|path| path.starts_with("/repositories/") && !path.contains("forks")), "{asked:?}");
}

#[tokio::test]
async fn forks_of_forks_are_found_and_asked_for_only_where_there_is_news() {
    let world = World::new().await;
    world.student("ada");
    world.student("bob");
    let below = world.github.fork(&name_of("ada"), "carl");
    below.commit("main", &[("own.py", b"1")]);
    world.github.fork(&name_of("carl"), "dora");
    assert_eq!(world.sweep().await.listed, 4);

    let (again, asked) = world.sweep_and_count().await;
    assert_eq!((again.listed, again.fetched), (4, 0));
    let lists = |owner: &str| asked.keys().filter(|path| path.starts_with(&format!("/repos/{owner}/"))).count();
    assert_eq!([lists("ada"), lists("bob"), lists("carl"), lists("dora")], [1, 0, 1, 0], "{asked:?}");

    world.github.fork(&name_of("bob"), "emil");
    assert_eq!(world.sweep().await.listed, 5, "bob's number of forks moved");
}

#[tokio::test]
async fn a_fork_whose_forks_cannot_be_listed_makes_nobody_gone() {
    let world = World::new().await;
    world.student("ada");
    world.github.fork(&name_of("ada"), "carl");
    world.sweep().await;
    world.github.fail("/repos/ada/course/forks", 3, Fault::status(500));
    assert_eq!(world.sweep().await.listed, 1);
    assert_eq!(world.fork("carl").await.state, ForkState::Active);
    world.sweep().await;
    world.github.server.hub.remove(&name_of("carl"));
    world.sweep().await;
    assert_eq!(world.fork("carl").await.state, ForkState::Gone);
}

#[tokio::test]
async fn a_rename_keeps_the_number_and_fetches_nothing() {
    let world = World::new().await;
    world.student("ada");
    world.sweep().await;
    let before = world.fork("ada").await;
    // The folder moves with the name, as GitHub's forwarding would have it.
    let (old, new) = (world.github.repo("ada/course").path, world.github.repo("lovelace/engine").path);
    std::fs::create_dir_all(new.parent().expect("a folder")).expect("a folder");
    std::fs::rename(old, new).expect("a move");
    world.github.server.update("ada/course", |repository| {
        (repository.owner, repository.name) = ("lovelace".to_owned(), "engine".to_owned());
    });
    let report = world.sweep().await;
    assert_eq!((report.listed, report.fetched), (1, 0));
    let after = world.fork("lovelace").await;
    assert_eq!((after.id, after.repo, after.head.as_ref()), (before.id, before.repo, before.head.as_ref()));
    assert_eq!(after.full_name, "lovelace/engine");
    let students = db::forks::students(&mut *world.conn().await, after.id).await.expect("students");
    assert_eq!(students.iter().map(|student| student.login.as_str()).collect::<Vec<_>>(), ["ada"]);
}

#[tokio::test]
async fn the_upstream_may_be_renamed_too() {
    let world = World::new().await;
    world.student("ada");
    world.sweep().await;
    let (old, new) = (world.github.repo(UPSTREAM).path, world.github.repo("school/tools").path);
    std::fs::create_dir_all(new.parent().expect("a folder")).expect("a folder");
    std::fs::rename(old, new).expect("a move");
    world.github.server.update(UPSTREAM, |repository| {
        (repository.owner, repository.name) = ("school".to_owned(), "tools".to_owned());
    });
    world.context.clock.advance(TimeDelta::hours(2));
    assert_eq!(world.sweep().await.listed, 1);
    let upstream = db::courses::upstream(&mut *world.conn().await, world.context.course_id).await.expect("it");
    assert_eq!(upstream.full_name, "school/tools");
}

#[tokio::test]
async fn empty_private_disabled_and_deleted_forks_are_told_apart_and_stop_nobody() {
    let world = World::new().await;
    world.student("ada");
    world.github.create("empty/course");
    for owner in ["secret", "switchedoff"] {
        world.student(owner);
    }
    world.github.server.update("empty/course", |repository| repository.parent = Some(UPSTREAM.to_owned()));
    world.github.server.update("secret/course", |repository| repository.private = true);
    world.github.server.update("switchedoff/course", |repository| repository.disabled = true);
    let report = world.sweep().await;
    assert_eq!((report.listed, report.fetched, report.submissions, report.troubled), (4, 2, 1, 0));
    let expected = [
        ("ada", ForkState::Active),
        ("empty", ForkState::Empty),
        ("secret", ForkState::Unreadable),
        ("switchedoff", ForkState::Unreadable),
    ];
    for (owner, state) in expected {
        let fork = world.fork(owner).await;
        assert_eq!((fork.state, fork.trouble), (state, None), "{owner}");
    }

    let (_, asked) = world.sweep_and_count().await;
    assert_eq!(asked.len(), 1, "all four rest: {asked:?}");

    // Opened without a push: found within the hour.
    world.github.server.update("secret/course", |repository| repository.private = false);
    world.github.server.hub.remove(&name_of("ada"));
    world.context.clock.advance(TimeDelta::hours(1));
    world.sweep().await;
    assert_eq!(world.fork("secret").await.state, ForkState::Active);
    let ada = world.fork("ada").await;
    assert_eq!((ada.state, world.submissions(&ada).await.len()), (ForkState::Gone, 1), "her history stays");
}

#[tokio::test]
async fn a_fork_that_comes_back_is_followed_again() {
    let world = World::new().await;
    let repo = world.student("ada");
    world.sweep().await;
    let hub = &world.github.server.hub;
    let mut kept = None;
    hub.update("ada/course", |repository| kept = Some(repository.clone()));
    hub.remove("ada/course");
    world.sweep().await;
    assert_eq!(world.fork("ada").await.state, ForkState::Gone);
    let mut back = kept.expect("it was there");
    repo.commit("main", &[("more.py", b"2")]);
    back.pushed_at = Some(noon() + TimeDelta::hours(3));
    hub.add(back);
    world.sweep().await;
    let fork = world.fork("ada").await;
    assert_eq!((fork.state, fork.head), (ForkState::Active, Some(repo.head("main"))));
    assert_eq!(world.forks().await.len(), 1);
}

#[tokio::test]
async fn a_list_that_fails_says_why_and_changes_nothing() {
    let world = World::new().await;
    world.student("ada");
    world.sweep().await;
    world.github.fail("/forks", 1, Fault::status(401));
    let error = forkgrade::sync::sweep(&world.context, &|_| {}).await.expect_err("401");
    assert!(format!("{error:#}").contains("GITHUB_TOKEN"), "{error:#}");
    assert_eq!(world.fork("ada").await.state, ForkState::Active);
    world.sweep().await;
}
