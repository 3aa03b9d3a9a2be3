//! What holds for every rubric and all facts.

use chrono::TimeDelta;
use forkgrade::domain::course::Deadline;
use forkgrade::domain::facts::execution::{InstallOutcome, ProcessEnd, StruckLimit};
use forkgrade::domain::facts::inspection::ProjectState;
use forkgrade::domain::facts::{Execution, Facts, Inspection};
use forkgrade::domain::launch::StepRole;
use forkgrade::domain::rubric::{Check, Criterion, ProjectAspect, ReadmeAspect, StartLevel, Technology};
use forkgrade::domain::{Course, Outcome, Points, Score};
use forkgrade::rubric::score;
use proptest::prelude::*;

use super::support::{course_of, criterion, execution, inspection, notebook, on_time, page, process, provenance};

fn checks() -> impl Strategy<Value = Check> {
    use ReadmeAspect::{Content, Functional, HowToRun, Present, Technical};
    let aspects = prop::sample::select(vec![Present, Content, HowToRun, Technical, Functional]);
    use ProjectAspect::{Clean, NoSecrets, Parses, Size, Submitted};
    let projects = prop::sample::select(vec![Submitted, Parses, NoSecrets, Size, Clean]);
    let levels = prop::sample::select(vec![StartLevel::Listens, StartLevel::Answers, StartLevel::ShowsData]);
    let texts = prop::sample::select(vec![None, Some("/"), Some("mongo"), Some("films*"), Some("["), Some("")]);
    let texts = texts.prop_map(|text| text.map(str::to_owned));
    let technologies = prop::sample::subsequence(vec![Technology::Flask, Technology::Redis, Technology::Compose], 0..3);
    prop_oneof![
        (aspects, 0..5_000_u32).prop_map(|(aspect, min_characters)| Check::Readme { aspect, min_characters }),
        (0..200_u32, any::<[bool; 2]>()).prop_map(|(full_at_percent, [require_executed, forbid_errors])| {
            Check::Notebooks { chapters: None, full_at_percent, require_executed, forbid_errors }
        }),
        (projects, any::<(u32, u32)>(), any::<Option<u32>>()).prop_map(
            |(aspect, (min_files, min_lines), max_mebibytes)| {
                Check::Project { aspect, min_files, min_lines, max_mebibytes }
            }
        ),
        (technologies.clone(), technologies).prop_map(|(any_of, all_of)| Check::Stack { any_of, all_of }),
        Just(Check::Installs {}),
        levels.prop_map(|level| Check::Starts { level }),
        (0..5_u32, texts.clone(), prop::option::of(100..600_u16), texts.clone())
            .prop_map(|(min_pages, path, status, contains)| Check::Answers { min_pages, path, status, contains }),
        (any::<u32>(), texts.clone(), texts).prop_map(|(min_items, service, collection)| Check::Stores {
            min_items,
            service,
            collection
        }),
        (any::<[u32; 4]>(), any::<Option<u32>>(), any::<bool>()).prop_map(
            |([min_commits, min_days, min_hours, min_authors], max_behind, before_deadline)| Check::History {
                min_commits,
                min_days,
                min_hours,
                min_authors,
                max_behind,
                before_deadline,
            }
        ),
    ]
}

/// Criteria that may need one that comes before or after them.
fn rubrics() -> impl Strategy<Value = Vec<Criterion>> {
    let one = (0..1_000_i64, any::<bool>(), checks(), prop::option::of(0..12_usize));
    prop::collection::vec(one, 1..12).prop_map(|items| {
        let all = items.into_iter().enumerate();
        let named = all.map(|(index, (points, bonus, check, need))| {
            let mut criterion = criterion(&format!("c{index}"), points, bonus, check);
            criterion.needs = need.map(|need| format!("c{need}")).into_iter().collect();
            criterion
        });
        named.collect()
    })
}

fn inspections() -> impl Strategy<Value = Inspection> {
    use ProjectState::{DocumentsOnly, Missing, Submitted, Template};
    let states = prop::sample::select(vec![Submitted, Submitted, DocumentsOnly, Template, Missing]);
    (states, any::<[bool; 6]>(), any::<u32>(), any::<(u32, u32)>(), (0..100_u32, 0..100_u32)).prop_map(
        |(state, flags, characters, (commits, days), (exercises, completed))| {
            let mut facts = inspection();
            let [has_readme, is_template, has_headings, runs, has_plan, has_history] = flags;
            facts.project.state = state;
            facts.readme.best = has_readme.then_some(0);
            let readme = &mut facts.readme.candidates[0];
            (readme.is_template, readme.says_how_to_run, readme.characters) = (is_template, runs, characters);
            if !has_headings {
                readme.headings.clear();
            }
            facts.notebooks = vec![notebook(exercises, completed)];
            if !has_plan {
                facts.plan = None;
            }
            let history = facts.history.as_mut().expect("a history");
            (history.own_commits, history.days_active) = (commits, days);
            if !has_history {
                facts.history = None;
            }
            facts
        },
    )
}

