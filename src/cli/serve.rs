//! `serve` and `worker`: the processes that stay.
//! May import: `app`, `web/`, `worker/`, `sync`.
//! Next: `web/router.rs`, `worker/mod.rs`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::CourseArg;
use crate::app::{App, client_settings};
use crate::db;
use crate::github::oauth::SignIn;
use crate::sync::{self, SweepContext};
use crate::web;
use crate::worker::Progress;

#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    course: CourseArg,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", env = "FORKGRADE_LISTEN")]
    listen: SocketAddr,
    /// The address under which people reach the pages, when a proxy stands before them.
    #[arg(long, env = "FORKGRADE_PUBLIC_URL")]
    public_url: Option<Url>,
    /// The web alone: runs are worked elsewhere.
    #[arg(long)]
    no_worker: bool,
}

#[derive(Debug, clap::Args)]
pub struct WorkerArgs {
    #[command(flatten)]
    course: CourseArg,
}

/// Serves pages and webhooks, sweeps, and works.
pub async fn serve(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let stop = stop_on_signals()?;
    let server = Server::start(&app, args.listen, args.public_url, &stop).await?;
    println!("forkgrade serves {} at {}", app.course.title, server.public_url);
    println!("teacher (once, within a day): {}", server.teacher_link(&app).await?);
    if !args.no_worker {
        let worker = app.worker().await?;
        server.tasks.spawn(log_progress(worker.progress.subscribe()));
        server.tasks.spawn(worker.work(stop.clone()));
    }
    if let Some(outbox) = app.outbox(&server.public_url) {
        server.tasks.spawn(outbox.tell_until(stop.clone()));
    }
    server.tasks.spawn(sweep_until(app.sweep_context(), stop.clone()));
    server.wait().await;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Only works runs.
pub async fn worker(args: WorkerArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let stop = stop_on_signals()?;
    let worker = app.worker().await?;
    println!("working {} with {} slots as {}", app.course.title, worker.slots, worker.name);
    tokio::spawn(log_progress(worker.progress.subscribe()));
    worker.work(stop).await;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Nobody watches these processes: what their runs come to is in the log. Ends with the worker.
async fn log_progress(mut events: broadcast::Receiver<Progress>) {
    loop {
        match events.recv().await {
            Ok(Progress::Claimed { run, fork }) => tracing::info!(%run, fork, "claimed"),
            Ok(Progress::Graded { run, fork, total, seconds }) => tracing::info!(%run, fork, %total, seconds, "graded"),
            Ok(Progress::Delayed { run, fork }) => tracing::debug!(%run, fork, "an identical project runs right now"),
            Ok(Progress::Failed { run, fork, error, retried }) => {
                tracing::error!(%run, fork, retried, "a run of ours failed, and costs nobody a point: {error}");
            }
            Ok(Progress::EngineAway { error }) => tracing::error!("runs wait for the engine: {error}"),
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// The web server of a process and what runs beside it.
pub struct Server {
    pub public_url: Url,
    pub tasks: TaskTracker,
}

impl Server {
    /// Binds and serves until `stop`.
    pub async fn start(
        app: &App,
        listen: SocketAddr,
        public_url: Option<Url>,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("cannot listen on {listen}: another program may hold the port (choose one with --listen)")
        })?;
        let local = listener.local_addr()?;
        if app.settings.github_oauth.is_some() && public_url.is_none() && !local.ip().is_loopback() {
            anyhow::bail!("GitHub sends people back to one exact address: say it with FORKGRADE_PUBLIC_URL");
        }
        if public_url.is_some() && app.settings.trusted_proxies.is_empty() {
            tracing::warn!(
                "FORKGRADE_PUBLIC_URL is set and FORKGRADE_TRUSTED_PROXIES is not: if a proxy stands before this service, everybody \
                 seems to ask from the proxy's address, and shares one limit of requests"
            );
        }
        let public_url = match public_url {
            Some(url) => url,
            None => Url::parse(&format!("http://{local}"))?,
        };
        let tasks = TaskTracker::new();
        let state = web::State {
            pool: app.pool.clone(),
            course: Arc::clone(&app.course),
            course_id: app.course_id,
            clock: app.clock.clone(),
            mirror: Arc::clone(&app.mirror),
            live: web::Live::start(&app.pool, &tasks, stop.clone()),
            public_url: public_url.clone(),
            webhook_secrets: app.settings.webhook_secrets.clone(),
            github: sign_in(app, &public_url)?,
            github_app: app.github_app.clone(),
            summaries: web::Summaries::default(),
            proxies: web::Proxies::new(&app.settings.trusted_proxies),
            limits: web::Limits::default(),
        };
        tasks.spawn(state.limits.clone().forget(stop.clone()));
        tasks.spawn(web::serve(listener, web::router(state), stop.clone()));
        Ok(Self { public_url, tasks })
    }

    /// A link that signs one teacher in, once.
    pub async fn teacher_link(&self, app: &App) -> anyhow::Result<Url> {
        let token = crate::random::token();
        let now = app.clock.now();
        let conn = &mut *app.pool.acquire().await?;
        db::sessions::create_teacher_link(conn, app.course_id, &token, now, now + TimeDelta::days(1)).await?;
        Ok(self.public_url.join(&format!("t/{token}"))?)
    }

    /// Waits until everything has ended, but not for ever: an open page must not hold the process.
    pub async fn wait(self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// How people sign in with GitHub, where an OAuth app is configured.
fn sign_in(app: &App, public_url: &Url) -> anyhow::Result<Option<SignIn>> {
    let Some(oauth) = &app.settings.github_oauth else { return Ok(None) };
    Ok(Some(SignIn::new(oauth, &client_settings(&app.settings), public_url.join(web::CALLBACK)?)?))
}

/// A class that installs an app at once asks for one sweep, and not for a hundred.
const REST: Duration = Duration::from_secs(10);

/// Sweeps when the interval has passed or a webhook asked for it.
pub async fn sweep_until(context: SweepContext, stop: CancellationToken) {
    let interval = Duration::from_secs(u64::from(context.course.sweep_minutes) * 60);
    let (mut next, mut last) = (tokio::time::Instant::now(), None::<tokio::time::Instant>);
    loop {
        let rested = last.is_none_or(|last| tokio::time::Instant::now() >= last + REST);
        if tokio::time::Instant::now() >= next || (rested && asked_for(&context).await) {
            next = tokio::time::Instant::now() + interval;
            last = Some(tokio::time::Instant::now());
            if let Some(Err(error)) = stop.run_until_cancelled(sync::sweep(&context, &|_| {})).await {
                let limited = sync::limited_until(&error).and_then(|until| (until - context.clock.now()).to_std().ok());
                if let Some(wait) = limited {
                    // Not all at the same second: other programs may wait for the same limit.
                    next = tokio::time::Instant::now() + wait + crate::random::jitter(REST);
                    last = Some(next);
                }
                let minutes = (next - tokio::time::Instant::now()).as_secs().div_ceil(60);
                tracing::warn!("the sweep failed, and is tried again in {minutes} minutes: {error:#}");
            }
        }
        if stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(1))).await.is_none() {
            return;
        }
    }
}

async fn asked_for(context: &SweepContext) -> bool {
    let asked = async { db::courses::sweep_is_requested(&mut *context.pool.acquire().await?, context.course_id).await };
    asked.await.unwrap_or(false)
}

/// Cancelled by Ctrl-C or SIGTERM; a second Ctrl-C ends the process at once.
pub fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        token.cancel();
        let _ = tokio::signal::ctrl_c().await;
        std::process::exit(130);
    });
    Ok(stop)
}
