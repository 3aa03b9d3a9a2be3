//! `POST /publication`

use forkgrade::domain::course::Visibility;
use reqwest::StatusCode;

use crate::support::site::{Site, Wanted, course};

#[tokio::test]
async fn a_teacher_publishes_and_takes_back() {
    let mut course = course();
    course.visibility = Visibility::WhenPublished;
    let site = Site::with(Wanted { course, ..Wanted::default() }).await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let (teacher, student) = (site.teacher().await, site.student(member.students[0]).await);
    let sees = async || !student.get("/me").await.all(".score").is_empty();

    assert!(!sees().await);
    assert!(student.get("/me?lang=en").await.text().contains("when your teacher publishes it"));
    assert!(teacher.get("/forks?lang=en").await.text().contains("Publish the results"));
    assert_eq!(teacher.post("/publication", &[("published", "true")]).await.status, StatusCode::SEE_OTHER);
    assert!(sees().await);
    assert_eq!(teacher.post("/publication", &[("published", "false")]).await.status, StatusCode::SEE_OTHER);
    assert!(!sees().await);
}
