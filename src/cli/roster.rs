//! `roster`: the class list from a file.
//! May import: `app`, `roster/`, `db/`, `i18n`.
//! Next: `roster/mod.rs`, which reads it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use super::CourseArg;
use crate::app::App;
use crate::db;
use crate::i18n;
use crate::roster::{self, Changes};

#[derive(Debug, clap::Subcommand)]
pub enum RosterCommand {
    /// Import a class list: CSV with a column of GitHub logins, Moodle's export too.
    Import(ImportArgs),
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
}

/// Exit code 1 where the list has mistakes: nothing is imported then.
pub async fn run(command: RosterCommand) -> anyhow::Result<ExitCode> {
    let RosterCommand::Import(args) = command;
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let app = super::app(&args.course.course).await?;
    let done = import(&app, &args, &bytes).await;
    app.close().await;
    done
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
    let mut transaction = app.pool.begin().await?;
    db::roster::lock(&mut transaction, app.course_id).await?;
    let changes = roster::preview(&mut transaction, app.course_id, &list).await?;
    tell(&changes, &list.without_login);
    if args.dry_run {
        println!("nothing was changed (--dry-run)");
    } else {
        let now = app.clock.now();
        roster::apply(&mut transaction, app.course_id, &changes, now).await?;
        let (new, changed) = (changes.new.len(), changes.changed.len());
        db::roster::record_import(&mut transaction, app.course_id, "", new, changed, now).await?;
        transaction.commit().await?;
        let conn = &mut *app.pool.acquire().await?;
        for stray in db::roster::strays(conn, app.course_id).await? {
            println!("fork without a student of the list: {}", stray.full_name);
        }
        let students = db::roster::students(conn, app.course_id).await?;
        for student in students.iter().filter(|student| student.rostered && student.forks == 0) {
            println!("student without a fork: {}", student.login);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(changes: &Changes, without_login: &[String]) {
    for entry in &changes.new {
        println!("+ {} {}", entry.login, entry.name.as_deref().unwrap_or_default());
    }
    for change in &changes.changed {
        for (field, before, after) in &change.fields {
            println!("~ {} {field:?}: {before:?} -> {after:?}", change.entry.login);
        }
    }
    for login in &changes.gone {
        println!("  {login} is on an earlier list and not on this one, and stays");
    }
    for name in without_login {
        println!("  {name} has no GitHub login in this list");
    }
    println!(
        "{} new, {} changed, {} unchanged, {} without a login",
        changes.new.len(),
        changes.changed.len(),
        changes.unchanged,
        without_login.len()
    );
}
