//! A course as its teacher configures it in `course.toml`.
//! May import: std, serde, schemars, chrono and the rest of `domain/`.
//! Next: `config.rs` reads and checks the file, `docs/course.schema.json` is generated from here.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decision::Extension;
pub use super::egress::Egress;
use super::facts::execution::DatabaseKind;
use super::ids::{CourseSlug, Login};
use super::judges::{Command, Suite};
pub use super::language::Language;
use super::points::Points;
use super::rubric::Rubric;

/// One upstream repository with its configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The course's name in addresses: lower-case letters, digits and dashes.
    #[schemars(with = "String")]
    pub slug: CourseSlug,
    pub title: String,
    /// The repository that students fork, `owner/name`.
    pub upstream: String,
    /// The branch that is graded; each fork's own default branch where absent.
    #[serde(default)]
    pub branch: Option<String>,
    /// Globs for the project folder, first match wins.
    #[serde(default = "default_project_dirs")]
    pub project_dirs: Vec<String>,
    /// Language of the pages where the reader did not choose one.
    #[serde(default)]
    pub language: Language,
    /// IANA name, for instance `Europe/Paris`.
    #[serde(default = "default_time_zone")]
    #[schemars(with = "String")]
    pub time_zone: chrono_tz::Tz,
    #[serde(default)]
    pub deadline: Option<Deadline>,
    /// What the total is out of.
    #[serde(default = "default_scale")]
    pub scale: Points,
    /// When students see their feedback.
    #[serde(default)]
    pub visibility: Visibility,
    /// What is told at GitHub on the commit that was graded, where an app of ours or the token may write there.
    #[serde(default)]
    pub on_commits: OnCommits,
    /// GitHub logins; whoever can push to the upstream is a teacher too.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub teachers: Vec<Login>,
    /// Courses of earlier years (their slugs), graded by this installation: forks are compared with theirs too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub earlier: Vec<CourseSlug>,
    /// Minutes between two sweeps.
    #[serde(default = "default_sweep_minutes")]
    pub sweep_minutes: u32,
    #[serde(default)]
    pub sandbox: Sandbox,
    /// Attached to every run, by name. Default: mongo, redis and elasticsearch.
    #[serde(default = "default_services")]
    pub services: BTreeMap<String, Service>,
    /// Hidden suites of tests by name; criteria with `check = "tests"` name one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub suites: BTreeMap<String, Suite>,
    /// Containers of your own that judge, by name; criteria with `check = "command"` name one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub commands: BTreeMap<String, Command>,
    pub rubric: Rubric,
}

/// When work is due, and what lateness costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// With offset, for instance `2026-01-31T23:59:00+01:00`.
    pub at: DateTime<FixedOffset>,
    /// Minutes after the deadline that still count as in time.
    #[serde(default)]
    pub grace_minutes: u32,
    /// Points taken off for each day begun after the grace; nothing counts later where absent.
    #[serde(default)]
    pub penalty_per_day: Option<Points>,
    /// Days after which nothing counts any more.
    #[serde(default = "default_late_days")]
    pub late_days: u32,
}

impl Deadline {
    /// Whether what is received at this moment is in time; everything is where nothing is due.
    pub fn is_in_time(deadline: Option<&Self>, received_at: DateTime<Utc>) -> bool {
        deadline.is_none_or(|deadline| received_at <= deadline.ends_at())
    }

    /// The last moment that counts as in time.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.at.to_utc() + TimeDelta::minutes(self.grace_minutes.into())
    }
}

impl Course {
    /// The same course under another rubric.
    pub fn under(&self, rubric: Rubric) -> Self {
        Self { rubric, ..self.clone() }
    }

    /// The deadline in force for a fork whose students have this extension: whatever depends on a deadline asks here.
    pub fn deadline_for(&self, extension: Option<&Extension>) -> Option<Deadline> {
        let deadline = self.deadline.as_ref()?;
        let later = extension.filter(|extension| extension.until > deadline.at);
        let at = later.map_or(deadline.at, |extension| extension.until.with_timezone(&self.time_zone).fixed_offset());
        Some(Deadline { at, ..deadline.clone() })
    }

    /// Whether an extension changes anything: one that ends before the course's deadline does not.
    pub fn is_extended_by(&self, extension: Option<&Extension>) -> bool {
        self.deadline.as_ref().zip(extension).is_some_and(|(deadline, extension)| extension.until > deadline.at)
    }
}

/// When students see their feedback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    #[default]
    Immediately,
    AfterDeadline,
    WhenPublished,
}

/// What is told at GitHub on the commit that was graded, once students see their feedback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnCommits {
    Nothing,
    /// Findings; the score too where the repository is private, since everybody can read what stands on a public one.
    #[default]
    Findings,
    /// Findings and score, on public repositories too.
    Score,
}

