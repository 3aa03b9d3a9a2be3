//! What passes the proxy, and what is written down of it.

use std::time::{Duration, Instant};

use forkgrade::domain::facts::network::{Asker, ExchangeEnd, Failure, NetworkFacts, Refusal};
use serde_json::json;

use crate::support::pod_end::{Line, only, parsed, request, said};
use crate::support::world::{World, rules};

async fn line(world: &World, table: serde_json::Value) -> Line {
    Line::open(&world.egress(&rules(table), None)).await
}

async fn films(world: &World) -> Line {
    line(world, json!({ "allow": ["films.example", "*.films.example", "secure.example"] })).await
}

#[track_caller]
fn refused(facts: &NetworkFacts, host: &str, why: Refusal) {
    let found = facts.refused.iter().any(|one| one.host == host && one.why == why);
    assert!(found, "{host} {why:?} in {facts:#?}");
}

#[track_caller]
fn failed(facts: &NetworkFacts, host: &str, why: Failure) {
    let found = facts.failed.iter().any(|one| one.host == host && one.why == why);
    assert!(found, "{host} {why:?} in {facts:#?}");
}

#[tokio::test]
async fn a_named_host_answers_and_it_is_written_down() {
    let world = World::new().await;
    let line = films(&world).await;
    let (status, body) = line.get("http://films.example/films/3?key=secret").await;
    assert_eq!((status, body.as_str()), (200, "<li>film 3</li>"));
    let facts = line.close().await;
    let exchange = only(&facts);
    assert_eq!((exchange.by, exchange.method.as_str(), exchange.status), (Asker::Program, "GET", 200));
    assert_eq!((exchange.host.as_str(), exchange.path.as_str()), ("films.example", "/films/3"), "without its query");
    assert_eq!((exchange.bytes, exchange.end), (15, ExchangeEnd::Passed));
    assert_eq!(world.site.asked(), ["GET /films/3?key=secret"]);
}

#[tokio::test]
async fn another_host_is_turned_away_with_its_name_in_the_reason() {
    let world = World::new().await;
    let line = films(&world).await;
    let answer = line.raw(&request("GET", "http://other.example/", &[], "")).await;
    assert!(answer.starts_with("HTTP/1.1 403 this course does not let programs ask other.example\r\n"), "{answer}");
    let answer = line.tunnel("other.example:443").await.unwrap_err();
    assert!(answer.starts_with("HTTP/1.1 403 this course does not let programs ask other.example"), "{answer}");
    let facts = line.close().await;
    refused(&facts, "other.example", Refusal::NotAllowed);
    assert_eq!(facts.not_allowed().count(), 1);
    assert_eq!(world.site.asked(), [""; 0]);
}

#[tokio::test]
async fn a_redirect_is_a_request_of_its_own() {
    let world = World::new().await;
    let line = films(&world).await;
    let answer = line.raw(&request("GET", "http://films.example/to?url=http://other.example/", &[], "")).await;
    assert!(answer.contains("\r\nlocation: http://other.example/\r\n"), "{answer}");
    assert_eq!(line.get("http://other.example/").await.0, 403);
    assert_eq!(world.site.asked().len(), 1);
}

#[tokio::test]
async fn https_ends_at_the_proxy_under_the_hosts_name() {
    let world = World::new().await;
    let line = films(&world).await;
    let stream = line.tunnel("secure.example:443").await.unwrap();
    let stream = line.tls(stream, "secure.example").await.unwrap();
    let (status, body) =
        parsed(&said(stream, "GET /films/1 HTTP/1.1\r\nHost: secure.example\r\nConnection: close\r\n\r\n").await);
    assert_eq!((status, body.as_str()), (200, "<li>film 1</li>"));
    assert_eq!(only(&line.close().await).host, "secure.example");
}

#[tokio::test]
async fn programs_that_know_no_proxy_reach_the_same_hosts() {
    let world = World::new().await;
    let line = films(&world).await;
    let plain = line.connect("films.example:80", 10001).await;
    let answer = said(plain, "GET /films/1 HTTP/1.1\r\nHost: films.example\r\nConnection: close\r\n\r\n").await;
    assert_eq!(parsed(&answer), (200, "<li>film 1</li>".to_owned()));
    let stream = line.connect("secure.example:443", 10001).await;
    let stream = line.tls(stream, "secure.example").await.unwrap();
    let answer = said(stream, "GET /films/2 HTTP/1.0\r\n\r\n").await;
    assert_eq!(parsed(&answer), (200, "<li>film 2</li>".to_owned()));
    assert!(line.knows("films.example").await && line.knows("WWW.Films.Example").await);
    assert!(!line.knows("other.example").await && !line.knows("postgres").await);
    let facts = line.close().await;
    refused(&facts, "other.example", Refusal::NotAllowed);
    refused(&facts, "postgres", Refusal::NotHere);
}

