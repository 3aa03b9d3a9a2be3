//! The rubric as a teacher writes it in `course.toml`.
//! May import: std, serde, schemars.
//! Next: `rubric/score.rs` applies it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::language::Language;
use super::points::{Points, Rounding};

/// The criteria of a course. Its hash is the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// The total is rounded to a multiple of this (0.25 by default).
    #[serde(default = "quarter")]
    pub round_to: Points,
    /// Which way the total is rounded.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rounding: Rounding,
    /// Headings that criteria stand under, in the order in which they are shown, and caps on what stands under them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The criteria, in the order in which they are shown.
    pub criteria: Vec<Criterion>,
}

impl Rubric {
    /// Pages that some criterion asks for by their path, each once, sorted.
    pub fn paths(&self) -> Vec<String> {
        let asked = self.criteria.iter().filter_map(|criterion| match &criterion.check {
            Check::Answers { path: Some(path), .. } if path.starts_with('/') => Some(path.clone()),
            _ => None,
        });
        let paths: std::collections::BTreeSet<String> = asked.collect();
        paths.into_iter().collect()
    }

    /// What a finding is about, in the reader's language. A criterion that the rubric no longer holds is named by its id.
    pub fn title_of<'a>(&'a self, finding: &'a Finding, language: Language) -> &'a str {
        self.title_of_id(&finding.criterion, language)
    }

    /// The same by a criterion's id.
    pub fn title_of_id<'a>(&'a self, id: &'a str, language: Language) -> &'a str {
        self.criterion(id).map_or(id, |criterion| criterion.title(language))
    }

    /// The criterion with this id.
    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.id == id)
    }

    /// The same with what an earlier version held besides: to name it, never to score by.
    pub fn remembering(mut self, earlier: Rubric) -> Self {
        for criterion in earlier.criteria {
            if self.criterion(&criterion.id).is_none() {
                self.criteria.push(criterion);
            }
        }
        self
    }

    /// The declared group with this id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The heading of a criterion in the reader's language: its group's title, or what it says itself where no groups are declared.
    pub fn heading<'a>(&'a self, criterion: &'a Criterion, language: Language) -> &'a str {
        self.group(&criterion.group).map_or(criterion.group.as_str(), |group| group.title(language))
    }
}

fn quarter() -> Points {
    Points::from_hundredths(25)
}

/// What is as it would be anyway is not written down: a version is the hash of what is.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A heading for criteria, and how much what stands under it counts at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Short, unique; criteria name it as their `group`.
    pub id: String,
    /// Shown to people, in French.
    pub title_fr: String,
    /// Shown to people, in English.
    pub title_en: String,
    /// Base and bonus points under it count up to this many; penalties come off what then counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Points>,
}

impl Group {
    /// Its name in the reader's language.
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.title_fr,
            Language::En => &self.title_en,
        }
    }
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
    /// Id of the group that it stands under; where no groups are declared, a heading in any words.
    #[serde(default)]
    pub group: String,
    /// What it gives at most; what a penalty takes off at most.
    pub points: Points,
    #[serde(flatten, with = "written_kind")]
    #[schemars(with = "WrittenKind")]
    pub kind: Kind,
    /// Counts, and students see its points in one sum with those of the other hidden ones, never its name or what was seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Part of what was asked gives part of the points; with `false` it is all or nothing.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub partial: bool,
    /// How much of the points a part of what was asked gives, in steps; in proportion where absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
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

    /// The least and the most that it can give.
    pub fn bounds(&self) -> (Points, Points) {
        let worth = self.points.max(Points::ZERO);
        match self.kind {
            Kind::Base | Kind::Bonus => (Points::ZERO, worth),
            Kind::Penalty => (-worth, Points::ZERO),
        }
    }
}

fn yes() -> bool {
    true
}
fn is_true(value: &bool) -> bool {
    *value
}

/// How a criterion's points count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Makes up the scale.
    #[default]
    Base,
    /// Comes on top.
    Bonus,
    /// Is taken off in so far as its check is not passed.
    Penalty,
}

/// A kind as it is written: `bonus = true` is older than `kind`, and versions of rubrics are hashes of how they are written.
#[derive(Serialize, Deserialize, JsonSchema)]
struct WrittenKind {
    /// The same as `kind = "bonus"`.
    #[serde(default)]
    bonus: bool,
    /// How its points count: as a base where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
}

mod written_kind {
    use super::{Kind, WrittenKind};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        let penalty = (*kind == Kind::Penalty).then_some(*kind);
        WrittenKind { bonus: *kind == Kind::Bonus, kind: penalty }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        match WrittenKind::deserialize(deserializer)? {
            WrittenKind { bonus: true, kind: None | Some(Kind::Bonus) } => Ok(Kind::Bonus),
            WrittenKind { bonus: true, kind: Some(_) } => Err(D::Error::custom("bonus = true contradicts kind")),
            WrittenKind { bonus: false, kind } => Ok(kind.unwrap_or_default()),
        }
    }
}

/// From so much of what was asked on, so much of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Percent of what was asked, 1 to 100.
    pub at: u32,
    /// Percent of the points, 0 to 100.
    pub share: u32,
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