/// Limits, images and network of student code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sandbox {
    /// What a run may reach besides its own pod.
    pub egress: Egress,
    /// The runtime of every container, as the engine calls it: `runsc` for gVisor, whose containers share no kernel. The engine's own
    /// where absent.
    pub runtime: Option<String>,
    /// Images of student code by Python version.
    pub python: BTreeMap<String, String>,
    /// Image of the browser that looks at pages: ours, or one with Chromium or Chrome and a shell. Empty: no screenshots.
    pub browser: String,
    /// The Python taken where a project says nothing and its date names no other.
    pub default_python: String,
    /// What stands for the images that students name (`FROM`, `image:`), by their names: `node = "node:22-slim"`. A name without
    /// a slash is that of any maker, one without a colon is of any tag, and `*` stands for anything; the longest that fits counts.
    /// What stands for them is `"python"` (the nearest of `python` above), the name of a service, an image by reference, or
    /// `"none"`. Without an entry: every Python is `"python"`, and so are plain systems; databases are the services of their name.
    pub images: BTreeMap<String, String>,
    /// Whether Dockerfiles are built, or only read for what they say about Python.
    pub dockerfiles: Dockerfiles,
    /// Pods that are kept ready with their databases, so that a run starts at once; as far as the machine's memory allows.
    pub warm: u32,
    /// Memory of a student's container, its temporary file systems included.
    pub memory_mib: u32,
    /// Processor share, in hundredths of a core.
    pub cpu_percent: u32,
    pub pids: u32,
    pub open_files: u32,
    /// Size of the work folder, which lives in memory.
    pub work_mib: u32,
    /// Seconds that loaders have altogether.
    pub load_seconds: u32,
    /// Seconds until the application must listen.
    pub start_seconds: u32,
    /// Seconds for an installation.
    pub install_seconds: u32,
    /// Seconds for the build of a Dockerfile.
    pub build_seconds: u32,
    /// What an installation or a command of a Dockerfile may write to the engine's disk.
    pub build_disk_mib: u32,
    /// Kilobytes of output that are read before a program is stopped.
    pub output_kib: u32,
    /// Package index for the installer; the engine machine's pip configuration where absent.
    pub package_index: Option<String>,
    /// Blobs above this size are neither fetched nor copied into a run.
    pub max_file_mib: u32,
    /// Size of a project, all files together.
    pub max_project_mib: u32,
}

/// What is done with a project's Dockerfile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dockerfiles {
    /// Built: every instruction is carried out, with the installer's network.
    #[default]
    Build,
    /// Read: packages, files and command are taken from it, and nothing of it is run before the program itself.
    Read,
}

/// A service attached to every run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Image by reference.
    pub image: String,
    /// Speaks the protocol where the image cannot be had; named as a stand-in wherever it is used.
    #[serde(default)]
    pub stand_in: Option<String>,
    pub kind: DatabaseKind,
    pub port: u16,
    /// Arguments after the image's entry point; the image's own where empty.
    #[serde(default)]
    pub command: Vec<String>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Folder of its data, given a bounded temporary file system.
    pub data_dir: String,
    /// Memory, its data folder included.
    #[serde(default = "default_service_memory")]
    pub memory_mib: u32,
    /// Names under which it is reached, besides its own and localhost.
    #[serde(default)]
    pub aliases: Vec<String>,
}

fn default_project_dirs() -> Vec<String> {
    vec!["Evaluation/Projet".into(), "*Evaluation/Projet".into()]
}
fn default_time_zone() -> chrono_tz::Tz {
    chrono_tz::Europe::Paris
}
fn default_scale() -> Points {
    Points::whole(20)
}
fn default_sweep_minutes() -> u32 {
    5
}
fn default_late_days() -> u32 {
    7
}
fn default_service_memory() -> u32 {
    512
}

impl Default for Sandbox {
    fn default() -> Self {
        let python = |version: &str| (version.to_owned(), format!("forkgrade/python:{version}"));
        Self {
            egress: Egress::default(),
            python: [python("3.8"), python("3.11")].into(),
            browser: "forkgrade/browser:1".into(),
            default_python: "3.11".into(),
            runtime: None,
            images: BTreeMap::new(),
            dockerfiles: Dockerfiles::Build,
            warm: 0,
            memory_mib: 768,
            cpu_percent: 100,
            pids: 256,
            open_files: 1024,
            work_mib: 256,
            load_seconds: 40,
            start_seconds: 30,
            install_seconds: 300,
            build_seconds: 600,
            build_disk_mib: 3072,
            output_kib: 16 * 1024,
            package_index: None,
            max_file_mib: 5,
            max_project_mib: 100,
        }
    }
}

/// MongoDB, Redis and Elasticsearch, as the course teaches them.
pub fn default_services() -> BTreeMap<String, Service> {
    let service = |image: &str, stand_in: &str, kind, port, data_dir: &str, aliases: &[&str]| Service {
        image: image.into(),
        stand_in: Some(stand_in.into()),
        kind,
        port,
        command: Vec::new(),
        env: BTreeMap::new(),
        data_dir: data_dir.into(),
        memory_mib: default_service_memory(),
        aliases: aliases.iter().map(|&alias| alias.into()).collect(),
    };
    let mut elasticsearch = service(
        "elasticsearch:8.15.0",
        "forkgrade/elasticsearch-stand-in:8",
        DatabaseKind::Elasticsearch,
        9200,
        "/usr/share/elasticsearch/data",
        &["elastic", "es", "es01"],
    );
    elasticsearch.memory_mib = 1536;
    elasticsearch.env = [
        ("discovery.type".into(), "single-node".into()),
        ("xpack.security.enabled".into(), "false".into()),
        ("ES_JAVA_OPTS".into(), "-Xms512m -Xmx512m".into()),
    ]
    .into();
    [
        (
            "mongo".into(),
            service(
                "mongo:7",
                "forkgrade/mongo-stand-in:7",
                DatabaseKind::Mongo,
                27017,
                "/data/db",
                &["mongodb", "db", "database", "mongo_db", "mongo-db"],
            ),
        ),
        ("redis".into(), service("redis:7", "forkgrade/redis:7", DatabaseKind::Redis, 6379, "/data", &["cache"])),
        ("elasticsearch".into(), elasticsearch),
    ]
    .into()
}
