//! The demo's twenty forks from end to end: fetched, read, run in the real engine and scored, each against its `expected.toml`.

mod class;
mod expected;
mod home;

use std::collections::BTreeMap;

use class::Class;
use expected::{Expected, Reading};
use forkgrade::domain::facts::Execution;

use crate::support::engine::engine;

/// A test per fork and file: each runs alone, and says by its name which student's project it is.
macro_rules! runs {
    ($($name:ident: $login:literal, $file:literal;)*) => {
        const RUN: &[(&str, &str)] = &[$(($login, $file)),*];
        $(
            #[tokio::test]
            async fn $name() {
                run($login, $file).await;
            }
        )*
    };
}

runs! {
    antoine_two_folders_down: "antoine-moreau", "expected.toml";
    chloe_elasticsearch: "chloe-fontaine", "expected.toml";
    clara_crashes: "clara-vidal", "expected.toml";
    emma_complete: "emma-lefevre", "expected.toml";
    enzo_endless_loop: "enzo-caron", "expected.toml";
    hugo_partner: "hugo-marchand", "expected.toml";
    ines_localhost: "ines-benali", "expected.toml";
    jade_no_folder: "jade-mercier", "expected.toml";
    juliette_two_readmes: "juliette-garnier", "expected.toml";
    lea_no_dependency_file: "lea-rousseau", "expected.toml";
    louis_template: "louis-henry", "expected.toml";
    lucas_service_name: "lucas-girard", "expected.toml";
    manon_gitlink: "manon-perrin", "expected.toml";
    maxime_starts_empty: "maxime-robin", "expected.toml";
    nathan_redis: "nathan-dupuis", "expected.toml";
    paul_before_the_deadline: "paul-chevalier", "expected.toml";
    paul_late: "paul-chevalier", "late.toml";
    romain_old_pins: "romain-blanchard", "expected.toml";
    sarah_root_compose: "sarah-cohen", "expected.toml";
    theo_loader_first: "theo-lambert", "expected.toml";
    yanis_separate_repository: "yanis-haddad", "expected.toml";
}

#[tokio::test]
async fn every_fork_is_read_for_what_it_is() {
    let class = Class::open().await;
    let mut wrong = Vec::new();
    for login in class.logins() {
        assert!(RUN.contains(&(&login, "expected.toml")), "{login} is run by no test");
        let found = Reading::of(&class.read(&login).await.inspection);
        if found != Expected::of(&login, "expected.toml").reading {
            wrong.push(format!("# {login}\n{}", toml::to_string(&found).expect("plain data")));
        }
    }
    assert!(wrong.is_empty(), "read otherwise than expected:\n{}", wrong.join("\n"));
}

/// Reads, runs and scores one fork.
async fn run(login: &str, file: &str) {
    let expected = Expected::of(login, file);
    let mut class = Class::open().await;
    if file == "late.toml" {
        class.push_late();
    }
    let read = class.read(login).await;
    assert_eq!(Reading::of(&read.inspection), expected.reading);

    let mut execution = None;
    if let Some(running) = &expected.running {
        let engine = engine().await;
        if let Some(partner) = &running.same_as {
            let (own, partners) = (class.execution_key(&engine, &read).await, class.read(partner).await);
            assert_eq!(own, class.execution_key(&engine, &partners).await, "an identical project would run twice");
        }
        let executed = class.execute(&engine, &read).await;
        assert_eq!(engine.reap(&Default::default()).await.expect("the engine answers"), 0, "containers stayed behind");
        assert_eq!((executed.verdict(), stored(&executed)), (running.verdict, running.stores.clone()), "{executed:#?}");
        execution = Some(executed);
    }
    let runs = read.inspection.plan.as_ref().is_some_and(|plan| !plan.steps.is_empty());
    assert_eq!(runs, execution.is_some(), "what can be run has an expected run");
    let mut outcomes = class.outcomes(&read, execution.as_ref());
    outcomes.retain(|criterion, _| expected.criteria.contains_key(criterion));
    assert_eq!(outcomes, expected.criteria);
}

/// Items by service, where it holds any.
fn stored(execution: &Execution) -> BTreeMap<String, u64> {
    let counted = execution.databases.iter().map(|database| {
        (database.service.clone(), database.collections.iter().map(|collection| collection.items).sum())
    });
    counted.filter(|(_, items)| *items > 0).collect()
}
