//! A GitHub on loopback with an upstream and forks that a test makes, and faults that a test asks for.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use forkgrade::demo::server::{Hub, Repository, Server, router};
use forkgrade::git::{Mirror, MirrorSettings};
use forkgrade::github::{Client, ClientSettings};
use forkgrade::settings::{Network, Secret};
use futures::StreamExt;
use tempfile::TempDir;
use url::Url;

use super::accounts::{self, Accounts};
use super::apps::{self, Apps};
use super::git::{NOON, Repo};

/// The upstream of every test.
pub const UPSTREAM: &str = "teacher/course";

/// What goes wrong instead of an answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// An answer of the test's own.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: String },
    /// No answer, ever.
    Silence,
    /// The real answer, broken off after so many bytes of its body.
    BreakOff { after: usize },
}

impl Fault {
    /// A status with a body in GitHub's shape.
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: r#"{"message": "the test says so"}"#.to_owned() }
    }

    /// Success with a body that is not what was asked for.
    pub fn garbage(body: &str) -> Self {
        Self::Answer { status: 200, headers: vec![("content-type", "text/html".to_owned())], body: body.to_owned() }
    }
}

/// Faults in waiting, and what was asked with which headers.
#[derive(Clone, Default)]
pub struct Faults {
    waiting: Arc<Mutex<Vec<(String, usize, Fault)>>>,
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

impl Faults {
    fn strike(&self, path: &str) -> Option<Fault> {
        let mut waiting = self.waiting.lock().unwrap();
        let (_, times, fault) = waiting.iter_mut().find(|(part, times, _)| path.contains(part) && *times > 0)?;
        *times -= 1;
        Some(fault.clone())
    }
}

/// The running server and what it serves.
pub struct Github {
    pub server: Server,
    pub faults: Faults,
    pub accounts: Accounts,
    pub apps: Apps,
    folder: TempDir,
    next_id: Mutex<i64>,
}

impl Github {
    /// Starts with an upstream of one commit on `main`.
    pub async fn start() -> Self {
        let github = Self::start_empty().await;
        let upstream = Repo::init(github.folder.path().join(format!("{UPSTREAM}.git")));
        upstream
            .commit("main", &[("README.md", b"# Course\n"), ("6Evaluation/Projet/README.rst", b"Projet\n======\n")]);
        github.register(UPSTREAM, None);
        github
    }

    /// Starts without a repository.
    pub async fn start_empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let faults = Faults::default();
        let hub = Hub::new(Vec::new(), folder.path().to_owned());
        let accounts = Accounts::default();
        let apps = Apps::new(folder.path().to_owned());
        let router = router(hub.clone())
            .layer(middleware::from_fn_with_state(apps.clone(), apps::answer))
            .layer(middleware::from_fn_with_state(accounts.clone(), accounts::answer))
            .layer(middleware::from_fn_with_state(faults.clone(), disturb));
        let listen = "127.0.0.1:0".parse().expect("an address");
        let server = Server::serve(listen, hub, router).await.expect("the server starts");
        Self { server, faults, accounts, apps, folder, next_id: Mutex::new(1000) }
    }

    /// The next requests whose path contains `part` end in a fault.
    pub fn fail(&self, part: &str, times: usize, fault: Fault) {
        self.faults.waiting.lock().unwrap().push((part.to_owned(), times, fault));
    }

    /// Faults that nobody met yet are forgotten.
    pub fn mend(&self) {
        self.faults.waiting.lock().unwrap().clear();
    }

    /// What was asked so far is forgotten.
    pub fn forget(&self) {
        self.faults.asked.lock().unwrap().clear();
        self.server.hub.reset_counts();
    }

    /// Requests whose path contains `part`, with their headers.
    pub fn asked(&self, part: &str) -> Vec<(String, HeaderMap)> {
        let asked = self.faults.asked.lock().unwrap();
        asked.iter().filter(|(path, _)| path.contains(part)).cloned().collect()
    }

