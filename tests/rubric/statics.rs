//! Parameters of what is judged without running anything, as a teacher writes them.

use forkgrade::domain::course::Deadline;
use forkgrade::domain::facts::Facts;
use forkgrade::domain::facts::inspection::{
    CellFacts, CellState, Inspection, NewerPythonFacts, NotebookFacts, NotebookState,
};
use forkgrade::domain::{Finding, Message, Outcome};
use forkgrade::rubric::{Submitted, score};

use super::support::{check, course_of, criterion, found, inspection, notebook, on_time, path, provenance};

#[track_caller]
fn assert_found(toml: &str, spoil: impl FnOnce(&mut Inspection), outcome: Outcome, hundredths: i64, keys: &[&str]) {
    let mut facts = inspection();
    spoil(&mut facts);
    assert_is(&found(check(toml), &facts, None), outcome, hundredths, keys);
}

#[track_caller]
fn assert_is(finding: &Finding, outcome: Outcome, hundredths: i64, keys: &[&str]) {
    let said: Vec<&str> = finding.evidence.iter().chain(&finding.advice).map(|message| message.key.as_str()).collect();
    assert_eq!((finding.outcome, finding.points.hundredths()), (outcome, hundredths), "{said:?}");
    for key in keys {
        assert!(said.contains(key), "{key} is said: {said:?}");
    }
}

fn cell(number: u32, state: CellState, executed: bool, error: bool) -> CellFacts {
    CellFacts { number: Some(number), state, executed, error, first_line: "x = 1".into() }
}

/// Four exercises: answered and run, answered and failing, answered and never run, open.
fn four() -> NotebookFacts {
    use CellState::{Completed, Open};
    let cells = vec![
        cell(4, Completed, true, false),
        cell(6, Completed, true, true),
        cell(8, Completed, false, false),
        cell(10, Open, false, false),
    ];
    NotebookFacts { cells, ..notebook(4, 3) }
}

#[test]
fn answers_count_as_the_course_asks() {
    use Outcome::Partial;
    let of = |terms: &str| format!("check = \"notebooks\"\nfull_at_percent = 100\n{terms}");
    let one = |facts: &mut Inspection| facts.notebooks = vec![four()];
    assert_found(&of(""), one, Partial, 75, &["notebooks-one", "notebooks-exercise-open"]);
    assert_found(&of("require_executed = true"), one, Partial, 50, &["notebooks-exercise-run"]);
    assert_found(&of("forbid_errors = true"), one, Partial, 50, &["notebooks-exercise-error"]);
    assert_found(&of("require_executed = true\nforbid_errors = true"), one, Partial, 25, &[]);
    let mut facts = inspection();
    facts.notebooks = vec![four()];
    let advice = found(check(&of("")), &facts, None).advice;
    let open = Message::new("notebooks-exercise-open").with("file", "1Python/1.ipynb").with("cell", 10);
    assert_eq!(advice, [open.with("line", "x = 1")], "the notebook and the cell");
}

#[test]
fn what_became_of_notebooks_is_said() {
    let of = |state: NotebookState, exercise_cells| NotebookFacts { state, exercise_cells, ..NotebookFacts::default() };
    let toml = "check = \"notebooks\"\nfull_at_percent = 100";
    let copied = |facts: &mut Inspection| {
        let cells = vec![cell(4, CellState::Solution, true, false), cell(6, CellState::CommentsOnly, false, false)];
        let state = NotebookState::Solution;
        let copied = NotebookFacts { state, solution_cells: 1, out_of_order_cells: 2, cells, ..notebook(2, 0) };
        facts.notebooks = vec![copied, of(NotebookState::NotFetched, 0), of(NotebookState::Deleted, 3)];
    };
    let said = [
        "notebooks-solution",
        "notebooks-exercise-solution",
        "notebooks-exercise-comments",
        "notebooks-out-of-order",
        "notebook-deleted",
        "notebooks-fetch",
    ];
    assert_found(toml, copied, Outcome::Failed, 0, &said);
    let new = |facts: &mut Inspection| facts.notebooks = vec![of(NotebookState::NotFetched, 0)];
    assert_found(toml, new, Outcome::Skipped, 0, &["notebooks-none", "notebooks-fetch"]);
    // A chapter is asked for by the name that it has now.
    let moved = |facts: &mut Inspection| {
        facts.notebooks = vec![NotebookFacts { chapter: Some(path("2Listes/1.ipynb")), ..notebook(2, 2) }];
    };
    assert_found("check = \"notebooks\"\nchapters = \"2*/**\"", moved, Outcome::Passed, 100, &[]);
}

