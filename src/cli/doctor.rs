//! `doctor`: what is missing on this machine, and the command that mends it.
//! May import: `app`, `config`, `github/`, `sandbox/`.
//! Next: the errors of each room, which say how they are mended.

use std::process::{Command, ExitCode};

use serde::Serialize;

use super::CourseArg;
use crate::app;
use crate::config;
use crate::domain::Course;
use crate::github::Client;
use crate::sandbox::Engine;
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    course: CourseArg,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

/// What came of one look.
#[derive(Debug, Serialize)]
struct Finding {
    part: String,
    state: State,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Fine,
    /// Works, and is worth knowing.
    Note,
    Missing,
}

fn finding(part: &str, state: State, says: impl Into<String>) -> Finding {
    Finding { part: part.to_owned(), state, says: says.into() }
}

/// Looks at every part; exit code 1 where one is missing.
pub async fn doctor(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let settings = Settings::from_env()?;
    let mut findings = vec![git()];
    let course = course(&args, &mut findings);
    findings.push(database(&settings).await);
    engine(&settings, course.as_ref(), &mut findings).await;
    findings.push(github(&settings, course.as_ref()).await);
    findings.push(webhooks(&settings));
    if args.json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for one in &findings {
            let mark = match one.state {
                State::Fine => "✔",
                State::Note => "•",
                State::Missing => "✘",
            };
            println!("{mark} {:<16} {}", one.part, one.says);
        }
    }
    let missing = findings.iter().any(|one| one.state == State::Missing);
    Ok(if missing { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn git() -> Finding {
    match Command::new("git").arg("--version").output() {
        Ok(output) => finding("git", State::Fine, String::from_utf8_lossy(&output.stdout).trim()),
        Err(_) => finding("git", State::Missing, "git is not installed: apt-get install git"),
    }
}

fn course(args: &DoctorArgs, findings: &mut Vec<Finding>) -> Option<Course> {
    let path = &args.course.course;
    if !path.exists() {
        let says = format!("{} is not there: `forkgrade course init owner/name` writes one", path.display());
        findings.push(finding("course", State::Note, says));
        return None;
    }
    match config::load(path) {
        Ok(course) => {
            findings.push(finding("course", State::Fine, format!("{} ({})", course.title, course.upstream)));
            Some(course)
        }
        Err(error) => {
            findings.push(finding("course", State::Missing, error.to_string()));
            None
        }
    }
}

async fn database(settings: &Settings) -> Finding {
    match app::database(settings).await {
        Ok((pool, cluster)) => {
            pool.close().await;
            let whose = if cluster.is_some() { "our own cluster" } else { "DATABASE_URL" };
            finding("database", State::Fine, format!("answers ({whose}), schema up to date"))
        }
        Err(error) => finding("database", State::Missing, format!("{error:#}")),
    }
}

async fn engine(settings: &Settings, course: Option<&Course>, findings: &mut Vec<Finding>) {
    let engine = match app::engine(settings, crate::random::lease()).await {
        Ok(engine) => engine,
        Err(error) => return findings.push(finding("engine", State::Missing, format!("{error:#}"))),
    };
    match engine.describe().await {
        Ok(says) => findings.push(finding("engine", State::Fine, says)),
        Err(error) => findings.push(finding("engine", State::Missing, error.to_string())),
    }
    match course.cloned().map_or_else(config::example_course, Ok) {
        Ok(course) => images(&engine, &course, findings).await,
        Err(error) => findings.push(finding("course", State::Missing, error.to_string())),
    }
}

async fn images(engine: &Engine, course: &Course, findings: &mut Vec<Finding>) {
    let python = course.sandbox.python.values().map(|reference| (reference, None));
    let services = course.services.values().map(|service| (&service.image, service.stand_in.as_deref()));
    for (reference, stand_in) in python.chain(services) {
        findings.push(match engine.image(reference, stand_in).await {
            Ok(image) if image.stand_in => {
                let says = format!("{} stands in for {reference}, which cannot be had here", image.reference);
                finding("image", State::Note, says)
            }
            Ok(image) => finding("image", State::Fine, image.reference),
            Err(error) => finding("image", State::Missing, error.to_string()),
        });
    }
}

async fn github(settings: &Settings, course: Option<&Course>) -> Finding {
    let who = if settings.github_token.is_some() {
        "with GITHUB_TOKEN"
    } else {
        "without a token (public only, 60 requests an hour)"
    };
    let Some(course) = course else {
        return finding("github", State::Note, format!("not asked: no course names an upstream; would ask {who}"));
    };
    let asked = async {
        Ok::<_, anyhow::Error>(Client::new(app::client_settings(settings))?.repository(&course.upstream).await?)
    };
    match asked.await {
        Ok(repository) => finding("github", State::Fine, format!("{} answers, {who}", repository.full_name)),
        Err(error) => finding("github", State::Missing, format!("{error:#}")),
    }
}

fn webhooks(settings: &Settings) -> Finding {
    if settings.webhook_secrets.is_empty() {
        let says = "GITHUB_WEBHOOK_SECRET is not set: webhooks are refused, pushes are found by sweeping";
        return finding("webhooks", State::Note, says);
    }
    finding("webhooks", State::Fine, format!("{} secret(s) accepted", settings.webhook_secrets.len()))
}
