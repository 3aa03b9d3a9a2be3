//! A bounded walk over an application's pages: `/` and the same-origin links behind it.
//! May import: `domain/`, reqwest, scraper.
//! Next: `domain/facts/execution.rs` for what a page's facts are.

use std::collections::{BTreeSet, VecDeque};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, Response, redirect};
use scraper::{ElementRef, Html, Selector};
use tokio::time::{Instant, timeout};
use url::Url;

use super::text::excerpt;
use crate::domain::facts::execution::PageFacts;

const PAGES: usize = 12;
const REDIRECTS: usize = 4;
/// Links that are remembered, of one page and of all.
const LINKS: usize = 4 * PAGES;
const PAGE_BYTES: usize = 2 * 1024 * 1024;
const PAGE_TIME: Duration = Duration::from_secs(10);
const ALL_TIME: Duration = Duration::from_secs(30);
/// An ordinary browser's, so that nothing is special-cased to us.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
/// What shows data, as a selector: rows, items, pictures, drawings.
pub const DATA: &str = "td, li, img, canvas, svg, article, .card, .js-plotly-plot, iframe";
/// What holds such elements on a page without any data, as a selector: a search, a menu.
pub const CONTROLS: &str = "form, nav";

/// Visits `/` and the paths that are asked for at every port, then what pages link to, port by port; where there is no page at `/`, the
/// routes. Every bound is on the whole walk as well as on each page. A path that is asked for is told about wherever HTTP is spoken, if
/// only that no time was left for it.
pub async fn crawl(ports: &[u16], paths: &[String], routes: &[String]) -> Result<Vec<PageFacts>, reqwest::Error> {
    // Both loopbacks: the resolver leaves `::1` out where that is the only IPv6 address.
    let loopbacks = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
    let client = super::http()
        // A certificate that somebody made for themselves says nothing in a pod.
        .tls_danger_accept_invalid_certs(true)
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .resolve_to_addrs("localhost", &loopbacks)
        .build()?;
    let deadline = Instant::now() + ALL_TIME;
    let mut pages = Vec::new();
    let mut walks = Vec::new();
    for &port in ports {
        walks.extend(begin(&client, port, paths, routes, deadline, &mut pages).await);
    }
    for walk in walks {
        follow(&client, walk, deadline, &mut pages).await;
    }
    Ok(pages)
}

/// An application whose links are still to be followed.
struct Walk {
    root: Url,
    seen: BTreeSet<String>,
    queue: VecDeque<String>,
}

impl Walk {
    fn note(&mut self, links: Vec<String>) {
        for link in links {
            if self.seen.len() < LINKS && self.seen.insert(link.clone()) {
                self.queue.push_back(link);
            }
        }
    }
}

/// The front page, and what is asked for; what is behind it, or behind the routes where there is none. `None` where nothing speaks HTTP: no other path will.
async fn begin(
    client: &Client,
    port: u16,
    paths: &[String],
    routes: &[String],
    deadline: Instant,
    pages: &mut Vec<PageFacts>,
) -> Option<Walk> {
    let mut root = origin(false, port);
    let (mut page, mut links) = visit(client, &root, "/", deadline).await;
    if page.status.is_none() {
        // Some speak TLS only.
        let tls = origin(true, port);
        let secure = visit(client, &tls, "/", deadline).await;
        if secure.0.status.is_some() {
            (root, (page, links)) = (tls, secure);
        }
    }
    let status = page.status;
    pages.push(page);
    let is_there = status? != 404;
    let asked: Vec<&String> = paths.iter().filter(|path| *path != "/").collect();
    let seen = asked.iter().map(|path| (*path).clone()).chain(["/".to_owned()]).collect();
    let mut walk = Walk { root, seen, queue: VecDeque::new() };
    walk.note(links);
    for path in asked {
        let (page, links) = visit(client, &walk.root, path, deadline).await;
        pages.push(page);
        walk.note(links);
    }
    if !is_there {
        walk.note(routes.to_vec());
    }
    Some(walk)
}

/// What pages of this application link to, as far as there is room.
async fn follow(client: &Client, mut walk: Walk, deadline: Instant, pages: &mut Vec<PageFacts>) {
    while let Some(path) = walk.queue.pop_front() {
        if pages.len() >= PAGES || Instant::now() >= deadline {
            return;
        }
        let (page, links) = visit(client, &walk.root, &path, deadline).await;
        pages.push(page);
        walk.note(links);
    }
}

async fn visit(client: &Client, root: &Url, path: &str, deadline: Instant) -> (PageFacts, Vec<String>) {
    let started = Instant::now();
    let at_most = deadline.saturating_duration_since(started).min(PAGE_TIME);
    let mut page = PageFacts {
        port: root.port_or_known_default().unwrap_or_default(),
        path: path.to_owned(),
        secure: root.scheme() == "https",
        status: None,
        error: None,
        content_type: None,
        title: None,
        bytes: 0,
        truncated: false,
        milliseconds: 0,
        data_elements: 0,
        excerpt: String::new(),
    };
    let links = match timeout(at_most, fetch(client, root, path, &mut page)).await {
        Ok(Ok(links)) => links,
        Ok(Err(error)) => {
            page.error = Some(excerpt(&error, 300));
            Vec::new()
        }
        Err(_) => {
            page.error = Some(format!("no whole answer within {} s", at_most.as_secs()));
            Vec::new()
        }
    };
    page.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    (page, links)
}

