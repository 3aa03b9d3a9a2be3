//! The student's own commits, told from the upstream's.

use chrono_tz::Europe::Paris;
use forkgrade::domain::ids::RepoId;
use tempfile::tempdir;

use crate::support::git::{Author, NOON, oid};
use crate::support::github::{Github, UPSTREAM};

const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn own_commits_are_counted_without_merges_and_without_addresses() {
    let github = Github::start().await;
    let upstream = github.repo(UPSTREAM);
    let fork = github.fork(UPSTREAM, "lina");
    let lina = |at| Author { name: "Lina Élan", at };
    fork.commit_by(lina(NOON), "main", &[("a.py", b"1\n")]);
    // 23:30 UTC is the next day in Paris.
    fork.commit_by(lina(NOON + 11 * 3600 + 1800), "main", &[("a.py", b"2\n")]);
    fork.commit_by(Author { name: "Tom", at: NOON + 3 * DAY }, "main", &[("a.py", b"3\n")]);
    // The student takes over what the teacher added meanwhile, by a merge.
    upstream.commit("main", &[("chapter.ipynb", b"{}\n")]);
    fork.commit("theirs", &[]);
    let mine = oid(&fork.head("main"));
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let url = github.clone_url("lina/course");
    let before = mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap().head.unwrap();
    let facts = mirror.history(&before, Paris).unwrap();
    assert_eq!((facts.own_commits, facts.days_active, facts.behind_upstream), (3, 3, Some(1)));
    assert_eq!(facts.authors, ["Lina Élan", "Tom"]);
    assert_eq!(facts.first_commit.unwrap().timestamp(), NOON);
    assert_eq!(facts.last_commit.unwrap().timestamp(), NOON + 3 * DAY);
    assert!(facts.shares_history);

    crate::support::git::git(&[
        "--git-dir",
        fork.path.to_str().unwrap(),
        "fetch",
        "--quiet",
        upstream.path.to_str().unwrap(),
        "main:fetched",
    ]);
    let (theirs, tree) = (oid(&fork.head("fetched")), fork.open().find_commit(mine).unwrap().tree_id());
    let merged = fork.commit_tree(lina(NOON + 4 * DAY), "main", tree, &[mine, theirs]);
    mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap();
    let facts = mirror.history(&merged, Paris).unwrap();
    assert_eq!((facts.own_commits, facts.behind_upstream), (3, Some(0)));
}

#[tokio::test]
async fn a_fork_uploaded_anew_shares_no_history() {
    let github = Github::start().await;
    github.create("lina/course").commit("main", &[("README.md", b"# Course\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    let facts = mirror.history(&head, Paris).unwrap();
    assert!(!facts.shares_history);
    assert_eq!((facts.own_commits, facts.behind_upstream), (1, None));
}

#[tokio::test]
async fn an_untouched_fork_has_no_commit_of_its_own() {
    let github = Github::start().await;
    github.fork(UPSTREAM, "lina");
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    let facts = mirror.history(&head, Paris).unwrap();
    assert_eq!((facts.own_commits, facts.days_active, facts.behind_upstream), (0, 0, Some(0)));
    assert!(facts.authors.is_empty() && facts.first_commit.is_none() && facts.shares_history);
}

#[tokio::test]
async fn dates_out_of_this_world_stop_nobody() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    for at in [-1, 0, i64::from(u32::MAX) * 4096] {
        fork.commit_by(Author { name: "", at }, "main", &[("a.py", at.to_string().as_bytes())]);
    }
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    assert_eq!(mirror.history(&head, Paris).unwrap().own_commits, 3);
    mirror.snapshot(&head).unwrap();
}