#[test]
fn a_project_can_be_asked_for_more() {
    use Outcome::{Failed, Partial, Passed, Skipped};
    let submitted = |terms: &str| format!("check = \"project\"\naspect = \"submitted\"\n{terms}");
    assert_found(&submitted("min_files = 3\nmin_lines = 300"), |_| {}, Passed, 100, &["project-files"]);
    assert_found(&submitted("min_files = 6"), |_| {}, Partial, 75, &["project-more-files"]);
    assert_found(&submitted("min_lines = 1200"), |_| {}, Partial, 63, &["project-more-lines"]);
    let size = "check = \"project\"\naspect = \"size\"\nmax_mebibytes = 2";
    assert_found(size, |facts| facts.project.bytes = 2 << 20, Passed, 100, &["project-size"]);
    let heavy = |facts: &mut Inspection| {
        (facts.project.bytes, facts.project.too_large) = ((2 << 20) + 1, vec![path("film.mp4")]);
    };
    assert_found(size, heavy, Failed, 0, &["project-large-files", "project-slim"]);
    let clean = "check = \"project\"\naspect = \"clean\"";
    assert_found(clean, |_| {}, Passed, 100, &["project-clean"]);
    assert_found(
        clean,
        |facts| facts.project.junk = vec![path("venv")],
        Failed,
        0,
        &["project-junk-found", "project-junk"],
    );
    let missing =
        |facts: &mut Inspection| facts.project.state = forkgrade::domain::facts::inspection::ProjectState::Missing;
    assert_found(clean, missing, Skipped, 0, &[]);
    let newer = |facts: &mut Inspection| {
        facts.code.newer_python = vec![NewerPythonFacts { path: path("a.py"), line: 3, python: "3.12".into() }];
    };
    assert_found("check = \"project\"\naspect = \"parses\"", newer, Passed, 100, &["project-newer-python"]);
}

#[test]
fn a_stack_can_be_asked_for_whole() {
    use Outcome::{Failed, Partial, Passed};
    let of = |terms: &str| format!("check = \"stack\"\n{terms}");
    assert_found(
        &of("all_of = [\"flask\", \"mongodb\"]"),
        |_| {},
        Passed,
        100,
        &["stack-uses-flask", "stack-uses-mongodb"],
    );
    assert_found(&of("all_of = [\"flask\", \"redis\"]"), |_| {}, Partial, 50, &["stack-uses-flask", "stack-try-redis"]);
    let both = of("all_of = [\"flask\"]\nany_of = [\"redis\", \"mongodb\"]");
    assert_found(&both, |_| {}, Passed, 100, &["stack-uses-mongodb"]);
    let one = of("all_of = [\"redis\"]\nany_of = [\"mongodb\", \"sql\"]");
    assert_found(&one, |_| {}, Partial, 50, &["stack-uses-mongodb", "stack-try-redis"]);
    assert_found(&of("all_of = [\"redis\"]"), |_| {}, Failed, 0, &["stack-missing", "stack-try-redis"]);
}

#[test]
fn a_history_can_be_asked_for_more() {
    use Outcome::{Partial, Passed};
    let of = |terms: &str| format!("check = \"history\"\n{terms}");
    let over = |hours: i64| {
        move |facts: &mut Inspection| {
            let history = facts.history.as_mut().expect("a history");
            history.first_commit = Some(on_time() - chrono::TimeDelta::hours(hours));
            history.last_commit = Some(on_time());
        }
    };
    assert_found(&of("min_hours = 24"), over(30), Passed, 100, &["history-span"]);
    assert_found(&of("min_hours = 24"), over(6), Partial, 75, &["history-begin-earlier"]);
    assert_found(&of("min_authors = 2"), |_| {}, Partial, 83, &["history-everybody-commits"]);
    let behind = |facts: &mut Inspection| facts.history.as_mut().expect("a history").behind_upstream = Some(7);
    assert_found(&of("max_behind = 10"), behind, Passed, 100, &["history-behind"]);
    assert_found(&of("max_behind = 5"), behind, Partial, 67, &["history-sync"]);
}

#[test]
fn what_came_late_can_be_worth_nothing_here() {
    let mut course = course_of(vec![criterion("c", 100, false, check("check = \"history\"\nbefore_deadline = true"))]);
    let at = "2026-01-31T23:59:00+01:00".parse().expect("a date");
    course.deadline = Some(Deadline { at, grace_minutes: 10, penalty_per_day: None, late_days: 7 });
    let facts = inspection();
    let judged = |minutes: i64| {
        let received = at.to_utc() + chrono::TimeDelta::minutes(minutes);
        let facts = Facts { inspection: &facts, execution: None, judges: &[] };
        score(&course, facts, Submitted::at(received), provenance(&course)).findings.remove(0)
    };
    assert_is(&judged(10), Outcome::Passed, 100, &["history-commits"]);
    assert_is(&judged(11), Outcome::Failed, 0, &["history-late", "history-push-early"]);
    // More time is more time here too.
    let facts = inspection();
    let extension = super::by_hand::extension(at.to_utc() + chrono::TimeDelta::days(1));
    let extended = |minutes: i64| {
        let received_at = at.to_utc() + chrono::TimeDelta::days(1) + chrono::TimeDelta::minutes(minutes);
        let submitted = Submitted { extension: Some(&extension), ..Submitted::at(received_at) };
        let facts = Facts { inspection: &facts, execution: None, judges: &[] };
        score(&course, facts, submitted, provenance(&course)).findings[0].outcome
    };
    assert_eq!((extended(10), extended(11)), (Outcome::Passed, Outcome::Failed));
    course.deadline = None;
    let facts = Facts { inspection: &facts, execution: None, judges: &[] };
    let always = score(&course, facts, Submitted::at(on_time()), provenance(&course));
    assert_is(&always.findings[0], Outcome::Passed, 100, &[]);
}
