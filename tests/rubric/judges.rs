//! What the teacher's own judges said, as points: exact shares, and never a loss by what is not the student's doing.

use forkgrade::domain::check::{Check, Shown, Unfinished};
use forkgrade::domain::facts::Facts;
use forkgrade::domain::facts::execution::{BoundedLog, ImageFacts};
use forkgrade::domain::facts::judges::*;
use forkgrade::domain::facts::{Execution, JudgeFacts};
use forkgrade::domain::{Finding, Outcome, Points, Score};
use forkgrade::rubric::Submitted;

use super::support::*;

fn amount(text: &str) -> Amount {
    text.parse().expect("a number")
}

fn judge(kind: JudgeKind, name: &str, said: Said) -> JudgeFacts {
    let image = ImageFacts { role: name.into(), reference: "i".into(), digest: "sha256:0".into(), stand_in: false };
    JudgeFacts {
        version: 1,
        kind,
        name: name.into(),
        image,
        execution: None,
        milliseconds: 10,
        peak_memory_bytes: None,
        log: BoundedLog::default(),
        said,
    }
}

fn case(name: &str, outcome: CaseOutcome) -> CaseFacts {
    CaseFacts {
        class: "test_api.TestList".into(),
        name: name.into(),
        outcome,
        message: format!("{name} says no"),
        detail: "secret code".into(),
        milliseconds: None,
        weight: None,
    }
}

fn cases(cases: Vec<CaseFacts>) -> Vec<JudgeFacts> {
    vec![judge(JudgeKind::Suite, "web", Said::Cases { cases })]
}

fn tests(only: &[&str], show: Shown) -> Check {
    let only = only.iter().map(|&glob| glob.to_owned()).collect();
    Check::Tests { suite: "web".into(), only, show, unfinished: Unfinished::Skipped }
}

fn score_of(checks: Vec<Check>, judges: &[JudgeFacts], execution: Option<&Execution>) -> Score {
    let criteria = checks.into_iter().enumerate().map(|(n, check)| criterion(&format!("c{n}"), 400, false, check));
    let course = course_of(criteria.collect());
    let inspection = inspection();
    let facts = Facts { inspection: &inspection, execution, judges };
    let score = forkgrade::rubric::score(&course, facts, Submitted::at(on_time()), provenance(&course));
    for finding in &score.findings {
        finding.evidence.iter().chain(&finding.advice).for_each(crate::observe::support::assert_worded);
    }
    score
}

fn finding(check: Check, judges: &[JudgeFacts]) -> Finding {
    score_of(vec![check], judges, Some(&execution())).findings.remove(0)
}

fn said(finding: &Finding) -> String {
    format!("{:?}{:?}", finding.evidence, finding.advice)
}

use CaseOutcome::{Error, Failed, Passed, Skipped};

#[test]
fn a_suite_gives_the_share_of_its_tests_that_pass() {
    let judges = cases(vec![case("a", Passed), case("b", Failed), case("c", Error), case("d", Skipped)]);
    let found = finding(tests(&[], Shown::Names), &judges);
    assert_eq!((found.outcome, found.points), (Outcome::Partial, Points::from_hundredths(133)));
    assert!(said(&found).contains("\"test\": \"b\"") && !said(&found).contains("\"d\""), "{}", said(&found));
    let found = finding(tests(&[], Shown::Names), &cases(vec![case("a", Passed), case("d", Skipped)]));
    assert_eq!((found.outcome, found.points), (Outcome::Passed, Points::whole(4)));
}

#[test]
fn weights_and_parts_of_a_suite() {
    let mut heavy = case("heavy", Passed);
    heavy.weight = Some(amount("2.5"));
    let mut other = case("test_sum[1-2]", Failed);
    other.class = "test_search".into();
    let judges = cases(vec![heavy, case("a", Failed), other]);
    assert_eq!(finding(tests(&["test_api.*"], Shown::Names), &judges).points, Points::from_hundredths(286));
    assert_eq!(finding(tests(&["heavy"], Shown::Names), &judges).outcome, Outcome::Passed);
    assert_eq!(finding(tests(&["test_sum[1-2]"], Shown::Names), &judges).outcome, Outcome::Failed, "a name is no glob");
}

