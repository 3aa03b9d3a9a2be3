//! `recordings`: what hosts answered to this course's programs; listed, shown, forgotten.
//! May import: `app`, `db/`.
//! Next: `egress/recorder.rs`, which records.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use super::{CourseArg, show};
use crate::app::App;
use crate::db;

/// Recordings in one list.
const LISTED: i64 = 10_000;

#[derive(Debug, Subcommand)]
pub enum RecordingsCommand {
    /// List the hosts with recordings, or the recordings of one host.
    List {
        host: Option<String>,
        /// Print as JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        course: CourseArg,
    },
    /// Write the body of one recording to standard output, and its headers to standard error.
    Show {
        recording: i64,
        #[command(flatten)]
        course: CourseArg,
    },
    /// Forget the recordings of a host (or all of them): the next run that needs them asks the host itself.
    Forget {
        #[arg(required_unless_present = "all")]
        host: Option<String>,
        /// The recordings of every host.
        #[arg(long, conflicts_with = "host")]
        all: bool,
        #[command(flatten)]
        course: CourseArg,
    },
}

/// Runs one of them.
pub async fn run(command: RecordingsCommand) -> anyhow::Result<ExitCode> {
    let course = match &command {
        RecordingsCommand::List { course, .. }
        | RecordingsCommand::Show { course, .. }
        | RecordingsCommand::Forget { course, .. } => course,
    };
    let app = super::app(&course.course).await?;
    let done = match &command {
        RecordingsCommand::List { host: None, json, .. } => hosts(&app, *json).await,
        RecordingsCommand::List { host: Some(host), json, .. } => of_host(&app, host, *json).await,
        RecordingsCommand::Show { recording, .. } => one(&app, *recording).await,
        RecordingsCommand::Forget { host, .. } => forget(&app, host.as_deref()).await,
    };
    app.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn hosts(app: &App, json: bool) -> anyhow::Result<()> {
    let hosts = db::recordings::hosts(&mut *app.pool.acquire().await?, app.course_id).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&hosts)?);
        return Ok(());
    }
    let rows = hosts.iter().map(|host| {
        let dates = [host.oldest, host.newest].map(|moment| moment.format("%Y-%m-%d %H:%M").to_string());
        let [oldest, newest] = dates;
        vec![host.host.clone(), host.answers.to_string(), host.bytes.to_string(), oldest, newest]
    });
    println!("{}", show::table(&["host", "answers", "bytes", "oldest (UTC)", "newest (UTC)"], &[1, 2], rows));
    Ok(())
}

async fn of_host(app: &App, host: &str, json: bool) -> anyhow::Result<()> {
    let conn = &mut *app.pool.acquire().await?;
    let listed = db::recordings::list(conn, app.course_id, Some(host), None, LISTED).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&listed)?);
        return Ok(());
    }
    let rows = listed.into_iter().map(|one| {
        let when = one.recorded_at.format("%Y-%m-%d %H:%M").to_string();
        let request = format!("{} {}", one.method, one.url);
        let by = one.fork_name.unwrap_or_default();
        vec![one.id.to_string(), request, one.status.to_string(), one.bytes.to_string(), when, by]
    });
    println!("{}", show::table(&["number", "request", "status", "bytes", "recorded (UTC)", "by"], &[0, 2, 3], rows));
    Ok(())
}

async fn one(app: &App, recording: i64) -> anyhow::Result<()> {
    let conn = &mut *app.pool.acquire().await?;
    let kept = db::recordings::load(conn, app.course_id, recording).await?;
    let kept = kept.with_context(|| {
        format!("no recording has the number {recording}: `forkgrade recordings list HOST` shows them")
    })?;
    eprintln!("{}", kept.status);
    for (name, value) in &kept.headers {
        // A host's bytes: nothing of them steers the terminal.
        eprintln!("{name}: {}", value.escape_default());
    }
    std::io::stdout().write_all(&kept.body).context("standard output")?;
    Ok(())
}

async fn forget(app: &App, host: Option<&str>) -> anyhow::Result<()> {
    let conn = &mut *app.pool.acquire().await?;
    let forgotten = db::recordings::forget(conn, app.course_id, host, None).await?;
    println!("{forgotten} recordings forgotten");
    Ok(())
}
