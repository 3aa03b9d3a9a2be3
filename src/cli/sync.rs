//! `sync`: list the forks, fetch what changed, queue submissions.
//! May import: `app`, `sync`.
//! Next: `src/sync.rs` for the sweep itself.

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use super::{CourseArg, show};
use crate::app::App;
use crate::db;
use crate::sync::{SweepEvent, SweepReport};

#[derive(Debug, clap::Args)]
pub struct SyncArgs {
    #[command(flatten)]
    course: CourseArg,
    /// Print the forks as JSON.
    #[arg(long)]
    json: bool,
}

/// Sweeps once and prints every fork.
pub async fn sync(args: SyncArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let report = sweep_with_progress(&app).await?;
    let forks = db::forks::all(&mut *app.pool.acquire().await?, app.course_id).await?;
    app.close().await;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&forks)?);
    } else {
        let rows = forks.iter().map(|fork| {
            vec![
                fork.full_name.clone(),
                fork.state.as_str().to_owned(),
                fork.branch.clone(),
                fork.head.as_ref().map(|head| head.as_str().chars().take(10).collect()).unwrap_or_default(),
                fork.pushed_at.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default(),
                fork.trouble.as_ref().map(trouble_words).unwrap_or_default(),
            ]
        });
        println!("{}", show::table(&["fork", "state", "branch", "head", "pushed (UTC)", "trouble"], &[], rows));
    }
    Ok(if report.troubled > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn trouble_words(trouble: &crate::domain::Message) -> String {
    crate::i18n::text(crate::domain::course::Language::En, trouble)
}

/// Sweeps with a bar on a terminal, and says in a line what came of it.
pub async fn sweep_with_progress(app: &App) -> anyhow::Result<SweepReport> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let report = crate::sync::sweep(&app.sweep_context(), &|event| match event {
        SweepEvent::Listed { forks } => bar.set_message(format!("listed {forks} forks")),
        SweepEvent::ToFetch { forks } => bar.set_length(forks as u64),
        SweepEvent::Fetched { fork } => {
            bar.inc(1);
            bar.set_message(format!("fetched {fork}"));
        }
    })
    .await;
    bar.finish_and_clear();
    let report = report?;
    eprintln!(
        "{} forks listed, {} fetched, {} new submissions, {} in trouble",
        report.listed, report.fetched, report.submissions, report.troubled
    );
    Ok(report)
}
