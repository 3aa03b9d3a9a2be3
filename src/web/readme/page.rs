//! The part of a submission's page that is about its README.
//! May import: its parent, `source`, `words`, `rubric/` (hints), `db/facts`, `domain/`.
//! Next: `templates/parts/readme.html`.

use sqlx::PgConnection;

use super::{Setting, safe};
use crate::db;
use crate::domain::facts::Rendering;
use crate::domain::facts::inspection::{Inspection, ReadmeCandidate, ReadmeFormat};
use crate::domain::facts::rendering::{Complaint, RenderingEnd};
use crate::domain::{Course, Message};
use crate::web::source::Source;
use crate::web::words::Words;

/// The judged README, with everything that stands beside it.
pub struct ReadmeView {
    pub best: ReadmeCandidate,
    /// Its page at GitHub.
    pub link: Option<String>,
    /// Safe to be written as it is; `None` where no renderer came to its end.
    pub html: Option<String>,
    /// What would make it better and costs nothing, each with where that is.
    pub hints: Vec<(Message, Option<(String, String)>)>,
    /// The other documents: path, page at GitHub, and what they are.
    pub others: Vec<(String, Option<String>, String)>,
    /// What its renderer complains of, each with its line's page at GitHub.
    pub complaints: Vec<(Complaint, Option<String>)>,
}

impl ReadmeView {
    /// The README of an inspection; `None` where there is none.
    pub async fn load(
        conn: &mut PgConnection,
        course: &Course,
        words: &Words,
        inspection: &Inspection,
        source: &Source,
    ) -> sqlx::Result<Option<Self>> {
        let readme = &inspection.readme;
        let Some((index, best)) = readme.best.and_then(|best| Some((best, readme.candidates.get(best)?))) else {
            return Ok(None);
        };
        let html = match &best.rendering {
            Some(rendered) => html(db::facts::load(conn, &rendered.address).await, best, source, words).await?,
            None => None,
        };
        let hints = crate::rubric::hints(&course.rubric, readme).into_iter();
        let others = readme.candidates.iter().enumerate().filter(|(other, _)| *other != index);
        let complaints = best.rendering.iter().flat_map(|rendering| &rendering.complaints);
        Ok(Some(Self {
            link: source.at_github(best.path.as_str(), None),
            html,
            hints: hints.map(|hint| (hint.clone(), source.place(&hint))).collect(),
            others: others
                .map(|(_, one)| (one.path.to_string(), source.at_github(one.path.as_str(), None), kind(words, one)))
                .collect(),
            complaints: complaints
                .filter_map(|complaint| Some((complaint, complaint.line?)))
                .map(|(complaint, line)| (complaint.clone(), source.at_github(best.path.as_str(), Some(line))))
                .collect(),
            best: best.clone(),
        }))
    }

    /// Why there is nothing to show, where there is nothing.
    pub fn reason(&self, words: &Words) -> String {
        if self.best.is_template {
            return words.t("readme-view-template");
        }
        match self.best.rendering.as_ref().map(|rendering| &rendering.end) {
            Some(RenderingEnd::TooLarge) => words.t("readme-view-too-large"),
            Some(RenderingEnd::TooMuch | RenderingEnd::Broken { .. }) => words.t("readme-view-too-much"),
            _ if !self.best.format.is_text() => words.t("readme-view-unreadable"),
            _ => words.t("readme-view-at-github"),
        }
    }

    /// What it is: its format, or that it is still the course's.
    pub fn kind(&self, words: &Words) -> String {
        kind(words, &self.best)
    }

    /// The language for whoever reads it aloud.
    pub fn language(&self) -> Option<&str> {
        Some(self.best.language.as_str()).filter(|language| *language != "other")
    }
}

/// The stored HTML, made safe on a thread of its own.
async fn html(
    loaded: sqlx::Result<Option<Rendering>>,
    best: &ReadmeCandidate,
    source: &Source,
    words: &Words,
) -> sqlx::Result<Option<String>> {
    let rendering = match loaded {
        // Written by another version: the page does without.
        Err(sqlx::Error::Decode(_)) => None,
        other => other?,
    };
    let Some(rendering) = rendering.filter(|rendering| rendering.end == RenderingEnd::Rendered) else {
        return Ok(None);
    };
    let (best, source, words) = (best.clone(), source.clone(), words.clone());
    let made = tokio::task::spawn_blocking(move || safe(&rendering.html, &Setting::of(&best, &source, &words)));
    Ok(made.await.inspect_err(|error| tracing::error!(%error, "a README was not shown")).ok())
}

fn kind(words: &Words, one: &ReadmeCandidate) -> String {
    if one.is_template {
        return words.t("readme-kind-template");
    }
    match one.format {
        ReadmeFormat::Restructuredtext => "reStructuredText".to_owned(),
        ReadmeFormat::Markdown => "Markdown".to_owned(),
        ReadmeFormat::Text => words.t("readme-kind-text"),
        ReadmeFormat::Pdf => "PDF".to_owned(),
        ReadmeFormat::Office => words.t("readme-kind-office"),
    }
}
