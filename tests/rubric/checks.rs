//! Each check on facts that pass it, fail it, and lie between.

use forkgrade::domain::check::{Check, ProjectAspect, Technology};
use forkgrade::domain::facts::execution::*;
use forkgrade::domain::facts::inspection::*;
use forkgrade::domain::facts::{Execution, Inspection};
use forkgrade::domain::launch::{LaunchKind, StepRole};
use forkgrade::domain::{Finding, Message, Outcome};

use super::support::{check, execution, found, inspection, notebook, page, path, process};

/// A passed finding is worth 100 hundredths, a failed or skipped one nothing.
#[track_caller]
pub(super) fn assert_finding(finding: &Finding, outcome: Outcome, hundredths: i64, keys: &[&str]) {
    assert_eq!((finding.outcome, finding.points.hundredths()), (outcome, hundredths), "{finding:#?}");
    for key in keys {
        let said = finding.evidence.iter().chain(&finding.advice).any(|message| message.key == *key);
        assert!(said, "{key} in {finding:#?}");
    }
    let to_do = matches!(outcome, Outcome::Failed | Outcome::Partial);
    assert!(!to_do || !finding.advice.is_empty(), "what is missing comes with what to do: {finding:#?}");
}

fn notebooks(chapters: Option<&str>, notebooks: Vec<NotebookFacts>) -> Finding {
    let mut facts = inspection();
    facts.notebooks = notebooks;
    let chapters = chapters.map(|glob| format!("chapters = {glob:?}")).unwrap_or_default();
    found(check(&format!("check = \"notebooks\"\nfull_at_percent = 80\n{chapters}")), &facts, None)
}

#[test]
fn notebooks_are_full_at_a_share() {
    use Outcome::{Failed, Partial, Passed, Skipped};
    assert_finding(&notebooks(None, vec![notebook(10, 8)]), Passed, 100, &["notebooks-done"]);
    assert_finding(&notebooks(None, vec![notebook(10, 4)]), Partial, 50, &["notebooks-continue"]);
    assert_finding(&notebooks(None, vec![notebook(10, 0)]), Failed, 0, &["notebooks-continue"]);
    assert_finding(&notebooks(None, vec![]), Skipped, 0, &["notebooks-none"]);
    assert_finding(&notebooks(Some("2*/**"), vec![notebook(10, 8)]), Skipped, 0, &["notebooks-none"]);
    assert_finding(&notebooks(Some("1python/*"), vec![notebook(10, 8)]), Passed, 100, &[]);
    let mut broken = notebook(10, 0);
    broken.state = NotebookState::Broken { reason: Message::new("notebook-merge-conflict") };
    let finding = notebooks(None, vec![notebook(10, 8), broken]);
    assert_finding(&finding, Partial, 50, &["notebook-broken", "notebook-merge-conflict"]);
}

fn project(aspect: ProjectAspect, spoil: impl FnOnce(&mut Inspection)) -> Finding {
    let mut facts = inspection();
    spoil(&mut facts);
    found(Check::Project { aspect, min_files: 1, min_lines: 0, max_mebibytes: None }, &facts, None)
}

#[test]
fn project_aspects() {
    use Outcome::{Failed, Partial, Passed, Skipped};
    use ProjectAspect::{NoSecrets, Parses, Submitted};
    use ProjectState::{DocumentsOnly, ElsewhereUnreadable, EmptyRepository, Gitlink, Missing, Template};
    for aspect in [Submitted, Parses, NoSecrets] {
        assert_finding(&project(aspect, |_| {}), Passed, 100, &[]);
    }
    for state in [DocumentsOnly, Template, Missing, Gitlink, EmptyRepository, ElsewhereUnreadable] {
        assert_finding(&project(Submitted, |facts| facts.project.state = state), Failed, 0, &[]);
    }
    let junk = project(Submitted, |facts| facts.project.junk = vec![path("venv")]);
    assert_finding(&junk, Passed, 100, &["project-junk"]);
    let error = |python2| SyntaxErrorFacts { path: path("a.py"), line: 3, message: "invalid".into(), python2 };
    let broken = project(Parses, |facts| facts.code.syntax_errors = vec![error(true)]);
    assert_finding(&broken, Partial, 67, &["project-python2", "project-mend-syntax"]);
    assert_finding(&project(Parses, |facts| facts.code.python_files = 0), Skipped, 0, &["project-no-python"]);
    let secret = SecretFacts { path: path("a.py"), line: 3, kind: "token".into() };
    let leaking = project(NoSecrets, |facts| facts.code.secrets = vec![secret]);
    assert_finding(&leaking, Failed, 0, &["project-secrets", "project-hide-secrets"]);
}

