//! The demo's class, fetched over HTTP into a mirror and read as grading reads it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use forkgrade::config;
use forkgrade::demo::course::{self, DemoCourse, DemoRepository};
use forkgrade::demo::server::{Repository, Server};
use forkgrade::domain::course::Course;
use forkgrade::domain::facts::{Execution, Facts, Inspection};
use forkgrade::domain::finding::Provenance;
use forkgrade::domain::ids::{FactsAddress, RepoId, RunId};
use forkgrade::domain::{Outcome, Score, TreeId};
use forkgrade::git::{Mirror, MirrorSettings, Snapshot};
use forkgrade::observe::execution::{self, ExecutionRequest};
use forkgrade::observe::files::archive_of;
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect_rendered, inspection_address, readmes};
use forkgrade::observe::project::separate_repository;
use forkgrade::observe::rendering::renderings_here;
use forkgrade::rubric::{self, Submitted};
use forkgrade::sandbox::{Engine, Owner};
use tempfile::TempDir;
use url::Url;

/// The demo on disk, behind its own GitHub, with the upstream in a mirror.
pub struct Class {
    pub course: Course,
    pub course_toml: String,
    pub demo: DemoCourse,
    server: Server,
    mirror: Mirror,
    _folder: TempDir,
}

/// One fork, read.
pub struct Read {
    pub inspection: Inspection,
    /// Holds the project's files.
    source: Snapshot,
    as_of: DateTime<Utc>,
}

impl Class {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let demo = course::write(&folder.path().join("github")).expect("the demo is written");
        let registry = demo.repositories().iter().map(registered).collect();
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::start(listen, registry, folder.path().join("github")).await.expect("a GitHub of our own");
        let hosts = vec![Url::parse(&server.url()).expect("an address")];
        let mirror = Mirror::open(&folder.path().join("mirror"), MirrorSettings::new(5 << 20, None, hosts));
        let mirror = mirror.expect("a mirror");
        let text = config::default_course("demo", "Data Engineer", &demo.upstream());
        let course = config::parse(&text, "course.toml").expect("the default course");
        let class = Self { course, course_toml: text, demo, server, mirror, _folder: folder };
        let url = class.clone_url(&class.demo.upstream());
        class.mirror.fetch_upstream(&url, "master").await.expect("the upstream comes");
        class
    }

    /// Every login with a fork, sorted.
    pub fn logins(&self) -> Vec<String> {
        let forks = self.demo.repositories().iter().filter(|repository| repository.parent.is_some());
        let mut logins: Vec<String> = forks.map(|fork| fork.owner.clone()).collect();
        logins.sort();
        logins
    }

    fn clone_url(&self, full_name: &str) -> String {
        format!("{}/{full_name}.git", self.server.url())
    }

    /// The fork of a student.
    pub fn fork_of(&self, login: &str) -> &DemoRepository {
        let is_fork = |repository: &&DemoRepository| repository.owner == login && repository.parent.is_some();
        self.demo.repositories().iter().find(is_fork).expect("a fork of the class")
    }

    /// The bare repository of a full name.
    pub fn path_of(&self, full_name: &str) -> PathBuf {
        let named = self.demo.repositories().iter().find(|repository| repository.full_name() == full_name);
        named.expect("a repository of the demo").git_dir.clone()
    }

    /// Fetches a fork's head, and its separate project where it names one, and reads both.
    pub async fn read(&self, login: &str) -> Read {
        let fork = self.fork_of(login);
        let url = self.clone_url(&fork.full_name());
        let fetched =
            self.mirror.fetch_fork(RepoId(fork.id), &url, &fork.default_branch).await.expect("the fork comes");
        assert_eq!(fetched.head.as_ref(), Some(&fork.head), "what comes is what was written");
        let snapshot = self.mirror.snapshot(&fork.head).expect("the commit is there");
        let history = self.mirror.history(&fork.head, self.course.time_zone).expect("its history is there");
        let as_of = snapshot.committed_at();
        let named = separate_repository(&snapshot);
        let project = match &named {
            Some(name) => Some((name, self.project(name).await)),
            None => None,
        };
        let separate = match &project {
            Some((name, source)) => SeparateProject::Found { name: (*name).clone(), tree: source.root_tree(), source },
            None => SeparateProject::NotNamed,
        };
        let request = InspectRequest { course: &self.course, history: Some(history), as_of, separate };
        // reStructuredText waits for its container, as at home.
        let renderings = renderings_here(readmes(&snapshot, &request));
        let inspection = inspect_rendered(&snapshot, request, &renderings);
        Read { inspection, source: project.map_or(snapshot, |(_, source)| source), as_of }
    }

    async fn project(&self, name: &str) -> Snapshot {
        let named = self.demo.repositories().iter().find(|repository| repository.full_name() == name);
        let repository = named.expect("the named repository");
        let url = self.clone_url(name);
        let fetched = self.mirror.fetch_project(RepoId(repository.id), &url, &repository.default_branch).await;
        let head = fetched.expect("the project comes").head.expect("it holds commits");
        self.mirror.snapshot(&head).expect("the commit is there")
    }

    /// The demo's push after the deadline.
    pub fn push_late(&mut self) {
        let now = "2026-02-01T12:00:00Z".parse().expect("a date");
        self.demo.push_late(now).expect("git takes it").expect("it was not made yet");
    }

    /// Runs what was read.
    pub async fn execute(&self, engine: &Engine, read: &Read) -> Execution {
        let plan = read.inspection.plan.as_ref().expect("something to run");
        let archive = archive_of(&read.source, &read.inspection.project, plan, &self.course.sandbox).expect("a tar");
        let request = ExecutionRequest {
            course: &self.course,
            plan,
            archive: Bytes::from(archive),
            as_of: read.as_of,
            owner: Owner { run: RunId(1), lease: forkgrade::random::lease() },
            egress: &crate::support::engine::egress(&self.course),
        };
        execution::execute(engine, request, |_| {}).await.expect("the engine runs it")
    }

    /// The address of its execution; equal addresses run once.
    pub async fn execution_key(&self, engine: &Engine, read: &Read) -> FactsAddress {
        let plan = read.inspection.plan.as_ref().expect("something to run");
        let tree: &TreeId = read.inspection.project.tree.as_ref().expect("a project folder");
        execution::key(engine, &self.course, plan, tree).await.expect("the engine knows its images")
    }

    /// How every criterion ends.
    pub fn outcomes(&self, read: &Read, execution: Option<&Execution>) -> BTreeMap<String, Outcome> {
        let findings = self.score(read, execution).findings;
        findings.into_iter().map(|finding| (finding.criterion, finding.outcome)).collect()
    }

    /// What is said of it, received when it was committed.
    pub fn score(&self, read: &Read, execution: Option<&Execution>) -> Score {
        let provenance = Provenance {
            rubric: rubric::rubric_hash(&self.course.rubric),
            inspection: inspection_address(&read.inspection),
            execution: None,
            program: "test".into(),
            judges: Vec::new(),
        };
        let facts = Facts { inspection: &read.inspection, execution, judges: &[] };
        rubric::score(&self.course, facts, Submitted::at(read.as_of), provenance)
    }
}

fn registered(repository: &DemoRepository) -> Repository {
    Repository {
        id: repository.id,
        owner: repository.owner.clone(),
        name: repository.name.clone(),
        parent: repository.parent.clone(),
        default_branch: repository.default_branch.clone(),
        pushed_at: Some(repository.pushed_at),
        private: repository.private,
        disabled: false,
        archived: false,
        size: 100,
    }
}
