//! Points by hand: at most one decision for each criterion of a submission.
//! May import: `domain/`.
//! Next: `grading/by_hand.rs`, which sets and undoes them; `rubric/score.rs`, which counts them.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::{Json, JsonValue};

use super::audit::actor;
use super::decoded;
use crate::domain::ids::SubmissionId;
use crate::domain::{Override, Points};

/// Gives points for a criterion; those given before are given no more.
pub async fn set(conn: &mut PgConnection, submission: SubmissionId, given: &Override) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into override (submission_id, criterion, points, reason, actor, login, at, judged)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (submission_id, criterion) do update set points = excluded.points, reason = excluded.reason,
             actor = excluded.actor, login = excluded.login, at = excluded.at, judged = excluded.judged",
        submission.0,
        given.criterion,
        i32::try_from(given.points.hundredths()).unwrap_or(i32::MAX),
        given.reason,
        given.by.kind(),
        given.by.login().map(|login| login.as_str()),
        given.at,
        Json(&given.judged) as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The check's own points count again. `None` where nothing was given by hand.
pub async fn undo(
    conn: &mut PgConnection,
    submission: SubmissionId,
    criterion: &str,
) -> sqlx::Result<Option<Override>> {
    let undone = of(&mut *conn, &[submission]).await?.remove(&submission).unwrap_or_default();
    sqlx::query!("delete from override where submission_id = $1 and criterion = $2", submission.0, criterion)
        .execute(conn)
        .await?;
    Ok(undone.into_iter().find(|given| given.criterion == criterion))
}

/// What was given for these submissions, by criterion.
pub async fn of(
    conn: &mut PgConnection,
    submissions: &[SubmissionId],
) -> sqlx::Result<HashMap<SubmissionId, Vec<Override>>> {
    let submissions: Vec<i64> = submissions.iter().map(|submission| submission.0).collect();
    let rows = sqlx::query!(
        r#"select submission_id, criterion, points, reason, actor, login, at, judged as "judged: Json<JsonValue>"
           from override where submission_id = any($1) order by submission_id, criterion"#,
        &submissions,
    )
    .fetch_all(conn)
    .await?;
    let mut by_submission: HashMap<SubmissionId, Vec<Override>> = HashMap::new();
    for row in rows {
        by_submission.entry(SubmissionId(row.submission_id)).or_default().push(Override {
            criterion: row.criterion,
            points: Points::from_hundredths(row.points.into()),
            reason: row.reason,
            by: actor(&row.actor, row.login)?,
            at: row.at,
            judged: decoded(serde_json::from_value(row.judged.0))?,
        });
    }
    Ok(by_submission)
}
