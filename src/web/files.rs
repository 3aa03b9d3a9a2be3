//! Pictures of submissions, out of the mirror: named by commit and path, sniffed, bounded, and never run.
//! May import: `extract`, `git/`, `domain/`.
//! Next: `source.rs` for the addresses, `readme.rs` for the pages that show them.

use std::sync::Arc;

use axum::extract::{Path, Query, State as AppState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Error;
use super::extract::SourceOf;
use super::source::Source;
use super::state::State;
use crate::domain::RepoPath;
use crate::git::{AtPath, Blob, Mirror};

/// Bytes of a picture; what the mirror fetches ends there too unless a course says otherwise.
const LARGEST: u64 = 5 << 20;
/// A drawing is a document that could hold scripts: it has no rights, and opened by itself it is only saved.
const DRAWING: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

#[derive(Deserialize)]
pub struct Version {
    v: Option<String>,
}

/// `GET /submissions/{submission}/files/{*path}`
pub async fn show(
    SourceOf(source): SourceOf,
    AppState(state): AppState<State>,
    Path((_, path)): Path<(String, String)>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let path = RepoPath::parse(&path).ok_or(Error::NotFound)?;
    let mirror = Arc::clone(&state.mirror);
    let found = tokio::task::spawn_blocking(move || read(&mirror, &source, &path)).await;
    let blob = found.map_err(|error| anyhow::anyhow!("reading a file broke off: {error}"))??;
    let kind = kind(&blob.bytes).ok_or(Error::NotFound)?;
    let tag = format!("\"{}\"", blob.object);
    // An address with the file's own id never means another content.
    let cache = match version.v {
        Some(version) if version == blob.object.as_str() => "private, max-age=31536000, immutable",
        _ => "private, no-cache",
    };
    let common = [(header::CACHE_CONTROL, cache), (header::ETAG, &tag), (header::CONTENT_TYPE, kind)];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.contains(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let mut response = (common, blob.bytes).into_response();
    if kind == "image/svg+xml" {
        let own = [(header::CONTENT_SECURITY_POLICY, DRAWING), (header::CONTENT_DISPOSITION, "attachment")];
        for (name, value) in own {
            response.headers_mut().insert(name, header::HeaderValue::from_static(value));
        }
    }
    Ok(response)
}

/// What the mirror does not hold (yet) and what is no file look alike.
fn read(mirror: &Mirror, source: &Source, path: &RepoPath) -> Result<Blob, Error> {
    let is_theirs = match source.fork {
        Some(repo) => mirror.is_of_fork(repo, &source.commit),
        None => mirror.is_of_project(&source.commit),
    };
    if !is_theirs {
        return Err(Error::NotFound);
    }
    match mirror.file(&source.commit, path, LARGEST).map_err(anyhow::Error::new)? {
        AtPath::File(blob) => Ok(blob),
        AtPath::TooLarge | AtPath::Nothing | AtPath::Unfetched => Err(Error::NotFound),
    }
}

/// What the bytes are, whatever the file is called; `None` for what is no picture.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let at = |from: usize, wanted: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(wanted));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if at(0, b"\xFF\xD8\xFF") {
        Some("image/jpeg")
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some("image/gif")
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some("image/webp")
    } else if at(4, b"ftypavif") || at(4, b"ftypavis") {
        Some("image/avif")
    } else {
        is_drawing(bytes).then_some("image/svg+xml")
    }
}

fn is_drawing(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut text = text.trim_start_matches('\u{feff}').trim_start();
    for _ in 0..8 {
        let end = if text.starts_with("<!--") {
            "-->"
        } else if text.starts_with("<?") || text.starts_with("<!") {
            ">"
        } else {
            break;
        };
        let Some((_, rest)) = text.split_once(end) else { return false };
        text = rest.trim_start();
    }
    text.strip_prefix("<svg").is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>'))
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn what_bytes_are_is_seen_in_them_and_in_nothing_else() {
        let cases: [(&[u8], Option<&str>); 13] = [
            (b"\x89PNG\r\n\x1a\n....", Some("image/png")),
            (b"\xFF\xD8\xFF\xE0....", Some("image/jpeg")),
            (b"GIF89a....", Some("image/gif")),
            (b"RIFF....WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x20ftypavif....", Some("image/avif")),
            (b"<svg xmlns='x'/>", Some("image/svg+xml")),
            (b"\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg>", Some("image/svg+xml")),
            (b"<html><svg>", None),
            (b"<svgx>", None),
            (b"<!DOCTYPE html><script>alert(1)</script>", None),
            (b"%PDF-1.4", None),
            (b"RIFF....WAVE", None),
            (b"", None),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(kind(bytes), wanted, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
