//! What every handler works with.
//! May import: `db/`, `git/`, `domain/`, settings and clock.
//! Next: `router.rs`.

use std::sync::Arc;

use sqlx::PgPool;
use sqlx::pool::PoolConnection;
use url::Url;

use super::limits::Limits;
use super::live::Live;
use super::peer::Proxies;
use super::summaries::Summaries;
use crate::clock::Clock;
use crate::domain::Course;
use crate::domain::ids::CourseId;
use crate::git::Mirror;
use crate::github::app::App;
use crate::github::oauth::SignIn;
use crate::settings::Secret;

/// One course, served.
#[derive(Clone)]
pub struct State {
    pub pool: PgPool,
    /// As its file says. By its rubric nothing is scored before it is put in force: `db::rubrics::course` has the one that is.
    pub course: Arc<Course>,
    pub course_id: CourseId,
    pub clock: Clock,
    /// Holds the pictures of READMEs.
    pub mirror: Arc<Mirror>,
    pub live: Live,
    /// The address under which people reach the pages. Cookies are `Secure` where it is https.
    pub public_url: Url,
    /// Any of them may sign a webhook; none means that webhooks are refused.
    pub webhook_secrets: Vec<Secret>,
    /// Signs people in with GitHub; without it they come in by links alone.
    pub github: Option<SignIn>,
    /// What students may install.
    pub github_app: Option<App>,
    pub summaries: Summaries,
    /// Whose word about who asks is believed.
    pub proxies: Proxies,
    pub limits: Limits,
}

impl State {
    /// A connection from the pool.
    pub async fn conn(&self) -> sqlx::Result<PoolConnection<sqlx::Postgres>> {
        self.pool.acquire().await
    }

    /// Whether pages travel over TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}
