//! `GET /me`: a grade that was seen never changes silently.

use chrono::TimeDelta;
use forkgrade::domain::Points;
use forkgrade::domain::check::Technology::{Flask, Mongodb, Scraping};
use forkgrade::domain::course::Visibility;
use forkgrade::domain::ids::SubmissionId;
use reqwest::StatusCode;

use crate::support::class::Member;
use crate::support::observed;
use crate::support::site::{Site, Visitor, Wanted, course};

struct Graded {
    site: Site,
    member: Member,
    submission: SubmissionId,
    teacher: Visitor,
    student: Visitor,
}

impl Graded {
    async fn new(visibility: Visibility) -> Self {
        let mut course = course();
        course.visibility = visibility;
        let site = Site::with(Wanted { course, ..Wanted::default() }).await;
        let member = site.fork(&[("amelie", "Amélie")]).await;
        let now = site.clock.now() - TimeDelta::days(2);
        let submission = site.submit(member.fork, now).await;
        let inspection = observed::submitted(1, &[Flask, Mongodb, Scraping]);
        site.grade(submission, &inspection, Some(&observed::crashed(1)), now).await;
        let (teacher, student) = (site.teacher().await, site.student(member.students[0]).await);
        Self { site, member, submission, teacher, student }
    }

    async fn give(&self, points: &str, reason: &str) {
        let given = self.teacher.give(&self.site, self.member.fork, self.submission, "starts", points, reason).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text());
        self.site.clock.advance(TimeDelta::minutes(10));
    }

    async fn publish(&self, published: &str) {
        let done = self.teacher.post("/publication", &[("published", published)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        self.site.clock.advance(TimeDelta::minutes(10));
    }

    async fn total(&self) -> Points {
        self.site.current(self.submission).await.1
    }

    /// What the student is told, newest first.
    async fn told(&self) -> Vec<String> {
        self.student.get("/me?lang=en").await.all("#changed > li")
    }
}

#[tokio::test]
async fn a_decision_and_its_undoing_are_both_told_with_when_and_why() {
    let graded = Graded::new(Visibility::Immediately).await;
    assert!(graded.told().await.is_empty());
    let before = graded.total().await;
    graded.give("1.5", "It starts on my machine.").await;
    let after = graded.total().await;
    let told = graded.told().await;
    let wanted = format!("Your grade changed on 28 Jan 2026 14:32:00 (CET) from {before} to {after}:");
    assert!(told.len() == 1 && told[0].starts_with(&wanted), "{told:?}");
    assert!(told[0].contains("A teacher gave points by hand: The application starts."), "{told:?}");
    assert!(told[0].contains("“It starts on my machine.”") && told[0].contains("0 / 3 → becomes 1.5 / 3"), "{told:?}");

    graded.teacher.undo(graded.member.fork, graded.submission, "starts").await;
    let told = graded.told().await;
    let wanted = format!("Your grade changed on 28 Jan 2026 14:42:00 (CET) from {after} to {before}:");
    assert!(told.len() == 2 && told[0].starts_with(&wanted), "{told:?}");
    assert!(told[0].contains("were taken back"), "{told:?}");
    let french = graded.student.get("/me?lang=fr").await.all("#changed > li");
    assert!(french[1].starts_with("Votre note a changé le 28 janv. 2026 14:32:00 (CET), de "), "{french:?}");
}

#[tokio::test]
async fn changes_before_publication_are_nobodys_business() {
    let graded = Graded::new(Visibility::WhenPublished).await;
    graded.give("1", "first look").await;
    graded.give("1.5", "second look").await;
    assert!(graded.told().await.is_empty());
    graded.publish("true").await;
    let page = graded.student.get("/me?lang=en").await;
    assert_eq!((page.all(".score").len(), page.all("#changed").len()), (1, 0));
    assert!(!page.body.contains("first look"), "{}", page.text());
    graded.give("2", "third look").await;
    let told = graded.told().await;
    assert!(told.len() == 1 && told[0].contains("third look"), "{told:?}");
}

#[tokio::test]
async fn hiding_a_grade_while_it_changes_hides_no_change() {
    let graded = Graded::new(Visibility::WhenPublished).await;
    graded.publish("true").await;
    let before = graded.total().await;
    graded.publish("false").await;
    graded.give("1", "while hidden").await;
    graded.give("1.5", "while hidden, again").await;
    assert!(graded.told().await.is_empty(), "nothing is shown");
    graded.publish("true").await;
    let told = graded.told().await;
    assert_eq!(told.len(), 1, "from what they saw to what they see: {told:?}");
    assert!(told[0].contains(&format!("from {before} to {}:", graded.total().await)), "{told:?}");
    assert!(told[0].starts_with("Your grade changed on 28 Jan 2026 15:12:00"), "when they could see it: {told:?}");
    assert!(told[0].contains("while hidden, again"));
}

#[tokio::test]
async fn a_class_that_is_scored_again_is_told_what_the_rubric_moved() {
    let graded = Graded::new(Visibility::Immediately).await;
    let site = &graded.site;
    let dearer = site.course_with(|course| {
        let starts = course.rubric.criteria.iter_mut().find(|one| one.id == "starts").unwrap();
        starts.points = Points::whole(5);
    });
    assert_eq!(site.rescore(&dearer).await.len(), 1);
    let told = graded.told().await;
    assert!(told.len() == 1 && told[0].contains("The rubric changed."), "{told:?}");
    assert!(told[0].contains("0 / 3 → becomes 0 / 5"), "{told:?}");
    assert_eq!(site.rescore(&dearer).await, [], "the same again is no change");
    assert_eq!(graded.told().await.len(), 1);
    let page = graded.teacher.get(&format!("/forks/{}?lang=en", graded.member.fork)).await;
    assert!(page.all("#steps > li")[0].contains("The rubric changed."), "{:?}", page.all("#steps > li"));
    let log = graded.teacher.get("/audit?lang=en").await.all("#audit li");
    assert!(log[0].contains("Class scored again") && log[0].contains("command line"), "{log:?}");
}

#[tokio::test]
async fn a_push_is_one_more_version_and_no_change_of_a_grade() {
    let graded = Graded::new(Visibility::Immediately).await;
    let site = &graded.site;
    // Something was decided, so that what is seen is written down from here on.
    graded.give("1", "why").await;
    let (received, now) = (site.clock.now() - TimeDelta::days(1), site.clock.now());
    let second = site.submit(graded.member.fork, received).await;
    site.grade(second, &observed::submitted(2, &[Flask]), Some(&observed::shows_data(2)), now).await;
    assert_eq!(graded.told().await.len(), 1, "{:?}", graded.told().await);
    // But when an earlier version counts again, that is told.
    sqlx::query("update submission set received_at = received_at - interval '5 days' where id = $1")
        .bind(second.0)
        .execute(&site.database.pool)
        .await
        .unwrap();
    let told = graded.told().await;
    assert!(told.len() == 2 && told[0].contains("Another version counts now"), "{told:?}");
}

#[tokio::test]
async fn only_points_that_move_are_told() {
    let graded = Graded::new(Visibility::Immediately).await;
    let before = graded.total().await;
    // Nothing, where the check gave nothing.
    graded.give("0", "seen, and rightly nothing").await;
    assert_eq!((graded.total().await, graded.told().await), (before, vec![]));
}

#[tokio::test]
async fn one_students_change_is_not_told_to_another() {
    let graded = Graded::new(Visibility::Immediately).await;
    let other = graded.site.graded_fork(&[("basile", "Basile")]).await;
    graded.give("1", "for Amélie alone").await;
    let page = graded.site.student(other.students[0]).await.get("/me?lang=en").await;
    assert!(page.all("#changed").is_empty() && !page.body.contains("for Amélie alone"));
}
