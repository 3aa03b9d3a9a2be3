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

/// Compares the newest submissions, unless that was done for just these commits. Returns whether it was.
pub async fn refresh(
    pool: &PgPool,
    course_id: CourseId,
    course: &Arc<Course>,
    mirror: &Arc<Mirror>,
    clock: &Clock,
) -> anyhow::Result<bool> {
    let mut conn = pool.acquire().await?;
    let newest = db::similarity::newest(&mut conn, course_id).await?;
    let key = key(&newest);
    let known = db::similarity::load::<serde_json::Value>(&mut conn, course_id, VERSION).await?;
    // Others may have the connection while this looks.
    drop(conn);
    if known.is_some_and(|known| known.key == key) {
        return Ok(false);
    }
    let (course, mirror) = (Arc::clone(course), Arc::clone(mirror));
    let look = move || with_deep_stack(|| look(&course, &mirror, &newest)).context("no thread to compare the forks on");
    let looked = tokio::task::spawn_blocking(look).await;
    let likeness = looked.context("the comparison of the forks broke off")???;
    db::similarity::store(&mut *pool.acquire().await?, course_id, VERSION, &key, &likeness, clock.now()).await?;
    Ok(true)
}

fn key(newest: &[Newest]) -> String {
    let mut hasher = blake3::Hasher::new();
    for one in newest {
        hasher.update(one.commit.as_str().as_bytes());
        hasher.update(one.project_commit.as_ref().map_or("", |commit| commit.as_str()).as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}

fn look(course: &Course, mirror: &Mirror, newest: &[Newest]) -> Result<Likeness, GitError> {
    let mut known = Known::default();
    let (mut forks, mut works) = (Vec::new(), Vec::new());
    for one in newest.iter().filter(|one| mirror.has(&one.commit)) {
        let fork = mirror.snapshot(&one.commit)?;
        let separate = one.project_commit.as_ref().filter(|commit| mirror.has(commit));
        let separate = separate.map(|commit| mirror.snapshot(commit)).transpose()?;
        let separate = separate.as_ref().map(|snapshot| snapshot as &dyn Source);
        works.push(Work::read(&fork, separate, &course.project_dirs, &mut known));
        forks.push(one.fork);
    }
    Ok(Likeness { missing: newest.len() - forks.len(), forks, pairs: compare(&works, &known) })
}
