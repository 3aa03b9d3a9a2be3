//! `POST /students/{student}/extension`, `POST /students/{student}/extension/remove`

use chrono::TimeDelta;
use forkgrade::domain::Points;
use forkgrade::domain::check::Technology::{Flask, Mongodb, Scraping};
use forkgrade::domain::course::Visibility;
use forkgrade::grading;
use reqwest::StatusCode;

use crate::support::class::Member;
use crate::support::decisions::local;
use crate::support::observed;
use crate::support::site::{Site, Wanted, at, course};

/// The course is due on 27 January at 23:59, and it is the 28th, 14:32: what is pushed now costs a point.
async fn late(site: &Site, students: &[(&str, &str)]) -> Member {
    let member = site.fork(students).await;
    let now = site.clock.now();
    let submission = site.submit(member.fork, now).await;
    let inspection = observed::submitted(1, &[Flask, Mongodb, Scraping]);
    site.grade(submission, &inspection, Some(&observed::shows_data(3)), now).await;
    member
}

async fn penalty(site: &Site, member: &Member) -> Points {
    let submission = site.newest(member.fork).await;
    let sql = "select late_penalty from score where submission_id = $1 and current";
    let hundredths: i32 = sqlx::query_scalar(sql).bind(submission.0).fetch_one(&site.database.pool).await.unwrap();
    Points::from_hundredths(hundredths.into())
}

