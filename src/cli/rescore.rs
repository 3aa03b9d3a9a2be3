//! `rescore`: the rubric in force applied to stored facts, and a look at what the file's would change.
//! May import: `app`, `grading/`, `db/`, `i18n`.
//! Next: `grading/look.rs`, `grading/apply.rs`.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::bail;
use serde::Serialize;

use super::{CourseArg, show};
use crate::app::App;
use crate::db;
use crate::db::scores::Which;
use crate::domain::audit::Actor;
use crate::domain::ids::ForkId;
use crate::domain::language::Language;
use crate::domain::{Points, Rubric, RubricHash};
use crate::grading::{self, Applying, Change, Mover, NewRubric, OfCriterion};
use crate::rubric::rubric_hash;

#[derive(Debug, clap::Args)]
pub struct RescoreArgs {
    #[command(flatten)]
    course: CourseArg,
    /// Show whom the rubric of course.toml would move, the most first and by which criteria, and store nothing.
    #[arg(long)]
    preview: bool,
    /// Put the rubric of course.toml in force first: whatever was applied on the rubric's page goes out of force.
    #[arg(long, conflicts_with = "preview")]
    from_file: bool,
    /// Why the rubric changes; kept with its version and in the audit log.
    #[arg(long, requires = "from_file", value_name = "TEXT", default_value = "")]
    reason: String,
    /// Print what moves as JSON.
    #[arg(long)]
    json: bool,
}

/// Scores every submission again by the rubric in force, or by the file's from now on; no container runs.
pub async fn rescore(args: RescoreArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let done = if args.preview { preview(&app, args.json).await } else { apply(&app, &args).await };
    app.close().await;
    done
}

async fn apply(app: &App, args: &RescoreArgs) -> anyhow::Result<ExitCode> {
    let (now, by) = (app.clock.now(), &Actor::Command);
    let in_force = grading::rubric_in_force(&app.pool, app.course_id, &app.course, now).await?;
    let moved = if args.from_file && in_force.rubric != app.course.rubric {
        let new = NewRubric { rubric: &app.course.rubric, source: None, by, reason: args.reason.trim() };
        match grading::apply_rubric(&app.pool, app.course_id, &app.course, new, None, now).await? {
            Applying::Applied(moved) => moved,
            Applying::Moved(_) => bail!("the class changed meanwhile: run it again"),
        }
    } else {
        grading::rescore(&app.pool, app.course_id, &app.course, by, now).await?
    };
    if args.json {
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
    let in_force = grading::rubric_in_force(&app.pool, app.course_id, &app.course, app.clock.now()).await?;
    let rubric = rubric_hash(&app.course.rubric);
    let conn = &mut *app.pool.acquire().await?;
    let look = grading::look(&mut *conn, app.course_id, &app.course, &rubric, Which::All).await?;
    let forks = db::forks::all(conn, app.course_id).await?;
    let names: HashMap<ForkId, &str> = forks.iter().map(|fork| (fork.id, fork.full_name.as_str())).collect();
    let change = grading::change(&app.course, &in_force.rubric, &look);
    let unreadable = look.unreadable.len();
    if json {
        let previewed = Previewed {
            rubric,
            in_force: in_force.hash,
            up: change.up,
            down: change.down,
            unmoved: change.unmoved,
            unreadable,
            movers: change
                .movers
                .iter()
                .map(|mover| Moving { full_name: names.get(&mover.fork).copied().unwrap_or_default(), mover })
                .collect(),
            criteria: &change.criteria,
        };
        println!("{}", serde_json::to_string_pretty(&previewed)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", table(&change, &names, &app.course.rubric));
    let Change { up, down, unmoved, .. } = change;
    println!("{up} up, {down} down, {unmoved} unmoved; nothing was stored: `forkgrade rescore --from-file` applies it");
    if unreadable > 0 {
        println!("{unreadable} scores would stay as they are: their facts were written by another version");
    }
    Ok(ExitCode::SUCCESS)
}

fn table(change: &Change, names: &HashMap<ForkId, &str>, rubric: &Rubric) -> comfy_table::Table {
    let rows = change.movers.iter().map(|mover| {
        let title = |id: &str| rubric.title_of_id(id, Language::En).to_owned();
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
