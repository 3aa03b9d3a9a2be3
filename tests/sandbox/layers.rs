//! Dependencies: what is installed, once, and whose fault it is when it is not.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use forkgrade::domain::facts::execution::{InstallFacts, InstallOutcome, Verdict};
use forkgrade::sandbox::{Engine, EngineError, EngineSettings};
use forkgrade::settings::{Network, Secret};

use super::starts::flask;
use crate::support::engine::{Project, connect_as, engine, own_address, settings};

async fn install(requirements: &[&str]) -> InstallFacts {
    Project::loading("", requirements).alone().run(&engine().await).await.unwrap().install
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_of_their_year_install_on_the_python_of_their_year() {
    let compiled = "import importlib.util, markupsafe, os\nassert os.path.exists(importlib.util.cache_from_source(markupsafe.__file__))";
    let mut project = Project::serving(&flask(compiled, "7", "False"), &["Flask==1.1.2"]).alone();
    project.plan.python = "3.8".into();
    project.as_of = "2020-12-20T10:00:00Z";
    let run = project.run(&engine().await).await.unwrap();
    assert_eq!(run.verdict(), Verdict::ShowsData, "{run:#?}");
    assert!(run.install.installed.iter().any(|line| line.starts_with("markupsafe==1.1")), "{:?}", run.install);
    assert!(run.install.relaxed.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_that_this_python_has_no_packages_for_run_on_that_of_their_year() {
    let app = flask("import sys, typed_ast", "sys.version_info[1]", "False");
    let mut project = Project::serving(&app, &["flask", "typed-ast==1.4.3"]).alone();
    project.plan.python_of_year = Some("3.8".into());
    let engine = engine().await;
    let run = project.run(&engine).await.unwrap();
    assert_eq!(run.verdict(), Verdict::ShowsData, "{run:#?}");
    assert_eq!((run.install.python.as_deref(), run.install.relaxed.as_slice()), (Some("3.8"), [].as_slice()));
    assert!(run.images.iter().any(|image| image.reference == "forkgrade/python:3.8"), "{:?}", run.images);
    // Without one of their year the pin gives way.
    project.plan.python_of_year = None;
    let run = project.run(&engine).await.unwrap();
    assert_eq!(
        (run.install.python, run.install.relaxed),
        (None, vec!["typed-ast==1.4.3".to_owned()]),
        "{:?}",
        run.install.log
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_another_process_builds_is_waited_for() {
    let installation = forkgrade::random::lease();
    // Engines of their own know nothing of one another: as in two processes, and as on two machines.
    let (one, other) = (connect_as(None, installation).await.unwrap(), connect_as(None, installation).await.unwrap());
    let marker = format!("six==1.16.0 ; python_version != '0.{}.1'", std::process::id());
    let project = Project::loading("import six", &[&marker]).alone();
    let (first, second) = tokio::join!(project.run_without_reaping(&one), project.run_without_reaping(&other));
    remove_images(&format!("forkgrade.installation={installation}"));
    let built = [first, second].into_iter().filter(|run| !run.as_ref().unwrap().install.cached).count();
    assert_eq!(built, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_never_set_installs_all_the_same() {
    let mut project = Project::loading("import flask", &["flask"]).alone();
    project.as_of = "1970-01-01T00:00:00Z";
    let run = project.run(&engine().await).await.unwrap();
    assert_eq!((run.install.outcome, run.verdict()), (InstallOutcome::Installed, Verdict::RanEmpty), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_does_not_exist_is_left_out_and_named() {
    let requirements = ["flask", "forkgrade-no-such-package==1.0"];
    let run = Project::serving(&flask("", "6", "False"), &requirements).alone().run(&engine().await).await.unwrap();
    assert_eq!((run.install.outcome, run.verdict()), (InstallOutcome::Installed, Verdict::ShowsData));
    assert_eq!(run.install.relaxed, ["forkgrade-no-such-package==1.0"]);
    assert_eq!(install(&["forkgrade-no-such-package"]).await.outcome, InstallOutcome::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_does_not_exist_gives_way_to_one_that_does() {
    let facts = install(&["six==99.0"]).await;
    assert_eq!(
        (facts.outcome, facts.relaxed.as_slice()),
        (InstallOutcome::Installed, ["six==99.0".to_owned()].as_slice())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_wheel_is_built() {
    let facts = install(&["sgmllib3k==1.0.0"]).await;
    assert_eq!((facts.outcome, facts.installed), (InstallOutcome::Installed, vec!["sgmllib3k==1.0.0".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_refuses_to_answer_is_our_trouble() {
    let server = TcpListener::bind("0.0.0.0:0").unwrap();
    let address = format!("http://{}:{}/simple", own_address().unwrap(), server.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for mut stream in server.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ =
                stream.write_all(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let project = Project::loading("", &["flask"]).alone().limits(|limits| limits.package_index = Some(address));
    let error = project.run(&engine().await).await.unwrap_err();
    assert!(matches!(&error, EngineError::Index(line) if line.contains("Failed to fetch")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_installer_goes_through_the_campus_s_proxy() {
    let server = TcpListener::bind("0.0.0.0:0").unwrap();
    let proxy = format!("http://{}:{}", own_address().unwrap(), server.local_addr().unwrap().port());
    let (tell, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in server.incoming().flatten() {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or_default();
            let _ = tell.send(String::from_utf8_lossy(&request[..read]).into_owned());
            let _ =
                stream.write_all(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let network = Network { http_proxy: Some(Secret::new(proxy)), ..Network::default() };
    let settings =
        EngineSettings { installer_env: network.for_containers(), ..settings(None, forkgrade::random::lease()) };
    // A name that nobody but the proxy could know.
    let index = "http://index.campus.invalid/simple".to_owned();
    let project = Project::loading("", &["flask"]).alone().limits(|limits| limits.package_index = Some(index));
    let error = project.run(&Engine::connect(settings).await.unwrap()).await.unwrap_err();
    assert!(matches!(&error, EngineError::Index(_)), "{error}");
    let first = asked.recv_timeout(std::time::Duration::from_secs(5)).unwrap();
    assert!(first.starts_with("GET http://index.campus.invalid/simple/flask/"), "{first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_runs_that_want_one_layer_at_once_build_it_once_and_a_lock_does_so_for_all_years() {
    let installation = forkgrade::random::lease();
    let engine = connect_as(None, installation).await.unwrap();
    // A requirement of this test's own, so that the layer cannot be there yet.
    let marker = format!("six==1.16.0 ; python_version != '0.{}'", std::process::id());
    let mut project = Project::loading("import six", &[&marker]).alone();
    let runs = futures::future::join_all((0..5).map(|_| project.run_without_reaping(&engine))).await;
    let built = runs.into_iter().filter(|run| !run.as_ref().unwrap().install.cached).count();
    project.as_of = "2021-06-01T00:00:00Z";
    let later = project.run_without_reaping(&engine).await;
    remove_images(&format!("forkgrade.installation={installation}"));
    assert_eq!(built, 1);
    assert!(later.unwrap().install.cached);
}

fn remove_images(label: &str) {
    let listed = Command::new("docker").args(["images", "-q", "--filter", &format!("label={label}")]).output().unwrap();
    let ids = String::from_utf8(listed.stdout).unwrap();
    let removed = Command::new("docker").arg("rmi").args(ids.split_whitespace()).output().unwrap();
    assert!(removed.status.success(), "{removed:?}");
}
