//! What GitHub tells by webhook: is it really GitHub, and which event is it.
//! May import: `domain/`, settings.
//! Next: `web/webhook.rs`, which receives it.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::domain::CommitSha;
use crate::domain::ids::RepoId;
use crate::settings::Secret;

/// Whether one of the secrets signed this body. Takes the same time wherever a signature differs, and tries every secret.
///
/// `signature` is the header `X-Hub-Signature-256`: `sha256=` and 64 hexadecimal digits.
pub fn is_signed(secrets: &[Secret], signature: &str, body: &[u8]) -> bool {
    let Some(Ok(signature)) = signature.strip_prefix("sha256=").map(hex::decode) else { return false };
    secrets.iter().fold(false, |signed, secret| {
        // HMAC takes keys of any length.
        let fits = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&signature).is_ok());
        signed | fits
    })
}

/// The value of `X-Hub-Signature-256` for a body, as GitHub computes it.
pub fn sign(secret: &Secret, body: &[u8]) -> Option<String> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    Some(format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes())))
}

/// The secret of one repository's own webhook, for its owner to enter at GitHub: whoever knows it can speak of that repository alone.
pub fn secret_of(secret: &Secret, repo: RepoId) -> Option<Secret> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    let derived = mac.chain_update(format!("webhook of repository {repo}")).finalize().into_bytes();
    Some(Secret::new(hex::encode(derived)))
}

/// Who signed a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// GitHub, with the service's secret, which nobody else knows.
    Service,
    /// GitHub, or the owner of this repository, who knows its secret and may say anything in GitHub's name.
    Repository(RepoId),
}

/// Who signed this body, if anybody. `payload` is the JSON in it.
pub fn signer(secrets: &[Secret], signature: &str, body: &[u8], payload: &[u8]) -> Option<Signer> {
    if is_signed(secrets, signature, body) {
        return Some(Signer::Service);
    }
    let About { repository: Some(RepositoryNumber { id }) } = serde_json::from_slice(payload).ok()? else {
        return None;
    };
    let own: Vec<Secret> = secrets.iter().filter_map(|secret| secret_of(secret, id)).collect();
    is_signed(&own, signature, body).then_some(Signer::Repository(id))
}

#[derive(Deserialize)]
struct About {
    repository: Option<RepositoryNumber>,
}

#[derive(Deserialize)]
struct RepositoryNumber {
    id: RepoId,
}

/// An event that means something here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookEvent {
    /// GitHub tries the address.
    Ping,
    Push(Push),
    /// Forks came, went or changed: what GitHub lists is the truth, and a sweep reads it.
    Forks,
    /// Our app came to these repositories: what could not be told there before can be now.
    Installed(Vec<RepoId>),
    /// Somebody may do more or less than before.
    People,
    /// Accepted, counted, ignored.
    Other,
}

/// A branch moved to a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    pub repo: RepoId,
    /// The branch; `None` for a tag.
    pub branch: Option<String>,
    /// `None` where the branch was deleted.
    pub head: Option<CommitSha>,
    /// The head before; `None` where the branch is new.
    pub before: Option<CommitSha>,
    /// By GitHub's clock.
    pub pushed_at: Option<DateTime<Utc>>,
}

impl WebhookEvent {
    /// Reads the payload of the event named in `X-GitHub-Event`.
    pub fn parse(event: &str, payload: &[u8]) -> Result<Self, serde_json::Error> {
        match event {
            "push" => Ok(Self::Push(serde_json::from_slice::<PushPayload>(payload)?.into())),
            "ping" => serde_json::from_slice::<serde::de::IgnoredAny>(payload).map(|_| Self::Ping),
            "installation" | "installation_repositories" => {
                let payload: InstallationPayload = serde_json::from_slice(payload)?;
                let came = [payload.repositories, payload.repositories_added].into_iter().flatten().flatten();
                Ok(Self::Installed(came.map(|repository| repository.id).collect()))
            }
            _ => serde_json::from_slice::<serde::de::IgnoredAny>(payload).map(|_| match event {
                "fork" | "create" | "delete" | "repository" | "public" => Self::Forks,
                "member" | "membership" | "organization" | "team" => Self::People,
                _ => Self::Other,
            }),
        }
    }
}

#[derive(Deserialize)]
struct PushPayload {
    #[serde(rename = "ref")]
    reference: String,
    after: CommitSha,
    before: Option<CommitSha>,
    #[serde(default)]
    deleted: bool,
    repository: RepositoryPayload,
}

