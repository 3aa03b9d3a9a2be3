//! READMEs on their way through a worker: read by docutils once, however many forks bring the same file.

use tokio::process::Command;

use super::Course;

const README: &[u8] = b"Projet\n======\n\nLancement\n---------\n\nLancez app.py avec Python, puis ouvrez localhost:5000 : le site montre les films de la semaine.\n\n.. inconnue:: x\n";

#[tokio::test]
async fn the_same_readme_is_read_once_whoever_pushed_it() {
    let course = Course::with_forks(0).await;
    for number in 0..3 {
        let owner = format!("student{number}");
        let repo = course.github.fork(crate::support::github::UPSTREAM, &owner);
        // A README alone: nothing is run, and the engine is asked for docutils only.
        let own = format!("Notes de {owner}\n");
        repo.commit("main", &[("Evaluation/Projet/README.rst", README), ("notes.txt", own.as_bytes())]);
        course.github.pushed(&format!("{owner}/course"));
    }
    let began =
        chrono::DateTime::<chrono::Utc>::from(std::fs::metadata(course.folder.path()).unwrap().modified().unwrap());
    course.sync().await;
    let _worker = course.start(&["worker"]);
    course.until("select count(*) from run where state = 'finished'", 3).await;
    assert_eq!(course.number("select count(*) from facts where kind = 'rendering'").await, 1);
    assert_eq!(docutils_containers(&course, began.timestamp()).await, 1, "the second and the third found it rendered");
    let told = "select count(*) from score join facts on facts.address = score.inspection
                where document->'readme'->'candidates'->0->'rendering'->'complaints'->0->>'text' like 'Unknown directive type%'
                and document->'readme'->'candidates'->0->>'headings' = '[\"Projet\",\"Lancement\"]'";
    assert_eq!(course.number(told).await, 3, "what docutils said is in the facts of each");
    while course.containers().await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// How many containers of docutils this test's installation has had.
async fn docutils_containers(course: &Course, since: i64) -> usize {
    let id: uuid::Uuid = sqlx::query_scalar("select id from installation").fetch_one(&course.pool).await.unwrap();
    let label = format!("label=forkgrade.installation={id}");
    let args =
        ["events", "--since", &since.to_string(), "--until", "0s", "--filter", "event=create", "--filter", &label];
    let listed = Command::new("docker").args(args).output().await.unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    text.lines().filter(|line| line.contains("forkgrade/docutils")).count()
}
