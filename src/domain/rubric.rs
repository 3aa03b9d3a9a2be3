//! The rubric as a teacher writes it in `course.toml`.
//! May import: std, serde, schemars.
//! Next: `check.rs` for what a criterion may look at, `rubric/score.rs` applies it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::Check;
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
