//! Points by hand and more time, as scoring counts them; what moved a score to the next.

use chrono::{DateTime, TimeDelta, Utc};
use forkgrade::domain::audit::Actor;
use forkgrade::domain::course::Deadline;
use forkgrade::domain::facts::execution::ProcessEnd;
use forkgrade::domain::facts::{Execution, Facts, Inspection};
use forkgrade::domain::rubric::Kind;
use forkgrade::domain::{Course, Extension, Finding, Message, Outcome, Override, Points, Score};
use forkgrade::rubric::moved::Moved;
use forkgrade::rubric::{Reader, Submitted, explain, judged, moved, score};

use super::support::{course, execution, inspection, on_time, provenance};

pub fn teacher() -> Actor {
    Actor::Teacher { login: "ada".parse().ok() }
}

/// Points that a teacher gave while looking at these facts.
pub fn given(course: &Course, criterion: &str, hundredths: i64, facts: Facts<'_>) -> Override {
    let known = course.rubric.criteria.iter().find(|one| one.id == criterion).expect("a criterion");
    Override {
        criterion: criterion.into(),
        points: Points::from_hundredths(hundredths),
        reason: "seen on my machine".into(),
        by: teacher(),
        at: on_time(),
        judged: judged(course, known, facts, Submitted::at(on_time())),
    }
}

pub fn extension(until: DateTime<Utc>) -> Extension {
    Extension { until, reason: "ill".into(), by: teacher(), at: on_time() }
}

/// A project of which nothing can be started.
fn broken() -> Execution {
    let mut facts = execution();
    (facts.ports, facts.pages) = (vec![], vec![]);
    facts.processes[0].end = ProcessEnd::Exited { code: 1 };
    facts.databases[0].collections.clear();
    facts
}

fn scored(course: &Course, inspection: &Inspection, execution: &Execution, overrides: &[Override]) -> Score {
    let facts = Facts { inspection, execution: Some(execution), judges: &[] };
    let submitted = Submitted { overrides, ..Submitted::at(on_time()) };
    score(course, facts, submitted, provenance(course))
}

fn found<'s>(score: &'s Score, id: &str) -> &'s Finding {
    score.findings.iter().find(|finding| finding.criterion == id).expect("a finding")
}

#[test]
fn a_teachers_points_take_the_place_of_the_checks() {
    let (course, facts, run) = (course(), inspection(), broken());
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    let before = scored(&course, &facts, &run, &[]);
    assert_eq!(found(&before, "starts").outcome, Outcome::Failed);
    let max = found(&before, "starts").max;
    for (points, outcome) in [(0, Outcome::Failed), (1, Outcome::Partial), (max.hundredths(), Outcome::Passed)] {
        let after = scored(&course, &facts, &run, &[given(&course, "starts", points, seen)]);
        let finding = found(&after, "starts");
        assert_eq!((finding.points.hundredths(), finding.outcome), (points, outcome));
        assert_eq!(finding.evidence, found(&before, "starts").evidence, "what was seen stays");
        assert_eq!(finding.advice.is_empty(), outcome == Outcome::Passed, "whoever has everything has nothing to do");
        let instead_of = finding.overridden.as_ref().expect("it says so");
        assert_eq!((instead_of.points, instead_of.outcome, instead_of.stale), (Points::ZERO, Outcome::Failed, false));
        assert_eq!((instead_of.reason.as_str(), &instead_of.by), ("seen on my machine", &teacher()));
        let lines = explain(&course, &after, Reader::Teacher);
        assert_eq!(lines[0].key, "score-override");
        lines.iter().for_each(crate::observe::support::assert_worded);
    }
}

