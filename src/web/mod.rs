//! Pages, webhook receiver and live updates: everything that is reached over HTTP.
//! May import: `rubric/`, `git/`, `github/`, `db/`, `domain/`.
//! May import: `grading/` (decisions), `rubric/`, `github/`, `db/`, `domain/`.
//! Next: `router.rs`, every route on one page.

mod assets;
mod audit;
mod class;
mod dashboard;
mod error;
mod extensions;
mod extract;
mod facts;
mod feedback;
mod files;
mod fork;
mod gallery;
mod github;
mod health;
mod histogram;
mod instant;
mod judges;
mod limits;
mod links;
mod listing;
mod live;
mod markup;
mod moves;
mod overrides;
mod page;
mod peer;
mod publication;
mod reading;
mod readme;
mod recordings;
mod report;
mod reruns;
mod roster;
mod router;
mod rubric;
mod screenshots;
mod security;
mod server;
mod signin;
mod similarity;
mod source;
mod state;
mod summaries;
mod webhook;
pub mod words;

pub use class::{Line, record_of};
pub use github::CALLBACK;
pub use limits::Limits;
pub use live::Live;
pub use peer::Proxies;
pub use reruns::{Rerun, run_again};
pub use router::{router, routes};
pub use server::serve;
pub use state::State;
pub use summaries::Summaries;
