//! `GET /me/instant`, and webhooks that the page is for.

use forkgrade::github::app::App;
use forkgrade::github::webhook::sign;
use forkgrade::settings::Secret;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::github::Github;
use crate::support::logs;
use crate::support::site::{Site, Wanted};

async fn tell(site: &Site, secret: &str, delivery: &str, event: &str, body: &str) -> (StatusCode, String) {
    let request = site
        .visitor()
        .request(Method::POST, "/webhooks/github")
        .header("content-type", "application/json")
        .header("x-github-event", event)
        .header("x-github-delivery", delivery)
        .header("x-hub-signature-256", sign(&Secret::new(secret), body.as_bytes()).unwrap())
        .body(body.to_owned());
    let answer = site.visitor().send(request).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_fork_s_own_secret_speaks_of_that_fork_alone() {
    let site = Site::new().await;
    let own = site.fork(&[("amelie", "Amélie")]).await;
    let other = site.fork(&[("basile", "Basile")]).await;
    let page = site.student(own.students[0]).await.get("/me/instant").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, Some("no-store")));
    let secret = page.all("#hook-secret").remove(0);
    logs::secret(&secret);
    assert_eq!(page.all("code.copy")[0], site.url.join("webhooks/github").unwrap().as_str());
    let theirs = site.student(other.students[0]).await.get("/me/instant").await.all("#hook-secret").remove(0);
    assert_ne!(secret, theirs);

    let push = |repo: i64, head: &str| {
        let repository = json!({ "id": repo, "pushed_at": 1 });
        json!({ "ref": "refs/heads/main", "before": "0".repeat(40), "after": head, "repository": repository })
            .to_string()
    };
    let (first, second) = ("a".repeat(40), "b".repeat(40));
    let forged = tell(&site, &secret, "1", "push", &push(other.repo.0, &first)).await;
    assert_eq!(forged.0, StatusCode::UNAUTHORIZED);
    assert_eq!(
        tell(&site, &secret, "2", "ping", &json!({ "repository": { "id": own.repo } }).to_string()).await.1,
        "pong\n"
    );
    assert_eq!(tell(&site, &secret, "3", "push", &push(own.repo.0, &first)).await.1, "queued\n");
    // GitHub's own word would put this one before the first; its owner's does not.
    assert_eq!(tell(&site, &secret, "4", "push", &push(own.repo.0, &second)).await.1, "queued\n");
    let news = json!({ "repository": { "id": own.repo }, "action": "added" }).to_string();
    assert_eq!(tell(&site, &secret, "5", "member", &news).await.1, "nothing to do\n");
    let heads: Vec<String> =
        sqlx::query_scalar("select commit_sha from submission where fork_id = $1 order by received_at, id")
            .bind(own.fork.0)
            .fetch_all(&site.database.pool)
            .await
            .unwrap();
    assert_eq!(heads, [first, second]);
    assert_eq!(site.count("select count(*) from submission").await, 2);
}

#[tokio::test]
async fn the_app_is_offered_where_there_is_one_and_nothing_where_there_is_neither() {
    let github = Github::start().await;
    let app = App::new(&github.apps.register(), &github.settings(None)).unwrap();
    let site = Site::with(Wanted { github_app: Some(app), secrets: Vec::new(), ..Wanted::default() }).await;
    let own = site.fork(&[("amelie", "Amélie")]).await;
    let page = site.student(own.students[0]).await.get("/me/instant").await;
    assert!(page.body.contains("https://github.example/apps/forkgrade/installations/new"), "{}", page.body);
    assert!(page.all("#hook-secret").is_empty(), "no secret: no webhook");

    let site = Site::with(Wanted { secrets: Vec::new(), ..Wanted::default() }).await;
    let own = site.fork(&[("amelie", "Amélie")]).await;
    let page = site.student(own.students[0]).await.get("/me/instant?lang=en").await;
    assert_eq!(page.all("h2"), ["Do nothing"]);
}
