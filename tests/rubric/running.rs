//! Parameters of what is judged on a run, as a teacher writes them.

use forkgrade::domain::facts::execution::{CollectionFacts, Execution};
use forkgrade::domain::{Finding, Outcome};

use super::support::{check, execution, found, inspection, page, process};
use forkgrade::domain::facts::execution::ProcessEnd;
use forkgrade::domain::launch::StepRole;

#[track_caller]
fn assert_run(toml: &str, spoil: impl FnOnce(&mut Execution), outcome: Outcome, hundredths: i64, keys: &[&str]) {
    let mut run = execution();
    spoil(&mut run);
    let finding: Finding = found(check(toml), &inspection(), Some(&run));
    let said: Vec<&str> = finding.evidence.iter().chain(&finding.advice).map(|message| message.key.as_str()).collect();
    assert_eq!((finding.outcome, finding.points.hundredths()), (outcome, hundredths), "{said:?}");
    for key in keys {
        assert!(said.contains(key), "{key} is said: {said:?}");
    }
}

#[test]
fn starting_can_mean_showing_data() {
    use Outcome::{Failed, Partial, Passed};
    let empty = |run: &mut Execution| {
        run.databases.clear();
        run.pages.iter_mut().for_each(|page| page.data_elements = 0);
    };
    let errors = |run: &mut Execution| run.pages = vec![page("/", Some(500))];
    let shows = "check = \"starts\"\nlevel = \"shows_data\"";
    assert_run(shows, |_| {}, Passed, 100, &["starts-listens"]);
    assert_run(shows, empty, Partial, 67, &["starts-show-data"]);
    assert_run(shows, errors, Partial, 33, &["answers-mend"]);
    let answers = "check = \"starts\"\nlevel = \"answers\"";
    assert_run(answers, empty, Passed, 100, &[]);
    assert_run(answers, errors, Partial, 50, &["answers-mend"]);
    let crash = |run: &mut Execution| {
        run.ports.clear();
        run.processes = vec![process(StepRole::Serve, ProcessEnd::Exited { code: 1 })];
    };
    assert_run(shows, crash, Failed, 0, &["starts-crashed"]);
}

#[test]
fn one_page_can_be_asked_for() {
    use Outcome::{Failed, Partial, Passed, Skipped};
    let with = |run: &mut Execution| {
        let mut films = page("/films", Some(200));
        (films.title, films.excerpt) = (Some("Tous les films".into()), "Alien,\n   1979 …".into());
        run.pages = vec![page("/", Some(200)), films, page("/admin", Some(403))];
    };
    let of = |terms: &str| format!("check = \"answers\"\n{terms}");
    assert_run(&of("path = \"/films\""), with, Passed, 100, &["answers-status"]);
    assert_run(&of("path = \"/admin\""), with, Failed, 0, &["answers-status", "answers-mend"]);
    assert_run(&of("path = \"/admin\"\nstatus = 403"), with, Passed, 100, &[]);
    assert_run(&of("path = \"/films\"\ncontains = \"alien, 1979\""), with, Passed, 100, &[]);
    assert_run(&of("path = \"/films\"\ncontains = \"TOUS les films\""), with, Passed, 100, &[]);
    assert_run(&of("path = \"/films\"\ncontains = \"Brazil\""), with, Failed, 0, &["answers-without"]);
    assert_run(&of("path = \"/autre\""), with, Skipped, 0, &["answers-not-asked"]);
    // It was asked for, and nobody was there.
    let silent = |run: &mut Execution| (run.paths, run.pages) = (vec!["/autre".into()], vec![page("/", None)]);
    assert_run(&of("path = \"/autre\""), silent, Failed, 0, &["answers-pages", "answers-silence"]);
    assert_run(&of("min_pages = 2\ncontains = \"alien\""), with, Partial, 50, &["answers-without"]);
}

#[test]
fn one_collection_can_be_asked_for() {
    use Outcome::{Failed, Partial, Passed};
    let with = |run: &mut Execution| {
        let kept = |name: &str, items| CollectionFacts { name: name.into(), items, samples: vec![] };
        run.databases[0].collections = vec![kept("cinema.films", 40), kept("cinema.vues", 200)];
    };
    let of = |terms: &str| format!("check = \"stores\"\nmin_items = 80\n{terms}");
    assert_run(&of(""), with, Passed, 100, &["stores-items"]);
    assert_run(&of("collection = \"films\""), with, Partial, 50, &["stores-items", "stores-more"]);
    assert_run(&of("collection = \"cinema.*\""), with, Passed, 100, &[]);
    assert_run(&of("service = \"Mongo\""), with, Passed, 100, &[]);
    assert_run(&of("service = \"redis\""), with, Failed, 0, &["stores-elsewhere", "stores-there"]);
    assert_run(&of("collection = \"acteurs\""), with, Failed, 0, &["stores-elsewhere"]);
    assert_run(&of("collection = \"acteurs\""), |run| run.databases.clear(), Failed, 0, &["stores-nothing"]);
}