#[test]
fn stack_takes_any_of_what_is_wanted() {
    let any_of = |wanted: &[Technology]| {
        found(Check::Stack { any_of: wanted.to_vec(), all_of: Vec::new() }, &inspection(), None)
    };
    let finding = any_of(&[Technology::Redis, Technology::Mongodb]);
    assert_finding(&finding, Outcome::Passed, 100, &["stack-uses-mongodb"]);
    let finding = any_of(&[Technology::Redis, Technology::Compose]);
    assert_finding(&finding, Outcome::Failed, 0, &["stack-missing", "stack-try-redis", "stack-try-compose"]);
}

#[track_caller]
fn assert_run(check: Check, spoil: impl FnOnce(&mut Execution), outcome: Outcome, hundredths: i64, keys: &[&str]) {
    let mut run = execution();
    spoil(&mut run);
    assert_finding(&found(check, &inspection(), Some(&run)), outcome, hundredths, keys);
}

#[test]
fn what_runs_is_skipped_at_home_and_failed_without_a_program() {
    let checks =
        [Check::Installs {}, check("check = \"starts\""), check("check = \"answers\""), check("check = \"stores\"")];
    for check in checks {
        assert_finding(&found(check.clone(), &inspection(), None), Outcome::Skipped, 0, &["run-not-executed"]);
        let mut without = inspection();
        without.plan = None;
        assert_finding(
            &found(check.clone(), &without, None),
            Outcome::Failed,
            0,
            &["run-no-program", "run-add-program"],
        );
        let mut nothing = inspection();
        let plan = nothing.plan.as_mut().expect("a plan");
        (plan.kind, plan.reasons) = (LaunchKind::Nothing, vec![Message::new("launch-nothing-found")]);
        assert_finding(
            &found(check.clone(), &nothing, None),
            Outcome::Failed,
            0,
            &["launch-nothing-found", "run-declare"],
        );
        assert_run(check, |_| {}, Outcome::Passed, 100, &[]);
    }
}

#[test]
fn installs() {
    use Outcome::{Failed, Passed};
    let outcome = |outcome: InstallOutcome| move |run: &mut Execution| run.install.outcome = outcome;
    assert_run(Check::Installs {}, outcome(InstallOutcome::Nothing), Passed, 100, &["installs-nothing"]);
    assert_run(Check::Installs {}, outcome(InstallOutcome::Refused), Failed, 0, &["installs-refused", "installs-mend"]);
    assert_run(Check::Installs {}, outcome(InstallOutcome::LimitStruck), Failed, 0, &["installs-limit"]);
    let relaxed = |run: &mut Execution| run.install.relaxed = vec!["pandas==1.1.4".into()];
    assert_run(Check::Installs {}, relaxed, Passed, 100, &["installs-relaxed"]);
}

#[test]
fn starts() {
    use Outcome::{Failed, Passed};
    let serving = |end: ProcessEnd| {
        move |run: &mut Execution| (run.ports, run.processes) = (vec![], vec![process(StepRole::Serve, end)])
    };
    let crash = serving(ProcessEnd::Exited { code: 1 });
    assert_run(
        check("check = \"starts\""),
        crash,
        Failed,
        0,
        &["starts-crashed", "process-failed", "process-last-line"],
    );
    let silent = serving(ProcessEnd::Stopped);
    assert_run(check("check = \"starts\""), silent, Failed, 0, &["starts-never-listened", "process-kept-running"]);
    let flood = serving(ProcessEnd::Limit { limit: StruckLimit::Output });
    assert_run(check("check = \"starts\""), flood, Failed, 0, &["process-too-much-output"]);
    let memory = |run: &mut Execution| run.processes.iter_mut().for_each(|process| process.out_of_memory = true);
    assert_run(check("check = \"starts\""), memory, Passed, 100, &["starts-listens", "process-kept-running"]);
    let scripts = |end: ProcessEnd| {
        move |run: &mut Execution| (run.ports, run.processes) = (vec![], vec![process(StepRole::Load, end)])
    };
    assert_run(check("check = \"starts\""), scripts(ProcessEnd::Exited { code: 0 }), Passed, 100, &["starts-ran"]);
    let mut without_data = inspection();
    without_data.project.too_large = vec![path("donnees.json")];
    let mut crashed = execution();
    serving(ProcessEnd::Exited { code: 1 })(&mut crashed);
    let said = found(check("check = \"starts\""), &without_data, Some(&crashed));
    assert_finding(&said, Failed, 0, &["starts-crashed", "run-left-out"]);
    let refused = |run: &mut Execution| {
        run.install.outcome = InstallOutcome::Refused;
        run.ports.clear();
        run.processes.clear();
    };
    assert_run(check("check = \"starts\""), refused, Failed, 0, &["starts-not-installed"]);
}

