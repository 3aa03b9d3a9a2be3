//! `forkgrade extend`, and what decisions come to in `explain` and `export`.

use serde_json::Value;

use super::run;
use crate::support::github::Github;
use crate::support::site::Site;

/// The course of the site, as a file that a teacher wrote.
fn course_file(folder: &std::path::Path) {
    let text = forkgrade::config::default_course("data-engineer", "Data Engineer", "teacher/data-engineer");
    let due = "\n[deadline]\nat = 2026-01-27T23:59:00+01:00\ngrace_minutes = 15\npenalty_per_day = 1\nlate_days = 7\n";
    // Before the rubric, the last table of the file.
    let (head, rubric) = text.split_once("[rubric]").expect("a rubric");
    std::fs::write(folder.join("course.toml"), format!("{head}{due}\n[rubric]{rubric}")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn more_time_is_given_explained_exported_and_taken_back() {
    let (github, site, folder) = (Github::start().await, Site::new().await, tempfile::tempdir().unwrap());
    course_file(folder.path());
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let now = site.clock.now();
    let submission = site.submit(member.fork, now).await;
    let inspection = crate::support::observed::submitted(1, &[]);
    site.grade(submission, &inspection, Some(&crate::support::observed::crashed(1)), now).await;
    site.teacher().await.give(&site, member.fork, submission, "starts", "1", "=1+1").await;
    let command = |args: &[&str]| {
        let mut command = super::forkgrade(&site.database, &github, folder.path());
        command.args(args);
        run(command)
    };

    for (args, wanted) in [
        (vec!["extend", "amelie"], "--until"),
        (vec!["extend", "amelie", "--until", "soon", "--reason", "ill"], "is no date"),
        (vec!["extend", "amelie", "--until", "2026-01-20", "--reason", "ill"], "is not earlier"),
        (vec!["extend", "amelie", "--until", "2026-02-05", "--reason", " "], "a reason is needed"),
        (vec!["extend", "nobody", "--until", "2026-02-05", "--reason", "ill"], "no student is called nobody"),
        (vec!["extend", "amelie", "--remove"], "no extension to take back"),
    ] {
        let (code, _, why) = command(&args).await;
        assert!(code == Some(2) && why.contains(wanted), "{args:?}: {why}");
    }

    let (code, said, why) = command(&["extend", "AMELIE", "--until", "2026-02-05", "--reason", "in hospital"]).await;
    assert_eq!(code, Some(0), "{why}");
    assert!(said.contains("amelie has until 2026-02-05 23:59:00 CET") && said.contains("->"), "{said}");
    let (_, said, _) = command(&["explain", "amelie"]).await;
    for line in ["by hand", "À la main, L'application démarre : 1 au lieu de 0", "repoussée au 2026-02-05 23:59 (CET)"]
    {
        assert!(said.replace('’', "'").contains(line), "{line}: {said}");
    }

    let (_, file, _) = command(&["export"]).await;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| row.get(heads.iter().position(|head| head == name).unwrap()).unwrap().to_owned();
    assert_eq!((cell("overridden"), cell("override_reasons")), ("yes".into(), "starts: =1+1".into()));
    assert_eq!((cell("extended_until"), cell("late_penalty")), ("2026-02-05T22:59:00Z".into(), "0".into()));
    let (_, json, _) = command(&["export", "--format", "json"]).await;
    let grades: Value = serde_json::from_str(&json).expect("JSON");
    let starts = grades[0]["findings"].as_array().unwrap().iter().find(|one| one["criterion"] == "starts").unwrap();
    assert_eq!(starts["overridden"]["reason"], "=1+1");

    let (code, _, why) = command(&["extend", "amelie", "--remove", "--reason", "well again"]).await;
    assert_eq!(code, Some(0), "{why}");
    let (_, file, _) = command(&["export"]).await;
    assert!(file.contains(",yes,starts: =1+1,\n"), "{file}");
    let actors = "select count(*) from audit where actor = 'command' and action like 'extension%'";
    assert_eq!(site.count(actors).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_rules_in_the_course_file_are_written_down() {
    let (github, site, folder) = (Github::start().await, Site::new().await, tempfile::tempdir().unwrap());
    course_file(folder.path());
    site.graded_fork(&[("amelie", "Amélie")]).await;
    let export = || {
        let mut command = super::forkgrade(&site.database, &github, folder.path());
        command.arg("export");
        run(command)
    };
    assert_eq!(export().await.0, Some(0));
    assert_eq!(site.count("select count(*) from audit").await, 0, "the same rules");
    let file = folder.path().join("course.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("2026-01-27T23:59:00", "2026-01-29T12:00:00")).unwrap();
    assert_eq!(export().await.0, Some(0));
    let page = site.teacher().await.get("/audit?lang=en").await;
    let line = page.all("#audit li").join(" ");
    assert!(line.contains("course.toml") && line.contains("Deadline or visibility changed"), "{line}");
    let wanted = "deadline 27 Jan 2026 23:59:00 (CET) → becomes 29 Jan 2026 12:00:00 (CET)";
    assert_eq!(page.all("#audit .change div"), [wanted]);
}
