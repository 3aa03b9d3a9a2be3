//! `rescore`: the current rubric applied to stored facts.
//! May import: `app`, `grading/`.
//! Next: `grading/rescore.rs`.

use std::process::ExitCode;

use super::CourseArg;
use crate::domain::audit::Actor;
use crate::grading;

#[derive(Debug, clap::Args)]
pub struct RescoreArgs {
    #[command(flatten)]
    course: CourseArg,
    /// Print what moved as JSON.
    #[arg(long)]
    json: bool,
}

/// Scores every submission again; no container runs.
pub async fn rescore(args: RescoreArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let now = app.clock.now();
    let by = Actor::Command;
    let moved = grading::rescore(&app.pool, app.course_id, &app.course, &by, now).await?;
    app.close().await;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&moved)?);
    } else {
        for one in moved.iter().filter(|one| one.before != one.after) {
            println!("submission {}: {} -> {}", one.submission, one.before, one.after);
        }
        let totals = moved.iter().filter(|one| one.before != one.after).count();
        println!("{} scores stored anew, {totals} totals moved", moved.len());
    }
    Ok(ExitCode::SUCCESS)
}
