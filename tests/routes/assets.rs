//! `GET /static/{*name}`

use reqwest::{Method, StatusCode};

use crate::support::site::Site;

#[tokio::test]
async fn files_are_cached_by_their_content() {
    let site = Site::new().await;
    let visitor = site.visitor();
    let page = visitor.get("/").await;
    let address = page.body.split('"').find(|part| part.starts_with("/static/app.css?v=")).expect("a style").to_owned();
    let style = visitor.get(&address).await;
    assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    let tag = style.header("etag").unwrap().to_owned();
    let again = visitor.send(visitor.request(Method::GET, "/static/app.css").header("if-none-match", tag)).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let font = visitor.get("/static/fonts/source-sans-3.woff2").await;
    assert_eq!(font.header("content-type"), Some("font/woff2"));
}

#[tokio::test]
async fn nothing_outside_is_served() {
    let site = Site::new().await;
    for path in ["/static/nothing.css", "/static/..%2fCargo.toml", "/static/%2e%2e/Cargo.toml", "/static/"] {
        assert_eq!(site.visitor().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn pages_travel_compressed() {
    let site = Site::new().await;
    let visitor = site.visitor();
    let plain = visitor.request(Method::GET, "/static/app.css").header("accept-encoding", "gzip");
    // The client takes the compression off, and its header with it.
    let answer = visitor.send(plain).await;
    assert!(answer.header("vary").is_some_and(|vary| vary.contains("accept-encoding")), "{:?}", answer.headers);
}
