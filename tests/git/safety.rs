//! Nothing of a repository is ever run or followed, and the token goes to one place.

use forkgrade::domain::ids::RepoId;
use forkgrade::git::{GitError, Mirror};
use forkgrade::settings::Secret;
use tempfile::tempdir;
use url::Url;

use crate::support::git::{Line, Repo};
use crate::support::github::{Fault, Github, UPSTREAM};
use crate::support::logs;

#[tokio::test]
async fn hooks_filters_and_submodules_never_run() {
    let github = Github::start().await;
    let marks = tempdir().unwrap();
    let touch = |name: &str| format!("touch {}", marks.path().join(name).display());
    let fork = github.fork(UPSTREAM, "lina");
    let modules =
        format!("[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c {}\n\tupdate = !{}\n", touch("a"), touch("b"));
    fork.commit(
        "main",
        &[
            (".gitattributes", b"* filter=evil diff=evil merge=evil\n*.csv filter=lfs diff=lfs merge=lfs -text\n"),
            (".gitmodules", modules.as_bytes()),
            (".lfsconfig", b"[lfs]\n\turl = http://127.0.0.1:1/\n"),
            ("data.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"),
        ],
    );
    let lines = [Line { mode: "160000", name: b"x", id: crate::support::git::oid(&fork.head("main")) }];
    let tree = fork.tree(&lines);
    assert!(fork.open().find_tree(tree).is_ok());
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    // Somebody with access to the disk puts hooks there: even those are not ours.
    let hooks = folder.path().join("hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    for name in ["reference-transaction", "post-merge", "pre-auto-gc", "proc-receive"] {
        std::fs::write(hooks.join(name), format!("#!/bin/sh\n{}\n", touch(name))).unwrap();
        std::fs::set_permissions(hooks.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }

    let fetched = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();
    mirror.snapshot(&fetched.head.unwrap()).unwrap();

    let marks: Vec<_> = std::fs::read_dir(marks.path()).unwrap().map(|mark| mark.unwrap().file_name()).collect();
    assert!(marks.is_empty(), "these ran: {marks:?}");
}

#[tokio::test]
async fn the_configuration_of_this_machine_has_no_say() {
    let github = Github::start().await;
    let pushed = github.fork(UPSTREAM, "lina").commit("main", &[("app.py", b"1\n")]);
    let home = tempdir().unwrap();
    let config =
        format!("[url \"http://127.0.0.1:1/\"]\n\tinsteadOf = {}\n[fetch]\n\tfsckObjects = true\n", github.url());
    std::fs::write(home.path().join(".gitconfig"), &config).unwrap();
    let folder = tempdir().unwrap();
    let mut settings = github.mirror_settings();
    settings.environment.push(("HOME".into(), home.path().into()));
    settings.environment.push(("XDG_CONFIG_HOME".into(), home.path().into()));
    settings.environment.push(("GIT_CONFIG_GLOBAL".into(), home.path().join(".gitconfig").into()));
    let mirror = Mirror::open(folder.path(), settings).unwrap();
    let fetched = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap();
    assert_eq!(fetched.head, Some(pushed));
}

#[tokio::test]
async fn only_http_addresses_without_passwords_are_fetched() {
    let github = Github::start().await;
    let marks = tempdir().unwrap();
    let mark = marks.path().join("ran");
    let local = Repo::init(marks.path().join("local.git"));
    local.commit("main", &[("secret.txt", b"of this machine\n")]);
    let folder = tempdir().unwrap();
    let mirror = github.mirror(folder.path());
    let addresses = [
        format!("ext::sh -c touch% {}", mark.display()),
        format!("file://{}", local.path.display()),
        local.path.display().to_string(),
        "--upload-pack=touch /tmp/x".to_owned(),
        "ssh://git@127.0.0.1/x.git".to_owned(),
        "http://name:password@127.0.0.1/x.git".to_owned(),
        String::new(),
    ];
    for address in addresses {
        let error = mirror.fetch_fork(RepoId(7), &address, "main").await.unwrap_err();
        assert!(matches!(error, GitError::BadUrl(_)), "{address}: {error:?}");
        assert!(!error.to_string().contains("password@"), "{error}");
    }
    assert!(!mark.exists());
}

#[tokio::test]
async fn branch_names_are_data() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "lina");
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let url = github.clone_url("lina/course");
    for branch in ["", "*", "main:refs/heads/x", "-rf", "a..b", "a b", "../../x", "x\ny", "+main", "@{u}"] {
        let outcome = mirror.fetch_fork(RepoId(7), &url, branch).await;
        // Either refused, or looked for under that very name.
        assert!(outcome.as_ref().map_or(true, |fetched| fetched.head.is_none()), "{branch:?}: {outcome:?}");
    }
    let pushed = fork.commit("rendu/équipe-7", &[("app.py", b"1\n")]);
    let fetched = mirror.fetch_fork(RepoId(7), &url, "rendu/équipe-7").await.unwrap();
    assert_eq!(fetched.head, Some(pushed));
}

