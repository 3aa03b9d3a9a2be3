//! The command line: every command, its help, its exit code.
//! May import: everything.
//! Next: a file per command beside this one.

mod annotations;
mod at_home;
mod check;
mod course;
mod demo;
mod doctor;
mod explain;
mod export;
mod extend;
mod grade;
mod recordings;
mod rescore;
mod roster;
mod serve;
mod show;
mod similarity;
mod standing;
mod sync;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::clock::Clock;
use crate::settings::Settings;

/// Grades a course that lives on GitHub as one repository and its student forks.
#[derive(Debug, Parser)]
#[command(name = "forkgrade", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 all is well, 1 problems were found, 2 misuse or broken configuration.\n\
    Environment: DATABASE_URL (own Postgres where absent), GITHUB_TOKEN, GITHUB_WEBHOOK_SECRET, GITHUB_API_URL,\n\
    GITHUB_URL, FORKGRADE_DATA_DIR, FORKGRADE_SLOTS, FORKGRADE_PULL, DOCKER_HOST. Secrets also as NAME_FILE.")]
struct Cli {
    /// More words: -v for what happens, -vv for every detail.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and webhooks, sweep for pushes and work, all in one process.
    Serve(serve::ServeArgs),
    /// Only work queued runs: start as many as you like, on as many machines.
    Worker(serve::WorkerArgs),
    /// List the forks, fetch what changed, queue submissions.
    Sync(sync::SyncArgs),
    /// Sync and grade, wait, print the scores; or grade a folder on disk.
    Grade(grade::GradeArgs),
    /// What a student runs at home: the static checks, without Docker or database.
    Check(check::CheckArgs),
    /// Apply the current rubric to the stored facts of every submission.
    Rescore(rescore::RescoreArgs),
    /// Show how a grade came about: every criterion, the arithmetic, what it was made from.
    Explain(explain::ExplainArgs),
    /// Give one student a later deadline, or take it back.
    Extend(extend::ExtendArgs),
    /// Show which forks share passages that are not the course's.
    Similarity(similarity::SimilarityArgs),
    /// Write the grades: CSV, Moodle CSV or JSON.
    Export(export::ExportArgs),
    /// Write or check a course.toml.
    #[command(subcommand)]
    Course(course::CourseCommand),
    /// Work on the class list.
    #[command(subcommand)]
    Roster(roster::RosterCommand),
    /// Work on what hosts answered to students' programs.
    #[command(subcommand)]
    Recordings(recordings::RecordingsCommand),
    /// Say what is missing on this machine, and the command that mends it.
    Doctor(doctor::DoctorArgs),
    /// Grade a complete course of its own on this machine.
    Demo(demo::DemoArgs),
    /// Runs inside a pod: pause, wait and observe.
    #[command(hide = true)]
    Probe(crate::probe::ProbeArgs),
}

/// Which course a command works on.
#[derive(Debug, Clone, clap::Args)]
pub struct CourseArg {
    /// The course's configuration.
    #[arg(long, env = "FORKGRADE_COURSE", default_value = "course.toml", value_name = "FILE")]
    pub course: PathBuf,
}

/// Runs the program and turns its end into an exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return ExitCode::from(2);
        }
    };
    log_to_stderr(cli.verbose);
    let done = runtime.block_on(run(cli.command));
    // A reader thread may still hold a student's file: nothing waits for it.
    runtime.shutdown_background();
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::serve(args).await,
        Command::Worker(args) => serve::worker(args).await,
        Command::Sync(args) => sync::sync(args).await,
        Command::Grade(args) => grade::grade(args).await,
        Command::Check(args) => check::run(&args),
        Command::Rescore(args) => rescore::rescore(args).await,
        Command::Explain(args) => explain::explain(args).await,
        Command::Extend(args) => extend::extend(args).await,
        Command::Similarity(args) => similarity::similarity(args).await,
        Command::Export(args) => export::export(args).await,
        Command::Course(command) => course::run(command),
        Command::Roster(command) => roster::run(command).await,
        Command::Recordings(command) => recordings::run(command).await,
        Command::Doctor(args) => doctor::doctor(args).await,
        Command::Demo(args) => demo::demo(args).await,
        Command::Probe(args) => Ok(crate::probe::run(args).await),
    }
}

fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "forkgrade=info,warn",
        _ => "forkgrade=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

/// The App of a course file.
async fn app(course: &Path) -> anyhow::Result<App> {
    let (course, suites) = crate::config::load_with_suites(course)?;
    let mut app = App::build(Settings::from_env()?, course, Clock::System).await?;
    app.suites = Arc::new(suites);
    Ok(app)
}
