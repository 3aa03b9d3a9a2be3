//! What the teacher's own judges said, on both pages: everything for the teacher, and what the teacher lets through for the student.

use forkgrade::clock::Clock;
use forkgrade::domain::check::{Check, Shown, Unfinished};
use forkgrade::domain::facts::JudgeFacts;
use forkgrade::domain::facts::execution::{BoundedLog, ImageFacts};
use forkgrade::domain::facts::judges::*;
use reqwest::StatusCode;

use crate::support::judges::{command, criterion, suite};
use crate::support::observed;
use crate::support::site::{Answer, Site, Wanted, at, course};

fn judge(kind: JudgeKind, name: &str, said: Said) -> JudgeFacts {
    let image = ImageFacts {
        role: name.into(),
        reference: "school/judge:1".into(),
        digest: "sha256:0".into(),
        stand_in: false,
    };
    let log = BoundedLog { head: format!("{name} printed this"), ..BoundedLog::default() };
    JudgeFacts {
        version: 1,
        kind,
        name: name.into(),
        image,
        execution: None,
        milliseconds: 1_500,
        peak_memory_bytes: Some(30_000_000),
        log,
        said,
    }
}

fn case(name: &str, outcome: CaseOutcome) -> CaseFacts {
    CaseFacts {
        class: "test_web".into(),
        name: name.into(),
        outcome,
        message: format!("{name}: <b>assert</b> 1 == 2"),
        detail: format!("source of {name}"),
        milliseconds: Some(12),
        weight: None,
    }
}

fn cases() -> Said {
    use CaseOutcome::{Failed, Passed};
    Said::Cases { cases: vec![case("passing_one", Passed), case("failing_one", Failed), case("other_one", Failed)] }
}

fn text(format: TextFormat, text: &str) -> Option<Text> {
    Some(Text { format, text: text.into() })
}

fn test(name: &str, visibility: TestVisibility) -> TestFacts {
    TestFacts {
        name: text(TextFormat::Md, &format!("`{name}`")),
        number: Some("1.1".into()),
        score: "1.5".parse().ok(),
        max_score: "2".parse().ok(),
        passed: None,
        output: text(
            TextFormat::Html,
            &format!("<table><tr><td>{name} said</td></tr></table><script>alert(1)</script><img src=x>"),
        ),
        tags: vec!["secret-tag".into()],
        visibility,
        extra_data: Some("{\"extra-of-test\": 1}".into()),
    }
}

fn results() -> Said {
    use TestVisibility::{AfterDueDate, AfterPublished, Hidden, Visible};
    let tests = [("open", Visible), ("due", AfterDueDate), ("published", AfterPublished), ("never", Hidden)];
    Said::Results(Box::new(ResultsFacts {
        score: None,
        out_of: None,
        total_points: Amount::ONE,
        execution_time: None,
        output: text(TextFormat::Text, "for <everybody>"),
        stdout_visibility: Hidden,
        tests: tests.map(|(name, visibility)| test(name, visibility)).into(),
        extra_data: Some("{\"extra-of-all\": 1}".into()),
        leaderboard: true,
    }))
}

struct Judged {
    site: Site,
    student: forkgrade::domain::ids::StudentId,
    fork: forkgrade::domain::ids::ForkId,
}

impl Judged {
    async fn new(show: Shown, hidden: bool, now: &str, said: &[JudgeFacts]) -> Self {
        let mut course = course();
        course.suites.insert("web".into(), suite());
        course.commands.insert("notes".into(), command("pass"));
        let check = Check::Tests { suite: "web".into(), only: vec![], show, unfinished: Unfinished::Skipped };
        let mut tests = criterion("web-tests", check);
        tests.hidden = hidden;
        let mut notes = criterion("notes-judge", Check::Command { command: "notes".into(), only: vec![] });
        notes.hidden = hidden;
        course.rubric.criteria.extend([tests, notes]);
        let site = Site::with(Wanted { course, clock: Clock::fixed(at(now)), ..Wanted::default() }).await;
        let member = site.fork(&[("lea", "Léa")]).await;
        let submission = site.submit(member.fork, at("2026-01-27T10:00:00+01:00")).await;
        let (inspection, execution) = (observed::submitted(1, &[]), observed::shows_data(1));
        site.grade_judged(submission, &inspection, Some(&execution), said, at("2026-01-27T10:01:00+01:00")).await;
        Self { student: member.students[0], fork: member.fork, site }
    }

    async fn student(&self) -> Answer {
        self.site.student(self.student).await.get("/me?lang=en").await
    }

    async fn teacher(&self) -> Answer {
        self.site.teacher().await.get(&format!("/forks/{}?lang=en", self.fork)).await
    }
}

const NOW: &str = "2026-01-28T14:32:00+01:00";

