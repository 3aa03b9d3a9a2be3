//! The audit log: rows that are written with what they tell, and never changed.
//! May import: `domain/`.
//! Next: `domain/audit.rs` for its words, `web/audit.rs` for its page.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use super::{decoded, unknown_word};
use crate::domain::CommitSha;
use crate::domain::audit::{Action, Actor};
use crate::domain::ids::{CourseId, ForkId, StudentId, SubmissionId};

/// Something that was done to a grade. Start from [`Entry::new`] and say what is known.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    pub actor: &'a Actor,
    pub action: Action,
    pub fork: Option<ForkId>,
    pub submission: Option<SubmissionId>,
    pub student: Option<StudentId>,
    pub criterion: Option<&'a str>,
    /// What it changed, as an object; `None` where there was nothing.
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub reason: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// Something that was done to the course as a whole.
    pub fn new(actor: &'a Actor, action: Action) -> Self {
        Self {
            actor,
            action,
            fork: None,
            submission: None,
            student: None,
            criterion: None,
            before: None,
            after: None,
            reason: None,
        }
    }

    /// The same, about one fork.
    pub fn of_fork(self, fork: ForkId) -> Self {
        Self { fork: Some(fork), ..self }
    }

    /// The same, about one submission of a fork.
    pub fn of_submission(self, fork: ForkId, submission: SubmissionId) -> Self {
        Self { fork: Some(fork), submission: Some(submission), ..self }
    }

    /// The same, about one student.
    pub fn of_student(self, student: StudentId) -> Self {
        Self { student: Some(student), ..self }
    }

    /// The same, with what it changed.
    pub fn changing(self, before: impl Into<Option<Value>>, after: impl Into<Option<Value>>) -> Self {
        Self { before: before.into(), after: after.into(), ..self }
    }
}

/// Writes down what is done, in the transaction that does it.
pub async fn write(
    conn: &mut PgConnection,
    course: CourseId,
    entry: &Entry<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into audit (course_id, at, actor, login, action, fork_id, submission_id, student_id, criterion,
             before, after, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        course.0,
        now,
        entry.actor.kind(),
        entry.actor.login().map(|login| login.as_str()),
        entry.action.as_str(),
        entry.fork.map(|fork| fork.0),
        entry.submission.map(|submission| submission.0),
        entry.student.map(|student| student.0),
        entry.criterion,
        entry.before,
        entry.after,
        entry.reason,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What touched this fork: itself, one of its students, or the whole course.
    pub fork: Option<ForkId>,
    /// Part of the login of whoever did it, or of the login or name of the student whom it is about.
    pub person: Option<String>,
    pub action: Option<Action>,
    /// Only what was written before this one.
    pub before: Option<i64>,
}

/// An entry as it was written, with the names of today.
#[derive(Debug, Clone)]
pub struct Written {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub action: Action,
    pub fork: Option<(ForkId, String)>,
    pub submission: Option<(SubmissionId, CommitSha)>,
    /// The student's login.
    pub student: Option<String>,
    pub criterion: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub reason: Option<String>,
}

/// What was written, newest first, at most so much.
pub async fn list(conn: &mut PgConnection, course: CourseId, wanted: &Wanted, most: i64) -> sqlx::Result<Vec<Written>> {
    let rows = sqlx::query!(
        r#"select audit.id, audit.at, audit.actor, audit.login, audit.action, audit.fork_id,
                  fork.full_name as "full_name?", audit.submission_id, submission.commit_sha as "commit_sha?",
                  student.login as "student?", audit.criterion, audit.before, audit.after, audit.reason
           from audit
           left join fork on fork.id = audit.fork_id
           left join submission on submission.id = audit.submission_id
           left join student on student.id = audit.student_id
           where audit.course_id = $1
             and ($2::bigint is null or audit.fork_id = $2 or audit.fork_id is null
                  and (audit.student_id is null
                       or audit.student_id in (select student_id from fork_student where fork_id = $2)))
             and ($3::text is null or strpos(lower(concat_ws(' ', audit.login, student.login, student.name)), lower($3)) > 0)
             and ($4::text is null or audit.action = $4)
             and ($5::bigint is null or audit.id < $5)
           order by audit.id desc limit $6"#,
        course.0,
        wanted.fork.map(|fork| fork.0),
        wanted.person.as_deref(),
        wanted.action.map(Action::as_str),
        wanted.before,
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let submission = row.submission_id.zip(row.commit_sha);
            Ok(Written {
                id: row.id,
                at: row.at,
                actor: actor(&row.actor, row.login)?,
                action: Action::parse(&row.action).map_or_else(|| unknown_word("audit.action", &row.action), Ok)?,
                fork: row.fork_id.zip(row.full_name).map(|(id, name)| (ForkId(id), name)),
                submission: submission
                    .map(|(id, commit)| decoded(commit.try_into()).map(|commit| (SubmissionId(id), commit)))
                    .transpose()?,
                student: row.student,
                criterion: row.criterion,
                before: row.before,
                after: row.after,
                reason: row.reason,
            })
        })
        .collect()
}

/// The actor of our columns.
pub(super) fn actor(kind: &str, login: Option<String>) -> sqlx::Result<Actor> {
    match kind {
        "teacher" => Ok(Actor::Teacher { login: decoded(login.map(TryInto::try_into).transpose())? }),
        "course_file" => Ok(Actor::CourseFile),
        "command" => Ok(Actor::Command),
        other => unknown_word("actor", other),
    }
}
