//! Pictures of a submission: what is served, what is not, and to whom.

use forkgrade::domain::CommitSha;
use forkgrade::domain::ids::{RepoId, SubmissionId};
use reqwest::StatusCode;

use crate::support::class::Member;
use crate::support::git::{Author, Line, NOON, noise};
use crate::support::github::{Github, UPSTREAM};
use crate::support::site::{Site, Visitor};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnothing that is drawn";
const SVG: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";

/// A fork of the class whose repository was fetched, and its submission.
struct Handed {
    member: Member,
    submission: SubmissionId,
    commit: CommitSha,
}

/// The fork's files as they are pushed, fetched and graded.
async fn handed(site: &Site, github: &Github, login: &str, files: &[(&str, &[u8])]) -> Handed {
    let member = site.graded_fork(&[(login, login)]).await;
    let commit = github.fork(UPSTREAM, login).commit("main", files);
    take_in(site, github, login, member, commit).await
}

async fn take_in(site: &Site, github: &Github, login: &str, member: Member, commit: CommitSha) -> Handed {
    let url = github.clone_url(&format!("{login}/course"));
    site.mirror.fetch_fork(member.repo, &url, "main").await.expect("the fork comes");
    let submission: i64 = sqlx::query_scalar("update submission set commit_sha = $2 where fork_id = $1 returning id")
        .bind(member.fork.0)
        .bind(commit.as_str())
        .fetch_one(&site.database.pool)
        .await
        .unwrap();
    Handed { member, submission: SubmissionId(submission), commit }
}

fn address(submission: SubmissionId, path: &str) -> String {
    format!("/submissions/{submission}/files/{path}")
}

