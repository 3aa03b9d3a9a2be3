//! Recordings: every question is asked once, whoever asks it, and the answer is the same for everybody.

use forkgrade::db;
use forkgrade::db::recordings::{Claimed, Question};
use forkgrade::domain::facts::network::{ExchangeEnd, NetworkFacts};
use forkgrade::domain::ids::{CourseId, RunId};
use forkgrade::egress::{Egress, Recordings};
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::support::database::Database;
use crate::support::pod_end::{Line, only, parsed, request, said};
use crate::support::world::{World, rules};

struct Course {
    database: Database,
    id: CourseId,
}

impl Course {
    async fn new() -> Self {
        let database = Database::new().await;
        let id = sqlx::query_scalar(
            "insert into course (slug, title, upstream, config, rubric_hash) values ('a', 'A', 'a/b', '{}', '') returning id",
        );
        let id = CourseId(id.fetch_one(&database.pool).await.unwrap());
        Self { database, id }
    }

    fn recordings(&self) -> Recordings {
        Recordings { pool: self.database.pool.clone(), course: self.id }
    }

    /// A worker's proxy.
    fn egress(&self, world: &World, more: serde_json::Value) -> Egress {
        let mut table = json!({ "mode": "record-replay", "allow": ["*"], "per_second": 100, "seconds": 10 });
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.egress(&rules(table), Some(self.recordings()))
    }

    /// A run of a worker of its own.
    async fn run(&self, world: &World) -> Line {
        Line::open(&self.egress(world, json!({}))).await
    }

    async fn kept(&self) -> i64 {
        let count = sqlx::query_scalar("select count(*) from recording where recorded_at is not null");
        count.fetch_one(&self.database.pool).await.unwrap()
    }

    async fn rows(&self) -> i64 {
        sqlx::query_scalar("select count(*) from recording").fetch_one(&self.database.pool).await.unwrap()
    }
}

fn ends(facts: &NetworkFacts) -> Vec<ExchangeEnd> {
    facts.exchanges.iter().map(|exchange| exchange.end).collect()
}

#[tokio::test]
async fn a_site_is_asked_once_and_may_be_gone_afterwards() {
    let (mut world, course) = (World::new().await, Course::new().await);
    let first = course.run(&world).await;
    let answer = first.raw(&request("GET", "http://films.example/films/7", &[], "")).await;
    let facts = first.close().await;
    assert_eq!(ends(&facts), [ExchangeEnd::Recorded]);
    world.shut().await;
    let second = course.run(&world).await;
    let again = second.raw(&request("GET", "http://films.example/films/7", &[("Accept", "*/*")], "")).await;
    assert_eq!(again, answer, "to the letter, the date of the answer included");
    assert_eq!(second.get("http://films.example/films/8").await.0, 502, "and what was never asked has no answer");
    let replayed = second.close().await;
    assert_eq!(ends(&replayed), [ExchangeEnd::Replayed, ExchangeEnd::Failed]);
    assert_eq!(replayed.recordings, facts.recordings, "both name the same set of answers");
    assert_eq!(world.site.asked(), ["GET /films/7"]);
}