#[test]
fn points_given_open_the_way_to_what_needs_them_and_points_taken_close_none() {
    let (course, facts) = (course(), inspection());
    let needs = |id: &str| course.rubric.criteria.iter().find(|one| one.id == id).unwrap().needs.clone();
    assert_eq!((needs("answers"), needs("starts")), (vec!["starts".to_owned()], vec!["project".to_owned()]));
    // Does not start, says the check, and yet it answers: the teacher started it another way.
    let mut run = broken();
    run.pages = execution().pages;
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    assert_eq!(found(&scored(&course, &facts, &run, &[]), "answers").outcome, Outcome::Skipped);
    let opened = scored(&course, &facts, &run, &[given(&course, "starts", 1, seen)]);
    assert_ne!(found(&opened, "answers").outcome, Outcome::Skipped, "judged by what was seen of it");

    // Taken by hand: the check has passed, and what needs it keeps what it has.
    let run = execution();
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    let before = scored(&course, &facts, &run, &[]);
    let taken = scored(&course, &facts, &run, &[given(&course, "starts", 0, seen)]);
    assert_eq!(found(&taken, "starts").outcome, Outcome::Failed);
    assert_eq!(found(&taken, "answers"), found(&before, "answers"));
    // Nothing given where the check has failed already: blocked as before.
    let run = broken();
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    let nothing = scored(&course, &facts, &run, &[given(&course, "starts", 0, seen)]);
    assert_eq!(found(&nothing, "answers").outcome, Outcome::Skipped);
}

#[test]
fn what_was_skipped_can_be_given_points_and_is_not_stale_for_what_it_needs() {
    let (course, facts, run) = (course(), inspection(), broken());
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    let answers = given(&course, "answers", 50, seen);
    let alone = scored(&course, &facts, &run, std::slice::from_ref(&answers));
    assert_eq!(found(&alone, "answers").overridden.as_ref().map(|given| given.outcome), Some(Outcome::Skipped));
    let both = scored(&course, &facts, &run, &[answers, given(&course, "starts", 100, seen)]);
    let given = found(&both, "answers").overridden.clone().expect("kept");
    assert!(!given.stale, "another decision is no other fact");
}

#[test]
fn a_decision_is_stale_once_its_check_says_something_else() {
    let (course, facts, run) = (course(), inspection(), broken());
    let decision = given(&course, "starts", 100, Facts { inspection: &facts, execution: Some(&run), judges: &[] });
    let stale = |course: &Course, run: &Execution| {
        let score = scored(course, &facts, run, std::slice::from_ref(&decision));
        assert_eq!(found(&score, "starts").points, Points::whole(1), "it counts all the same");
        found(&score, "starts").overridden.as_ref().expect("kept").stale
    };
    // A run that is slower, on another port, with another last line: no news.
    let mut slower = run.clone();
    slower.processes[0].milliseconds = 999;
    slower.processes[0].log.tail = "something else\n".into();
    assert!(!stale(&course, &slower));
    assert!(stale(&course, &execution()), "it starts now");
    let mut dearer = course.clone();
    dearer.rubric.criteria.iter_mut().find(|one| one.id == "starts").unwrap().points = Points::whole(9);
    assert!(stale(&dearer, &run), "worth something else now");
}

#[test]
fn a_penalty_can_be_taken_off_by_hand() {
    let (mut course, facts, run) = (course(), inspection(), broken());
    let starts = course.rubric.criteria.iter_mut().find(|one| one.id == "starts").unwrap();
    (starts.kind, starts.points) = (Kind::Penalty, Points::whole(2));
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    assert_eq!(found(&scored(&course, &facts, &run, &[]), "starts").points, Points::whole(-2));
    for (hundredths, outcome) in [(-200, Outcome::Failed), (-50, Outcome::Partial), (0, Outcome::Passed)] {
        let after = scored(&course, &facts, &run, &[given(&course, "starts", hundredths, seen)]);
        assert_eq!(
            (found(&after, "starts").points.hundredths(), found(&after, "starts").outcome),
            (hundredths, outcome)
        );
        let opened = found(&after, "answers").outcome != Outcome::Skipped;
        assert_eq!(opened, hundredths > -200, "less taken is something given");
    }
}

