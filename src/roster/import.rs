//! A class list meets the class: an import, and the look at it, which is an import that is taken back.
//! May import: `db/`, `domain/`.
//! Next: `web/roster/` and `cli/roster.rs`, which ask for it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::{Changes, Entry, Field, Known, Roster, changes};
use crate::db;
use crate::db::audit;
use crate::db::roster::{Row, Said, Stray, Tied};
use crate::domain::audit::Action;
use crate::domain::ids::{CourseId, Login};

/// Everything that comes of an import.
#[derive(Debug, Clone, Serialize)]
pub struct Look {
    pub changes: Changes,
    /// Partners who share a fork from then on.
    pub shared: Vec<Tied>,
    /// Left over afterwards: forks of nobody on the list.
    pub strays: Vec<Stray>,
    /// Left over afterwards: students without a fork.
    pub without_fork: Vec<Login>,
}

impl Look {
    /// Whether an import would do anything.
    pub fn is_empty(&self) -> bool {
        let Changes { new, changed, awaited, .. } = &self.changes;
        new.is_empty() && changed.is_empty() && awaited.is_empty() && self.shared.is_empty()
    }
}

/// What importing a list would come to now. Nothing is stored.
pub async fn look(
    conn: &mut PgConnection,
    course: CourseId,
    roster: &Roster,
    now: DateTime<Utc>,
) -> sqlx::Result<Look> {
    let mut rehearsal = conn.begin().await?;
    let look = carry_out(&mut rehearsal, course, roster, now).await?;
    rehearsal.rollback().await?;
    Ok(look)
}

/// Imports a list, in the caller's transaction, and writes down whose fork and whose grade something is from then on.
pub async fn import(conn: &mut PgConnection, course: CourseId, roster: &Roster, said: &Said<'_>) -> sqlx::Result<Look> {
    let look = carry_out(&mut *conn, course, roster, said.now).await?;
    for change in &look.changes.changed {
        for (_, before, after) in change.fields.iter().filter(|(field, ..)| *field == Field::Login) {
            let entry = audit::Entry::new(said.by, Action::LoginMended).of_student(change.id);
            let entry = entry.changing(json!({ "login": before }), json!({ "login": after }));
            audit::write(&mut *conn, course, &entry, said.now).await?;
        }
    }
    if !look.shared.is_empty() {
        let (forks, students) =
            (db::forks::all(&mut *conn, course).await?, db::roster::students(&mut *conn, course).await?);
        for tied in &look.shared {
            let fork = forks.iter().find(|fork| fork.full_name == tied.fork);
            let student = students.iter().find(|student| student.login.as_str() == tied.login);
            let (Some(fork), Some(student)) = (fork, student) else { continue };
            let entry = audit::Entry::new(said.by, Action::Attached).of_fork(fork.id).of_student(student.id);
            audit::write(&mut *conn, course, &entry, said.now).await?;
        }
    }
    Ok(look)
}

async fn carry_out(
    conn: &mut PgConnection,
    course: CourseId,
    roster: &Roster,
    now: DateTime<Utc>,
) -> sqlx::Result<Look> {
    let known: Vec<Known> = db::roster::students(&mut *conn, course)
        .await?
        .into_iter()
        .map(|student| Known {
            id: student.id,
            login: student.login,
            name: student.name,
            email: student.email,
            group: student.group,
            rostered: student.rostered,
            former: student.former,
        })
        .collect();
    let changes = changes(&known, &roster.entries);
    let before = ties(&mut *conn, course).await?;
    apply(&mut *conn, course, &changes, now).await?;
    let listed = ties(&mut *conn, course).await?;
    db::roster::share_with_partners(&mut *conn, course).await?;
    let shared = db::roster::ties(&mut *conn, course).await?.into_iter();
    // Whoever was on a fork before they were on the list shares nothing new.
    let is_new = |tied: &Tied| !listed.contains(&pair(tied)) && !before.contains(&pair(tied));
    let shared = shared.filter(is_new).collect();
    let strays = db::roster::strays(&mut *conn, course).await?;
    let students = db::roster::students(conn, course).await?;
    let without_fork = students.into_iter().filter(|one| one.rostered && one.forks.is_empty());
    Ok(Look { changes, shared, strays, without_fork: without_fork.map(|one| one.login).collect() })
}

async fn ties(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<BTreeSet<(String, String)>> {
    Ok(db::roster::ties(conn, course).await?.iter().map(pair).collect())
}

fn pair(tied: &Tied) -> (String, String) {
    (tied.login.clone(), tied.fork.clone())
}

async fn apply(conn: &mut PgConnection, course: CourseId, changes: &Changes, now: DateTime<Utc>) -> sqlx::Result<()> {
    // Logins that two students swap would meet each other half-way.
    for change in &changes.changed {
        db::roster::set_aside(conn, change.id).await?;
        if change.is_another_account() {
            db::roster::forget_account(conn, change.id).await?;
        }
    }
    for change in &changes.changed {
        db::roster::change(conn, change.id, &row(&change.login, &change.entry), now).await?;
    }
    for entry in &changes.new {
        if let Some(login) = &entry.login {
            db::roster::enter(conn, course, &row(login, entry), now).await?;
        }
    }
    for entry in &changes.awaited {
        let name = entry.name.as_deref().or(entry.email.as_deref()).unwrap_or_default();
        db::roster::expect(conn, course, name, entry.email.as_deref(), entry.group.as_deref(), now).await?;
    }
    db::roster::arrived(conn, course).await
}

fn row<'a>(login: &'a Login, entry: &'a Entry) -> Row<'a> {
    let Entry { name, email, group, .. } = entry;
    Row { login, name: name.as_deref(), email: email.as_deref(), group: group.as_deref() }
}
