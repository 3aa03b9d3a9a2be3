//! What travels, and where it lies afterwards.

use std::path::Path;

use forkgrade::domain::ids::RepoId;
use forkgrade::domain::source::SourceError;
use forkgrade::domain::{RepoPath, Source};
use futures::StreamExt;
use tempfile::tempdir;

use crate::support::git::{NOON, git, noise, oid, text};
use crate::support::github::{Github, UPSTREAM};

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a safe path")
}

/// Every ref of a mirror, without what it points at.
fn refs(mirror: &Path) -> Vec<String> {
    let repository = git2::Repository::open_bare(mirror).unwrap();
    let mut names: Vec<String> =
        repository.references().unwrap().map(|reference| reference.unwrap().name().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| if entry.path().is_dir() { bytes_below(&entry.path()) } else { entry.metadata().unwrap().len() })
        .sum()
}

#[tokio::test]
async fn a_fork_brings_only_what_the_upstream_lacks() {
    let github = Github::start().await;
    github.repo(UPSTREAM).commit("main", &[("data.bin", &noise(2 << 20, 1))]);
    let fork = github.fork(UPSTREAM, "lina");
    let pushed = fork.commit("main", &[("6Evaluation/Projet/app.py", b"print('bonjour')\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let before = bytes_below(&folder.path().join("objects"));

    let fetched = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();

    assert_eq!(fetched.head.as_ref(), Some(&pushed));
    let grown = bytes_below(&folder.path().join("objects")) - before;
    assert!(grown < 20_000, "{grown} bytes came for one small file");
    let snapshot = mirror.snapshot(&pushed).unwrap();
    assert_eq!(snapshot.read(&path("6Evaluation/Projet/app.py"), 100).unwrap(), b"print('bonjour')\n");
    assert_eq!(snapshot.read(&path("README.md"), 100).unwrap(), b"# Course\n");
}

#[tokio::test]
async fn the_graded_branch_alone_is_taken_from_a_fork() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    let main = fork.commit("main", &[("app.py", b"1\n")]);
    let other = fork.commit("essai", &[("app.py", b"2\n")]);
    fork.reference("refs/pull/1/head", &other);
    fork.reference("refs/tags/v1", &main);
    github.repo(UPSTREAM).reference("refs/pull/3/head", &github.repo(UPSTREAM).head("main"));
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;

    mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();

    assert!(mirror.has(&main) && !mirror.has(&other));
    let upstream = github.repo(UPSTREAM).head("main");
    let expected = [
        "refs/forks/7/head".to_owned(),
        format!("refs/forks/7/seen/{main}"),
        "refs/upstream/HEAD".to_owned(),
        "refs/upstream/heads/main".to_owned(),
        format!("refs/upstream/seen/{upstream}"),
    ];
    assert_eq!(refs(folder.path()), expected);
}

#[tokio::test]
async fn a_file_above_the_limit_stays_where_it_is() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    let large = noise(6 << 20, 2);
    let pushed = fork.commit("main", &[("chromedriver", &large), ("app.py", b"1\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;

    mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();

    assert!(bytes_below(folder.path()) < 200_000, "the large file came along");
    let snapshot = mirror.snapshot(&pushed).unwrap();
    let entry = snapshot.entries().iter().find(|entry| entry.path.as_str() == "chromedriver").unwrap();
    assert_eq!(entry.size, None);
    let read = snapshot.read(&path("chromedriver"), u64::MAX);
    assert!(matches!(read, Err(SourceError::TooLarge { .. })), "{read:?}");
    assert_eq!(snapshot.read(&path("app.py"), 100).unwrap(), b"1\n");
    let asked = github.asked("lina/course.git").len();
    assert_eq!(asked, github.asked("lina/course.git").len(), "reading must ask nobody");
}

#[tokio::test]
async fn a_file_above_the_limit_does_not_stop_the_next_pushes_nor_the_packing() {
    let github = Github::start().await;
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let fork = github.fork(UPSTREAM, "lina");
    let url = github.clone_url("lina/course");
    let large = noise(6 << 20, 3);
    fork.commit("main", &[("donnees.csv", &large)]);
    mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap();
    // A delta against what was left out, a folder around it, and the file taken out again.
    let mut changed = large.clone();
    changed.truncate(4 << 20);
    for files in [("donnees.csv", &changed[..]), ("app.py", b"1\n"), ("donnees.csv", b"a;b\n")] {
        let pushed = fork.commit("main", &[files]);
        let fetched = mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap();
        assert_eq!(fetched.head, Some(pushed.clone()));
        assert!(mirror.snapshot(&pushed).unwrap().entries().len() > 3);
    }
    let branches: Vec<String> = (0..55).map(|number| format!("branch{number}")).collect();
    for branch in &branches {
        fork.commit(branch, &[("app.py", branch.as_bytes())]);
    }
    let fetches = branches.iter().zip(100..).map(|(branch, id)| mirror.fetch_fork(RepoId(id), &url, branch));
    let fetched: Vec<_> = futures::stream::iter(fetches).buffer_unordered(4).collect().await;
    assert!(fetched.iter().all(|fetched| fetched.as_ref().is_ok_and(|fetched| fetched.head.is_some())));
    assert!(mirror.tidy().await.unwrap(), "more than fifty packs are many");
    let packs = std::fs::read_dir(folder.path().join("objects/pack")).unwrap();
    let packs = packs.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "pack")).count();
    assert!(packs <= 2, "{packs} packs are left");
    let pushed = fork.commit("main", &[("app.py", b"after\n")]);
    mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap();
    assert_eq!(mirror.snapshot(&pushed).unwrap().read(&path("app.py"), 100).unwrap(), b"after\n");
}

#[tokio::test]
async fn a_force_push_loses_no_commit_that_was_handed_in() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    let start = fork.head("main");
    let handed_in = fork.commit("main", &[("app.py", b"handed in\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let url = github.clone_url("lina/course");
    mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap();

    fork.reset("main", &start);
    let rewritten = fork.commit("main", &[("app.py", b"rewritten\n")]);
    assert_eq!(mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap().head, Some(rewritten.clone()));
    // Everything that no ref holds would go here.
    git(&["-C", text(folder.path()), "-c", "gc.pruneExpire=now", "gc", "--quiet", "--prune=now"]);

    let read = |commit| mirror.snapshot(commit).unwrap().read(&path("app.py"), 100).unwrap();
    assert_eq!(read(&handed_in), b"handed in\n");
    assert_eq!(read(&rewritten), b"rewritten\n");
}

#[tokio::test]
async fn an_empty_repository_and_a_missing_branch_have_no_head() {
    let github = Github::start().await;
    github.create("lina/course");
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let empty = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();
    assert_eq!(empty.head, None);
    github.fork(UPSTREAM, "tom");
    let missing = mirror.fetch_fork(RepoId(8), &github.clone_url("tom/course"), "rendu").await.unwrap();
    assert_eq!(missing.head, None);
    let folder = tempdir().unwrap();
    let mirror = github.mirror(folder.path());
    let upstream = mirror.fetch_upstream(&github.clone_url("lina/course"), "main").await.unwrap();
    assert_eq!(upstream.head, None, "an upstream may be empty too");
}

#[tokio::test]
async fn partners_with_identical_projects_have_one_tree() {
    let github = Github::start().await;
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let mut trees = Vec::new();
    for (id, owner, extra) in [(7, "lina", "a.txt"), (8, "tom", "b.txt")] {
        let fork = github.fork(UPSTREAM, owner);
        let project: [(&str, &[u8]); 2] = [("6Evaluation/Projet/app.py", b"print(1)\n"), (extra, b"mine\n")];
        let pushed = fork.commit("main", &project);
        mirror.fetch_fork(RepoId(id), &github.clone_url(&format!("{owner}/course")), "main").await.unwrap();
        let snapshot = mirror.snapshot(&pushed).unwrap();
        trees.push((snapshot.tree_id(&path("6Evaluation/Projet")).unwrap(), snapshot.root_tree()));
        assert_eq!(snapshot.committed_at().timestamp(), NOON);
    }
    assert_eq!(trees[0].0, trees[1].0);
    assert_ne!(trees[0].1, trees[1].1);
}

#[tokio::test]
async fn many_forks_come_at_once() {
    let github = Github::start().await;
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let heads: Vec<_> = (0..24)
        .map(|number| {
            let fork = github.fork(UPSTREAM, &format!("student{number}"));
            fork.commit("main", &[("app.py", format!("print({number})\n").as_bytes())])
        })
        .collect();
    let fetches = (0..24).map(|number| {
        let url = github.clone_url(&format!("student{number}/course"));
        let mirror = &mirror;
        async move { mirror.fetch_fork(RepoId(number), &url, "main").await.unwrap().head }
    });
    let fetched = futures::future::join_all(fetches).await;
    assert_eq!(fetched, heads.iter().cloned().map(Some).collect::<Vec<_>>());
    assert!(heads.iter().all(|head| mirror.has(head)));
}

#[tokio::test]
async fn a_second_process_sees_what_the_first_fetched() {
    let github = Github::start().await;
    let folder = tempdir().unwrap();
    let first = github.mirror_with_upstream(folder.path()).await;
    let second = github.mirror(folder.path());
    let fork = github.fork(UPSTREAM, "lina");
    let pushed = fork.commit("main", &[("app.py", b"1\n")]);
    first.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();
    assert!(second.has(&pushed));
    assert_eq!(second.snapshot(&pushed).unwrap().commit(), &pushed);
}

#[tokio::test]
async fn a_project_of_its_own_is_kept_apart() {
    let github = Github::start().await;
    let project = github.create("lina/projet");
    let pushed = project.commit("main", &[("app.py", b"1\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let fetched = mirror.fetch_project(RepoId(9), &github.clone_url("lina/projet"), "main").await.unwrap();
    assert_eq!(fetched.head, Some(pushed.clone()));
    assert!(refs(folder.path()).contains(&"refs/projects/9/head".to_owned()));
    let kept = git2::Repository::open_bare(folder.path()).unwrap();
    assert_eq!(kept.refname_to_id(&format!("refs/projects/9/seen/{pushed}")).unwrap(), oid(&pushed));
}
