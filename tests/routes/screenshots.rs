//! `GET /screenshots/{address}` and `GET /me/screenshots/{address}`

use forkgrade::domain::course::Visibility;
use reqwest::StatusCode;

use crate::support::observed;
use crate::support::site::{Site, Wanted, course};

/// The addresses of the application's picture and of the empty one's.
fn addresses() -> (String, String) {
    let pictures = observed::pictures();
    (pictures[0].address.to_string(), pictures[4].address.to_string())
}

#[tokio::test]
async fn a_picture_comes_as_it_was_taken_and_is_kept_by_the_browser() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("amelie", "Amélie")]).await;
    let (shown, _) = addresses();
    let people = [
        (site.teacher().await, format!("/screenshots/{shown}")),
        (site.student(own.students[0]).await, format!("/me/screenshots/{shown}")),
    ];
    for (person, path) in people {
        let response = person.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "image/webp");
        assert_eq!(header("cache-control"), "private, max-age=31536000, immutable");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(response.bytes().await.unwrap(), observed::pictures()[0].content);
    }
}

#[tokio::test]
async fn pictures_of_others_and_none_at_all_look_alike() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("amelie", "Amélie")]).await;
    let other = site.fork(&[("basile", "Basile")]).await;
    let submission = site.submit(other.fork, site.clock.now()).await;
    let (inspection, execution) = (observed::submitted(9, &[]), observed::starts_empty(9));
    site.grade(submission, &inspection, Some(&execution), site.clock.now()).await;
    let (_, of_other) = addresses();
    let student = site.student(own.students[0]).await;
    let paths = [
        format!("/me/screenshots/{of_other}"),
        format!("/me/screenshots/{of_other}?fork={}", other.fork),
        format!("/me/screenshots/{}", "a".repeat(64)),
        "/me/screenshots/none".to_owned(),
    ];
    for path in paths {
        assert_eq!(student.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let theirs = site.student(other.students[0]).await.get(&format!("/me/screenshots/{of_other}")).await;
    assert_eq!(theirs.status, StatusCode::OK);
    assert_eq!(
        site.teacher().await.get(&format!("/screenshots/{}", "a".repeat(64))).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_picture_is_no_way_around_feedback_that_is_not_published() {
    let mut course = course();
    course.visibility = Visibility::WhenPublished;
    let site = Site::with(Wanted { course, ..Wanted::default() }).await;
    let own = site.graded_fork(&[("amelie", "Amélie")]).await;
    let path = format!("/me/screenshots/{}", addresses().0);
    let student = site.student(own.students[0]).await;
    assert_eq!(student.get(&path).await.status, StatusCode::NOT_FOUND);
    site.teacher().await.post("/publication", &[("published", "true")]).await;
    assert_eq!(student.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_show_them_with_words_for_who_sees_none() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("amelie", "Amélie")]).await;
    let (teacher, student) = (site.teacher().await, site.student(own.students[0]).await);
    for page in [teacher.get(&format!("/forks/{}?lang=en", own.fork)).await, student.get("/me?lang=en").await] {
        assert!(page.body.contains("alt=\"Screenshot of /: “Ciné Paris”, answer 200\""), "{}", page.body);
        assert!(page.body.contains("loading=\"lazy\""));
        let said = page.all(".screenshots").join(" ");
        for words in [
            "The page asks for /static/style.css and does not get it (404).",
            "The page asks for https://cdn.jsdelivr.net/npm/absent@1.css and does not get it (404).",
            "Not loaded, since a run does not reach it: cdn.plot.ly",
            "3 errors in the browser’s console",
            "No picture: the page’s scripts never let the browser rest.",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(page.text().contains("1.4 s"), "when it was ready");
    }
}

#[tokio::test]
async fn a_machine_without_a_browser_says_so() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let submission = site.submit(member.fork, site.clock.now()).await;
    let mut execution = observed::shows_data(1);
    (execution.screenshots, execution.without_browser) = (Vec::new(), true);
    site.grade(submission, &observed::submitted(1, &[]), Some(&execution), site.clock.now()).await;
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    assert_eq!(page.all("#no-browser").len(), 1);
}
