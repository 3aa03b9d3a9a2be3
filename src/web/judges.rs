//! What the teacher's own judges said, as each reader may see it.
//! May import: `markup`, `rubric/` (which tests a criterion counts), `domain/`.
//! Next: `templates/parts/judges.html`; `report.rs` calls it.

use chrono::{DateTime, TimeDelta, Utc};

use super::markup::{Markup, named, shown};
use crate::domain::check::{Check, Shown};
use crate::domain::course::Deadline;
use crate::domain::facts::JudgeFacts;
use crate::domain::facts::execution::BoundedLog;
use crate::domain::facts::judges::{
    CaseFacts, CaseOutcome, JudgeFault, JudgeKind, ResultsFacts, Said, TestFacts, TestVisibility,
};
use crate::domain::rubric::Criterion;
use crate::domain::{Course, Message, Outcome};
use crate::rubric::checks::Filter;

/// One judge on a page.
pub struct JudgeView {
    /// Its name in `course.toml`; `None` for students.
    pub name: Option<String>,
    /// Titles of the criteria that count it.
    pub titles: Vec<String>,
    /// What it came to nothing by; for teachers.
    pub fault: Option<Message>,
    pub counts: Option<Message>,
    pub milliseconds: u64,
    pub peak_memory_bytes: Option<u64>,
    /// The image, by reference and content; for teachers.
    pub image: Option<(String, String)>,
    pub output: Option<Markup>,
    pub tests: Vec<TestView>,
    pub log: Option<BoundedLog>,
    pub extra_data: Option<String>,
    /// A leaderboard was written, and is not kept; for teachers.
    pub leaderboard: bool,
}

/// One test on a page.
pub struct TestView {
    pub number: Option<String>,
    pub name: Markup,
    pub outcome: Option<Outcome>,
    /// Points, or weight, as they are written.
    pub points: Option<(String, String)>,
    pub milliseconds: Option<u64>,
    pub said: Option<Markup>,
    /// In full, for teachers.
    pub detail: Option<String>,
    pub tags: Vec<String>,
    /// When students see it, where that is not always; for teachers.
    pub visibility: Option<TestVisibility>,
    pub extra_data: Option<String>,
}

impl TestView {
    /// Whether there is more to open.
    pub fn has_more(&self) -> bool {
        self.said.is_some() || self.detail.is_some() || self.extra_data.is_some()
    }
}

/// The moment at which a student looks.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub now: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
    /// The one in force for them.
    pub deadline: Option<&'a Deadline>,
}

impl Moment<'_> {
    fn shows(self, visibility: TestVisibility) -> bool {
        match visibility {
            TestVisibility::Visible => true,
            TestVisibility::Hidden => false,
            TestVisibility::AfterPublished => self.published_at.is_some_and(|from| from <= self.now),
            // As at Gradescope: where late work counts, only once none can come any more.
            TestVisibility::AfterDueDate => self.deadline.is_some_and(|deadline| {
                let late = if deadline.penalty_per_day.is_some() { deadline.late_days } else { 0 };
                self.now > deadline.ends_at() + TimeDelta::days(late.into())
            }),
        }
    }
}

/// Everything, for teachers.
pub fn for_teacher(course: &Course, judges: &[JudgeFacts], title: impl Fn(&Criterion) -> String) -> Vec<JudgeView> {
    let view = |facts: &JudgeFacts| {
        let titles = naming(course, facts).map(&title).collect();
        let mut view = JudgeView {
            name: Some(facts.name.clone()),
            titles,
            fault: facts.fault().map(told),
            image: Some((facts.image.reference.clone(), facts.image.digest.clone())),
            log: Some(facts.log.clone()).filter(|log| !log.head.is_empty()),
            ..frame(facts)
        };
        match &facts.said {
            Said::Cases { cases } => view.tests = cases.iter().map(case_in_full).collect(),
            Said::Results(results) => {
                view.output = results.output.as_ref().map(shown);
                view.extra_data.clone_from(&results.extra_data);
                view.leaderboard = results.leaderboard;
                view.tests = results.tests.iter().map(test_in_full).collect();
            }
            Said::NotAsked => view.counts = Some(Message::new("tests-not-asked")),
            Said::Fault(_) => {}
        }
        view
    };
    judges.iter().map(view).collect()
}

/// What criteria that a student sees let through. A judge of which nothing is left is left out.
pub fn for_student(
    course: &Course,
    judges: &[JudgeFacts],
    moment: Moment<'_>,
    title: impl Fn(&Criterion) -> String,
) -> Vec<JudgeView> {
    let view = |facts: &JudgeFacts| {
        let criteria: Vec<&Criterion> = naming(course, facts).filter(|criterion| !criterion.hidden).collect();
        let mut view = JudgeView { titles: criteria.iter().map(|one| title(one)).collect(), ..frame(facts) };
        match &facts.said {
            Said::Cases { cases } => view.tests = cases.iter().filter_map(|case| open_case(&criteria, case)).collect(),
            Said::Results(results) if !criteria.is_empty() => {
                open_results(&mut view, facts, results, &criteria, moment)
            }
            _ => {}
        }
        (!view.tests.is_empty() || view.output.is_some() || view.log.is_some()).then_some(view)
    };
    judges.iter().filter_map(view).collect()
}

