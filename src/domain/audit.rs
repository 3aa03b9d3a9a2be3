//! Who did what to a grade: the words of the audit log.
//! May import: `ids`, serde.
//! Next: `db/audit.rs`, which writes it down; `web/audit.rs`, which shows it.

use serde::{Deserialize, Serialize};

use super::ids::Login;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Actor {
    /// On a page, with their login where GitHub vouched for it; whoever came in by a printed link has none.
    Teacher { login: Option<Login> },
    /// The course's configuration, as it was read at a start.
    CourseFile,
    /// Whoever may run commands on the service's own machine.
    Command,
}

impl Actor {
    /// The login, where there is one.
    pub fn login(&self) -> Option<&Login> {
        match self {
            Actor::Teacher { login } => login.as_ref(),
            Actor::CourseFile | Actor::Command => None,
        }
    }

    /// `teacher`, `course_file` or `command`.
    pub fn kind(&self) -> &'static str {
        match self {
            Actor::Teacher { .. } => "teacher",
            Actor::CourseFile => "course_file",
            Actor::Command => "command",
        }
    }
}

/// What can be done to a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    OverrideSet,
    OverrideUndone,
    ExtensionGiven,
    ExtensionTaken,
    Published,
    Unpublished,
    RubricApplied,
    /// Deadline, visibility or scale, in course.toml.
    RulesChanged,
    Rescored,
    RunForced,
    /// A student became one of a fork's.
    Attached,
    Detached,
    /// Off the class list, and off every fork that is not their own.
    Unlisted,
    LoginMended,
}

impl Action {
    /// Every action, in the order in which they are offered.
    pub const ALL: [Action; 14] = [
        Action::OverrideSet,
        Action::OverrideUndone,
        Action::ExtensionGiven,
        Action::ExtensionTaken,
        Action::Published,
        Action::Unpublished,
        Action::RubricApplied,
        Action::RulesChanged,
        Action::Rescored,
        Action::RunForced,
        Action::Attached,
        Action::Detached,
        Action::Unlisted,
        Action::LoginMended,
    ];

    /// Its word in the database, in addresses and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::OverrideSet => "override_set",
            Action::OverrideUndone => "override_undone",
            Action::ExtensionGiven => "extension_given",
            Action::ExtensionTaken => "extension_taken",
            Action::Published => "published",
            Action::Unpublished => "unpublished",
            Action::RubricApplied => "rubric_applied",
            Action::RulesChanged => "rules_changed",
            Action::Rescored => "rescored",
            Action::RunForced => "run_forced",
            Action::Attached => "attached",
            Action::Detached => "detached",
            Action::Unlisted => "unlisted",
            Action::LoginMended => "login_mended",
        }
    }

    /// The action of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }
}
