//! Raw facts, as they were stored.
//! May import: `extract`, `db/facts`, `domain/`.
//! Next: `domain/facts/` for their shape.

use axum::Json;
use axum::extract::{Path, State as AppState};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::error::Error;
use super::extract::Teacher;
use super::state::State;
use crate::db;
use crate::domain::FactsAddress;

/// `GET /facts/{address}`
pub async fn show(
    _: Teacher,
    AppState(state): AppState<State>,
    Path(address): Path<String>,
) -> Result<Response, Error> {
    let address: FactsAddress = address.parse().map_err(|_| Error::NotFound)?;
    let conn = &mut *state.conn().await?;
    if !db::views::course_holds_facts(conn, state.course_id, &address).await? {
        return Err(Error::NotFound);
    }
    let document: serde_json::Value = db::facts::load(conn, &address).await?.ok_or(Error::NotFound)?;
    let mut response = Json(document).into_response();
    // A document never changes under its address.
    let cache = HeaderValue::from_static("private, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    Ok(response)
}
