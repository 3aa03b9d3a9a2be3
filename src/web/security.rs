//! Headers that every answer carries, and what of an address may be written down.
//! May import: axum, http.
//! Next: `router.rs`, which wraps everything in them.

use axum::extract::{Request, State as AppState};
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use super::state::State;
use super::words;

/// Everything comes from us, nothing is written into the page, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds the headers, and remembers a language that the address chooses.
pub async fn headers(AppState(state): AppState<State>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let chosen = words::chosen_now(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let headers = response.headers_mut();
    // A student's drawing brings a policy of its own, which allows even less.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Addresses hold tokens.
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // Pages are about people: what does not say otherwise is kept nowhere.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(cookie) = chosen.and_then(words::remember) {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// The path without what must not be known: the token of a link becomes `…`, and the query is left out.
pub fn loggable_path(uri: &Uri) -> String {
    let path = uri.path();
    match path.get(..3) {
        Some(prefix @ ("/t/" | "/s/")) => format!("{prefix}…"),
        _ => path.to_owned(),
    }
}
