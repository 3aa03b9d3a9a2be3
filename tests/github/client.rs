//! What is asked of GitHub, and what is read of its answers.

use chrono::{DateTime, Utc};
use forkgrade::domain::ids::RepoId;
use forkgrade::github::{Client, ClientSettings, GithubError, forks_of};
use url::Url;

use crate::support::github::{Fault, Github, UPSTREAM};

#[tokio::test]
async fn two_hundred_and_fifty_forks_take_three_requests() {
    let github = Github::start().await;
    let mut expected: Vec<i64> =
        (0..253).map(|number| github.register(&format!("student{number}/course"), Some(UPSTREAM))).collect();
    let forks = forks_of(&github.client().forks(UPSTREAM, &[]).await.unwrap());
    let mut found: Vec<i64> = forks.iter().map(|fork| fork.id.0).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(github.server.counts().api, 3);
}

#[tokio::test]
async fn exactly_full_pages_end_without_an_empty_one() {
    let github = Github::start().await;
    for number in 0..200 {
        github.register(&format!("student{number}/course"), Some(UPSTREAM));
    }
    assert_eq!(forks_of(&github.client().forks(UPSTREAM, &[]).await.unwrap()).len(), 200);
    assert_eq!(github.server.counts().api, 2);
}

#[tokio::test]
async fn a_repository_is_read_with_all_that_a_sweep_needs() {
    let github = Github::start().await;
    let id = github.register("Lina/course", Some(UPSTREAM));
    github.register("tom/course", Some("Lina/course"));
    github.server.update("lina/course", |repository| {
        repository.archived = true;
        repository.default_branch = "rendu".to_owned();
    });
    let fork = github.client().repository("lina/COURSE").await.unwrap();
    assert_eq!((fork.id, fork.full_name.as_str(), fork.owner.as_str()), (RepoId(id), "Lina/course", "Lina"));
    assert_eq!(fork.clone_url, github.clone_url("Lina/course"));
    assert_eq!((fork.default_branch.as_str(), fork.forks_count), ("rendu", 1));
    assert!(fork.archived && !fork.disabled && !fork.private);
    assert_eq!(fork.pushed_at, Some(crate::support::github::noon()));
    assert_eq!(github.client().repository_by_id(RepoId(id)).await.unwrap(), fork);
}

#[tokio::test]
async fn a_renamed_repository_is_found_under_its_old_name() {
    let github = Github::start().await;
    let id = github.register("lina/course", Some(UPSTREAM));
    let location = format!("{}/repositories/{id}", github.server.url());
    let moved = Fault::Answer { status: 301, headers: vec![("location", location)], body: "{}".to_owned() };
    github.fail("/repos/lina/old-name", 1, moved);
    let found = github.client_with(Some("ghp_verysecret")).repository("lina/old-name").await.unwrap();
    assert_eq!((found.id, found.full_name.as_str()), (RepoId(id), "lina/course"));
    let (_, headers) = &github.asked("/repositories/")[0];
    assert!(headers.contains_key("authorization"), "on the same host the token goes along");
}

#[tokio::test]
async fn the_token_does_not_follow_to_another_host() {
    let ours = Github::start().await;
    let theirs = Github::start().await;
    let location = format!("{}/repos/{UPSTREAM}", theirs.server.url());
    let moved = Fault::Answer { status: 301, headers: vec![("location", location)], body: "{}".to_owned() };
    ours.fail(&format!("/repos/{UPSTREAM}"), 1, moved);
    let _ = ours.client_with(Some("ghp_verysecret")).repository(UPSTREAM).await;
    let leaked = theirs.asked("").iter().any(|(_, headers)| headers.contains_key("authorization"));
    assert!(!leaked, "{:?}", theirs.asked(""));
    assert!(ours.asked("")[0].1.contains_key("authorization"));
}

#[tokio::test]
async fn answers_may_leave_out_almost_everything() {
    let github = Github::start().await;
    let body = r#"{"id": 5, "full_name": "lina/course", "html_url": "https://git.example.org/lina/course",
        "owner": null, "pushed_at": null, "license": null, "unheard_of": {"x": [1]}}"#;
    github.fail("/repos/lina/course", 1, Fault::garbage(body));
    let found = github.client().repository("lina/course").await.unwrap();
    assert_eq!((found.owner.as_str(), found.pushed_at), ("lina", None::<DateTime<Utc>>));
    assert_eq!(found.clone_url, "https://git.example.org/lina/course.git");
}

