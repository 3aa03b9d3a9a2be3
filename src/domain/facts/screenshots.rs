//! What a browser made of an application's pages: pictures, titles, text and errors after their scripts have run.
//! May import: std, serde and the rest of `domain/`.
//! Next: `observe/screenshots.rs` makes them, `db/screenshots.rs` keeps the pictures.

use serde::{Deserialize, Serialize};

use super::execution::DATA;
use crate::domain::PictureAddress;

/// One page in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenshotFacts {
    pub port: u16,
    /// Path and query, as asked for.
    pub path: String,
    /// Over TLS, whoever made the certificate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secure: bool,
    /// `None` where none could be taken: `trouble` says why.
    pub picture: Option<PictureFacts>,
    /// HTTP status of the page itself.
    pub status: Option<u16>,
    /// As it stands when scripts are done.
    pub title: Option<String>,
    /// Characters of visible text when scripts are done.
    pub text_characters: u32,
    /// Rows of tables, list items, images; five for each chart that is drawn: a rough count of data shown.
    pub data_elements: u32,
    /// Beginning of the visible text.
    pub excerpt: String,
    /// What scripts wrote to the console as errors, and what they threw.
    pub console: Noted<String>,
    /// What the page asked for and did not get.
    pub failed_requests: Noted<FailedRequest>,
    /// `alert()` and its kind, closed at once.
    pub dialogs: u32,
    pub trouble: Option<ScreenshotTrouble>,
    /// Milliseconds from opening the page to its picture.
    pub milliseconds: u64,
}

impl ScreenshotFacts {
    /// Whether a person would see data on it.
    pub fn shows_data(&self) -> bool {
        self.status.is_some_and(|status| status < 400) && self.data_elements >= DATA
    }

    /// Requests that somebody answered, and not well.
    pub fn unanswered(&self) -> impl Iterator<Item = &FailedRequest> {
        self.failed_requests.first.iter().filter(|failed| !failed.is_out_of_reach())
    }

    /// Requests that a run does not let out.
    pub fn out_of_reach(&self) -> impl Iterator<Item = &FailedRequest> {
        self.failed_requests.first.iter().filter(|failed| failed.is_out_of_reach())
    }
}

/// The first of many, and how many more there were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted<T> {
    pub first: Vec<T>,
    pub more: u32,
}

impl<T> Default for Noted<T> {
    fn default() -> Self {
        Self { first: Vec::new(), more: 0 }
    }
}

impl<T: PartialEq> Noted<T> {
    /// Takes one more; what is among the first already is not said twice.
    pub fn note(&mut self, one: T, at_most: usize) {
        if self.first.contains(&one) {
            return;
        }
        if self.first.len() < at_most {
            self.first.push(one);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    pub fn count(&self) -> u64 {
        self.first.len() as u64 + u64::from(self.more)
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

/// The addresses of a picture in its two sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFacts {
    pub address: PictureAddress,
    pub thumbnail: PictureAddress,
    /// Of the larger one.
    pub bytes: u64,
}

/// A request of a page that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRequest {
    pub address: String,
    /// The browser's own words (`net::ERR_NAME_NOT_RESOLVED`), or an HTTP status.
    pub reason: String,
    /// It leads out of the run, which reaches nothing else: not the student's fault.
    pub leads_out: bool,
}

impl FailedRequest {
    /// Beyond what the course lets browsers ask: no host has answered, or the proxy in its place (403).
    fn is_out_of_reach(&self) -> bool {
        self.leads_out && self.reason.parse::<u16>().map_or(true, |status| status == 403)
    }
}

/// Why there is no picture of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "snake_case")]
pub enum ScreenshotTrouble {
    /// The browser got no page, in its own words.
    NotLoaded { error: String },
    /// It sends its visitors to another site.
    LeadsOut { to: String },
    /// It is a file to keep and not a page to look at.
    Download,
    /// Its scripts or its size never let the browser rest.
    NeverRests,
    /// What the browser handed over is no picture of a page.
    NoPicture,
    /// It exhausts the browser's memory.
    Crashed,
    /// Pages before it were so much that the browser had to be ended.
    BrowserEnded,
}

/// A picture as it is kept and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub address: PictureAddress,
    /// WebP.
    pub content: Vec<u8>,
}
