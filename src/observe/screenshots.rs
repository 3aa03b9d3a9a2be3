//! Which pages a browser is sent to, and what of it becomes facts: the front pages first, then what the crawl found, then
//! what only scripts have linked.
//! May import: `sandbox/`, `probe/` (its messages), `domain/`.
//! Next: `sandbox/browser/` for the browser, `domain/facts/screenshots.rs` for the result.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use url::Url;

use crate::domain::PictureAddress;
use crate::domain::facts::execution::PageFacts;
use crate::domain::facts::screenshots::{Picture, PictureFacts, ScreenshotFacts, ScreenshotTrouble};
use crate::probe::{excerpt, is_left_alone};
use crate::sandbox::{Browser, Sight};

/// Pages that are looked at.
const PAGES: usize = 4;
/// After so long no further page is opened.
const ALL: Duration = Duration::from_secs(30);

/// What a browser saw.
#[derive(Default)]
pub struct Shown {
    pub screenshots: Vec<ScreenshotFacts>,
    pub pictures: Vec<Picture>,
}

/// Where a page is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    secure: bool,
    port: u16,
    path: String,
}

impl Place {
    fn of(page: &PageFacts) -> Self {
        Self { secure: page.secure, port: page.port, path: page.path.clone() }
    }

    fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }
}

/// Looks at the first pages, one after the other.
pub async fn look(browser: &mut Browser, pages: &[PageFacts]) -> Shown {
    let started = Instant::now();
    let mut queue = VecDeque::from(places(pages));
    let mut seen: BTreeSet<Place> = queue.iter().cloned().collect();
    let mut shown = Shown::default();
    while let Some(place) = queue.pop_front() {
        if shown.screenshots.len() >= PAGES || started.elapsed() > ALL {
            break;
        }
        let address = format!("{}://localhost:{}{}", place.scheme(), place.port, place.path);
        let Some(sight) = browser.look(&address).await else {
            shown.screenshots.push(unseen(place));
            break;
        };
        let fresh = linked(&place, &sight.links).filter(|place| seen.insert(place.clone()));
        queue.extend(fresh.take(PAGES));
        shown.screenshots.push(facts(place, sight, &mut shown.pictures));
    }
    shown
}

/// Front pages, then what answers well, in the crawl's order; the rest only where nothing does.
fn places(pages: &[PageFacts]) -> Vec<Place> {
    let is_page = |page: &&PageFacts| {
        page.status.is_some() && page.content_type.as_deref().is_none_or(|kind| kind.contains("html"))
    };
    let is_good = |page: &&PageFacts| page.status.is_some_and(|status| status < 400);
    let answering: Vec<&PageFacts> = pages.iter().filter(is_page).collect();
    let fronts = answering.iter().copied().filter(|page| page.path == "/");
    let good = answering.iter().copied().filter(is_good).filter(|page| page.path != "/");
    let chosen: Vec<Place> = fronts.chain(good).map(Place::of).collect();
    if chosen.is_empty() { answering.first().copied().map(Place::of).into_iter().collect() } else { chosen }
}

/// Further pages of the same application that a page links to.
fn linked<'p>(place: &'p Place, links: &'p [String]) -> impl Iterator<Item = Place> + 'p {
    let own = links.iter().filter_map(|link| Url::parse(link).ok()).filter(|link| {
        let host = matches!(link.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        host && link.scheme() == place.scheme()
            && link.port_or_known_default() == Some(place.port)
            && !is_left_alone(link)
    });
    own.map(|link| {
        let path = link[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        Place { path, ..place.clone() }
    })
}

fn facts(place: Place, sight: Sight, pictures: &mut Vec<Picture>) -> ScreenshotFacts {
    let mut keep = |content: Vec<u8>| {
        let address = PictureAddress::from(*blake3::hash(&content).as_bytes());
        pictures.push(Picture { address: address.clone(), content });
        address
    };
    let picture = sight.pictures.map(|(large, small)| PictureFacts {
        bytes: large.len() as u64,
        address: keep(large),
        thumbnail: keep(small),
    });
    ScreenshotFacts {
        port: place.port,
        path: place.path,
        secure: place.secure,
        picture,
        status: sight.status,
        title: Some(excerpt(&sight.title, 120)).filter(|title| !title.is_empty()),
        text_characters: sight.characters,
        data_elements: sight.data_elements,
        excerpt: excerpt(&sight.text, 400),
        console: sight.console,
        failed_requests: sight.failed_requests,
        dialogs: sight.dialogs,
        trouble: sight.trouble,
        milliseconds: sight.milliseconds,
    }
}

/// A page that the browser did not live to see.
fn unseen(place: Place) -> ScreenshotFacts {
    let sight = Sight { trouble: Some(ScreenshotTrouble::BrowserEnded), ..Sight::default() };
    facts(place, sight, &mut Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(port: u16, path: &str, status: Option<u16>, kind: &str) -> PageFacts {
        PageFacts {
            port,
            path: path.to_owned(),
            secure: false,
            status,
            error: None,
            content_type: Some(kind.to_owned()),
            title: None,
            bytes: 0,
            truncated: false,
            milliseconds: 0,
            data_elements: 0,
            excerpt: String::new(),
        }
    }

    #[test]
    fn front_pages_come_first_and_what_is_no_page_never() {
        let html = "text/html; charset=utf-8";
        let pages = [
            page(5000, "/", Some(200), html),
            page(5000, "/cassee", Some(500), html),
            page(5000, "/api", Some(200), "application/json"),
            page(5000, "/carte", Some(200), html),
            page(6379, "/", None, html),
            page(8050, "/", Some(200), html),
        ];
        let chosen: Vec<_> = places(&pages).iter().map(|place| format!("{}{}", place.port, place.path)).collect();
        assert_eq!(chosen, ["5000/", "8050/", "5000/carte"]);
        assert_eq!(places(&[page(80, "/x", Some(500), html)]).len(), 1, "an error is better than nothing");
    }

    #[test]
    fn only_own_pages_are_followed() {
        let here = Place { secure: false, port: 5000, path: "/".to_owned() };
        let links = [
            "http://127.0.0.1:5000/a?b=1#c",
            "http://localhost:27017/",
            "https://ailleurs.example/",
            "mailto:x",
            "http://localhost:5000/logout",
        ];
        let links = links.map(str::to_owned);
        let followed: Vec<_> = linked(&here, &links).map(|place| place.path).collect();
        assert_eq!(followed, ["/a?b=1"]);
    }
}
