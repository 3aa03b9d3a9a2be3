//! The rubric in force, in the story of whole submissions: whoever grades goes by it, whatever the file on their machine says.

use forkgrade::clock::Clock;
use forkgrade::domain::audit::Actor;
use forkgrade::domain::ids::CourseId;
use forkgrade::grading::{self, Applying, NewRubric};
use forkgrade::{config, rubric};

use super::Course;
use crate::support::github::UPSTREAM;

fn file() -> String {
    format!(
        "slug = \"test\"\ntitle = \"Test\"\nupstream = \"{UPSTREAM}\"\nservices = {{}}\n
[[rubric.criteria]]\nid = \"project\"\ntitle_fr = \"Projet\"\ntitle_en = \"Project\"\npoints = 6\ncheck = \"project\"\naspect = \"submitted\"\n
[[rubric.criteria]]\nid = \"readme\"\ntitle_fr = \"README\"\ntitle_en = \"README\"\npoints = 4\ncheck = \"readme\"\naspect = \"present\"\n
[sandbox]\nload_seconds = 3\nstart_seconds = 2\n"
    )
}

#[tokio::test]
async fn an_old_file_grades_by_the_rubric_in_force() {
    let course = Course::with_forks(0).await;
    std::fs::write(course.toml(), file()).unwrap();
    let repo = course.github.fork(UPSTREAM, "lea");
    repo.commit("main", &[("Evaluation/Projet/app.py", b"print('vu')\n".as_slice())]);
    course.github.pushed("lea/course");
    assert!(course.start(&["grade", "--all"]).wait().await.unwrap().success());
    assert_eq!(course.number("select total::bigint from score where current").await, 1200);

    let of_file = config::parse(&file(), "course.toml").expect("valid");
    let mut wanted = of_file.rubric.clone();
    wanted.criteria.truncate(1);
    let by = Actor::Teacher { login: "ada".parse().ok() };
    let new = NewRubric { rubric: &wanted, source: None, by: &by, reason: "no README this year" };
    let done =
        grading::apply_rubric(&course.pool, CourseId(1), &of_file, new, None, Clock::System.now()).await.unwrap();
    assert!(matches!(done, Applying::Applied(moved) if moved.len() == 1));
    assert_eq!(course.number("select total::bigint from score where current").await, 2000);

    // The file still says what it said when the next one is graded, and when the same one is run again.
    assert!(course.start(&["grade", "--rerun", "of-record"]).wait().await.unwrap().success());
    assert_eq!(course.number("select count(*) from run where state = 'finished' and forced").await, 1);
    assert_eq!(course.number("select count(*) from score").await, 3, "the earlier ones stay beside it");
    let current: (i32, String) =
        sqlx::query_as("select total, rubric_hash from score where current").fetch_one(&course.pool).await.unwrap();
    assert_eq!(current, (2000, rubric::rubric_hash(&wanted).to_string()));
    assert_eq!(course.number("select count(*) from rubric_version").await, 2, "nobody put the file's back");
    let log: Vec<(String, Option<String>)> = sqlx::query_as("select action, after ->> 'which' from audit order by id")
        .fetch_all(&course.pool)
        .await
        .unwrap();
    assert_eq!(log, [("rubric_applied".into(), None), ("run_forced".into(), Some("of-record".into()))]);
    assert_eq!(course.start(&["grade", "--rerun", "everything"]).wait().await.unwrap().code(), Some(2));
}
