//! The teacher's own judges as `course.toml` declares them: suites of tests, and commands that write results.
//! May import: std, serde, schemars and the rest of `domain/`.
//! Next: `facts/judges.rs` for what they say, `docs/judges.md` for teachers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::points::Points;
use super::source::RepoPath;

/// A hidden suite of tests, run beside the application in a container of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Folder of the suite, relative to course.toml.
    pub folder: String,
    /// Version of the Python that it runs on, one of `[sandbox.python]`; the default one where absent.
    #[serde(default)]
    pub python: Option<String>,
    /// An image of your own in place of a Python with `requirements`: it holds a shell, tar and everything that the suite needs.
    #[serde(default)]
    pub image: Option<String>,
    /// What is installed for the suite, as pip writes it.
    #[serde(default = "suite_requirements")]
    pub requirements: Vec<String>,
    /// Run in the suite's folder; writes JUnit XML into /results.
    #[serde(default = "suite_command")]
    pub command: Vec<String>,
    /// Seconds for one test, told to pytest-timeout.
    #[serde(default = "test_seconds")]
    pub test_seconds: u32,
    /// Seconds for the whole suite, at most 600.
    #[serde(default = "judge_seconds")]
    pub seconds: u32,
    /// Memory, its files included.
    #[serde(default = "judge_memory")]
    pub memory_mib: u32,
}

/// A container of the teacher's that reads the project and the facts, and writes results as Gradescope has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Image by reference: it holds a shell and tar, and what it reads may be read by every user.
    pub image: String,
    /// Program and arguments, run in /autograder.
    #[serde(default = "run_autograder")]
    pub command: Vec<String>,
    /// What it is told: the project alone, so that equal projects are judged once, or everything of the submission.
    #[serde(default)]
    pub reads: Reads,
    /// What a `score` without tests is out of; the course's scale where absent.
    #[serde(default)]
    pub out_of: Option<Points>,
    /// Seconds, at most 600.
    #[serde(default = "judge_seconds")]
    pub seconds: u32,
    /// Memory, the project's files included.
    #[serde(default = "judge_memory")]
    pub memory_mib: u32,
}

/// What a command is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// The project and what follows from it. It runs in the project's pod, while the databases answer.
    #[default]
    Project,
    /// Notebooks, history, who submitted and when besides. It runs alone, once for each submission.
    Submission,
}

/// The longest that any judge may take, in seconds.
pub const MOST_SECONDS: u32 = 600;

fn suite_requirements() -> Vec<String> {
    ["pytest", "pytest-timeout", "requests"].map(str::to_owned).into()
}
fn suite_command() -> Vec<String> {
    ["python", "-m", "pytest", "-p", "no:cacheprovider", "--junitxml=/results/junit.xml"].map(str::to_owned).into()
}
fn run_autograder() -> Vec<String> {
    vec!["/autograder/run_autograder".to_owned()]
}
fn test_seconds() -> u32 {
    20
}
fn judge_seconds() -> u32 {
    120
}
fn judge_memory() -> u32 {
    512
}

/// The files of a suite, as they were read when the program started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteFiles {
    /// Hash of names and contents.
    pub hash: String,
    /// Paths below the suite's folder, sorted.
    pub files: Vec<(RepoPath, Vec<u8>)>,
}

/// The suites of a course by their names in `course.toml`.
pub type Suites = BTreeMap<String, SuiteFiles>;
