//! Pages of GitHub's listings as last answered.
//! May import: `domain/`. What is on a page is the caller's to know.
//! Next: `sync/listing.rs`.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::domain::ids::{CourseId, RepoId};

/// Every page that was kept of a course, by the repository whose forks it lists. Pages from another source, or in a shape of
/// before, are left out: they are asked for anew.
pub async fn load<P: DeserializeOwned>(
    conn: &mut PgConnection,
    course: CourseId,
    source: &str,
) -> sqlx::Result<HashMap<RepoId, Vec<P>>> {
    let rows = sqlx::query!(
        r#"select parent, document as "document: Json<serde_json::Value>" from listing_page
           where course_id = $1 and source = $2 order by parent, page"#,
        course.0,
        source,
    )
    .fetch_all(conn)
    .await?;
    let mut pages: HashMap<RepoId, Vec<P>> = HashMap::new();
    for row in rows {
        let Ok(page) = serde_json::from_value(row.document.0) else { continue };
        pages.entry(RepoId(row.parent)).or_default().push(page);
    }
    Ok(pages)
}

/// Keeps the pages of one repository in place of those before.
pub async fn store<P: Serialize + Sync>(
    conn: &mut PgConnection,
    course: CourseId,
    parent: RepoId,
    source: &str,
    pages: &[P],
) -> sqlx::Result<()> {
    sqlx::query!("delete from listing_page where course_id = $1 and parent = $2", course.0, parent.0)
        .execute(&mut *conn)
        .await?;
    for (number, page) in (1_i32..).zip(pages) {
        sqlx::query!(
            "insert into listing_page (course_id, parent, page, source, document) values ($1, $2, $3, $4, $5)",
            course.0,
            parent.0,
            number,
            source,
            Json(page) as _,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
