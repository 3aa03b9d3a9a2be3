//! `demo`: a complete course on this machine, from a GitHub of its own to graded forks.
//! May import: `app`, `demo/`, and the commands that it is made of.
//! Next: `demo/course.rs` for what is in it, `grade.rs` for how it is worked.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::DateTime;
use chrono::Utc;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::serve::{self, Server};
use super::{grade, standing, sync};
use crate::app::App;
use crate::clock::Clock;
use crate::config;
use crate::demo::course::{self, DemoCourse, LatePush};
use crate::demo::server;
use crate::domain::Points;
use crate::domain::course::{Course, Deadline};
use crate::github::webhook;
use crate::settings::{Secret, Settings};

#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Address of the dashboard.
    #[arg(long, default_value = "127.0.0.1:8080", env = "FORKGRADE_LISTEN")]
    listen: SocketAddr,
    /// Where the demo lives; beside the data of real courses where absent.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// End when everything is graded instead of serving on.
    #[arg(long)]
    once: bool,
    /// Print the scores as JSON.
    #[arg(long)]
    json: bool,
}

/// Makes the course, grades it, and serves its dashboard until stopped.
pub async fn demo(args: DemoArgs) -> anyhow::Result<ExitCode> {
    let stop = serve::stop_on_signals()?;
    let mut settings = Settings::from_env()?;
    settings.data_dir = args.data_dir.clone().unwrap_or_else(|| settings.data_dir.join("demo"));
    let folder = settings.data_dir.join("github");
    let mut written = blocking(move || course::write(&folder)).await?;
    let github = start_github(&settings, &written).await?;
    println!("a GitHub of its own answers at {}", github.url());

    let deadline = written.deadline(Clock::System.now());
    let secret = Secret::new(crate::random::token());
    // Nothing of the demo touches a real course: its own database, its own GitHub, its own secret.
    settings.database_url = None;
    settings.github_token = None;
    settings.github_oauth = None;
    settings.github_api_url = Url::parse(&github.url())?;
    settings.github_url = Some(Url::parse(&github.url())?);
    settings.webhook_secrets = vec![secret.clone()];
    let app = App::build(settings, demo_course(&written.upstream(), deadline)?, Clock::System).await?;

    let server = Server::start(&app, args.listen, None, &stop).await?;
    println!("the dashboard: {}", server.teacher_link(&app).await?);
    println!("(the link signs you in, once; {} after that)", server.public_url);
    sync::sweep_with_progress(&app).await?;
    written.hold_deadline(deadline)?;
    grade::work_until_idle(&app, &stop).await?;
    written = hand_in_late(&app, &server, &github, written, deadline, &secret, &stop).await?;
    grade::work_until_idle(&app, &stop).await?;

    let standings = standing::standings(&app).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&standings)?);
    } else {
        println!("{}", standing::table(&standings));
    }
    if !args.once && !stop.is_cancelled() {
        println!("serving {} until Ctrl-C; the dashboard: {}", written.upstream(), server.teacher_link(&app).await?);
        let worker = app.worker().await?;
        server.tasks.spawn(worker.work(stop.clone()));
        server.tasks.spawn(serve::sweep_until(app.sweep_context(), stop.clone()));
        stop.cancelled().await;
    }
    stop.cancel();
    server.wait().await;
    app.close().await;
    let complete = standings.iter().all(|one| one.trouble.is_none());
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn blocking<T: Send + 'static, E: std::error::Error + Send + Sync + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> anyhow::Result<T> {
    Ok(tokio::task::spawn_blocking(work).await.context("writing the demo course broke off")??)
}

async fn start_github(settings: &Settings, written: &DemoCourse) -> anyhow::Result<server::Server> {
    let registry = written.repositories().iter().map(registered).collect();
    server::Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), registry, settings.data_dir.join("github")).await
}

fn registered(repository: &course::DemoRepository) -> server::Repository {
    server::Repository {
        id: repository.id,
        owner: repository.owner.clone(),
        name: repository.name.clone(),
        parent: repository.parent.clone(),
        default_branch: repository.default_branch.clone(),
        pushed_at: Some(repository.pushed_at),
        private: repository.private,
        disabled: false,
        archived: false,
        size: 100,
    }
}

/// The default course, due a moment after the demo's first start, with a penalty for what comes later.
fn demo_course(upstream: &str, deadline: DateTime<Utc>) -> anyhow::Result<Course> {
    let text = config::default_course("demo", "Data Engineer (démo)", upstream);
    let course = config::parse(&text, "the demo's course.toml")?;
    let deadline = Deadline {
        at: deadline.with_timezone(&course.time_zone).fixed_offset(),
        grace_minutes: 0,
        penalty_per_day: Some(Points::whole(2)),
        late_days: 7,
    };
    Ok(Course { deadline: Some(deadline), ..course })
}

/// One student pushes after the deadline, with a commit dated before it; a signed webhook tells of the push.
async fn hand_in_late(
    app: &App,
    server: &Server,
    github: &server::Server,
    mut written: DemoCourse,
    deadline: DateTime<Utc>,
    secret: &Secret,
    stop: &CancellationToken,
) -> anyhow::Result<DemoCourse> {
    let left = (deadline - app.clock.now()).to_std().unwrap_or_default();
    if !left.is_zero() {
        println!("one student pushes after the deadline, in {} s", left.as_secs());
        if stop.run_until_cancelled(tokio::time::sleep(left)).await.is_none() {
            return Ok(written);
        }
    }
    let now = app.clock.now();
    let (written, pushed) = blocking(move || written.push_late(now).map(|pushed| (written, pushed))).await?;
    if let Some(push) = pushed {
        let pushed_at = push.repository.pushed_at;
        github.update(&push.repository.full_name(), |repository| repository.pushed_at = Some(pushed_at));
        tell(server, &push, secret).await?;
    }
    Ok(written)
}

/// The webhook, as GitHub would send it.
async fn tell(server: &Server, push: &LatePush, secret: &Secret) -> anyhow::Result<()> {
    let payload = json!({
        "ref": format!("refs/heads/{}", push.repository.default_branch),
        "before": push.before,
        "after": push.after,
        "deleted": false,
        "repository": {
            "id": push.repository.id,
            "full_name": push.repository.full_name(),
            "default_branch": push.repository.default_branch,
        },
        "head_commit": { "id": push.after, "message": push.message, "timestamp": push.committed_at },
    });
    let body = serde_json::to_vec(&payload)?;
    let signature = webhook::sign(secret, &body).context("the webhook cannot be signed")?;
    // It is on this machine: through no proxy.
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()?
        .post(server.public_url.join("webhooks/github")?)
        .header("content-type", "application/json")
        .header("x-github-event", "push")
        .header("x-github-delivery", crate::random::token())
        .header("x-hub-signature-256", signature)
        .body(body)
        .send()
        .await?;
    if !answer.status().is_success() {
        bail!("our own server refused the demo's webhook: {}", answer.status());
    }
    Ok(())
}
