//! A container of the teacher's own: the share of points that its results.json gives.
//! May import: `domain/`, globset.
//! Next: `domain/facts/judges.rs` for what it reports.

use crate::domain::Message;
use crate::domain::facts::Facts;
use crate::domain::facts::judges::{Amount, JudgeKind, ResultsFacts, Said, TestFacts, TestVisibility};

use super::judged::{Filter, NOT_JUDGED, judge_of};
use super::{Judgement, listed};

pub fn judge(command: &str, only: &[String], facts: Facts<'_>) -> Judgement {
    let results = match judge_of(facts, JudgeKind::Command, command).map(|facts| &facts.said) {
        Some(Said::Results(results)) => results,
        Some(_) => return Judgement::uncounted(Message::new(NOT_JUDGED)),
        None if facts.inspection.project.folder.is_none() => {
            return Judgement::failed(Message::new("command-no-project")).advise(Message::new("run-add-program"));
        }
        None => return Judgement::uncounted(Message::new("judge-not-run")),
    };
    let filter = Filter::new(only);
    let tests: Vec<&TestFacts> = results.tests.iter().filter(|test| filter.takes_test(test)).collect();
    let Some((score, most)) = share(results, &tests, only.is_empty()) else {
        return Judgement::uncounted(Message::new(NOT_JUDGED));
    };
    let counted = |amount: Amount| amount.max(Amount::ZERO).millionths().unsigned_abs();
    let evidence = Message::new("command-score").with("score", score).with("most", most);
    let judgement = Judgement::part(counted(score).min(counted(most)), counted(most), evidence);
    judgement.seen(failing(&tests)).advise_unless_passed(Message::new("command-read"))
}

/// What was given and what could have been; `None` where nothing could.
fn share(results: &ResultsFacts, tests: &[&TestFacts], whole: bool) -> Option<(Amount, Amount)> {
    let sums =
        tests.iter().filter_map(|test| test.points()).try_fold((Amount::ZERO, Amount::ZERO), |(a, b), (c, d)| {
            // A test that can give nothing can only add.
            Some((a.plus(c)?, b.plus(d.max(Amount::ZERO))?))
        })?;
    let (score, most) = match results.score.filter(|_| whole) {
        None => sums,
        Some(score) => {
            let of_tests = Some(sums.1).filter(|most| *most > Amount::ZERO);
            (score, results.out_of.or(of_tests).unwrap_or(results.total_points))
        }
    };
    (most > Amount::ZERO).then_some((score, most))
}

/// The tests that failed and that everybody may always see. The others are shown below, when their time has come.
fn failing(tests: &[&TestFacts]) -> Option<Message> {
    let shown = tests.iter().filter(|test| test.visibility == TestVisibility::Visible);
    let failing = shown.filter(|test| test.has_passed() == Some(false) && !test.called().is_empty());
    let names: Vec<String> = failing.map(|test| test.called().to_owned()).collect();
    (!names.is_empty()).then(|| Message::new("command-failing").with("tests", listed(&names, 8)))
}
