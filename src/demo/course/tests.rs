use std::path::Path;
use std::process::Command;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

use super::{DemoCourse, DemoRepository, write};

fn git(repository: &DemoRepository, args: &[&str]) -> String {
    let output = Command::new("git").arg("--git-dir").arg(&repository.git_dir).args(args).output().expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("git answers in UTF-8").trim().to_owned()
}

fn find<'c>(course: &'c DemoCourse, full_name: &str) -> &'c DemoRepository {
    course.repositories().iter().find(|repository| repository.full_name() == full_name).expect(full_name)
}

fn fork<'c>(course: &'c DemoCourse, login: &str) -> &'c DemoRepository {
    course
        .repositories()
        .iter()
        .find(|repository| repository.owner == login && repository.parent.is_some())
        .expect(login)
}

fn noon() -> DateTime<Utc> {
    "2026-02-01T12:00:00Z".parse().expect("a date")
}

#[test]
fn an_upstream_twenty_forks_and_a_separate_project() {
    let folder = tempfile::tempdir().expect("a folder");
    let course = write(folder.path()).expect("the demo is written");
    let all = course.repositories();
    let forks: Vec<_> = all.iter().filter(|repository| repository.parent.is_some()).collect();
    assert_eq!((all.len(), forks.len()), (22, 20));
    let mut ids: Vec<i64> = all.iter().map(|repository| repository.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "every repository has an id of its own");
    for repository in all {
        git(repository, &["fsck", "--strict", "--no-dangling"]);
        assert_eq!(git(repository, &["rev-parse", "HEAD"]), repository.head.as_str());
        assert!(repository.created_at <= repository.pushed_at, "{}", repository.full_name());
    }
    let of_fork: Vec<_> =
        forks.iter().filter(|fork| fork.parent.as_ref().is_some_and(|p| p.0 != "ecole-demo")).collect();
    assert_eq!(of_fork.len(), 1, "one fork of a fork");
}

#[test]
fn the_same_commits_everywhere_and_nothing_written_twice() {
    let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let first = write(one.path()).expect("the demo is written");
    let elsewhere = write(other.path()).expect("the demo is written");
    let heads = |course: &DemoCourse| {
        course.repositories().iter().map(|repository| (repository.id, repository.head.clone())).collect::<Vec<_>>()
    };
    assert_eq!(heads(&first), heads(&elsewhere));
    assert_eq!(git(find(&first, "ecole-demo/DataEngineerTools"), &["rev-list", "--count", "HEAD"]), "6");

    let before = files(one.path());
    let start = Instant::now();
    let again = write(one.path()).expect("the demo is there");
    assert!(start.elapsed().as_millis() < 500, "took {:?}", start.elapsed());
    assert_eq!((heads(&again), files(one.path())), (heads(&first), before));

    // A repository that was deleted is made again.
    std::fs::remove_dir_all(&fork(&again, "emma-lefevre").git_dir).expect("a folder that can be removed");
    assert_eq!(heads(&write(one.path()).expect("the demo is mended")), heads(&first));
}

fn files(folder: &Path) -> Vec<(std::path::PathBuf, std::time::SystemTime)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.clone(), path.metadata().and_then(|data| data.modified()).expect("a time")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn histories_are_those_of_forks() {
    let folder = tempfile::tempdir().expect("a folder");
    let course = write(folder.path()).expect("the demo is written");
    let upstream = find(&course, "ecole-demo/DataEngineerTools");
    let base = git(upstream, &["rev-parse", "HEAD~2"]);
    for login in ["louis-henry", "ines-benali", "antoine-moreau", "emma-lefevre"] {
        git(fork(&course, login), &["merge-base", "--is-ancestor", &base, "HEAD"]);
    }
    assert_eq!(fork(&course, "louis-henry").head.as_str(), base, "no commit of his own");
    let of_a_fork = fork(&course, "antoine-moreau");
    let shared = git(fork(&course, "nathan-dupuis"), &["rev-parse", "HEAD~3"]);
    git(of_a_fork, &["merge-base", "--is-ancestor", &shared, "HEAD"]);
    // The merge took the upstream's newer template and kept what the fork had written.
    let emma = fork(&course, "emma-lefevre");
    let merge = git(emma, &["log", "--merges", "--format=%H", "-1"]);
    assert_eq!(git(emma, &["show", "--format=%P", "-s", &merge]).split(' ').count(), 2);
    let template = git(upstream, &["rev-parse", "HEAD~1:6Evaluation/Projet/README.rst"]);
    assert_eq!(git(emma, &["rev-parse", &format!("{merge}:6Evaluation/Projet/README.rst")]), template);
    let refs = git(emma, &["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs, "refs/heads/master\nrefs/pull/1/head\nrefs/pull/1/merge");
}

#[test]
fn partners_share_a_tree_and_a_nested_repository_is_a_gitlink() {
    let folder = tempfile::tempdir().expect("a folder");
    let course = write(folder.path()).expect("the demo is written");
    let tree = |login| git(fork(&course, login), &["rev-parse", "HEAD:6Evaluation/Projet"]);
    assert_eq!(tree("emma-lefevre"), tree("hugo-marchand"));
    assert_ne!(tree("emma-lefevre"), tree("ines-benali"));
    let listed = git(fork(&course, "manon-perrin"), &["ls-tree", "HEAD", "6Evaluation/Projet/"]);
    assert!(listed.contains("160000 commit 5f1c9d0e2b7a4c6d8e9f0a1b2c3d4e5f60718293"), "{listed}");
    let jade = git(fork(&course, "jade-mercier"), &["ls-tree", "--name-only", "HEAD"]);
    assert!(!jade.contains("6Evaluation"), "{jade}");
}

#[test]
fn one_student_pushes_after_the_deadline_and_only_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut course = write(folder.path()).expect("the demo is written");
    let deadline = course.deadline(noon()).expect("a deadline");
    assert!(deadline > noon());
    let now = deadline + TimeDelta::seconds(1);
    let push = course.push_late(now).expect("git takes it").expect("it was not made yet");
    assert_eq!((push.repository.owner.as_str(), push.repository.pushed_at), ("paul-chevalier", now));
    assert!(push.committed_at < deadline, "its commit says that it was in time");
    assert_eq!(git(&push.repository, &["rev-parse", "HEAD~1", "HEAD"]), format!("{}\n{}", push.before, push.after));
    assert_eq!(course.push_late(now).expect("nothing to do"), None);

    // The next start finds all of it as it was left.
    let mut again = write(folder.path()).expect("the demo is there");
    assert_eq!(again.deadline(now).expect("a deadline"), deadline);
    assert_eq!(fork(&again, "paul-chevalier"), &push.repository);
    assert_eq!(again.push_late(now).expect("nothing to do"), None);
}