#[tokio::test]
async fn a_picture_is_served_to_its_student_and_to_teachers() {
    let (site, github) = (Site::new().await, Github::start().await);
    let own =
        handed(&site, &github, "lina", &[("6Evaluation/Projet/img/page d'accueil é.png", PNG), ("logo.svg", SVG)])
            .await;
    let other = handed(&site, &github, "tom", &[("a.png", PNG)]).await;
    let picture = address(own.submission, "6Evaluation/Projet/img/page%20d%27accueil%20%C3%A9.png");
    let (student, stranger) =
        (site.student(own.member.students[0]).await, site.student(other.member.students[0]).await);
    for visitor in [&student, &site.teacher().await] {
        let answer = visitor.get(&picture).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, Some("image/png")));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'; style-src 'self'"));
    }
    assert_eq!(stranger.get(&picture).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.visitor().get(&picture).await.status, StatusCode::UNAUTHORIZED);

    // Named with its own id it never changes, and is not sent twice.
    let tag = student.get(&picture).await.header("etag").unwrap().to_owned();
    let versioned = format!("{picture}?v={}", tag.trim_matches('"'));
    assert_eq!(student.get(&versioned).await.header("cache-control"), Some("private, max-age=31536000, immutable"));
    let again = student.request(reqwest::Method::GET, &versioned).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let refused =
        stranger.request(reqwest::Method::GET, &versioned).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::NOT_FOUND, "not even that it is the same");

    // A drawing is a document: without rights, and saved where it is opened by itself.
    let drawing = student.get(&address(own.submission, "logo.svg")).await;
    assert_eq!((drawing.status, drawing.header("content-type")), (StatusCode::OK, Some("image/svg+xml")));
    let policy = drawing.header("content-security-policy").unwrap();
    assert!(
        policy.contains("sandbox") && policy.starts_with("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    assert_eq!(drawing.header("content-disposition"), Some("attachment"));
}

async fn refused(visitor: &Visitor, submission: SubmissionId, path: &str) {
    let answer = visitor.get(&address(submission, path)).await;
    assert!(matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{path}: {}", answer.status);
}

#[tokio::test]
async fn nothing_but_pictures_of_the_commit_is_served() {
    let (site, github) = (Site::new().await, Github::start().await);
    let secret = handed(&site, &github, "tom", &[("secret.png", b"\x89PNG\r\n\x1a\ntom's own")]).await;
    let member = site.graded_fork(&[("lina", "Lina")]).await;
    let fork = github.fork(UPSTREAM, "lina");
    let (link, picture) = (fork.blob(b"../../../../etc/passwd"), fork.blob(PNG));
    let huge = fork.blob(&[PNG, &noise(6 << 20, 3)].concat());
    let page = fork.blob(b"<html><script>alert(1)</script></html>");
    let inner = fork.tree(&[Line { mode: "100644", name: b"a.png", id: picture }]);
    let nested = fork.commit("main", &[("x", b"x")]);
    let root = fork.tree(&[
        Line { mode: "40000", name: b"folder", id: inner },
        Line { mode: "100644", name: b"huge.png", id: huge },
        Line { mode: "120000", name: b"link.png", id: link },
        Line { mode: "160000", name: b"nested", id: crate::support::git::oid(&nested) },
        Line { mode: "100644", name: b"page.png", id: page },
    ]);
    let commit = fork.commit_tree(
        Author { name: "Lina", at: NOON, trailer: "" },
        "main",
        root,
        &[crate::support::git::oid(&nested)],
    );
    let own = take_in(&site, &github, "lina", member, commit).await;
    let student = site.student(own.member.students[0]).await;
    assert_eq!(student.get(&address(own.submission, "folder/a.png")).await.status, StatusCode::OK);
    for path in [
        "link.png",
        "huge.png",
        "page.png",
        "folder",
        "folder/",
        "nested",
        "nested/a.png",
        "nothing.png",
        "folder%2F..%2Ffolder%2Fa.png",
        "folder%2F..%2F..%2Fa.png",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "/etc/passwd",
        "folder//a.png",
        "folder%5Ca.png",
        "folder%00/a.png",
        ".git/config",
        // Objects of the shared mirror by their ids: of the other fork, and of this one.
        &secret.commit.to_string(),
        &format!("{}:secret.png", secret.commit),
        &format!("{picture}"),
        "secret.png",
    ] {
        refused(&student, own.submission, path).await;
    }
    // Another fork's submission, by its number.
    refused(&student, secret.submission, "secret.png").await;
    for nonsense in ["0", "-1", "999999", "x", "1e9", "99999999999999999999"] {
        let answer = student.get(&format!("/submissions/{nonsense}/files/folder/a.png")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nonsense}");
    }
}

#[tokio::test]
async fn a_commit_of_somebody_elses_fork_shows_nothing() {
    let (site, github) = (Site::new().await, Github::start().await);
    let victim = handed(&site, &github, "tom", &[("secret.png", PNG)]).await;
    let own = handed(&site, &github, "lina", &[("a.png", PNG)]).await;
    // Whoever tells of a push names whatever commit they like.
    sqlx::query("update submission set commit_sha = $2 where id = $1")
        .bind(own.submission.0)
        .bind(victim.commit.as_str())
        .execute(&site.database.pool)
        .await
        .unwrap();
    refused(&site.student(own.member.students[0]).await, own.submission, "secret.png").await;
    refused(&site.teacher().await, own.submission, "secret.png").await;
}

/// The submission's project lies in a repository of its own, under this name.
async fn in_a_repository(site: &Site, github: &Github, own: &Handed, named: &str) {
    let commit = github.repo(named).head("main");
    let url = github.clone_url(named);
    site.mirror.fetch_project(RepoId(77), &url, "main").await.expect("the project comes");
    sqlx::query("update submission set project_commit = $2 where id = $1")
        .bind(own.submission.0)
        .bind(commit.as_str())
        .execute(&site.database.pool)
        .await
        .unwrap();
    // Facts never change: a new document takes the place of the old one.
    sqlx::query(
        "with named as (
             insert into facts select md5(random()::text) || md5(random()::text), kind, key, version,
                 jsonb_set(document::jsonb, '{project,separate_repository}', to_jsonb($2::text)), created_at
             from facts where address = (select inspection from score where submission_id = $1 and current) returning address)
         update score set inspection = (select address from named) where submission_id = $1 and current",
    )
    .bind(own.submission.0)
    .bind(named)
    .execute(&site.database.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_project_of_its_own_is_shown_where_it_is_the_students_own() {
    let (site, github) = (Site::new().await, Github::start().await);
    let own = handed(&site, &github, "lina", &[("a.png", PNG)]).await;
    for name in ["lina/projet", "tom/prive"] {
        github.create(name).commit("main", &[("img/b.png", PNG)]);
    }
    let (student, teacher) = (site.student(own.member.students[0]).await, site.teacher().await);
    in_a_repository(&site, &github, &own, "lina/projet").await;
    for visitor in [&student, &teacher] {
        assert_eq!(visitor.get(&address(own.submission, "img/b.png")).await.status, StatusCode::OK);
    }
    // Naming another student's private project does not show it.
    in_a_repository(&site, &github, &own, "tom/prive").await;
    assert_eq!(teacher.get(&address(own.submission, "img/b.png")).await.status, StatusCode::OK);
    refused(&student, own.submission, "img/b.png").await;
}
