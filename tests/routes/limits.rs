//! How much, how long and how often: what a connection, an address and a person may ask.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::site::{Answer, Site, Visitor, Wanted};

/// Asks until it is refused, and says how often it was answered.
async fn until_refused(visitor: &Visitor, path: &str, at_most: usize) -> (usize, Answer) {
    for answered in 0..at_most {
        let answer = visitor.get(path).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return (answered, answer);
        }
    }
    panic!("{at_most} requests for {path} were answered");
}

#[tokio::test]
async fn a_stranger_who_tries_links_is_told_when_to_come_back() {
    let site = Site::new().await;
    let lina = site.rostered("lina", "Lina").await;
    let stranger = site.visitor();
    let (answered, refusal) = until_refused(&stranger, "/s/0123456789abcdef?lang=en", 2_000).await;
    assert!(answered >= 300, "a class behind one address gets in: {answered}");
    let wait: u64 = refusal.header("retry-after").expect("when").parse().expect("whole seconds");
    assert!((1..=5).contains(&wait), "{wait}");
    assert!(refusal.text().contains("A moment, please"), "{}", refusal.text());
    // Whoever is signed in already has requests of their own, at the same address.
    let link = site.student_link(lina).await;
    tokio::time::sleep(Duration::from_secs(wait)).await;
    let student = site.visitor();
    assert_eq!(student.get(&link).await.status, StatusCode::SEE_OTHER, "after that long, it is answered");
    until_refused(&stranger, "/s/0123456789abcdef", 2_000).await;
    assert_eq!(student.get("/me").await.status, StatusCode::OK);
    // What costs nothing, and what a load balancer asks, is never refused.
    assert_eq!(stranger.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_person_asks_for_themselves() {
    let site = Site::new().await;
    let (lina, noah) = (site.rostered("lina", "Lina").await, site.rostered("noah", "Noah").await);
    let (greedy, other) = (site.student(lina).await, site.student(noah).await);
    let (answered, refusal) = until_refused(&greedy, "/me?fork=0", 2_000).await;
    assert!(answered >= 200, "{answered}");
    assert!(refusal.header("retry-after").is_some());
    // Another browser of the same person is the same person.
    let link = site.student_link(lina).await;
    let again = site.visitor();
    again.get(&link).await;
    // Requests come back while a slow machine signs in; a person of its own would have two hundred.
    let (answered, refusal) = until_refused(&again, "/me", 2_000).await;
    assert_eq!(refusal.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answered < 100, "{answered}");
    assert_eq!(other.get("/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn webhooks_that_nobody_signed_are_slowed_and_signed_ones_never() {
    let site = Site::new().await;
    let visitor = site.visitor();
    let deliver = async |number: usize, signature: String| {
        let request = visitor
            .request(Method::POST, "/webhooks/github")
            .header("content-type", "application/json")
            .header("x-github-event", "ping")
            .header("x-github-delivery", number.to_string())
            .header("x-hub-signature-256", signature);
        visitor.send(request.body("{}")).await.status
    };
    let mut forged = 0;
    while deliver(forged, format!("sha256={}", "0".repeat(64))).await == StatusCode::UNAUTHORIZED {
        forged += 1;
        assert!(forged < 2_000, "forged deliveries go on for ever");
    }
    for number in 0..50 {
        let signature = super::webhooks::sign(crate::support::site::WEBHOOK_SECRET, b"{}");
        assert_eq!(deliver(10_000 + number, signature).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn only_a_configured_proxy_says_who_asks() {
    let proxied = Wanted { proxies: vec!["127.0.0.1/32".parse().unwrap()], ..Wanted::default() };
    for (site, believed) in [(Site::new().await, false), (Site::with(proxied).await, true)] {
        let visitor = site.visitor();
        let ask = async |address: &str| {
            let request = visitor.request(Method::GET, "/s/0123456789abcdef").header("x-forwarded-for", address);
            visitor.send(request).await.status
        };
        while ask("203.0.113.1").await != StatusCode::TOO_MANY_REQUESTS {}
        // A slow machine earns a request back now and then: ten strangers do not each have theirs by that.
        let mut refused = 0;
        for number in 2..12 {
            refused += usize::from(ask(&format!("203.0.113.{number}")).await == StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(refused == 0, believed, "believed: {believed}, refused: {refused}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_ours_is_not_answered() {
    let wanted = Wanted { public_url: Some("https://grades.example.org".parse().unwrap()), ..Wanted::default() };
    let site = Site::with(wanted).await;
    let visitor = site.visitor();
    let ask = async |host: &str, path: &str| {
        visitor.send(visitor.request(Method::GET, path).header("host", host).header("accept", "text/html")).await
    };
    assert_eq!(ask("grades.example.org", "/").await.status, StatusCode::OK);
    let refused = ask("rebound.example.net", "/").await;
    assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(refused.text().contains("FORKGRADE_PUBLIC_URL"), "{}", refused.text());
    assert_eq!(ask("10-0-0-7.balancer.internal", "/healthz").await.status, StatusCode::OK);
    let hsts = ask("grades.example.org", "/").await;
    assert_eq!(hsts.header("strict-transport-security"), Some("max-age=31536000"));
}

fn address(site: &Site) -> SocketAddr {
    site.url.socket_addrs(|| None).expect("an address")[0]
}

/// What the server says to raw bytes, until it closes.
async fn raw(site: &Site, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address(site)).await.unwrap();
    // It may hang up in the middle.
    let _ = stream.write_all(request).await;
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn headers_are_bounded_in_number_and_size() {
    let site = Site::new().await;
    let get = |headers: &str| format!("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{headers}\r\n");
    assert!(raw(&site, get("").as_bytes()).await.starts_with("HTTP/1.1 200"));
    for headers in ["x: y\r\n".repeat(200), format!("x: {}\r\n", "y".repeat(64 * 1024))] {
        let answer = raw(&site, get(&headers).as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{}", answer.lines().next().unwrap_or("nothing"));
    }
    assert!(
        raw(&site, b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await.starts_with("HTTP/1.1 421"),
        "no host at all"
    );
}

#[tokio::test]
async fn a_connection_that_dawdles_is_closed_and_others_are_served_meanwhile() {
    let site = Site::new().await;
    let begun = std::time::Instant::now();
    let slow = raw(&site, b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ");
    let meanwhile = async { site.visitor().get("/").await.status };
    let (said, status) = tokio::join!(slow, meanwhile);
    assert_eq!(status, StatusCode::OK);
    assert!(!said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
}
