//! What is read of a repository in GitHub's answers: little, and tolerant of what is missing.
//! May import: `domain/`.
//! Next: `client.rs`, which asks for it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::Login;
use crate::domain::ids::RepoId;

/// One repository as GitHub tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    pub id: RepoId,
    pub full_name: String,
    pub owner: Login,
    /// Where its git is; http or https.
    pub clone_url: String,
    pub html_url: String,
    pub default_branch: String,
    /// `None` where nothing was ever pushed.
    pub pushed_at: Option<DateTime<Utc>>,
    pub private: bool,
    pub disabled: bool,
    pub archived: bool,
    /// Kilobytes, brought up to date by GitHub now and then; 0 for an empty repository.
    pub size: u64,
    /// Direct forks of this repository.
    pub forks_count: u32,
}

impl Repository {
    /// Whether these people may have it read for them. Our token may see more than they do: what others keep private is theirs.
    pub fn is_open_to<'l>(&self, logins: impl IntoIterator<Item = &'l Login>) -> bool {
        !self.private || logins.into_iter().any(|login| login.is_same(&self.owner))
    }
}

/// GitHub leaves fields out, or null, depending on who asks.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    id: i64,
    full_name: String,
    owner: Option<Owner>,
    clone_url: Option<String>,
    html_url: Option<String>,
    default_branch: Option<String>,
    pushed_at: Option<DateTime<Utc>>,
    private: Option<bool>,
    disabled: Option<bool>,
    archived: Option<bool>,
    size: Option<u64>,
    forks_count: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Owner {
    login: Option<String>,
}

impl Answer {
    /// `github_url` is where repositories are cloned from when the operator says so; the answer's own address otherwise.
    pub(super) fn into_repository(self, github_url: Option<&Url>) -> Result<Repository, String> {
        let (owner, name) = self.full_name.split_once('/').ok_or("a full_name without a slash")?;
        if name.is_empty() || name.contains('/') {
            return Err(format!("{:?} is no full_name", self.full_name));
        }
        // The account behind a repository may be gone while its repository stays.
        let login = self.owner.and_then(|owner| owner.login).unwrap_or_else(|| owner.to_owned());
        let login: Login = login.parse().map_err(|error| format!("{error}"))?;
        let html_url = self.html_url.filter(|url| is_web(url));
        let clone_url = match (github_url, self.clone_url.filter(|url| is_web(url)), &html_url) {
            (Some(base), _, _) => format!("{}/{}.git", base.as_str().trim_end_matches('/'), self.full_name),
            (None, Some(clone_url), _) => clone_url,
            (None, None, Some(html_url)) => format!("{html_url}.git"),
            (None, None, None) => return Err(format!("no http address of {}", self.full_name)),
        };
        Ok(Repository {
            id: RepoId(self.id),
            owner: login,
            html_url: html_url.unwrap_or_else(|| clone_url.trim_end_matches(".git").to_owned()),
            clone_url,
            default_branch: self.default_branch.filter(|name| !name.is_empty()).unwrap_or_else(|| "main".to_owned()),
            pushed_at: self.pushed_at,
            private: self.private.unwrap_or(false),
            disabled: self.disabled.unwrap_or(false),
            archived: self.archived.unwrap_or(false),
            // Unknown is not empty.
            size: self.size.unwrap_or(1),
            forks_count: self.forks_count.unwrap_or(0),
            full_name: self.full_name,
        })
    }
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
