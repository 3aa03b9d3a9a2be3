//! `extend`: a later deadline for one student, from a terminal.
//! May import: `app`, `grading/`, `db/`, `domain/`.
//! Next: `grading/by_hand.rs`, which decides.

use std::process::ExitCode;

use anyhow::Context;

use super::CourseArg;
use crate::app::App;
use crate::db;
use crate::domain::Login;
use crate::domain::audit::Actor;
use crate::domain::decision::parse_until;
use crate::grading::Deciding;

#[derive(Debug, clap::Args)]
pub struct ExtendArgs {
    /// The student's GitHub login.
    login: Login,
    /// Their new deadline: 2026-02-05 (until 23:59), 2026-02-05 18:00 in the course's time zone, or with an offset.
    #[arg(long, required_unless_present = "remove", conflicts_with = "remove", value_name = "MOMENT")]
    until: Option<String>,
    /// Why; kept in the audit log.
    #[arg(long, required_unless_present = "remove", value_name = "TEXT")]
    reason: Option<String>,
    /// Take the extension back instead.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    course: CourseArg,
}

/// Extends a student's deadline or takes that back, scores what it touches, and prints it.
pub async fn extend(args: ExtendArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let done = decide(&app, &args).await;
    app.close().await;
    done
}

async fn decide(app: &App, args: &ExtendArgs) -> anyhow::Result<ExitCode> {
    let students = db::roster::students(&mut *app.pool.acquire().await?, app.course_id).await?;
    let student = students.iter().find(|student| student.login.is_same(&args.login));
    let student = student.with_context(|| format!("no student is called {}", args.login))?;
    let (by, reason) = (Actor::Command, args.reason.as_deref().unwrap_or_default());
    let deciding =
        Deciding { pool: &app.pool, course_id: app.course_id, course: &app.course, by: &by, now: app.clock.now() };
    let moved = match &args.until {
        Some(until) => {
            let until = parse_until(until, app.course.time_zone)?;
            let moved = deciding.extend(student.id, until, reason).await?;
            println!("{} has until {}", student.login, until.with_timezone(&app.course.time_zone));
            moved
        }
        None => {
            let moved = deciding.take_extension(student.id, reason).await;
            let moved = moved.with_context(|| format!("{} has no extension to take back", student.login))?;
            println!("the course's own deadline is {}'s again", student.login);
            moved
        }
    };
    for one in &moved {
        println!("submission {}: {} -> {}", one.submission, one.before, one.after);
    }
    Ok(ExitCode::SUCCESS)
}
