//! `rescore`: the rubric in force applied to stored facts, and a look at what the file's would change.
//! May import: `app`, `grading/`, `db/`, `i18n`.
//! Next: `grading/look.rs`, `grading/apply.rs`.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;

use super::{CourseArg, show};
use crate::app::App;
use crate::db;
use crate::db::scores::Which;
use crate::domain::audit::Actor;
use crate::domain::ids::ForkId;
use crate::domain::{Points, Rubric, RubricHash};
use crate::grading::{self, Change, Mover, OfCriterion};
use crate::rubric::rubric_hash;

#[derive(Debug, clap::Args)]
pub struct RescoreArgs {
    #[command(flatten)]
    course: CourseArg,
    /// Show who would move by the rubric of course.toml, the most first and by which criteria, and store nothing.
    #[arg(long)]
    preview: bool,
    /// Print what moves as JSON.
    #[arg(long)]
    json: bool,
}

/// Puts the file's rubric in force where the file changed, and scores every submission again; no container runs.
pub async fn rescore(args: RescoreArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let done = if args.preview { preview(&app, args.json).await } else { apply(&app, args.json).await };
    app.close().await;
    done
}

async fn apply(app: &App, json: bool) -> anyhow::Result<ExitCode> {
    let now = app.clock.now();
    let mut moved = app.take_rubric_from_file().await?;
    moved.extend(grading::rescore(&app.pool, app.course_id, &app.course, &Actor::Command, now).await?);
    if json {
        println!("{}", serde_json::to_string_pretty(&moved)?);
        return Ok(ExitCode::SUCCESS);
    }
    for one in moved.iter().filter(|one| one.before != one.after) {
        println!("submission {}: {} -> {}", one.submission, one.before, one.after);
    }
    let totals = moved.iter().filter(|one| one.before != one.after).count();
    println!("{} scores stored anew, {totals} totals moved", moved.len());
    Ok(ExitCode::SUCCESS)
}

/// What `--preview --json` prints.
#[derive(Serialize)]
struct Previewed<'a> {
    rubric: RubricHash,
    in_force: RubricHash,
    up: usize,
    down: usize,
    unmoved: usize,
    /// Submissions that would keep their score: their facts were written by another version.
    unreadable: usize,
    movers: Vec<Moving<'a>>,
    criteria: &'a [OfCriterion],
}

#[derive(Serialize)]
struct Moving<'a> {
    full_name: &'a str,
    #[serde(flatten)]
    mover: &'a Mover,
}

async fn preview(app: &App, json: bool) -> anyhow::Result<ExitCode> {
    let conn = &mut *app.pool.acquire().await?;
    let in_force = db::rubrics::in_force(&mut *conn, app.course_id).await?;
    let look = grading::look(&mut *conn, app.course_id, &Arc::clone(&app.course), Which::All).await?;
    let forks = db::forks::all(conn, app.course_id).await?;
    let names: HashMap<ForkId, &str> = forks.iter().map(|fork| (fork.id, fork.full_name.as_str())).collect();
    let change = grading::change(&app.course, &in_force.rubric, &look);
    let unreadable = look.unreadable.len();
    if json {
        let name = |mover: &'_ Mover| Moving { full_name: names.get(&mover.fork).copied().unwrap_or_default(), mover };
        let previewed = Previewed {
            rubric: rubric_hash(&app.course.rubric),
            in_force: in_force.hash,
            up: change.up,
            down: change.down,
            unmoved: change.unmoved,
            unreadable,
            movers: change.movers.iter().map(name).collect(),
            criteria: &change.criteria,
        };
        println!("{}", serde_json::to_string_pretty(&previewed)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", table(&change, &names, &app.course.rubric));
    let Change { up, down, unmoved, .. } = change;
    println!("{up} up, {down} down, {unmoved} unmoved; nothing was stored: `forkgrade rescore` applies it");
    if unreadable > 0 {
        println!("{unreadable} scores would stay as they are: their facts were written by another version");
    }
    Ok(ExitCode::SUCCESS)
}

fn table(change: &Change, names: &HashMap<ForkId, &str>, rubric: &Rubric) -> comfy_table::Table {
    let rows = change.movers.iter().map(|mover| {
        let title = |id: &str| rubric.criterion(id).map_or(id, |criterion| &criterion.title_en).to_owned();
        let mut causes: Vec<String> =
            mover.causes.iter().map(|cause| format!("{} {}", title(&cause.criterion), signed(cause.points))).collect();
        for (what, points) in [("another sum", mover.scale), ("cap, lateness, rounding", mover.rest)] {
            if !points.is_zero() {
                causes.push(format!("{what} {}", signed(points)));
            }
        }
        if mover.other_submission {
            causes.push("another submission counts".to_owned());
        }
        vec![
            names.get(&mover.fork).copied().unwrap_or_default().to_owned(),
            mover.before.to_string(),
            mover.after.to_string(),
            signed(mover.difference()),
            causes.join(", "),
        ]
    });
    show::table(&["fork", "before", "after", "difference", "by"], &[1, 2, 3], rows)
}

fn signed(points: Points) -> String {
    if points > Points::ZERO { format!("+{points}") } else { points.to_string() }
}
