//! What travels: the upstream's branches, one branch of each fork, only what is missing, no blob above the limit.
//! May import: `domain/`.
//! Next: `process.rs` for how git is run, `mirror.rs` for the repository.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use url::Url;

use super::error::{self, GitError};
use super::mirror::{Mirror, MirrorSettings};
use super::process::{Limits, Output};
use crate::domain::CommitSha;
use crate::domain::ids::RepoId;

/// The one remote, whose address is given anew to each process. As a promisor it may leave out what is too large.
const REMOTE: &str = "github";

/// Ours for every git process, whatever the machine's own configuration says.
pub(super) fn configuration(settings: &MirrorSettings) -> Vec<(String, String)> {
    let blob_limit = format!("blob:limit={}", settings.max_blob_bytes);
    let fixed = [
        ("core.hooksPath", "/dev/null"),
        ("core.attributesFile", "/dev/null"),
        ("core.askPass", ""),
        ("credential.helper", ""),
        ("protocol.version", "2"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("submodule.recurse", "false"),
        ("fetch.recurseSubmodules", "false"),
        ("fetch.writeCommitGraph", "false"),
        ("fetch.showForcedUpdates", "false"),
        // Always a pack: thousands of loose files would be slower to write and to read.
        ("fetch.unpackLimit", "1"),
        ("transfer.bundleURI", "false"),
        ("http.lowSpeedLimit", "1000"),
        ("http.lowSpeedTime", "30"),
        ("http.userAgent", "git/forkgrade"),
        // Git would take the token along to whatever host it is sent to.
        ("http.followRedirects", "false"),
        ("remote.github.promisor", "true"),
        ("remote.github.partialCloneFilter", &blob_limit),
    ];
    let mut all: Vec<_> = fixed.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    if let Some(certificates) = &settings.certificates {
        all.push(("http.sslCAInfo".to_owned(), certificates.display().to_string()));
    }
    let Some(token) = &settings.token else { return all };
    let credentials = BASE64_STANDARD.encode(format!("x-access-token:{}", token.expose()));
    for host in &settings.hosts {
        let origin = host.origin().ascii_serialization();
        all.push((format!("http.{origin}/.extraHeader"), format!("Authorization: Basic {credentials}")));
    }
    all
}

/// What a fetch came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The branch's commit; `None` where the repository or the branch is empty.
    pub head: Option<CommitSha>,
}

impl Mirror {
    /// Fetches every branch of the upstream. `branch` is the one that forks are compared with.
    pub async fn fetch_upstream(&self, url: &str, branch: &str) -> Result<Fetched, GitError> {
        check_branch(branch)?;
        let refs = ["+refs/heads/*:refs/upstream/heads/*".to_owned()];
        self.fetch(url, &refs, &["refs/upstream/*"]).await?;
        let repository = self.repository()?;
        let target = format!("refs/upstream/heads/{branch}");
        // Where upstream moves or rewrites its branches, what it once held still counts as its own.
        for id in super::upstream::heads(&repository)? {
            repository.reference(&format!("refs/upstream/seen/{id}"), id, true, "seen")?;
        }
        if repository.find_reference(&target).is_err() {
            return Ok(Fetched { head: None });
        }
        repository.reference_symbolic("refs/upstream/HEAD", &target, true, "upstream")?;
        Ok(Fetched { head: head(&repository, &target)? })
    }

    /// Fetches one branch of a fork, and keeps its commit whatever the fork's owner does to the branch later.
    pub async fn fetch_fork(&self, repo: RepoId, clone_url: &str, branch: &str) -> Result<Fetched, GitError> {
        self.fetch_branch(&format!("refs/forks/{repo}"), clone_url, branch).await
    }

    /// Fetches one branch of a separate project repository.
    pub async fn fetch_project(&self, id: RepoId, clone_url: &str, branch: &str) -> Result<Fetched, GitError> {
        self.fetch_branch(&format!("refs/projects/{id}"), clone_url, branch).await
    }

