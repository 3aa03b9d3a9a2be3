//! The sum: needs, scale, bonus, lateness, rounding, and the arithmetic in words.

use forkgrade::domain::check::{Check, ReadmeAspect};
use forkgrade::domain::facts::Facts;
use forkgrade::domain::facts::inspection::ProjectState;
use forkgrade::domain::{Outcome, Points};
use forkgrade::rubric::{Reader, Submitted, explain, rubric_hash, score};

use super::support::{check, course, course_of, criterion, execution, inspection, on_time, provenance, scored};

#[test]
fn a_complete_project_has_full_points_and_the_total_stops_at_the_scale() {
    let score = scored(&course(), &inspection(), Some(&execution()));
    assert_eq!(score.base, Points::whole(20));
    assert_eq!(score.bonus, Points::whole(2), "scraping and notebooks");
    assert_eq!(score.total, Points::whole(20));
}

#[test]
fn nothing_is_lost_twice() {
    let mut facts = inspection();
    facts.project.state = ProjectState::Template;
    facts.plan = None;
    let score = scored(&course(), &facts, None);
    let failed: Vec<_> =
        score.findings.iter().filter(|f| f.outcome == Outcome::Failed).map(|f| f.criterion.as_str()).collect();
    assert_eq!(failed, ["project"]);
    let answers = score.findings.iter().find(|finding| finding.criterion == "answers").expect("a finding");
    assert_eq!(answers.outcome, Outcome::Skipped, "through what it needs itself");
    let reason = &answers.evidence[0];
    assert_eq!((reason.key.as_str(), reason.args["fr"].as_str()), ("skipped-needs", "Projet déposé"));
}

#[test]
fn points_are_scaled_once_and_rounded_once() {
    let of =
        |aspect, min_characters| Check::Readme { aspect, min_characters, sections: Vec::new(), languages: Vec::new() };
    let present = || of(ReadmeAspect::Present, 0);
    let long = of(ReadmeAspect::Content, 3_600);
    // 1 of 1 and a third of 2: 5/3 of 3 points, 11.1 of 20.
    let course = course_of(vec![criterion("a", 100, false, present()), criterion("b", 200, false, long)]);
    let score = scored(&course, &inspection(), None);
    assert_eq!(score.findings[1].points, Points::from_hundredths(67));
    assert_eq!(score.base, Points::from_hundredths(1113));
    assert_eq!(score.total, Points::from_hundredths(1125));
    let keys: Vec<_> = explain(&course, &score, Reader::Teacher).into_iter().map(|line| line.key).collect();
    assert_eq!(keys, ["score-base", "score-rounded", "score-total"]);
}

#[test]
fn lateness_is_taken_off_what_was_earned() {
    let mut course = course();
    let at = "2026-01-10T12:00:00+01:00".parse().expect("a date");
    let deadline = forkgrade::domain::course::Deadline {
        at,
        grace_minutes: 0,
        penalty_per_day: Some(Points::whole(1)),
        late_days: 7,
    };
    course.deadline = Some(deadline);
    let score = scored(&course, &inspection(), Some(&execution()));
    // 20 + 2 - 6, for five days and an hour.
    assert_eq!((score.late_penalty, score.total), (Points::whole(6), Points::whole(16)));
    for line in explain(&course, &score, Reader::Teacher) {
        crate::observe::support::assert_worded(&line);
    }
}

#[test]
fn a_circle_of_needs_ends() {
    let check = || check("check = \"project\"\naspect = \"submitted\"");
    let mut a = criterion("a", 100, false, check());
    let mut b = criterion("b", 100, false, check());
    (a.needs, b.needs) = (vec!["b".into()], vec!["a".into()]);
    let score = scored(&course_of(vec![a, b]), &inspection(), None);
    assert_eq!(score.total, Points::whole(20));
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let bytes = || serde_json::to_vec(&scored(&course(), &inspection(), Some(&execution()))).expect("JSON");
    assert_eq!(bytes(), bytes());
    assert_eq!(rubric_hash(&course().rubric), rubric_hash(&course().rubric));
    let mut other = course();
    other.rubric.criteria[0].points = Points::whole(3);
    assert_ne!(rubric_hash(&course().rubric), rubric_hash(&other.rubric));
}

/// Golden: the whole score of a complete project. `cargo insta review` shows what changed.
#[test]
fn the_default_rubric_on_a_complete_project() {
    let course = course();
    let facts = inspection();
    let run = execution();
    let mut provenance = provenance(&course);
    provenance.rubric = "0".repeat(64).parse().expect("a hash");
    let facts = Facts { inspection: &facts, execution: Some(&run), judges: &[] };
    let score = score(&course, facts, Submitted::at(on_time()), provenance);
    insta::assert_json_snapshot!(score);
}

#[test]
fn a_rubric_without_hidden_criteria_keeps_its_version() {
    let course = forkgrade::config::example_course().unwrap();
    let written = serde_json::to_string(&course.rubric).unwrap();
    assert!(!written.contains("hidden"), "a version is the hash of this text");
}

#[test]
fn a_hidden_criterion_is_not_named_by_those_that_need_it() {
    let mut course = course();
    let project = course.rubric.criteria.iter_mut().find(|criterion| criterion.id == "project").expect("a criterion");
    project.hidden = true;
    let mut facts = inspection();
    facts.project.state = ProjectState::Missing;
    let seen: Vec<_> = scored(&course, &facts, None).findings.into_iter().filter(|finding| !finding.hidden).collect();
    let told = serde_json::to_string(&seen).expect("JSON");
    assert!(told.contains("skipped-needs-hidden") && !told.contains("Projet d\u{e9}pos\u{e9}"), "{told}");
}
