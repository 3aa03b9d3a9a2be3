//! Newtypes for everything that is identified, parsed once at the edge.
//! May import: std, serde.
//! Next: `fork.rs` and `run.rs` for what carries these ids.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What was not an id, and which kind of id was wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {wanted}")]
pub struct InvalidId {
    value: String,
    wanted: &'static str,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(value: String) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(&value) {
                    Ok(Self(value))
                } else {
                    Err(InvalidId { value, wanted: $wanted })
                }
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(value: &str) -> Result<Self, InvalidId> {
                Self::try_from(value.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && !text.starts_with('-')
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_login(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

text_id!(
    /// Any git object id in hexadecimal (40 digits for SHA-1, 64 for SHA-256).
    ObjectId, "a git object id in hexadecimal", is_object_id
);
text_id!(
    /// The id of a commit.
    CommitSha, "a commit id in hexadecimal", is_object_id
);
text_id!(
    /// The id of a tree: equal trees hold equal files.
    TreeId, "a tree id in hexadecimal", is_object_id
);
text_id!(
    /// Content address of one facts document (BLAKE3, 64 hexadecimal digits).
    FactsAddress, "a facts address", is_hash
);
text_id!(
    /// Content address of one picture (BLAKE3, 64 hexadecimal digits).
    PictureAddress, "a picture's address", is_hash
);
text_id!(
    /// Hash of a rubric's canonical form (BLAKE3, 64 hexadecimal digits).
    RubricHash, "a rubric hash", is_hash
);
text_id!(
    /// The course's name in URLs: lower-case letters, digits and dashes.
    CourseSlug, "a slug (lower-case letters, digits and dashes, at most 64)", is_slug
);
text_id!(
    /// A GitHub login (GitHub Enterprise adds `_` and `.`).
    Login, "a GitHub login", is_login
);

impl From<[u8; 32]> for FactsAddress {
    fn from(hash: [u8; 32]) -> Self {
        Self(hex::encode(hash))
    }
}

impl From<[u8; 32]> for PictureAddress {
    fn from(hash: [u8; 32]) -> Self {
        Self(hex::encode(hash))
    }
}

impl From<[u8; 32]> for RubricHash {
    fn from(hash: [u8; 32]) -> Self {
        Self(hex::encode(hash))
    }
}

impl Login {
    /// GitHub compares logins without case.
    pub fn is_same(&self, other: &Login) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

number_id!(
    /// GitHub's numeric repository id: survives renames and transfers.
    RepoId
);
number_id!(
    /// Our row id of a course.
    CourseId
);
number_id!(
    /// Our row id of a fork.
    ForkId
);
number_id!(
    /// Our row id of a student.
    StudentId
);
number_id!(
    /// Our row id of a submission.
    SubmissionId
);
number_id!(
    /// Our row id of a score.
    ScoreId
);
number_id!(
    /// Our row id of a run.
    RunId
);
number_id!(
    /// A rubric that was put in force in a course, at one moment.
    RubricVersionId
);
number_id!(
    /// GitHub's numeric user id: survives a change of login.
    UserId
);
number_id!(
    /// Our row id of a person who signed in with GitHub.
    PersonId
);
