//! App: builds and holds the parts of one process, from settings and one course.
//! May import: everything below the commands.
//! Next: `cli/`, where each command takes what it needs from here.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use sqlx::PgPool;
use tokio::sync::broadcast;
use url::Url;

use crate::clock::Clock;
use crate::db;
use crate::db::cluster::Cluster;
use crate::domain::Course;
use crate::domain::ids::CourseId;
use crate::domain::judges::Suites;
use crate::egress::{Egress, EgressSettings, Recordings};
use crate::git::{self, Mirror, MirrorSettings};
use crate::github::{self, Client, ClientSettings};
use crate::grading::similarity::Earlier;
use crate::grading::{self, Grading};
use crate::outbox::Outbox;
use crate::sandbox::{Engine, EngineSettings, Fit};
use crate::settings::Settings;
use crate::sync::SweepContext;
use crate::worker::Worker;

/// The parts of one process that graded work needs: database, GitHub client, git mirror, clock, configuration.
pub struct App {
    pub settings: Settings,
    /// As its file says. By its rubric nothing is scored before it is put in force: `db::rubrics::course` has the one that is.
    pub course: Arc<Course>,
    pub course_id: CourseId,
    /// The files of the course's hidden suites: none, until somebody has read them.
    pub suites: Arc<Suites>,
    pub pool: PgPool,
    pub github: Client,
    pub github_app: Option<github::app::App>,
    pub mirror: Arc<Mirror>,
    pub clock: Clock,
    /// Our own Postgres, where no `DATABASE_URL` was given. Stopped with the App.
    cluster: Option<Cluster>,
}

impl App {
    /// Connects the database (or starts our own), applies the course's configuration, opens the mirror.
    pub async fn build(settings: Settings, course: Course, clock: Clock) -> anyhow::Result<Self> {
        let (pool, cluster) = database(&settings).await?;
        let rubric_hash = crate::rubric::rubric_hash(&course.rubric);
        grading::note_rules(&pool, &course, clock.now()).await?;
        let course_id = db::courses::apply(&mut *pool.acquire().await?, &course, &rubric_hash).await?;
        let in_force = grading::rubric_in_force(&pool, course_id, &course, clock.now()).await?;
        if in_force.rubric != course.rubric {
            tracing::warn!(
                "the rubric of the course's file is not the one in force: `forkgrade rescore --preview` shows whom it would move, and \
                 `forkgrade rescore --from-file` puts it in force"
            );
        }
        let mirror = Mirror::open(&mirror_folder(&settings.data_dir, &course), mirror_settings(&settings, &course)?)?;
        let github_app = github_app(&settings)?;
        let github = client(&settings, github_app.as_ref(), &course.upstream)?;
        Ok(Self {
            settings,
            course: Arc::new(course),
            course_id,
            suites: Arc::default(),
            pool,
            github,
            github_app,
            mirror: Arc::new(mirror),
            clock,
            cluster,
        })
    }

    /// Connects the container engine; only what runs student code needs it.
    pub async fn engine(&self) -> anyhow::Result<Engine> {
        let installation = db::installation(&self.pool).await?;
        engine(&self.settings, installation, self.course.sandbox.runtime.as_deref()).await
    }

    /// The way out of this course's runs, with its recordings.
    pub fn egress(&self) -> anyhow::Result<Egress> {
        let recordings = Recordings { pool: self.pool.clone(), course: self.course_id };
        egress(&self.settings, &self.course, Some(recordings), self.clock.clone())
    }

    /// What a sweep works with.
    pub fn sweep_context(&self) -> SweepContext {
        SweepContext {
            pool: self.pool.clone(),
            course_id: self.course_id,
            course: Arc::clone(&self.course),
            github: self.github.clone(),
            mirror: Arc::clone(&self.mirror),
            clock: self.clock.clone(),
        }
    }

    /// The courses of earlier years that `course.toml` names.
    pub async fn earlier(&self) -> anyhow::Result<Vec<Earlier>> {
        let mut earlier = Vec::new();
        let conn = &mut *self.pool.acquire().await?;
        for slug in &self.course.earlier {
            let (id, course) = db::courses::by_slug(conn, slug).await?.with_context(|| {
                format!("course.toml names the earlier course {slug}, which this database does not hold: take it out of `earlier`, or run `forkgrade sync` once with that course's file")
            })?;
            let mirror = Mirror::open(
                &mirror_folder(&self.settings.data_dir, &course),
                mirror_settings(&self.settings, &course)?,
            )?;
            earlier.push(Earlier {
                id,
                title: course.title,
                project_dirs: course.project_dirs,
                mirror: Arc::new(mirror),
            });
        }
        Ok(earlier)
    }

    /// What tells students at GitHub; `None` where neither an app nor a token could.
    pub fn outbox(&self, public_url: &Url) -> Option<Outbox> {
        let token = self.settings.github_token.is_some().then(|| self.github.clone());
        if token.is_none() && self.github_app.is_none() {
            return None;
        }
        let is_here =
            public_url.host_str().is_none_or(|host| host == "localhost" || host.starts_with("127.") || host == "[::1]");
        Some(Outbox {
            pool: self.pool.clone(),
            course_id: self.course_id,
            course: Arc::clone(&self.course),
            clock: self.clock.clone(),
            app: self.github_app.clone(),
            token,
            public_url: (!is_here).then(|| public_url.clone()),
        })
    }

