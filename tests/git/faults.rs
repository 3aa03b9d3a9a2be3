//! Servers that fail, disks that fill: the right word for each, and a mirror that still works afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use forkgrade::domain::CommitSha;
use forkgrade::domain::ids::RepoId;
use forkgrade::git::{GitError, Mirror};
use tempfile::{TempDir, tempdir};

use crate::support::git::{git, noise, text};
use crate::support::github::{Fault, Github, UPSTREAM};

/// A fork of some size, a mirror that holds the upstream, and the commit to be fetched.
async fn course() -> (Github, TempDir, Mirror, CommitSha) {
    let github = Github::start().await;
    let pushed = github.fork(UPSTREAM, "lina").commit("main", &[("data.bin", &noise(3 << 20, 5))]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    (github, folder, mirror, pushed)
}

async fn fetch(github: &Github, mirror: &Mirror) -> Result<Option<CommitSha>, GitError> {
    Ok(mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await?.head)
}

/// Files that only a broken fetch leaves behind.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() {
            found.extend(leftovers(&entry));
        } else if name.starts_with("tmp_")
            || name.ends_with(".keep")
            || (name.ends_with(".lock") && name != "forkgrade.lock")
        {
            found.push(entry);
        }
    }
    found
}

fn is_sound(folder: &Path) {
    git(&["-C", text(folder), "fsck", "--connectivity-only", "--no-dangling"]);
}

#[tokio::test]
async fn every_status_has_its_word() {
    let (github, _folder, mirror, pushed) = course().await;
    type IsRight = fn(&GitError) -> bool;
    let cases: [(u16, IsRight); 6] = [
        (401, |error| matches!(error, GitError::NotFound(_) | GitError::Denied(_))),
        (403, |error| matches!(error, GitError::Denied(_))),
        (404, |error| matches!(error, GitError::NotFound(_))),
        (429, |error| matches!(error, GitError::Unreachable(_))),
        (500, |error| matches!(error, GitError::Unreachable(_))),
        (503, |error| matches!(error, GitError::Unreachable(_))),
    ];
    for (status, is_right) in cases {
        github.fail("info/refs", 9, Fault::status(status));
        let error = fetch(&github, &mirror).await.unwrap_err();
        assert!(is_right(&error), "{status}: {error:?}");
        github.mend();
    }
    assert_eq!(fetch(&github, &mirror).await.unwrap(), Some(pushed));
}

#[tokio::test]
async fn a_connection_that_breaks_midway_costs_nothing_but_another_try() {
    let (github, folder, mirror, pushed) = course().await;
    for after in [10, 5_000, 1 << 20] {
        // The pack, not the listing before it.
        github.fail("git-upload-pack", 1, Fault::BreakOff { after });
        github.fail("git-upload-pack", 1, Fault::BreakOff { after });
        let error = fetch(&github, &mirror).await.unwrap_err();
        assert!(matches!(error, GitError::Dropped(_)), "after {after}: {error:?}");
        github.mend();
        assert!(!mirror.has(&pushed));
        assert_eq!(leftovers(folder.path()), Vec::<PathBuf>::new());
        is_sound(folder.path());
    }
    assert_eq!(fetch(&github, &mirror).await.unwrap(), Some(pushed));
}

