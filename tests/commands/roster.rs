//! `forkgrade roster`: the class list from a terminal.

use serde_json::Value;

use super::{forkgrade, run};
use crate::support::database::Database;
use crate::support::github::{Github, UPSTREAM};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_looked_at_imported_and_written() {
    let (github, database, folder) = (Github::start().await, Database::new().await, tempfile::tempdir().unwrap());
    let text = forkgrade::config::default_course("course", "Course", UPSTREAM);
    std::fs::write(folder.path().join("course.toml"), text).unwrap();
    let file = folder.path().join("class.csv");
    let roster = |args: &[&str]| {
        let mut command = forkgrade(&database, &github, folder.path());
        command.arg("roster").args(args);
        run(command)
    };
    std::fs::write(&file, "github,name,email\nada,Ada,a@x\n\"bob,Bob,b@x\n").unwrap();
    let (code, said, why) = roster(&["import", "class.csv"]).await;
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(why.starts_with("class.csv:3: "), "{why}");

    std::fs::write(&file, "github,name,email\nada,Ada,a@x\n,Zoé,z@x\n").unwrap();
    let (code, said, _) = roster(&["import", "class.csv", "--dry-run"]).await;
    assert_eq!(code, Some(0));
    for line in ["+ ada Ada", "? Zoé has no GitHub login yet", "! student without a fork: ada", "nothing was changed"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    let count = |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(&database.pool);
    assert_eq!(count("select count(*) from student").await.unwrap(), 0);

    let (code, said, _) = roster(&["import", "class.csv", "--json"]).await;
    let look: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((code, &look["changes"]["new"][0]["login"]), (Some(0), &"ada".into()));
    assert_eq!(count("select count(*) from roster_import").await.unwrap(), 1);

    let (code, written, _) = roster(&["export"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(written, "\u{feff}GitHub;name;email;group;forks\nada;Ada;a@x;;\n;Zoé;z@x;;\n");
}
