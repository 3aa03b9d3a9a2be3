//! `GET /forks/{fork}`, `POST /forks/{fork}/runs`

use chrono::TimeDelta;
use forkgrade::domain::facts::execution::BoundedLog;
use forkgrade::domain::facts::inspection::PersonFacts;
use reqwest::StatusCode;

use crate::support::observed;
use crate::support::site::Site;

#[tokio::test]
async fn everything_observed_is_on_the_page() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie Moreau"), ("theo", "Théo Lefèvre")]).await;
    let page = site.teacher().await.get(&format!("/forks/{}?lang=en", member.fork)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.all("h1"), ["Amélie Moreau, Théo Lefèvre"]);
    let text = page.text();
    for wanted in [
        "shows data",
        "python load.py",
        "79 documents insérés",
        "Ciné Paris",
        "cinema.films",
        "79 items",
        "Aki Kaurismäki",
        "“mongo” is a stand-in here",
        "forkgrade/mongo-stand-in:7",
        "flask==3.1.0",
        "app.py builds a web application",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in {text}");
    }
    let addresses: Vec<(String, String)> =
        sqlx::query_as("select inspection, execution from score").fetch_all(&site.database.pool).await.unwrap();
    for (inspection, execution) in addresses {
        assert!(
            page.body.contains(&format!("/facts/{inspection}")) && page.body.contains(&format!("/facts/{execution}"))
        );
    }
}

#[tokio::test]
async fn what_was_read_is_linked_to_its_line() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie Moreau")]).await;
    let teacher = site.teacher().await.get(&format!("/forks/{}?lang=en", member.fork)).await;
    let student = site.student(member.students[0]).await.get("/me?lang=en").await;
    let commit: String =
        sqlx::query_scalar("select commit_sha from submission").fetch_one(&site.database.pool).await.unwrap();
    for page in [teacher, student] {
        let text = page.text();
        for wanted in
            ["/films/<int:id>", "GET, POST", "mongo:27017", "films", "Exercice 3", "to do", "requests.get(url"]
        {
            assert!(text.contains(wanted), "{wanted} is missing in {text}");
        }
        for wanted in ["6Evaluation/Projet/base.py?plain=1#L9", "2Scraping/exercices.ipynb"] {
            assert!(page.body.contains(&format!("/blob/{commit}/{wanted}\"")), "{wanted} is not linked: {}", page.body);
        }
    }
}

/// Commits whose dates contradict the service's clock are the teacher's to see, and nobody else's.
#[tokio::test]
async fn authors_are_those_of_the_class_and_dates_are_signs() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie Moreau")]).await;
    let now = site.clock.now();
    let submission = site.submit(member.fork, now).await;
    let mut inspection = observed::submitted(1, &[]);
    let history = inspection.history.as_mut().unwrap();
    let person = |name: &str, login: Option<&str>, commits| PersonFacts {
        name: name.into(),
        login: login.map(str::to_owned),
        commits,
        ..PersonFacts::default()
    };
    history.people = vec![person("jovyan", Some("AMELIE"), 5), person("Tom", None, 2)];
    (history.first_commit, history.last_commit) = (Some(now + TimeDelta::hours(1)), Some(now + TimeDelta::hours(3)));
    site.grade(submission, &inspection, None, now).await;
    let page = site.teacher().await.get(&format!("/forks/{}?lang=en", member.fork)).await.text();
    for wanted in ["5 commits", "Tom", "not of this fork", "later than its arrival here", "commits lie within 2 h"] {
        assert!(page.contains(wanted), "{wanted} is missing in {page}");
    }
    assert!(!page.contains("jovyan"), "a login of the class has the name of the class");
    let student = site.student(member.students[0]).await.get("/me?lang=en").await.text();
    assert!(!student.contains("arrival") && !student.contains("lie within"), "{student}");
}

#[tokio::test]
async fn hostile_text_stays_text() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let site = Site::new().await;
    let member = site.fork(&[("amelie", HOSTILE)]).await;
    let now = site.clock.now() - TimeDelta::days(1);
    let submission = site.submit(member.fork, now).await;
    let mut execution = observed::shows_data(1);
    execution.pages[0].title = Some(HOSTILE.into());
    execution.pages[0].path = format!("/{HOSTILE}");
    execution.databases[0].collections[0].name = HOSTILE.into();
    execution.databases[0].collections[0].samples = vec![HOSTILE.into()];
    execution.processes[0].argv = vec![HOSTILE.into()];
    execution.processes[0].log = BoundedLog { head: HOSTILE.into(), tail: HOSTILE.into(), dropped_bytes: 7 };
    let mut inspection = observed::submitted(1, &[]);
    inspection.readme.candidates[0].run_commands = vec![HOSTILE.into()];
    inspection.history.as_mut().unwrap().authors = vec![HOSTILE.into()];
    inspection.code.routes[0].rule = HOSTILE.into();
    inspection.code.routes[0].place = format!("{HOSTILE}:3");
    inspection.code.clients[0].hosts = vec![HOSTILE.into()];
    inspection.code.collections[0].name = HOSTILE.into();
    inspection.notebooks[0].path = observed::path("1/<script>alert(1)<x>.ipynb");
    inspection.notebooks[0].cells[0].first_line = HOSTILE.into();
    site.grade(submission, &inspection, Some(&execution), now).await;

    let teacher = site.teacher().await;
    let student = site.student(member.students[0]).await;
    for page in [
        teacher.get("/forks").await,
        teacher.get("/forks?view=criteria").await,
        teacher.get(&format!("/forks/{}", member.fork)).await,
        student.get("/me").await,
    ] {
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img"), "{}", page.body);
        assert!(page.text().contains("<script>alert(1)</script>"), "it is shown as what it is");
    }
}

