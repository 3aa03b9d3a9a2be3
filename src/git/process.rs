//! Runs the `git` program with nothing of our environment but what it needs, and ends it when it takes too much.
//! May import: std, tokio, nix.
//! Next: `fetch.rs`, which says what to fetch.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::error::GitError;

/// What one git process may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub time: Duration,
    /// Size of the largest file that it may write: the pack that comes in.
    pub file_bytes: Option<u64>,
}

/// What a git process left behind.
#[derive(Debug)]
pub(super) struct Output {
    pub success: bool,
    pub stderr: String,
}

/// The `git` program, pointed at one bare repository. Configuration goes through its environment: neither the repository's
/// own `config` nor the process list ever holds an address or a token.
#[derive(Debug, Clone)]
pub(super) struct Git {
    pub folder: PathBuf,
    pub config: Vec<(String, String)>,
    /// `PATH`, proxies and certificates.
    pub environment: Vec<(OsString, OsString)>,
}

/// Kills a whole process group, `git-remote-https` and `index-pack` included, when dropped before it was told that all ended.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // It may have ended in this very moment.
            let _ = killpg(leader, Signal::SIGKILL);
        }
    }
}

impl Git {
    /// The same with more configuration, for one run.
    pub fn with(&self, config: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut git = self.clone();
        git.config.extend(config);
        git
    }

    /// The same, telling on standard error what it says to the server and hears from it. Headers, and so the token, are not told.
    pub fn talkative(&self) -> Self {
        let mut git = self.clone();
        git.environment.push(("GIT_TRACE_PACKET".into(), "1".into()));
        git
    }

    /// Runs git to its end. Killed with everything it started when the time is over or the caller goes away.
    pub async fn run(&self, args: &[&str], limits: Limits) -> Result<Output, GitError> {
        let mut child = self.command(args, limits).spawn().map_err(GitError::NoGit)?;
        let mut group = Group(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw));
        let stderr = child.stderr.take();
        let all = async { tokio::join!(child.wait(), tail(stderr)) };
        let Ok((status, stderr)) = tokio::time::timeout(limits.time, all).await else {
            return Err(GitError::TimedOut { seconds: limits.time.as_secs() });
        };
        group.0 = None;
        let status = status.map_err(GitError::NoGit)?;
        // The shell answers 127 where there is no git.
        if status.code() == Some(127) {
            return Err(GitError::NoGit(std::io::ErrorKind::NotFound.into()));
        }
        if let Some(limit) = limits.file_bytes.filter(|_| stderr.contains("File too large")) {
            return Err(GitError::TooLarge { limit_mib: limit >> 20 });
        }
        Ok(Output { success: status.success(), stderr })
    }

    fn command(&self, args: &[&str], limits: Limits) -> Command {
        // The kernel holds the limit on the pack's size, and the shell is who can set it before git starts.
        let (script, blocks) = match limits.file_bytes {
            // Ignoring the signal makes the write fail with a word, instead of ending the program without one.
            Some(bytes) => (r#"trap '' XFSZ && ulimit -f "$1" && shift && exec git "$@""#, (bytes / 512).to_string()),
            None => (r#"shift && exec git "$@""#, String::new()),
        };
        let mut command = Command::new("sh");
        command.args(["-c", script, "git", &blocks]).args(args);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .env("GIT_DIR", &self.folder)
            .env("HOME", "/nonexistent")
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ALLOW_PROTOCOL", "http:https")
            // A blob above the limit stays away: nothing may fetch it behind our back.
            .env("GIT_NO_LAZY_FETCH", "1");
        command.env("GIT_CONFIG_COUNT", self.config.len().to_string());
        for (index, (key, value)) in self.config.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{index}"), key).env(format!("GIT_CONFIG_VALUE_{index}"), value);
        }
        command.current_dir(&self.folder).process_group(0).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }
}

/// The last 32 KiB of an output: a server may talk without end.
async fn tail(pipe: Option<impl AsyncRead + Unpin>) -> String {
    const KEPT: usize = 32 * 1024;
    let Some(mut pipe) = pipe else { return String::new() };
    let mut kept = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        kept.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}
