//! Postgres: the only place with SQL. Free async functions on a connection, one file per noun.
//! May import: `domain/`.
//! Next: `runs.rs` for the queue, `views.rs` for what pages show.

pub mod audit;
pub mod cluster;
pub mod courses;
pub mod deliveries;
pub mod extensions;
pub mod facts;
pub mod forks;
pub mod listing;
pub mod locks;
pub mod outbox;
pub mod overrides;
pub mod people;
pub mod recordings;
pub mod roster;
pub mod rubrics;
pub mod runs;
pub mod scores;
pub mod screenshots;
pub mod sessions;
pub mod shown;
pub mod similarity;
pub mod submissions;
pub mod views;
pub mod warm;

use std::time::Duration;

use sqlx::Connection;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// `server_version_num` of the oldest Postgres with `unique nulls not distinct`.
const OLDEST_POSTGRES: i32 = 150_000;

/// Why there is no usable database, with what mends it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error(
        "DATABASE_URL is not an address of a Postgres database: {0} (write postgres://user:password@host:5432/name)"
    )]
    BadUrl(String),
    #[error(
        "the database does not answer: {0} (is Postgres running, and does DATABASE_URL name the right host, port, user and password?)"
    )]
    Away(sqlx::Error),
    #[error("Postgres {found} is too old: forkgrade needs 15 or later")]
    TooOld { found: String },
    #[error(
        "the database was last used by a newer forkgrade (its migration {version} is unknown here): start that version, or restore a backup from before the upgrade"
    )]
    Ahead { version: i64 },
    #[error("migration failed: {0}")]
    Migration(MigrateError),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

/// Connects, checks that the server is recent enough, and brings the schema up to date.
pub async fn connect(url: &str, max_connections: u32) -> Result<PgPool, DatabaseError> {
    let options: PgConnectOptions =
        url.parse().map_err(|error: sqlx::Error| DatabaseError::BadUrl(error.to_string()))?;
    let options = options.application_name("forkgrade").disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(Duration::from_secs(10))
        // A connection is tried before it is used, unless it was used just now: every push would wait for that too.
        .test_before_acquire(false)
        .before_acquire(|conn, met| {
            Box::pin(async move {
                if met.idle_for > Duration::from_secs(1) {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .map_err(DatabaseError::Away)?;
    let number = sqlx::query_scalar!(r#"select current_setting('server_version_num')::int as "number!""#)
        .fetch_one(&pool)
        .await?;
    if number < OLDEST_POSTGRES {
        return Err(DatabaseError::TooOld { found: (number / 10_000).to_string() });
    }
    migrate(&pool).await?;
    Ok(pool)
}

/// Brings the schema up to date. Several servers may start at once: the migrator holds a lock of its own.
pub async fn migrate(pool: &PgPool) -> Result<(), DatabaseError> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => DatabaseError::Ahead { version },
        other => DatabaseError::Migration(other),
    })
}

/// Names this database on engines that several databases share.
pub async fn installation(pool: &PgPool) -> sqlx::Result<uuid::Uuid> {
    sqlx::query_scalar!("select id from installation").fetch_one(pool).await
}

/// A stored word that this version does not know: the row was written by another version.
fn unknown_word<T>(column: &str, word: &str) -> sqlx::Result<T> {
    Err(sqlx::Error::Decode(format!("{column} holds {word:?}, which this version does not know").into()))
}

/// A stored id that is no id: somebody wrote to the database by hand.
fn decoded<T, E: std::error::Error + Send + Sync + 'static>(value: Result<T, E>) -> sqlx::Result<T> {
    value.map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