#[tokio::test]
async fn https_is_recorded_like_http_and_apart_from_it() {
    let (world, course) = (World::new().await, Course::new().await);
    for _ in 0..2 {
        let run = course.run(&world).await;
        let stream = run.tls(run.tunnel("secure.example:443").await.unwrap(), "secure.example").await.unwrap();
        let answer = said(stream, "GET /films/1 HTTP/1.1\r\nHost: secure.example\r\nConnection: close\r\n\r\n").await;
        assert_eq!(parsed(&answer), (200, "<li>film 1</li>".to_owned()));
    }
    assert_eq!(world.site.asked(), ["GET /films/1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_several_workers_that_ask_at_once_ask_once() {
    let (world, course) = (World::new().await, Course::new().await);
    let workers = [course.egress(&world, json!({})), course.egress(&world, json!({}))];
    let mut asking = Vec::new();
    for number in 0..6 {
        let line = Line::open(&workers[number % 2]).await;
        asking.push(tokio::spawn(async move { (line.get("http://films.example/gate").await, line.close().await) }));
    }
    while world.site.hits("GET /gate") == 0 {
        tokio::task::yield_now().await;
    }
    world.site.gate.notify_one();
    let mut recorded = 0;
    for asking in asking {
        let (answer, facts) = asking.await.unwrap();
        assert_eq!(answer, (200, "open".to_owned()));
        recorded += usize::from(only(&facts).end == ExchangeEnd::Recorded);
    }
    assert_eq!((recorded, world.site.hits("GET /gate")), (1, 1));
}

#[tokio::test]
async fn what_is_wrong_today_is_not_kept() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = course.run(&world).await;
    assert_eq!(run.get("http://films.example/shaky").await.0, 503);
    assert_eq!(run.get("http://films.example/broken").await.0, 502);
    assert_eq!(run.get("http://films.example/varies").await.0, 200);
    assert_eq!(course.rows().await, 0, "no claim is left either");
    assert_eq!(run.get("http://films.example/shaky").await, (200, "well again".to_owned()));
    assert_eq!(run.get("http://films.example/shaky").await, (200, "well again".to_owned()));
    assert_eq!(run.get("http://films.example/status/404").await.0, 404);
    assert_eq!((world.site.hits("GET /shaky"), course.kept().await), (2, 2));
    let facts = run.close().await;
    use ExchangeEnd::{Failed, Passed, Recorded, Replayed};
    assert_eq!(ends(&facts), [Passed, Failed, Passed, Recorded, Replayed, Recorded]);
}

#[tokio::test]
async fn a_form_is_recorded_with_what_was_filled_in() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = course.run(&world).await;
    for body in ["page=1", "page=2", "page=1"] {
        assert_eq!(run.ask("POST", "http://films.example/echo", &[], body).await, (200, body.to_owned()));
    }
    assert_eq!(world.site.hits("POST /echo"), 2);
}

#[tokio::test]
async fn nobody_is_answered_with_what_another_one_may_see() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = course.run(&world).await;
    let with =
        async |header: &str, value: &str| run.ask("GET", "http://films.example/cookie", &[(header, value)], "").await.1;
    assert_eq!(with("X", "y").await, "a stranger");
    assert_eq!(with("Cookie", "session=of-the-first").await, "session=of-the-first");
    assert_eq!(with("Cookie", "session=of-the-second").await, "session=of-the-second");
    assert_eq!(with("Cookie", "session=of-the-first").await, "session=of-the-first");
    assert_eq!(world.site.hits("GET /cookie"), 3);
    // A recorded answer hands out the cookie that it handed out then: a session of pages is replayed as a whole.
    let again = course.run(&world).await.raw(&request("GET", "http://films.example/cookie", &[("X", "y")], "")).await;
    assert!(again.contains("set-cookie: session=of-the-first; Path=/"), "{again}");
    assert_eq!(world.site.hits("GET /cookie"), 3);
}

#[tokio::test]
async fn an_answer_that_varies_is_kept_for_each_and_one_that_does_not_once() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = course.run(&world).await;
    let language =
        async |value: &str| run.ask("GET", "http://films.example/language", &[("Accept-Language", value)], "").await.1;
    assert_eq!([language("fr").await, language("en").await, language("fr").await], ["fr", "en", "fr"]);
    assert_eq!(world.site.hits("GET /language"), 2);
    for accept in ["text/html", "application/json", "*/*"] {
        assert_eq!(run.ask("GET", "http://films.example/", &[("Accept", accept)], "").await.0, 200);
    }
    assert_eq!(world.site.hits("GET /"), 1);
}

#[tokio::test]
async fn an_answer_is_kept_although_its_program_has_gone() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = course.run(&world).await;
    let mut program = run.proxy().await;
    program.write_all(request("GET", "http://films.example/gate", &[], "").as_bytes()).await.unwrap();
    while world.site.hits("GET /gate") == 0 {
        tokio::task::yield_now().await;
    }
    drop(program);
    run.close().await;
    world.site.gate.notify_one();
    let next = course.run(&world).await;
    assert_eq!(next.get("http://films.example/gate").await, (200, "open".to_owned()));
    assert_eq!(world.site.hits("GET /gate"), 1);
}

#[tokio::test]
async fn a_question_that_a_dead_worker_left_is_asked_again() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = course.run(&world).await;
    assert_eq!(run.get("http://films.example/").await.0, 200);
    // As if the worker had died before its answer was there.
    sqlx::query(
        "update recording set claim = gen_random_uuid(), claimed_until = now() - interval '1 second', recorded_at = null,
           status = null, headers = null, body = null, address = null",
    )
    .execute(&course.database.pool)
    .await
    .unwrap();
    assert_eq!(run.get("http://films.example/").await.0, 200);
    assert_eq!((world.site.hits("GET /"), course.kept().await), (2, 1));
}

