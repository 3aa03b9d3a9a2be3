//! A database of a test's own on the server that `DATABASE_URL` names, removed with it.

use forkgrade::db;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use url::Url;

/// A database with the current schema.
pub struct Database {
    pub pool: PgPool,
    server: Url,
    name: String,
}

impl Database {
    pub async fn new() -> Self {
        super::logs::keep();
        let server: Url = from_environment()
            .or_else(from_file)
            .expect("tests need DATABASE_URL: scripts/postgres start prints one")
            .parse()
            .expect("DATABASE_URL is an address");
        let name = format!("test_{}", &forkgrade::random::token()[..16]);
        let mut conn = PgConnection::connect(server.as_str()).await.expect("the Postgres of DATABASE_URL answers");
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut conn).await.expect("a new database");
        let mut url = server.clone();
        url.set_path(&name);
        let pool = db::connect(url.as_str(), 8).await.expect("the schema fits");
        Self { pool, server, name }
    }
}

impl Database {
    /// Its address, for processes of the test's own.
    pub fn url(&self) -> String {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url.into()
    }
}

/// The database that tests are given.
#[allow(clippy::disallowed_methods, reason = "a test has no settings")]
pub fn from_environment() -> Option<String> {
    std::env::var("DATABASE_URL").ok()
}

/// Where sqlx looks too.
fn from_file() -> Option<String> {
    let text = std::fs::read_to_string(".env").ok()?;
    text.lines().find_map(|line| line.strip_prefix("DATABASE_URL=").map(str::to_owned))
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // The test's own runtime is going away.
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut conn = PgConnection::connect(server.as_str()).await?;
                sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut conn).await?;
                anyhow::Ok(())
            })
        });
        let _ = removed.join();
    }
}