#[tokio::test]
async fn nothing_is_a_tunnel() {
    let world = World::new().await;
    let line = films(&world).await;
    for port in [22, 25, 27017, 8080] {
        assert!(line.tunnel(&format!("films.example:{port}")).await.unwrap_err().contains(" 403 "), "{port}");
    }
    // A port that passes, and bytes that are no HTTP: they go nowhere.
    let stream = line.tunnel("films.example:443").await.unwrap();
    let answer = said(stream, "SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(world.site.asked(), [""; 0]);
}

#[tokio::test]
async fn names_that_lead_inside_are_refused_whatever_the_course_allows() {
    let world = World::new().await;
    let allow = json!({ "allow": ["*", "169.254.169.254", "[::1]:8080", "127.0.0.2", "[::ffff:127.0.0.2]"] });
    let line = line(&world, allow).await;
    let asked = [
        ("http://metadata.example/latest/meta-data/", "metadata.example", Refusal::Inside),
        ("http://inside.example/", "inside.example", Refusal::Inside),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254", Refusal::Inside),
        ("http://[::1]:8080/", "[::1]:8080", Refusal::Inside),
        ("http://127.0.0.2/", "127.0.0.2", Refusal::Inside),
        ("http://2130706434/", "127.0.0.2", Refusal::Inside),
        ("http://[::ffff:127.0.0.2]/", "[::ffff:7f00:2]", Refusal::Inside),
        // An address is no name: `*` does not mean it.
        ("http://10.0.0.1/", "10.0.0.1", Refusal::NotAllowed),
        ("http://[fd00:ec2::254]/", "[fd00:ec2::254]", Refusal::NotAllowed),
    ];
    for (url, _, _) in asked {
        assert_eq!(line.get(url).await.0, 403, "{url}");
    }
    let facts = line.close().await;
    for (_, host, why) in asked {
        refused(&facts, host, why);
    }
    assert_eq!(world.site.asked(), [""; 0]);
}

#[tokio::test]
async fn answers_come_as_they_read_and_within_bounds() {
    let world = World::new().await;
    let line =
        line(&world, json!({ "allow": ["films.example"], "answer_mib": 1, "seconds": 1, "per_second": 100 })).await;
    let plain = line.raw(&request("GET", "http://films.example/packed", &[("Accept-Encoding", "identity")], "")).await;
    assert!(parsed(&plain) == (200, "<li>unpacked</li>".to_owned()) && !plain.contains("content-encoding"), "{plain}");
    assert_eq!(line.get("http://films.example/chunked").await, (200, "<li>one</li><li>two</li>".to_owned()));
    for path in ["huge", "endless", "bomb", "never", "broken"] {
        assert_eq!(line.get(&format!("http://films.example/{path}")).await.0, 502, "{path}");
    }
    let (status, echo) = line.ask("POST", "http://films.example/echo", &[], "a=1").await;
    assert_eq!((status, echo.as_str()), (200, "a=1"));
    let large = "x".repeat((1 << 20) + 1);
    assert_eq!(line.ask("POST", "http://films.example/echo", &[], &large).await.0, 413);
    let facts = line.close().await;
    failed(&facts, "films.example", Failure::TooLarge);
    failed(&facts, "films.example", Failure::TimedOut);
    failed(&facts, "films.example", Failure::BrokeOff);
    refused(&facts, "films.example", Refusal::TooLarge);
    assert_eq!(facts.counts.failed, 5);
}

#[tokio::test]
async fn whose_doing_it_was_is_told_apart() {
    let world = World::new().await;
    let line = line(&world, json!({ "allow": ["*"], "per_second": 100 })).await;
    assert_eq!(line.get("http://closed.example/").await.0, 502);
    let stream = line.tunnel("wrong.example:443").await.unwrap();
    let stream = line.tls(stream, "wrong.example").await.unwrap();
    let answer = said(stream, "GET / HTTP/1.1\r\nHost: wrong.example\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 502 the host's certificate is not to be believed"), "{answer}");
    assert_eq!(line.get("http://films.example/status/503").await.0, 503, "what the host says is passed on");
    assert_eq!(line.get("http://films.example/status/404").await.0, 404);
    let facts = line.close().await;
    failed(&facts, "closed.example", Failure::Unreachable);
    failed(&facts, "wrong.example", Failure::Certificate);
    failed(&facts, "films.example", Failure::Status(503));
    assert_eq!(facts.failed_by_the_network().count(), 3, "{facts:#?}");
    assert_eq!((facts.counts.failed, facts.counts.passed), (2, 2));
}

#[tokio::test]
async fn only_requests_and_answers_pass() {
    let world = World::new().await;
    let line = films(&world).await;
    let upgrade = [("Upgrade", "websocket"), ("Sec-WebSocket-Key", "x"), ("Sec-WebSocket-Version", "13")];
    let (status, body) = line.ask("GET", "http://films.example/", &upgrade, "").await;
    assert_eq!(status, 501);
    assert!(body.contains("WebSocket"), "{body}");
    assert_eq!(line.ask("PUT", "http://films.example/", &[], "x").await.0, 405);
    assert_eq!(line.ask("TRACE", "http://films.example/", &[], "").await.0, 405);
    for target in ["/", "ftp://films.example/", "http://user:password@films.example/"] {
        assert_eq!(
            parsed(&line.raw(&request("GET", target, &[("Host", "films.example")], "")).await).0,
            400,
            "{target}"
        );
    }
    let facts = line.close().await;
    refused(&facts, "films.example", Refusal::Upgrade);
    refused(&facts, "films.example", Refusal::Method);
    assert_eq!(world.site.asked(), [""; 0]);
}