fn suite_said() -> [JudgeFacts; 1] {
    [judge(JudgeKind::Suite, "web", cases())]
}

#[tokio::test]
async fn the_teacher_sees_all_of_a_suite() {
    let judged = Judged::new(Shown::Nothing, true, NOW, &suite_said()).await;
    let page = judged.teacher().await;
    let body = page.text();
    for part in [
        "test_web.passing_one",
        "test_web.failing_one",
        "source of failing_one",
        "web printed this",
        "1 of 3 tests pass",
        "school/judge:1",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(page.body.contains("&#60;b&#62;assert") || page.body.contains("&lt;b&gt;assert"), "a message is text");
    let address: String =
        sqlx::query_scalar("select judges ->> 0 from score").fetch_one(&judged.site.database.pool).await.unwrap();
    assert!(page.body.contains(&format!("/facts/{address}")));
    let raw = judged.site.teacher().await.get(&format!("/facts/{address}")).await;
    assert_eq!(raw.status, StatusCode::OK, "what a judge said can be opened as it was stored");
}

#[tokio::test]
async fn a_student_sees_of_a_suite_what_the_criterion_shows() {
    for (show, names, messages) in
        [(Shown::Nothing, false, false), (Shown::Names, true, false), (Shown::Messages, true, true)]
    {
        let page = Judged::new(show, false, NOW, &suite_said()).await.student().await;
        assert_eq!(page.body.contains("failing_one"), names, "{show:?}");
        assert_eq!(page.text().contains("assert</b> 1 == 2"), messages, "{show:?}");
        assert!(page.text().contains("1 of 3 tests pass"), "{show:?}: {}", page.text());
        for secret in ["passing_one", "source of", "web printed this", "school/judge"] {
            assert!(!page.body.contains(secret), "{show:?}: {secret}");
        }
    }
    let hidden = Judged::new(Shown::Messages, true, NOW, &suite_said()).await.student().await;
    for secret in ["failing_one", "web-tests", "tests pass"] {
        assert!(!hidden.body.contains(secret), "hidden: {secret}");
    }
}

#[tokio::test]
async fn a_judge_that_failed_is_the_teachers_to_know() {
    let said = [judge(JudgeKind::Suite, "web", Said::Fault(JudgeFault::Exited { code: 4 }))];
    let judged = Judged::new(Shown::Names, false, NOW, &said).await;
    let teacher = judged.teacher().await;
    assert!(teacher.text().contains("It ended with code 4"), "{}", teacher.text());
    let student = judged.student().await;
    assert!(student.text().contains("could not be judged, and that is not your doing"), "{}", student.text());
    assert!(!student.body.contains("web printed this") && !student.body.contains("code 4"));
}

#[tokio::test]
async fn tests_of_a_command_are_seen_when_they_say_so() {
    let said = || [judge(JudgeKind::Command, "notes", results())];
    let seen = async |judged: &Judged| {
        let page = judged.student().await;
        for secret in ["secret-tag", "extra-of-test", "extra-of-all", "notes printed this", "alert(1)", "<img src=x"] {
            assert!(!page.body.contains(secret), "{secret}");
        }
        assert!(page.body.contains("<td>open said</td>") && page.text().contains("for <everybody>"), "{}", page.text());
        ["open said", "due said", "published said", "never said"].map(|part| page.body.contains(part))
    };
    let judged = Judged::new(Shown::Names, false, NOW, &said()).await;
    // Late work counts for seven days yet.
    assert_eq!(seen(&judged).await, [true, false, false, false]);
    let published = judged.site.teacher().await.post("/publication", &[("published", "true")]).await;
    assert!(published.status.is_redirection() || published.status.is_success(), "{}", published.status);
    assert_eq!(seen(&judged).await, [true, false, true, false]);
    let late = Judged::new(Shown::Names, false, "2026-02-04T01:00:00+01:00", &said()).await;
    assert_eq!(seen(&late).await, [true, true, false, false]);
    // Who has more time could hand in what they see.
    let extended = late.site.teacher().await.extend(late.fork, late.student, "2026-02-03T18:00", "ill").await;
    assert_eq!(extended.status, StatusCode::SEE_OTHER, "{}", extended.text());
    assert_eq!(seen(&late).await, [true, false, false, false]);
    let teacher = judged.teacher().await;
    for part in ["never said", "secret-tag", "notes printed this", "leaderboard not kept", "students never see it"] {
        assert!(teacher.text().contains(part), "{part}: {}", teacher.text());
    }
    assert!(!teacher.body.contains("alert(1)"));
    let hidden = Judged::new(Shown::Names, true, NOW, &said()).await.student().await;
    assert!(!hidden.body.contains("open said") && !hidden.body.contains("everybody"));
}
