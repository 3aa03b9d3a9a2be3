//! Style, script and fonts, inside the binary, cached by their content.
//! May import: std, axum.
//! Next: `static/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::error::Error;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

struct Asset {
    bytes: &'static [u8],
    kind: &'static str,
    version: String,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let mut assets = BTreeMap::new();
    let mut folders = vec![&FILES];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let (name, bytes) = (file.path().to_string_lossy().into_owned(), file.contents());
            let version = blake3::hash(bytes).to_hex().chars().take(16).collect();
            assets.insert(name.clone(), Asset { bytes, kind: kind(&name), version });
        }
    }
    assets
});

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

/// The address of a file of `static/`, with its version.
pub fn address(name: &str) -> String {
    let version = ASSETS.get(name).map(|asset| asset.version.as_str()).unwrap_or_default();
    format!("/static/{name}?v={version}")
}

#[derive(Deserialize)]
pub struct Version {
    v: Option<String>,
}

/// `GET /static/{*name}`
pub async fn serve(
    Path(name): Path<String>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let asset = ASSETS.get(&name).ok_or(Error::NotFound)?;
    let tag = format!("\"{}\"", asset.version);
    // An address with its version never changes its content; the bare one (fonts named by the style sheet) is asked again.
    let cache = match version.v {
        Some(version) if version == asset.version => "public, max-age=31536000, immutable",
        _ => "public, max-age=3600",
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let common = [(header::CACHE_CONTROL, cache), (header::ETAG, &tag), (header::CONTENT_TYPE, asset.kind)];
    if known.is_some_and(|known| known.contains(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, asset.bytes).into_response())
}
