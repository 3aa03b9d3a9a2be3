//! What lists show of a facts document. Facts never change, so each document is read once per process.
//! May import: `class`, `db/facts`, `db/views`, `domain/`.
//! Next: `class.rs`, which shows them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use sqlx::PgConnection;

use super::class::Line;
use crate::db;
use crate::domain::facts::execution::{Execution, Verdict};
use crate::domain::facts::inspection::{Inspection, ProjectState};
use crate::domain::facts::screenshots::ScreenshotFacts;
use crate::domain::ids::CourseId;
use crate::domain::{Course, FactsAddress, PictureAddress};

/// What a list shows of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Summary {
    Inspection(ProjectState),
    Execution(Verdict, Option<Front>),
    /// Written in a shape that this version no longer reads.
    Unknown,
}

/// The first page that was pictured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    pub picture: PictureAddress,
    pub thumbnail: PictureAddress,
    /// Its title, else its path.
    pub title: String,
}

impl Front {
    fn of(screenshots: &[ScreenshotFacts]) -> Option<Self> {
        let (screenshot, picture) = screenshots.iter().find_map(|one| Some((one, one.picture.as_ref()?)))?;
        Some(Self {
            picture: picture.address.clone(),
            thumbnail: picture.thumbnail.clone(),
            title: screenshot.title.clone().unwrap_or_else(|| screenshot.path.clone()),
        })
    }
}

/// Summaries by the address of their document. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Summaries(Arc<Mutex<HashMap<FactsAddress, Summary>>>);

/// Documents read at once: logs make some of them large.
const AT_ONCE: usize = 50;

impl Summaries {
    /// Every fork of a course with its submission of record.
    pub async fn lines(&self, conn: &mut PgConnection, id: CourseId, course: &Course) -> sqlx::Result<Vec<Line>> {
        let rows = db::views::class(&mut *conn, id, None).await?;
        let scores = || rows.iter().flat_map(|row| &row.submissions).filter_map(|submission| submission.score.as_ref());
        let inspections = scores().map(|score| &score.inspection);
        let executions = scores().filter_map(|score| score.execution.as_ref());
        let summaries = self.of(conn, inspections, executions).await?;
        Ok(rows.into_iter().map(|row| Line::new(course, row, &summaries)).collect())
    }

    /// The summaries of these documents; what is not among them is forgotten.
    pub async fn of<'a>(
        &self,
        conn: &mut PgConnection,
        inspections: impl Iterator<Item = &'a FactsAddress>,
        executions: impl Iterator<Item = &'a FactsAddress>,
    ) -> sqlx::Result<HashMap<FactsAddress, Summary>> {
        let wanted: HashMap<&FactsAddress, fn(&serde_json::Value) -> Summary> = inspections
            .map(|address| (address, read_inspection as fn(&serde_json::Value) -> Summary))
            .chain(executions.map(|address| (address, read_execution as fn(&serde_json::Value) -> Summary)))
            .collect();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.retain(|address, _| wanted.contains_key(address));
        let missing: Vec<&FactsAddress> =
            wanted.keys().copied().filter(|address| !known.contains_key(address)).collect();
        for some in missing.chunks(AT_ONCE) {
            for (address, document) in db::facts::load_many(&mut *conn, some.iter().copied()).await? {
                let summary = wanted.get(&address).map_or(Summary::Unknown, |read| read(&document));
                known.insert(address, summary);
            }
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known.clone();
        Ok(known)
    }
}

fn read_inspection(document: &serde_json::Value) -> Summary {
    Inspection::deserialize(document).map_or(Summary::Unknown, |facts| Summary::Inspection(facts.project.state))
}

fn read_execution(document: &serde_json::Value) -> Summary {
    Execution::deserialize(document)
        .map_or(Summary::Unknown, |facts| Summary::Execution(facts.verdict(), Front::of(&facts.screenshots)))
}