#[tokio::test]
async fn garbage_in_place_of_git_is_an_error_of_ours() {
    let (github, folder, mirror, pushed) = course().await;
    for part in ["info/refs", "git-upload-pack?", "/git-upload-pack"] {
        github.fail(part, 9, Fault::garbage("<html>Sign in to the hotel's network</html>"));
        let outcome = fetch(&github, &mirror).await;
        assert!(part == "git-upload-pack?" || outcome.is_err(), "{part}: {outcome:?}");
        github.mend();
    }
    assert_eq!(fetch(&github, &mirror).await.unwrap(), Some(pushed));
    is_sound(folder.path());
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_with_all_its_processes() {
    let (github, _folder, _mirror, pushed) = course().await;
    let folder = tempdir().unwrap();
    let mut settings = github.mirror_settings();
    settings.time_limit = Duration::from_secs(2);
    let mirror = Mirror::open(folder.path(), settings).unwrap();
    github.fail("lina/course.git/git-upload-pack", 1, Fault::Silence);
    let begun = std::time::Instant::now();
    let error = fetch(&github, &mirror).await.unwrap_err();
    assert!(matches!(error, GitError::TimedOut { seconds: 2 }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
    // The helper that holds the connection is a child of git's, and gone too.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let port = github.url().port().unwrap();
    let processes = Command::new("pgrep").args(["-f", &format!("git.*127.0.0.1:{port}/lina")]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&processes.stdout), "");
    assert_eq!(fetch(&github, &mirror).await.unwrap(), Some(pushed));
}

#[tokio::test]
async fn a_server_that_is_away_is_unreachable() {
    let (github, _folder, mirror, _pushed) = course().await;
    let nobody = "http://127.0.0.1:1/lina/course.git";
    let error = mirror.fetch_fork(RepoId(7), nobody, "main").await.unwrap_err();
    assert!(matches!(error, GitError::Unreachable(_)), "{error:?}");
    drop(github);
}

#[tokio::test]
async fn a_repository_beyond_the_limit_is_refused_and_leaves_nothing() {
    let (github, _folder, _mirror, pushed) = course().await;
    let folder = tempdir().unwrap();
    let mut settings = github.mirror_settings();
    settings.max_pack_bytes = 1 << 20;
    let mirror = Mirror::open(folder.path(), settings).unwrap();
    let error = fetch(&github, &mirror).await.unwrap_err();
    assert!(matches!(error, GitError::TooLarge { limit_mib: 1 }), "{error:?}");
    assert!(!mirror.has(&pushed));
    assert_eq!(leftovers(folder.path()), Vec::<PathBuf>::new());
    mirror.fetch_upstream(&github.clone_url(UPSTREAM), "main").await.unwrap();
}

/// A file system of a few megabytes, for as long as the value lives.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(mebibytes: u32) -> Self {
        let folder = tempdir().unwrap();
        let options = format!("size={mebibytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs", text(folder.path())]).status();
        assert!(mounted.is_ok_and(|status| status.success()), "this test mounts a small disk: run it as root");
        Self(folder)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["--lazy", text(self.0.path())]).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_named_and_the_mirror_survives_it() {
    let (github, _folder, _mirror, pushed) = course().await;
    let disk = SmallDisk::mount(2);
    let folder = disk.0.path().join("mirror.git");
    let mirror = github.mirror_with_upstream(&folder).await;
    let error = fetch(&github, &mirror).await.unwrap_err();
    assert!(matches!(error, GitError::DiskFull(_)), "{error:?}");
    assert_eq!(leftovers(&folder), Vec::<PathBuf>::new());
    is_sound(&folder);
    // Small pushes go on, and the large one comes as soon as there is room.
    let small = github.fork(UPSTREAM, "tom").commit("main", &[("app.py", b"1\n")]);
    let fetched = mirror.fetch_fork(RepoId(8), &github.clone_url("tom/course"), "main").await.unwrap();
    assert_eq!(fetched.head, Some(small));
    let grown = Command::new("mount").args(["-o", "remount,size=20m", text(disk.0.path())]).status();
    assert!(grown.unwrap().success());
    assert_eq!(fetch(&github, &mirror).await.unwrap(), Some(pushed));
}

#[tokio::test]
async fn what_a_killed_process_left_behind_does_not_matter() {
    let (github, folder, mirror, pushed) = course().await;
    drop(mirror);
    let packs = folder.path().join("objects/pack");
    std::fs::write(packs.join("tmp_pack_abc"), b"half a pack").unwrap();
    std::fs::create_dir_all(folder.path().join("refs/forks/7")).unwrap();
    std::fs::write(folder.path().join("refs/forks/7/head.lock"), b"").unwrap();
    std::fs::write(folder.path().join("packed-refs.lock"), b"").unwrap();
    let mirror = github.mirror(folder.path());
    assert_eq!(leftovers(folder.path()), Vec::<PathBuf>::new());
    assert_eq!(fetch(&github, &mirror).await.unwrap(), Some(pushed));
}

#[tokio::test]
async fn a_mirror_that_was_taken_away_is_an_error_and_no_endless_wait() {
    let (github, folder, mirror, _pushed) = course().await;
    drop(folder);
    let outcome = tokio::time::timeout(Duration::from_secs(5), fetch(&github, &mirror)).await;
    let error = outcome.expect("it comes to an end").unwrap_err();
    assert!(matches!(&error, GitError::Other(text) if text.contains("forkgrade.lock")), "{error:?}");
}

#[tokio::test]
async fn without_git_the_error_says_how_to_get_it() {
    let (github, _folder, _mirror, _pushed) = course().await;
    let folder = tempdir().unwrap();
    let mut settings = github.mirror_settings();
    // `sh` alone, without git beside it.
    let programs = tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/sh", programs.path().join("sh")).unwrap();
    settings.environment = vec![("PATH".into(), programs.path().into())];
    let mirror = Mirror::open(folder.path(), settings).unwrap();
    let error = fetch(&github, &mirror).await.unwrap_err();
    assert!(matches!(error, GitError::NoGit(_)) && error.to_string().contains("apt-get install git"), "{error:?}");
}
