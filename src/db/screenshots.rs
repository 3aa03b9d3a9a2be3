//! Pictures of students' pages, by their content's address, and the facts that name them.
//! May import: `domain/`.
//! Next: `domain/facts/screenshots.rs` for what is seen on them, `facts.rs` for the documents.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::domain::facts::screenshots::Picture;
use crate::domain::ids::{CourseId, ForkId};
use crate::domain::{FactsAddress, PictureAddress};

/// Keeps the pictures that a document of facts names, which is stored already. The same picture is kept once.
pub async fn store(
    conn: &mut PgConnection,
    facts: &FactsAddress,
    pictures: &[Picture],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let addresses: Vec<String> = pictures.iter().map(|picture| picture.address.as_str().to_owned()).collect();
    let contents: Vec<Vec<u8>> = pictures.iter().map(|picture| picture.content.clone()).collect();
    sqlx::query!(
        "insert into picture (address, content, created_at)
         select address, content, $3 from unnest($1::text[], $2::bytea[]) as taken (address, content)
         on conflict do nothing",
        &addresses,
        &contents,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into facts_picture (facts, picture) select $1, unnest($2::text[]) on conflict do nothing",
        facts.as_str(),
        &addresses,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A picture that some score of the course goes back to.
pub async fn of_course(
    conn: &mut PgConnection,
    course: CourseId,
    address: &PictureAddress,
) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!(
        "select content from picture where address = $2 and exists (
             select from facts_picture join score on score.execution = facts_picture.facts
             join submission on submission.id = score.submission_id join fork on fork.id = submission.fork_id
             where facts_picture.picture = picture.address and fork.course_id = $1)",
        course.0,
        address.as_str(),
    )
    .fetch_optional(conn)
    .await
}

/// A picture that some score of the fork goes back to.
pub async fn of_fork(conn: &mut PgConnection, fork: ForkId, address: &PictureAddress) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!(
        "select content from picture where address = $2 and exists (
             select from facts_picture join score on score.execution = facts_picture.facts
             join submission on submission.id = score.submission_id
             where facts_picture.picture = picture.address and submission.fork_id = $1)",
        fork.0,
        address.as_str(),
    )
    .fetch_optional(conn)
    .await
}
