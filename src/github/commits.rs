//! What can be told on a commit: a check run with annotations, or a plain status.
//! May import: `domain/`.
//! Next: `outbox/`, which decides what is told.

use http::Method;
use serde::{Deserialize, Serialize};
use url::Url;

use super::client::{Client, path};
use super::error::GithubError;
use crate::domain::CommitSha;

/// GitHub takes no more in one request.
const ANNOTATIONS: usize = 50;
/// Characters; GitHub refuses longer ones.
const LONGEST_DESCRIPTION: usize = 140;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    Success,
    Neutral,
}

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Notice,
    Warning,
}

/// A remark at a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    pub path: String,
    pub start_line: u32,
    pub end_line: u32,
    pub annotation_level: Level,
    pub title: String,
    pub message: String,
}

/// A finished check of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckRun {
    pub name: String,
    pub conclusion: Conclusion,
    pub details_url: Option<Url>,
    pub title: String,
    /// Markdown.
    pub summary: String,
    pub annotations: Vec<Annotation>,
}

#[derive(Serialize)]
struct Create<'a> {
    name: &'a str,
    head_sha: &'a CommitSha,
    status: &'static str,
    conclusion: Conclusion,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<&'a Url>,
    output: Output<'a>,
}

#[derive(Serialize)]
struct More<'a> {
    output: Output<'a>,
}

#[derive(Serialize)]
struct Output<'a> {
    title: &'a str,
    summary: &'a str,
    annotations: &'a [Annotation],
}

#[derive(Deserialize)]
struct Created {
    id: u64,
}

#[derive(Serialize)]
struct Status<'a> {
    state: &'static str,
    context: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_url: Option<&'a Url>,
}

impl Client {
    /// Writes a check run. A later one of the same name stands before it on GitHub's pages.
    pub async fn check_run(&self, full_name: &str, commit: &CommitSha, check: &CheckRun) -> Result<(), GithubError> {
        let what = format!("check run on {full_name}");
        let path = path(full_name).ok_or_else(|| GithubError::NotFound { what: what.clone() })?;
        let output = |annotations| Output { title: &check.title, summary: &check.summary, annotations };
        let mut parts = check.annotations.chunks(ANNOTATIONS);
        let create = Create {
            name: &check.name,
            head_sha: commit,
            status: "completed",
            conclusion: check.conclusion,
            details_url: check.details_url.as_ref(),
            output: output(parts.next().unwrap_or_default()),
        };
        let route = format!("/repos/{path}/check-runs");
        let Created { id } = self.send(Method::POST, &route, &what, &create).await?;
        for part in parts {
            let more = More { output: output(part) };
            let _: Created = self.send(Method::PATCH, &format!("{route}/{id}"), &what, &more).await?;
        }
        Ok(())
    }

    /// Writes a status: one line beside the commit. Always "success": a grade is no broken build.
    pub async fn commit_status(
        &self,
        full_name: &str,
        commit: &CommitSha,
        context: &str,
        description: &str,
        target: Option<&Url>,
    ) -> Result<(), GithubError> {
        let what = format!("commit status on {full_name}");
        let path = path(full_name).ok_or_else(|| GithubError::NotFound { what: what.clone() })?;
        let description: String = description.chars().take(LONGEST_DESCRIPTION).collect();
        let status = Status { state: "success", context, description: &description, target_url: target };
        let _: serde::de::IgnoredAny =
            self.send(Method::POST, &format!("/repos/{path}/statuses/{commit}"), &what, &status).await?;
        Ok(())
    }
}
