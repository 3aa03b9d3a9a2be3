//! The student's own commits, told from the upstream's.

use chrono_tz::Europe::Paris;
use forkgrade::domain::facts::history::address_mark;
use forkgrade::domain::facts::inspection::HistoryFacts;
use forkgrade::domain::ids::RepoId;
use tempfile::tempdir;

use crate::support::git::{Author, NOON, oid};
use crate::support::github::{Github, UPSTREAM};

const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn own_commits_are_counted_without_merges_and_without_addresses() {
    let github = Github::start().await;
    let upstream = github.repo(UPSTREAM);
    let fork = github.fork(UPSTREAM, "lina");
    let lina = |at| Author::new("Lina Élan", at);
    fork.commit_by(lina(NOON), "main", &[("a.py", b"1\n")]);
    // 23:30 UTC is the next day in Paris.
    fork.commit_by(lina(NOON + 11 * 3600 + 1800), "main", &[("a.py", b"2\n")]);
    fork.commit_by(Author::new("Tom", NOON + 3 * DAY), "main", &[("a.py", b"3\n")]);
    // The student takes over what the teacher added meanwhile, by a merge.
    upstream.commit("main", &[("chapter.ipynb", b"{}\n")]);
    fork.commit("theirs", &[]);
    let mine = oid(&fork.head("main"));
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let url = github.clone_url("lina/course");
    let before = mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap().head.unwrap();
    let facts = mirror.history(&before, Paris).unwrap();
    assert_eq!((facts.own_commits, facts.days_active, facts.behind_upstream), (3, 3, Some(1)));
    assert_eq!(facts.authors, ["Lina Élan", "Tom"]);
    assert_eq!(facts.first_commit.unwrap().timestamp(), NOON);
    assert_eq!(facts.last_commit.unwrap().timestamp(), NOON + 3 * DAY);
    assert!(facts.shares_history);

    crate::support::git::git(&[
        "--git-dir",
        fork.path.to_str().unwrap(),
        "fetch",
        "--quiet",
        upstream.path.to_str().unwrap(),
        "main:fetched",
    ]);
    let (theirs, tree) = (oid(&fork.head("fetched")), fork.open().find_commit(mine).unwrap().tree_id());
    let merged = fork.commit_tree(lina(NOON + 4 * DAY), "main", tree, &[mine, theirs]);
    mirror.fetch_fork(RepoId(7), &url, "main").await.unwrap();
    let facts = mirror.history(&merged, Paris).unwrap();
    assert_eq!((facts.own_commits, facts.behind_upstream), (3, Some(0)));
}