fn executions() -> impl Strategy<Value = Option<Execution>> {
    let ends = prop::sample::select(vec![
        ProcessEnd::Stopped,
        ProcessEnd::Exited { code: 0 },
        ProcessEnd::Exited { code: 1 },
        ProcessEnd::Limit { limit: StruckLimit::Memory },
    ]);
    let installs = prop::sample::select(vec![InstallOutcome::Installed, InstallOutcome::Refused]);
    let status = prop::sample::select(vec![Some(200), Some(404), Some(500), None]);
    let run = (ends, installs, prop::collection::vec(status, 0..6), any::<(bool, bool)>(), any::<u32>());
    prop::option::of(run).prop_map(|run| {
        let (end, install, pages, (serves, listens), items) = run?;
        let mut facts = execution();
        facts.install.outcome = install;
        facts.processes = vec![process(if serves { StepRole::Serve } else { StepRole::Load }, end)];
        facts.ports = if listens { vec![5000] } else { vec![] };
        facts.pages = pages.into_iter().map(|status| page("/", status)).collect();
        facts.databases[0].collections[0].items = u64::from(items);
        Some(facts)
    })
}

fn courses() -> impl Strategy<Value = Course> {
    let scales = prop::sample::select(vec![Points::whole(20), Points::whole(100), Points::from_hundredths(1775)]);
    let steps = prop::sample::select(vec![0, 1, 25, 50, 100]).prop_map(Points::from_hundredths);
    let late = prop::option::of((0..20_i64, 0..500_i64, 0..10_u32));
    (rubrics(), scales, steps, late).prop_map(|(criteria, scale, round_to, late)| {
        let mut course = course_of(criteria);
        (course.scale, course.rubric.round_to) = (scale, round_to);
        course.deadline = late.map(|(days, penalty, late_days)| Deadline {
            at: (on_time() - TimeDelta::days(days)).fixed_offset(),
            grace_minutes: 10,
            penalty_per_day: Some(Points::from_hundredths(penalty)),
            late_days,
        });
        course
    })
}

fn scored(course: &Course, inspection: &Inspection, execution: Option<&Execution>) -> Score {
    score(course, Facts { inspection, execution }, on_time(), provenance(course))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn points_stay_within_their_bounds(course in courses(), facts in inspections(), run in executions()) {
        let score = scored(&course, &facts, run.as_ref());
        prop_assert_eq!(score.findings.len(), course.rubric.criteria.len());
        for finding in &score.findings {
            prop_assert!(finding.points >= Points::ZERO && finding.points <= finding.max, "{:?}", finding);
            match finding.outcome {
                Outcome::Passed => prop_assert_eq!(finding.points, finding.max),
                Outcome::Failed | Outcome::Skipped => prop_assert_eq!(finding.points, Points::ZERO),
                Outcome::Partial => {}
            }
        }
        prop_assert!(score.base >= Points::ZERO && score.base <= course.scale);
        prop_assert!(score.total >= Points::ZERO && score.total <= course.scale);
        prop_assert!(score.late_penalty >= Points::ZERO && score.late_penalty <= score.base + score.bonus);
    }

    #[test]
    fn rounding_loses_no_hundredth_beyond_half_its_step(course in courses(), facts in inspections(), run in executions()) {
        let score = scored(&course, &facts, run.as_ref());
        let exact = (score.base + score.bonus - score.late_penalty).min(course.scale);
        let moved = (score.total - exact).hundredths().abs();
        // A scale that is no multiple of the step stops the total short of it.
        let step = course.rubric.round_to.hundredths().max(1);
        prop_assert!(2 * moved <= step || score.total == course.scale, "{} to {}", exact, score.total);
        if course.rubric.round_to <= Points::from_hundredths(1) {
            prop_assert_eq!(score.total, exact);
        }
    }

    #[test]
    fn a_bonus_never_lowers(course in courses(), check in checks(), points in 0..1_000_i64, facts in inspections(), run in executions()) {
        let before = scored(&course, &facts, run.as_ref());
        let mut with = course.clone();
        with.rubric.criteria.push(criterion("bonus", points, true, check));
        let after = scored(&with, &facts, run.as_ref());
        // After the last late day nothing counts, bonus or not.
        prop_assert!(after.total >= before.total, "{} became {}", before.total, after.total);
        prop_assert_eq!(after.base, before.base);
    }

    #[test]
    fn the_order_of_criteria_is_irrelevant(course in courses(), facts in inspections(), run in executions()) {
        let forward = scored(&course, &facts, run.as_ref());
        let mut reversed = course.clone();
        reversed.rubric.criteria.reverse();
        let backward = scored(&reversed, &facts, run.as_ref());
        let sums = |score: &Score| (score.base, score.bonus, score.late_penalty, score.total);
        prop_assert_eq!(sums(&forward), sums(&backward));
        let mut findings = backward.findings;
        findings.reverse();
        let outcomes = |findings: &[forkgrade::domain::Finding]| findings.iter().map(|f| (f.criterion.clone(), f.outcome, f.points)).collect::<Vec<_>>();
        prop_assert_eq!(outcomes(&forward.findings), outcomes(&findings));
    }

    #[test]
    fn scoring_is_deterministic(course in courses(), facts in inspections(), run in executions()) {
        let bytes = || serde_json::to_vec(&scored(&course, &facts, run.as_ref())).expect("JSON");
        prop_assert_eq!(bytes(), bytes());
    }
}
