//! The rubric in words, group by group.
//! May import: `rubric/words`, `domain/`.
//! Next: `templates/parts/rubric-sheet.html`.

use crate::domain::language::Language;
use crate::domain::points::Rounding;
use crate::domain::rubric::{Criterion, Kind};
use crate::domain::{Message, Points, Rubric};
use crate::rubric::words::{self, Asked};

/// What stands on the page of a rubric.
pub struct Sheet {
    pub groups: Vec<Group>,
    /// Points of each kind, and how many criteria there are.
    pub base: Points,
    pub bonus: Points,
    pub penalty: Points,
    pub criteria: usize,
    pub round_to: Points,
    pub rounding: Rounding,
}

/// A heading with its criteria.
pub struct Group {
    pub title: String,
    pub at_most: Option<Points>,
    pub criteria: Vec<Line>,
}

/// A criterion in words.
pub struct Line {
    pub id: String,
    pub title: String,
    pub kind: Kind,
    pub hidden: bool,
    /// At most, and below nothing for a penalty.
    pub points: Points,
    pub asked: Vec<Asked>,
    /// How a part counts.
    pub counted: Vec<Message>,
    /// Titles of what it needs.
    pub needs: Vec<String>,
}

impl Sheet {
    /// The rubric in the reader's language. Criteria without a declared group stand under their own heading, in the order of the rubric.
    pub fn of(rubric: &Rubric, language: Language) -> Self {
        let mut groups: Vec<(&str, Group)> = rubric
            .groups
            .iter()
            .map(|group| {
                let title = group.title(language).to_owned();
                (group.id.as_str(), Group { title, at_most: group.at_most, criteria: Vec::new() })
            })
            .collect();
        for criterion in &rubric.criteria {
            let line = line(rubric, criterion, language);
            match groups.iter_mut().find(|(id, _)| *id == criterion.group) {
                Some((_, group)) => group.criteria.push(line),
                None => {
                    let title = criterion.group.clone();
                    groups.push((&criterion.group, Group { title, at_most: None, criteria: vec![line] }));
                }
            }
        }
        let total = |kind: Kind| {
            rubric.criteria.iter().filter(|criterion| criterion.kind == kind).map(|criterion| criterion.points).sum()
        };
        Self {
            groups: groups.into_iter().map(|(_, group)| group).filter(|group| !group.criteria.is_empty()).collect(),
            base: total(Kind::Base),
            bonus: total(Kind::Bonus),
            penalty: total(Kind::Penalty),
            criteria: rubric.criteria.len(),
            round_to: rubric.round_to,
            rounding: rubric.rounding,
        }
    }

    /// The sentence that says which way the total is rounded.
    pub fn rounding_key(&self) -> &'static str {
        match self.rounding {
            Rounding::HalfUp => "rubric-counting-half-up",
            Rounding::Down => "rubric-counting-down",
            Rounding::Up => "rubric-counting-up",
        }
    }

    pub fn has_caps(&self) -> bool {
        self.groups.iter().any(|group| group.at_most.is_some())
    }
}

fn line(rubric: &Rubric, criterion: &Criterion, language: Language) -> Line {
    let (min, max) = criterion.bounds();
    let title = |id: &String| rubric.criterion(id).map_or(id.as_str(), |needed| needed.title(language)).to_owned();
    Line {
        id: criterion.id.clone(),
        title: criterion.title(language).to_owned(),
        kind: criterion.kind,
        hidden: criterion.hidden,
        points: if criterion.kind == Kind::Penalty { min } else { max },
        asked: words::asked(&criterion.check),
        counted: words::counted(criterion),
        needs: criterion.needs.iter().map(title).collect(),
    }
}