#[tokio::test]
async fn one_odd_fork_does_not_hide_the_others() {
    let github = Github::start().await;
    let good = |id| {
        format!(
            r#"{{"id": {id}, "full_name": "s{id}/course", "clone_url": "https://git.example.org/s{id}/course.git"}}"#
        )
    };
    let odd = [
        r#"null"#,
        r#"{"id": 9}"#,
        r#"{"id": "x", "full_name": "a/b"}"#,
        r#"{"id": 8, "full_name": "a", "clone_url": "https://x/a.git"}"#,
        r#"{"id": 7, "full_name": "a/b", "clone_url": "ext::sh -c id"}"#,
    ];
    let body = format!("[{}, {}, {}, {}]", good(1), odd.join(","), good(2), good(1));
    github.fail("/forks", 1, Fault::garbage(&body));
    let forks = forks_of(&github.client().forks(UPSTREAM, &[]).await.unwrap());
    assert_eq!(forks.iter().map(|fork| fork.id.0).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn clones_go_where_the_operator_says() {
    let github = Github::start().await;
    let settings = ClientSettings {
        api_url: github.url(),
        github_url: Some(Url::parse("https://git.example.org/mirror/").unwrap()),
        token: None,
        network: forkgrade::settings::Network::default(),
    };
    let found = Client::new(settings).unwrap().repository(UPSTREAM).await.unwrap();
    assert_eq!(found.clone_url, "https://git.example.org/mirror/teacher/course.git");
}

#[tokio::test]
async fn the_api_may_lie_below_a_path() {
    let github = Github::start().await;
    github.fail(
        "/api/v3/repos/lina/course",
        1,
        Fault::garbage(r#"{"id": 5, "full_name": "lina/course", "clone_url": "https://x/y.git"}"#),
    );
    for path in ["/api/v3", "/api/v3/"] {
        let settings = ClientSettings {
            api_url: github.url().join(path).unwrap(),
            github_url: None,
            token: None,
            network: forkgrade::settings::Network::default(),
        };
        github.fail(
            "/api/v3/repos/lina/course",
            1,
            Fault::garbage(r#"{"id": 5, "full_name": "lina/course", "clone_url": "https://x/y.git"}"#),
        );
        let found = Client::new(settings).unwrap().repository("lina/course").await;
        assert_eq!(found.map(|found| found.id).map_err(|error| error.to_string()), Ok(RepoId(5)), "{path}");
    }
}

#[tokio::test]
async fn what_a_student_writes_reaches_no_other_route() {
    let github = Github::start().await;
    for name in
        ["../user", "a/../../user", "a/b/c", "./x", "..", "a/..", "a/b?x=1", "a/b#c", "a/%2e%2e", "", "/", "a/", "é/ü"]
    {
        let outcome = github.client().repository(name).await;
        assert!(matches!(outcome, Err(GithubError::NotFound { .. })), "{name}: {outcome:?}");
    }
    assert!(github.asked("").iter().all(|(path, _)| path.starts_with("/repos/")), "{:?}", github.asked(""));
}

#[test]
fn the_token_may_go_to_the_api_and_to_its_repositories() {
    let hosts = |api: &str, github: Option<&str>| -> Vec<String> {
        let github_url = github.map(|url| Url::parse(url).unwrap());
        let settings = ClientSettings {
            api_url: Url::parse(api).unwrap(),
            github_url,
            token: None,
            network: forkgrade::settings::Network::default(),
        };
        settings.hosts().iter().map(|url| url.origin().ascii_serialization()).collect()
    };
    assert_eq!(hosts("https://api.github.com", None), ["https://api.github.com", "https://github.com"]);
    assert_eq!(hosts("https://git.example.org/api/v3", None), ["https://git.example.org"]);
    let elsewhere = hosts("http://127.0.0.1:8765", Some("http://127.0.0.1:9000"));
    assert_eq!(elsewhere, ["http://127.0.0.1:8765", "http://127.0.0.1:9000"]);
    assert_eq!(hosts("http://api.github.com", None), ["http://api.github.com"], "never without TLS");
}
