//! What the checks of the teacher's own judges share: which judge, and which of its tests count.
//! May import: `domain/`, globset.
//! Next: `tests.rs`, `command.rs`.

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::domain::facts::judges::{CaseFacts, JudgeKind, TestFacts};
use crate::domain::facts::{Facts, JudgeFacts};

/// Said to students where a judge came to nothing through the teacher or us; the teacher is shown why.
pub const NOT_JUDGED: &str = "judge-fault";

/// What a judge said.
pub fn judge_of<'f>(facts: Facts<'f>, kind: JudgeKind, name: &str) -> Option<&'f JudgeFacts> {
    facts.judges.iter().find(|judge| judge.kind == kind && judge.name == name)
}

/// The tests that a criterion counts.
pub struct Filter<'c> {
    names: &'c [String],
    globs: GlobSet,
}

impl<'c> Filter<'c> {
    /// Globs, each of which may also be a test's very name (`test_sum[1-2]`). The configuration refuses what is no glob.
    pub fn new(only: &'c [String]) -> Self {
        let mut globs = GlobSetBuilder::new();
        for glob in only.iter().filter_map(|text| Glob::new(text).ok()) {
            globs.add(glob);
        }
        Self { names: only, globs: globs.build().unwrap_or_default() }
    }

    /// Whether a case of a suite counts.
    pub fn takes_case(&self, case: &CaseFacts) -> bool {
        self.takes([case.full_name().as_str(), &case.name, &case.class])
    }

    /// Whether a test of results.json counts.
    pub fn takes_test(&self, test: &TestFacts) -> bool {
        self.takes([test.called(), test.number.as_deref().unwrap_or_default()])
    }

    fn takes<const N: usize>(&self, called: [&str; N]) -> bool {
        let is = |name: &&str| self.names.iter().any(|only| only == name) || self.globs.is_match(name);
        self.names.is_empty() || called.iter().filter(|name| !name.is_empty()).any(is)
    }
}
