//! One mirror against one `git clone` per fork, from the same server on loopback: time, disk, and their ratios.
//!
//! `cargo bench --bench fetch` makes forks of its own. For real ones: `FORKGRADE_BENCH_REPOS` names a folder with
//! `<owner>/<name>.git`, `FORKGRADE_BENCH_UPSTREAM` the upstream among them (`owner/name`).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use forkgrade::demo::server::{Repository, Server};
use forkgrade::domain::ids::RepoId;
use forkgrade::git::{Mirror, MirrorSettings};
use futures::{StreamExt, TryStreamExt};
use git2::{Oid, Signature, Time};
use tempfile::TempDir;
use tokio::process::Command;
use url::Url;

/// As the sweep does.
const AT_ONCE: usize = 4;
const FORKS: usize = 40;
/// The default course's limit.
const MAX_BLOB: u64 = 5 << 20;

/// A repository that is cloned and fetched.
struct Fork {
    full_name: String,
    branch: String,
}

struct Figures {
    time: Duration,
    bytes: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let given = env::var_os("FORKGRADE_BENCH_REPOS").map(PathBuf::from);
    let made = if given.is_none() { Some(make_course()?) } else { None };
    let repos = match (&given, &made) {
        (Some(given), _) => given.clone(),
        (None, Some(made)) => made.path().to_owned(),
        (None, None) => bail!("no repositories"),
    };
    let upstream = env::var_os("FORKGRADE_BENCH_UPSTREAM").and_then(|name| name.into_string().ok());
    let upstream = upstream.unwrap_or_else(|| "teacher/course".to_owned());
    let (upstream, forks): (Vec<_>, Vec<_>) = found(&repos)?.into_iter().partition(|fork| fork.full_name == upstream);
    let upstream = upstream.first().context("FORKGRADE_BENCH_UPSTREAM names none of the repositories")?;
    let all: Vec<&Fork> = std::iter::once(upstream).chain(&forks).collect();
    let registry = all.iter().zip(1..).map(|(fork, id)| registered(fork, id)).collect();
    let server = Server::start("127.0.0.1:0".parse()?, registry, repos).await?;

    println!("{} forks and their upstream, from one server on loopback", forks.len());
    let clones = clones(&server.url(), &all, 1).await?;
    print("git clone of each, one after the other", &clones, None);
    print(
        &format!("git clone of each, {AT_ONCE} at once"),
        &self::clones(&server.url(), &all, AT_ONCE).await?,
        Some(&clones),
    );
    let folder = tempfile::tempdir()?;
    let mirror = Mirror::open(folder.path(), MirrorSettings::new(MAX_BLOB, None, vec![Url::parse(&server.url())?]))?;
    let mut mirrored = fetch(&mirror, &server.url(), upstream, &forks, folder.path()).await?;
    print("one mirror", &mirrored, Some(&clones));
    let begun = Instant::now();
    mirror.tidy().await?;
    mirrored = Figures { time: mirrored.time + begun.elapsed(), bytes: bytes_below(folder.path())? };
    print("one mirror, tidied", &mirrored, Some(&clones));
    print(
        "everything asked again",
        &fetch(&mirror, &server.url(), upstream, &forks, folder.path()).await?,
        Some(&clones),
    );
    Ok(())
}

async fn clones(server: &str, forks: &[&Fork], at_once: usize) -> anyhow::Result<Figures> {
    let folder = tempfile::tempdir()?;
    let begun = Instant::now();
    let cloning = forks.iter().zip(0..).map(|(fork, number)| {
        let (url, place) = (format!("{server}/{}.git", fork.full_name), folder.path().join(format!("{number}")));
        async move {
            let mut git = Command::new("git");
            git.args(["-c", "protocol.version=2", "clone", "--quiet", &url]).arg(place);
            git.env("GIT_LFS_SKIP_SMUDGE", "1").stdout(Stdio::null()).stderr(Stdio::null());
            // A fork that cannot be checked out whole has been cloned all the same.
            git.status().await.context("git clone")
        }
    });
    futures::stream::iter(cloning).buffer_unordered(at_once).try_collect::<Vec<_>>().await?;
    let time = begun.elapsed();
    Ok(Figures { time, bytes: bytes_below(folder.path())? })
}

