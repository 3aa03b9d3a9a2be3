//! The real engine, under a name of this test's own.

use std::collections::BTreeMap;
use std::net::{IpAddr, UdpSocket};
use std::path::PathBuf;

use bytes::Bytes;
use forkgrade::clock::Clock;
use forkgrade::domain::course::{Course, Sandbox, default_services};
use forkgrade::domain::facts::Execution;
use forkgrade::domain::ids::RunId;
use forkgrade::domain::launch::{Dependencies, DependencyOrigin, LaunchKind, LaunchPlan, Step, StepRole};
use forkgrade::domain::source::RepoPath;
use forkgrade::domain::{Points, Rubric};
use forkgrade::egress::{Egress, EgressSettings};
use forkgrade::observe::execution::{ExecutionRequest, Observed, execute};
use forkgrade::observe::files::archive;
use forkgrade::sandbox::{Engine, EngineError, EngineSettings, Owner};
use uuid::Uuid;

/// Connects to the machine's engine; what this test leaves behind carries its own installation.
pub async fn engine() -> Engine {
    connect(None).await.expect("the tests need a Docker engine: scripts/engine starts one")
}

pub async fn connect(host: Option<&str>) -> Result<Engine, EngineError> {
    connect_as(host, forkgrade::random::lease()).await
}

pub async fn connect_as(host: Option<&str>, installation: Uuid) -> Result<Engine, EngineError> {
    Engine::connect(settings(host, installation)).await
}

pub fn settings(host: Option<&str>, installation: Uuid) -> EngineSettings {
    EngineSettings {
        host: host.map(str::to_owned),
        pull: false,
        installation,
        program: PathBuf::from(env!("CARGO_BIN_EXE_forkgrade")),
        installer_env: Vec::new(),
        runtime: None,
        data_dir: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
    }
}

/// The address that this host would send from; nothing is sent.
pub fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// A small project and how it is started.
#[derive(Clone)]
pub struct Project {
    pub files: Vec<(&'static str, String)>,
    pub plan: LaunchPlan,
    pub course: Course,
    pub as_of: &'static str,
}

impl Project {
    /// One program that serves.
    pub fn serving(source: &str, requirements: &[&str]) -> Self {
        Self {
            files: vec![("app.py", source.to_owned())],
            plan: LaunchPlan {
                kind: LaunchKind::PythonWeb,
                reasons: Vec::new(),
                python: "3.11".into(),
                python_of_year: None,
                dependencies: Dependencies {
                    origin: DependencyOrigin::Imports,
                    requirements: requirements.iter().map(|&line| line.to_owned()).collect(),
                    refused: Vec::new(),
                },
                workdir: RepoPath::root(),
                steps: vec![step(StepRole::Serve, "app.py")],
                env: BTreeMap::new(),
                hosts: Vec::new(),
                routes: Vec::new(),
                logins: Vec::new(),
                remote_browser: false,
                port: None,
                layout: None,
                build: None,
                parts: Vec::new(),
            },
            course: course(),
            as_of: "2024-03-15T12:00:00Z",
        }
    }

    /// One program that ends by itself.
    pub fn loading(source: &str, requirements: &[&str]) -> Self {
        let mut project = Self::serving(source, requirements);
        project.plan.steps = vec![step(StepRole::Load, "app.py")];
        project
    }

    /// Limits of this project's own.
    pub fn limits(mut self, change: impl FnOnce(&mut Sandbox)) -> Self {
        change(&mut self.course.sandbox);
        self
    }

    /// Without databases: starts sooner.
    pub fn alone(mut self) -> Self {
        self.course.services.clear();
        self
    }

    /// Runs, and sees to it that nothing stays behind.
    pub async fn run(&self, engine: &Engine) -> Result<Execution, EngineError> {
        let result = self.run_without_reaping(engine).await;
        assert_eq!(engine.reap(&Default::default()).await?, 0, "a run left containers behind");
        result
    }

    /// For several runs of one engine at once.
    pub async fn run_without_reaping(&self, engine: &Engine) -> Result<Execution, EngineError> {
        self.run_through(engine, &egress(&self.course)).await
    }

    /// The same with a way out of the test's own.
    pub async fn run_through(&self, engine: &Engine, egress: &Egress) -> Result<Execution, EngineError> {
        Ok(self.observe_through(engine, egress).await?.execution)
    }

    /// The same with its pictures.
    pub async fn observe(&self, engine: &Engine) -> Result<Observed, EngineError> {
        self.observe_through(engine, &egress(&self.course)).await
    }

    /// The same with its pictures and a way out of the test's own.
    pub async fn observe_through(&self, engine: &Engine, egress: &Egress) -> Result<Observed, EngineError> {
        let files: Vec<(RepoPath, Vec<u8>)> = self
            .files
            .iter()
            .map(|(path, text)| (RepoPath::parse(path).expect("a safe path"), text.clone().into_bytes()))
            .collect();
        let request = ExecutionRequest {
            course: &self.course,
            plan: &self.plan,
            archive: Bytes::from(archive(&files).expect("a tar in memory")),
            as_of: self.as_of.parse().expect("a date"),
            owner: owner(),
            egress,
        };
        execute(engine, request, |_| {}).await
    }

    /// With somebody who looks at its pages: starts later.
    pub fn with_browser(mut self) -> Self {
        self.course.sandbox.browser = Sandbox::default().browser;
        self
    }
}

/// The way out of a course without sites and without recordings.
pub fn egress(course: &Course) -> Egress {
    Egress::new(&EgressSettings::default(), &course.sandbox.egress, None, Clock::System).expect("a proxy")
}

pub fn owner() -> Owner {
    Owner { run: RunId(1), lease: Uuid::from_u128(7) }
}

pub fn step(role: StepRole, file: &str) -> Step {
    Step {
        role,
        argv: vec!["python".into(), file.into()],
        built: None,
        file: RepoPath::parse(file).expect("a safe path"),
        part: None,
    }
}

pub fn course() -> Course {
    Course {
        slug: "test".parse().expect("a slug"),
        title: "Test".into(),
        upstream: "school/course".into(),
        branch: None,
        project_dirs: vec!["Evaluation/Projet".into()],
        language: Default::default(),
        time_zone: chrono_tz::Europe::Paris,
        deadline: None,
        scale: Points::whole(20),
        visibility: Default::default(),
        on_commits: Default::default(),
        earlier: Vec::new(),
        teachers: Vec::new(),
        sweep_minutes: 5,
        // Most tests look at no page.
        sandbox: Sandbox { browser: String::new(), ..Sandbox::default() },
        services: default_services(),
        suites: Default::default(),
        commands: Default::default(),
        rubric: Rubric {
            round_to: Points::from_hundredths(25),
            rounding: Default::default(),
            groups: Vec::new(),
            criteria: Vec::new(),
        },
    }
}
