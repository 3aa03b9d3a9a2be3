//! Hostile git objects, from a push to what runs: nothing of them is followed, and what is innocent beside them is graded.

use forkgrade::config;
use forkgrade::domain::facts::execution::Verdict;
use forkgrade::domain::ids::RepoId;
use forkgrade::domain::{Course, Source};
use forkgrade::git::{GitError, Snapshot};
use git2::Oid;
use tempfile::{TempDir, tempdir};

use super::attack::{Ran, run};
use crate::support::engine::engine;
use crate::support::git::{Author, Line, NOON, Repo, git, noise, text};
use crate::support::github::{Fault, Github, UPSTREAM};

const MALLORY: Author<'_> = Author { name: "Mallory", at: NOON, trailer: "" };
/// Says what lies in its folder, and serves.
const APP: &[u8] = br#"
import http.server, os
seen = sorted(repr(os.path.join(folder, name)) for folder, _, names in os.walk('/work') for name in names)
links = [name for name in seen if os.path.islink(eval(name))]
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header('Content-Type', 'text/html'); self.end_headers()
        self.wfile.write(f'<title>{len(seen)} files, {len(links)} links</title>'.encode() + b'<li>1' * 9)
    def log_message(self, *args): pass
print('\n'.join(seen), flush=True)
http.server.HTTPServer(('127.0.0.1', 5000), Page).serve_forever()
"#;

fn course() -> Course {
    let text = config::default_course("hostile", "Hostile", UPSTREAM);
    let mut course = config::parse(&text, "course.toml").expect("the default course");
    course.services.clear();
    course
}

