//! Why git could not do something, told from what it wrote.
//! May import: std.
//! Next: `process.rs`, which runs it.

/// Why a fetch or a look into the mirror failed. The text is git's own, made safe to show, and holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("the git server cannot be reached: {0} (is the network up, and GITHUB_URL right?)")]
    Unreachable(String),
    #[error("the git server broke the connection off: {0} (the next sweep tries again)")]
    Dropped(String),
    #[error("there is no such repository, or it is private: {0}")]
    NotFound(String),
    #[error("the git server refuses access: {0} (does GITHUB_TOKEN still hold, and may it read this repository?)")]
    Denied(String),
    #[error("no space left for the mirror: {0} (make room on the disk of FORKGRADE_DATA_DIR)")]
    DiskFull(String),
    #[error("the repository sends more than the {limit_mib} MiB that are taken from one fork")]
    TooLarge { limit_mib: u64 },
    #[error("git took longer than {seconds} seconds")]
    TimedOut { seconds: u64 },
    #[error("what came is damaged: {0} (the next sweep tries again)")]
    Corrupt(String),
    #[error("there is no git program: {0} (install it: apt-get install git)")]
    NoGit(std::io::Error),
    #[error("{0} is not an http or https address of a repository")]
    BadUrl(String),
    #[error("git failed: {0}")]
    Other(String),
}

impl From<git2::Error> for GitError {
    fn from(error: git2::Error) -> Self {
        match error.code() {
            git2::ErrorCode::NotFound => Self::Corrupt(readable(error.message())),
            _ => Self::Other(readable(error.message())),
        }
    }
}

type Meaning = fn(String) -> GitError;

/// Phrases of git and curl, in the order in which they decide: a full disk also breaks the connection off.
const PHRASES: &[(&str, Meaning)] = &[
    ("No space left on device", GitError::DiskFull),
    ("Disk quota exceeded", GitError::DiskFull),
    ("returned error: 401", GitError::Denied),
    ("returned error: 403", GitError::Denied),
    ("Authentication failed", GitError::Denied),
    ("could not read Username", GitError::NotFound),
    ("could not read Password", GitError::Denied),
    ("returned error: 404", GitError::NotFound),
    ("returned error: 451", GitError::NotFound),
    ("not found", GitError::NotFound),
    ("Could not resolve", GitError::Unreachable),
    ("Failed to connect", GitError::Unreachable),
    ("Could not connect", GitError::Unreachable),
    ("Couldn't connect", GitError::Unreachable),
    ("Connection refused", GitError::Unreachable),
    ("SSL certificate", GitError::Unreachable),
    // Moved: GitHub's next answer holds the new address.
    ("returned error: 3", GitError::Unreachable),
    ("returned error: 429", GitError::Unreachable),
    ("returned error: 5", GitError::Unreachable),
    ("early EOF", GitError::Dropped),
    ("unexpected disconnect", GitError::Dropped),
    ("RPC failed", GitError::Dropped),
    ("hung up unexpectedly", GitError::Dropped),
    ("Operation too slow", GitError::Dropped),
    ("Empty reply from server", GitError::Dropped),
    ("Connection reset", GitError::Dropped),
    ("transfer closed", GitError::Dropped),
    ("Recv failure", GitError::Dropped),
    ("Send failure", GitError::Dropped),
    ("HTTP/2 stream", GitError::Dropped),
    ("from promisor remote", GitError::Corrupt),
    ("unresolved delta", GitError::Corrupt),
    ("did not send all necessary objects", GitError::Corrupt),
    ("inflate", GitError::Corrupt),
    ("bad object", GitError::Corrupt),
    ("missing", GitError::Corrupt),
    ("corrupt", GitError::Corrupt),
    ("protocol error", GitError::Corrupt),
    ("index-pack failed", GitError::Dropped),
    ("unable to access", GitError::Unreachable),
];

/// The branch that was asked for does not exist: an empty repository, or a renamed branch.
pub(super) fn says_no_such_branch(stderr: &str) -> bool {
    stderr.contains("couldn't find remote ref")
}

/// Whether a trace of packets shows a server that speaks git's protocol.
pub(super) fn shows_packets(stderr: &str) -> bool {
    stderr.lines().any(|line| line.contains("packet:") && line.contains("< "))
}

/// What git's standard error means.
pub(super) fn from_stderr(stderr: &str) -> GitError {
    let text = readable(stderr);
    let meaning = PHRASES.iter().find(|(phrase, _)| stderr.contains(phrase));
    meaning.map_or(GitError::Other as Meaning, |(_, meaning)| *meaning)(text)
}

/// One bounded line without control bytes and without what a server may have put into the terminal. Progress is left out.
pub(super) fn readable(text: &str) -> String {
    let telling = text.lines().filter(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    let mut lines: Vec<&str> = telling.take(4).collect();
    if lines.is_empty() {
        lines = text.lines().rev().filter(|line| !line.trim().is_empty()).take(1).collect();
    }
    let line = lines.join("; ");
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_the_broken_connection_that_it_causes() {
        let stderr = "error: RPC failed; curl 23\nfatal: write error: No space left on device\nfatal: early EOF\n";
        assert!(matches!(from_stderr(stderr), GitError::DiskFull(_)));
    }

    #[test]
    fn texts_are_one_bounded_line_without_control_bytes() {
        let text = readable(&format!("remote: \u{1b}[31mhello\nfatal: \u{7}{}", "x".repeat(1000)));
        assert!(text.starts_with("fatal:  xxx") && text.chars().count() == 400 && !text.contains(char::is_control));
    }
}