#[test]
fn of_a_suite_nothing_is_told_but_what_the_teacher_lets_through() {
    let judges = cases(vec![case("hidden_name", Failed), case("b", Passed)]);
    let nothing = said(&finding(tests(&[], Shown::Nothing), &judges));
    assert!(!nothing.contains("hidden_name"), "{nothing}");
    let names = said(&finding(tests(&[], Shown::Names), &judges));
    assert!(names.contains("hidden_name") && !names.contains("says no"), "{names}");
    let messages = said(&finding(tests(&[], Shown::Messages), &judges));
    assert!(messages.contains("hidden_name says no") && !messages.contains("secret code"), "{messages}");
    let many = cases((0..30).map(|n| case(&format!("t{n}"), Failed)).collect());
    assert_eq!(finding(tests(&[], Shown::Names), &many).evidence.len(), 12, "the number, ten of them, how many more");
}

#[test]
fn what_could_not_be_judged_counts_for_nobody() {
    let all = vec![tests(&[], Shown::Names), Check::Starts { level: forkgrade::domain::check::StartLevel::Listens }];
    let half = score_of(all.clone(), &cases(vec![case("a", Failed)]), Some(&execution()));
    assert_eq!(half.total, Points::whole(10));
    let faults = [
        JudgeFault::TimedOut,
        JudgeFault::Exited { code: 4 },
        JudgeFault::NoResult,
        JudgeFault::Malformed { cause: "x".into() },
        JudgeFault::Empty,
    ];
    for fault in faults {
        let judges = [judge(JudgeKind::Suite, "web", Said::Fault(fault))];
        let whole = score_of(all.clone(), &judges, Some(&execution()));
        assert_eq!(whole.total, Points::whole(20), "the rest makes up the scale");
        assert_eq!((whole.findings[0].outcome, whole.findings[0].max), (Outcome::Skipped, Points::ZERO));
    }
    let unasked = score_of(all.clone(), &[], Some(&execution()));
    assert_eq!(unasked.total, Points::whole(20), "a criterion that was added later waits for the next run");
    let nothing_counted = score_of(
        vec![
            tests(&["no_such_test"], Shown::Names),
            Check::Starts { level: forkgrade::domain::check::StartLevel::Listens },
        ],
        &cases(vec![case("a", Passed)]),
        Some(&execution()),
    );
    assert_eq!(nothing_counted.total, Points::whole(20));
}

#[test]
fn an_application_that_does_not_listen_or_keeps_a_suite_waiting_is_the_students() {
    let judges = [judge(JudgeKind::Suite, "web", Said::NotAsked)];
    assert_eq!(finding(tests(&[], Shown::Names), &judges).outcome, Outcome::Failed);
    let strict = Check::Tests { suite: "web".into(), only: vec![], show: Shown::Names, unfinished: Unfinished::Failed };
    for fault in [JudgeFault::TimedOut, JudgeFault::OutOfMemory] {
        let judges = [judge(JudgeKind::Suite, "web", Said::Fault(fault))];
        let found = finding(strict.clone(), &judges);
        assert_eq!((found.outcome, found.max), (Outcome::Failed, Points::whole(4)));
    }
    let judges = [judge(JudgeKind::Suite, "web", Said::Fault(JudgeFault::NoResult))];
    assert_eq!(
        finding(strict, &judges).outcome,
        Outcome::Skipped,
        "a report that is missing is the teacher's in every case"
    );
}

fn test(name: &str, score: Option<&str>, most: Option<&str>, visibility: TestVisibility) -> TestFacts {
    TestFacts {
        name: Some(Text { format: TextFormat::Text, text: name.into() }),
        number: None,
        score: score.map(amount),
        max_score: most.map(amount),
        passed: None,
        output: None,
        tags: vec![],
        visibility,
        extra_data: None,
    }
}

fn results(score: Option<&str>, out_of: Option<&str>, tests: Vec<TestFacts>) -> Vec<JudgeFacts> {
    let results = ResultsFacts {
        score: score.map(amount),
        out_of: out_of.map(amount),
        total_points: amount("20"),
        execution_time: None,
        output: None,
        stdout_visibility: TestVisibility::Hidden,
        tests,
        extra_data: None,
        leaderboard: false,
    };
    vec![judge(JudgeKind::Command, "notes", Said::Results(Box::new(results)))]
}

