//! The files of a commit, whatever somebody put into it.

use forkgrade::domain::ids::RepoId;
use forkgrade::domain::source::SourceError;
use forkgrade::domain::{EntryKind, RepoPath, Source};
use forkgrade::git::Snapshot;
use git2::Oid;
use tempfile::tempdir;

use crate::support::git::{Author, Line, NOON, Repo};
use crate::support::github::{Github, UPSTREAM};

const LINA: Author<'_> = Author::new("Lina", NOON);

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a safe path")
}

fn file(name: &str, id: Oid) -> Line<'_> {
    Line { mode: "100644", name: name.as_bytes(), id }
}

/// Pushes a tree, fetches it through the server, reads it.
async fn snapshot_of(make: impl FnOnce(&Repo) -> Oid) -> Snapshot {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    let tree = make(&fork);
    fork.commit_tree(LINA, "main", tree, &[]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let fetched = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();
    let snapshot = mirror.snapshot(&fetched.head.unwrap()).unwrap();
    // Its open handles must outlive the folder's name.
    snapshot.entries().iter().for_each(|entry| drop(snapshot.read(&entry.path, 1 << 20)));
    snapshot
}

fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.entries().iter().map(|entry| entry.path.as_str()).collect()
}

#[tokio::test]
async fn symlinks_and_gitlinks_are_named_and_not_followed() {
    let snapshot = snapshot_of(|fork| {
        let target = fork.blob(b"../../../etc/passwd");
        let app = fork.blob(b"print(1)\n");
        let inner = fork.tree(&[file("app.py", app)]);
        fork.tree(&[
            file("a.py", app),
            Line { mode: "160000", name: b"nested", id: Oid::from_str(&"1".repeat(40)).unwrap() },
            Line { mode: "120000", name: b"passwd", id: target },
            Line { mode: "40000", name: b"src", id: inner },
            Line { mode: "100755", name: b"start.sh", id: app },
        ])
    })
    .await;
    let kinds: Vec<_> = snapshot.entries().iter().map(|entry| (entry.path.as_str(), entry.kind)).collect();
    let expected = [
        ("a.py", EntryKind::File),
        ("nested", EntryKind::Gitlink),
        ("passwd", EntryKind::Symlink),
        ("src", EntryKind::Folder),
        ("src/app.py", EntryKind::File),
        ("start.sh", EntryKind::File),
    ];
    assert_eq!(kinds, expected);
    for name in ["nested", "passwd", "src", "passwd/x", "absent"] {
        let read = snapshot.read(&path(name), 100);
        assert!(matches!(read, Err(SourceError::NotAFile(_))), "{name}: {read:?}");
    }
    assert!(snapshot.tree_id(&path("src")).is_some());
    assert!(snapshot.tree_id(&path("nested")).is_none() && snapshot.tree_id(&path("a.py")).is_none());
    assert!(!snapshot.truncated());
}

#[tokio::test]
async fn names_that_could_escape_are_left_out_and_said() {
    let snapshot = snapshot_of(|fork| {
        let blob = fork.blob(b"x");
        let inner = fork.tree(&[file("config", blob)]);
        let folder = |name: &'static [u8]| Line { mode: "40000", name, id: inner };
        let raw = |name: &'static [u8]| Line { mode: "100644", name, id: blob };
        fork.tree(&[
            raw(b".."),
            raw(b"."),
            folder(b".git"),
            folder(b".GIT"),
            raw(b"a/../../b"),
            raw(b"a\\..\\b"),
            raw(b"/etc/passwd"),
            raw(b"caf\xe9.py"),
            raw(b"fine.py"),
            raw(b"-rf"),
            raw("été.py".as_bytes()),
        ])
    })
    .await;
    assert_eq!(names(&snapshot), ["-rf", "fine.py", "été.py"]);
    assert!(snapshot.truncated());
    for name in ["-rf", "été.py"] {
        assert_eq!(snapshot.read(&path(name), 10).unwrap(), b"x");
    }
}

#[tokio::test]
async fn a_newline_in_a_name_is_data() {
    let snapshot = snapshot_of(|fork| {
        let blob = fork.blob(b"x");
        fork.tree(&[Line { mode: "100644", name: b"a\nb.py", id: blob }])
    })
    .await;
    assert!(names(&snapshot).iter().all(|name| *name == "a\nb.py"));
}

#[tokio::test]
async fn trees_without_end_are_cut() {
    // Ten folders in each of ten levels, all the same tree: 10^10 paths out of eleven objects.
    let bomb = snapshot_of(|fork| {
        let blob = fork.blob(b"x");
        let mut tree = fork.tree(&[file("leaf", blob)]);
        for _ in 0..10 {
            let lines: Vec<[u8; 1]> = (b'0'..=b'9').map(|digit| [digit]).collect();
            let lines: Vec<_> = lines.iter().map(|name| Line { mode: "40000", name, id: tree }).collect();
            tree = fork.tree(&lines);
        }
        tree
    })
    .await;
    assert!(bomb.truncated());
    assert_eq!(bomb.entries().len(), 200_000);
    let deep = snapshot_of(|fork| {
        let mut tree = fork.tree(&[file("leaf", fork.blob(b"x"))]);
        // As deep as git itself lets a push be, about.
        for _ in 0..1500 {
            tree = fork.tree(&[Line { mode: "40000", name: b"d", id: tree }]);
        }
        tree
    })
    .await;
    assert!(deep.truncated());
    assert!(deep.entries().len() < 100);
}

#[tokio::test]
async fn a_file_is_read_within_the_limit_only() {
    let snapshot = snapshot_of(|fork| fork.tree(&[file("a.txt", fork.blob(b"0123456789"))])).await;
    assert_eq!(snapshot.read(&path("a.txt"), 10).unwrap().len(), 10);
    let read = snapshot.read(&path("a.txt"), 9);
    assert!(matches!(read, Err(SourceError::TooLarge { limit: 9, .. })), "{read:?}");
    assert_eq!(snapshot.entries()[0].size, Some(10));
}

#[tokio::test]
async fn a_commit_without_files_is_an_empty_tree() {
    let snapshot = snapshot_of(|fork| fork.tree(&[])).await;
    assert!(snapshot.entries().is_empty() && !snapshot.truncated());
    assert_eq!(snapshot.root_tree().as_str(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    assert_eq!(snapshot.tree_id(&RepoPath::root()), Some(snapshot.root_tree()));
}

#[tokio::test]
async fn entries_are_sorted_by_path() {
    let snapshot = snapshot_of(|fork| {
        let blob = fork.blob(b"x");
        let inner = fork.tree(&[file("z", blob)]);
        // Git's own order has `a.b` before the folder `a`.
        fork.tree(&[file("a.b", blob), Line { mode: "40000", name: b"a", id: inner }, file("a0", blob)])
    })
    .await;
    let mut sorted = names(&snapshot);
    sorted.sort_unstable();
    assert_eq!(names(&snapshot), sorted);
    for entry in snapshot.entries().iter().filter(|entry| entry.kind == EntryKind::File) {
        assert_eq!(snapshot.read(&entry.path, 10).unwrap(), b"x", "{}", entry.path);
    }
}
