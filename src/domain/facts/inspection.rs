//! Facts read from the files and the history, without running anything.
//! May import: std, serde, chrono and the rest of `domain/`.
//! Next: `observe/inspect.rs` makes them.

use serde::{Deserialize, Serialize};

use super::rendering::{Complaint, RenderingEnd};
use crate::domain::ids::{FactsAddress, ObjectId, TreeId};
use crate::domain::launch::LaunchPlan;
use crate::domain::message::Message;
use crate::domain::source::RepoPath;

pub use super::code::{
    ClientFacts, CodeFacts, CollectionNameFacts, NewerPythonFacts, RouteFacts, SecretFacts, SyntaxErrorFacts,
};
pub use super::history::{HistoryFacts, PersonFacts};
pub use super::notebooks::{CellFacts, CellState, NotebookFacts, NotebookState};

/// Everything read from one commit (or one folder on disk).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Version of this document's shape and of the readers behind it.
    pub version: u32,
    pub project: ProjectFacts,
    pub readme: ReadmeFacts,
    pub notebooks: Vec<NotebookFacts>,
    pub code: CodeFacts,
    /// `None` for a folder on disk.
    pub history: Option<HistoryFacts>,
    /// How the project would be started; `None` where there is nothing to run.
    pub plan: Option<LaunchPlan>,
    /// Where a teacher may want to look. No finding is made of them, and no student sees them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<SignFacts>,
}

/// The folder that is graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectFacts {
    pub state: ProjectState,
    /// The folder below the repository's root; `None` where none was found.
    pub folder: Option<RepoPath>,
    /// How it was found, as a sentence.
    pub found_by: Message,
    /// Git tree id of the folder: the first part of the execution's address.
    pub tree: Option<TreeId>,
    /// Files below the folder that are not junk (virtual environments, caches, drivers).
    pub files: u32,
    /// Files below the folder that are no version of an upstream file.
    pub own_files: u32,
    pub own_code_files: u32,
    pub bytes: u64,
    /// Junk that was left out of all checks: virtual environments, browser drivers, database folders.
    pub junk: Vec<RepoPath>,
    /// Symlinks, gitlinks and unsafe names that were refused (bounded).
    pub refused: Vec<RepoPath>,
    /// Files above the limit, which are not read.
    pub too_large: Vec<RepoPath>,
    /// A separate repository that the student named in `.forkgrade.toml`: `owner/name` or a GitHub URL.
    pub separate_repository: Option<String>,
}

/// What was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectState {
    /// Own program code.
    Submitted,
    /// Own files, but no program code: only a README, only data.
    DocumentsOnly,
    /// The folder equals some version of the upstream's.
    Template,
    /// No project folder and no own program elsewhere.
    Missing,
    /// The folder is a nested repository added by mistake: empty on GitHub.
    Gitlink,
    /// The fork has no files at all.
    EmptyRepository,
    /// The project lies in a separate repository, which could not be read (named in `separate_repository`).
    ElsewhereUnreadable,
}

/// All READMEs of the project, and the one that is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadmeFacts {
    /// Index of the judged one in `candidates`.
    pub best: Option<usize>,
    /// In the project, above it and below it; sorted by path.
    pub candidates: Vec<ReadmeCandidate>,
}

/// One README, or another document that takes its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadmeCandidate {
    pub path: RepoPath,
    pub format: ReadmeFormat,
    /// Equals or nearly equals some version of the upstream's README.
    pub is_template: bool,
    /// How many of its words are the course's, in percent, against the version of the upstream's that it is nearest to.
    #[serde(default)]
    pub template_percent: u32,
    /// Lies in the project folder itself, above it or below it.
    pub place: ReadmePlace,
    /// Characters of visible text.
    pub characters: u32,
    pub words: u32,
    /// Paragraphs of prose.
    #[serde(default)]
    pub paragraphs: u32,
    /// Section titles in order, at most 100.
    pub headings: Vec<String>,
    /// The sections that the titles head, at most 100.
    #[serde(default)]
    pub sections: Vec<ReadmeSection>,
    pub code_blocks: u32,
    pub images: u32,
    /// Images that are no badges, wherever they lie.
    #[serde(default)]
    pub screenshots: u32,
    /// Images that lie in the tree (bounded).
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// Relative links and images that lead nowhere in the tree (bounded).
    pub broken_links: Vec<String>,
    /// The line of each of them, where it is found.
    #[serde(default)]
    pub broken_lines: Vec<Option<u32>>,
    /// Commands that look like how to install or run the project (bounded).
    pub run_commands: Vec<String>,
    /// The line of the first of them, where it is found.
    #[serde(default)]
    pub run_line: Option<u32>,
    pub says_how_to_run: bool,
    /// Has technical documentation: architecture, choices, structure of the code.
    pub technical: bool,
    /// Has functional documentation: what the application offers, a user guide.
    pub functional: bool,
    /// `fr`, `en` or `other`, guessed from frequent words.
    pub language: String,
    /// How it renders; `None` where no renderer saw it (a template, a check at home, a PDF).
    #[serde(default)]
    pub rendering: Option<ReadmeRendering>,
    /// Larger than what is read: only its name is known.
    #[serde(default)]
    pub too_large: bool,
}

/// A title with what stands under it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadmeSection {
    pub title: String,
    /// Where the title stands, as near as its reader knows.
    pub line: Option<u32>,
    /// Words under it and under the titles below it; a code block counts as ten.
    pub weight: u32,
}

/// An image of a README that lies in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// As the README writes it.
    pub target: String,
    pub path: RepoPath,
    pub object: ObjectId,
}

/// What a renderer made of a README.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadmeRendering {
    /// The document that holds its HTML.
    pub address: FactsAddress,
    pub renderer: String,
    pub end: RenderingEnd,
    pub complaints: Vec<Complaint>,
}

/// What a README is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadmeFormat {
    Restructuredtext,
    Markdown,
    #[default]
    Text,
    /// Present, counted, not read.
    Pdf,
    /// Of a word processor or its like: present, counted, not read.
    Office,
}

impl ReadmeFormat {
    /// Whether its text can be read here, and is shown by GitHub.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Pdf | Self::Office)
    }
}

/// Where a README lies, seen from the project folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadmePlace {
    #[default]
    Project,
    Below,
    Above,
}

/// A sign that a grade may have been gamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignFacts {
    pub path: RepoPath,
    pub line: Option<u32>,
    /// What it is, and what speaks against it (`sign-…`).
    pub message: Message,
}

impl SignFacts {
    /// `path:line`, or the path alone.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.path),
            None => self.path.to_string(),
        }
    }
}
