//! What the code of a project says, by parsing.
//! May import: std, serde and the rest of `domain/`.
//! Next: `observe/python/` makes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::check::Technology;
use crate::domain::source::RepoPath;

/// What the student's own Python, Docker and Compose files say, by parsing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeFacts {
    pub python_files: u32,
    pub lines: u32,
    /// Top-level modules imported from outside the project and the standard library, sorted.
    pub imports: Vec<String>,
    /// What is used, with the first place that shows it (`path:line`).
    pub technologies: BTreeMap<Technology, String>,
    pub syntax_errors: Vec<SyntaxErrorFacts>,
    pub secrets: Vec<SecretFacts>,
    /// Files that only newer Pythons than the oldest of the course accept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub newer_python: Vec<NewerPythonFacts>,
    /// Addresses that the application answers, in the order of the files (bounded).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<RouteFacts>,
    /// Database clients (bounded).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientFacts>,
    /// Collections, indices and keys that the code names, each once (bounded).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<CollectionNameFacts>,
}

/// A Python file that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntaxErrorFacts {
    pub path: RepoPath,
    pub line: u32,
    pub message: String,
    /// Looks like Python 2.
    pub python2: bool,
}

/// A key or password in the code: where, never what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretFacts {
    pub path: RepoPath,
    pub line: u32,
    /// `password-in-url`, `aws-key`, `private-key`, `flask-secret-key`, `token`.
    pub kind: String,
}

impl SecretFacts {
    /// `path:line`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }
}

/// A Python file that the oldest Python of the course would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewerPythonFacts {
    pub path: RepoPath,
    /// The first line that needs it.
    pub line: u32,
    /// The oldest Python that accepts the file: `3.12`.
    pub python: String,
}

/// An address that the application answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteFacts {
    /// As the code writes it: `/films/<int:id>`.
    pub rule: String,
    /// Upper case; empty where the framework's default (GET) holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// `path:line`.
    pub place: String,
}

/// A database client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientFacts {
    pub technology: Technology,
    /// `host:port` or `host` where the code says it, without names and passwords; empty where the driver's default holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// `path:line`.
    pub place: String,
}

/// A collection of MongoDB, an index of Elasticsearch, a key of Redis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionNameFacts {
    pub technology: Technology,
    /// What is only known while the program runs stands as `{}`.
    pub name: String,
    /// The first place that names it, as `path:line`.
    pub place: String,
}