/// The criteria that count a judge.
fn naming<'c>(course: &'c Course, facts: &JudgeFacts) -> impl Iterator<Item = &'c Criterion> {
    let (kind, name) = (facts.kind, facts.name.clone());
    course.rubric.criteria.iter().filter(move |criterion| match &criterion.check {
        Check::Tests { suite, .. } => kind == JudgeKind::Suite && *suite == name,
        Check::Command { command, .. } => kind == JudgeKind::Command && *command == name,
        _ => false,
    })
}

fn frame(facts: &JudgeFacts) -> JudgeView {
    let counts = match &facts.said {
        Said::Cases { cases } => {
            let counted = cases.iter().filter(|case| case.outcome != CaseOutcome::Skipped).count();
            let passed = cases.iter().filter(|case| case.outcome == CaseOutcome::Passed).count();
            Some(Message::new("tests-passed").with("passed", passed).with("all", counted))
        }
        _ => None,
    };
    JudgeView {
        name: None,
        titles: Vec::new(),
        fault: None,
        counts,
        milliseconds: facts.milliseconds,
        peak_memory_bytes: facts.peak_memory_bytes,
        image: None,
        output: None,
        tests: Vec::new(),
        log: None,
        extra_data: None,
        leaderboard: false,
    }
}

/// A failing case as far as any of the criteria that count it shows it.
fn open_case(criteria: &[&Criterion], case: &CaseFacts) -> Option<TestView> {
    if !matches!(case.outcome, CaseOutcome::Failed | CaseOutcome::Error) {
        return None;
    }
    let shows = criteria.iter().filter_map(|criterion| match &criterion.check {
        Check::Tests { only, show, .. } => Filter::new(only).takes_case(case).then_some(*show),
        _ => None,
    });
    let shows: Vec<Shown> = shows.collect();
    if !shows.iter().any(|show| *show != Shown::Nothing) {
        return None;
    }
    let says = shows.contains(&Shown::Messages) && !case.message.is_empty();
    Some(TestView {
        number: None,
        name: Markup::Plain(case.name.clone()),
        outcome: Some(Outcome::Failed),
        points: None,
        milliseconds: None,
        said: says.then(|| Markup::Plain(case.message.clone())),
        detail: None,
        tags: Vec::new(),
        visibility: None,
        extra_data: None,
    })
}

fn open_results(
    view: &mut JudgeView,
    facts: &JudgeFacts,
    results: &ResultsFacts,
    criteria: &[&Criterion],
    moment: Moment<'_>,
) {
    view.output = results.output.as_ref().map(shown);
    let is_counted = |test: &TestFacts| {
        criteria.iter().any(|criterion| match &criterion.check {
            Check::Command { only, .. } => Filter::new(only).takes_test(test),
            _ => false,
        })
    };
    let tests = results.tests.iter().filter(|test| moment.shows(test.visibility) && is_counted(test));
    let open = |test| TestView { visibility: None, tags: Vec::new(), extra_data: None, ..test_in_full(test) };
    view.tests = tests.map(open).collect();
    let log = Some(facts.log.clone()).filter(|log| !log.head.is_empty());
    view.log = log.filter(|_| moment.shows(results.stdout_visibility));
}

fn case_in_full(case: &CaseFacts) -> TestView {
    let some = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    TestView {
        number: None,
        name: Markup::Plain(case.full_name()),
        outcome: Some(match case.outcome {
            CaseOutcome::Passed => Outcome::Passed,
            CaseOutcome::Failed | CaseOutcome::Error => Outcome::Failed,
            CaseOutcome::Skipped => Outcome::Skipped,
        }),
        points: case.weight.map(|weight| {
            let earned = if case.outcome == CaseOutcome::Passed { weight.to_string() } else { "0".to_owned() };
            (earned, weight.to_string())
        }),
        milliseconds: case.milliseconds,
        said: some(&case.message).map(Markup::Plain),
        detail: some(&case.detail),
        tags: Vec::new(),
        visibility: None,
        extra_data: None,
    }
}

fn test_in_full(test: &TestFacts) -> TestView {
    let name = test.name.as_ref().map(named);
    TestView {
        number: test.number.clone(),
        name: name.unwrap_or_else(|| Markup::Plain(String::new())),
        outcome: test.has_passed().map(|passed| match (passed, test.points()) {
            (true, _) => Outcome::Passed,
            (false, Some((score, _))) if score.millionths() > 0 => Outcome::Partial,
            (false, _) => Outcome::Failed,
        }),
        points: test.points().map(|(score, most)| (score.to_string(), most.to_string())),
        milliseconds: None,
        said: test.output.as_ref().map(shown),
        detail: None,
        tags: test.tags.clone(),
        visibility: Some(test.visibility).filter(|visibility| *visibility != TestVisibility::Visible),
        extra_data: test.extra_data.clone(),
    }
}

/// Why a judge came to nothing, for teachers.
fn told(fault: &JudgeFault) -> Message {
    match fault {
        JudgeFault::NotInstalled { lines } => Message::new("fault-not-installed").with("lines", lines.join(", ")),
        JudgeFault::TimedOut => Message::new("fault-timed-out"),
        JudgeFault::OutOfMemory => Message::new("fault-out-of-memory"),
        JudgeFault::TooMuchOutput => Message::new("fault-too-much-output"),
        JudgeFault::Exited { code } => Message::new("fault-exited").with("code", code),
        JudgeFault::NoResult => Message::new("fault-no-result"),
        JudgeFault::NotAFile => Message::new("fault-not-a-file"),
        JudgeFault::TooLarge => Message::new("fault-too-large"),
        JudgeFault::Malformed { cause } => Message::new("fault-malformed").with("cause", cause),
        JudgeFault::Empty => Message::new("fault-empty"),
    }
}
