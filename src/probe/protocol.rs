//! What a worker asks the probe, and what it answers: one JSON line each.
//! May import: `domain/`.
//! Next: `mod.rs`, which answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::facts::execution::{DatabaseFacts, DatabaseKind, PageFacts};

/// A service of the pod, where the probe reaches it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServicePort {
    pub name: String,
    pub kind: DatabaseKind,
    pub port: u16,
}

/// A question. Waiting ones end early when what they wait for has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// Until every port accepts connections.
    WaitForServices { ports: Vec<u16>, milliseconds: u64 },
    /// Until every database takes commands, and everything else connections.
    WaitForHealth { services: Vec<ServicePort>, milliseconds: u64 },
    /// Until a port listens that is neither a service's nor known already.
    WaitForListener { services_user: u32, known: Vec<u16>, milliseconds: u64 },
    /// The pages behind `/` of each port, or behind these routes where there is none; and these paths of each, linked or not.
    Crawl { ports: Vec<u16>, paths: Vec<String>, routes: Vec<String> },
    /// From now on no name exists, and every one that is asked for is remembered.
    WatchNames,
    /// The names that were asked for.
    Names,
    /// A user for a database. Those that know none, and those that have it already, stay as they are.
    AddLogin { service: ServicePort, user: String, password: String },
    /// What the databases hold.
    Databases { services: Vec<ServicePort> },
}

/// An answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Services {
        missing: Vec<u16>,
    },
    Listening {
        ports: Vec<u16>,
    },
    Pages {
        pages: Vec<PageFacts>,
    },
    /// How often each was asked for.
    Names {
        unknown: BTreeMap<String, u64>,
    },
    Databases {
        databases: Vec<DatabaseFacts>,
    },
    /// The user is there, or it cannot be.
    Login {
        added: bool,
    },
    Misunderstood {
        error: String,
    },
}
