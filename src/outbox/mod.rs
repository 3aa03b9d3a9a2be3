//! The outbox: what a student is told at GitHub on the commit that was graded.
//! May import: `github/`, `db/`, `i18n`, `clock`, `random`, `domain/`.
//! Next: `content.rs` for the words, `db/outbox.rs` for what is owed.

mod content;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use url::Url;

pub use content::Telling;

use crate::clock::Clock;
use crate::db;
use crate::db::outbox::{Debt, Way};
use crate::domain::course::OnCommits;
use crate::domain::ids::CourseId;
use crate::domain::visibility::{Seen, seen};
use crate::domain::{Course, Fork};
use crate::github::app::App;
use crate::github::{CheckRun, Client, GithubError, Repository};
use crate::random;

/// How often an empty outbox is looked into.
const IDLE: Duration = Duration::from_secs(2);
/// Whoever tells has this long before another one takes over.
const HOLD: TimeDelta = TimeDelta::minutes(5);
/// GitHub asks for a second between requests that write, so that nobody who reads is notified in a flood.
const PACE: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(3600);
/// Attempts before a telling is given up until something changes: over a day altogether.
const MAX_ATTEMPTS: i32 = 12;

/// Tells what is owed.
#[derive(Clone)]
pub struct Outbox {
    pub pool: PgPool,
    pub course_id: CourseId,
    pub course: Arc<Course>,
    pub clock: Clock,
    /// Our app, where there is one.
    pub app: Option<App>,
    /// The service's own client, where it has a token: it may write statuses on repositories that its owner may push to.
    pub token: Option<Client>,
    /// Where people read their feedback; `None` where nobody but this machine reaches it.
    pub public_url: Option<Url>,
}

/// Who writes on one commit, and how.
enum Writer {
    Check(Client),
    Status(Client),
}

impl Writer {
    fn client(&self) -> &Client {
        match self {
            Writer::Check(client) | Writer::Status(client) => client,
        }
    }

    fn way(&self) -> Way {
        match self {
            Writer::Check(_) => Way::Check,
            Writer::Status(_) => Way::Status,
        }
    }
}