#[test]
fn answers() {
    use Outcome::{Failed, Partial};
    let two = || check("check = \"answers\"\nmin_pages = 2");
    assert_run(two(), |_| {}, Partial, 50, &["answers-pages", "answers-mend"]);
    let pages = |run: &mut Execution| run.pages = vec![page("/", Some(500)), page("/b", None)];
    assert_run(two(), pages, Failed, 0, &["answers-status", "answers-silence"]);
    let raised = |run: &mut Execution| {
        run.pages = vec![page("/", Some(500))];
        run.processes[0].log.head = "Traceback (most recent call last):\n  File \"a\"\nKeyError: 'un'\nTraceback (most recent call last):\n  File \"app.py\", line 3\n    films[9]\nIndexError: list index out of range\n127.0.0.1 GET /\n".into();
    };
    let mut run = execution();
    raised(&mut run);
    let said = found(two(), &inspection(), Some(&run));
    let line = said.evidence.iter().find(|message| message.key == "answers-exception").expect("the exception is told");
    assert_eq!(line.args.get("line").map(String::as_str), Some("IndexError: list index out of range"));
    let scripts = |run: &mut Execution| run.processes = vec![process(StepRole::Load, ProcessEnd::Exited { code: 0 })];
    assert_run(two(), scripts, Failed, 0, &["answers-nothing-serves"]);
}

#[test]
fn stores_says_why_nothing_is_there() {
    use Outcome::{Failed, Partial, Passed};
    let many = || check("check = \"stores\"\nmin_items = 500");
    assert_run(many(), |_| {}, Partial, 50, &["stores-items", "stores-more"]);
    let empty = |run: &mut Execution| run.databases.iter_mut().for_each(|database| database.collections.clear());
    assert_run(many(), empty, Failed, 0, &["stores-nothing", "stores-bring-sample"]);
    let silent = |run: &mut Execution| run.databases.iter_mut().for_each(|database| database.answered = false);
    assert_run(check("check = \"stores\""), silent, Passed, 100, &["stores-silent"]);
    let stand_in =
        ImageFacts { role: "mongo".into(), reference: "x".into(), digest: "sha256:1".into(), stand_in: true };
    let mut run = execution();
    run.databases.clear();
    run.images.push(stand_in);
    let mut facts = inspection();
    let why = |facts: &Inspection| found(many(), facts, Some(&run));
    assert_finding(&why(&facts), Failed, 0, &["run-stand-in"]);
    facts.code.technologies.remove(&Technology::Scraping);
    facts.code.imports.clear();
    assert_finding(&why(&facts), Failed, 0, &["stores-load-first"]);
    facts.code.technologies.remove(&Technology::Mongodb);
    assert_finding(&why(&facts), Failed, 0, &["stores-use-database"]);
    facts.code.technologies.insert(Technology::Sql, "a.py:1".into());
    assert_finding(&why(&facts), Failed, 0, &["stores-use-course-database"]);
}

#[test]
fn history_counts_commits_and_days_half_each() {
    use Outcome::{Failed, Partial, Passed, Skipped};
    let of = |commits: u32, days: u32| {
        let mut facts = inspection();
        let history = facts.history.as_mut().expect("a history");
        (history.own_commits, history.days_active) = (commits, days);
        found(check("check = \"history\"\nmin_commits = 5\nmin_days = 2"), &facts, None)
    };
    assert_finding(&of(5, 2), Passed, 100, &["history-commits"]);
    assert_finding(&of(10, 1), Partial, 75, &["history-commit-more"]);
    assert_finding(&of(1, 1), Partial, 35, &[]);
    assert_finding(&of(0, 0), Failed, 0, &[]);
    let mut folder = inspection();
    folder.history = None;
    assert_finding(&found(check("check = \"history\""), &folder, None), Skipped, 0, &["history-unknown"]);
}
