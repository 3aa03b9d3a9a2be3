//! Facts seen while the project ran in its pod.
//! May import: std, serde and the rest of `domain/`.
//! Next: `observe/execution.rs` makes them.

use serde::{Deserialize, Serialize};

use super::network::NetworkFacts;
use super::screenshots::ScreenshotFacts;
use crate::domain::build::BuildFacts;
use crate::domain::launch::{LaunchPlan, StepRole};
use crate::domain::source::RepoPath;

/// Everything observed in one execution of a project tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// Version of this document's shape and of the observers behind it.
    pub version: u32,
    pub plan: LaunchPlan,
    pub images: Vec<ImageFacts>,
    pub install: InstallFacts,
    /// Dockerfiles that were built, or could not be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<BuildFacts>,
    /// Loaders first, the serving program last.
    pub processes: Vec<ProcessFacts>,
    /// TCP ports that listened in the pod and belong to no attached service.
    pub ports: Vec<u16>,
    /// Milliseconds from the start of what serves to its first open port.
    #[serde(default)]
    pub listening_after: Option<u64>,
    /// Paths that were asked for at every port because the rubric names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    pub pages: Vec<PageFacts>,
    /// The first pages, in a browser.
    #[serde(default)]
    pub screenshots: Vec<ScreenshotFacts>,
    /// Who answers at Selenium's address.
    #[serde(default)]
    pub remote_browser: RemoteBrowser,
    /// No browser was to be had on the machine: nobody has looked at the pages.
    #[serde(default)]
    pub without_browser: bool,
    pub databases: Vec<DatabaseFacts>,
    /// What was asked of the world; absent in facts of versions that did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkFacts>,
    /// Milliseconds from the pod's creation to its removal.
    pub milliseconds: u64,
}

/// What became of a project's wish for a browser of its own to drive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteBrowser {
    #[default]
    NotAsked,
    Answered,
    /// The machine has none.
    Absent,
}

/// An image that took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// `python`, `browser`, or the service's name.
    pub role: String,
    pub reference: String,
    /// The engine's content digest (`sha256:…`).
    pub digest: String,
    /// Speaks the protocol in place of the real server, which cannot be had on this machine.
    pub stand_in: bool,
}

/// How the dependencies were installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallFacts {
    pub outcome: InstallOutcome,
    /// Found ready, not installed again.
    pub cached: bool,
    /// The Python of the commit's year, where the pins installed on that one and not on the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
    /// What was left out or relaxed so that the rest could be installed, as requirement lines.
    pub relaxed: Vec<String>,
    /// Packages as resolved (`name==version`), sorted.
    pub installed: Vec<String>,
    pub milliseconds: u64,
    pub log: BoundedLog,
}

/// How an installation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstallOutcome {
    /// Nothing to install.
    Nothing,
    Installed,
    /// The resolver or a build refused: the student's to mend.
    Refused,
    /// A limit struck while installing.
    LimitStruck,
}

/// One program that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessFacts {
    pub role: StepRole,
    pub argv: Vec<String>,
    pub file: RepoPath,
    pub end: ProcessEnd,
    /// Milliseconds from its start to its end, or to when we stopped it.
    pub milliseconds: u64,
    pub cpu_milliseconds: Option<u64>,
    pub peak_memory_bytes: Option<u64>,
    /// A child was killed for memory although the program went on, or the program itself was.
    pub out_of_memory: bool,
    pub log: BoundedLog,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum ProcessEnd {
    /// By itself.
    Exited { code: i64 },
    /// Still running when everything was seen; stopped by us.
    Stopped,
    /// A limit struck.
    Limit { limit: StruckLimit },
}

/// A limit that ended a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StruckLimit {
    WallTime,
    Memory,
    Output,
}

/// The head and tail of an output, with what was dropped between them. Control bytes are replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundedLog {
    pub head: String,
    pub tail: String,
    /// Bytes between head and tail that were not kept.
    pub dropped_bytes: u64,
}

