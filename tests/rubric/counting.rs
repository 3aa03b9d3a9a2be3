//! Kinds, steps, caps and rounding: how what was judged becomes points, with every number worked out by hand.

use forkgrade::domain::check::Check;
use forkgrade::domain::points::Rounding;
use forkgrade::domain::rubric::{Criterion, Group, Kind, Step};
use forkgrade::domain::{Finding, Outcome, Points, Score};
use forkgrade::rubric::{Reader, explain};

use super::support::{course_of, criterion, execution, inspection, page, scored};

/// So many of ten pages answer.
fn answered(
    criteria: Vec<Criterion>,
    pages: usize,
    adapt: impl FnOnce(&mut forkgrade::domain::Course),
) -> (Score, Vec<String>) {
    let mut run = execution();
    run.pages = (0..pages.max(1)).map(|_| page("/", Some(if pages == 0 { 500 } else { 200 }))).collect();
    let mut course = course_of(criteria);
    course.scale = Points::whole(10);
    course.rubric.groups.clear();
    adapt(&mut course);
    let score = scored(&course, &inspection(), Some(&run));
    let lines = explain(&course, &score, Reader::Teacher);
    lines.iter().for_each(crate::observe::support::assert_worded);
    (score, lines.into_iter().map(|line| line.key).collect())
}

fn asked(id: &str, points: i64, kind: Kind) -> Criterion {
    let mut criterion =
        criterion(id, points, false, Check::Answers { min_pages: 10, path: None, status: None, contains: None });
    criterion.kind = kind;
    criterion
}

fn points(findings: &[Finding]) -> Vec<(Outcome, i64)> {
    findings.iter().map(|finding| (finding.outcome, finding.points.hundredths())).collect()
}

#[test]
fn a_penalty_takes_off_what_is_missing() {
    use Outcome::{Failed, Partial, Passed};
    let rubric = || {
        vec![
            criterion("full", 1_000, false, Check::Starts { level: forkgrade::domain::check::StartLevel::Listens }),
            asked("pages", 200, Kind::Penalty),
        ]
    };
    for (pages, outcome, taken, total) in [(0, Failed, 200, 800), (7, Partial, 60, 950), (10, Passed, 0, 1_000)] {
        let (score, lines) = answered(rubric(), pages, |_| {});
        assert_eq!(points(&score.findings), [(Passed, 1_000), (outcome, -taken)]);
        assert_eq!((score.base, score.penalty.hundredths()), (Points::whole(10), taken));
        assert_eq!(score.total.hundredths(), total, "9.4 is rounded to 9.5");
        assert_eq!(lines.contains(&"score-penalty".to_owned()), taken > 0, "{lines:?}");
    }
}

#[test]
fn penalties_stop_at_nothing_and_a_skipped_one_costs_nothing() {
    let mut blocked = asked("blocked", 500, Kind::Penalty);
    blocked.needs = vec!["pages".into()];
    let criteria = vec![
        criterion("full", 100, false, Check::Starts { level: forkgrade::domain::check::StartLevel::Listens }),
        asked("pages", 300, Kind::Penalty),
        blocked,
    ];
    let (score, lines) = answered(criteria, 0, |_| {});
    assert_eq!(points(&score.findings)[2], (Outcome::Skipped, 0));
    assert_eq!((score.penalty, score.total), (Points::whole(30), Points::ZERO));
    assert_eq!(lines, ["score-base", "score-penalty", "score-floored", "score-total"]);
}

#[test]
fn steps_give_what_they_say() {
    let steps = [(30, 25), (50, 50), (90, 100)].map(|(at, share)| Step { at, share }).to_vec();
    use Outcome::{Failed, Partial, Passed};
    for (pages, outcome, given, said) in [
        (2, Failed, 0, true),
        (3, Partial, 250, true),
        (7, Partial, 500, true),
        (9, Passed, 1_000, false),
        (10, Passed, 1_000, false),
    ] {
        let mut criterion = asked("pages", 1_000, Kind::Base);
        criterion.steps = steps.clone();
        let (score, _) = answered(vec![criterion], pages, |_| {});
        assert_eq!(points(&score.findings), [(outcome, given)], "{pages} of 10 pages");
        let step = score.findings[0].evidence.iter().find(|message| message.key == "share-step");
        assert_eq!(step.is_some(), said, "{pages}: {:?}", score.findings[0]);
        if pages == 7 {
            let args = &step.expect("said").args;
            assert_eq!((&*args["percent"], &*args["share"], &*args["next"], &*args["more"]), ("70", "50", "90", "100"));
        }
    }
}

#[test]
fn all_or_nothing_says_so() {
    let mut criterion = asked("pages", 1_000, Kind::Base);
    criterion.partial = false;
    let (score, _) = answered(vec![criterion.clone()], 9, |_| {});
    assert_eq!(points(&score.findings), [(Outcome::Failed, 0)]);
    assert!(score.findings[0].evidence.iter().any(|message| message.key == "share-all-or-nothing"));
    assert!(!score.findings[0].advice.is_empty(), "what is missing is still said");
    let (score, _) = answered(vec![criterion], 10, |_| {});
    assert_eq!(points(&score.findings), [(Outcome::Passed, 1_000)]);
}

