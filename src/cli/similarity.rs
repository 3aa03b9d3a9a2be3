//! `similarity`: which forks share passages that are not the course's.
//! May import: `app`, `grading/`, `db/`, `similarity/`.
//! Next: `grading/similarity.rs`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;

use super::{CourseArg, show};
use crate::db;
use crate::domain::ids::ForkId;
use crate::grading::similarity::refresh;
use crate::similarity::{Likeness, Passage, VERSION};

#[derive(Debug, clap::Args)]
pub struct SimilarityArgs {
    #[command(flatten)]
    course: CourseArg,
    /// Print the pairs with their passages as JSON.
    #[arg(long)]
    json: bool,
}

/// A pair with the names of its forks.
#[derive(Debug, Serialize)]
struct Named<'a> {
    forks: [&'a str; 2],
    percent: u32,
    tokens: u32,
    passages: &'a [Passage],
}

/// Compares the newest submission of every fork with those of all others; nothing is run and no score moves.
pub async fn similarity(args: SimilarityArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let earlier = app.earlier().await?;
    refresh(&app.pool, app.course_id, &app.course, &app.mirror, &earlier, &app.clock).await?;
    let mut conn = app.pool.acquire().await?;
    let look = db::similarity::load::<Likeness>(&mut conn, app.course_id, VERSION).await?;
    let likeness = look.context("the comparison was not kept")?.document;
    let names: BTreeMap<ForkId, String> = db::similarity::newest(&mut conn, app.course_id)
        .await?
        .into_iter()
        .map(|one| (one.fork, one.full_name))
        .collect();
    drop(conn);
    let named = |fork: &ForkId| names.get(fork).or_else(|| likeness.earlier.get(fork));
    let name = |work: usize| likeness.forks.get(work).and_then(named).map_or("?", String::as_str);
    let pairs: Vec<Named<'_>> = likeness
        .pairs
        .iter()
        .map(|pair| Named {
            forks: pair.works.map(name),
            percent: pair.percent,
            tokens: pair.tokens,
            passages: &pair.passages,
        })
        .collect();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&pairs)?);
    } else {
        let rows = pairs.iter().map(|pair| {
            let [left, right] = pair.forks.map(str::to_owned);
            vec![left, right, format!("{} %", pair.percent), pair.tokens.to_string()]
        });
        println!("{}", show::table(&["fork", "fork", "shared", "tokens"], &[2, 3], rows));
        println!("{} pairs among {} forks", pairs.len(), likeness.forks.len());
        if likeness.missing > 0 {
            println!("{} forks are not fetched yet: forkgrade sync", likeness.missing);
        }
    }
    app.close().await;
    Ok(ExitCode::SUCCESS)
}
