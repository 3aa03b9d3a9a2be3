//! Where the files of a submission lie: at GitHub, for whoever wants to read on, and in the mirror.
//! May import: percent-encoding, url, `db/views`, `domain/`.
//! Next: `files.rs` serves pictures from there, `readme.rs` leads there.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::db::views::SubmissionSource;
use crate::domain::ids::{RepoId, SubmissionId};
use crate::domain::{CommitSha, Message, RepoPath};

/// What stays as it is in a path's part.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The repository and commit that hold a submission's project.
#[derive(Debug, Clone)]
pub struct Source {
    pub submission: SubmissionId,
    /// The repository's page at GitHub; `None` where the name that a student gave is no repository's.
    page: Option<String>,
    pub commit: CommitSha,
    /// The fork that the commit must have come from; `None` for a separate repository.
    pub fork: Option<RepoId>,
}

impl Source {
    /// The separate repository where the project lies in one, else the fork.
    pub fn of(source: SubmissionSource) -> Self {
        let SubmissionSource { submission, repo, html_url, commit, .. } = source;
        match (source.project_commit, source.named_project) {
            (Some(project), Some(named)) => {
                let origin = Url::parse(&html_url).ok().map(|url| url.origin().ascii_serialization());
                let page =
                    full_name(&named).zip(origin).map(|((owner, name), origin)| format!("{origin}/{owner}/{name}"));
                Self { submission, page, commit: project, fork: None }
            }
            _ => Self { submission, page: Some(html_url), commit, fork: Some(repo) },
        }
    }

    /// A file's page at GitHub, at this commit; its text and not its picture where a line is meant.
    pub fn at_github(&self, path: &str, line: Option<u32>) -> Option<String> {
        let line = line.map(|line| format!("?plain=1#L{line}")).unwrap_or_default();
        Some(format!("{}/blob/{}/{}{line}", self.page.as_ref()?, self.commit, encoded(path)))
    }

    /// Our own address of a file of this submission. With the file's id in it, it never means another content.
    pub fn here(&self, path: &RepoPath, object: &str) -> String {
        format!("/submissions/{}/files/{}?v={object}", self.submission, encoded(path.as_str()))
    }

    /// What a message is about, and where that can be read.
    pub fn place(&self, message: &Message) -> Option<(String, String)> {
        let (file, line) = message.place()?;
        let shown = line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"));
        Some((shown, self.at_github(file, line)?))
    }
}

/// A path as part of an address.
fn encoded(path: &str) -> String {
    path.split('/').map(|part| utf8_percent_encode(part, PLAIN).to_string()).collect::<Vec<_>>().join("/")
}

/// Whether the files are the students' own: in their fork, or in a repository of one of them. A student names whatever
/// repository they like, and ours may be able to read it: another student's private project is not theirs to see.
pub fn is_of_students(source: &SubmissionSource) -> bool {
    let is_own = |name: &String| {
        full_name(name).is_some_and(|(owner, _)| source.logins.iter().any(|login| login.eq_ignore_ascii_case(&owner)))
    };
    source.project_commit.is_none()
        || source.named_project.is_none()
        || (source.named_project.iter().all(is_own) && source.known_project.iter().all(is_own))
}

/// Owner and name of a repository, as a student writes them: `owner/name`, or the address of its page.
fn full_name(named: &str) -> Option<(String, String)> {
    let path = match Url::parse(named) {
        Ok(url) => url.path().to_owned(),
        Err(_) => named.to_owned(),
    };
    let mut parts = path.trim_matches('/').split('/');
    let (owner, name) = (parts.next()?, parts.next()?.trim_end_matches(".git"));
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    (is_plain(owner) && is_plain(name)).then(|| (owner.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{encoded, full_name};

    #[test]
    fn names_and_paths_become_addresses_and_nothing_else() {
        let owned = |(owner, name): (&str, &str)| Some((owner.to_owned(), name.to_owned()));
        assert_eq!(full_name("lina/projet"), owned(("lina", "projet")));
        assert_eq!(full_name("https://github.com/lina/projet.git"), owned(("lina", "projet")));
        for nothing in ["lina", "", "javascript:alert(1)", "a b/c", "../x"] {
            assert!(full_name(nothing).is_none_or(|(owner, _)| owner == ".."), "{nothing}");
        }
        assert_eq!(encoded("6Évaluation/a b?#.png"), "6%C3%89valuation/a%20b%3F%23.png");
    }
}
