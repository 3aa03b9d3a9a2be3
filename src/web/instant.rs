//! How a student has each push graded at once: the app, a webhook of the fork's own, or nothing at all.
//! May import: `extract`, `page`, `github` (the app, webhook secrets), `db/`, `domain/`.
//! Next: `webhook.rs`, which receives what is told; `docs/webhooks.md` for teachers.

use askama::Template;
use axum::extract::State as AppState;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::error::Error;
use super::extract::StudentOf;
use super::page::{Page, show as show_page};
use super::state::State;
use crate::db;
use crate::github::webhook::secret_of;

#[derive(Template)]
#[template(path = "instant.html")]
struct Instant {
    page: Page,
    full_name: String,
    /// The fork's page of webhooks at GitHub.
    settings: String,
    app: Option<AppPage>,
    hook: Option<Hook>,
    sweep_minutes: u32,
}

struct AppPage {
    name: String,
    install: String,
}

struct Hook {
    address: Url,
    /// Of this fork alone: whoever knows it can speak of no other.
    secret: String,
}

/// `GET /me/instant`
pub async fn show(page: Page, own: StudentOf, AppState(state): AppState<State>) -> Result<Response, Error> {
    let own = own.fork.ok_or(Error::NotFound)?;
    let fork = db::forks::get(&mut *state.conn().await?, own.fork).await?;
    let secret = state.webhook_secrets.last().and_then(|secret| secret_of(secret, fork.repo));
    let address = state.public_url.join("webhooks/github").ok();
    let hook = secret.zip(address).map(|(secret, address)| Hook { address, secret: secret.expose().to_owned() });
    let app = match &state.github_app {
        Some(app) => {
            app.page().await.map(|(name, page)| AppPage { name, install: format!("{page}/installations/new") })
        }
        None => None,
    };
    let title = page.w.t("instant-title");
    let shown = show_page(&Instant {
        page: page.titled(&title),
        settings: format!("{}/settings/hooks/new", fork.html_url),
        full_name: fork.full_name,
        app,
        hook,
        sweep_minutes: state.course.sweep_minutes,
    })?;
    // It shows a secret.
    Ok(([(axum::http::header::CACHE_CONTROL, "no-store")], shown).into_response())
}
