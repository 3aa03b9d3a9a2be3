//! The newest submissions of a course against one another. No score follows from it.
//! May import: `similarity/`, `observe/`, `git/`, `db/`, `domain/`, `clock`.
//! Next: `similarity/compare.rs` for the search, `web/similarity.rs` for the page.

use std::sync::Arc;

use anyhow::Context;
use sqlx::PgPool;

use crate::clock::Clock;
use crate::db;
use crate::db::similarity::Newest;
use crate::domain::Course;
use crate::domain::ids::CourseId;
use crate::domain::source::Source;
use crate::git::{GitError, Mirror};
use crate::observe::python::parse::with_deep_stack;
use crate::similarity::{Known, Likeness, VERSION, Work, compare};

/// Another course of this database whose forks are compared with this one's.
#[derive(Clone)]
pub struct Earlier {
    pub id: CourseId,
    pub title: String,
    pub project_dirs: Vec<String>,
    pub mirror: Arc<Mirror>,
}

/// Compares the newest submissions, unless that was done for just these commits. Returns whether it was.
pub async fn refresh(
    pool: &PgPool,
    course_id: CourseId,
    course: &Arc<Course>,
    mirror: &Arc<Mirror>,
    earlier: &[Earlier],
    clock: &Clock,
) -> anyhow::Result<bool> {
    let mut conn = pool.acquire().await?;
    let newest = db::similarity::newest(&mut conn, course_id).await?;
    let mut before = Vec::new();
    for one in earlier {
        before.push((one.clone(), db::similarity::newest(&mut conn, one.id).await?));
    }
    let key = key(newest.iter().chain(before.iter().flat_map(|(_, newest)| newest)));
    let known = db::similarity::load::<serde_json::Value>(&mut conn, course_id, VERSION).await?;
    // Others may have the connection while this looks.
    drop(conn);
    if known.is_some_and(|known| known.key == key) {
        return Ok(false);
    }
    let (course, mirror) = (Arc::clone(course), Arc::clone(mirror));
    let look = move || {
        with_deep_stack(|| look(&course, &mirror, &newest, &before)).context("no thread to compare the forks on")
    };
    let looked = tokio::task::spawn_blocking(look).await;
    let likeness = looked.context("the comparison of the forks broke off")???;
    db::similarity::store(&mut *pool.acquire().await?, course_id, VERSION, &key, &likeness, clock.now()).await?;
    Ok(true)
}

fn key<'n>(newest: impl Iterator<Item = &'n Newest>) -> String {
    let mut hasher = blake3::Hasher::new();
    for one in newest {
        hasher.update(one.commit.as_str().as_bytes());
        hasher.update(one.project_commit.as_ref().map_or("", |commit| commit.as_str()).as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}

fn look(
    course: &Course,
    mirror: &Mirror,
    newest: &[Newest],
    before: &[(Earlier, Vec<Newest>)],
) -> Result<Likeness, GitError> {
    let (mut known, mut likeness) = (Known::default(), Likeness::default());
    let mut works = Vec::new();
    for one in newest {
        match read(mirror, one, &course.project_dirs, &mut known)? {
            Some(work) => {
                works.push(work);
                likeness.forks.push(one.fork);
            }
            None => likeness.missing += 1,
        }
    }
    let earlier = works.len();
    for (course, newest) in before {
        known.next_course();
        for one in newest {
            let Some(work) = read(&course.mirror, one, &course.project_dirs, &mut known)? else { continue };
            works.push(work);
            likeness.forks.push(one.fork);
            likeness.earlier.insert(one.fork, format!("{} ({})", one.full_name, course.title));
        }
    }
    likeness.pairs = compare(&works, earlier, &known);
    Ok(likeness)
}

/// `None` where the mirror does not hold the commit.
fn read(mirror: &Mirror, one: &Newest, dirs: &[String], known: &mut Known) -> Result<Option<Work>, GitError> {
    if !mirror.has(&one.commit) {
        return Ok(None);
    }
    let fork = mirror.snapshot(&one.commit)?;
    let separate = one.project_commit.as_ref().filter(|commit| mirror.has(commit));
    let separate = separate.map(|commit| mirror.snapshot(commit)).transpose()?;
    let separate = separate.as_ref().map(|snapshot| snapshot as &dyn Source);
    Ok(Some(Work::read(&fork, separate, dirs, known)))
}