fn command(only: &[&str]) -> Check {
    Check::Command { command: "notes".into(), only: only.iter().map(|&glob| glob.to_owned()).collect() }
}

fn points(judges: &[JudgeFacts], only: &[&str]) -> i64 {
    finding(command(only), judges).points.hundredths()
}

#[test]
fn a_command_gives_its_score_out_of_what_it_is_out_of() {
    use TestVisibility::Visible;
    let two = || vec![test("a", Some("1"), Some("2"), Visible), test("b", Some("2"), Some("2"), Visible)];
    assert_eq!(points(&results(None, None, two()), &[]), 300);
    assert_eq!(points(&results(Some("1"), None, two()), &[]), 100, "a score takes the place of the sum");
    assert_eq!(points(&results(Some("7.5"), Some("10"), two()), &[]), 300);
    assert_eq!(points(&results(Some("5"), None, vec![]), &[]), 100, "the course's scale, as it was told");
    assert_eq!(points(&results(Some("1"), None, two()), &["b"]), 400, "parts are the tests' own");
    assert_eq!(points(&results(Some("0.333333"), Some("1"), vec![]), &[]), 133);
}

#[test]
fn scores_are_bounded_at_both_ends() {
    use TestVisibility::Visible;
    assert_eq!(points(&results(Some("-3"), None, vec![]), &[]), 0);
    assert_eq!(points(&results(Some("1000000000"), None, vec![]), &[]), 400);
    let extra = vec![test("a", Some("1"), Some("2"), Visible), test("extra", Some("1"), Some("0"), Visible)];
    assert_eq!(points(&results(None, None, extra), &[]), 400, "extra credit adds, and never beyond");
    let minus = vec![test("a", Some("2"), Some("2"), Visible), test("minus", Some("-1"), Some("0"), Visible)];
    assert_eq!(points(&results(None, None, minus), &[]), 200);
}

#[test]
fn tests_that_are_not_always_visible_are_named_nowhere_in_a_finding() {
    use TestVisibility::{AfterDueDate, AfterPublished, Hidden, Visible};
    let all = [("open", Visible), ("due", AfterDueDate), ("published", AfterPublished), ("hidden", Hidden)];
    let tests = all.map(|(name, visibility)| test(name, Some("0"), Some("1"), visibility)).into();
    let said = said(&finding(command(&[]), &results(None, None, tests)));
    assert!(said.contains("open"), "{said}");
    for name in ["due", "published", "hidden"] {
        assert!(!said.contains(name), "{name}: {said}");
    }
}

#[test]
fn results_that_give_nothing_count_for_nobody() {
    assert_eq!(finding(command(&["no such test"]), &results(Some("1"), None, vec![])).max, Points::ZERO);
    let fault = vec![judge(JudgeKind::Command, "notes", Said::Fault(JudgeFault::TimedOut))];
    assert_eq!(finding(command(&[]), &fault).max, Points::ZERO);
    assert_eq!(finding(command(&[]), &[]).max, Points::ZERO);
    // Points by hand count where the judge came to nothing.
    let course = course_of(vec![criterion("c", 400, false, command(&[]))]);
    let facts = inspection();
    let seen = Facts { inspection: &facts, execution: None, judges: &fault };
    let overrides = [super::by_hand::given(&course, "c", 300, seen)];
    let submitted = Submitted { overrides: &overrides, ..Submitted::at(on_time()) };
    let by_hand = forkgrade::rubric::score(&course, seen, submitted, provenance(&course));
    let found = &by_hand.findings[0];
    assert_eq!((found.points, found.max, found.outcome), (Points::whole(3), Points::whole(4), Outcome::Partial));
    assert_eq!(by_hand.base, Points::whole(15), "three of four, on a scale of twenty");
    let mut without = inspection();
    without.project.folder = None;
    let course = course_of(vec![criterion("c", 400, false, command(&[]))]);
    let facts = Facts { inspection: &without, execution: None, judges: &[] };
    let score = forkgrade::rubric::score(&course, facts, Submitted::at(on_time()), provenance(&course));
    assert_eq!(score.findings[0].outcome, Outcome::Failed, "nothing was handed in");
}
