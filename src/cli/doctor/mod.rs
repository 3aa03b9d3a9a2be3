//! `doctor`: what is missing on this machine, and the command that mends it.
//! May import: `app`, `config`, `observe/`, `sandbox/`.
//! Next: `ways.rs` for GitHub; the errors of each room, which say how they are mended.

mod ways;

use std::process::{Command, ExitCode};
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use super::CourseArg;
use crate::app;
use crate::config;
use crate::db;
use crate::domain::Course;
use crate::domain::ids::RunId;
use crate::observe::rendering::DOCUTILS;
use crate::sandbox::{Engine, Owner, Stands};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    course: CourseArg,
    /// The address under which people reach the pages.
    #[arg(long, env = "FORKGRADE_PUBLIC_URL")]
    public_url: Option<Url>,
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
    let last = database(&settings, &mut findings).await;
    engine(&settings, course.as_ref(), &mut findings).await;
    findings.push(ways::github(&settings, course.as_ref()).await);
    findings.extend(ways::ways(&settings, course.as_ref(), args.public_url.as_ref(), last).await);
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
    match config::load_with_suites(path) {
        Ok((course, _)) => {
            findings.push(finding("course", State::Fine, format!("{} ({})", course.title, course.upstream)));
            Some(course)
        }
        Err(error) => {
            findings.push(finding("course", State::Missing, error.to_string()));
            None
        }
    }
}

/// When the last webhook came, where the database can be asked.
async fn database(settings: &Settings, findings: &mut Vec<Finding>) -> Option<DateTime<Utc>> {
    match app::database(settings).await {
        Ok((pool, cluster)) => {
            let asked = async { db::deliveries::last(&mut *pool.acquire().await?).await };
            let last = asked.await.unwrap_or_default();
            pool.close().await;
            let whose = if cluster.is_some() { "our own cluster" } else { "DATABASE_URL" };
            findings.push(finding("database", State::Fine, format!("answers ({whose}), schema up to date")));
            last
        }
        Err(error) => {
            findings.push(finding("database", State::Missing, format!("{error:#}")));
            None
        }
    }
}

async fn engine(settings: &Settings, course: Option<&Course>, findings: &mut Vec<Finding>) {
    let runtime = course.and_then(|course| course.sandbox.runtime.as_deref());
    let engine = match app::engine(settings, crate::random::lease(), runtime).await {
        Ok(engine) => engine,
        Err(error) => return findings.push(finding("engine", State::Missing, format!("{error:#}"))),
    };
    match engine.describe().await {
        Ok((says, walls)) => {
            findings.push(finding("engine", State::Fine, says));
            findings.extend(walls.into_iter().map(|wall| {
                let state = match wall.stands {
                    Stands::Yes => State::Fine,
                    Stands::NotHere => State::Note,
                    Stands::Missing => State::Missing,
                };
                finding(wall.name, state, wall.says)
            }));
        }
        Err(error) => findings.push(finding("engine", State::Missing, error.to_string())),
    }
    findings.push(pod(&engine).await);
    match course.cloned().map_or_else(config::example_course, Ok) {
        Ok(course) => {
            images(&engine, &course, findings).await;
            findings.push(browser(&engine, &course).await);
            findings.extend(fit(&engine, &course, settings).await);
        }
        Err(error) => findings.push(finding("course", State::Missing, error.to_string())),
    }
}

/// Starts what every run starts first, and takes it away again.
async fn pod(engine: &Engine) -> Finding {
    let owner = Owner { run: RunId(0), lease: crate::random::lease() };
    let started = Instant::now();
    match engine.pod(owner, &[], &[]).await {
        Ok(pod) => {
            let says = format!("an empty one started in {:.1} s", started.elapsed().as_secs_f64());
            pod.remove().await;
            finding("pod", State::Fine, says)
        }
        Err(error) => finding("pod", State::Missing, error.to_string()),
    }
}

/// Runs go on without one: worth knowing, and not missing.
async fn browser(engine: &Engine, course: &Course) -> Finding {
    let reference = &course.sandbox.browser;
    match engine.browser_image(reference).await {
        Ok(Some(image)) => finding("browser", State::Fine, image.reference),
        Ok(None) if reference.is_empty() => finding("browser", State::Note, "the course takes no screenshots"),
        Ok(None) => {
            let says = format!(
                "{reference} is not here: no screenshots, and no browser for projects that drive one (./scripts/images browser makes ours)"
            );
            finding("browser", State::Note, says)
        }
        Err(error) => finding("browser", State::Missing, error.to_string()),
    }
}

/// How many runs the engine's machine takes at once.
async fn fit(engine: &Engine, course: &Course, settings: &Settings) -> Option<Finding> {
    let fit = engine.fit(course, settings.slots).await.ok()?;
    let wanted = course.sandbox.warm;
    let ready = match fit.warm {
        warm if usize::try_from(wanted).is_ok_and(|wanted| warm < wanted) => {
            format!("; of {wanted} pods to be kept ready, its memory allows {warm}")
        }
        0 => String::new(),
        warm => format!("; {warm} pods kept ready"),
    };
    Some(finding("runs", State::Fine, format!("{} at once{ready}", fit.slots)))
}

async fn images(engine: &Engine, course: &Course, findings: &mut Vec<Finding>) {
    let python = course.sandbox.python.values().map(|reference| (reference, None));
    let services = course.services.values().map(|service| (&service.image, service.stand_in.as_deref()));
    let suites = course.suites.values().filter_map(|suite| suite.image.as_ref());
    let judges =
        suites.chain(course.commands.values().map(|command| &command.image)).map(|reference| (reference, None));
    let docutils = DOCUTILS.to_owned();
    for (reference, stand_in) in python.chain(services).chain(judges).chain([(&docutils, None)]) {
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
