//! What the demo remembers between two starts, in `demo.json` beside its repositories.
//! May import: std, serde, `domain/`.
//! Next: `course.rs`, the only one to change it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::DemoError;
use crate::domain::ids::CommitSha;

const FILE: &str = "demo.json";

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// Of which content the repositories were made; empty where they were not finished.
    pub content: String,
    /// Head of the default branch by `owner/name`.
    pub heads: BTreeMap<String, CommitSha>,
    pub deadline: Option<DateTime<Utc>>,
    /// When the late push was made.
    pub late_push: Option<DateTime<Utc>>,
}

impl State {
    /// The state below a folder; an empty one where there is none that can be read.
    pub fn read(into: &Path) -> Self {
        let text = fs::read(into.join(FILE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Replaces the file at once: a start that breaks off leaves the old state or the new one.
    pub fn write(&self, into: &Path) -> Result<(), DemoError> {
        let path = into.join(FILE);
        let fresh = into.join(format!("{FILE}.new"));
        let json = serde_json::to_vec_pretty(self)
            .map_err(|error| DemoError::Content { file: FILE.into(), cause: error.to_string() })?;
        let done = fs::write(&fresh, json).and_then(|()| fs::rename(&fresh, &path));
        done.map_err(|cause| DemoError::Io { path, cause })
    }
}
