//! Every route, asked by everybody: each cell is asserted, and a route without a row here fails.

use std::collections::BTreeSet;

use forkgrade::github::ClientSettings;
use reqwest::Method;

use crate::support::accounts::oauth_app;
use crate::support::class::Member;
use crate::support::observed;
use crate::support::site::{Site, Visitor, Wanted};

/// Who asks, in the order of the columns.
const PEOPLE: [&str; 5] = ["nobody", "student", "other student", "teacher of another course", "teacher"];

/// One route, and the status that each of `PEOPLE` gets.
struct Row {
    method: &'static str,
    path: &'static str,
    /// The address that is asked for, about the student's own fork.
    ask: String,
    answers: [u16; 5],
}

fn row(method: &'static str, path: &'static str, ask: impl Into<String>, answers: [u16; 5]) -> Row {
    Row { method, path, ask: ask.into(), answers }
}

fn rows(own: &Member, facts: &str, picture: &str) -> Vec<Row> {
    let (fork, student) = (own.fork, own.students[0]);
    vec![
        row("GET", "/", "/", [200, 303, 303, 200, 303]),
        row("GET", "/t/{token}", "/t/0000", [410, 410, 410, 410, 410]),
        row("GET", "/s/{token}", "/s/0000", [410, 410, 410, 410, 410]),
        row("GET", "/signin/github", "/signin/github", [303, 303, 303, 303, 303]),
        row("GET", "/signin/github/callback", "/signin/github/callback?code=0&state=0", [400, 400, 400, 400, 400]),
        row("GET", "/static/{*name}", "/static/app.css", [200, 200, 200, 200, 200]),
        row("GET", "/healthz", "/healthz", [200, 200, 200, 200, 200]),
        row("GET", "/readyz", "/readyz", [200, 200, 200, 200, 200]),
        row("GET", "/forks", "/forks", [401, 403, 403, 401, 200]),
        row("GET", "/forks/{fork}", format!("/forks/{fork}"), [401, 403, 403, 401, 200]),
        row("POST", "/forks/{fork}/runs", format!("/forks/{fork}/runs"), [401, 403, 403, 401, 303]),
        // Forms without their fields: who may send one is decided before.
        row("POST", "/forks/{fork}/overrides", format!("/forks/{fork}/overrides"), [401, 403, 403, 401, 415]),
        row("POST", "/forks/{fork}/overrides/undo", format!("/forks/{fork}/overrides/undo"), [401, 403, 403, 401, 415]),
        row(
            "POST",
            "/students/{student}/extension",
            format!("/students/{student}/extension"),
            [401, 403, 403, 401, 415],
        ),
        row(
            "POST",
            "/students/{student}/extension/remove",
            format!("/students/{student}/extension/remove"),
            [401, 403, 403, 401, 415],
        ),
        row("GET", "/gallery", "/gallery", [401, 403, 403, 401, 200]),
        row("GET", "/screenshots/{address}", format!("/screenshots/{picture}"), [401, 403, 403, 401, 200]),
        row(
            "GET",
            "/me/screenshots/{address}",
            format!("/me/screenshots/{picture}?fork={fork}"),
            [401, 200, 404, 401, 403],
        ),
        row("GET", "/similarity", "/similarity", [401, 403, 403, 401, 200]),
        row("GET", "/similarity/{left}/{right}", "/similarity/1/2", [401, 403, 403, 401, 404]),
        row("GET", "/recordings", "/recordings", [401, 403, 403, 401, 200]),
        row("GET", "/recordings/{recording}", "/recordings/1", [401, 403, 403, 401, 404]),
        row("POST", "/recordings/forget", "/recordings/forget", [401, 403, 403, 401, 415]),
        row("GET", "/facts/{address}", format!("/facts/{facts}"), [401, 403, 403, 401, 200]),
        row("POST", "/publication", "/publication", [401, 403, 403, 401, 303]),
        row("GET", "/audit", "/audit", [401, 403, 403, 401, 200]),
        row("GET", "/audit.csv", "/audit.csv", [401, 403, 403, 401, 200]),
        row("GET", "/me", format!("/me?fork={fork}"), [401, 200, 404, 401, 403]),
        row("GET", "/me/instant", format!("/me/instant?fork={fork}"), [401, 200, 404, 401, 403]),
        row("GET", "/events", "/events", [401, 200, 200, 401, 200]),
        // Nothing of this class was fetched: what is there to see is told in `files.rs`.
        row("GET", "/submissions/{submission}/files/{*path}", "/submissions/1/files/a.png", [401, 404, 404, 401, 404]),
        row("POST", "/webhooks/github", "/webhooks/github", [401, 401, 401, 401, 401]),
        row("GET", "/roster", "/roster", [401, 403, 403, 401, 200]),
        // A form without its file: who may send one is decided before.
        row("POST", "/roster", "/roster", [401, 403, 403, 401, 400]),
        row("POST", "/roster/import", "/roster/import", [401, 403, 403, 401, 415]),
        row("POST", "/roster/attach", "/roster/attach", [401, 403, 403, 401, 415]),
        row("POST", "/roster/detach", "/roster/detach", [401, 403, 403, 401, 415]),
        row("POST", "/roster/login", "/roster/login", [401, 403, 403, 401, 415]),
        row("GET", "/roster.csv", "/roster.csv", [401, 403, 403, 401, 200]),
        // Nobody of this class is on a list.
        row("POST", "/students/{student}/unlist", format!("/students/{student}/unlist"), [401, 403, 403, 401, 404]),
        row("GET", "/rubric", "/rubric", [401, 403, 403, 401, 200]),
        row("POST", "/rubric", "/rubric", [401, 403, 403, 401, 415]),
        row("POST", "/rubric/apply", "/rubric/apply", [401, 403, 403, 401, 415]),
        row("GET", "/rubric.toml", "/rubric.toml", [401, 403, 403, 401, 200]),
        row("GET", "/rubric/versions/{version}", "/rubric/versions/1", [401, 403, 403, 401, 200]),
        row("GET", "/reruns", "/reruns", [401, 403, 403, 401, 200]),
        row("POST", "/reruns", "/reruns", [401, 403, 403, 401, 415]),
        row("POST", "/links", "/links", [401, 403, 403, 401, 200]),
        row("POST", "/students/{student}/link", format!("/students/{student}/link"), [401, 403, 403, 401, 200]),
        row(
            "POST",
            "/students/{student}/link/revoke",
            format!("/students/{student}/link/revoke"),
            [401, 403, 403, 401, 415],
        ),
        row("POST", "/sign-out/everywhere", "/sign-out/everywhere", [303, 303, 303, 303, 303]),
        row("POST", "/sign-out", "/sign-out", [303, 303, 303, 303, 303]),
    ]
}

