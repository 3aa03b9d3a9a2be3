//! A Dockerfile that is built: what the builder needs to know, and what became of it.
//! May import: std, serde and the rest of `domain/`.
//! Next: `observe/launch/dockerfile/` plans one, `sandbox/build/` carries it out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::execution::BoundedLog;
use super::launch::Layout;
use super::message::Message;
use super::source::RepoPath;

/// How the image of a container is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The Dockerfile, from the repository's root; of a service with an image alone, the Compose file.
    pub file: RepoPath,
    /// What stands in it.
    pub text: String,
    /// The stage that is wanted; the last one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    pub arguments: BTreeMap<String, String>,
    /// What the course gives for every image that the file names, as it names it.
    pub images: BTreeMap<String, BaseImage>,
    pub context: BuildContext,
    /// Shell lines run last, in the work folder: what the command would install at its start, where there is no network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub last: Vec<String>,
    /// Where programs start, what they can write to, and the project's files that are laid over the image's.
    pub layout: Layout,
    /// Set over the image's own.
    pub env: BTreeMap<String, String>,
    /// Mebibytes of the project, where that is more than a project may hold and something was left out of its copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_large: Option<u64>,
    /// What holds only where the file is read instead: as a rule, what of it is then left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Message>,
}

/// The files that a build sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildContext {
    /// The folder below the project; empty for the project and for a folder above it.
    pub below: RepoPath,
    /// The project's folder, seen from a folder above it; empty where the build sees the project or a part of it.
    pub above: RepoPath,
    /// Lines of `.dockerignore`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ignored: String,
}

/// What stands for an image that a Dockerfile names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum BaseImage {
    /// The container's Python, with the packages that the file installs.
    Python {
        /// As written: `3.6`.
        version: Option<String>,
    },
    /// An image that the course names.
    Image { reference: String },
}

/// What became of one build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildFacts {
    /// From the repository's root.
    pub file: RepoPath,
    /// The service of a Compose file; absent for the main container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    pub outcome: BuildOutcome,
    /// Found ready, not built again.
    pub cached: bool,
    pub milliseconds: u64,
    pub log: BoundedLog,
}

/// How a build ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum BuildOutcome {
    Built {
        /// The engine's content digest (`sha256:…`).
        digest: String,
        /// Folders that hold more than a run's memory has room for: they stay read-only.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        read_only: Vec<String>,
    },
    /// The student's to mend.
    Failed {
        /// From 1.
        line: usize,
        /// As written, bounded.
        instruction: String,
        fault: BuildFault,
    },
    /// Ours: the network or an image was not there.
    Unavailable { cause: String },
}

/// Why an instruction failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum BuildFault {
    /// A command ended with an error.
    Exited { code: i64 },
    /// A limit struck.
    Limit { limit: BuildLimit },
    /// What is to be copied is not there, or was left out of the project's copy.
    Missing { source: String },
    /// The project holds more than is copied of one.
    TooLarge { mebibytes: u64 },
    /// It asks for something that no build may do.
    Refused { what: String },
    /// The image that came out of it cannot be started.
    Unusable,
}

/// What bounds a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuildLimit {
    Time,
    Memory,
    Disk,
    Output,
}