#[test]
fn what_counts_as_failed_blocks_what_needs_it() {
    let mut all = asked("pages", 500, Kind::Base);
    all.partial = false;
    let mut next =
        criterion("next", 500, false, Check::Starts { level: forkgrade::domain::check::StartLevel::Listens });
    next.needs = vec!["pages".into()];
    let (score, _) = answered(vec![all, next], 9, |_| {});
    assert_eq!(points(&score.findings), [(Outcome::Failed, 0), (Outcome::Skipped, 0)]);
}

fn group(most: i64) -> Group {
    let title = || "Au choix".to_owned();
    Group { id: "g".into(), title_fr: title(), title_en: title(), at_most: Some(Points::from_hundredths(most)) }
}

/// Two base criteria of 3 points of which 4 count, and a bonus of 2 that fits into what is left of the cap.
#[test]
fn a_capped_group_is_worth_its_cap_and_bonus_fills_what_is_left() {
    let criteria = || {
        let mut criteria = vec![
            criterion("one", 300, false, Check::Starts { level: forkgrade::domain::check::StartLevel::Listens }),
            asked("two", 300, Kind::Base),
            asked("extra", 200, Kind::Bonus),
        ];
        criteria.iter_mut().for_each(|criterion| criterion.group = "g".into());
        criteria
    };
    let cap = |course: &mut forkgrade::domain::Course| course.rubric.groups = vec![group(400)];
    let (score, lines) = answered(criteria(), 10, cap);
    assert_eq!((score.base, score.bonus, score.total), (Points::whole(10), Points::ZERO, Points::whole(10)));
    assert_eq!(lines, ["score-base", "score-group-capped", "score-total"]);
    // 3 of the first, nothing of the second: 3 of 4, and no bonus.
    let (score, lines) = answered(criteria(), 0, cap);
    assert_eq!((score.base, score.bonus), (Points::from_hundredths(750), Points::ZERO));
    assert_eq!(lines, ["score-base", "score-total"]);
    // 3 and 0.3; of 0.2 bonus all count.
    let (score, _) = answered(criteria(), 1, cap);
    assert_eq!((score.base, score.bonus), (Points::from_hundredths(825), Points::from_hundredths(50)));
    // 3 and 0.9; of 0.6 bonus there is room for 0.1.
    let (score, _) = answered(criteria(), 3, cap);
    assert_eq!((score.base, score.bonus), (Points::from_hundredths(975), Points::from_hundredths(25)));
}

#[test]
fn the_total_is_rounded_the_way_the_rubric_says() {
    for (rounding, total, key) in [
        (Rounding::HalfUp, 350, "score-rounded"),
        (Rounding::Down, 325, "score-rounded-down"),
        (Rounding::Up, 350, "score-rounded-up"),
    ] {
        // 1 of 3, which is 3.33 of 10, and 0.02 for a tenth of the bonus: 3.4.
        let criteria = vec![
            criterion("one", 100, false, Check::Starts { level: forkgrade::domain::check::StartLevel::Listens }),
            criterion(
                "not",
                200,
                false,
                Check::Readme {
                    aspect: forkgrade::domain::check::ReadmeAspect::Content,
                    min_characters: u32::MAX,
                    sections: Vec::new(),
                    languages: Vec::new(),
                },
            ),
            asked("extra", 15, Kind::Bonus),
        ];
        let (score, lines) = answered(criteria, 1, |course| course.rubric.rounding = rounding);
        assert_eq!(score.total.hundredths(), total, "{:?} of {:?}", rounding, score);
        assert!(lines.contains(&key.to_owned()), "{lines:?}");
    }
    let step = Points::from_hundredths(25);
    for (exact, down, nearest, up) in
        [(337, 325, 325, 350), (338, 325, 350, 350), (350, 350, 350, 350), (-10, -25, 0, 0)]
    {
        let exact = Points::from_hundredths(exact);
        let rounded = |rounding| exact.round_to(step, rounding).hundredths();
        assert_eq!(
            (rounded(Rounding::Down), rounded(Rounding::HalfUp), rounded(Rounding::Up)),
            (down, nearest, up),
            "{exact}"
        );
    }
}

/// What was written before there were groups, kinds and steps: read, and written again to the byte, since versions are its hash.
#[test]
fn a_rubric_of_before_keeps_its_version() {
    let before = r#"{"round_to":"0.25","criteria":[{"id":"a","title_fr":"A","title_en":"A","group":"Projet","points":"2","bonus":false,"needs":[],"check":"starts"},{"id":"b","title_fr":"B","title_en":"B","group":"","points":"0.5","bonus":true,"hidden":true,"needs":["a"],"check":"stores","min_items":10}]}"#;
    let rubric: forkgrade::domain::Rubric = serde_json::from_str(before).expect("still read");
    assert_eq!(rubric.criteria.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::Base, Kind::Bonus]);
    assert_eq!(serde_json::to_string(&rubric).expect("JSON"), before);
    let contradiction = before.replace(r#""bonus":true"#, r#""bonus":true,"kind":"penalty""#);
    assert!(serde_json::from_str::<forkgrade::domain::Rubric>(&contradiction).is_err());
}
