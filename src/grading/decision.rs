//! A transaction in which grades change: one at a time for a course, and never without writing down what students saw before and after.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `by_hand.rs` for what teachers decide, `rescore.rs` for what follows from it, `grade.rs` for a run's end.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::db;
use crate::db::shown::Standing;
use crate::domain::Course;
use crate::domain::ids::{CourseId, ForkId, ScoreId};
use crate::domain::visibility::{Seen, seen};
use crate::rubric::record;

/// An open decision. Dropped without [`Decision::commit`], nothing of it happened.
pub struct Decision<'a> {
    transaction: Transaction<'static, Postgres>,
    pub(super) course_id: CourseId,
    pub(super) course: &'a Course,
    /// The fork that it is about; `None` for the whole course.
    fork: Option<ForkId>,
    pub(super) now: DateTime<Utc>,
}

impl<'a> Decision<'a> {
    /// Begins to change grades of a course, or of one fork alone. Waits for whoever does so already; begin before anything is written.
    pub async fn begin(
        pool: &PgPool,
        course_id: CourseId,
        course: &'a Course,
        fork: Option<ForkId>,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Self> {
        let mut transaction = pool.begin().await?;
        db::locks::scoring(&mut transaction, course_id).await?;
        let mut decision = Self { transaction, course_id, course, fork, now };
        decision.write_down().await?;
        Ok(decision)
    }

    /// The transaction's connection.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Ends it well, with what students see from now on.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        self.write_down().await?;
        self.transaction.commit().await
    }

    /// Writes down which grade students see, for each fork where it is another than they saw last.
    async fn write_down(&mut self) -> sqlx::Result<()> {
        let conn: &mut PgConnection = &mut self.transaction;
        let standings = db::shown::standings(&mut *conn, self.course_id, self.fork).await?;
        let extensions = db::extensions::in_force(&mut *conn, self.course_id, self.fork).await?;
        let published_at = db::views::course_status(&mut *conn, self.course_id).await?.published_at;
        let mut fresh: Vec<(ForkId, ScoreId)> = Vec::new();
        for scores in standings.chunk_by(|one, next| one.fork == next.fork) {
            let Some(last) = scores.last() else { continue };
            let deadline = self.course.deadline_for(extensions.get(&last.fork));
            if seen(self.course.visibility, deadline.as_ref(), published_at, self.now) != Seen::Now {
                continue;
            }
            let of = |one: &Standing| (one.received_at, one.total);
            // Where nothing counts, the newest is shown.
            let shown = record::of_record(deadline.as_ref(), scores, of).unwrap_or(last);
            if shown.shown != Some(shown.score) {
                fresh.push((shown.fork, shown.score));
            }
        }
        db::shown::write(conn, &fresh, self.now).await
    }
}