#[test]
fn a_criterion_that_left_the_rubric_or_lost_its_worth_gives_no_more_than_it_may() {
    let (mut course, facts, run) = (course(), inspection(), broken());
    let decision = given(&course, "starts", 100, Facts { inspection: &facts, execution: Some(&run), judges: &[] });
    course.rubric.criteria.iter_mut().find(|one| one.id == "starts").unwrap().points = Points::from_hundredths(40);
    let cheaper = scored(&course, &facts, &run, std::slice::from_ref(&decision));
    assert_eq!(found(&cheaper, "starts").points, Points::from_hundredths(40));
    course.rubric.criteria.retain(|one| one.id != "starts");
    let gone = scored(&course, &facts, &run, std::slice::from_ref(&decision));
    assert_eq!(gone, scored(&course, &facts, &run, &[]), "without effect");
}

/// Due on the tenth at noon, with ten minutes' grace and a point a day for three days.
fn due() -> Course {
    let mut course = course();
    course.deadline = Some(Deadline {
        at: "2026-01-10T12:00:00+01:00".parse().expect("a date"),
        grace_minutes: 10,
        penalty_per_day: Some(Points::whole(1)),
        late_days: 3,
    });
    course
}

#[test]
fn more_time_moves_deadline_grace_and_late_days_and_never_shortens_them() {
    let course = due();
    let at = |text: &str| -> DateTime<Utc> { text.parse().expect("a moment") };
    let penalty = |received: &str, until: Option<&str>| {
        let (facts, run) = (inspection(), execution());
        let extension = until.map(|until| extension(at(until)));
        let submitted = Submitted { extension: extension.as_ref(), ..Submitted::at(at(received)) };
        let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
        let score = score(&course, seen, submitted, provenance(&course));
        let due = score.due.clone().expect("it says what it counted by");
        assert_eq!(due.extended, until.is_some_and(|until| at(until) > at("2026-01-10T11:00:00Z")));
        for line in explain(&course, &score, Reader::Student) {
            crate::observe::support::assert_worded(&line);
        }
        score.late_penalty
    };
    let extended = Some("2026-01-12T18:00:00+01:00");
    for (received, until, wanted) in [
        ("2026-01-10T12:10:00+01:00", None, 0),
        ("2026-01-10T12:11:00+01:00", None, 1),
        ("2026-01-12T18:10:00+01:00", extended, 0),
        ("2026-01-12T18:11:00+01:00", extended, 1),
        ("2026-01-15T18:10:00+01:00", extended, 3),
        // An extension that the course's own deadline has overtaken.
        ("2026-01-10T12:10:00+01:00", Some("2026-01-09T12:00:00+01:00"), 0),
        ("2026-01-10T12:11:00+01:00", Some("2026-01-09T12:00:00+01:00"), 1),
    ] {
        assert_eq!(penalty(received, until), Points::whole(wanted), "{received} with {until:?}");
    }
    assert_eq!(penalty("2026-01-15T18:11:00+01:00", extended), Points::whole(22), "too late: everything");
}

fn keys(moved: &Moved) -> Vec<&str> {
    moved.causes.iter().map(|cause| cause.key.as_str()).collect()
}

