//! What every page shows around its own content: title, reader, language, where it is.
//! May import: `words`, `extract`, `assets`.
//! Next: `templates/base.html`.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use url::form_urlencoded;

use super::assets;
use super::error::Error;
use super::extract::{CurrentUser, Who};
use super::state::State;
use super::words::{self, Words};
use crate::domain::Login;

/// The frame of a page, and the reader's words.
#[derive(Debug, Clone)]
pub struct Page {
    pub w: Words,
    /// The tab's title, before the course's.
    pub title: String,
    pub course: String,
    pub user: CurrentUser,
    /// Who is signed in, where GitHub vouched for it.
    pub login: Option<Login>,
    path: String,
    /// The query without its language.
    query: Vec<(String, String)>,
    /// Something on this page changes by itself: it listens, or reloads where there is no JavaScript.
    pub live: Liveness,
}

/// How a page follows what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// Nothing on it changes.
    Still,
    /// It listens for changes.
    Listens,
    /// Something is under way: without JavaScript it reloads by itself.
    Moves,
}

impl Page {
    /// The frame for this request.
    pub fn new(state: &State, parts: &Parts, who: Who) -> Self {
        let language = words::language_of(parts, state.course.language);
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .filter(|(name, _)| name != "lang")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        // Addresses that hold a token are not repeated on a page.
        let path = match super::security::loggable_path(&parts.uri) {
            path if path.ends_with('…') => "/".to_owned(),
            // With two slashes it would be the address of another host.
            path => format!("/{}", path.trim_start_matches(['/', '\\'])),
        };
        Self {
            w: Words::new(language, state.course.time_zone, state.clock.now()),
            title: state.course.title.clone(),
            course: state.course.title.clone(),
            user: who.user,
            login: who.login,
            path,
            query,
            live: Liveness::Still,
        }
    }

    /// The same with its own title.
    pub fn titled(self, title: &str) -> Self {
        Self { title: title.to_owned(), ..self }
    }

    /// The same, shown at another address than it was sent to: there it can be asked for again.
    pub fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// The same, following what happens.
    pub fn following(self, moves: bool) -> Self {
        Self { live: if moves { Liveness::Moves } else { Liveness::Listens }, ..self }
    }

    pub fn listens(&self) -> bool {
        self.live != Liveness::Still
    }

    pub fn moves(&self) -> bool {
        self.live == Liveness::Moves
    }

    pub fn is_signed_in(&self) -> bool {
        self.user != CurrentUser::Nobody
    }

    /// Address of a file of `static/`, which changes with its content.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// This page in another language.
    pub fn in_language(&self, code: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query).append_pair("lang", code);
        format!("{}?{}", self.path, query.finish())
    }

    /// The names of the languages as their speakers write them, with whether it is this page's.
    pub fn languages(&self) -> [(&'static str, &'static str, bool); 2] {
        [("fr", "Français"), ("en", "English")].map(|(code, name)| (code, name, code == self.w.code()))
    }
}

impl FromRequestParts<State> for Page {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let who = Who::from_request_parts(parts, state).await?;
        Ok(Self::new(state, parts, who))
    }
}

/// A rendered template.
pub fn show(template: &impl Template) -> Result<Response, Error> {
    Ok(Html(template.render()?).into_response())
}
