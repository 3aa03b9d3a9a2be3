//! Advisory locks: held by a connection, so they fall with the process that holds them. No transaction stays open.
//! May import: `domain/`.
//! Next: `grading/grade.rs` (one execution per content), `worker/` (one sweep per course).

use sqlx::pool::PoolConnection;
use sqlx::postgres::Postgres;
use sqlx::{PgConnection, PgPool};

use crate::domain::FactsAddress;
use crate::domain::ids::CourseId;

/// The right to do something that must happen once at a time.
pub struct Lock {
    connection: Option<PoolConnection<Postgres>>,
    key: i64,
}

impl Lock {
    async fn try_acquire(pool: &PgPool, key: i64) -> sqlx::Result<Option<Self>> {
        let mut connection = pool.acquire().await?;
        let held = sqlx::query_scalar!(r#"select pg_try_advisory_lock($1) as "held!""#, key)
            .fetch_one(&mut *connection)
            .await?;
        Ok(held.then_some(Self { connection: Some(connection), key }))
    }

    /// Lets go and gives the connection back.
    pub async fn release(mut self) {
        let Some(connection) = &mut self.connection else { return };
        let released =
            sqlx::query_scalar!("select pg_advisory_unlock($1)", self.key).fetch_one(&mut **connection).await;
        if released.is_ok() {
            // Clean again: it may go back to the pool.
            drop(self.connection.take());
        }
    }
}

/// Not released in order (an error, a cancelled task): closing the connection lets go as well.
impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}

/// The right to execute what a key stands for. `None` while somebody else does.
pub async fn execution(pool: &PgPool, key: &FactsAddress) -> sqlx::Result<Option<Lock>> {
    let digest = blake3::hash(key.as_str().as_bytes());
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest.as_bytes()[..8]);
    Lock::try_acquire(pool, i64::from_le_bytes(first)).await
}

/// The right to change grades of a course, held until the caller's transaction ends: what one decides is what the next one scores. Taken
/// before any row is, so that two who wait for each other's rows cannot be.
pub async fn scoring(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<()> {
    // Negative: no sweep's, which are course numbers.
    sqlx::query!("select pg_advisory_xact_lock($1)", -course.0).execute(conn).await.map(drop)
}

/// The right to sweep a course. `None` while somebody else does.
pub async fn sweep(pool: &PgPool, course: CourseId) -> sqlx::Result<Option<Lock>> {
    // Far from the execution keys' uniform hashes by construction of the small number.
    Lock::try_acquire(pool, course.0).await
}