#[test]
fn every_cause_is_told_and_nothing_else() {
    let (mut course, facts, run) = (due(), inspection(), broken());
    // Late, and yet worth something.
    course.deadline.as_mut().unwrap().late_days = 7;
    let before = scored(&course, &facts, &run, &[]);
    assert!(moved(&course, &before, &before, Reader::Teacher).causes.is_empty());
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    let set = scored(&course, &facts, &run, &[given(&course, "starts", 100, seen)]);
    let mut again = given(&course, "starts", 150, seen);
    again.at += TimeDelta::hours(1);
    let changed = scored(&course, &facts, &run, &[again]);
    let mut other = before.clone();
    other.provenance.inspection = "1".repeat(64).parse().unwrap();
    other.provenance.execution = Some("2".repeat(64).parse().unwrap());
    other.provenance.judges = vec!["4".repeat(64).parse().unwrap()];
    other.provenance.rubric = "3".repeat(64).parse().unwrap();
    other.provenance.program = "0.2.0".into();
    other.scale = Points::whole(100);
    let timed = |received: DateTime<Utc>, until: Option<&str>| {
        let extension = until.map(|until| extension(until.parse().unwrap()));
        let submitted = Submitted { extension: extension.as_ref(), ..Submitted::at(received) };
        score(&course, seen, submitted, provenance(&course))
    };
    let (late, more) = (timed(on_time(), None), timed(on_time(), Some("2026-01-20T00:00:00Z")));
    let mut undated = before.clone();
    (undated.due, undated.late_penalty) = (None, Points::ZERO);
    let mut stricter = before.clone();
    stricter.due.as_mut().unwrap().deadline.as_mut().unwrap().grace_minutes = 0;
    let every = ["inspection", "execution", "judges", "rubric", "program", "scale"].map(|what| format!("moved-{what}"));
    let every = every.iter().map(String::as_str).collect();
    for (from, to, wanted) in [
        (&before, &set, vec!["moved-override-set"]),
        (&set, &changed, vec!["moved-override-changed"]),
        (&changed, &before, vec!["moved-override-undone"]),
        (&before, &other, every),
        (&late, &more, vec!["moved-extension-given"]),
        (&more, &late, vec!["moved-extension-taken"]),
        (&late, &timed(on_time() - TimeDelta::days(9), None), vec!["moved-received"]),
        (&undated, &before, vec!["moved-deadline"]),
        (&before, &stricter, vec!["moved-deadline"]),
    ] {
        let told = moved(&course, from, to, Reader::Teacher);
        assert_eq!(keys(&told), wanted);
        told.causes.iter().for_each(crate::observe::support::assert_worded);
    }
    let told = moved(&course, &before, &set, Reader::Student);
    assert_eq!(told.criteria[0].criterion.as_deref(), Some("starts"));
    assert_eq!((told.criteria[0].difference(), told.after - told.before > Points::ZERO), (Points::whole(1), true));
    assert_eq!(told.criteria[0].reason.as_deref(), Some("seen on my machine"));
    let told = moved(&course, &late, &more, Reader::Student);
    assert_eq!(told.late, Some((late.late_penalty, Points::ZERO)));
}

#[test]
fn what_students_do_not_see_moves_as_one_sum_and_is_not_named() {
    let (mut course, facts, run) = (course(), inspection(), broken());
    for one in course.rubric.criteria.iter_mut().filter(|one| ["starts", "answers"].contains(&one.id.as_str())) {
        one.hidden = true;
    }
    let seen = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    let before = scored(&course, &facts, &run, &[]);
    let decisions = [given(&course, "starts", 100, seen), given(&course, "answers", 50, seen)];
    let after = scored(&course, &facts, &run, &decisions);
    let told = moved(&course, &before, &after, Reader::Student);
    assert_eq!(keys(&told), ["moved-override-hidden"]);
    assert_eq!(told.criteria.len(), 1);
    assert_eq!(
        (told.criteria[0].criterion.as_ref(), told.criteria[0].difference()),
        (None, Points::from_hundredths(150))
    );
    assert_eq!(told.criteria[0].reason, None);
    let lines = explain(&course, &after, Reader::Student);
    let said: Vec<&Message> = lines.iter().chain(&told.causes).collect();
    let text = serde_json::to_string(&said).unwrap();
    assert!(!text.contains("seen on my machine") && !text.contains("Application"), "{text}");
    assert_eq!(moved(&course, &before, &after, Reader::Teacher).criteria.len(), 2);
}

#[test]
fn criteria_that_come_and_go_are_told() {
    let (course, facts, run) = (course(), inspection(), execution());
    let mut smaller = course.clone();
    smaller.rubric.criteria.retain(|one| one.id != "answers");
    let (whole, less) = (scored(&course, &facts, &run, &[]), scored(&smaller, &facts, &run, &[]));
    let gone = moved(&smaller, &whole, &less, Reader::Teacher);
    let shift = gone.criteria.iter().find(|shift| shift.criterion.as_deref() == Some("answers")).expect("told");
    assert!(shift.before.is_some() && shift.after.is_none() && shift.difference() < Points::ZERO);
    let come = moved(&course, &less, &whole, Reader::Teacher);
    assert!(come.criteria.iter().any(|shift| shift.before.is_none() && shift.difference() > Points::ZERO));
}
