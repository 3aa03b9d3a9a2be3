//! Where a README's links and images lead: into the tree, out of it, or nowhere.
//! May import: percent-encoding, url, `domain/`, and within the room `tree`.
//! Next: `mod.rs`.

use std::collections::BTreeSet;

use url::Url;

use crate::domain::facts::inspection::Picture;
use crate::domain::facts::rendering::Document;
use crate::domain::source::{EntryKind, RepoPath};
use crate::observe::tree::Tree;

/// Broken links that are named.
const MAX_BROKEN: usize = 20;
/// Images that are shown.
const MAX_PICTURES: usize = 60;
/// Who serves badges: small signs of other services, and no picture of the project.
const BADGES: [&str; 10] = [
    "shields.io",
    "badge",
    "travis-ci",
    "codecov.io",
    "coveralls.io",
    "readthedocs.org/projects",
    "badgen.net",
    "skillicons.dev",
    "github-readme-stats",
    "komarev.com",
];

/// Relative links and images without anything at their end, sorted.
pub fn broken(tree: &Tree<'_>, readme: &RepoPath, document: &Document) -> Vec<String> {
    let targets: BTreeSet<&String> = document.images.iter().chain(&document.links).collect();
    let broken = targets.into_iter().filter(|target| is_broken(tree, readme, target));
    broken.take(MAX_BROKEN).map(|target| target.chars().take(200).collect()).collect()
}

fn is_broken(tree: &Tree<'_>, readme: &RepoPath, target: &str) -> bool {
    match relative(target) {
        None => false,
        Some(bare) => seen_from(readme, &bare).is_none_or(|path| !tree.exists(&path)),
    }
}

/// The images that lie in the tree, each once.
pub fn pictures(tree: &Tree<'_>, readme: &RepoPath, document: &Document) -> Vec<Picture> {
    let targets: BTreeSet<&String> = document.images.iter().filter(|target| target.len() < 1_000).collect();
    let found = targets.into_iter().filter_map(|target| {
        let path = match relative(target) {
            Some(bare) => seen_from(readme, &bare)?,
            None => at_github(target)?,
        };
        let entry = tree.entry(&path).filter(|entry| entry.kind == EntryKind::File)?;
        Some(Picture { target: target.clone(), path, object: entry.object.clone()? })
    });
    found.take(MAX_PICTURES).collect()
}

/// Images that show something of the project: what is no badge.
pub fn screenshots(document: &Document) -> usize {
    let is_badge = |target: &str| {
        let target = target.to_lowercase();
        BADGES.iter().any(|badge| target.contains(badge))
    };
    document.images.iter().filter(|target| !is_badge(target)).count()
}

/// A reference within the repository, decoded, without what follows the path; `None` for addresses and places on the page.
fn relative(target: &str) -> Option<String> {
    let elsewhere = target.contains("://") || target.starts_with("//") || target.starts_with('#');
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric()));
    let bare = target.split(['#', '?']).next().unwrap_or_default();
    if elsewhere || scheme || bare.trim().is_empty() {
        return None;
    }
    Some(percent_encoding::percent_decode_str(bare).decode_utf8_lossy().into_owned())
}

fn seen_from(readme: &RepoPath, bare: &str) -> Option<RepoPath> {
    let base = if bare.starts_with('/') { RepoPath::root() } else { readme.parent() };
    resolve(&base, bare)
}

/// The path in an address of GitHub's that names a file of a repository: students paste those of their own.
fn at_github(target: &str) -> Option<RepoPath> {
    let url = Url::parse(target).ok()?;
    let parts: Vec<String> = url
        .path_segments()?
        .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let path = match (url.host_str()?, parts.as_slice()) {
        ("raw.githubusercontent.com", [_, _, _, path @ ..]) => path,
        ("github.com", [_, _, kind, _, path @ ..]) if matches!(kind.as_str(), "blob" | "raw" | "tree") => path,
        _ => return None,
    };
    RepoPath::parse(&path.join("/")).filter(|path| !path.as_str().is_empty())
}

/// A relative reference seen from a folder; `None` where it leaves the repository.
pub fn resolve(base: &RepoPath, reference: &str) -> Option<RepoPath> {
    base.resolve(reference)
}

#[cfg(test)]
mod tests {
    use super::{at_github, relative, resolve, screenshots};
    use crate::domain::facts::rendering::Document;
    use crate::domain::source::RepoPath;

    #[test]
    fn references_are_told_from_addresses() {
        let cases = [
            ("img/a%20b.png?raw=true#x", Some("img/a b.png")),
            ("./a.png", Some("./a.png")),
            ("https://a.example/a.png", None),
            ("//a.example/a.png", None),
            ("data:image/png;base64,xx", None),
            ("javascript:alert(1)", None),
            ("#titre", None),
            ("?x", None),
        ];
        for (target, wanted) in cases {
            assert_eq!(relative(target).as_deref(), wanted, "{target}");
        }
        let base = RepoPath::parse("a/b").unwrap();
        assert_eq!(resolve(&base, "../c.png"), RepoPath::parse("a/c.png"));
        assert_eq!(resolve(&base, "../../../c.png"), None);
        assert_eq!(resolve(&base, ".git/config"), None);
    }

    #[test]
    fn what_lies_at_github_under_a_path_is_that_path() {
        for (target, wanted) in [
            ("https://github.com/x/y/blob/master/6Evaluation/a%20b.png?raw=true", Some("6Evaluation/a b.png")),
            ("https://raw.githubusercontent.com/x/y/main/a.png", Some("a.png")),
            ("https://github.com/x/y/blob/master/../../etc/passwd", None),
            ("https://github.com/x/y/issues/1/a.png", None),
            ("https://elsewhere.example/x/y/blob/master/a.png", None),
        ] {
            assert_eq!(at_github(target).as_ref().map(RepoPath::as_str), wanted, "{target}");
        }
    }

    #[test]
    fn badges_are_no_screenshots() {
        let images = ["https://img.shields.io/x", "img/a.png", "https://github.com/x/y/workflows/ci/badge.svg"];
        let document = Document { images: images.map(str::to_owned).to_vec(), ..Document::default() };
        assert_eq!(screenshots(&document), 1);
    }
}
