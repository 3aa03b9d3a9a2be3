//! The forks of a repository, page by page, each asked for again only by its ETag.
//! May import: `domain/`.
//! Next: `sync/listing.rs`, which keeps the pages.

use std::collections::HashSet;

use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use url::Url;

use super::client::{Client, Fetched, path};
use super::error::GithubError;
use super::repository::{Answer, Repository};

const PER_PAGE: usize = 100;
/// A hundred thousand forks: beyond that it is not a course.
const MAX_PAGES: usize = 1000;

/// One page of a listing as GitHub answered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// From 1.
    pub number: usize,
    pub etag: Option<String>,
    pub forks: Vec<Repository>,
    /// The page after it.
    pub next: Option<usize>,
}

impl Client {
    /// Every direct fork of a repository, all pages, oldest first. `known` are the pages of the last time: what has not changed since
    /// is not sent again, and does not count against the limit.
    pub async fn forks(&self, full_name: &str, known: &[Page]) -> Result<Vec<Page>, GithubError> {
        let what = format!("forks of {full_name}");
        let path = path(full_name).ok_or_else(|| GithubError::NotFound { what: what.clone() })?;
        let mut pages: Vec<Page> = Vec::new();
        let mut number = 1;
        for _ in 0..MAX_PAGES {
            // Oldest first: a fork made while we turn the pages moves none of the others.
            let route = format!("/repos/{path}/forks?sort=oldest&per_page={PER_PAGE}&page={number}");
            let known = known.iter().find(|page| page.number == number && page.etag.is_some());
            let etag = known.and_then(|page| page.etag.as_deref());
            let page = match (self.get_unless(&route, &what, etag).await?, known) {
                (Some(answer), _) => self.page(number, answer, &what),
                (None, Some(known)) => known.clone(),
                (None, None) => {
                    let cause = "304 without a condition".to_owned();
                    return Err(GithubError::Garbage { what, cause });
                }
            };
            let next = page.next;
            pages.push(page);
            match next {
                Some(next) => number = next,
                None => break,
            }
        }
        Ok(pages)
    }

    fn page(&self, number: usize, answer: Fetched<Vec<serde_json::Value>>, what: &str) -> Page {
        let next = next_page(&answer.headers, number, answer.body.len());
        let etag = answer.headers.get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let mut forks = Vec::new();
        for value in answer.body {
            match self.read(value) {
                Ok(fork) => forks.push(fork),
                // One odd fork must not hide the others.
                Err(cause) => tracing::warn!(%what, %cause, "a fork in GitHub's answer cannot be read"),
            }
        }
        Page { number, etag, forks, next }
    }

    fn read(&self, value: serde_json::Value) -> Result<Repository, String> {
        let answer: Answer = serde_json::from_value(value).map_err(|error| error.to_string())?;
        answer.into_repository(self.github_url())
    }
}

/// The forks of all pages, each once.
pub fn forks_of(pages: &[Page]) -> Vec<Repository> {
    let mut seen = HashSet::new();
    pages.iter().flat_map(|page| &page.forks).filter(|fork| seen.insert(fork.id)).cloned().collect()
}

/// By the `Link` header where there is one, else by a page being full. Only the number is taken: the token goes nowhere else.
fn next_page(headers: &HeaderMap, page: usize, count: usize) -> Option<usize> {
    let Some(link) = headers.get(header::LINK).and_then(|link| link.to_str().ok()) else {
        return (count == PER_PAGE).then_some(page + 1);
    };
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let url = Url::parse(next.trim().strip_prefix('<')?.split_once('>')?.0).ok()?;
    let (_, number) = url.query_pairs().find(|(name, _)| name == "page")?;
    number.parse().ok().filter(|number| *number > page)
}
