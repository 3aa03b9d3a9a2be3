//! The JSON of GitHub's REST API, in the shape of its documentation, for what a course asks.
//! May import: `super`.
//! Next: `git.rs` for the repositories themselves.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Hub, Repository};

const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    #[serde(default = "first_page")]
    page: usize,
    #[serde(default = "usual_page")]
    per_page: usize,
}

fn first_page() -> usize {
    1
}
fn usual_page() -> usize {
    30
}

pub(super) async fn repository(
    State(hub): State<Hub>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    hub.count(&format!("/repos/{owner}/{name}"), false);
    one(&hub, hub.find(&format!("{owner}/{name}")), &headers)
}

pub(super) async fn repository_by_id(State(hub): State<Hub>, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    hub.count(&format!("/repositories/{id}"), false);
    one(&hub, by_id(&hub, id), &headers)
}

pub(super) async fn forks(
    State(hub): State<Hub>,
    Path((owner, name)): Path<(String, String)>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    hub.count(&format!("/repos/{owner}/{name}/forks?page={}", page.page), false);
    list(&hub, hub.find(&format!("{owner}/{name}")), &page, &headers)
}

pub(super) async fn forks_by_id(
    State(hub): State<Hub>,
    Path(id): Path<i64>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    hub.count(&format!("/repositories/{id}/forks?page={}", page.page), false);
    list(&hub, by_id(&hub, id), &page, &headers)
}

pub(super) async fn rate_limit(State(hub): State<Hub>) -> Response {
    hub.count("/rate_limit", false);
    let core = json!({"limit": 5000, "used": 1, "remaining": 4999, "reset": 4_102_444_800_i64});
    Json(json!({"resources": {"core": core}, "rate": core})).into_response()
}

pub(super) async fn user(State(hub): State<Hub>, headers: HeaderMap) -> Response {
    hub.count("/user", false);
    if headers.contains_key(header::AUTHORIZATION) {
        return Json(json!({"login": "teacher", "id": 1, "type": "User", "name": "A Teacher"})).into_response();
    }
    let problem = json!({"message": "Requires authentication", "documentation_url": "", "status": "401"});
    (StatusCode::UNAUTHORIZED, Json(problem)).into_response()
}

fn by_id(hub: &Hub, id: i64) -> Option<Repository> {
    hub.registry().iter().find(|repository| repository.id == id).cloned()
}

pub(super) fn not_found() -> Response {
    let problem = json!({"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"});
    (StatusCode::NOT_FOUND, Json(problem)).into_response()
}

fn one(hub: &Hub, found: Option<Repository>, headers: &HeaderMap) -> Response {
    let Some(repository) = found else { return not_found() };
    let mut body = describe(hub, &repository, &base(headers));
    if let Some(parent) = repository.parent.as_deref().and_then(|parent| hub.find(parent)) {
        body["parent"] = describe(hub, &parent, &base(headers));
    }
    answer(hub, body, headers)
}

/// The body, or 304 where the asker has it already.
fn answer(hub: &Hub, body: Value, headers: &HeaderMap) -> Response {
    let etag = format!("W/\"{}\"", blake3::hash(body.to_string().as_bytes()).to_hex());
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let headers = [(REMAINING, "4999".to_owned()), (header::ETAG, etag)];
    if known {
        hub.count_unchanged();
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Json(body)).into_response()
}

fn list(hub: &Hub, parent: Option<Repository>, page: &Page, headers: &HeaderMap) -> Response {
    let Some(parent) = parent else { return not_found() };
    let (number, size) = (page.page.max(1), page.per_page.clamp(1, 100));
    let mut children = children(hub, &parent);
    // GitHub's own order: newest first.
    children.sort_unstable_by_key(|repository| std::cmp::Reverse(repository.id));
    let base = base(headers);
    let last = children.len().div_ceil(size).max(1);
    let shown = children.iter().skip((number - 1) * size).take(size);
    let body: Value = shown.map(|repository| describe(hub, repository, &base)).collect();
    let at = |page: usize| format!("<{base}/repositories/{}/forks?per_page={size}&page={page}>", parent.id);
    let mut links = Vec::new();
    if number < last {
        links = vec![format!("{}; rel=\"next\"", at(number + 1)), format!("{}; rel=\"last\"", at(last))];
    }
    if number > 1 {
        links.push(format!("{}; rel=\"prev\"", at(number - 1)));
    }
    let mut response = answer(hub, body, headers);
    if let (false, Ok(link)) = (links.is_empty(), links.join(", ").parse()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

fn children(hub: &Hub, parent: &Repository) -> Vec<Repository> {
    let name = parent.full_name();
    let is_child =
        |repository: &&Repository| repository.parent.as_ref().is_some_and(|of| of.eq_ignore_ascii_case(&name));
    hub.registry().iter().filter(is_child).cloned().collect()
}

/// As the client wrote it: the server may stand behind any name.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

fn describe(hub: &Hub, repository: &Repository, base: &str) -> Value {
    let full_name = repository.full_name();
    let forks = children(hub, repository).len();
    json!({
        "id": repository.id,
        "node_id": format!("R_{}", repository.id),
        "name": repository.name,
        "full_name": full_name,
        "private": repository.private,
        "owner": {
            "login": repository.owner, "id": repository.id + 1_000_000, "type": "User", "site_admin": false,
            "html_url": format!("{base}/{}", repository.owner),
        },
        "html_url": format!("{base}/{full_name}"),
        "description": null,
        "fork": repository.parent.is_some(),
        "url": format!("{base}/repos/{full_name}"),
        "forks_url": format!("{base}/repos/{full_name}/forks"),
        "clone_url": format!("{base}/{full_name}.git"),
        "default_branch": repository.default_branch,
        "pushed_at": repository.pushed_at,
        "created_at": repository.pushed_at,
        "updated_at": repository.pushed_at,
        "size": repository.size,
        "language": null,
        "license": null,
        "forks_count": forks,
        "forks": forks,
        "stargazers_count": 0,
        "open_issues_count": 0,
        "archived": repository.archived,
        "disabled": repository.disabled,
        "visibility": if repository.private { "private" } else { "public" },
        "topics": [],
    })
}