    /// Tells GitHub of a repository whose files may or may not be there. Gives its number.
    pub fn register(&self, full_name: &str, parent: Option<&str>) -> i64 {
        let (owner, name) = full_name.split_once('/').expect("owner/name");
        let id = {
            let mut next = self.next_id.lock().unwrap();
            *next += 1;
            *next
        };
        self.server.hub.add(Repository {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            default_branch: "main".to_owned(),
            pushed_at: Some(noon()),
            private: false,
            disabled: false,
            archived: false,
            size: 1,
        });
        id
    }

    /// Somebody forks a repository. The name stays.
    pub fn fork(&self, parent: &str, owner: &str) -> Repo {
        let full_name = format!("{owner}/{}", parent.split_once('/').expect("owner/name").1);
        let repo = self.repo(parent).fork(self.folder.path().join(format!("{full_name}.git")));
        self.register(&full_name, Some(parent));
        repo
    }

    /// A repository of nobody's fork, without commits.
    pub fn create(&self, full_name: &str) -> Repo {
        self.register(full_name, None);
        Repo::init(self.folder.path().join(format!("{full_name}.git")))
    }

    /// The files behind a name.
    pub fn repo(&self, full_name: &str) -> Repo {
        Repo { path: self.folder.path().join(format!("{full_name}.git")) }
    }

    /// GitHub notes that somebody pushed, a minute after the last push.
    pub fn pushed(&self, full_name: &str) {
        let change = |repository: &mut Repository| {
            repository.pushed_at = Some(repository.pushed_at.unwrap_or_else(noon) + TimeDelta::minutes(1));
        };
        assert!(self.server.update(full_name, change), "no repository {full_name}");
    }

    /// Where a repository is cloned from.
    pub fn clone_url(&self, full_name: &str) -> String {
        format!("{}/{full_name}.git", self.server.url())
    }

    /// The server's address.
    pub fn url(&self) -> Url {
        Url::parse(&self.server.url()).expect("an address")
    }

    /// A client without a token.
    pub fn client(&self) -> Client {
        self.client_with(None)
    }

    /// How this GitHub is asked.
    pub fn settings(&self, token: Option<&str>) -> ClientSettings {
        let (token, network) = (token.map(Secret::new), Network::default());
        ClientSettings { api_url: self.url(), github_url: None, token, network }
    }

    /// A client with a token.
    pub fn client_with(&self, token: Option<&str>) -> Client {
        Client::new(self.settings(token)).expect("a client").with_time_limit(Duration::from_secs(5))
    }

    /// Settings of a mirror that leaves out blobs of 5 MiB and more.
    pub fn mirror_settings(&self) -> MirrorSettings {
        MirrorSettings::new(5 << 20, None, vec![self.url()])
    }

    /// A mirror in a folder.
    pub fn mirror(&self, folder: &Path) -> Mirror {
        Mirror::open(folder, self.mirror_settings()).expect("a mirror")
    }

    /// A mirror that has fetched the upstream.
    pub async fn mirror_with_upstream(&self, folder: &Path) -> Mirror {
        let mirror = self.mirror(folder);
        mirror.fetch_upstream(&self.clone_url(UPSTREAM), "main").await.expect("the upstream comes in");
        mirror
    }
}

/// The moment at which everything was pushed.
pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(NOON, 0).expect("a time")
}

async fn disturb(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    let path = request.uri().path_and_query().map_or_else(String::new, |path| path.to_string());
    faults.asked.lock().unwrap().push((path.clone(), request.headers().clone()));
    match faults.strike(&path) {
        None => next.run(request).await,
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Answer { status, headers, body }) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let mut response = (status, body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().expect("a header"));
            }
            response
        }
        Some(Fault::BreakOff { after }) => break_off(next.run(request).await, after),
    }
}

fn break_off(response: Response, after: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut left = after;
    let cut = body.into_data_stream().map(move |part| -> std::io::Result<Bytes> {
        let part = part.map_err(std::io::Error::other)?;
        if left == 0 {
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        let kept = part.slice(..part.len().min(left));
        left -= kept.len();
        Ok(kept)
    });
    // A body shorter than the cut breaks off at its end all the same.
    let end = futures::stream::once(async { Err(std::io::ErrorKind::ConnectionReset.into()) });
    Response::from_parts(parts, Body::from_stream(cut.chain(end)))
}
