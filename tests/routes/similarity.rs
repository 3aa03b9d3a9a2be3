//! `GET /similarity` and its pairs.

use reqwest::StatusCode;

use crate::support::class::plausible;
use crate::support::site::Site;

#[tokio::test]
async fn a_teacher_opens_a_pair_and_reads_both_sides() {
    let site = Site::new().await;
    let class = plausible(&site).await;
    let teacher = site.teacher().await;
    let page = teacher.get("/similarity?lang=en").await;
    assert!(page.text().contains("as soon as the queue is empty"), "nothing was compared yet: {}", page.text());

    let (left, right) = (class[2].fork, class[7].fork);
    site.similar(left, right).await;
    let page = teacher.get("/similarity?lang=en").await;
    assert_eq!(page.all(".pairs tbody th"), ["Camille Roux, Inès Benali · Hugo Lambert"]);
    assert_eq!(page.all(".pairs tbody td")[..3], ["87 %", "412", "1"]);
    let page = teacher.get(&format!("/similarity/{left}/{right}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.all(".passage code"), ["films.py", "outils/scrap.py"]);
    assert_eq!(page.all(".passage pre")[1], "<script>alert(1)</script>", "a student's text is text");
    // In the other order, and about others, there is no such pair.
    for path in [format!("/similarity/{right}/{left}"), format!("/similarity/{left}/{left}")] {
        assert_eq!(teacher.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}
