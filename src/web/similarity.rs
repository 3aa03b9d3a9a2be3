//! What forks have in common, for the teacher: the pairs, and the passages of one pair side by side.
//! May import: `extract`, `page`, `db/similarity`, `db/views`, `similarity` (its shapes), `domain/`.
//! Next: `similarity/` finds it, `grading/similarity.rs` keeps it.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::error::Error;
use super::extract::Teacher;
use super::page::{Page, show as show_page};
use super::state::State;
use crate::db;
use crate::db::views::ClassRow;
use crate::domain::ids::ForkId;
use crate::similarity::{Likeness, Pair, Passage, VERSION};

#[derive(Template)]
#[template(path = "similarity.html")]
struct Pairs {
    page: Page,
    /// `None` before the first look.
    computed_at: Option<DateTime<Utc>>,
    compared: usize,
    missing: usize,
    pairs: Vec<Line>,
}

/// A pair, by the names of its people.
struct Line {
    forks: [ForkId; 2],
    who: [String; 2],
    percent: u32,
    tokens: u32,
    passages: usize,
    /// They hand in together: nothing to wonder at.
    partners: bool,
}

#[derive(Template)]
#[template(path = "similarity-pair.html")]
struct PairPage {
    page: Page,
    line: Line,
    passages: Vec<Passage>,
}

/// `GET /similarity`
pub async fn list(_: Teacher, page: Page, AppState(state): AppState<State>) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let look = db::similarity::load::<Likeness>(conn, state.course_id, VERSION).await?;
    let class = class(conn, &state).await?;
    let computed_at = look.as_ref().map(|look| look.computed_at);
    let likeness = look.map_or_else(Likeness::default, |look| look.document);
    let pairs = likeness.pairs.iter().filter_map(|pair| line(&class, &likeness, pair)).collect();
    let title = page.w.t("similarity-title");
    show_page(&Pairs {
        page: page.titled(&title),
        computed_at,
        compared: likeness.forks.len(),
        missing: likeness.missing,
        pairs,
    })
}

/// `GET /similarity/{left}/{right}`
pub async fn pair(
    _: Teacher,
    page: Page,
    AppState(state): AppState<State>,
    Path((left, right)): Path<(i64, i64)>,
) -> Result<Response, Error> {
    let conn = &mut *state.conn().await?;
    let look = db::similarity::load::<Likeness>(conn, state.course_id, VERSION).await?;
    let likeness = look.ok_or(Error::NotFound)?.document;
    let wanted = [ForkId(left), ForkId(right)];
    let pair = likeness.pairs.iter().find(|pair| forks_of(&likeness, pair) == Some(wanted)).ok_or(Error::NotFound)?;
    let class = class(conn, &state).await?;
    let line = line(&class, &likeness, pair).ok_or(Error::NotFound)?;
    let title = page.w.t("similarity-title");
    show_page(&PairPage { page: page.titled(&title), line, passages: pair.passages.clone() })
}

async fn class(conn: &mut sqlx::PgConnection, state: &State) -> Result<BTreeMap<ForkId, ClassRow>, Error> {
    let rows = db::views::class(conn, state.course_id, None).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn forks_of(likeness: &Likeness, pair: &Pair) -> Option<[ForkId; 2]> {
    let [left, right] = pair.works;
    Some([*likeness.forks.get(left)?, *likeness.forks.get(right)?])
}

fn line(class: &BTreeMap<ForkId, ClassRow>, likeness: &Likeness, pair: &Pair) -> Option<Line> {
    let forks = forks_of(likeness, pair)?;
    if let Some(earlier) = forks.iter().find_map(|fork| likeness.earlier.get(fork)) {
        return of_two_years(class.get(&forks[0])?, earlier, forks, pair);
    }
    let rows = [class.get(&forks[0])?, class.get(&forks[1])?];
    let groups = rows.map(|row| row.students.iter().filter_map(|one| one.group.as_deref()).collect::<BTreeSet<_>>());
    let logins = rows.map(|row| row.students.iter().map(|one| one.login.as_str()).collect::<BTreeSet<_>>());
    let partners = !groups[0].is_disjoint(&groups[1]) || !logins[0].is_disjoint(&logins[1]);
    let (percent, tokens, passages) = (pair.percent, pair.tokens, pair.passages.len());
    Some(Line { forks, who: rows.map(who), percent, tokens, passages, partners })
}

/// A fork of this year beside one of an earlier year, which always comes second.
fn of_two_years(row: &ClassRow, earlier: &str, forks: [ForkId; 2], pair: &Pair) -> Option<Line> {
    // Whoever repeats the course may build on their own work.
    let owner = earlier.split('/').next()?;
    let partners = row.students.iter().any(|student| student.login.eq_ignore_ascii_case(owner));
    let (percent, tokens, passages) = (pair.percent, pair.tokens, pair.passages.len());
    Some(Line { forks, who: [who(row), earlier.to_owned()], percent, tokens, passages, partners })
}

fn who(row: &ClassRow) -> String {
    let names: Vec<&str> =
        row.students.iter().map(|student| student.name.as_deref().unwrap_or(&student.login)).collect();
    if names.is_empty() { row.full_name.clone() } else { names.join(", ") }
}
