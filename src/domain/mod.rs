//! The words of the product as types: ids, points, courses, facts, findings.
//! May import: std, serde and small value crates. Nothing here does I/O or reads a clock.
//! Next: `rubric/` turns facts into findings, `observe/` makes the facts.

pub mod audit;
pub mod build;
pub mod check;
pub mod course;
pub mod decision;
pub mod egress;
pub mod facts;
pub mod finding;
pub mod fork;
pub mod ids;
pub mod judges;
pub mod language;
pub mod launch;
pub mod message;
pub mod points;
pub mod rubric;
pub mod run;
pub mod source;
pub mod spreadsheet;
pub mod title;
pub mod visibility;

pub use course::Course;
pub use decision::{Extension, Override};
pub use finding::{Finding, Outcome, Score};
pub use fork::{Fork, ForkState, Student, Submission};
pub use ids::{CommitSha, CourseSlug, FactsAddress, Login, ObjectId, PictureAddress, RubricHash, TreeId};
pub use launch::LaunchPlan;
pub use message::Message;
pub use points::Points;
pub use rubric::Rubric;
pub use run::{Run, RunState, Stage};
pub use source::{Entry, EntryKind, RepoPath, Source};