#[tokio::test]
async fn the_token_goes_to_the_configured_host_and_nowhere_else() {
    let ours = Github::start().await;
    let theirs = Github::start().await;
    ours.fork(UPSTREAM, "lina").commit("main", &[("app.py", b"1\n")]);
    ours.server.update("lina/course", |repository| repository.private = true);
    theirs.fork(UPSTREAM, "mallory").commit("main", &[("app.py", b"2\n")]);
    let folder = tempdir().unwrap();
    let mut settings = ours.mirror_settings();
    logs::secret("ghp_verysecret");
    settings.token = Some(Secret::new("ghp_verysecret"));
    settings.hosts = vec![Url::parse(&format!("{}/some/path", ours.server.url())).unwrap()];
    let mirror = Mirror::open(folder.path(), settings).unwrap();

    mirror.fetch_fork(RepoId(7), &ours.clone_url("lina/course"), "main").await.expect("the token opens it");
    mirror.fetch_fork(RepoId(8), &theirs.clone_url("mallory/course"), "main").await.unwrap();
    // A server that sends us elsewhere doesn't take the token there.
    let elsewhere = format!("{}/mallory/course.git/info/refs?service=git-upload-pack", theirs.server.url());
    let moved = Fault::Answer { status: 302, headers: vec![("location", elsewhere)], body: String::new() };
    ours.fail("lina/course.git/info/refs", 1, moved);
    let _ = mirror.fetch_fork(RepoId(9), &ours.clone_url("lina/course"), "main").await;

    let sent =
        |github: &Github| github.asked("").iter().filter(|(_, headers)| headers.contains_key("authorization")).count();
    assert!(sent(&ours) > 0);
    assert_eq!(sent(&theirs), 0, "{:?}", theirs.asked(""));
    let config = std::fs::read_to_string(folder.path().join("config")).unwrap();
    assert!(!config.contains("github") && !config.contains("xtraHeader"), "{config}");
}

#[tokio::test]
async fn what_a_server_says_is_made_safe_to_show() {
    let github = Github::start().await;
    github.fork(UPSTREAM, "lina");
    let folder = tempdir().unwrap();
    let mut settings = github.mirror_settings();
    logs::secret("ghp_verysecret");
    settings.token = Some(Secret::new("ghp_verysecret"));
    let mirror = Mirror::open(folder.path(), settings).unwrap();
    let body = format!("\u{1b}[31m<script>alert(1)</script>{}", "x".repeat(100_000));
    let fault = Fault::Answer { status: 500, headers: vec![("content-type", "text/plain".to_owned())], body };
    github.fail("info/refs", 9, fault);
    let error = mirror.fetch_fork(RepoId(7), &github.clone_url("lina/course"), "main").await.unwrap_err().to_string();
    assert!(error.len() < 1000 && !error.contains('\u{1b}') && !error.contains("verysecret"), "{error}");
}
