//! Requests that are one thing to one reader and another to the next: the host gets one meaning, or nothing.

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::support::pod_end::{Line, parsed, said};
use crate::support::world::{World, rules};

async fn films(world: &World) -> Line {
    Line::open(&world.egress(&rules(json!({ "allow": ["films.example", "secure.example"], "per_second": 100 })), None))
        .await
}

#[tokio::test]
async fn no_second_request_hides_in_the_first() {
    let world = World::new().await;
    let line = films(&world).await;
    let post = "POST http://films.example/echo HTTP/1.1\r\nHost: films.example\r\n";
    let hidden = "GET /hidden HTTP/1.1\r\nHost: films.example\r\n\r\n";
    let tricks = [
        format!("{post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{post}Transfer-Encoding: chunked\r\nContent-Length: {}\r\n\r\n0\r\n\r\n{hidden}", hidden.len() + 5),
        format!("{post}Content-Length: 0\r\nContent-Length: {}\r\n\r\n{hidden}", hidden.len()),
        format!("{post}Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n{hidden}"),
        format!("{post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{post}Content-Length: +0\r\n\r\n{hidden}"),
        format!("{post}Content-Length: 0\r\nX: a\r\n\tContent-Length: 9\r\n\r\n{hidden}"),
        format!("{post}X: \rContent-Length: 0\r\n\r\n{hidden}"),
        format!(
            "GET http://films.example/ HTTP/1.1\r\nHost: films.example\r\nContent-Length: {}\r\n\r\n{hidden}",
            hidden.len()
        ),
        format!("GET http://films.example/%0d%0aHost:%20other/ HTTP/1.1\r\nHost: films.example\r\n\r\n{hidden}"),
    ];
    for trick in &tricks {
        let mut stream = line.proxy().await;
        stream.write_all(trick.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        said(stream, "").await;
    }
    let asked = world.site.asked();
    assert!(asked.iter().all(|asked| !asked.contains("hidden")), "{asked:#?}");
}

#[tokio::test]
async fn a_proxied_request_goes_where_its_address_says_and_tells_the_host_so() {
    let world = World::new().await;
    let line = films(&world).await;
    let answer =
        line.raw("GET http://films.example/ HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n").await;
    assert_eq!(parsed(&answer).0, 200);
    assert_eq!(world.site.last_headers()["host"], "films.example");
    let answer =
        line.raw("GET http://other.example/ HTTP/1.1\r\nHost: films.example\r\nConnection: close\r\n\r\n").await;
    assert_eq!(parsed(&answer).0, 403);
}

#[tokio::test]
async fn tunnel_certificate_and_request_name_one_host() {
    let world = World::new().await;
    let line = films(&world).await;
    let stream = line.tunnel("films.example:443").await.unwrap();
    assert!(line.tls(stream, "secure.example").await.is_err(), "no certificate for another name than the tunnel's");
    for head in [
        "GET / HTTP/1.1\r\nHost: other.example",
        "GET / HTTP/1.1\r\nHost: films.example",
        "GET / HTTP/1.1\r\nHost: secure.example:8443",
        "GET / HTTP/1.1\r\nHost: secure.example\r\nHost: other.example",
        "GET / HTTP/1.1\r\nHost: secure.example@other.example",
        "GET https://other.example/ HTTP/1.1\r\nHost: secure.example",
        "GET http://secure.example/ HTTP/1.1\r\nHost: secure.example",
    ] {
        let stream = line.tunnel("secure.example:443").await.unwrap();
        let stream = line.tls(stream, "secure.example").await.unwrap();
        let answer = said(stream, &format!("{head}\r\nConnection: close\r\n\r\n")).await;
        assert!([421, 400].contains(&parsed(&answer).0), "{head}: {answer}");
    }
    let plain = line.connect("films.example:80", 10001).await;
    let answer = said(plain, "GET / HTTP/1.1\r\nHost: secure.example\r\nConnection: close\r\n\r\n").await;
    assert_eq!(parsed(&answer).0, 421);
    assert_eq!(world.site.asked(), [""; 0]);
}

#[tokio::test]
async fn what_is_no_request_is_answered_or_dropped_and_harms_nobody() {
    let world = World::new().await;
    let line = films(&world).await;
    let long = format!("GET http://films.example/ HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let many = format!("GET http://films.example/ HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(500));
    for bytes in [
        "\u{16}\u{3}\u{1}",
        "\0\0\0\0",
        "GET\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT films.example HTTP/1.1\r\n\r\n",
        &long,
        &many,
    ] {
        let mut stream = line.proxy().await;
        // It may hang up before it has heard everything.
        let _ = stream.write_all(bytes.as_bytes()).await;
        let _ = stream.shutdown().await;
        let status = parsed(&said(stream, "").await).0;
        assert!([0, 400, 414, 431].contains(&status), "{bytes:.40}: {status}");
    }
    assert_eq!(line.get("http://films.example/").await.0, 200, "the proxy goes on");
}