#[tokio::test]
async fn what_a_teacher_forgets_is_asked_anew() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = course.run(&world).await;
    for host in ["films.example", "other.example"] {
        assert_eq!(run.get(&format!("http://{host}/films/1")).await.0, 200);
    }
    let conn = &mut *course.database.pool.acquire().await.unwrap();
    let hosts = db::recordings::hosts(conn, course.id).await.unwrap();
    let told: Vec<_> = hosts.iter().map(|host| (host.host.as_str(), host.answers, host.bytes)).collect();
    assert_eq!(told, [("films.example", 1, 15), ("other.example", 1, 15)]);
    assert_eq!(db::recordings::forget(conn, course.id, Some("films.example"), None).await.unwrap(), 1);
    assert_eq!(
        db::recordings::forget(conn, CourseId(course.id.0 + 1), None, None).await.unwrap(),
        0,
        "another course's stay"
    );
    for host in ["films.example", "other.example"] {
        assert_eq!(run.get(&format!("http://{host}/films/1")).await.0, 200);
    }
    assert_eq!(world.site.hits("GET /films/1"), 3);
}

#[tokio::test]
async fn a_claim_that_was_lost_keeps_nothing() {
    let course = Course::new().await;
    let conn = &mut *course.database.pool.acquire().await.unwrap();
    let question = Question { course: course.id, key: "k".into(), fingerprint: "f".into() };
    let claimed = Claimed { method: "GET", url: "http://a/", host: "a", run: RunId(1) };
    let at = |text: &str| text.parse().unwrap();
    let (early, late) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T00:01:00Z"));
    let tokens = [forkgrade::random::lease(), forkgrade::random::lease()];
    assert!(db::recordings::claim(conn, &question, &claimed, tokens[0], early, late).await.unwrap());
    assert!(!db::recordings::claim(conn, &question, &claimed, tokens[1], early, late).await.unwrap(), "one at a time");
    let after = at("2026-01-01T00:02:00Z");
    assert!(db::recordings::claim(conn, &question, &claimed, tokens[1], after, after).await.unwrap(), "it has run out");
    let kept = db::recordings::Kept {
        status: 200,
        headers: vec![],
        body: b"x".to_vec(),
        address: "a".into(),
        recorded_at: after,
    };
    let vary = Default::default();
    assert!(!db::recordings::keep(conn, &question, tokens[0], &kept, &vary, 1).await.unwrap());
    assert!(db::recordings::keep(conn, &question, tokens[1], &kept, &vary, 1).await.unwrap());
    assert!(
        !db::recordings::claim(conn, &question, &claimed, tokens[0], after, after).await.unwrap(),
        "it is recorded"
    );
}

#[tokio::test]
async fn recordings_that_are_full_let_answers_pass() {
    let (world, course) = (World::new().await, Course::new().await);
    let run = Line::open(&course.egress(&world, json!({ "recordings_mib": 4 }))).await;
    assert_eq!(run.get("http://films.example/huge").await.0, 200);
    assert_eq!(run.get("http://other.example/huge").await.0, 200);
    assert_eq!((course.kept().await, course.rows().await), (1, 1));
    assert_eq!(ends(&run.close().await), [ExchangeEnd::Recorded, ExchangeEnd::Passed]);
}

#[tokio::test]
async fn assets_are_recorded_whatever_programs_may_ask() {
    let (world, course) = (World::new().await, Course::new().await);
    let table = json!({ "mode": "none", "allow": [], "assets": ["films.example"] });
    let style = request("GET", "http://films.example/films/1", &[], "");
    for _ in 0..2 {
        let run = Line::open(&course.egress(&world, table.clone())).await;
        assert_eq!(parsed(&run.raw_of_browser(&style).await).0, 200);
        assert_eq!(parsed(&run.raw(&style).await).0, 403);
    }
    assert_eq!(world.site.hits("GET /films/1"), 1);
    let listed = course.egress(&world, json!({ "mode": "allow-list" }));
    let run = Line::open(&listed).await;
    assert_eq!(run.get("http://films.example/films/1").await.0, 200);
    assert_eq!(world.site.hits("GET /films/1"), 2, "with an allow-list, hosts answer programs themselves");
}
