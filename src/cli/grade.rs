//! `grade`: sync, work until nothing is queued, print the scores; or a folder on disk.
//! May import: `app`, `worker/`, `sync`, `observe/`, `rubric/`.
//! Next: `grading/grade.rs`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::standing::{self, Standing};
use super::{CourseArg, show, sync};
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config;
use crate::db;
use crate::db::audit::Entry;
use crate::domain::audit::{Action, Actor};
use crate::domain::course::Language;
use crate::domain::facts::execution::Verdict;
use crate::domain::facts::inspection::ReadmeFormat;
use crate::domain::facts::{Execution, Facts, Inspection, JudgeFacts};
use crate::domain::finding::Provenance;
use crate::domain::ids::RunId;
use crate::domain::judges::Suites;
use crate::domain::{Course, FactsAddress, Outcome, Score};
use crate::i18n;
use crate::observe::execution::{self, ExecutionRequest};
use crate::observe::files::archive_of;
use crate::observe::folder::Folder;
use crate::observe::inspect::{InspectRequest, SeparateProject, inspect_rendered, readmes};
use crate::observe::judges::told::HandedIn;
use crate::observe::judges::{Given, Judging, Panel, of_submission};
use crate::observe::rendering;
use crate::rubric::Submitted;
use crate::sandbox::Owner;
use crate::settings::Settings;
use crate::web::{self, Rerun, Summaries, words};

#[derive(Debug, clap::Args)]
pub struct GradeArgs {
    /// Forks to grade, as owner/name or owner; with --all or none of them, every fork.
    forks: Vec<String>,
    /// Every fork of the course.
    #[arg(long, conflicts_with = "forks")]
    all: bool,
    /// Run projects again whose facts are known.
    #[arg(long)]
    force: bool,
    /// Run a part of the class again: all (the version of record and the newest of every fork), of-record, failed (through our own
    /// fault), not-started, or criterion=ID (where what it reads would be observed anew).
    #[arg(long, value_name = "WHICH", conflicts_with_all = ["forks", "all", "force"])]
    rerun: Option<Rerun>,
    /// Grade a folder on disk instead; needs the engine, but no database and no GitHub.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["forks", "all", "force", "rerun"])]
    path: Option<PathBuf>,
    /// What is not pinned is installed as of this day, and not of today: that of the last commit, for instance.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "path")]
    as_of: Option<NaiveDate>,
    /// Print the scores as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    course: CourseArg,
}

