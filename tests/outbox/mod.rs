//! What is told on commits: to a GitHub on loopback that checks signatures, tokens and permissions.

use chrono::{DateTime, TimeDelta, Utc};
use forkgrade::clock::Clock;
use forkgrade::db;
use forkgrade::db::submissions::Head;
use forkgrade::domain::check::Technology;
use forkgrade::domain::course::{OnCommits, Visibility};
use forkgrade::domain::facts::inspection::SyntaxErrorFacts;
use forkgrade::domain::fork::LearntFrom;
use forkgrade::domain::ids::{ForkId, SubmissionId};
use forkgrade::domain::{CommitSha, Course};
use forkgrade::github::Client;
use forkgrade::github::app::App;
use forkgrade::outbox::Outbox;
use serde_json::{Value, json};

use crate::support::github::{Fault, Github};
use crate::support::observed;
use crate::support::site::{Site, Wanted, at, course};

const TOKEN: &str = "ghp_a-token-of-the-teacher's";
const MAY_CHECK: &[(&str, &str)] = &[("checks", "write"), ("metadata", "read")];

struct World {
    github: Github,
    site: Site,
    outbox: Outbox,
    commit: CommitSha,
    fork: ForkId,
    repo: i64,
    submission: SubmissionId,
}

impl World {
    /// Ada's fork at one graded commit, of which something is owed.
    async fn new(mut course: Course) -> Self {
        let parses = json!({ "id": "parses", "title_fr": "Python", "title_en": "Python", "points": 1, "check": "project", "aspect": "parses" });
        course.rubric.criteria.push(serde_json::from_value(parses).unwrap());
        let github = Github::start_empty().await;
        let clock = Clock::fixed(at("2026-01-28T14:32:00+01:00"));
        let site = Site::with(Wanted { course, clock, ..Wanted::default() }).await;
        let name = "ada/data-engineer";
        let commit = github.create(name).commit("main", &[("app.py", b"print(1)\n")]);
        let member = site.fork(&[("ada", "Ada")]).await;
        let client = github.client();
        let repo = client.repository(name).await.unwrap().id.0;
        let conn = &mut *site.database.pool.acquire().await.unwrap();
        sqlx::query("update fork set repo = $1").bind(repo).execute(&mut *conn).await.unwrap();
        let submission = submit(conn, member.fork, &commit, site.clock.now()).await;
        let mut inspection = observed::submitted(7, &[Technology::Flask]);
        inspection.code.syntax_errors = [12, 30]
            .map(|line| SyntaxErrorFacts {
                path: observed::path("6Evaluation/Projet/app.py"),
                line,
                message: "expected ':' after @everyone".to_owned(),
                python2: false,
            })
            .into();
        site.grade(submission, &inspection, Some(&observed::shows_data(3)), site.clock.now()).await;
        db::outbox::owe(conn, submission, site.clock.now()).await.unwrap();
        let app = App::new(&github.apps.register(), &github.settings(None)).unwrap();
        let outbox = Outbox {
            pool: site.database.pool.clone(),
            course_id: site.course_id,
            course: site.course.clone(),
            clock: site.clock.clone(),
            app: Some(app),
            token: None,
            public_url: Some("https://notes.example.org".parse().unwrap()),
        };
        Self { github, site, outbox, commit, fork: member.fork, repo, submission }
    }

    fn install(&self, permissions: &[(&str, &str)]) {
        self.github.apps.install("ada/data-engineer", self.repo, permissions);
    }

    fn make_private(&self) {
        // The fake's git is never asked here.
        assert!(self.github.server.update("ada/data-engineer", |repository| repository.private = true));
    }

    fn with_token(mut self) -> Self {
        let token: Client = self.github.client_with(Some(TOKEN));
        self.outbox.token = Some(token);
        crate::support::logs::secret(TOKEN);
        self
    }

    /// Deals with everything that is owed now.
    async fn tell(&self) -> usize {
        let mut told = 0;
        while self.outbox.tell_next().await.expect("the database answers").is_some() {
            told += 1;
            assert!(told < 100, "it never ends");
        }
        told
    }

    async fn owe(&self) {
        let conn = &mut *self.site.database.pool.acquire().await.unwrap();
        db::outbox::owe(conn, self.submission, self.site.clock.now()).await.unwrap();
    }

    async fn row(&self) -> (String, Option<String>) {
        let row = sqlx::query_as("select coalesce(way, ''), trouble from outbox where submission_id = $1");
        row.bind(self.submission.0).fetch_one(&self.site.database.pool).await.unwrap()
    }
}