    async fn fetch_branch(&self, place: &str, url: &str, branch: &str) -> Result<Fetched, GitError> {
        check_branch(branch)?;
        let target = format!("{place}/head");
        let refs = [format!("+refs/heads/{branch}:{target}")];
        if !self.fetch(url, &refs, &["refs/upstream/*", &format!("{place}/*")]).await? {
            return Ok(Fetched { head: None });
        }
        let repository = self.repository()?;
        let head = head(&repository, &target)?;
        if let Some(head) = &head {
            let id = git2::Oid::from_str(head.as_str())?;
            repository.reference(&format!("{place}/seen/{head}"), id, true, "submission")?;
        }
        Ok(Fetched { head })
    }

    /// `false` where the branch does not exist. A pack that builds on what was left out here is asked for once more, whole.
    async fn fetch(&self, url: &str, refs: &[String], tips: &[&str]) -> Result<bool, GitError> {
        check_url(url)?;
        let lock = self.fetching().await?;
        // "skipping" finds the shared history in half the round trips of git's default.
        let mut output = self.run_fetch(url, refs, tips, "skipping").await;
        if output.as_ref().is_ok_and(is_damaged) {
            self.soiled();
            output = self.run_fetch(url, refs, tips, "noop").await;
        }
        let failed = !output.as_ref().is_ok_and(|output| output.success);
        drop(lock);
        if failed {
            self.soiled();
        }
        self.clean_up();
        let output = output?;
        match output.success {
            true => Ok(true),
            false if error::says_no_such_branch(&output.stderr) => self.check_server(url).await.map(|()| false),
            false => Err(error::from_stderr(&output.stderr)),
        }
    }

    /// Git takes any page that a proxy answers with for an empty repository: only a server that speaks git may say so.
    async fn check_server(&self, url: &str) -> Result<(), GitError> {
        let git = self.git.with([(format!("remote.{REMOTE}.url"), url.to_owned())]).talkative();
        let limits = Limits { time: self.settings.time_limit, file_bytes: None };
        let output = git.run(&["ls-remote", "--quiet", REMOTE], limits).await?;
        if error::shows_packets(&output.stderr) {
            return Ok(());
        }
        Err(GitError::Unreachable("what answers is not a git server".to_owned()))
    }

    async fn run_fetch(&self, url: &str, refs: &[String], tips: &[&str], algorithm: &str) -> Result<Output, GitError> {
        let tips: Vec<String> = tips.iter().map(|tip| format!("--negotiation-tip={tip}")).collect();
        let mut args = vec!["fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head"];
        args.extend(tips.iter().map(String::as_str));
        args.push(REMOTE);
        args.extend(refs.iter().map(String::as_str));
        let git = self.git.with([
            (format!("remote.{REMOTE}.url"), url.to_owned()),
            ("fetch.negotiationAlgorithm".to_owned(), algorithm.to_owned()),
        ]);
        let limits = Limits { time: self.settings.time_limit, file_bytes: Some(self.settings.max_pack_bytes) };
        git.run(&args, limits).await
    }
}

fn is_damaged(output: &Output) -> bool {
    !output.success && matches!(error::from_stderr(&output.stderr), GitError::Corrupt(_))
}

fn head(repository: &git2::Repository, name: &str) -> Result<Option<CommitSha>, GitError> {
    let id = repository.refname_to_id(name)?;
    // A branch may only point at a commit; whatever else a server sends is no submission.
    Ok(repository.find_commit(id).ok().and_then(|commit| commit.id().to_string().parse().ok()))
}

/// A branch name comes from the outside, and git would read `*`, `:` and a leading `-` in its own way.
fn check_branch(branch: &str) -> Result<(), GitError> {
    let name = format!("refs/heads/{branch}");
    if git2::Reference::is_valid_name(&name) {
        return Ok(());
    }
    Err(GitError::Other(format!("{:?} is not the name of a branch", error::readable(branch))))
}

fn check_url(url: &str) -> Result<(), GitError> {
    let fine = Url::parse(url).is_ok_and(|parsed| {
        matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty() && parsed.password().is_none()
    });
    // An address with a password in it is not repeated.
    if fine { Ok(()) } else { Err(GitError::BadUrl(url.split('@').next_back().unwrap_or_default().to_owned())) }
}
