//! How long it takes to compare 300 forks with one another: reading, tokens, search and passages.
//!
//! `cargo bench --bench similarity` writes forks of its own. For real ones: `FORKGRADE_BENCH_MIRROR` names a course's mirror
//! (`<data>/mirrors/<slug>.git`), whose forks are taken again and again until there are 300.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow};
use forkgrade::config::{DEFAULT_COURSE, parse};
use forkgrade::domain::CommitSha;
use forkgrade::domain::source::Source;
use forkgrade::git::{Mirror, MirrorSettings};
use forkgrade::observe::folder::Folder;
use forkgrade::observe::python::parse::with_deep_stack;
use forkgrade::similarity::{Known, Work, compare};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const FORKS: usize = 300;
/// Files and functions of a fork that this makes.
const FILES: usize = 8;
const FUNCTIONS: usize = 25;
/// One in so many copies the fork before it.
const COPIES: usize = 20;
/// The default course's limit.
const MAX_BLOB: u64 = 5 << 20;

fn main() -> anyhow::Result<()> {
    let mirror = env::var_os("FORKGRADE_BENCH_MIRROR");
    let measure = || match &mirror {
        Some(mirror) => real(Path::new(mirror)),
        None => made(),
    };
    with_deep_stack(measure).context("no thread to compare on")?
}

/// The forks of a mirror, read from it each time.
fn real(folder: &Path) -> anyhow::Result<()> {
    let mirror = Mirror::open(folder, MirrorSettings::new(MAX_BLOB, None, Vec::new()))?;
    let repository = git2::Repository::open_bare(folder)?;
    let heads = repository.references_glob("refs/forks/*/head")?.filter_map(|head| head.ok()?.target());
    let heads: Vec<CommitSha> = heads.filter_map(|id| id.to_string().parse().ok()).collect();
    println!("{} forks of {}, until there are {FORKS}", heads.len(), folder.display());
    measure(heads.iter().cycle().take(FORKS), |head| Ok(mirror.snapshot(head)?))
}

/// Forks as different as generated ones can be, and a few copies.
fn made() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for fork in 0..FORKS {
        let seed = if fork % COPIES == COPIES - 1 { fork - 1 } else { fork };
        let mut random = StdRng::seed_from_u64(u64::try_from(seed)?);
        let project = folder.path().join(fork.to_string()).join("Evaluation/Projet");
        fs::create_dir_all(&project)?;
        for file in 0..FILES {
            fs::write(project.join(format!("part{file}.py")), program(&mut random))?;
        }
    }
    println!("{FORKS} forks made of {FILES} files with {FUNCTIONS} functions each");
    measure(0..FORKS, |fork| Ok(Folder::open(&folder.path().join(fork.to_string()))?))
}

fn program(random: &mut StdRng) -> String {
    let mut text = "from flask import Flask\napp = Flask(__name__)\n".to_owned();
    let calls = ["find", "get", "sort", "parse", "update", "filter", "select", "strip"];
    for function in 0..FUNCTIONS {
        let _ = writeln!(text, "\ndef step_{function}(source, limit={}):", random.random_range(1..999));
        for _ in 0..random.random_range(4..16) {
            let call = calls[random.random_range(0..calls.len())];
            let _ = match random.random_range(0..5) {
                0 => writeln!(text, "    rows = [row.{call}('{}') for row in source if row]", random.random::<u16>()),
                1 => writeln!(text, "    if limit > {}:\n        source.{call}(limit)", random.random_range(0..99)),
                2 => writeln!(text, "    source['{}'] = source.{call}({{'a': limit}})", random.random::<u16>()),
                3 => writeln!(text, "    for key, value in source.{call}():\n        print(key, value)"),
                _ => writeln!(text, "    limit = limit * {} + len(source)", random.random_range(2..9)),
            };
        }
        text.push_str("    return source\n");
    }
    text
}

fn measure<T, S: Source>(forks: impl Iterator<Item = T>, open: impl Fn(T) -> anyhow::Result<S>) -> anyhow::Result<()> {
    let dirs = parse(DEFAULT_COURSE, "course.toml").map_err(|error| anyhow!("{error:?}"))?.project_dirs;
    let begun = Instant::now();
    let (mut known, mut works) = (Known::default(), Vec::new());
    for fork in forks {
        works.push(Work::read(&open(fork)?, None, &dirs, &mut known));
    }
    let read = begun.elapsed().as_secs_f64();
    let pairs = compare(&works, works.len(), &known);
    println!("{read:.1} s to read, {:.1} s in all; {} pairs", begun.elapsed().as_secs_f64(), pairs.len());
    Ok(())
}
