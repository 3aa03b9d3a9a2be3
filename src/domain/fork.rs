//! Forks, their students and their submissions.
//! May import: std, serde, chrono.
//! Next: `db/forks.rs` and `db/submissions.rs` keep them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{CommitSha, CourseId, ForkId, Login, RepoId, StudentId, SubmissionId, TreeId};
use super::message::Message;

/// What can be done with a fork now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForkState {
    /// Listed by GitHub and fetched at least once, or about to be.
    Active,
    /// The repository holds no commit on the graded branch.
    Empty,
    /// GitHub disabled it, or it is private and our token may not read it.
    Unreadable,
    /// GitHub no longer lists it: deleted or made private. The last snapshot is kept.
    Gone,
}

impl ForkState {
    /// The word in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ForkState::Active => "active",
            ForkState::Empty => "empty",
            ForkState::Unreadable => "unreadable",
            ForkState::Gone => "gone",
        }
    }
}

/// One fork of a course's upstream.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fork {
    pub id: ForkId,
    pub course: CourseId,
    pub repo: RepoId,
    /// `owner/name` as GitHub last told it.
    pub full_name: String,
    pub owner: Login,
    pub clone_url: String,
    pub html_url: String,
    /// The branch that is graded.
    pub branch: String,
    pub state: ForkState,
    pub archived: bool,
    /// GitHub's `pushed_at` when last listed.
    pub pushed_at: Option<DateTime<Utc>>,
    /// The `pushed_at` that the mirror holds.
    pub fetched_at_push: Option<DateTime<Utc>>,
    /// The head of the graded branch in the mirror.
    pub head: Option<CommitSha>,
    /// The separate repository that its student named for the project, `owner/name`.
    pub project_repository: Option<String>,
    /// Our own last failure to fetch it, in words; never the student's fault.
    pub trouble: Option<Message>,
}

/// A person who is graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Student {
    pub id: StudentId,
    pub login: Login,
    pub name: Option<String>,
    pub email: Option<String>,
    pub group: Option<String>,
}

/// How the service learnt of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LearntFrom {
    Webhook,
    Sweep,
    Command,
}

impl LearntFrom {
    /// The word in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            LearntFrom::Webhook => "webhook",
            LearntFrom::Sweep => "sweep",
            LearntFrom::Command => "command",
        }
    }
}

/// A fork at one commit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Submission {
    pub id: SubmissionId,
    pub fork: ForkId,
    pub commit: CommitSha,
    /// Head of the separate project repository, where the student named one.
    pub project_commit: Option<CommitSha>,
    /// Known once the commit was fetched.
    pub tree: Option<TreeId>,
    /// The service's own clock.
    pub received_at: DateTime<Utc>,
    pub learnt_from: LearntFrom,
    /// The commit's own date: shown, never believed.
    pub committed_at: Option<DateTime<Utc>>,
}
