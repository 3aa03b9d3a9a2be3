//! Who somebody is on GitHub, and whether they may push to a repository.
//! May import: `domain/`.
//! Next: `oauth.rs`, whose tokens speak for people.

use serde::Deserialize;

use super::client::{Client, path, path_part};
use super::error::GithubError;
use crate::domain::Login;
use crate::domain::ids::{RepoId, UserId};

/// Somebody on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    pub id: UserId,
    pub login: Login,
}

#[derive(Deserialize)]
struct WithPermissions {
    #[serde(default)]
    permissions: Permissions,
}

#[derive(Deserialize)]
struct Owned {
    owner: Owner,
}

#[derive(Deserialize)]
struct Owner {
    id: UserId,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Permissions {
    admin: bool,
    maintain: bool,
    push: bool,
}

#[derive(Deserialize)]
struct Collaborator {
    /// `admin`, `write`, `read` or `none`; GitHub tells `maintain` as `write`.
    permission: String,
    user: Option<User>,
}

impl Client {
    /// Whose token this client has.
    pub async fn user(&self) -> Result<User, GithubError> {
        Ok(self.get("/user", "the user").await?.body)
    }

    /// Whose a repository is now, whatever it and they are called. `None` where this client's token does not see it.
    pub async fn owner(&self, repo: RepoId) -> Result<Option<UserId>, GithubError> {
        let what = format!("owner of repository number {repo}");
        let answer = self.get::<Owned>(&format!("/repositories/{repo}"), &what).await;
        told(answer.map(|answer| answer.body.owner.id))
    }

    /// Whether the owner of this client's token may push to a repository. `None` where they do not see it.
    pub async fn may_push(&self, full_name: &str) -> Result<Option<bool>, GithubError> {
        let Some(path) = path(full_name) else { return Ok(None) };
        let what = format!("permissions on {full_name}");
        let answer = self.get::<WithPermissions>(&format!("/repos/{path}"), &what).await;
        told(answer.map(|answer| {
            let Permissions { admin, maintain, push } = answer.body.permissions;
            admin || maintain || push
        }))
    }

    /// Whether somebody may push to a repository. `None` where this client's token may not know.
    pub async fn user_may_push(&self, full_name: &str, user: &User) -> Result<Option<bool>, GithubError> {
        let Some(path) = path(full_name) else { return Ok(None) };
        let what = format!("permission of {} on {full_name}", user.login);
        let route = format!("/repos/{path}/collaborators/{}/permission", path_part(user.login.as_str()));
        let answer = self.get::<Collaborator>(&route, &what).await;
        told(answer.map(|answer| {
            // A login that has since become somebody else's says nothing of this person.
            let is_same = answer.body.user.is_none_or(|found| found.id == user.id);
            is_same && matches!(answer.body.permission.as_str(), "admin" | "write")
        }))
    }
}

/// What the token may not see is no error.
fn told<T>(answer: Result<T, GithubError>) -> Result<Option<T>, GithubError> {
    match answer {
        Ok(told) => Ok(Some(told)),
        Err(GithubError::NotFound { .. } | GithubError::Forbidden { .. } | GithubError::Unauthorized { .. }) => {
            Ok(None)
        }
        Err(other) => Err(other),
    }
}