/// A fork whose `6Evaluation/Projet` is this tree, fetched over HTTP.
async fn pushed(make: impl FnOnce(&Repo) -> Vec<(&'static str, Vec<u8>, Oid)>) -> (Snapshot, TempDir) {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "mallory");
    let mut entries = make(&fork);
    entries.push(("100644", b"app.py".to_vec(), fork.blob(APP)));
    entries.push(("100644", b".forkgrade.toml".to_vec(), fork.blob(b"command = \"python app.py\"\n")));
    let lines: Vec<Line<'_>> = entries.iter().map(|(mode, name, id)| Line { mode, name, id: *id }).collect();
    let project = fork.tree(&lines);
    let folder = fork.tree(&[Line { mode: "40000", name: b"Projet", id: project }]);
    let root = fork.tree(&[Line { mode: "40000", name: b"6Evaluation", id: folder }]);
    fork.commit_tree(MALLORY, "main", root, &[]);
    let mirror_folder = tempdir().expect("a folder");
    let mirror = github.mirror_with_upstream(mirror_folder.path()).await;
    let fetched = mirror.fetch_fork(RepoId(7), &github.clone_url("mallory/course"), "main").await.expect("it comes");
    (mirror.snapshot(&fetched.head.expect("a commit")).expect("its files"), mirror_folder)
}

async fn graded(source: &dyn Source) -> Ran {
    let ran = run(&engine().await, &course(), source, None).await;
    assert_eq!(ran.execution.verdict(), Verdict::ShowsData, "{:#?}", ran.execution);
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_odd_names_stay_outside_and_the_rest_runs() {
    let (source, _mirror) = pushed(|fork| {
        let x = fork.blob(b"x = 1\n");
        let passwd = fork.blob(b"/etc/passwd");
        let up = fork.blob(b"../../../../..");
        vec![
            ("120000", b"passwd.py".to_vec(), passwd),
            ("120000", b"up".to_vec(), up),
            ("100644", b"..".to_vec(), x),
            ("100644", b"/etc/cron.d/evil".to_vec(), x),
            ("100644", b"a/../../../b.py".to_vec(), x),
            ("100644", b"new\nline.py".to_vec(), x),
            ("100644", "gnp.\u{202e}yp.exe".as_bytes().to_vec(), x),
            ("100644", vec![b'n'; 255], x),
            ("100644", vec![b'm'; 256], x),
            ("100644", b"-rf".to_vec(), x),
            ("100644", b"--checkpoint-action=exec=sh".to_vec(), x),
            ("100644", b"App.py".to_vec(), x),
            ("100644", b"APP.PY".to_vec(), x),
            ("100644", b"caf\xe9.py".to_vec(), x),
            ("100755", b"; touch pwned".to_vec(), x),
        ]
    })
    .await;
    let ran = graded(&source).await;
    let log = &ran.execution.processes[0].log.head;
    assert!(
        !log.contains("passwd") && !log.contains("cron.d") && !log.contains("b.py") && !log.contains("pwned'\n''"),
        "{log}"
    );
    assert!(log.contains("/work/-rf") && log.contains("/work/App.py") && log.contains(&"n".repeat(255)), "{log}");
    assert!(ran.execution.pages[0].title.as_deref().is_some_and(|title| title.ends_with(" 0 links")), "{log}");
    let refused: Vec<&str> = ran.inspection.project.refused.iter().map(|path| path.name()).collect();
    assert!(refused.contains(&"passwd.py") && refused.contains(&"up"), "{refused:?}");
    assert!(source.truncated(), "names were left out, and nobody says so");
}

#[tokio::test(flavor = "multi_thread")]
async fn submodules_filters_and_lfs_are_files_like_others() {
    let (source, _mirror) = pushed(|fork| {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
        vec![
            ("160000", b"nested".to_vec(), Oid::from_str(&"1".repeat(40)).expect("an id")),
            ("100644", b".gitmodules".to_vec(), fork.blob(b"[submodule \"nested\"]\n\tpath = nested\n\turl = ext::sh -c touch% /tmp/pwned\n\tupdate = !touch /tmp/pwned\n")),
            ("100644", b".gitattributes".to_vec(), fork.blob(b"* filter=evil diff=evil merge=evil\n*.csv filter=lfs\n*.py working-tree-encoding=UTF-7\n")),
            ("100644", b"data.csv".to_vec(), fork.blob(pointer)),
        ]
    })
    .await;
    let ran = graded(&source).await;
    let log = &ran.execution.processes[0].log.head;
    assert!(log.contains("/work/data.csv") && !log.contains("/work/nested"), "{log}");
    assert!(ran.inspection.project.refused.iter().any(|path| path.name() == "nested"), "{:?}", ran.inspection.project);
    assert!(!std::path::Path::new("/tmp/pwned").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn alternates_that_a_server_names_are_not_followed() {
    let (github, elsewhere) = (Github::start().await, Github::start().await);
    let wanted = elsewhere.fork(UPSTREAM, "victim").commit("main", &[("secret.py", b"1\n")]);
    github.fork(UPSTREAM, "mallory");
    // A server that speaks the old protocol of plain files, in which it may send git to other places for objects.
    let plain =
        |body: String| Fault::Answer { status: 200, headers: vec![("content-type", "text/plain".to_owned())], body };
    github.fail("mallory/course.git/info/refs", 9, plain(format!("{wanted}\trefs/heads/main\n")));
    github.fail("mallory/course.git/HEAD", 9, plain("ref: refs/heads/main\n".to_owned()));
    let other = format!("{}/victim/course.git/objects\n/victim/course.git/objects\n", elsewhere.url());
    github.fail("mallory/course.git/objects/info/http-alternates", 9, plain(other.clone()));
    github.fail("mallory/course.git/objects/info/alternates", 9, plain(other));
    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    elsewhere.forget();
    let fetched = mirror.fetch_fork(RepoId(7), &github.clone_url("mallory/course"), "main").await;
    assert!(fetched.is_err(), "{fetched:?}");
    assert!(elsewhere.asked("").is_empty(), "git went where it was sent: {:?}", elsewhere.asked(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_of_deltas_are_taken_or_cut_and_others_go_on() {
    let github = Github::start().await;
    let fork = github.fork(UPSTREAM, "mallory");
    let other = github.fork(UPSTREAM, "lina");
    let innocent = other.commit("main", &[("app.py", b"print(1)\n")]);
    // A hundred megabytes that nothing makes smaller, and deltas that unfold each of them again.
    let mut lines: Vec<(Vec<u8>, Oid)> = Vec::new();
    for base in 0..100_u64 {
        let bytes = noise(1 << 20, base);
        lines.push((format!("{base:03}.bin").into_bytes(), fork.blob(&bytes)));
        for step in 0..2_usize {
            let mut changed = bytes.clone();
            changed[step * 1000] ^= 0xff;
            lines.push((format!("{base:03}-{step}.bin").into_bytes(), fork.blob(&changed)));
        }
    }
    lines.sort();
    let lines: Vec<Line<'_>> = lines.iter().map(|(name, id)| Line { mode: "100644", name, id: *id }).collect();
    let tree = fork.tree(&lines);
    fork.commit_tree(MALLORY, "main", tree, &[]);
    git(&[
        "-C",
        text(&fork.path),
        "-c",
        "pack.compression=0",
        "repack",
        "-adfq",
        "--window=10",
        "--depth=200",
        "--threads=1",
    ]);
    let packed: u64 = std::fs::read_dir(fork.path.join("objects/pack"))
        .unwrap()
        .flatten()
        .map(|file| file.metadata().unwrap().len())
        .sum();
    assert!(packed > 100 << 20, "{packed} bytes are no such pack");

    let folder = tempdir().unwrap();
    let mirror = github.mirror_with_upstream(folder.path()).await;
    let (theirs, hers) = (github.clone_url("mallory/course"), github.clone_url("lina/course"));
    let (hostile, lina) =
        tokio::join!(mirror.fetch_fork(RepoId(7), &theirs, "main"), mirror.fetch_fork(RepoId(8), &hers, "main"));
    assert_eq!(lina.unwrap().head, Some(innocent));
    match hostile {
        Ok(fetched) => assert_eq!(mirror.snapshot(&fetched.head.unwrap()).unwrap().entries().len(), 300),
        Err(error) => assert!(matches!(error, GitError::TooLarge { .. } | GitError::TimedOut { .. }), "{error:?}"),
    }
}