#[tokio::test]
async fn a_fork_uploaded_anew_shares_no_history() {
    let github = Github::start().await;
    github.create("lina/course").commit("main", &[("README.md", b"# Course\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    let facts = mirror.history(&head, Paris).unwrap();
    assert!(!facts.shares_history);
    assert_eq!((facts.own_commits, facts.behind_upstream), (1, None));
}

#[tokio::test]
async fn an_untouched_fork_has_no_commit_of_its_own() {
    let github = Github::start().await;
    github.fork(UPSTREAM, "lina");
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    let facts = mirror.history(&head, Paris).unwrap();
    assert_eq!((facts.own_commits, facts.days_active, facts.behind_upstream), (0, 0, Some(0)));
    assert!(facts.authors.is_empty() && facts.first_commit.is_none() && facts.shares_history);
}

#[tokio::test]
async fn dates_out_of_this_world_stop_nobody() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    for at in [-1, 0, i64::from(u32::MAX) * 4096] {
        fork.commit_by(Author::new("", at), "main", &[("a.py", at.to_string().as_bytes())]);
    }
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    assert_eq!(mirror.history(&head, Paris).unwrap().own_commits, 3);
    mirror.snapshot(&head).unwrap();
}

/// What is told of commits by these authors, one after the other.
async fn told(authors: &[Author<'_>], files: &[(&str, &[u8])]) -> HistoryFacts {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    for (number, author) in authors.iter().enumerate() {
        let text = number.to_string();
        let changed: Vec<(&str, &[u8])> = files.iter().copied().chain([("a.py", text.as_bytes())]).collect();
        fork.commit_by(*author, "main", &changed);
    }
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let head = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap().head.unwrap();
    mirror.history(&head, Paris).unwrap()
}

#[tokio::test]
async fn one_person_is_one_under_every_address() {
    let authors = [
        Author::new("Lina Élan <lina@example.org>", NOON),
        Author::new("lina-elan <12345+lina-elan@users.noreply.github.com>", NOON + DAY),
        Author::new("Lina Élan <12345+lina-elan@users.noreply.github.com>", NOON + 2 * DAY),
        Author::new("jovyan <root@3f2a1b>", NOON + 3 * DAY),
        Author { trailer: "\nCo-authored-by: Tom <TOM@example.org>\n", ..Author::new("Lina Élan", NOON + 4 * DAY) },
    ];
    let facts = told(&authors, &[]).await;
    assert_eq!(facts.authors, ["Lina Élan", "jovyan", "Tom"]);
    assert_eq!((facts.own_commits, facts.span_hours()), (5, Some(96)));
    let lina = &facts.people[0];
    assert_eq!((lina.commits, lina.login.as_deref()), (4, Some("lina-elan")));
    assert!(lina.addresses.contains(&address_mark("LINA@example.org")));
    let tom = facts.people.iter().find(|person| person.name == "Tom").unwrap();
    assert_eq!((tom.commits, tom.co_authored), (0, 1));
    let json = serde_json::to_string(&facts).unwrap();
    assert!(!json.contains('@'), "no address is kept: {json}");
}

#[tokio::test]
async fn the_forks_own_mailmap_joins_addresses_and_breaks_nothing() {
    let map = "# nos machines\nLina Élan <lina@example.org> <root@3f2a1b>\n\u{0}<>\n< < >> é\n";
    let authors = [Author::new("Lina Élan <lina@example.org>", NOON), Author::new("jovyan <root@3f2a1b>", NOON + DAY)];
    let facts = told(&authors, &[(".mailmap", map.as_bytes())]).await;
    assert_eq!((facts.authors, facts.own_commits), (vec!["Lina Élan".to_owned()], 2));
    let huge = format!("{map}{}", "Tom <tom@example.org> <lina@example.org>\n".repeat(5_000));
    let facts = told(&authors, &[(".mailmap", huge.as_bytes())]).await;
    assert_eq!(facts.authors, ["Lina Élan", "jovyan"], "one that is too large is not obeyed");
    let broken = [0xff, 0xfe, b'<', 0, b'\n'].repeat(1_000);
    assert_eq!(told(&authors, &[(".mailmap", &broken)]).await.own_commits, 2);
}

#[tokio::test]
async fn robots_are_nobodys_work_and_names_show_no_tricks() {
    let authors = [
        Author::new("dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", NOON),
        Author::new("\u{202E}aniL\u{7} <lina@example.org>", NOON + DAY),
        Author {
            trailer: "Co-authored-by: github-actions[bot] <x@users.noreply.github.com>\nco-authored-by: <>\n",
            ..Author::new("Lina", NOON + DAY)
        },
    ];
    let facts = told(&authors, &[]).await;
    assert_eq!((facts.own_commits, facts.bot_commits, facts.merges), (2, 1, 0));
    assert!(facts.authors.iter().all(|name| name.chars().all(|c| !c.is_control() && c != '\u{202E}')), "{facts:?}");
    assert!(facts.authors.iter().all(|name| !name.contains("bot")));
}

#[tokio::test]
async fn a_thousand_names_are_bounded() {
    let names: Vec<String> = (0..120).map(|number| format!("{} n{number}", "x".repeat(200))).collect();
    let authors: Vec<Author<'_>> = names.iter().map(|name| Author::new(name, NOON)).collect();
    let facts = told(&authors, &[]).await;
    assert_eq!(facts.own_commits, 120);
    assert!(facts.authors.len() <= 50 && facts.authors.iter().all(|name| name.chars().count() <= 100));
}