async fn fetch(
    mirror: &Mirror,
    server: &str,
    upstream: &Fork,
    forks: &[Fork],
    folder: &Path,
) -> anyhow::Result<Figures> {
    let begun = Instant::now();
    let url = |fork: &Fork| format!("{server}/{}.git", fork.full_name);
    mirror.fetch_upstream(&url(upstream), &upstream.branch).await?;
    let fetching = forks.iter().zip(2..).map(|(fork, id)| {
        let url = url(fork);
        async move { mirror.fetch_fork(RepoId(id), &url, &fork.branch).await.with_context(|| fork.full_name.clone()) }
    });
    futures::stream::iter(fetching).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
    Ok(Figures { time: begun.elapsed(), bytes: bytes_below(folder)? })
}

fn print(what: &str, figures: &Figures, baseline: Option<&Figures>) {
    let (seconds, mebibytes) = (figures.time.as_secs_f64(), figures.bytes as f64 / f64::from(1 << 20));
    print!("{what:42} {seconds:8.1} s {mebibytes:9.1} MiB");
    if let Some(baseline) = baseline {
        let disk = figures.bytes as f64 / baseline.bytes.max(1) as f64;
        print!("   {:.2} of the time, {disk:.2} of the disk", seconds / baseline.time.as_secs_f64());
    }
    println!();
}

fn registered(fork: &Fork, id: i64) -> Repository {
    let (owner, name) = fork.full_name.split_once('/').unwrap_or((&fork.full_name, ""));
    Repository {
        id,
        owner: owner.to_owned(),
        name: name.to_owned(),
        parent: None,
        default_branch: fork.branch.clone(),
        pushed_at: None,
        private: false,
        disabled: false,
        archived: false,
        size: 1,
    }
}

/// Every `<owner>/<name>.git` with the branch that its HEAD names.
fn found(repos: &Path) -> anyhow::Result<Vec<Fork>> {
    let mut forks = Vec::new();
    for owner in folders(repos)? {
        for repo in folders(&owner)? {
            let Some(name) = repo.strip_prefix(repos)?.to_str().and_then(|name| name.strip_suffix(".git")) else {
                continue;
            };
            let head = fs::read_to_string(repo.join("HEAD")).unwrap_or_default();
            let branch = head.trim().strip_prefix("ref: refs/heads/").unwrap_or("main").to_owned();
            forks.push(Fork { full_name: name.to_owned(), branch });
        }
    }
    forks.sort_by(|a, b| a.full_name.cmp(&b.full_name));
    Ok(forks)
}

fn folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths: Vec<PathBuf> = paths.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
}

fn bytes_below(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        bytes += if kind.is_dir() { bytes_below(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

/// An upstream with some megabytes of course material over fifty commits, and forks of it with a few commits each. Every
/// sixth fork carries a file above the limit.
fn make_course() -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let upstream = folder.path().join("teacher/course.git");
    let repo = bare(&upstream)?;
    for number in 0..50 {
        commit(&repo, &format!("chapter{}/data{number}.bin", number % 6), &noise(300 << 10, number))?;
    }
    for number in 0..FORKS {
        let path = folder.path().join(format!("student{number}/course.git"));
        let fork = bare(&path)?;
        fork.remote_anonymous(upstream.to_str().context("a path in UTF-8")?)?.fetch(
            &["refs/heads/main:refs/heads/main"],
            None,
            None,
        )?;
        for step in 0..5 {
            commit(
                &fork,
                &format!("6Evaluation/Projet/file{step}.py"),
                &noise(4 << 10, 1000 + (number * 10 + step) as u64),
            )?;
        }
        if number % 6 == 0 {
            commit(&fork, "chromedriver", &noise(6 << 20, 5000 + number as u64))?;
        }
    }
    Ok(folder)
}

fn bare(path: &Path) -> anyhow::Result<git2::Repository> {
    let mut options = git2::RepositoryInitOptions::new();
    options.bare(true).mkpath(true).external_template(false).initial_head("main");
    Ok(git2::Repository::init_opts(path, &options)?)
}

fn commit(repo: &git2::Repository, path: &str, bytes: &[u8]) -> anyhow::Result<Oid> {
    let parent = repo.head().ok().map(|head| head.peel_to_commit()).transpose()?;
    let parents: Vec<_> = parent.iter().collect();
    let base = match &parent {
        Some(parent) => parent.tree()?,
        None => repo.find_tree(repo.treebuilder(None)?.write()?)?,
    };
    let mut change = git2::build::TreeUpdateBuilder::new();
    change.upsert(path, repo.blob(bytes)?, git2::FileMode::Blob);
    let tree = repo.find_tree(change.create_updated(repo, &base)?)?;
    let who = Signature::new("Lina", "lina@example.org", &Time::new(1_710_504_000, 60))?;
    Ok(repo.commit(Some("refs/heads/main"), &who, &who, "work", &tree, &parents)?)
}

/// Bytes that no packing makes smaller.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
