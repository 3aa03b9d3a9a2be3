//! Every route on one page, and what wraps them all.
//! May import: the handlers.
//! Next: `extract.rs` for who may come in, `tests/routes/matrix.rs` for the proof.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

use super::error::{self, Error};
use super::state::State;
use super::{
    assets, audit, dashboard, extensions, facts, feedback, files, fork, gallery, github, health, instant, limits,
    links, live, overrides, peer, publication, recordings, reruns, roster, rubric, screenshots, security, signin,
    similarity, webhook,
};

/// Forms of pages are short.
const LARGEST_FORM: usize = 64 * 1024;
/// How long an answer may take, the reading of its request included.
const TIMEOUT: Duration = Duration::from_secs(30);

type Row = (&'static str, &'static str, MethodRouter<State>);

fn table() -> Vec<Row> {
    vec![
        // Everybody.
        ("GET", "/", get(signin::home)),
        ("GET", "/t/{token}", get(signin::teacher_link)),
        ("GET", "/s/{token}", get(signin::student_link)),
        ("GET", "/signin/github", get(github::begin)),
        ("GET", "/signin/github/callback", get(github::finish)),
        ("POST", "/sign-out", post(signin::sign_out)),
        ("POST", "/sign-out/everywhere", post(signin::sign_out_everywhere)),
        ("GET", "/static/{*name}", get(assets::serve)),
        ("GET", "/healthz", get(health::alive)),
        ("GET", "/readyz", get(health::ready)),
        // Teachers.
        ("GET", "/forks", get(dashboard::show)),
        ("GET", "/forks/{fork}", get(fork::show)),
        ("POST", "/forks/{fork}/runs", post(fork::run_again)),
        ("POST", "/forks/{fork}/overrides", post(overrides::set)),
        ("POST", "/forks/{fork}/overrides/undo", post(overrides::undo)),
        ("POST", "/students/{student}/extension", post(extensions::give)),
        ("POST", "/students/{student}/extension/remove", post(extensions::take)),
        ("GET", "/gallery", get(gallery::show)),
        ("GET", "/screenshots/{address}", get(screenshots::of_course)),
        ("GET", "/similarity", get(similarity::list)),
        ("GET", "/similarity/{left}/{right}", get(similarity::pair)),
        ("GET", "/recordings", get(recordings::list)),
        ("GET", "/recordings/{recording}", get(recordings::show)),
        ("POST", "/recordings/forget", post(recordings::forget)),
        ("GET", "/facts/{address}", get(facts::show)),
        ("POST", "/students/{student}/link", post(links::renew)),
        ("POST", "/students/{student}/link/revoke", post(links::revoke)),
        ("POST", "/links", post(links::make_missing)),
        ("POST", "/publication", post(publication::change)),
        ("GET", "/audit", get(audit::show)),
        ("GET", "/audit.csv", get(audit::export)),
        ("GET", "/roster", get(roster::show)),
        ("POST", "/roster", post(roster::look).layer(DefaultBodyLimit::max(roster::LARGEST_FORM))),
        ("POST", "/roster/import", post(roster::import).layer(DefaultBodyLimit::max(roster::LARGEST_FORM))),
        ("POST", "/roster/attach", post(roster::attach)),
        ("POST", "/roster/detach", post(roster::detach)),
        ("POST", "/roster/login", post(roster::name)),
        ("GET", "/roster.csv", get(roster::export)),
        ("POST", "/students/{student}/unlist", post(roster::unlist)),
        ("GET", "/rubric", get(rubric::show)),
        ("POST", "/rubric", post(rubric::preview).layer(DefaultBodyLimit::max(rubric::LARGEST_FORM))),
        ("POST", "/rubric/apply", post(rubric::apply).layer(DefaultBodyLimit::max(rubric::LARGEST_FORM))),
        ("GET", "/rubric.toml", get(rubric::as_toml)),
        ("GET", "/rubric/versions/{version}", get(rubric::version)),
        ("GET", "/reruns", get(reruns::show)),
        ("POST", "/reruns", post(reruns::queue)),
        // Students, about what is theirs.
        ("GET", "/me", get(feedback::show)),
        ("GET", "/me/instant", get(instant::show)),
        ("GET", "/me/screenshots/{address}", get(screenshots::own)),
        // Teachers and students, each about what they may see.
        ("GET", "/events", get(live::events)),
        ("GET", "/submissions/{submission}/files/{*path}", get(files::show)),
        // GitHub, by its signature.
        ("POST", "/webhooks/github", post(webhook::receive).layer(RequestBodyLimitLayer::new(webhook::LARGEST))),
    ]
}

/// Method and path of every route.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    table().into_iter().map(|(method, path, _)| (method, path)).collect()
}

/// The web server's router.
pub fn router(state: State) -> Router {
    let same_origin = same_origin(&state);
    let mut router = Router::new();
    for (method, path, handlers) in table() {
        // What only reads needs no check, and the check's own log would show the links in it.
        let handlers = if method == "GET" { handlers } else { handlers.layer(same_origin.clone()) };
        router = router.route(path, handlers);
    }
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            // Never the address itself: links hold tokens.
            tracing::info_span!("http", method = %request.method(), path = %security::loggable_path(request.uri()))
        })
        .on_response(DefaultOnResponse::new().level(Level::DEBUG))
        .on_failure(());
    // From the inside out.
    router
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(middleware::from_fn_with_state(state.clone(), limits::limit))
        .layer(middleware::from_fn_with_state(state.clone(), peer::identify))
        .layer(CatchPanicLayer::custom(error::on_panic))
        .layer(middleware::from_fn_with_state(state.clone(), error::dress))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), security::headers))
        .layer(trace)
        .with_state(state)
}

/// What writes must come from our own pages (or from no browser at all).
fn same_origin(
    state: &State,
) -> CsrfLayer<impl FnMut(tower_http::csrf::ProtectionError) -> axum::response::Response + Clone + use<>> {
    let layer = CsrfLayer::new();
    // A proxy may call us by another name than people do.
    let layer = match layer.clone().add_trusted_origin(state.public_url.origin().ascii_serialization()) {
        Ok(trusting) => trusting,
        Err(_) => layer,
    };
    layer.with_rejection_response(|_| Error::CrossSite.into_response())
}
