//! What becomes of forks besides pushes: told, and nothing of what was handed in is lost.

use forkgrade::domain::ForkState;

use super::{World, name_of};

#[tokio::test]
async fn a_renamed_transferred_archived_fork_keeps_its_number_and_tells() {
    let world = World::new().await;
    world.student("ada");
    world.sweep().await;
    let fork = world.fork("ada").await;
    assert!(world.notes(&fork).await.is_empty());
    let update = |from: &str, change: fn(&mut forkgrade::demo::server::Repository)| {
        assert!(world.github.server.update(from, change), "no {from}");
    };
    update("ada/course", |repository| repository.name = "projet".to_owned());
    world.sweep().await;
    update("ada/projet", |repository| repository.owner = "byron".to_owned());
    world.sweep().await;
    update("byron/projet", |repository| repository.archived = true);
    world.sweep().await;
    update("byron/projet", |repository| repository.archived = false);
    world.sweep().await;
    let moved = world.fork("byron").await;
    assert_eq!((moved.id, moved.repo), (fork.id, fork.repo));
    let told = ["fork-renamed", "fork-transferred", "fork-was-archived", "fork-was-unarchived"];
    assert_eq!(world.notes(&moved).await, told);
    assert_eq!(world.submissions(&moved).await.len(), 1);
    // Nothing changed any more: nothing more is told.
    world.sweep().await;
    assert_eq!(world.notes(&moved).await.len(), told.len());
}

#[tokio::test]
async fn rewritten_history_is_told_with_both_heads_and_both_stay() {
    let world = World::new().await;
    let repo = world.student("ada");
    world.sweep().await;
    let fork = world.fork("ada").await;
    let plain = repo.commit("main", &[("6Evaluation/Projet/app.py", b"more\n")]);
    world.github.pushed(&name_of("ada"));
    world.sweep().await;
    assert!(world.notes(&fork).await.is_empty(), "a push on top is nothing to tell");
    let rewritten = repo.commit("other", &[("6Evaluation/Projet/app.py", b"anew\n")]);
    repo.reset("main", &rewritten);
    world.github.pushed(&name_of("ada"));
    world.sweep().await;
    assert_eq!(world.notes(&fork).await, ["fork-force-pushed"]);
    let commits: Vec<_> = world.submissions(&fork).await.into_iter().map(|submission| submission.commit).collect();
    assert_eq!(commits.len(), 3);
    assert!(commits.contains(&plain) && commits.contains(&rewritten));
}

#[tokio::test]
async fn a_renamed_default_branch_is_followed_and_told() {
    let world = World::new().await;
    let repo = world.student("ada");
    world.sweep().await;
    let head = repo.commit("trunk", &[("6Evaluation/Projet/app.py", b"more\n")]);
    world.github.server.update(&name_of("ada"), |repository| repository.default_branch = "trunk".to_owned());
    world.sweep().await;
    let fork = world.fork("ada").await;
    assert_eq!((fork.branch.as_str(), fork.head), ("trunk", Some(head)));
    assert!(world.notes(&world.fork("ada").await).await.contains(&"fork-branch-changed".to_owned()));
}

#[tokio::test]
async fn whatever_vanishes_is_told_with_its_reason_and_may_come_back() {
    let world = World::new().await;
    for owner in ["ada", "blaise", "carl"] {
        world.student(owner);
    }
    world.sweep().await;
    // Deleted; detached from the course's network; made private where our token may still look.
    world.github.server.hub.remove(&name_of("ada"));
    world.github.server.update(&name_of("blaise"), |repository| repository.parent = None);
    world.github.server.update(&name_of("carl"), |repository| {
        repository.parent = None;
        repository.private = true;
    });
    world.sweep().await;
    for (owner, note) in [("ada", "fork-was-deleted"), ("blaise", "fork-went-alone"), ("carl", "fork-went-private")] {
        let fork = world.fork(owner).await;
        assert_eq!((fork.state, world.notes(&fork).await), (ForkState::Gone, vec![note.to_owned()]), "{owner}");
        assert_eq!(world.submissions(&fork).await.len(), 1, "{owner}");
    }
    world.github.server.update(&name_of("blaise"), |repository| {
        repository.parent = Some(crate::support::github::UPSTREAM.to_owned());
    });
    world.sweep().await;
    let back = world.fork("blaise").await;
    assert_eq!(back.state, ForkState::Active);
    assert_eq!(world.notes(&back).await, ["fork-went-alone", "fork-came-back"]);
}

#[tokio::test]
async fn what_can_no_longer_be_read_is_told_with_its_reason_and_nothing_is_lost() {
    let world = World::new().await;
    let empty = world.student("ada");
    for owner in ["blaise", "carl"] {
        world.student(owner);
    }
    world.sweep().await;
    // The graded branch is gone; its repository asks for a password now; GitHub disabled it.
    empty.open().find_reference("refs/heads/main").unwrap().delete().unwrap();
    world.github.server.update(&name_of("blaise"), |repository| repository.private = true);
    world.github.server.update(&name_of("carl"), |repository| repository.disabled = true);
    for owner in ["ada", "blaise", "carl"] {
        world.github.pushed(&name_of(owner));
    }
    for _ in 0..2 {
        world.sweep().await;
    }
    for (owner, state, note) in [
        ("ada", ForkState::Empty, "fork-was-emptied"),
        ("blaise", ForkState::Unreadable, "fork-was-unreadable"),
        ("carl", ForkState::Unreadable, "fork-was-disabled"),
    ] {
        let fork = world.fork(owner).await;
        assert_eq!((fork.state, world.notes(&fork).await), (state, vec![note.to_owned()]), "{owner}, told once");
        assert_eq!(world.submissions(&fork).await.len(), 1, "{owner}");
    }
}

#[tokio::test]
async fn a_push_back_to_an_earlier_commit_makes_it_the_newest_again() {
    let world = World::new().await;
    let repo = world.student("ada");
    let good = repo.head("main");
    world.sweep().await;
    world.context.clock.advance(chrono::TimeDelta::minutes(5));
    let bad = repo.commit("main", &[("6Evaluation/Projet/app.py", b"broken\n")]);
    world.github.pushed(&name_of("ada"));
    world.sweep().await;
    let fork = world.fork("ada").await;
    assert_eq!(world.submissions(&fork).await[0].commit, bad);
    world.context.clock.advance(chrono::TimeDelta::minutes(5));
    repo.reset("main", &good);
    world.github.pushed(&name_of("ada"));
    world.sweep().await;
    let submissions = world.submissions(&fork).await;
    assert_eq!((submissions.len(), &submissions[0].commit), (2, &good), "one submission per head, the last one first");
    let states: Vec<_> = world.runs(&submissions[1]).await.iter().map(|run| run.state).collect();
    assert_eq!(states, [forkgrade::domain::RunState::Superseded], "what it left waits no more");
    world.sweep().await;
    assert_eq!(world.submissions(&fork).await, submissions);
}
