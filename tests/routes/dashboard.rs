//! `GET /forks`

use crate::support::class::plausible;
use crate::support::site::Site;

#[tokio::test]
async fn the_class_is_counted() {
    let site = Site::new().await;
    plausible(&site).await;
    let page = site.teacher().await.get("/forks?lang=en").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.all(".tile"), ["x"]);
}
