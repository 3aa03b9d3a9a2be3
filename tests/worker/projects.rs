//! Projects in repositories of their own: whose they may be.

use super::Course;
use crate::support::github::UPSTREAM;

const DECLARED: &[u8] = b"project = \"bob/project\"\n";

/// The service's token may read what the student may not.
#[tokio::test]
async fn a_private_project_is_read_for_its_owner_alone() {
    let course = Course::with_forks(0).await;
    for owner in ["ada", "bob"] {
        let own = format!("Notes de {owner}\n");
        let repo = course.github.fork(UPSTREAM, owner);
        repo.commit("main", &[(".forkgrade.toml", DECLARED), ("notes.txt", own.as_bytes())]);
        course.github.pushed(&format!("{owner}/course"));
    }
    // A README alone: nothing is run.
    course.github.create("bob/project").commit("main", &[("README.md", "# Le projet de Bob\n".as_bytes())]);
    assert!(course.github.server.update("bob/project", |repository| repository.private = true));
    course.sync().await;
    let _worker = course.start(&["worker"]);
    course.until("select count(*) from run where state = 'finished'", 2).await;
    let told = "select document->'project'->>'state' from facts
                join score on score.inspection = facts.address join submission on submission.id = score.submission_id
                join fork on fork.id = submission.fork_id where split_part(fork.full_name, '/', 1) = $1";
    for (login, state) in [("ada", "elsewhere_unreadable"), ("bob", "documents_only")] {
        let found: String = sqlx::query_scalar(told).bind(login).fetch_one(&course.pool).await.unwrap();
        assert_eq!(found, state, "{login}");
    }
}