#[tokio::test]
async fn everybody_gets_what_is_theirs() {
    // Signing in is answered only where there is an OAuth app; nothing of this walk comes to GitHub.
    let nowhere: url::Url = "http://127.0.0.1:9".parse().unwrap();
    let settings = ClientSettings {
        api_url: nowhere.clone(),
        github_url: Some(nowhere),
        token: None,
        network: forkgrade::settings::Network::default(),
    };
    let site = Site::with(Wanted { github: Some((oauth_app(), settings)), ..Wanted::default() }).await;
    let own = site.graded_fork(&[("amelie", "Amélie")]).await;
    let other = site.graded_fork(&[("basile", "Basile")]).await;
    let facts: String = sqlx::query_scalar("select execution from score order by id limit 1")
        .fetch_one(&site.database.pool)
        .await
        .unwrap();
    let picture = &observed::pictures()[0];
    for row in rows(&own, &facts, picture.address.as_str()) {
        // Anew for each row: some of them end sessions.
        let people = [
            site.visitor(),
            site.student(own.students[0]).await,
            site.student(other.students[0]).await,
            teacher_of_another_course(&site).await,
            site.teacher().await,
        ];
        for ((who, person), wanted) in PEOPLE.iter().zip(&people).zip(row.answers) {
            let status = ask(person, &row).await;
            assert_eq!(status, wanted, "{} {} asked by {who}", row.method, row.ask);
        }
    }
}

#[tokio::test]
async fn every_route_has_a_row() {
    let nobody = Member {
        fork: forkgrade::domain::ids::ForkId(1),
        repo: forkgrade::domain::ids::RepoId(1),
        students: vec![forkgrade::domain::ids::StudentId(1)],
    };
    let tested: BTreeSet<_> = rows(&nobody, "", "").iter().map(|row| (row.method, row.path)).collect();
    let served: BTreeSet<_> = forkgrade::web::routes().into_iter().collect();
    assert_eq!(tested, served);
}

/// The status alone: an event stream has no end.
async fn ask(person: &Visitor, row: &Row) -> u16 {
    let method: Method = row.method.parse().unwrap();
    let mut request =
        person.request(method, &row.ask).header("accept", "text/html").header("sec-fetch-site", "same-origin");
    if row.path == "/publication" {
        request = request.header("content-type", "application/x-www-form-urlencoded").body("published=true");
    }
    request.send().await.unwrap().status().as_u16()
}

/// A session of the same database, valid in a course that this server does not serve.
async fn teacher_of_another_course(site: &Site) -> Visitor {
    let visitor = site.visitor();
    let token = forkgrade::random::token();
    let other: i64 = sqlx::query_scalar(
        "insert into course (slug, title, upstream, config, rubric_hash) values ('other', 'Other', 'a/b', '{}', '')
         on conflict (slug) do update set title = 'Other' returning id",
    )
    .fetch_one(&site.database.pool)
    .await
    .unwrap();
    sqlx::query("insert into session values ($1, $2, null, $3, $3 + interval '1 day')")
        .bind(forkgrade::random::token_hash(&token))
        .bind(other)
        .bind(site.clock.now())
        .execute(&site.database.pool)
        .await
        .unwrap();
    visitor.remember("forkgrade", &token);
    visitor
}