    /// A worker of this process, and the engine that it works with.
    pub async fn worker(&self) -> anyhow::Result<Worker> {
        let engine = self.engine().await?;
        let Fit { slots, warm } = engine.fit(&self.course, self.settings.slots).await?;
        let grading = Grading {
            pool: self.pool.clone(),
            course_id: self.course_id,
            course: Arc::clone(&self.course),
            suites: Arc::clone(&self.suites),
            mirror: Arc::clone(&self.mirror),
            earlier: self.earlier().await?,
            github: self.github.clone(),
            engine,
            egress: self.egress()?,
            clock: self.clock.clone(),
            stages: broadcast::channel(1024).0,
        };
        Ok(Worker { grading, name: worker_name(), slots, warm, progress: broadcast::channel(1024).0 })
    }

    /// Closes the database and stops our own Postgres.
    pub async fn close(self) {
        self.pool.close().await;
        if let Some(cluster) = self.cluster {
            let _ = tokio::task::spawn_blocking(move || cluster.stop()).await;
        }
    }
}

/// Connects to `DATABASE_URL`, or to our own cluster under the data folder.
pub async fn database(settings: &Settings) -> anyhow::Result<(PgPool, Option<Cluster>)> {
    const CONNECTIONS: u32 = 20;
    if let Some(url) = &settings.database_url {
        return Ok((db::connect(url.expose(), CONNECTIONS).await?, None));
    }
    let folder = settings.data_dir.join("postgres");
    let cluster = tokio::task::spawn_blocking(move || Cluster::start(&folder))
        .await
        .context("starting our own Postgres broke off")??;
    let pool = db::connect(&cluster.url, CONNECTIONS).await?;
    Ok((pool, Some(cluster)))
}

/// Connects the engine under the name of this database.
pub async fn engine(settings: &Settings, installation: uuid::Uuid, runtime: Option<&str>) -> anyhow::Result<Engine> {
    let program = std::env::current_exe().context("our own executable, which probes runs, cannot be found")?;
    let host = settings.docker_host.clone();
    let installer_env = settings.network.for_containers();
    let settings = EngineSettings {
        host,
        pull: settings.pull_images,
        installation,
        program,
        installer_env,
        runtime: runtime.map(str::to_owned),
        data_dir: settings.data_dir.join("engine"),
    };
    Ok(Engine::connect(settings).await?)
}

/// The way out of a course's runs. Without a database nothing is recorded.
pub fn egress(
    settings: &Settings,
    course: &Course,
    recordings: Option<Recordings>,
    clock: Clock,
) -> anyhow::Result<Egress> {
    let world = EgressSettings {
        network: settings.network.clone(),
        networks: settings.egress_networks.clone(),
        hosts: settings.egress_hosts.clone(),
    };
    Egress::new(&world, &course.sandbox.egress, recordings, clock)
}

fn mirror_folder(data_dir: &Path, course: &Course) -> std::path::PathBuf {
    data_dir.join("mirrors").join(format!("{}.git", course.slug))
}

fn mirror_settings(settings: &Settings, course: &Course) -> anyhow::Result<MirrorSettings> {
    let hosts = client_settings(settings).hosts();
    let largest = u64::from(course.sandbox.max_file_mib) << 20;
    let mut mirror = MirrorSettings::new(largest, settings.github_token.clone(), hosts);
    mirror.certificates = settings.network.ca.as_ref().map(|ca| git::bundle(&settings.data_dir, ca)).transpose()?;
    Ok(mirror)
}

/// The service's own client: with its token, else as its app on the upstream, else as nobody.
pub fn client(settings: &Settings, app: Option<&github::app::App>, upstream: &str) -> anyhow::Result<Client> {
    Ok(match app {
        Some(app) if settings.github_token.is_none() => {
            Client::of_app(client_settings(settings), app.clone(), upstream)?
        }
        _ => Client::new(client_settings(settings))?,
    })
}

/// Our GitHub App, where one is configured.
pub fn github_app(settings: &Settings) -> anyhow::Result<Option<github::app::App>> {
    let app = settings.github_app.as_ref();
    Ok(app.map(|app| github::app::App::new(app, &client_settings(settings))).transpose()?)
}

/// How this process asks GitHub.
pub fn client_settings(settings: &Settings) -> ClientSettings {
    ClientSettings {
        api_url: settings.github_api_url.clone(),
        github_url: settings.github_url.clone(),
        token: settings.github_token.clone(),
        network: settings.network.clone(),
    }
}

fn worker_name() -> String {
    let host =
        nix::sys::utsname::uname().map(|names| names.nodename().to_string_lossy().into_owned()).unwrap_or_default();
    format!("{host}/{}", std::process::id())
}
