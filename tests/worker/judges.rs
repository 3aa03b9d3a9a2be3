//! Judges in the story of whole submissions: asked once for equal projects, asked again when they change, never a student's loss.

use super::Course;

const WEB: &str = r#"
[suites.web]
folder = "suite"
requirements = []
command = ["/bin/sh", "run.sh"]

[commands.notes]
image = "forkgrade/python:3.11"
command = ["python", "-c", "import json; json.dump({'score': 3}, open('/autograder/results/results.json', 'w'))"]
out_of = 4

[commands.people]
image = "forkgrade/python:3.11"
command = ["python", "-c", "import json; m = json.load(open('/autograder/submission_metadata.json')); json.dump({'score': len(m['users']), 'extra_data': m}, open('/autograder/results/results.json', 'w'))"]
reads = "submission"
out_of = 1
"#;

const CRITERIA: &str = r#"
[[rubric.criteria]]
id = "web"
title_fr = "Tests"
title_en = "Tests"
points = 6
check = "tests"
suite = "web"

[[rubric.criteria]]
id = "notes"
title_fr = "Notes"
title_en = "Notes"
points = 2
check = "command"
command = "notes"

[[rubric.criteria]]
id = "people"
title_fr = "Qui"
title_en = "Who"
points = 2
check = "command"
command = "people"
"#;

const PASSES: &str =
    "echo '<testsuite><testcase name=\"a\"/><testcase name=\"b\"><failure/></testcase></testsuite>' > /results/a.xml";
const JUDGES: &str = "select count(*) from facts where kind = 'judge'";
const FINISHED: &str = "select count(*) from run where state = 'finished'";

async fn judged(course: &Course, suite: &str) {
    let head = "slug = \"test\"\ntitle = \"Test\"\nupstream = \"school/course\"\nservices = {}\n";
    let text = format!("{head}{CRITERIA}{WEB}\n[sandbox]\nload_seconds = 3\nstart_seconds = 2\n");
    std::fs::create_dir_all(course.folder.path().join("suite")).unwrap();
    std::fs::write(course.folder.path().join("suite/run.sh"), suite).unwrap();
    std::fs::write(course.toml(), text.replace("school/course", crate::support::github::UPSTREAM)).unwrap();
}

async fn points(course: &Course, criterion: &str) -> Vec<(String, String)> {
    sqlx::query_as(
        "select finding ->> 'points', finding ->> 'max' from score, json_array_elements(findings) finding
         where current and finding ->> 'criterion' = $1 order by score.submission_id",
    )
    .bind(criterion)
    .fetch_all(&course.pool)
    .await
    .unwrap()
}

fn of(points: &str, max: &str) -> (String, String) {
    (points.to_owned(), max.to_owned())
}

/// Two partners with one project each, that prints and ends.
async fn partners() -> Course {
    let course = Course::with_forks(0).await;
    for owner in ["lea", "paul"] {
        let repo = course.github.fork(crate::support::github::UPSTREAM, owner);
        repo.commit("main", &[("Evaluation/Projet/app.py", b"print('vu')\n".as_slice())]);
        course.github.pushed(&format!("{owner}/course"));
    }
    course
}

#[tokio::test]
async fn equal_projects_are_judged_once_and_a_changed_suite_judges_again() {
    let course = partners().await;
    judged(&course, PASSES).await;
    course.sync().await;
    let mut worker = course.start(&["worker"]);
    course.until(FINISHED, 2).await;
    assert_eq!(course.number("select count(*) from facts where kind = 'execution'").await, 1);
    // The suite and the command of the project, once; who handed in, for each.
    assert_eq!(course.number(JUDGES).await, 4);
    assert_eq!(points(&course, "web").await, [of("3", "6"), of("3", "6")]);
    assert_eq!(points(&course, "notes").await, [of("1.5", "2"), of("1.5", "2")]);
    assert_eq!(points(&course, "people").await, [of("2", "2"), of("2", "2")]);
    assert_eq!(course.number("select count(*) from score where jsonb_array_length(judges) = 3").await, 2);
    worker.kill().await.unwrap();

    judged(&course, &PASSES.replace("<failure/>", "")).await;
    sqlx::query("insert into run (submission_id, state, available_at, queued_at) select id, 'queued', now(), now() from submission")
        .execute(&course.pool)
        .await
        .unwrap();
    let mut worker = course.start(&["worker"]);
    course.until(FINISHED, 4).await;
    worker.kill().await.unwrap();
    assert_eq!(points(&course, "web").await, [of("6", "6"), of("6", "6")]);
    assert_eq!(
        course.number("select count(*) from facts where kind = 'execution'").await,
        2,
        "judges and facts are of one run"
    );

    assert!(course.start(&["rescore"]).wait().await.unwrap().success());
    assert_eq!(points(&course, "web").await, [of("6", "6"), of("6", "6")], "stored answers are enough");
}

#[tokio::test]
async fn a_suite_that_fails_by_itself_costs_nobody_a_point() {
    let course = partners().await;
    judged(&course, "exit 4").await;
    course.sync().await;
    let mut worker = course.start(&["worker"]);
    course.until(FINISHED, 2).await;
    worker.kill().await.unwrap();
    assert_eq!(points(&course, "web").await, [of("0", "0"), of("0", "0")]);
    // 1.5 of 2 and 2 of 2 are 3.5 of 4.
    assert_eq!(course.number("select min(total)::bigint from score where current").await, 1750);
    assert_eq!(course.number("select max(total)::bigint from score where current").await, 1750);
}