#[tokio::test]
async fn more_time_takes_the_penalty_off_in_the_same_moment_and_taking_it_back_brings_it() {
    let site = Site::new().await;
    let member = late(&site, &[("amelie", "Amélie")]).await;
    let (teacher, student) = (site.teacher().await, site.student(member.students[0]).await);
    assert_eq!(penalty(&site, &member).await, Points::whole(1));
    assert!(student.get("/me?lang=en").await.all("#deadline").join("").contains("due: yesterday 23:59"));

    let until = at("2026-02-05T18:00:00+01:00");
    let answer = teacher.extend(member.fork, member.students[0], &local(until), "in hospital").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert_eq!(penalty(&site, &member).await, Points::ZERO);
    let page = student.get("/me?lang=en").await;
    assert_eq!(page.all("#deadline"), ["due: 5 Feb 18:00 more time"]);
    assert!(!page.body.contains("in hospital"), "the log keeps the reason");
    assert!(page.all("#sums li").join(" ").contains("The deadline was extended to 2026-02-05 18:00 (CET)."));
    let changed = page.all("#changed li").join(" ");
    assert!(changed.contains("The deadline was extended to 2026-02-05 18:00 (CET)."), "{changed}");
    assert!(changed.contains("−1 → becomes −0"), "{changed}");
    let page = teacher.get(&format!("/forks/{}?lang=en", member.fork)).await;
    assert!(page.all(".people").join(" ").contains("Has until 5 Feb 2026 18:00:00 (CET)"), "{:?}", page.all(".people"));
    assert!(teacher.get("/forks?lang=en").await.all(".c-name .tag").contains(&"more time".to_owned()));
    assert!(teacher.get("/forks?lang=en&show=late").await.all("tbody .c-name").is_empty());

    assert_eq!(teacher.take_back(member.fork, member.students[0]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(penalty(&site, &member).await, Points::whole(1));
    assert_eq!(teacher.take_back(member.fork, member.students[0]).await.status, StatusCode::NOT_FOUND);
    let log = teacher.get("/audit?lang=en&person=amelie").await;
    assert_eq!(log.all("#audit .what b"), ["Extension taken back", "Deadline extended"]);
    assert_eq!(log.all("#audit .reason"), ["“in hospital”"]);
    let of_fork = teacher.get(&format!("/audit?lang=en&fork={}", member.fork)).await;
    assert_eq!(of_fork.all("#audit li").len(), 2, "of the fork's student");
}

#[tokio::test]
async fn of_a_shared_fork_the_latest_extension_counts() {
    let site = Site::new().await;
    let member = late(&site, &[("amelie", "Amélie"), ("theo", "Théo")]).await;
    let teacher = site.teacher().await;
    // Not enough: it was pushed at 14:32, with a quarter of an hour of grace.
    teacher.extend(member.fork, member.students[0], "2026-01-28T14:00", "train").await;
    assert_eq!(penalty(&site, &member).await, Points::whole(1));
    teacher.extend(member.fork, member.students[1], "2026-01-28T14:17", "train").await;
    assert_eq!(penalty(&site, &member).await, Points::ZERO);
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    assert_eq!(page.all("#deadline"), ["due: 14:17 more time"], "whatever the partner has counts");

    // Whoever leaves takes their extension along, and whoever comes brings it.
    let pair = [("fork", member.fork.to_string()), ("student", member.students[1].to_string())];
    let pair: Vec<(&str, &str)> = pair.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(teacher.post("/roster/detach", &pair).await.status, StatusCode::SEE_OTHER);
    assert_eq!(penalty(&site, &member).await, Points::whole(1));
    assert_eq!(teacher.post("/roster/attach", &pair).await.status, StatusCode::SEE_OTHER);
    assert_eq!(penalty(&site, &member).await, Points::ZERO);
}

#[tokio::test]
async fn a_tie_that_nobody_decided_is_settled_by_the_worker() {
    let site = Site::new().await;
    let member = late(&site, &[("amelie", "Amélie")]).await;
    let sacha = site.rostered("sacha", "Sacha").await;
    site.teacher().await.extend(member.fork, sacha, "2026-02-05T18:00", "in hospital").await;
    assert_eq!(penalty(&site, &member).await, Points::whole(1), "not Sacha's fork");
    sqlx::query("insert into fork_student values ($1, $2)")
        .bind(member.fork.0)
        .bind(sacha.0)
        .execute(&site.database.pool)
        .await
        .unwrap();
    let settle = || grading::settle(&site.database.pool, site.course_id, &site.course, site.clock.now());
    assert_eq!(settle().await.unwrap(), 1);
    assert_eq!(penalty(&site, &member).await, Points::ZERO);
    assert_eq!(settle().await.unwrap(), 0, "once");
}

#[tokio::test]
async fn the_submission_of_record_goes_by_the_forks_own_deadline() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let now = site.clock.now();
    let inspection = observed::submitted(1, &[Flask, Mongodb, Scraping]);
    let first = site.submit(member.fork, now - TimeDelta::days(3)).await;
    site.grade(first, &inspection, Some(&observed::shows_data(3)), now - TimeDelta::days(3)).await;
    let second = site.submit(member.fork, now).await;
    site.grade(second, &inspection, Some(&observed::crashed(3)), now).await;
    let (teacher, student) = (site.teacher().await, site.student(member.students[0]).await);
    let counts = async || student.get("/me?lang=en").await.all(".submissions .shown a");
    let of_first = counts().await;
    teacher.extend(member.fork, member.students[0], "2026-02-05T18:00", "ill").await;
    assert_ne!(counts().await, of_first, "the last in time counts, even where it gives less");
    let changed = student.get("/me?lang=en").await.all("#changed li").join(" ");
    assert!(changed.contains("Another version counts now") && changed.contains("was extended"), "{changed}");
    teacher.take_back(member.fork, member.students[0]).await;
    assert_eq!(counts().await, of_first);
}

#[tokio::test]
async fn feedback_after_the_deadline_waits_for_the_students_own() {
    let mut course = course();
    course.visibility = Visibility::AfterDeadline;
    let site = Site::with(Wanted { course, ..Wanted::default() }).await;
    let (own, other) =
        (site.graded_fork(&[("amelie", "Amélie")]).await, site.graded_fork(&[("basile", "Basile")]).await);
    let teacher = site.teacher().await;
    let (amelie, basile) = (site.student(own.students[0]).await, site.student(other.students[0]).await);
    teacher.extend(own.fork, own.students[0], "2026-02-05T18:00", "ill").await;
    let page = amelie.get("/me?lang=en").await;
    assert!(page.text().contains("visible from 5 Feb 2026 18:15:00 (CET) on") && page.all(".score").is_empty());
    assert_eq!(basile.get("/me").await.all(".score").len(), 1);
    site.clock.advance(TimeDelta::days(9));
    assert_eq!(amelie.get("/me").await.all(".score").len(), 1);
}

#[tokio::test]
async fn what_cannot_be_extended_is_said_beside_the_form() {
    let site = Site::new().await;
    let member = late(&site, &[("amelie", "Amélie")]).await;
    let teacher = site.teacher().await;
    for (until, reason, wanted) in [
        ("2026-01-27T23:59", "ill", "own deadline is 27 Jan 2026 23:59:00 (CET)"),
        ("soon", "ill", "no date and time"),
        ("2026-02-05T18:00", "", "Say why"),
    ] {
        let page = teacher.extend(member.fork, member.students[0], until, reason).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = page.all(".people details[open] .mistake").join(" ");
        assert!(said.contains(wanted), "{until}: {said}");
    }
    assert_eq!(
        teacher.extend(member.fork, forkgrade::domain::ids::StudentId(99), "2026-02-05T18:00", "x").await.status,
        404
    );
    assert_eq!(site.count("select count(*) from extension").await, 0);

    let site =
        Site::with(Wanted { course: site.course_with(|course| course.deadline = None), ..Wanted::default() }).await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let teacher = site.teacher().await;
    let page = teacher.extend(member.fork, member.students[0], "2026-02-05T18:00", "ill").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        teacher.get(&format!("/forks/{}", member.fork)).await.all(".people details").is_empty(),
        "nothing is offered"
    );
}

#[tokio::test]
async fn a_student_without_a_fork_sees_their_own_deadline() {
    let site = Site::new().await;
    let member = late(&site, &[("amelie", "Amélie")]).await;
    let sacha = site.rostered("sacha", "Sacha").await;
    site.teacher().await.extend(member.fork, sacha, "2026-02-05T18:00", "ill").await;
    let page = site.student(sacha).await.get("/me?lang=en").await;
    assert!(page.text().contains("due: 5 Feb 2026 18:00:00 (CET)"), "{}", page.text());
}