#[tokio::test]
async fn headers_of_the_connection_stay_behind_and_the_programs_own_pass() {
    let world = World::new().await;
    let line = films(&world).await;
    let headers = [
        ("User-Agent", "python-requests/2.31"),
        ("X-Api-Key", "mine"),
        ("Cookie", "a=b"),
        ("Proxy-Authorization", "Basic x"),
        ("X-Hop", "1"),
        ("Connection", "X-Hop"),
        ("Accept-Encoding", "br"),
    ];
    assert_eq!(line.ask("GET", "http://films.example/", &headers, "").await.0, 200);
    let got = world.site.last_headers();
    let value = |name: &str| got.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(value("user-agent").as_deref(), Some("python-requests/2.31"));
    assert_eq!((value("x-api-key").as_deref(), value("cookie").as_deref()), (Some("mine"), Some("a=b")));
    assert_eq!((value("proxy-authorization"), value("x-hop")), (None, None));
    assert_eq!((value("accept-encoding").as_deref(), value("host").as_deref()), (Some("gzip"), Some("films.example")));
}

#[tokio::test]
async fn a_run_asks_so_much_and_no_more() {
    let world = World::new().await;
    let few = line(&world, json!({ "allow": ["films.example"], "requests": 2 })).await;
    let mut answers = Vec::new();
    for number in 0..4 {
        answers.push(few.get(&format!("http://films.example/films/{number}")).await.0);
    }
    assert_eq!(answers, [200, 200, 429, 429]);
    refused(&few.close().await, "films.example", Refusal::UsedUp);
    assert_eq!(world.site.asked().len(), 2);

    let small = line(&world, json!({ "allow": ["films.example"], "run_mib": 4, "answer_mib": 8 })).await;
    assert_eq!(small.get("http://films.example/huge").await.0, 200);
    assert_eq!(small.get("http://films.example/huge").await.0, 502, "what is left is less than that");
    assert_eq!(small.get("http://films.example/").await.0, 200);
}

#[tokio::test]
async fn many_connections_at_once_are_served_in_turn() {
    let world = World::new().await;
    let line = line(&world, json!({ "allow": ["*"], "per_second": 1000 })).await;
    let line = &line;
    let asked = (0..200).map(|number| async move { line.get(&format!("http://films.example/films/{number}")).await.0 });
    let answers = futures::future::join_all(asked).await;
    assert_eq!(answers, vec![200; 200]);
}

#[tokio::test]
async fn hosts_are_asked_at_a_measured_pace_by_all_runs_together() {
    let world = World::new().await;
    let egress = world.egress(&rules(json!({ "allow": ["*"], "per_second": 4 })), None);
    let lines = [Line::open(&egress).await, Line::open(&egress).await];
    let started = Instant::now();
    let asked = (0..12).map(|number| {
        let line = &lines[number % 2];
        async move { line.get(&format!("http://films.example/films/{number}")).await.0 }
    });
    assert_eq!(futures::future::join_all(asked).await, [200; 12]);
    // The first four come at once; eight more at four a second.
    assert!(started.elapsed() >= Duration::from_millis(1900), "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_browser_asks_for_assets_and_programs_do_not() {
    let world = World::new().await;
    let line = line(&world, json!({ "assets": ["films.example"] })).await;
    let asset = request("GET", "http://films.example/", &[], "");
    assert_eq!(parsed(&line.raw_of_browser(&asset).await).0, 200);
    assert_eq!(parsed(&line.raw(&asset).await).0, 403);
    assert_eq!(parsed(&line.raw_of_browser(&request("POST", "http://films.example/echo", &[], "x")).await).0, 405);
    assert_eq!(parsed(&line.raw_of_browser(&request("GET", "http://other.example/", &[], "")).await).0, 403);
    assert!(!line.knows("films.example").await, "programs find no address");
    let facts = line.close().await;
    assert_eq!(facts.exchanges.iter().filter(|one| one.by == Asker::Browser).count(), 3);
    assert_eq!(facts.not_allowed().count(), 1, "what a page wants is not what the student's program asked");
}

#[tokio::test]
async fn a_session_ends_with_its_run_whatever_hangs() {
    let world = World::new().await;
    let line = films(&world).await;
    let hangs = line.connect("films.example:80", 10001).await;
    let mut never = line.proxy().await;
    tokio::io::AsyncWriteExt::write_all(&mut never, request("GET", "http://films.example/never", &[], "").as_bytes())
        .await
        .unwrap();
    while world.site.hits("GET /never") == 0 {
        tokio::task::yield_now().await;
    }
    let started = Instant::now();
    line.close().await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    drop((hangs, never));
}