#[tokio::test]
async fn another_submission_can_be_looked_at() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let now = site.clock.now();
    let first = site.submit(member.fork, now - TimeDelta::days(3)).await;
    site.grade(first, &observed::submitted(1, &[]), Some(&observed::crashed(1)), now - TimeDelta::days(3)).await;
    let second = site.submit(member.fork, now - TimeDelta::days(2)).await;
    site.grade(second, &observed::submitted(2, &[]), Some(&observed::shows_data(2)), now - TimeDelta::days(2)).await;
    let teacher = site.teacher().await;
    let page = teacher.get(&format!("/forks/{}?lang=en", member.fork)).await;
    assert_eq!(page.all("p.state"), ["shows data"], "the one of record comes first");
    let page = teacher.get(&format!("/forks/{}?submission={first}&lang=en", member.fork)).await;
    assert_eq!(page.all("p.state"), ["crashes at start"]);
}

#[tokio::test]
async fn another_forks_submission_is_not_shown_under_this_fork() {
    let site = Site::new().await;
    let one = site.graded_fork(&[("amelie", "Amélie")]).await;
    let other = site.fork(&[("basile", "Basile")]).await;
    let submission: i64 = sqlx::query_scalar("select id from submission where fork_id = $1")
        .bind(one.fork.0)
        .fetch_one(&site.database.pool)
        .await
        .unwrap();
    let teacher = site.teacher().await;
    let page = teacher.get(&format!("/forks/{}?submission={submission}&lang=en", other.fork)).await;
    assert!(page.text().contains("Nothing was pushed to this fork"), "{}", page.text());
    let answer = teacher.post(&format!("/forks/{}/runs?submission={submission}", other.fork), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(site.count("select count(*) from run").await, 1);
}

#[tokio::test]
async fn running_again_queues_a_forced_run_once() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let teacher = site.teacher().await;
    for _ in 0..2 {
        let answer = teacher.post(&format!("/forks/{}/runs", member.fork), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(site.count("select count(*) from run where state = 'queued' and forced").await, 1);
    let page = teacher.get(&format!("/forks/{}?lang=en", member.fork)).await;
    assert_eq!(page.all("#progress-title"), ["Next in line"]);
}

#[tokio::test]
async fn running_an_older_submission_again_leaves_the_newest_push_in_the_queue() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let old = site.newest(member.fork).await;
    let new = site.submit(member.fork, site.clock.now()).await;
    site.enqueue(new).await;
    let path = format!("/forks/{}/runs?submission={old}", member.fork);
    assert_eq!(site.teacher().await.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    let queued: Vec<(i64, bool)> =
        sqlx::query_as("select submission_id, forced from run where state = 'queued' order by submission_id")
            .fetch_all(&site.database.pool)
            .await
            .unwrap();
    assert_eq!(queued, [(old.0, true), (new.0, false)]);
    // The next push takes the place of the one that waits, and not of what a teacher asked for.
    site.enqueue(site.submit(member.fork, site.clock.now()).await).await;
    let states: Vec<(i64, String)> =
        sqlx::query_as("select submission_id, state from run where state <> 'finished' order by id")
            .fetch_all(&site.database.pool)
            .await
            .unwrap();
    let newest = site.newest(member.fork).await;
    let wanted = [(new, "superseded"), (old, "queued"), (newest, "queued")];
    assert_eq!(states, wanted.map(|(submission, state)| (submission.0, state.to_owned())));
}

#[tokio::test]
async fn our_failure_is_shown_with_its_cause_and_without_blame() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let run = site.enqueue(site.submit(member.fork, site.clock.now()).await).await;
    site.fail(run, "image missing: forkgrade/python:3.8").await;
    let page = site.teacher().await.get(&format!("/forks/{}?lang=en", member.fork)).await;
    let notice = page.all(".notice").join(" ");
    assert!(notice.contains("failed 3 times on our side") && notice.contains("image missing"), "{notice}");
    assert!(notice.contains("It costs no points"));
}

#[tokio::test]
async fn what_is_no_fork_is_not_found() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    for path in ["/forks/999", "/forks/9999999999999999999", "/forks/abc", "/forks/-1"] {
        let status = teacher.get(path).await.status;
        assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{path}: {status}");
    }
}
