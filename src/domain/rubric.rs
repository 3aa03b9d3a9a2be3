//! The rubric as a teacher writes it in `course.toml`.
//! May import: std, serde, schemars.
//! Next: `rubric/score.rs` applies it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::language::Language;
use super::points::Points;

/// The criteria of a course. Its hash is the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// The total is rounded half up to a multiple of this (0.25 by default).
    #[serde(default = "quarter")]
    pub round_to: Points,
    /// The criteria, in the order in which they are shown.
    pub criteria: Vec<Criterion>,
}

impl Rubric {
    /// What a finding is about, in the reader's language. A criterion that the rubric no longer holds is named by its id.
    pub fn title_of<'a>(&'a self, finding: &'a Finding, language: Language) -> &'a str {
        let criterion = self.criteria.iter().find(|criterion| criterion.id == finding.criterion);
        criterion.map_or(finding.criterion.as_str(), |criterion| criterion.title(language))
    }
}

fn quarter() -> Points {
    Points::from_hundredths(25)
}

/// A named item with points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Criterion {
    /// Short, unique, used in URLs and exports.
    pub id: String,
    /// Shown to people, in French.
    pub title_fr: String,
    /// Shown to people, in English.
    pub title_en: String,
    /// Heading that it stands under (free text, the same for both languages or a key of the locale).
    #[serde(default)]
    pub group: String,
    /// What it is worth at most.
    pub points: Points,
    /// Counts on top of the base points.
    #[serde(default)]
    pub bonus: bool,
    /// Counts, and students see its points in one sum with those of the other hidden ones, never its name or what was seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Ids of criteria without which this one is skipped and not failed.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What is looked at, with its parameters.
    #[serde(flatten)]
    pub check: Check,
}

impl Criterion {
    /// Its name in the reader's language.
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.title_fr,
            Language::En => &self.title_en,
        }
    }
}

/// What a criterion looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "check", rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// The best README of the project.
    Readme {
        aspect: ReadmeAspect,
        /// Characters of text below which the README counts as too short (aspect `content`).
        #[serde(default = "min_characters")]
        min_characters: u32,
        /// Sections that the README must have (aspect `sections`): each as the names that it may go by, the usual one first.
        /// Accents, capitals, one wrong letter and words around the name do not matter.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sections: Vec<Vec<String>>,
        /// Languages that the README may be written in (aspect `content`); any where absent.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        languages: Vec<Language>,
    },
    /// The share of exercise cells completed, over all chapters or over those whose path matches a glob.
    Notebooks {
        #[serde(default)]
        chapters: Option<String>,
        /// Percentage of exercise cells that gives full points.
        #[serde(default = "full_share")]
        full_at_percent: u32,
    },
    /// Something was submitted that is not the template.
    Project { aspect: ProjectAspect },
    /// What the code uses, by parsing it.
    Stack {
        /// At least one of these must be used.
        any_of: Vec<Technology>,
    },
    /// The dependencies install.
    Installs {},
    /// The application starts and listens (or a crawl or notebook runs to its end).
    Starts {},
    /// The application answers over HTTP.
    Answers {
        /// Pages that must answer with success for full points.
        #[serde(default = "one")]
        min_pages: u32,
    },
    /// The databases hold something after the run.
    Stores {
        /// Documents, keys and rows over all databases for full points.
        #[serde(default = "one")]
        min_items: u32,
    },
    /// Commits of the student's own.
    History {
        #[serde(default = "one")]
        min_commits: u32,
        #[serde(default = "one")]
        min_days: u32,
    },
}

fn min_characters() -> u32 {
    600
}
fn full_share() -> u32 {
    80
}
fn one() -> u32 {
    1
}

/// What of a README is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadmeAspect {
    /// There is one and it is not the template.
    Present,
    /// Long enough, in a language of the course.
    Content,
    /// Says how to install and run the project.
    HowToRun,
    /// Technical documentation: architecture, choices, code.
    Technical,
    /// Functional documentation: what the application offers its user.
    Functional,
    /// The sections that the course asks for.
    Sections,
    /// Shown whole to whoever opens it: reStructuredText by docutils, Markdown as on GitHub.
    Renders,
}

/// What of a project folder is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectAspect {
    /// Own code, not the template.
    Submitted,
    /// No file with syntax errors.
    Parses,
    /// No keys or passwords left in the code.
    NoSecrets,
}

/// What the course asks a project to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Technology {
    Flask,
    Dash,
    Streamlit,
    Django,
    Fastapi,
    Mongodb,
    Redis,
    Elasticsearch,
    Sql,
    Scraping,
    RealTimeScraping,
    Scrapy,
    Selenium,
    Charts,
    Search,
    Dockerfile,
    Compose,
}
