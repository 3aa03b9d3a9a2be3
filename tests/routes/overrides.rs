//! `POST /forks/{fork}/overrides`, `POST /forks/{fork}/overrides/undo`

use chrono::TimeDelta;
use forkgrade::domain::check::Technology::{Flask, Mongodb, Scraping};
use forkgrade::domain::ids::SubmissionId;
use forkgrade::domain::rubric::Kind;
use forkgrade::domain::{Outcome, Points};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::class::Member;
use crate::support::observed;
use crate::support::site::{Site, Wanted, course};

/// Amélie's project, which crashes at its start.
async fn crashed(site: &Site) -> (Member, SubmissionId) {
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let now = site.clock.now() - TimeDelta::days(2);
    let submission = site.submit(member.fork, now).await;
    let inspection = observed::submitted(1, &[Flask, Mongodb, Scraping]);
    site.grade(submission, &inspection, Some(&observed::crashed(1)), now).await;
    (member, submission)
}

#[tokio::test]
async fn points_are_given_shown_and_undone_without_a_trace_in_the_findings() {
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let (teacher, student) = (site.teacher().await, site.student(member.students[0]).await);
    let findings = async || -> String {
        let sql = "select findings::text from score where submission_id = $1 and current";
        sqlx::query_scalar(sql).bind(submission.0).fetch_one(&site.database.pool).await.unwrap()
    };
    let ((_, before), untouched) = (site.current(submission).await, findings().await);
    let fork_page = format!("/forks/{}?lang=en&submission={submission}", member.fork);

    let answer = teacher.give(&site, member.fork, submission, "starts", "1,5", "It starts on my machine.").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let back = format!("/forks/{}?submission={submission}#correct-starts", member.fork);
    assert_eq!(answer.location(), Some(back.as_str()));
    let (_, after) = site.current(submission).await;
    assert!(after > before, "{before} became {after}");

    let page = teacher.get(&fork_page).await;
    let by_hand = page.all(".by-hand").join(" ");
    for wanted in ["corrected by a teacher", "“It starts on my machine.”", "a teacher, by link", "The check gave 0."]
    {
        assert!(by_hand.contains(wanted), "{wanted}: {by_hand}");
    }
    let steps = page.all("#steps > li");
    assert_eq!(steps.len(), 2);
    assert!(steps[0].contains("A teacher gave points by hand: The application starts."), "{}", steps[0]);
    assert!(steps[0].contains("0 / ") && steps[0].contains("+1.5"), "{}", steps[0]);
    let sums = page.all("#sums li").join(" ");
    assert!(sums.contains("By hand, The application starts: 1.5 instead of 0 (“It starts on my machine.”)."), "{sums}");

    let page = student.get("/me?lang=en").await;
    let by_hand = page.all(".by-hand").join(" ");
    assert!(by_hand.contains("“It starts on my machine.”") && !by_hand.contains("by link"), "{by_hand}");

    let answer = teacher.undo(member.fork, submission, "starts").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!((site.current(submission).await.1, findings().await), (before, untouched), "byte by byte");
    assert_eq!(teacher.undo(member.fork, submission, "starts").await.status, StatusCode::NOT_FOUND, "once");

    let page = teacher.get("/audit?lang=en").await;
    assert_eq!(page.all("#audit .what b"), ["Points by hand undone", "Points given by hand"]);
    let change = page.all("#audit li:last-child .change div");
    assert_eq!(change, ["points 0 → becomes 1.5".to_owned(), format!("grade {before} → becomes {after}")]);
    assert_eq!(page.all("#audit .reason"), ["“It starts on my machine.”"; 2]);
}

#[tokio::test]
async fn what_cannot_be_given_is_said_beside_the_form_and_changes_nothing() {
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let teacher = site.teacher().await;
    for (points, reason, wanted) in [
        ("9", "why", "Give between 0 and 3"),
        ("-0.5", "why", "Give between 0 and 3"),
        ("1,234", "why", "no number of points"),
        ("viele", "why", "no number of points"),
        ("1", "  ", "Say why"),
        ("1", &"x".repeat(1001), "more than 1000 characters"),
    ] {
        let page = teacher.give(&site, member.fork, submission, "starts", points, reason).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{points}");
        let said = page.all("#correct-starts[open] .mistake");
        assert!(said.len() == 1 && said[0].contains(wanted), "{points}: {said:?}");
        assert_eq!(page.all(".mistake").len(), 1, "at this form alone");
        let kept = format!("value=\"{points}\"");
        assert!(page.body.contains(&kept), "what was written is not lost: {kept}");
    }
    for (criterion, form) in [("none", submission), ("starts", SubmissionId(4242))] {
        let (path, form) = (format!("/forks/{}/overrides", member.fork), form.to_string());
        let form = [("submission", form.as_str()), ("score", "1"), ("criterion", criterion), ("points", "1")];
        let form: Vec<(&str, &str)> = form.into_iter().chain([("reason", "x")]).collect();
        assert_eq!(teacher.post(&path, &form).await.status, StatusCode::NOT_FOUND);
    }
    let counts =
        "select (select count(*) from override) + (select count(*) from audit) + (select count(*) from score) - 1";
    assert_eq!(site.count(counts).await, 0);
}