impl Outbox {
    /// Tells whatever is owed until told to stop. What changed while nobody was here is looked at first.
    pub async fn tell_until(self, stop: CancellationToken) {
        let changed = async {
            let conn = &mut *self.pool.acquire().await?;
            db::outbox::owe_newest(conn, self.course_id, None, self.clock.now()).await
        };
        if let Err(error) = changed.await {
            tracing::warn!(%error, "the outbox cannot be read");
        }
        while !stop.is_cancelled() {
            let pause = match stop.run_until_cancelled(self.tell_next()).await {
                None => return,
                Some(Ok(pause)) => pause.unwrap_or(IDLE),
                Some(Err(error)) => {
                    tracing::warn!("the outbox waits: {error:#}");
                    IDLE * 5
                }
            };
            let _ = stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    /// Deals with one debt, and says how long to rest before the next; `None` where nothing is owed now.
    pub async fn tell_next(&self) -> anyhow::Result<Option<Duration>> {
        let claimed =
            db::outbox::claim(&mut *self.pool.acquire().await?, self.course_id, self.clock.now(), HOLD).await?;
        let Some(debt) = claimed else { return Ok(None) };
        let error = match self.tell(&debt).await? {
            Ok(rest) => return Ok(Some(rest)),
            Err(error) => error,
        };
        self.give_back(&debt, &error).await?;
        // A limit is everybody's: the next one would only meet it again.
        Ok(Some(match error {
            GithubError::RateLimited { until: Some(until) } => {
                (until - self.clock.now()).to_std().unwrap_or_default().min(LONGEST_REST)
            }
            _ => PACE,
        }))
    }

    async fn give_back(&self, debt: &Debt, error: &GithubError) -> sqlx::Result<()> {
        let now = self.clock.now();
        let retry_at = match error {
            GithubError::RateLimited { until } => Some(until.unwrap_or(now + TimeDelta::minutes(1))),
            _ if debt.attempt >= MAX_ATTEMPTS => None,
            // 30 s, a minute, two, … four hours.
            _ => Some(now + TimeDelta::seconds(30 << (debt.attempt - 1).clamp(0, 9))),
        };
        let retry_at = retry_at.map(|at| at + random::jitter(Duration::from_secs(10)));
        tracing::debug!(submission = %debt.submission, %error, "not told yet");
        db::outbox::failed(&mut *self.pool.acquire().await?, debt, &error.to_string(), retry_at).await
    }

    /// The outer error is ours (the database), the inner one GitHub's.
    async fn tell(&self, debt: &Debt) -> anyhow::Result<Result<Duration, GithubError>> {
        let (fork, scores, published_at, extension, course) = {
            let conn = &mut *self.pool.acquire().await?;
            let fork = db::forks::get(conn, debt.fork).await?;
            let scores = db::views::scores_of_submission(conn, debt.submission).await?;
            let published_at = db::views::course_status(&mut *conn, self.course_id).await?.published_at;
            let extension = db::extensions::of_fork(&mut *conn, self.course_id, debt.fork).await?;
            (fork, scores, published_at, extension, db::rubrics::course(conn, self.course_id, &self.course).await?)
        };
        let Some(current) = scores.iter().find(|score| score.current) else {
            self.told(debt, Way::Nothing, "", None).await?;
            return Ok(Ok(Duration::ZERO));
        };
        let deadline = self.course.deadline_for(extension.as_ref());
        let seen = seen(self.course.visibility, deadline.as_ref(), published_at, self.clock.now());
        let telling = Telling {
            course: &course,
            score: &current.score,
            seen,
            feedback: self.feedback(&fork, debt),
            has_files: !debt.separate,
        };
        let (private, public) = (telling.check_run(true), telling.check_run(false));
        let digest = blake3::hash(&serde_json::to_vec(&(&private, &public))?).to_hex().to_string();
        let again = match seen {
            Seen::After(from) => Some(from + TimeDelta::seconds(1)),
            Seen::Now | Seen::WhenPublished => None,
        };
        let stands = debt.way.filter(|way| *way != Way::Nothing && debt.digest.as_ref() == Some(&digest));
        if let Some(way) = stands {
            self.told(debt, way, &digest, again).await?;
            return Ok(Ok(Duration::ZERO));
        }
        let content = |repository: &Repository| if repository.private { &private } else { &public };
        let way = match self.write(&fork, debt, content).await {
            Ok(way) => way,
            Err(error) => return Ok(Err(error)),
        };
        self.told(debt, way, &digest, again).await?;
        Ok(Ok(if way == Way::Nothing { Duration::ZERO } else { PACE }))
    }

    async fn told(&self, debt: &Debt, way: Way, digest: &str, again: Option<DateTime<Utc>>) -> sqlx::Result<()> {
        db::outbox::told(&mut *self.pool.acquire().await?, debt, way, digest, again, self.clock.now()).await
    }

    /// Nothing may be written where the answer is "nothing": nobody installed the app, and that is fine.
    async fn write<'c>(
        &self,
        fork: &Fork,
        debt: &Debt,
        content: impl Fn(&Repository) -> &'c CheckRun,
    ) -> Result<Way, GithubError> {
        if self.course.on_commits == OnCommits::Nothing {
            return Ok(Way::Nothing);
        }
        let Some(writer) = self.writer(fork, debt).await? else { return Ok(Way::Nothing) };
        let written = async {
            // By number: a name may be somebody else's by now.
            let repository = writer.client().repository_by_id(fork.repo).await?;
            let check = content(&repository);
            match &writer {
                Writer::Check(client) => client.check_run(&repository.full_name, &debt.commit, check).await,
                Writer::Status(client) => {
                    let (context, target) = (&check.name, check.details_url.as_ref());
                    client.commit_status(&repository.full_name, &debt.commit, context, &check.title, target).await
                }
            }
        };
        match written.await {
            Ok(()) => Ok(writer.way()),
            // The repository, the permission or the commit is gone, or never was ours.
            Err(
                GithubError::NotFound { .. }
                | GithubError::Forbidden { .. }
                | GithubError::Unauthorized { .. }
                | GithubError::Refused { .. },
            ) => {
                if let Some(app) = &self.app {
                    app.forget(fork.repo);
                }
                Ok(Way::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    async fn writer(&self, fork: &Fork, debt: &Debt) -> Result<Option<Writer>, GithubError> {
        if let Some(app) = &self.app
            && let Some(installed) = app.on(fork.repo, &fork.full_name).await?
        {
            if installed.permissions.checks() {
                return Ok(Some(Writer::Check(installed.client)));
            }
            if installed.permissions.statuses() {
                return Ok(Some(Writer::Status(installed.client)));
            }
        }
        // A token that might not write on this commit before is not tried on it again.
        Ok(self.token.clone().filter(|_| debt.way != Some(Way::Nothing)).map(Writer::Status))
    }

    fn feedback(&self, fork: &Fork, debt: &Debt) -> Option<Url> {
        let page = format!("me?fork={}&submission={}", fork.id, debt.submission);
        self.public_url.as_ref()?.join(&page).ok()
    }
}
