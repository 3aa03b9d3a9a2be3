//! A transaction in which grades change: one at a time for a course, and never without writing down what students saw before and after.
//! May import: `rubric/`, `db/`, `domain/`.
//! Next: `by_hand.rs` for what teachers decide, `rescore.rs` for what follows from it, `grade.rs` for a run's end.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::db;
use crate::db::rubrics::{Applied, InForce};
use crate::db::shown::Standing;
use crate::domain::audit::Actor;
use crate::domain::ids::{CourseId, ForkId, ScoreId};
use crate::domain::visibility::{Seen, seen};
use crate::domain::{Course, Rubric, RubricHash};
use crate::rubric::{record, rubric_hash};

/// An open decision. Dropped without [`Decision::commit`], nothing of it happened.
pub struct Decision {
    transaction: Transaction<'static, Postgres>,
    pub(super) course_id: CourseId,
    /// Under the rubric that this decision scores by.
    course: Arc<Course>,
    rubric: RubricHash,
    /// The fork that it is about; `None` for the whole course.
    fork: Option<ForkId>,
    pub(super) now: DateTime<Utc>,
}

impl Decision {
    /// Begins to change grades of a course, or of one fork alone. Waits for whoever does so already; begin before anything is written.
    /// Whatever the rubric of `course` says, the one in force counts; it is the course's own where none is yet.
    pub async fn begin(
        pool: &PgPool,
        course_id: CourseId,
        course: &Course,
        fork: Option<ForkId>,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Self> {
        let mut transaction = pool.begin().await?;
        db::locks::scoring(&mut transaction, course_id).await?;
        let (hash, rubric) = match db::rubrics::in_force(&mut transaction, course_id).await? {
            Some(InForce { hash, rubric, .. }) => (hash, rubric),
            None => {
                let (hash, rubric) = (rubric_hash(&course.rubric), &course.rubric);
                let first = Applied { hash: &hash, rubric, source: None, by: &Actor::CourseFile, reason: "" };
                db::rubrics::put_in_force(&mut transaction, course_id, first, now).await?;
                (hash, rubric.clone())
            }
        };
        let course = Arc::new(course.under(rubric));
        let mut decision = Self { transaction, course_id, course, rubric: hash, fork, now };
        decision.write_down().await?;
        Ok(decision)
    }

    /// The course under the rubric that this decision scores by.
    pub fn course(&self) -> &Arc<Course> {
        &self.course
    }

    /// The version of that rubric.
    pub fn rubric(&self) -> &RubricHash {
        &self.rubric
    }

    /// From here on this decision scores by another rubric. Gives the version of before.
    pub(super) fn change_rubric(&mut self, rubric: Rubric) -> RubricHash {
        let hash = rubric_hash(&rubric);
        self.course = Arc::new(self.course.under(rubric));
        std::mem::replace(&mut self.rubric, hash)
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
