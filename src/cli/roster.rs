//! `roster`: the class list from a file, and into one.
//! May import: `app`, `roster/`, `db/`, `i18n`.
//! Next: `roster/mod.rs`, which reads it.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use super::CourseArg;
use crate::app::App;
use crate::db;
use crate::db::roster::Said;
use crate::domain::audit::Actor;
use crate::grading::Decision;
use crate::i18n;
use crate::roster::{self, Look};

#[derive(Debug, clap::Subcommand)]
pub enum RosterCommand {
    /// Import a class list: CSV with a column of GitHub logins, Moodle's export too.
    Import(ImportArgs),
    /// Write the class list as CSV, as it can be imported again.
    Export(CourseArg),
}

#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    #[command(flatten)]
    course: CourseArg,
    /// The file.
    file: PathBuf,
    /// Only show what would change.
    #[arg(long)]
    dry_run: bool,
    /// Print what changes as JSON.
    #[arg(long)]
    json: bool,
}

/// Exit code 1 where the list has mistakes: nothing is imported then.
pub async fn run(command: RosterCommand) -> anyhow::Result<ExitCode> {
    match command {
        RosterCommand::Import(args) => {
            let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
            let app = super::app(&args.course.course).await?;
            let done = import(&app, &args, &bytes).await;
            app.close().await;
            done
        }
        RosterCommand::Export(args) => {
            let app = super::app(&args.course).await?;
            let done = export(&app).await;
            app.close().await;
            done
        }
    }
}

async fn import(app: &App, args: &ImportArgs, bytes: &[u8]) -> anyhow::Result<ExitCode> {
    let list = match roster::read(bytes) {
        Ok(list) => list,
        Err(mistakes) => {
            for mistake in mistakes {
                let line = mistake.line.map(|line| format!(":{line}")).unwrap_or_default();
                let says = i18n::text(app.course.language, &mistake.message);
                eprintln!("{}{line}: {says}", args.file.display());
            }
            return Ok(ExitCode::from(1));
        }
    };
    let now = app.clock.now();
    let mut decision = Decision::begin(&app.pool, app.course_id, &app.course, None, now).await?;
    db::roster::lock(decision.conn(), app.course_id).await?;
    let said = Said { by: &Actor::Command, now };
    let look = roster::import(decision.conn(), app.course_id, &list, &said).await?;
    if args.dry_run {
        drop(decision);
    } else {
        let (new, changed) = (look.changes.new.len(), look.changes.changed.len());
        db::roster::record_import(decision.conn(), app.course_id, "", new, changed, now).await?;
        decision.settle().await?;
        decision.commit().await?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&look)?);
    } else {
        tell(&look);
        if args.dry_run {
            println!("nothing was changed (--dry-run)");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(app: &App) -> anyhow::Result<ExitCode> {
    let conn = &mut *app.pool.acquire().await?;
    let students = db::roster::students(conn, app.course_id).await?;
    let awaited = db::roster::awaited(conn, app.course_id).await?;
    std::io::stdout().write_all(&roster::write(&students, &awaited)?)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(look: &Look) {
    let changes = &look.changes;
    for entry in &changes.new {
        let login = entry.login.as_ref().map(ToString::to_string).unwrap_or_default();
        println!("+ {login} {}", entry.name.as_deref().unwrap_or_default());
    }
    for change in &changes.changed {
        for (field, before, after) in &change.fields {
            println!("~ {} {field:?}: {before:?} -> {after:?}", change.login);
        }
    }
    for tied in &look.shared {
        println!("↔ {} shares {} with their group", tied.login, tied.fork);
    }
    for login in &changes.gone {
        println!("  {login} is on an earlier list and not on this one, and stays");
    }
    for entry in &changes.awaited {
        let name = entry.name.as_deref().or(entry.email.as_deref()).unwrap_or_default();
        println!("? {name} has no GitHub login yet, and is awaited");
    }
    for stray in &look.strays {
        println!("! fork without a student of the list: {}", stray.full_name);
    }
    for login in &look.without_fork {
        println!("! student without a fork: {login}");
    }
    println!(
        "{} new, {} changed, {} unchanged, {} without a login",
        changes.new.len(),
        changes.changed.len(),
        changes.unchanged,
        changes.awaited.len()
    );
}
