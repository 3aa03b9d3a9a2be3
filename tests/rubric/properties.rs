//! What holds for every rubric and all facts.

use chrono::TimeDelta;
use forkgrade::domain::check::{Check, ProjectAspect, ReadmeAspect, StartLevel, Technology};
use forkgrade::domain::course::Deadline;
use forkgrade::domain::facts::execution::{InstallOutcome, ProcessEnd, StruckLimit};
use forkgrade::domain::facts::inspection::ProjectState;
use forkgrade::domain::facts::{Execution, Facts, Inspection};
use forkgrade::domain::launch::StepRole;
use forkgrade::domain::points::Rounding;
use forkgrade::domain::rubric::{Group, Kind, Step};
use forkgrade::domain::{Course, Finding, Message, Outcome, Override, Points, Rubric, Score};
use forkgrade::rubric::checks::Judgement;
use forkgrade::rubric::{Submitted, score, share, sum};
use proptest::prelude::*;

use super::by_hand;
use super::support::{course, criterion, execution, inspection, notebook, on_time, page, process, provenance};

fn checks() -> impl Strategy<Value = Check> {
    use ReadmeAspect::{Content, Functional, HowToRun, Present, Renders, Sections, Technical};
    let aspects = prop::sample::select(vec![Present, Content, HowToRun, Technical, Functional, Sections, Renders]);
    use ProjectAspect::{Clean, NoSecrets, Parses, Size, Submitted};
    let projects = prop::sample::select(vec![Submitted, Parses, NoSecrets, Size, Clean]);
    let levels = prop::sample::select(vec![StartLevel::Listens, StartLevel::Answers, StartLevel::ShowsData]);
    let texts = prop::sample::select(vec![None, Some("/"), Some("mongo"), Some("films*"), Some("["), Some("")]);
    let texts = texts.prop_map(|text| text.map(str::to_owned));
    let technologies = prop::sample::subsequence(vec![Technology::Flask, Technology::Redis, Technology::Compose], 0..3);
    prop_oneof![
        (aspects, 0..5_000_u32).prop_map(|(aspect, min_characters)| Check::Readme {
            aspect,
            min_characters,
            sections: vec![vec!["Films".into()], vec!["Installation".into(), "Usage".into()]],
            languages: Vec::new(),
        }),
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

/// Steps that lead upwards and end at all of the points.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let percents = || prop::collection::btree_set(1..=100_u32, 1..5);
    prop::option::of((percents(), prop::collection::vec(0..=100_u32, 5))).prop_map(|steps| {
        let Some((at, mut shares)) = steps else { return Vec::new() };
        shares.sort_unstable();
        shares.drain(..shares.len() - at.len());
        *shares.last_mut().expect("a step") = 100;
        at.into_iter().zip(shares).map(|(at, share)| Step { at, share }).collect()
    })
}

/// Criteria of every kind that may need one that comes before or after them, in groups of which some are capped.
fn rubrics() -> impl Strategy<Value = Rubric> {
    let kinds = prop::sample::select(vec![Kind::Base, Kind::Base, Kind::Bonus, Kind::Penalty]);
    let one = (0..1_000_i64, kinds, checks(), prop::option::of(0..12_usize), any::<bool>(), steps(), 0..4_usize);
    let caps = prop::collection::vec(prop::option::of(1..2_000_i64), 3);
    let rounding = prop::sample::select(vec![Rounding::HalfUp, Rounding::Down, Rounding::Up]);
    (prop::collection::vec(one, 1..12), caps, rounding).prop_map(|(items, caps, rounding)| {
        let all = items.into_iter().enumerate();
        let named = all.map(|(index, (points, kind, check, need, partial, steps, group))| {
            let mut criterion = criterion(&format!("c{index}"), points, false, check);
            (criterion.kind, criterion.group) = (kind, format!("g{group}"));
            criterion.partial = partial || !steps.is_empty();
            criterion.steps = steps;
            criterion.needs = need.map(|need| format!("c{need}")).into_iter().collect();
            criterion
        });
        let groups = caps.into_iter().enumerate().map(|(index, most)| Group {
            id: format!("g{index}"),
            title_fr: "Groupe".into(),
            title_en: "Group".into(),
            at_most: most.map(Points::from_hundredths),
        });
        Rubric { round_to: Points::ZERO, rounding, groups: groups.collect(), criteria: named.collect() }
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
    (rubrics(), scales, steps, late).prop_map(|(rubric, scale, round_to, late)| {
        let mut course = Course { scale, rubric, ..course() };
        course.rubric.round_to = round_to;
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
    score(course, Facts { inspection, execution, judges: &[] }, Submitted::at(on_time()), provenance(course))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn points_stay_within_their_bounds(course in courses(), facts in inspections(), run in executions()) {
        let score = scored(&course, &facts, run.as_ref());
        prop_assert_eq!(score.findings.len(), course.rubric.criteria.len());
        for finding in &score.findings {
            prop_assert!(finding.points >= finding.min && finding.points <= finding.max, "{:?}", finding);
            match finding.outcome {
                Outcome::Passed => prop_assert_eq!(finding.points, finding.max),
                Outcome::Failed => prop_assert_eq!(finding.points, finding.min),
                Outcome::Skipped => prop_assert_eq!(finding.points, Points::ZERO),
                Outcome::Partial => {}
            }
        }
        prop_assert!(score.base >= Points::ZERO && score.base <= course.scale);
        prop_assert!(score.total >= Points::ZERO && score.total <= course.scale);
        prop_assert!(score.bonus >= Points::ZERO && score.penalty >= Points::ZERO);
        let earned = (score.base + score.bonus - score.penalty).max(Points::ZERO);
        prop_assert!(score.late_penalty >= Points::ZERO && score.late_penalty <= earned);
    }

    #[test]
    fn rounding_moves_by_less_than_its_step_and_the_way_it_says(course in courses(), facts in inspections(), run in executions()) {
        let score = scored(&course, &facts, run.as_ref());
        let exact = score.base + score.bonus - score.penalty - score.late_penalty;
        let moved = (score.total - exact).hundredths();
        let step = course.rubric.round_to.hundredths().max(1);
        // Outside of the scale, and where the scale is no multiple of the step, the total stops.
        if score.total > Points::ZERO && score.total < course.scale {
            match course.rubric.rounding {
                Rounding::HalfUp => prop_assert!(2 * moved.abs() <= step, "{exact} to {}", score.total),
                Rounding::Down => prop_assert!(-step < moved && moved <= 0, "{exact} to {}", score.total),
                Rounding::Up => prop_assert!(0 <= moved && moved < step, "{exact} to {}", score.total),
            }
        }
        if course.rubric.round_to <= Points::from_hundredths(1) {
            prop_assert_eq!(score.total, exact.clamp(Points::ZERO, course.scale));
        }
    }

    #[test]
    fn no_hundredth_is_lost_between_the_parts(course in courses(), facts in inspections(), run in executions()) {
        let score = scored(&course, &facts, run.as_ref());
        // In whole numbers: 2 * |sum * worth - scale * counted| <= worth.
        let mut uncapped = course.clone();
        uncapped.rubric.groups.iter_mut().for_each(|group| group.at_most = None);
        let sums = scored(&uncapped, &facts, run.as_ref());
        let points = |is: &dyn Fn(&Finding) -> bool, of: fn(&Finding) -> Points| -> i128 {
            sums.findings.iter().filter(|finding| is(finding)).map(|finding| i128::from(of(finding).hundredths())).sum()
        };
        let worth = points(&|finding| finding.kind() == Kind::Base, |finding| finding.max);
        let counted = points(&|_| true, |finding| finding.points);
        let on_scale = i128::from((sums.base + sums.bonus - sums.penalty).hundredths());
        if worth > 0 {
            let off = on_scale * worth - i128::from(course.scale.hundredths()) * counted;
            prop_assert!(2 * off.abs() <= worth, "{on_scale} of {counted} out of {worth}");
        }
        prop_assert_eq!(&score.findings, &sums.findings, "a cap changes what counts, not what was found");
    }

    #[test]
    fn a_group_counts_up_to_its_cap(course in courses(), most in 1..3_000_i64, facts in inspections(), run in executions()) {
        let mut course = course;
        let most = Points::from_hundredths(most);
        course.rubric.groups.truncate(1);
        course.rubric.groups[0].at_most = Some(most);
        course.rubric.criteria.iter_mut().for_each(|criterion| criterion.group = "g0".into());
        let score = scored(&course, &facts, run.as_ref());
        let sum = sum(&course.rubric, course.scale, &score.findings);
        prop_assert!(sum.earned <= most && sum.worth <= most);
        prop_assert!(score.base + score.bonus <= course.scale.share(most.hundredths(), sum.worth.hundredths()));
        for capped in sum.capped {
            prop_assert!(capped.earned > capped.at_most);
        }
    }

    #[test]
    fn all_or_nothing_is_all_or_nothing(course in courses(), facts in inspections(), run in executions()) {
        let mut course = course;
        course.rubric.criteria.iter_mut().for_each(|criterion| (criterion.partial, criterion.steps) = (false, Vec::new()));
        for finding in scored(&course, &facts, run.as_ref()).findings {
            let allowed = match finding.outcome {
                Outcome::Skipped => Points::ZERO,
                Outcome::Passed => finding.max,
                _ => finding.min,
            };
            prop_assert_eq!(finding.points, allowed, "{:?}", finding);
        }
    }

    #[test]
    fn more_of_what_was_asked_never_gives_less(steps in steps(), kind in prop::sample::select(vec![Kind::Base, Kind::Penalty]), worth in 0..1_000_i64, asked in 1..500_u64, one in 0..500_u64, other in 0..500_u64) {
        let mut criterion = criterion("c", worth, false, Check::Starts { level: StartLevel::Listens });
        (criterion.kind, criterion.steps) = (kind, steps);
        let points = |reached: u64| {
            let judgement = Judgement::part(reached, asked, Message::new("starts-ran"));
            share::points(&criterion, &share::counted(&criterion, judgement))
        };
        prop_assert!(points(one.min(other)) <= points(one.max(other)));
        prop_assert_eq!(points(asked), criterion.bounds().1);
        prop_assert_eq!(points(0), criterion.bounds().0);
    }

    #[test]
    fn a_penalty_never_raises(course in courses(), check in checks(), points in 0..1_000_i64, facts in inspections(), run in executions()) {
        let before = scored(&course, &facts, run.as_ref());
        let mut with = course.clone();
        let mut penalty = criterion("penalty", points, false, check);
        (penalty.kind, penalty.group) = (Kind::Penalty, "g0".into());
        with.rubric.criteria.push(penalty);
        let after = scored(&with, &facts, run.as_ref());
        prop_assert!(after.total <= before.total, "{} became {}", before.total, after.total);
        prop_assert_eq!((after.base, after.bonus), (before.base, before.bonus));
    }

    #[test]
    fn a_bonus_never_lowers(course in courses(), check in checks(), points in 0..1_000_i64, facts in inspections(), run in executions()) {
        let before = scored(&course, &facts, run.as_ref());
        let mut with = course.clone();
        let mut bonus = criterion("bonus", points, true, check);
        bonus.group = "g0".into();
        with.rubric.criteria.push(bonus);
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
        let sums = |score: &Score| (score.base, score.bonus, score.penalty, score.late_penalty, score.total);
        prop_assert_eq!(sums(&forward), sums(&backward));
        let mut findings = backward.findings;
        findings.reverse();
        let outcomes = |findings: &[forkgrade::domain::Finding]| findings.iter().map(|f| (f.criterion.clone(), f.outcome, f.points)).collect::<Vec<_>>();
        prop_assert_eq!(outcomes(&forward.findings), outcomes(&findings));
    }

    #[test]
    fn points_by_hand_stay_within_the_scale_and_leave_no_trace(
        course in courses(),
        given in prop::collection::btree_map(0..14_usize, -5_000..5_000_i64, 0..6),
        facts in inspections(),
        run in executions(),
    ) {
        let seen = Facts { inspection: &facts, execution: run.as_ref(), judges: &[] };
        let overrides: Vec<Override> = given.iter().map(|(index, points)| {
            let known = course.rubric.criteria.get(*index % course.rubric.criteria.len()).expect("a criterion");
            // Some of them for criteria that the rubric does not hold, and more than it gives.
            Override { criterion: format!("c{index}"), points: Points::from_hundredths(*points), ..by_hand::given(&course, &known.id, 0, seen) }
        }).collect();
        let scored_with = |overrides: &[Override]| {
            score(&course, seen, Submitted { overrides, ..Submitted::at(on_time()) }, provenance(&course))
        };
        let (before, after) = (scored_with(&[]), scored_with(&overrides));
        prop_assert!(after.total >= Points::ZERO && after.total <= course.scale && after.base <= course.scale);
        for (own, finding) in before.findings.iter().zip(&after.findings) {
            prop_assert!(finding.points >= finding.min && finding.points <= finding.max, "{:?}", finding);
            let given = overrides.iter().find(|one| one.criterion == finding.criterion);
            prop_assert_eq!(finding.overridden.is_some(), given.is_some());
            match given {
                Some(given) => prop_assert_eq!(finding.points, given.points.clamp(finding.min, finding.max)),
                // Another criterion's decision takes nothing from one that gives.
                None => prop_assert!(finding.points >= own.points || finding.kind() == Kind::Penalty, "{:?} became {:?}", own, finding),
            }
        }
        let bytes = |score: &Score| serde_json::to_vec(score).expect("JSON");
        prop_assert_eq!(bytes(&before), bytes(&scored_with(&[])), "undone, it is what it was");
    }

    #[test]
    fn scoring_is_deterministic(course in courses(), facts in inspections(), run in executions()) {
        let bytes = || serde_json::to_vec(&scored(&course, &facts, run.as_ref())).expect("JSON");
        prop_assert_eq!(bytes(), bytes());
    }
}