#[tokio::test]
async fn what_a_penalty_takes_is_given_below_nothing() {
    let mut course = course();
    let starts = course.rubric.criteria.iter_mut().find(|criterion| criterion.id == "starts").expect("a criterion");
    (starts.kind, starts.points) = (Kind::Penalty, Points::whole(2));
    let site = Site::with(Wanted { course, ..Wanted::default() }).await;
    let (member, submission) = crashed(&site).await;
    let teacher = site.teacher().await;
    let before = site.current(submission).await.1;
    for points in ["-2.5", "1"] {
        let page = teacher.give(&site, member.fork, submission, "starts", points, "why").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{points}");
        let said = page.all("#correct-starts[open] .mistake");
        assert!(said.len() == 1 && said[0].contains("Give between −2 and 0"), "{points}: {said:?}");
    }
    // As the page writes it.
    let given = teacher.give(&site, member.fork, submission, "starts", "−0,5", "half of it was there").await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text());
    assert!(site.current(submission).await.1 > before);
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    let changed = page.all("#changed li").join(" ");
    assert!(changed.contains("−2 / −2 → becomes −0.5 / −2 +1.5"), "{changed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_taken_at_the_same_moment_all_count() {
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let teacher = site.teacher().await;
    let criteria: Vec<&str> = site.course.rubric.criteria.iter().map(|one| one.id.as_str()).take(6).collect();
    let give = criteria.iter().map(|id| teacher.give(&site, member.fork, submission, id, "0.25", "at once"));
    for answer in futures::future::join_all(give).await {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    }
    let by_hand = site.count(
        "select count(*) from score, json_array_elements(findings) finding where current and finding->>'overridden' is not null",
    );
    assert_eq!(by_hand.await, 6);
    assert_eq!(site.count("select count(*) from score where current").await, 1);
}

#[tokio::test]
async fn decisions_outlive_another_rubric() {
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let teacher = site.teacher().await;
    teacher.give(&site, member.fork, submission, "starts", "1.5", "It starts on my machine.").await;
    let dearer = site.course_with(|course| {
        let starts = course.rubric.criteria.iter_mut().find(|one| one.id == "starts").unwrap();
        starts.points = Points::whole(5);
    });
    assert_eq!(site.rescore(&dearer).await.len(), 1);
    let finding: serde_json::Value = sqlx::query_scalar(
        "select finding from score, json_array_elements(findings) finding
         where submission_id = $1 and current and finding->>'criterion' = 'starts'",
    )
    .bind(submission.0)
    .fetch_one(&site.database.pool)
    .await
    .unwrap();
    let given = &finding["overridden"];
    assert_eq!((&finding["points"], &finding["max"], &given["stale"]), (&json!("1.5"), &json!("5"), &json!(true)));
    assert_eq!((&given["reason"], &given["points"]), (&json!("It starts on my machine."), &json!("0")));
    let notice = teacher.get("/forks?lang=en").await.all("#trouble .notice").join(" ");
    assert!(notice.contains("left behind") && notice.contains("Amélie"), "{notice}");
}

