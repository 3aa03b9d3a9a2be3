//! `GET /facts/{address}`

use forkgrade::domain::facts::Execution;
use reqwest::StatusCode;

use crate::support::site::Site;

#[tokio::test]
async fn facts_come_as_they_were_stored() {
    let site = Site::new().await;
    site.graded_fork(&[("amelie", "Amélie")]).await;
    let address: String =
        sqlx::query_scalar("select execution from score").fetch_one(&site.database.pool).await.unwrap();
    let answer = site.teacher().await.get(&format!("/facts/{address}")).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let facts: Execution = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(facts, crate::support::observed::shows_data(3));
}

#[tokio::test]
async fn facts_that_no_fork_of_this_course_has_are_not_found() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    sqlx::query("insert into facts values (repeat('a', 64), 'execution', repeat('b', 64), 1, '{}', now())")
        .execute(&site.database.pool)
        .await
        .unwrap();
    for address in ["a".repeat(64), "b".repeat(64), "no-address".into()] {
        assert_eq!(teacher.get(&format!("/facts/{address}")).await.status, StatusCode::NOT_FOUND);
    }
}