/// Grades and prints.
pub async fn grade(args: GradeArgs) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.path {
        return grade_folder(folder, &args.course.course, args.as_of, args.json).await;
    }
    let app = super::app(&args.course.course).await?;
    let report = sync::sweep_with_progress(&app).await?;
    if let Some(rerun) = &args.rerun {
        run_again(&app, rerun).await?;
    } else if args.force || !args.forks.is_empty() {
        queue(&app, &args.forks, args.force).await?;
    }
    let stop = super::serve::stop_on_signals()?;
    work_until_idle(&app, &stop).await?;
    let standings = standings(&app, &args.forks).await?;
    let troubled = report.troubled > 0 || standings.iter().any(|standing| standing.trouble.is_some());
    app.close().await;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&standings)?);
    } else {
        println!("{}", standing::table(&standings));
    }
    Ok(if troubled || stop.is_cancelled() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Queues the newest submission of the named forks (or all).
async fn queue(app: &App, names: &[String], force: bool) -> anyhow::Result<()> {
    let mut transaction = app.pool.begin().await?;
    let forks = db::forks::all(&mut transaction, app.course_id).await?;
    for name in names {
        if !forks.iter().any(|fork| is_named(&fork.full_name, name)) {
            bail!("no fork is called {name}: `forkgrade sync` lists them");
        }
    }
    for fork in forks.iter().filter(|fork| names.is_empty() || names.iter().any(|name| is_named(&fork.full_name, name)))
    {
        let submissions = db::submissions::of_fork(&mut transaction, fork.id).await?;
        if let Some(newest) = submissions.first() {
            let scored = db::runs::of_submission(&mut transaction, newest.id).await?;
            if force || scored.iter().all(|run| run.state != crate::domain::RunState::Finished) {
                let now = app.clock.now();
                db::runs::enqueue(&mut transaction, newest.id, now, force).await?;
                if force {
                    let entry = Entry::new(&Actor::Command, Action::RunForced).of_submission(fork.id, newest.id);
                    db::audit::write(&mut transaction, app.course_id, &entry, now).await?;
                }
            }
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Queues a part of the class.
async fn run_again(app: &App, rerun: &Rerun) -> anyhow::Result<()> {
    let mut transaction = app.pool.begin().await?;
    let now = app.clock.now();
    let (id, summaries, by) = (app.course_id, Summaries::default(), Actor::Command);
    let runs = web::run_again(&mut transaction, id, &app.course, &summaries, rerun, &by, now).await?;
    transaction.commit().await?;
    eprintln!("{runs} submissions are run again");
    Ok(())
}

/// `owner/name`, or the owner alone.
pub(super) fn is_named(full_name: &str, name: &str) -> bool {
    let owner = full_name.split('/').next().unwrap_or_default();
    full_name.eq_ignore_ascii_case(name) || owner.eq_ignore_ascii_case(name)
}

/// Works in this process until no run of the course is queued or running, here or elsewhere.
pub async fn work_until_idle(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    let pending = db::runs::pending(&mut *app.pool.acquire().await?, app.course_id).await?;
    if pending == 0 {
        return Ok(());
    }
    let worker = app.worker().await?;
    eprintln!("grading {pending} submissions, {} at once", worker.slots);
    let shown = CancellationToken::new();
    let screen = tokio::spawn(show::runs(worker.clone(), pending.unsigned_abs(), shown.clone()));
    let mut events = worker.progress.subscribe();
    let idle = stop.child_token();
    let working = tokio::spawn(worker.work(idle.clone()));
    while !stop.is_cancelled() && db::runs::pending(&mut *app.pool.acquire().await?, app.course_id).await? > 0 {
        // A run of ours that ended is the event; one that ended elsewhere is found by looking.
        let look_again = tokio::time::timeout(std::time::Duration::from_secs(2), events.recv());
        let _ = stop.run_until_cancelled(look_again).await;
    }
    idle.cancel();
    working.await.context("the worker broke off")?;
    shown.cancel();
    screen.await.context("the progress display broke off")?;
    Ok(())
}

async fn standings(app: &App, names: &[String]) -> anyhow::Result<Vec<Standing>> {
    let mut standings = standing::standings(app).await?;
    standings.retain(|one| names.is_empty() || names.iter().any(|name| is_named(&one.fork, name)));
    Ok(standings)
}

fn verdict_word(verdict: Verdict) -> String {
    i18n::word(Language::En, &words::key("verdict", &verdict))
}

/// What `grade --path --json` prints.
#[derive(Serialize)]
struct FolderGrade<'a> {
    score: &'a Score,
    verdict: Option<Verdict>,
    inspection: &'a Inspection,
    execution: Option<&'a Execution>,
    judges: &'a [JudgeFacts],
}

/// Grades a folder as if it were a fork's root: inspects, runs in the sandbox, scores. Stores nothing.
async fn grade_folder(folder: &Path, course: &Path, as_of: Option<NaiveDate>, json: bool) -> anyhow::Result<ExitCode> {
    let (course, suites) =
        if course.exists() { config::load_with_suites(course)? } else { (config::example_course()?, Suites::new()) };
    let settings = Settings::from_env()?;
    let now = Clock::System.now();
    let as_of = as_of.and_then(|day| day.and_hms_opt(12, 0, 0)).map_or(now, |noon| noon.and_utc());
    let (course, source) = (Arc::new(course), Arc::new(Folder::open(folder)?));
    let inspection = inspect_folder(&settings, &course, &source, as_of).await?;
    let (execution, judges) = execute_folder(&settings, &course, &suites, source, &inspection, as_of).await?;
    let provenance = Provenance {
        rubric: crate::rubric::rubric_hash(&course.rubric),
        inspection: hash(&inspection)?,
        execution: execution.as_ref().map(hash).transpose()?,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        judges: judges.iter().map(hash).collect::<anyhow::Result<_>>()?,
    };
    let facts = Facts { inspection: &inspection, execution: execution.as_ref(), judges: &judges };
    let score = crate::rubric::score(&course, facts, Submitted::at(now), provenance);
    let verdict = execution.as_ref().map(Execution::verdict);
    if json {
        let execution = execution.as_ref();
        let grade = FolderGrade { score: &score, verdict, inspection: &inspection, execution, judges: &judges };
        println!("{}", serde_json::to_string_pretty(&grade)?);
    } else {
        super::check::print_findings(&course, &inspection, &score, course.language)?;
        super::check::print_hints(&crate::rubric::hints(&course.rubric, &inspection.readme), course.language)?;
        println!("{} / {}  {}", score.total, score.scale, verdict.map(verdict_word).unwrap_or_default());
    }
    let improvable = score.findings.iter().any(|finding| !finding.bonus && finding.outcome != Outcome::Passed);
    Ok(if improvable { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Reads the folder; its READMEs are rendered first, in the engine where that is needed.
async fn inspect_folder(
    settings: &Settings,
    course: &Arc<Course>,
    source: &Arc<Folder>,
    as_of: DateTime<Utc>,
) -> anyhow::Result<Inspection> {
    fn request(course: &Course, as_of: DateTime<Utc>) -> InspectRequest<'_> {
        InspectRequest { course, history: None, as_of, separate: SeparateProject::NotNamed }
    }
    let found = {
        let (course, source) = (Arc::clone(course), Arc::clone(source));
        tokio::task::spawn_blocking(move || readmes(source.as_ref(), &request(&course, as_of))).await?
    };
    let renderings = if found.iter().any(|readme| readme.format == ReadmeFormat::Restructuredtext) {
        let lease = crate::random::lease();
        let engine = app::engine(settings, lease, course.sandbox.runtime.as_deref()).await?;
        rendering::renderings(&engine, Owner { run: RunId(0), lease }, found).await?
    } else {
        rendering::renderings_here(found)
    };
    let (course, source) = (Arc::clone(course), Arc::clone(source));
    let read = move || inspect_rendered(source.as_ref(), request(&course, as_of), &renderings);
    Ok(tokio::task::spawn_blocking(read).await?)
}

/// Runs what there is to run, with the teacher's own judges.
async fn execute_folder(
    settings: &Settings,
    course: &Arc<Course>,
    suites: &Suites,
    source: Arc<Folder>,
    inspection: &Inspection,
    as_of: DateTime<Utc>,
) -> anyhow::Result<(Option<Execution>, Vec<JudgeFacts>)> {
    let plan = inspection.plan.as_ref().filter(|plan| !plan.steps.is_empty());
    if plan.is_none() && course.commands.is_empty() {
        return Ok((None, Vec::new()));
    }
    let lease = crate::random::lease();
    // No database names this installation: the run's own lease does, and cleans up by it.
    let engine = app::engine(settings, lease, course.sandbox.runtime.as_deref()).await?;
    let (facts, copy, sandbox) = (inspection.project.clone(), inspection.plan.clone(), course.sandbox.clone());
    let read = move || archive_of(source.as_ref(), &facts, copy.as_ref(), &sandbox);
    let archive: Bytes = tokio::task::spawn_blocking(read).await??.into();
    let owner = Owner { run: RunId(0), lease };
    let egress = app::egress(settings, course, None, Clock::System)?;
    let judged = async {
        let panel = Panel::of(&engine, course, suites).await?;
        let judging = Judging::ready(&engine, &panel, inspection, owner).await?;
        let (execution, mut judges) = match plan {
            Some(plan) => {
                let request =
                    ExecutionRequest { course, plan, archive: archive.clone(), as_of, owner, egress: &egress };
                let tell = |stage: crate::domain::Stage| eprintln!("{}…", stage.as_str());
                let observed = execution::execute_judged(&engine, request, Some(&judging), tell).await?;
                (Some(observed.execution), observed.judges)
            }
            None if inspection.project.folder.is_none() => (None, Vec::new()),
            None => (None, judging.alone(&engine, &archive, as_of, owner).await?),
        };
        let address = execution.as_ref().map(hash).transpose()?;
        let executed = address.as_ref().zip(execution.as_ref());
        let submitted = HandedIn { id: 0, created_at: as_of, users: Vec::new() };
        for (_, judge, facts, metadata) in panel.of_submission(inspection, executed, &submitted) {
            let given = Given { archive: archive.clone(), facts, metadata };
            judges.push(of_submission(&engine, judge, &given, owner).await?);
        }
        anyhow::Ok((execution, judges))
    };
    let judged = judged.await;
    engine.remove_lease(lease).await;
    judged
}

fn hash<T: Serialize>(document: &T) -> anyhow::Result<FactsAddress> {
    Ok(blake3::hash(&serde_json::to_vec(document)?).to_hex().to_string().try_into()?)
}
