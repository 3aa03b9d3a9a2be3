//! What counts as the upstream's own: every version it ever had.

use forkgrade::domain::ids::RepoId;
use forkgrade::domain::{ObjectId, RepoPath, Source};
use tempfile::tempdir;

use crate::support::git::Repo;
use crate::support::github::{Github, UPSTREAM};

const README: &str = "5Evaluation/Projet/README.rst";

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a safe path")
}

fn object(repo: &Repo, bytes: &[u8]) -> ObjectId {
    repo.blob(bytes).to_string().parse().unwrap()
}

#[tokio::test]
async fn every_version_counts_on_every_branch_and_after_a_rewrite() {
    let github = Github::start().await;
    let upstream = github.repo(UPSTREAM);
    upstream.commit("main", &[(README, b"one\n")]);
    let second = upstream.commit("main", &[(README, b"two\n")]);
    upstream.commit("main", &[(README, b"three\n")]);
    upstream.commit("2025", &[("extra.py", b"on a branch\n")]);
    let fork = github.fork(UPSTREAM, "lina");
    let pushed = fork.commit("main", &[("mine.py", b"mine\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();

    let snapshot = mirror.snapshot(&pushed).unwrap();
    for (bytes, expected) in [(&b"one\n"[..], true), (b"three\n", true), (b"on a branch\n", true), (b"mine\n", false)] {
        assert_eq!(snapshot.is_from_upstream(&object(&fork, bytes)), Some(expected), "{bytes:?}");
    }
    let whole: ObjectId = snapshot.root_tree().as_str().parse().unwrap();
    assert_eq!(snapshot.is_from_upstream(&whole), Some(false));
    assert_eq!(snapshot.upstream_versions(&path(README)), [b"three\n".to_vec(), b"two\n".to_vec(), b"one\n".to_vec()]);
    assert_eq!(snapshot.upstream_versions(&path("mine.py")), Vec::<Vec<u8>>::new());

    // The teacher takes a version back: students who hold it still hold the teacher's file.
    upstream.reset("main", &second);
    mirror.fetch_upstream(&github.clone_url(UPSTREAM), "main").await.unwrap();
    let snapshot = mirror.snapshot(&pushed).unwrap();
    assert_eq!(snapshot.is_from_upstream(&object(&fork, b"three\n")), Some(true));
}

#[tokio::test]
async fn chapters_that_were_numbered_anew_are_the_same_chapters() {
    let github = Github::start().await;
    github.repo(UPSTREAM).commit("main", &[(README, b"template\n")]);
    let fork = github.fork(UPSTREAM, "lina");
    let pushed = fork.commit("main", &[("7Evaluation/Projet/README.rst", b"mine\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();
    let snapshot = mirror.snapshot(&pushed).unwrap();
    for asked in ["7Evaluation/Projet/README.rst", "Evaluation/Projet/README.rst"] {
        // The other version is that of the fixture's own `6Evaluation/Projet/README.rst`.
        let versions = snapshot.upstream_versions(&path(asked));
        assert!(versions.contains(&b"template\n".to_vec()) && versions.len() == 2, "{asked}: {versions:?}");
    }
}

#[tokio::test]
async fn without_an_upstream_nothing_is_said() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    let folder = tempdir().unwrap();
    let mirror = github.mirror(folder.path());
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    let snapshot = mirror.snapshot(&head).unwrap();
    assert_eq!(snapshot.is_from_upstream(&object(&fork, b"# Course\n")), None);
    assert!(snapshot.upstream_versions(&path("README.md")).is_empty());
}

#[tokio::test]
async fn at_most_fifty_versions_are_told() {
    let github = Github::start().await;
    for number in 0..70 {
        github.repo(UPSTREAM).commit("main", &[(README, format!("{number}\n").as_bytes())]);
    }
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = github.repo(UPSTREAM).head("main");
    let versions = mirror.snapshot(&head).unwrap().upstream_versions(&path(README));
    assert_eq!((versions.len(), versions[0].as_slice()), (50, &b"69\n"[..]));
}
