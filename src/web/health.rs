//! Whether the process lives, and whether it can work.
//! May import: `db/`.
//! Next: `router.rs`.

use axum::extract::State as AppState;

use super::error::Error;
use super::state::State;
use crate::db;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub async fn ready(AppState(state): AppState<State>) -> Result<&'static str, Error> {
    db::views::ping(&mut *state.conn().await?).await.map_err(Error::Unavailable)?;
    Ok("ok\n")
}
