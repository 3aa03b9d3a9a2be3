//! What a criterion of the rubric may look at, with its parameters.
//! May import: serde, schemars.
//! Next: `rubric/checks/` judges by it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::language::Language;

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
        /// An answer counts once it was executed (and the notebook saved with its execution count).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        require_executed: bool,
        /// An answer whose saved output is an error does not count.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        forbid_errors: bool,
    },
    /// Something was submitted that is not the template.
    Project {
        aspect: ProjectAspect,
        /// The student's own program files that there must be (aspect `submitted`).
        #[serde(default = "one", skip_serializing_if = "is_one")]
        min_files: u32,
        /// Lines of Python that there must be (aspect `submitted`).
        #[serde(default, skip_serializing_if = "is_nothing")]
        min_lines: u32,
        /// What the project may weigh, committed junk left out (aspect `size`; 20 where absent).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_mebibytes: Option<u32>,
    },
    /// What the code uses, by parsing it.
    Stack {
        /// At least one of these must be used.
        #[serde(default)]
        any_of: Vec<Technology>,
        /// Each of these must be used; every one counts alike.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        all_of: Vec<Technology>,
    },
    /// The dependencies install.
    Installs {},
    /// The application starts and listens (or a crawl or notebook runs to its end).
    Starts {
        /// How far it must come for full points; on the way there it gives a part of them.
        #[serde(default, skip_serializing_if = "StartLevel::is_listens")]
        level: StartLevel,
    },
    /// The application answers over HTTP.
    Answers {
        /// Pages that must answer with success for full points.
        #[serde(default = "one")]
        min_pages: u32,
        /// The one page that counts, as `/films?page=2`: asked for in every run, whether or not another page links to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// The status that counts as success (200 to 399 where absent).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 100, max = 599))]
        status: Option<u16>,
        /// Text that a page must show, without regard to case: in its title or the beginning of what can be read on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contains: Option<String>,
    },
    /// The databases hold something after the run.
    Stores {
        /// Documents, keys and rows over all databases for full points.
        #[serde(default = "one")]
        min_items: u32,
        /// Only what this service holds, by its name in `[services]`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
        /// Only what is kept under names that match this glob: `films`, `cinema.*`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        collection: Option<String>,
    },
    /// Commits of the student's own.
    History {
        #[serde(default = "one")]
        min_commits: u32,
        #[serde(default = "one")]
        min_days: u32,
        /// Hours between the first own commit and the last: tells work from one evening's upload.
        #[serde(default, skip_serializing_if = "is_nothing")]
        min_hours: u32,
        /// People who must have committed (for a pair: 2). Addresses of one person are joined.
        #[serde(default, skip_serializing_if = "is_nothing")]
        min_authors: u32,
        /// Commits of the upstream that the fork may lack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_behind: Option<u32>,
        /// No points for what the service learnt of after the deadline (with grace), whatever the commits' own dates say.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        before_deadline: bool,
    },
    /// The share of a hidden suite's tests that pass.
    Tests {
        /// Name of one of `[suites.<name>]`; criteria that name the same one share its run.
        suite: String,
        /// Globs of the tests that count, by name or by `class.name`; all where empty.
        #[serde(default)]
        only: Vec<String>,
        /// What students see of tests that fail.
        #[serde(default)]
        show: Shown,
        /// What a suite that did not come to its end in time, or within its memory, means.
        #[serde(default)]
        unfinished: Unfinished,
    },
    /// The share of points that a container of the teacher's gives.
    Command {
        /// Name of one of `[commands.<name>]`; criteria that name the same one share its run.
        command: String,
        /// Globs of the tests of results.json that count, by name or number; the whole score where empty.
        #[serde(default)]
        only: Vec<String>,
    },
}

/// What students see of a suite's tests that fail. Of those that pass they see the number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// How many.
    Nothing,
    /// Their names.
    #[default]
    Names,
    /// Their names, and the first lines of what they say.
    Messages,
}

/// What a suite means that did not come to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unfinished {
    /// Nothing: the criterion counts for nobody, and the teacher is told.
    #[default]
    Skipped,
    /// The application kept it waiting: no points.
    Failed,
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
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(number: &u32) -> bool {
    *number == 1
}
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nothing(number: &u32) -> bool {
    *number == 0
}

/// How far an application comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StartLevel {
    /// It listens; a script or crawl runs to its end.
    #[default]
    Listens,
    /// A page answers with success.
    Answers,
    /// It shows or stores data.
    ShowsData,
}

impl StartLevel {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_listens(&self) -> bool {
        *self == Self::Listens
    }
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
    /// No larger than allowed.
    Size,
    /// No virtual environments, caches, drivers or database folders committed.
    Clean,
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