#[tokio::test]
async fn one_forks_page_decides_nothing_about_another_fork() {
    let site = Site::new().await;
    let (_, submission) = crashed(&site).await;
    let other = site.graded_fork(&[("basile", "Basile")]).await;
    let teacher = site.teacher().await;
    assert_eq!(teacher.give(&site, other.fork, submission, "starts", "1", "x").await.status, StatusCode::NOT_FOUND);
    let newest = site.newest(other.fork).await;
    // Another submission's score was looked at: whose facts would it be?
    let (foreign, _) = site.current(submission).await;
    let form = [
        ("submission", newest.to_string()),
        ("score", foreign.to_string()),
        ("criterion", "starts".into()),
        ("points", "1".into()),
        ("reason", "x".into()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(teacher.post(&format!("/forks/{}/overrides", other.fork), &form).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.count("select count(*) from override").await, 0);
}

#[tokio::test]
async fn decisions_outlive_runs_and_are_shown_as_stale_when_the_facts_move() {
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let teacher = site.teacher().await;
    teacher.give(&site, member.fork, submission, "starts", "1", "It starts on my machine.").await;
    let dashboard = async || teacher.get("/forks?lang=en").await;
    assert!(!dashboard().await.text().contains("out of date"));

    // Run again, to the same end; then to another.
    let now = site.clock.now();
    let inspection = observed::submitted(1, &[Flask, Mongodb, Scraping]);
    for (execution, stale) in [(observed::crashed(4), false), (observed::shows_data(4), true)] {
        let score = site.grade(submission, &inspection, Some(&execution), now).await;
        let finding = score.findings.iter().find(|finding| finding.criterion == "starts").unwrap();
        let given = finding.overridden.as_ref().expect("kept");
        assert_eq!((finding.points, finding.outcome, given.stale), (Points::whole(1), Outcome::Partial, stale));
    }
    let page = dashboard().await;
    let notice = page.all("#trouble .notice").join(" ");
    assert!(notice.contains("one fork") && notice.contains("Amélie"), "{notice}");
    assert_eq!(teacher.get("/forks?lang=en&show=stale").await.all("tbody .c-name a"), ["Amélie"]);
    let page = teacher.get(&format!("/forks/{}?lang=en", member.fork)).await;
    assert!(page.all(".by-hand").join(" ").contains("says something else now"), "{:?}", page.all(".by-hand"));
    assert!(!site.student(member.students[0]).await.get("/me?lang=en").await.text().contains("out of date"));

    // Given once more, it rests on what is seen now.
    teacher.give(&site, member.fork, submission, "starts", "1", "Still.").await;
    assert!(!dashboard().await.text().contains("out of date"));
}

#[tokio::test]
async fn whoever_looked_at_older_facts_decides_about_those() {
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let (looked_at, _) = site.current(submission).await;
    let inspection = observed::submitted(1, &[Flask, Mongodb, Scraping]);
    site.grade(submission, &inspection, Some(&observed::shows_data(4)), site.clock.now()).await;
    let teacher = site.teacher().await;
    let form = [
        ("submission", submission.to_string()),
        ("score", looked_at.to_string()),
        ("criterion", "starts".into()),
        ("points", "1".into()),
        ("reason", "half of it".into()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(teacher.post(&format!("/forks/{}/overrides", member.fork), &form).await.status, StatusCode::SEE_OTHER);
    assert!(teacher.get("/forks?lang=en").await.text().contains("out of date"), "meanwhile it was run again");
}

#[tokio::test]
async fn a_criterion_that_left_the_rubric_leaves_its_decision_without_effect() {
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let teacher = site.teacher().await;
    teacher.give(&site, member.fork, submission, "starts", "1", "It starts.").await;
    sqlx::query("update override set criterion = 'of-last-year'").execute(&site.database.pool).await.unwrap();
    site.rescore(&site.course).await;
    let page = teacher.get(&format!("/forks/{}?lang=en", member.fork)).await;
    let shown = page.all("#without-effect li");
    assert!(shown.len() == 1 && shown[0].contains("of-last-year") && shown[0].contains("It starts."), "{shown:?}");
    assert_eq!(teacher.undo(member.fork, submission, "of-last-year").await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.count("select count(*) from override").await, 0);
}

#[tokio::test]
async fn hidden_criteria_stay_hidden_when_they_are_corrected() {
    let mut course = course();
    let hidden = course.rubric.criteria.iter_mut().find(|criterion| criterion.id == "starts").expect("a criterion");
    (hidden.hidden, hidden.title_en) = (true, "The hidden criterion".to_owned());
    let site = Site::with(Wanted { course, ..Wanted::default() }).await;
    let (member, submission) = crashed(&site).await;
    let student = site.student(member.students[0]).await;
    student.get("/me").await;
    site.teacher().await.give(&site, member.fork, submission, "starts", "2", "a secret reason").await;
    let page = student.get("/me?lang=en").await;
    assert!(!page.body.contains("secret reason") && !page.body.contains("The hidden criterion"), "{}", page.text());
    assert_eq!(page.all("#hidden-sum"), ["Criteria judged without detail: 2 / 3"]);
    let changed = page.all("#changed li").join(" ");
    assert!(changed.contains("A teacher changed points of criteria judged without detail."), "{changed}");
    assert!(changed.contains("0 / 3 → becomes 2 / 3"), "{changed}");
}

#[tokio::test]
async fn hostile_reasons_stay_text() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let site = Site::new().await;
    let (member, submission) = crashed(&site).await;
    let teacher = site.teacher().await;
    teacher.give(&site, member.fork, submission, "starts", "1", HOSTILE).await;
    let refused = teacher.give(&site, member.fork, submission, "starts", HOSTILE, HOSTILE).await;
    let student = site.student(member.students[0]).await;
    let fork = format!("/forks/{}", member.fork);
    for page in [refused, teacher.get(&fork).await, teacher.get("/audit").await, student.get("/me").await] {
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{}", page.body);
        assert!(page.text().contains("<script>alert(1)</script>"));
    }
}