async fn fetch(client: &Client, root: &Url, path: &str, page: &mut PageFacts) -> Result<Vec<String>, String> {
    let mut url = root.join(path).map_err(|error| error.to_string())?;
    let mut hops = 0;
    let response = loop {
        let response = client.get(url.clone()).send().await.map_err(|error| chain(&error))?;
        page.status = Some(response.status().as_u16());
        let Some(next) = redirected(&url, &response) else { break response };
        hops += 1;
        if hops > REDIRECTS {
            return Err("redirects without end".to_owned());
        }
        if !is_own(&next, root) {
            return Err(format!("redirects to another site: {}", excerpt(next.as_str(), 200)));
        }
        url = next;
    };
    let content_type =
        response.headers().get(CONTENT_TYPE).map(|value| excerpt(&String::from_utf8_lossy(value.as_bytes()), 100));
    let is_html = content_type.as_deref().is_none_or(|kind| kind.contains("html"));
    page.content_type = content_type;
    let body = read(response, page).await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    if !is_html {
        page.excerpt = excerpt(&text, 400);
        return Ok(Vec::new());
    }
    // On a thread of its own: a page can be made so that reading it takes hours, and then nobody waits for it.
    let root = root.clone();
    let shown = tokio::task::spawn_blocking(move || describe(&text, &url, &root));
    let shown = shown.await.map_err(|error| error.to_string())?;
    (page.title, page.data_elements, page.excerpt) = (shown.title, shown.data_elements, shown.excerpt);
    Ok(shown.links)
}

/// The body as far as the limit; bytes are counted after decompression, so a bomb is just a long page.
async fn read(mut response: Response, page: &mut PageFacts) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = PAGE_BYTES - body.len();
                body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                page.bytes = body.len() as u64;
                if chunk.len() > room {
                    page.truncated = true;
                    return Ok(body);
                }
            }
            Ok(None) => return Ok(body),
            // A body that broke off still shows what came.
            Err(error) if body.is_empty() => return Err(chain(&error)),
            Err(error) => {
                page.error = Some(excerpt(&chain(&error), 300));
                return Ok(body);
            }
        }
    }
}

/// What a page shows, and where it leads.
#[derive(Default)]
struct Shown {
    title: Option<String>,
    data_elements: u32,
    excerpt: String,
    links: Vec<String>,
}

fn describe(text: &str, url: &Url, root: &Url) -> Shown {
    let html = Html::parse_document(text);
    let select = |css: &str| Selector::parse(css).ok();
    let mut shown = Shown::default();
    if let Some(titles) = select("title") {
        let title = html.select(&titles).next().map(|title| title.text().collect::<String>());
        shown.title = title.map(|title| excerpt(&title, 120)).filter(|title| !title.is_empty());
    }
    if let (Some(data), Some(controls)) = (select(DATA), select(CONTROLS)) {
        shown.data_elements = data_elements(&html, &data, &controls);
    }
    if let Some(body) = select("body") {
        shown.excerpt = html.select(&body).next().map(|body| excerpt(&visible_text(&body), 400)).unwrap_or_default();
    }
    if let Some(anchors) = select("a[href]") {
        let links = html.select(&anchors).filter_map(|anchor| anchor.value().attr("href"));
        let links =
            links.filter_map(|href| url.join(href).ok()).filter(|link| is_own(link, root) && !is_left_alone(link));
        let links = links.map(|link| link[url::Position::BeforePath..url::Position::AfterQuery].to_owned());
        shown.links = links.take(LINKS).collect();
    }
    shown
}

/// One walk, which leaves controls out: a hostile page is deep, and asking each element for its ancestors would take as long again for each.
fn data_elements(html: &Html, data: &Selector, controls: &Selector) -> u32 {
    let (mut count, mut next) = (0, Some(*html.root_element()));
    while let Some(node) = next {
        let element = ElementRef::wrap(node);
        let is_control = element.is_some_and(|element| controls.matches(&element));
        count += u32::from(!is_control && element.is_some_and(|element| data.matches(&element)));
        let beside = || std::iter::once(node).chain(node.ancestors()).find_map(|node| node.next_sibling());
        next = node.first_child().filter(|_| !is_control).or_else(beside);
    }
    count
}

fn visible_text(body: &ElementRef<'_>) -> String {
    let mut text = String::new();
    for node in body.descendants() {
        let hidden = node.parent().is_some_and(|parent| {
            parent.value().as_element().is_some_and(|element| matches!(element.name(), "script" | "style" | "template"))
        });
        if let Some(words) = node.value().as_text()
            && !hidden
        {
            text.push_str(words);
            text.push(' ');
        }
    }
    text
}

/// Links that would end a session or change data are left alone.
pub fn is_left_alone(link: &Url) -> bool {
    let path = link.path().to_lowercase();
    ["logout", "delete", "shutdown", "remove", "drop"].iter().any(|word| path.contains(word))
}

fn redirected(url: &Url, response: &Response) -> Option<Url> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    url.join(location).ok()
}

fn is_own(url: &Url, root: &Url) -> bool {
    let own_host = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost" | "0.0.0.0"));
    own_host && url.scheme() == root.scheme() && url.port_or_known_default() == root.port_or_known_default()
}

#[allow(clippy::expect_used, reason = "a number in a fixed address always parses")]
fn origin(secure: bool, port: u16) -> Url {
    let scheme = if secure { "https" } else { "http" };
    Url::parse(&format!("{scheme}://localhost:{port}/")).expect("a fixed address")
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
