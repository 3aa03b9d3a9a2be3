//! `GET /healthz`, `GET /readyz`

use reqwest::StatusCode;

use crate::support::site::Site;

#[tokio::test]
async fn alive_means_the_process_and_ready_means_the_database() {
    let site = Site::new().await;
    let visitor = site.visitor();
    assert_eq!(visitor.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(visitor.get("/readyz").await.status, StatusCode::OK);
    site.database.pool.close().await;
    assert_eq!(visitor.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(visitor.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
}
