//! What teachers decide, as the pages send it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use forkgrade::domain::audit::Actor;
use forkgrade::domain::ids::{ForkId, StudentId, SubmissionId};
use forkgrade::domain::{Course, Points};
use forkgrade::grading::{self, Applying, NewRubric, Rescored};

use super::site::{Answer, Site, Visitor};

impl Site {
    /// The current score of a submission: its number and total.
    pub async fn current(&self, submission: SubmissionId) -> (i64, Points) {
        let (id, total): (i64, i32) =
            sqlx::query_as("select id, total from score where submission_id = $1 and current")
                .bind(submission.0)
                .fetch_one(&self.database.pool)
                .await
                .unwrap();
        (id, Points::from_hundredths(total.into()))
    }

    /// The newest submission of a fork.
    pub async fn newest(&self, fork: ForkId) -> SubmissionId {
        let id = sqlx::query_scalar("select max(id) from submission where fork_id = $1").bind(fork.0);
        SubmissionId(id.fetch_one(&self.database.pool).await.unwrap())
    }

    /// The class scored again, as this course says; its rubric is put in force where another one is.
    pub async fn rescore(&self, course: &Course) -> Vec<Rescored> {
        let (pool, id, by, now) = (&self.database.pool, self.course_id, &Actor::Command, self.clock.now());
        let in_force = grading::rubric_in_force(pool, id, course, now).await.unwrap();
        if in_force.rubric == course.rubric {
            return grading::rescore(pool, id, course, by, now).await.unwrap();
        }
        let new = NewRubric { rubric: &course.rubric, source: None, by, reason: "" };
        match grading::apply_rubric(pool, id, course, new, None, now).await.unwrap() {
            Applying::Applied(moved) => moved,
            Applying::Moved(_) => unreachable!("nothing was agreed to"),
        }
    }

    /// The course with something else in it.
    pub fn course_with(&self, change: impl FnOnce(&mut Course)) -> Course {
        let mut course = Arc::unwrap_or_clone(Arc::clone(&self.course));
        change(&mut course);
        course
    }
}

impl Visitor {
    /// Gives points by hand, having looked at the score of now.
    pub async fn give(
        &self,
        site: &Site,
        fork: ForkId,
        submission: SubmissionId,
        criterion: &str,
        points: &str,
        reason: &str,
    ) -> Answer {
        let (score, _) = site.current(submission).await;
        let (submission, score) = (submission.to_string(), score.to_string());
        let form = [
            ("submission", submission.as_str()),
            ("score", &score),
            ("criterion", criterion),
            ("points", points),
            ("reason", reason),
        ];
        self.post(&format!("/forks/{fork}/overrides?lang=en"), &form).await
    }

    /// Undoes points by hand.
    pub async fn undo(&self, fork: ForkId, submission: SubmissionId, criterion: &str) -> Answer {
        let submission = submission.to_string();
        let form = [("submission", submission.as_str()), ("criterion", criterion)];
        self.post(&format!("/forks/{fork}/overrides/undo"), &form).await
    }

    /// Gives a student more time.
    pub async fn extend(&self, fork: ForkId, student: StudentId, until: &str, reason: &str) -> Answer {
        let fork = fork.to_string();
        let form = [("fork", fork.as_str()), ("until", until), ("reason", reason)];
        self.post(&format!("/students/{student}/extension?lang=en"), &form).await
    }

    /// Takes it back.
    pub async fn take_back(&self, fork: ForkId, student: StudentId) -> Answer {
        self.post(&format!("/students/{student}/extension/remove"), &[("fork", &fork.to_string())]).await
    }
}

/// A moment as a browser's field writes it.
pub fn local(moment: DateTime<Utc>) -> String {
    moment.with_timezone(&chrono_tz::Europe::Paris).format("%Y-%m-%dT%H:%M").to_string()
}