/// One answer of the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    pub port: u16,
    /// Path and query, as requested.
    pub path: String,
    /// Over TLS, whoever made the certificate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secure: bool,
    /// HTTP status; `None` where no answer came.
    pub status: Option<u16>,
    /// Why there was no answer, in the HTTP client's words.
    pub error: Option<String>,
    pub content_type: Option<String>,
    pub title: Option<String>,
    /// Bytes read, at most the limit.
    pub bytes: u64,
    pub truncated: bool,
    pub milliseconds: u64,
    /// Rows of tables, list items, images, chart elements: a rough count of data shown.
    pub data_elements: u32,
    /// Beginning of the visible text.
    pub excerpt: String,
}

/// What a database held after the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatabaseFacts {
    /// The service's name in `course.toml`.
    pub service: String,
    pub kind: DatabaseKind,
    /// It no longer answered at the end (shut down or filled by the project).
    pub answered: bool,
    /// Collections, indices or key groups with what they hold.
    pub collections: Vec<CollectionFacts>,
}

/// What speaks at a service's port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseKind {
    Mongo,
    Redis,
    Elasticsearch,
    /// Any other service: attached, its contents not read.
    Other,
}

/// One collection, index or Redis database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectionFacts {
    /// `database.collection`, index name, or `db0`.
    pub name: String,
    pub items: u64,
    /// At most three sample documents, each bounded to 1,000 characters of JSON.
    pub samples: Vec<String>,
}

/// So many rows, items or pictures on one page are data; a menu has fewer.
pub const DATA: u32 = 5;

/// What a person would say of an execution, best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    InstallFailed,
    CrashedAtStart,
    NeverListened,
    /// Listens, but answers nothing or only errors.
    AnswersErrors,
    /// Scripts ran to their end; nothing serves and nothing was stored.
    RanEmpty,
    /// A script or crawl that serves nothing has filled a database.
    RanAndStored,
    StartsEmpty,
    ShowsData,
}

impl Execution {
    /// Items over all databases.
    pub fn stored_items(&self) -> u64 {
        self.databases.iter().flat_map(|database| &database.collections).map(|collection| collection.items).sum()
    }

    /// The program that should serve, where the plan has one.
    pub fn serving(&self) -> Option<&ProcessFacts> {
        self.processes.iter().find(|process| process.role == StepRole::Serve)
    }

    /// Tells *starts*, *starts but empty* and *shows data* apart.
    pub fn verdict(&self) -> Verdict {
        if matches!(self.install.outcome, InstallOutcome::Refused | InstallOutcome::LimitStruck)
            && self.ports.is_empty()
        {
            let served = self.serving().is_some_and(|process| process.end == ProcessEnd::Stopped);
            if !served {
                return Verdict::InstallFailed;
            }
        }
        let stored = self.stored_items() > 0;
        let Some(serving) = self.serving() else {
            let clean = self.processes.iter().all(|process| process.end == ProcessEnd::Exited { code: 0 });
            return match (clean, stored) {
                (_, true) => Verdict::RanAndStored,
                (true, false) => Verdict::RanEmpty,
                (false, false) => Verdict::CrashedAtStart,
            };
        };
        if self.ports.is_empty() {
            return match serving.end {
                ProcessEnd::Stopped | ProcessEnd::Limit { limit: StruckLimit::WallTime } => Verdict::NeverListened,
                _ => Verdict::CrashedAtStart,
            };
        }
        let mut good = self.pages.iter().filter(|page| page.status.is_some_and(|status| status < 400)).peekable();
        if good.peek().is_none() {
            return Verdict::AnswersErrors;
        }
        // Many pages are empty until their scripts have run.
        let drawn = || self.screenshots.iter().any(|screenshot| screenshot.shows_data());
        let shows = stored || good.any(|page| page.data_elements >= DATA) || drawn();
        if shows { Verdict::ShowsData } else { Verdict::StartsEmpty }
    }
}
