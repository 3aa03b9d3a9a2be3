//! What teachers decided, in the story of whole submissions: a run that ends later counts it, whoever runs it.

use chrono::{DateTime, TimeDelta, Utc};
use forkgrade::clock::Clock;
use forkgrade::domain::Points;
use forkgrade::domain::audit::Actor;
use forkgrade::domain::ids::{CourseId, ScoreId, SubmissionId};
use forkgrade::grading::{Deciding, Given};
use forkgrade::{config, db};
use serde_json::{Value, json};

use super::Course;
use crate::support::github::UPSTREAM;

/// Due an hour ago, with a point off for each day.
fn rules(course: &Course) -> String {
    let due: DateTime<Utc> = Clock::System.now() - TimeDelta::hours(1);
    let text = format!(
        "slug = \"test\"\ntitle = \"Test\"\nupstream = \"{UPSTREAM}\"\nservices = {{}}\n
[deadline]\nat = {}\ngrace_minutes = 5\npenalty_per_day = 1\nlate_days = 7\n
[[rubric.criteria]]\nid = \"project\"\ntitle_fr = \"Projet\"\ntitle_en = \"Project\"\npoints = 6\ncheck = \"project\"\naspect = \"submitted\"\n
[[rubric.criteria]]\nid = \"readme\"\ntitle_fr = \"README\"\ntitle_en = \"README\"\npoints = 4\ncheck = \"readme\"\naspect = \"present\"\n
[sandbox]\nload_seconds = 3\nstart_seconds = 2\n",
        due.format("%Y-%m-%dT%H:%M:%SZ"),
    );
    std::fs::write(course.toml(), &text).unwrap();
    text
}

async fn current(course: &Course) -> (i64, i64, String, Value, Value) {
    sqlx::query_as(
        "select score.id, score.submission_id, score.total::text, finding, due
         from score, json_array_elements(findings) finding where current and finding ->> 'criterion' = 'readme'",
    )
    .fetch_one(&course.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_run_that_is_forced_counts_what_was_decided_before_it() {
    let course = Course::with_forks(0).await;
    let text = rules(&course);
    let repo = course.github.fork(UPSTREAM, "lea");
    repo.commit("main", &[("Evaluation/Projet/app.py", b"print('vu')\n".as_slice())]);
    course.github.pushed("lea/course");
    assert!(course.start(&["grade", "--all"]).wait().await.unwrap().success());
    let (score, submission, total, found, due) = current(&course).await;
    assert_eq!((&found["points"], &due["extended"]), (&json!("0"), &json!(false)));
    assert_eq!(total, "1100", "six of ten on twenty, and a day late");

    let parsed = config::parse(&text, "course.toml").expect("valid");
    let course_id: i64 = sqlx::query_scalar("select id from course").fetch_one(&course.pool).await.unwrap();
    let by = Actor::Teacher { login: "ada".parse().ok() };
    let deciding = Deciding {
        pool: &course.pool,
        course_id: CourseId(course_id),
        course: &parsed,
        by: &by,
        now: Clock::System.now(),
    };
    let given = Given {
        submission: SubmissionId(submission),
        looked_at: ScoreId(score),
        criterion: "readme",
        points: Points::whole(2),
        reason: "explained in class",
    };
    deciding.give_points(given).await.unwrap();
    let students = db::roster::students(&mut course.pool.acquire().await.unwrap(), CourseId(course_id)).await.unwrap();
    deciding.extend(students[0].id, Clock::System.now() + TimeDelta::days(2), "ill").await.unwrap();

    assert!(course.start(&["grade", "--all", "--force"]).wait().await.unwrap().success());
    assert_eq!(course.number("select count(*) from run where state = 'finished' and forced").await, 1);
    let (later, _, total, found, due) = current(&course).await;
    assert!(later > score);
    let given = &found["overridden"];
    assert_eq!((&found["points"], &given["reason"]), (&json!("2"), &json!("explained in class")));
    assert_eq!((&given["by"]["login"], &given["stale"]), (&json!("ada"), &json!(false)), "{given}");
    assert_eq!((total.as_str(), &due["extended"]), ("1600", &json!(true)), "eight of ten, and in time");
    // The score is the run's own, and what touched it is in the log.
    let of_run = "select run.forced::int::bigint from score join run on run.id = score.run_id where score.current";
    assert_eq!(course.number(of_run).await, 1);
    let actions: Vec<String> =
        sqlx::query_scalar("select action from audit order by id").fetch_all(&course.pool).await.unwrap();
    assert_eq!(actions, ["override_set", "extension_given", "run_forced"]);
}