#[derive(Deserialize)]
struct RepositoryPayload {
    id: RepoId,
    /// Seconds since 1970 in pushes, a date elsewhere.
    #[serde(default)]
    pushed_at: serde_json::Value,
}

#[derive(Deserialize)]
struct InstallationPayload {
    #[serde(default)]
    repositories: Option<Vec<RepositoryNumber>>,
    #[serde(default)]
    repositories_added: Option<Vec<RepositoryNumber>>,
}

impl WebhookEvent {
    /// The event as far as its signer is believed. An owner could date a push back, or speak of other people's repositories.
    pub fn believed(self, signer: Signer) -> Self {
        let Signer::Repository(repo) = signer else { return self };
        match self {
            Self::Push(push) if push.repo == repo => Self::Push(Push { before: None, pushed_at: None, ..push }),
            Self::Ping | Self::Forks => self,
            Self::Push(_) | Self::Installed(_) | Self::People | Self::Other => Self::Other,
        }
    }
}

impl From<PushPayload> for Push {
    fn from(payload: PushPayload) -> Self {
        let is_none = |commit: &CommitSha| commit.as_str().bytes().all(|digit| digit == b'0');
        let gone = payload.deleted || is_none(&payload.after);
        let pushed_at = payload.repository.pushed_at.as_i64().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Self {
            repo: payload.repository.id,
            branch: payload.reference.strip_prefix("refs/heads/").map(str::to_owned),
            head: (!gone).then_some(payload.after),
            before: payload.before.filter(|before| !is_none(before)),
            pushed_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's own documentation ("Validating webhook deliveries").
    #[test]
    fn the_signature_of_the_documentation_fits() {
        let secret = Secret::new("It's a Secret to Everybody");
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(is_signed(&[Secret::new("old"), secret.clone()], signature, b"Hello, World!"));
        assert!(!is_signed(std::slice::from_ref(&secret), signature, b"Hello, World?"));
        assert!(!is_signed(&[], signature, b"Hello, World!"));
        assert!(!is_signed(&[secret], "sha1=abc", b"Hello, World!"));
    }

    #[test]
    fn a_deleted_branch_has_no_head() {
        let zeros = "0".repeat(40);
        let payload =
            format!(r#"{{"ref":"refs/heads/main","after":"{zeros}","deleted":true,"repository":{{"id":7}}}}"#);
        let event = WebhookEvent::parse("push", payload.as_bytes()).unwrap();
        let gone = Push { repo: RepoId(7), branch: Some("main".into()), head: None, before: None, pushed_at: None };
        assert_eq!(event, WebhookEvent::Push(gone));
    }

    #[test]
    fn what_is_no_json_is_refused_whatever_the_event() {
        assert!(WebhookEvent::parse("star", b"{").is_err());
        assert!(WebhookEvent::parse("push", b"{}").is_err());
        assert_eq!(WebhookEvent::parse("star", b"{}").unwrap(), WebhookEvent::Other);
    }

    #[test]
    fn a_repository_has_a_secret_of_its_own() {
        let service = Secret::new("the service's secret");
        let body = br#"{"repository": {"id": 7}}"#;
        let by =
            |secret: &Secret| signer(&[Secret::new("old"), service.clone()], &sign(secret, body).unwrap(), body, body);
        assert_eq!(by(&service), Some(Signer::Service));
        assert_eq!(by(&secret_of(&service, RepoId(7)).unwrap()), Some(Signer::Repository(RepoId(7))));
        assert_eq!(by(&secret_of(&service, RepoId(8)).unwrap()), None, "of another's repository nothing is believed");
        assert_eq!(by(&Secret::new("guessed")), None);
    }

    #[test]
    fn an_owner_is_believed_about_commits_and_not_about_time() {
        let head: CommitSha = "a".repeat(40).parse().unwrap();
        let payload = format!(
            r#"{{"ref":"refs/heads/main","after":"{head}","before":"{head}","repository":{{"id":7,"pushed_at":1}}}}"#
        );
        let event = || WebhookEvent::parse("push", payload.as_bytes()).unwrap();
        assert_eq!(event().believed(Signer::Service), event());
        let WebhookEvent::Push(push) = event().believed(Signer::Repository(RepoId(7))) else { panic!("a push") };
        assert_eq!((push.head, push.before, push.pushed_at), (Some(head), None, None));
        assert_eq!(event().believed(Signer::Repository(RepoId(8))), WebhookEvent::Other);
        assert_eq!(WebhookEvent::People.believed(Signer::Repository(RepoId(7))), WebhookEvent::Other);
    }
}
