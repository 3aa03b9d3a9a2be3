//! `POST /students/{student}/link`, `POST /links`

use reqwest::StatusCode;

use crate::support::site::Site;

#[tokio::test]
async fn a_teacher_makes_a_link_that_lets_the_student_in() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let page = site.teacher().await.post(&format!("/students/{}/link", member.students[0]), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let link = page.all("code.copy").remove(0);
    let path = link.strip_prefix(site.url.as_str().trim_end_matches('/')).expect("an address of this site");
    assert_eq!(site.visitor().get(path).await.location(), Some("/me"));
}

#[tokio::test]
async fn links_for_the_whole_class_are_made_once_and_open_in_a_spreadsheet() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "=HYPERLINK(\"http://evil.example\")"), ("theo", "Théo")]).await;
    let with_link = site.student_link(member.students[1]).await;
    let teacher = site.teacher().await;
    let file = teacher.post("/links", &[]).await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"links.csv\""));
    let mut rows = csv::Reader::from_reader(file.body.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1, "who has a link keeps it");
    assert_eq!((&rows[0][0], &rows[0][1]), ("amelie", "'=HYPERLINK(\"http://evil.example\")"));
    let path = rows[0][2].strip_prefix(site.url.as_str().trim_end_matches('/')).expect("an address of this site");
    assert_eq!(site.visitor().get(path).await.location(), Some("/me"));
    assert_eq!(site.visitor().get(&with_link).await.location(), Some("/me"));
    assert_eq!(teacher.post("/links", &[]).await.body.lines().count(), 1, "nobody is left without one");
}

#[tokio::test]
async fn nobody_elses_student_gets_a_link() {
    let site = Site::new().await;
    assert_eq!(site.teacher().await.post("/students/77/link", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_that_is_taken_away_lets_nobody_in_and_ends_what_it_opened() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let student = site.student(member.students[0]).await;
    let link = site.student_link(member.students[0]).await;
    let teacher = site.teacher().await;
    let fork = format!("/forks/{}", member.fork);
    let revoke = format!("/students/{}/link/revoke", member.students[0]);
    assert!(teacher.get(&fork).await.body.contains(&revoke), "there is a button for it");
    let back = teacher.post(&revoke, &[("back", &fork)]).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, Some(fork.as_str())));
    assert_eq!(site.visitor().get(&link).await.status, StatusCode::GONE);
    assert_eq!(student.get("/me").await.status, StatusCode::UNAUTHORIZED);
    assert!(!teacher.get(&fork).await.body.contains(&revoke), "there is nothing more to take away");
    for away in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        assert_eq!(teacher.post(&revoke, &[("back", away)]).await.location(), Some("/roster"));
    }
    let nobody = teacher.post("/students/77/link/revoke", &[("back", "/roster")]).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}
