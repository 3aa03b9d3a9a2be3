//! Live updates: one listener per process hears Postgres, and every open page hears the listener.
//! May import: `extract`, `db/views`, `domain/`.
//! Next: `static/live.js`, which fetches the page again and swaps in what changed.

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State as AppState;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::{Stream, StreamExt};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::error::Error;
use super::extract::CurrentUser;
use super::state::State;
use crate::db;
use crate::domain::ids::ForkId;

/// The channel that the triggers of `migrations/0002_notify.sql` tell on.
const CHANNEL: &str = "forkgrade_run";
/// A stream ends after this long: the browser asks again, and so does the check of who it is.
const LONGEST_STREAM: Duration = Duration::from_secs(600);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A run or a score of this fork changed, or the fork itself.
    Fork(ForkId),
    /// Something may have been missed: look at everything again.
    Anything,
}

/// Where open pages hear of changes, in whichever process they were made.
#[derive(Clone)]
pub struct Live {
    news: broadcast::Sender<News>,
    stop: CancellationToken,
}

impl Live {
    /// Listens to Postgres on a task of its own until `stop`, which also ends every open stream.
    pub fn start(pool: &PgPool, tasks: &TaskTracker, stop: CancellationToken) -> Self {
        let live = Self { news: broadcast::channel(256).0, stop };
        tasks.spawn(live.clone().listen(pool.clone()));
        live
    }

    async fn listen(self, pool: PgPool) {
        let stop = self.stop.clone();
        let for_ever = async {
            loop {
                if let Err(error) = self.pass_on(&pool).await {
                    tracing::warn!(%error, "pages are not told of changes until the database answers again");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        stop.run_until_cancelled(for_ever).await;
    }

    async fn pass_on(&self, pool: &PgPool) -> sqlx::Result<()> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        self.tell(News::Anything);
        loop {
            let news = match listener.try_recv().await? {
                Some(told) => told.payload().parse().map_or(News::Anything, |id| News::Fork(ForkId(id))),
                // The connection was lost and is back: what was told meanwhile is lost.
                None => News::Anything,
            };
            self.tell(news);
        }
    }

    /// Nobody may be looking, and that is fine.
    fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }

    /// Whoever is too slow for the news hears that there was some.
    fn hear(&self) -> impl Stream<Item = News> + use<> {
        BroadcastStream::new(self.news.subscribe())
            .map(|news| news.unwrap_or(News::Anything))
            .take_until(self.stop.clone().cancelled_owned())
    }
}

/// `GET /events`: a teacher hears of every fork, a student of their own, and only that the queue moved of all others.
pub async fn events(
    AppState(state): AppState<State>,
    user: CurrentUser,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    // Subscribed before anything is read, so that nothing falls in between.
    let news = state.live.hear();
    let own: Option<HashSet<ForkId>> = match user {
        CurrentUser::Nobody => return Err(Error::SignIn),
        CurrentUser::Teacher => None,
        CurrentUser::Student(student) => {
            let forks = db::views::forks_of_student(&mut *state.conn().await?, state.course_id, student).await?;
            Some(forks.into_iter().map(|own| own.fork).collect())
        }
    };
    let hello =
        futures::stream::once(async { Ok(Event::default().event("hello").retry(Duration::from_secs(2)).data("")) });
    let events = news
        .map(move |news| match (news, &own) {
            (News::Anything, _) => Event::default().event("change").data(""),
            (News::Fork(fork), Some(own)) if !own.contains(&fork) => Event::default().event("queue").data(""),
            (News::Fork(fork), _) => Event::default().event("change").data(fork.to_string()),
        })
        .map(Ok)
        .take_until(tokio::time::sleep(LONGEST_STREAM));
    Ok(Sse::new(hello.chain(events)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