async fn submit(conn: &mut sqlx::PgConnection, fork: ForkId, commit: &CommitSha, at: DateTime<Utc>) -> SubmissionId {
    let head = Head {
        fork,
        commit,
        project_commit: None,
        received_at: at,
        learnt_from: LearntFrom::Sweep,
        pushed_at: None,
        before: None,
    };
    db::submissions::learn(conn, head).await.unwrap().submission
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no {path} in {value:#}"))
}

#[tokio::test]
async fn an_app_writes_a_check_run_with_findings_at_their_lines() {
    let world = World::new(course()).await;
    world.install(MAY_CHECK);
    assert_eq!(world.tell().await, 1);
    let runs = world.github.apps.check_runs();
    let [run] = runs.as_slice() else { panic!("one check run: {runs:#?}") };
    assert_eq!(text(run, "/head_sha"), world.commit.as_str());
    assert_eq!(text(run, "/name"), "forkgrade: data-engineer");
    assert_eq!((text(run, "/status"), text(run, "/conclusion")), ("completed", "neutral"));
    let page = format!("https://notes.example.org/me?fork={}&submission={}", world.fork, world.submission);
    assert_eq!(text(run, "/details_url"), page);
    assert!(text(run, "/output/summary").starts_with("- **"), "{run:#}");
    assert!(!text(run, "/output/title").contains("/ 20"), "the class reads public repositories: {run:#}");
    let annotations = run.pointer("/output/annotations").and_then(Value::as_array).unwrap();
    let places: Vec<_> = annotations.iter().map(|one| (text(one, "/path"), one["start_line"].as_u64())).collect();
    let expected = [
        ("2Scraping/exercices.ipynb", Some(1)),
        ("2Scraping/exercices.ipynb", Some(1)),
        ("6Evaluation/Projet/app.py", Some(12)),
        ("6Evaluation/Projet/app.py", Some(30)),
    ];
    assert_eq!(places, expected, "{run:#}");
    assert!(text(run, "/output/summary").contains("@\u{2060}everyone"), "nobody is called: {run:#}");
    assert_eq!(world.row().await, ("check".to_owned(), None));
    // Once is enough.
    assert_eq!(world.tell().await, 0);
    world.owe().await;
    assert_eq!(
        (world.tell().await, world.github.apps.check_runs().len()),
        (1, 1),
        "nothing changed: nothing is said again"
    );
}

#[tokio::test]
async fn a_hidden_criterion_is_told_nowhere() {
    let mut secret = course();
    for criterion in &mut secret.rubric.criteria {
        criterion.hidden = true;
    }
    let world = World::new(secret).await;
    world.install(MAY_CHECK);
    world.tell().await;
    let run = &world.github.apps.check_runs()[0];
    // The world's own criterion is all that is left to say.
    assert_eq!(text(run, "/output/summary").lines().count(), 1, "{run:#}");
    assert_eq!(text(run, "/output/title"), "Un point à améliorer");
}

#[tokio::test]
async fn the_score_is_told_where_only_the_student_reads_it_or_where_the_course_says_so() {
    let private = World::new(course()).await;
    private.install(MAY_CHECK);
    private.make_private();
    private.tell().await;
    assert!(text(&private.github.apps.check_runs()[0], "/output/title").contains("/ 20 · "));

    let open = World::new(Course { on_commits: OnCommits::Score, ..course() }).await;
    open.install(MAY_CHECK);
    open.tell().await;
    assert!(text(&open.github.apps.check_runs()[0], "/output/title").contains("/ 20 · "));

    let silent = World::new(Course { on_commits: OnCommits::Nothing, ..course() }).await;
    silent.install(MAY_CHECK);
    silent.tell().await;
    assert_eq!(silent.github.apps.check_runs(), Vec::<Value>::new());
}

#[tokio::test]
async fn nothing_is_told_before_students_see_it_and_everything_after() {
    let world = World::new(Course { visibility: Visibility::WhenPublished, ..course() }).await;
    world.install(MAY_CHECK);
    world.make_private();
    world.tell().await;
    let run = &world.github.apps.check_runs()[0];
    let said = run.to_string();
    assert!(text(run, "/output/title").starts_with("Reçu"), "{said}");
    assert!(!said.contains("/ 20") && run["output"]["annotations"] == json!([]), "{said}");

    let teacher = world.site.teacher().await;
    teacher.post("/publication", &[("published", "true")]).await;
    assert_eq!(world.tell().await, 1);
    assert!(text(&world.github.apps.check_runs()[1], "/output/title").contains("/ 20"));
    // And hidden again: the newest check run stands before the earlier one.
    teacher.post("/publication", &[("published", "false")]).await;
    world.tell().await;
    assert!(text(&world.github.apps.check_runs()[2], "/output/title").starts_with("Reçu"));
}

#[tokio::test]
async fn what_waits_for_the_deadline_is_told_when_it_has_passed() {
    let mut later = course();
    let due = at("2026-01-28T18:00:00+01:00");
    later.visibility = Visibility::AfterDeadline;
    let deadline = later.deadline.as_mut().unwrap();
    (deadline.at, deadline.grace_minutes) = (due.fixed_offset(), 0);
    let world = World::new(later).await;
    world.install(MAY_CHECK);
    world.tell().await;
    assert!(text(&world.github.apps.check_runs()[0], "/output/title").contains("2026-01-28 18:00 (CET)"));
    world.site.clock.advance(due - world.site.clock.now());
    assert_eq!(world.tell().await, 0);
    world.site.clock.advance(TimeDelta::seconds(2));
    assert_eq!(world.tell().await, 1);
    assert!(text(&world.github.apps.check_runs()[1], "/output/title").contains("améliorer"));
}

#[tokio::test]
async fn without_permission_for_checks_a_status_is_written_and_without_any_nothing() {
    let status = World::new(course()).await;
    status.install(&[("statuses", "write")]);
    status.tell().await;
    let statuses = status.github.apps.statuses();
    assert_eq!((text(&statuses[0], "/sha"), text(&statuses[0], "/state")), (status.commit.as_str(), "success"));
    assert_eq!(text(&statuses[0], "/context"), "forkgrade: data-engineer");
    assert_eq!(status.row().await, ("status".to_owned(), None));

    // A token whose owner may push to the fork, and no app there.
    let token = World::new(course()).await.with_token();
    token.github.apps.allow(TOKEN, "ada/data-engineer", token.repo);
    token.tell().await;
    assert_eq!((token.github.apps.statuses().len(), token.github.apps.check_runs().len()), (1, 0));

    for (permissions, suspended) in [(None, false), (Some(&[("metadata", "read")][..]), false), (Some(MAY_CHECK), true)]
    {
        let nobody = World::new(course()).await.with_token();
        if let Some(permissions) = permissions {
            nobody.install(permissions);
        }
        if suspended {
            nobody.github.apps.suspend("ada/data-engineer");
        }
        assert_eq!(nobody.tell().await, 1);
        assert_eq!(nobody.row().await, ("nothing".to_owned(), None), "and nobody is told of any trouble");
        let asked = nobody.github.asked("/statuses/").len();
        nobody.owe().await;
        nobody.tell().await;
        assert_eq!(nobody.github.asked("/statuses/").len(), asked, "a token that may not is not tried again");
    }
}

#[tokio::test]
async fn an_app_that_is_installed_later_tells_what_could_not_be_told() {
    let world = World::new(course()).await;
    world.tell().await;
    assert_eq!(world.row().await.0, "nothing");
    world.install(MAY_CHECK);
    let conn = &mut *world.site.database.pool.acquire().await.unwrap();
    let repos = [forkgrade::domain::ids::RepoId(world.repo)];
    db::outbox::owe_newest(conn, world.site.course_id, Some(&repos), world.site.clock.now()).await.unwrap();
    // A missing installation is believed to be missing for a minute: this is a process that starts.
    let mut again = world.outbox.clone();
    again.app = Some(App::new(&world.github.apps.register(), &world.github.settings(None)).unwrap());
    assert!(again.tell_next().await.unwrap().is_some());
    assert_eq!(world.github.apps.check_runs().len(), 1);
}

#[tokio::test]
async fn a_name_that_is_another_repository_s_by_now_is_never_written_on() {
    let world = World::new(course()).await;
    // Ada's fork was renamed; somebody else's repository goes by its old name, with the app on it.
    assert!(world.github.server.update("ada/data-engineer", |repository| repository.name = "renamed".to_owned()));
    world.github.create("ada/other").commit("main", &[("app.py", b"print(1)\n")]);
    world.github.apps.install("ada/data-engineer", world.repo + 500, MAY_CHECK);
    world.tell().await;
    assert_eq!(world.github.apps.check_runs(), Vec::<Value>::new());
    assert_eq!(world.row().await.0, "nothing");
}

#[tokio::test]
async fn a_commit_that_the_repository_does_not_hold_is_nothing_to_tell_of() {
    let world = World::new(course()).await;
    world.install(MAY_CHECK);
    sqlx::query("update submission set commit_sha = $1")
        .bind("b".repeat(40))
        .execute(&world.site.database.pool)
        .await
        .unwrap();
    world.tell().await;
    assert_eq!((world.row().await.0.as_str(), world.github.apps.check_runs().len()), ("nothing", 0));
}

#[tokio::test]
async fn github_s_trouble_is_waited_for_and_nothing_is_lost() {
    let world = World::new(course()).await;
    world.install(MAY_CHECK);
    world.github.fail("/check-runs", 1, Fault::status(502));
    assert_eq!(world.tell().await, 1);
    assert!(world.row().await.1.unwrap().contains("502"));
    assert_eq!(world.tell().await, 0, "it waits");
    world.site.clock.advance(TimeDelta::minutes(1));
    assert_eq!((world.tell().await, world.github.apps.check_runs().len()), (1, 1));
    assert_eq!(world.row().await, ("check".to_owned(), None));
}

#[tokio::test]
async fn a_limit_rests_everything_that_is_owed() {
    let world = World::new(course()).await;
    world.install(MAY_CHECK);
    let headers = vec![("retry-after", "600".to_owned()), ("date", "Wed, 28 Jan 2026 13:32:00 GMT".to_owned())];
    let limit = Fault::Answer { status: 403, headers, body: r#"{"message": "secondary rate limit"}"#.to_owned() };
    world.github.fail("/check-runs", 1, limit);
    let rest = world.outbox.tell_next().await.unwrap().expect("something is owed");
    assert_eq!(rest.as_secs(), 600, "until GitHub says");
    world.site.clock.advance(TimeDelta::minutes(11));
    // The limit itself is counted by the real clock: a process that starts anew does not know it.
    let mut again = world.outbox.clone();
    again.app = Some(App::new(&world.github.apps.register(), &world.github.settings(None)).unwrap());
    assert_eq!(again.tell_next().await.unwrap().expect("it is owed still").as_secs(), 1);
    assert_eq!(world.github.apps.check_runs().len(), 1);
}

#[tokio::test]
async fn more_than_fifty_annotations_take_several_requests() {
    let github = Github::start_empty().await;
    let commit = github.create("ada/course").commit("main", &[("app.py", b"1\n")]);
    let repo = github.client().repository("ada/course").await.unwrap().id;
    github.apps.install("ada/course", repo.0, MAY_CHECK);
    let app = App::new(&github.apps.register(), &github.settings(None)).unwrap();
    let installed = app.on(repo, "ada/course").await.unwrap().expect("it is installed");
    let annotation = |line| forkgrade::github::Annotation {
        path: "app.py".to_owned(),
        start_line: line,
        end_line: line,
        annotation_level: forkgrade::github::Level::Notice,
        title: "t".to_owned(),
        message: "m".to_owned(),
    };
    let check = forkgrade::github::CheckRun {
        name: "forkgrade".to_owned(),
        conclusion: forkgrade::github::Conclusion::Neutral,
        details_url: None,
        title: "t".to_owned(),
        summary: "s".to_owned(),
        annotations: (1..=120).map(annotation).collect(),
    };
    installed.client.check_run("ada/course", &commit, &check).await.unwrap();
    let runs = github.apps.check_runs();
    assert_eq!((runs.len(), runs[0]["output"]["annotations"].as_array().unwrap().len()), (1, 120));
    assert_eq!(github.asked("/access_tokens").len(), 1, "one token for all of them");
    // Revoked in between: another one is asked for, and nobody notices.
    github.apps.revoke_tokens();
    installed.client.check_run("ada/course", &commit, &check).await.unwrap();
    assert_eq!(github.asked("/access_tokens").len(), 2);
}

#[tokio::test]
async fn a_course_without_a_token_asks_as_its_app() {
    let github = Github::start().await;
    let repo = github.client().repository("teacher/course").await.unwrap().id;
    github.apps.install("teacher/course", repo.0, &[("metadata", "read")]);
    let app = App::new(&github.apps.register(), &github.settings(None)).unwrap();
    let client = Client::of_app(github.settings(None), app, "teacher/course").unwrap();
    client.repository("teacher/course").await.unwrap();
    client.repository("teacher/course").await.unwrap();
    let asked = github.asked("/repos/teacher/course");
    let tokens = asked.iter().filter_map(|(_, headers)| headers.get("authorization")?.to_str().ok());
    assert_eq!(tokens.filter(|token| token.starts_with("Bearer ghs_")).count(), 2);
    assert_eq!(github.asked("/access_tokens").len(), 1);
}

#[tokio::test]
async fn a_key_that_is_not_the_app_s_says_so() {
    let github = Github::start().await;
    let stale = github.apps.register();
    github.apps.register();
    let app = App::new(&stale, &github.settings(None)).unwrap();
    let refused = app.on(forkgrade::domain::ids::RepoId(1), "teacher/course").await.err().expect("it is refused");
    assert!(refused.to_string().contains("GITHUB_APP_PRIVATE_KEY"), "{refused}");
    let garbled =
        forkgrade::settings::GithubApp { id: 1, private_key: forkgrade::settings::Secret::new("no key at all") };
    let refused = App::new(&garbled, &github.settings(None)).err().expect("it is refused");
    assert!(refused.to_string().contains("no RSA key in PEM"), "{refused}");
}
