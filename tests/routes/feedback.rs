//! `GET /me`

use chrono::TimeDelta;
use forkgrade::domain::course::Visibility;
use forkgrade::domain::facts::inspection::ProjectState;
use reqwest::StatusCode;

use crate::support::observed;
use crate::support::site::{Site, Wanted, at, course};

#[tokio::test]
async fn advice_comes_first_and_the_score_is_taken_apart() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie Moreau")]).await;
    // Ten hours late: a day begun.
    let submission = site.submit(member.fork, at("2026-01-28T10:00:00+01:00")).await;
    let score =
        site.grade(submission, &observed::submitted(1, &[]), Some(&observed::crashed(1)), site.clock.now()).await;
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    assert_eq!(page.all("h1"), ["Hello Amélie Moreau"]);
    assert_eq!(page.all(".score .total"), [format!("{} / 20", score.total)]);
    let sum = page.all(".sum dd");
    assert_eq!(sum, [score.base.to_string(), format!("+{}", score.bonus), "−1".to_owned()]);
    assert!(page.text().contains("Your application stopped at its start."));
    let headings = page.all("h2");
    assert_eq!(headings.first().map(String::as_str), Some("What to do next"), "{headings:?}");
    // What gives most stands first, and bonus last.
    let open = page.all("#next-title + .findings h3");
    assert!(open[0].contains("The application starts") && open.last().unwrap().contains("bonus"), "{open:?}");
    assert!(page.all(".advice").join(" ").contains("last line"), "{:?}", page.all(".advice"));
    assert!(page.text().contains("ModuleNotFoundError"), "the log is there");
    assert!(page.text().contains("forkgrade check"));
}

#[tokio::test]
async fn another_students_fork_does_not_exist() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("amelie", "Amélie")]).await;
    let other = site.graded_fork(&[("basile", "Basile Rochefort")]).await;
    let student = site.student(own.students[0]).await;
    for path in [format!("/me?fork={}", other.fork), "/me?fork=4242".into(), "/me?fork=x".into()] {
        let answer = student.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("Basile"));
    }
    // Nor does another's submission show under the own fork.
    let submission: i64 = sqlx::query_scalar("select id from submission where fork_id = $1")
        .bind(other.fork.0)
        .fetch_one(&site.database.pool)
        .await
        .unwrap();
    let page = student.get(&format!("/me?submission={submission}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let shown = page.all(".submissions .shown code");
    let own_commit: String = sqlx::query_scalar("select left(commit_sha, 8) from submission where fork_id = $1")
        .bind(own.fork.0)
        .fetch_one(&site.database.pool)
        .await
        .unwrap();
    assert_eq!(shown, [own_commit]);
}

#[tokio::test]
async fn partners_both_see_the_fork_they_share() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie"), ("theo", "Théo")]).await;
    for student in &member.students {
        let page = site.student(*student).await.get("/me?lang=en").await;
        assert!(page.text().contains("Your application starts, answers and shows data."));
    }
}

#[tokio::test]
async fn whoever_has_handed_nothing_in_is_told_how_to_begin() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    assert!(page.text().contains("nothing was pushed to it yet"), "{}", page.text());
    assert_eq!(page.all(".start li").len(), 4);

    sqlx::query("delete from fork_student").execute(&site.database.pool).await.unwrap();
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    assert!(page.text().contains("We do not know a fork of yours yet"), "{}", page.text());
}

#[tokio::test]
async fn an_untouched_template_is_told_kindly() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let now = site.clock.now();
    let submission = site.submit(member.fork, now - TimeDelta::days(2)).await;
    site.grade(submission, &observed::nothing(ProjectState::Template), None, now).await;
    let page = site.student(member.students[0]).await.get("/me").await;
    assert!(page.text().contains("Le dossier du projet est encore le modèle du cours."));
}

#[tokio::test]
async fn before_the_deadline_only_the_receipt_is_shown() {
    let mut course = course();
    course.visibility = Visibility::AfterDeadline;
    let clock = forkgrade::clock::Clock::fixed(at("2026-01-26T12:00:00+01:00"));
    let site = Site::with(Wanted { course, clock, ..Wanted::default() }).await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let student = site.student(member.students[0]).await;
    let page = student.get("/me?lang=en").await;
    assert!(page.text().contains("visible from 28 Jan 2026 00:14:00 (CET) on"), "{}", page.text());
    assert!(page.all(".score").is_empty() && page.all(".finding").is_empty() && page.all(".submissions b").is_empty());
    assert!(!page.body.contains("cinema.films") && !page.body.contains("Ciné Paris"));

    site.clock.advance(TimeDelta::days(2));
    let page = student.get("/me?lang=en").await;
    assert_eq!(page.all(".score").len(), 1);
}

#[tokio::test]
async fn while_it_runs_the_place_and_the_stage_are_shown() {
    let site = Site::new().await;
    let first = site.fork(&[("amelie", "Amélie")]).await;
    let second = site.fork(&[("basile", "Basile")]).await;
    let now = site.clock.now();
    site.enqueue(site.submit(first.fork, now).await).await;
    let run = site.enqueue(site.submit(second.fork, now).await).await;
    let student = site.student(second.students[0]).await;
    let page = student.get("/me?lang=en").await;
    assert_eq!(page.all("#progress-title"), ["Waiting: number 2 in line"]);
    assert!(page.body.contains(r#"<noscript><meta http-equiv="refresh""#), "it reloads where nothing else can");
    site.enter(run, "probing", now).await;
    let page = student.get("/me?lang=en").await;
    assert_eq!(page.all(".stages .over").len(), 4);
    assert_eq!(page.all(".stages .now").len(), 1);
}

#[tokio::test]
async fn our_failure_is_told_without_its_cause() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let run = site.enqueue(site.submit(member.fork, site.clock.now()).await).await;
    site.fail(run, "cannot reach /var/run/docker.sock on atelier").await;
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    assert!(page.text().contains("A problem on our side"), "{}", page.text());
    assert!(page.text().contains("it costs no points"));
    assert!(!page.body.contains("docker.sock"));
}

#[tokio::test]
async fn a_hidden_criterion_counts_and_is_not_shown() {
    let mut course = crate::support::site::course();
    let hidden = course.rubric.criteria.iter_mut().find(|criterion| criterion.id == "stack-web").expect("a criterion");
    (hidden.hidden, hidden.title_fr) = (true, "Le critère caché".to_owned());
    let site = Site::with(crate::support::site::Wanted { course, ..Default::default() }).await;
    let own = site.graded_fork(&[("amelie", "Amélie")]).await;
    let page = site.student(own.students[0]).await.get("/me?lang=fr").await;
    assert!(!page.body.contains("Le critère caché"), "{}", page.text());
    assert_eq!(page.all("#hidden-sum"), ["Critères évalués sans détail : 1,5 / 1,5"]);
    let page = site.teacher().await.get(&format!("/forks/{}?lang=fr", own.fork)).await;
    assert!(page.text().contains("Le critère caché") && page.text().contains("caché aux étudiants"));
    assert!(page.all("#sums li").last().is_some_and(|line| line.starts_with("Total")), "{:?}", page.all("#sums li"));
}
