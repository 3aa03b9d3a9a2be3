//! Projects in a repository of their own.

use forkgrade::db;
use forkgrade::domain::{CommitSha, RunState};

use super::World;
use crate::support::git::Repo;

/// A fork whose run found a separate project and followed it.
async fn followed(world: &World, name: &str) -> (Repo, CommitSha) {
    world.student("ada");
    world.sweep().await;
    let project = world.github.create(name);
    let head = project.commit("main", &[("app.py", b"1")]);
    let found = world.context.github.repository(name).await.expect("it is there");
    let fork = world.fork("ada").await;
    let conn = &mut *world.conn().await;
    db::forks::follow_project(conn, fork.id, &found.full_name, found.pushed_at).await.expect("followed");
    let submission = world.submissions(&fork).await.remove(0);
    db::submissions::pin_project(conn, submission.id, &head).await.expect("pinned");
    (project, head)
}

#[tokio::test]
async fn a_push_to_the_project_is_a_submission_of_the_same_commit() {
    let world = World::new().await;
    let (project, first) = followed(&world, "ada/project").await;
    let (report, asked) = world.sweep_and_count().await;
    assert_eq!((report.fetched, report.submissions), (0, 0));
    assert_eq!(
        asked.keys().filter(|path| path.contains("/ada/project")).count(),
        1,
        "asked for, not fetched: {asked:?}"
    );

    let second = project.commit("main", &[("app.py", b"2")]);
    world.github.pushed("ada/project");
    let report = world.sweep().await;
    assert_eq!((report.fetched, report.submissions), (1, 1));
    let fork = world.fork("ada").await;
    let submissions = world.submissions(&fork).await;
    let commits: Vec<_> = submissions.iter().map(|submission| submission.commit.clone()).collect();
    assert_eq!(commits, vec![fork.head.clone().expect("a head"); 2]);
    let mut projects: Vec<_> = submissions.iter().filter_map(|submission| submission.project_commit.clone()).collect();
    projects.sort_unstable();
    let mut expected = vec![first, second.clone()];
    expected.sort_unstable();
    assert_eq!(projects, expected);
    let newest = submissions.iter().find(|submission| submission.project_commit.as_ref() == Some(&second));
    assert_eq!(world.runs(newest.expect("the newest")).await[0].state, RunState::Queued);
    assert_eq!(world.sweep().await.submissions, 0, "and nothing more");
}

#[tokio::test]
async fn a_project_that_vanished_is_no_trouble_of_ours() {
    let world = World::new().await;
    followed(&world, "ada/project").await;
    world.github.server.hub.remove("ada/project");
    let report = world.sweep().await;
    assert_eq!((report.submissions, report.troubled), (0, 0));
}

/// The service's token may read what the student may not.
#[tokio::test]
async fn what_somebody_else_keeps_private_is_not_followed() {
    let world = World::new().await;
    let (project, _) = followed(&world, "bob/project").await;
    project.commit("main", &[("app.py", b"2")]);
    world.github.pushed("bob/project");
    assert!(world.github.server.update("bob/project", |repository| repository.private = true));
    let report = world.sweep().await;
    assert_eq!((report.fetched, report.submissions, report.troubled), (0, 0, 0));
    assert!(world.github.server.update("bob/project", |repository| repository.private = false));
    assert_eq!(world.sweep().await.submissions, 1, "what everybody may read is");
}
