//! `GET /events`

use std::time::Duration;

use futures::{Stream, StreamExt};
use reqwest::Method;

use crate::support::site::{Site, Visitor};

/// The events of a stream, as `name data`.
async fn listen(visitor: &Visitor) -> impl Stream<Item = String> + Unpin + use<> {
    let response = visitor.request(Method::GET, "/events").send().await.expect("a stream");
    assert_eq!(response.status(), 200);
    let lines = response.bytes_stream().map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap());
    let events = lines.flat_map(|chunk| {
        let events: Vec<String> = chunk.split("\n\n").filter_map(event).collect();
        futures::stream::iter(events)
    });
    let mut events = Box::pin(events);
    assert_eq!(next(&mut events).await, "hello");
    events
}

fn event(text: &str) -> Option<String> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    Some(format!("{} {}", field("event:")?, field("data:").unwrap_or_default()).trim().to_owned())
}

async fn next(events: &mut (impl Stream<Item = String> + Unpin)) -> String {
    tokio::time::timeout(Duration::from_secs(10), events.next())
        .await
        .expect("an event in time")
        .expect("an open stream")
}

/// The next event about something in particular: that the listener itself came up is told to everybody.
async fn next_named(events: &mut (impl Stream<Item = String> + Unpin)) -> String {
    loop {
        let event = next(events).await;
        if event != "change" {
            return event;
        }
    }
}

#[tokio::test]
async fn a_teacher_hears_of_every_fork() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let submission = site.submit(member.fork, site.clock.now()).await;
    let mut events = listen(&site.teacher().await).await;
    let run = site.enqueue(submission).await;
    assert_eq!(next_named(&mut events).await, format!("change {}", member.fork));
    site.enter(run, "installing", site.clock.now()).await;
    assert_eq!(next_named(&mut events).await, format!("change {}", member.fork));
}

#[tokio::test]
async fn a_student_hears_of_another_fork_only_that_the_queue_moved() {
    let site = Site::new().await;
    let own = site.fork(&[("amelie", "Amélie")]).await;
    let other = site.fork(&[("basile", "Basile")]).await;
    let mut events = listen(&site.student(own.students[0]).await).await;
    site.enqueue(site.submit(other.fork, site.clock.now()).await).await;
    assert_eq!(next_named(&mut events).await, "queue");
    site.enqueue(site.submit(own.fork, site.clock.now()).await).await;
    assert_eq!(next_named(&mut events).await, format!("change {}", own.fork));
}

#[tokio::test]
async fn a_heartbeat_is_no_news() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let run = site.enqueue(site.submit(member.fork, site.clock.now()).await).await;
    let mut events = listen(&site.teacher().await).await;
    sqlx::query("update run set lease_expires_at = now()").execute(&site.database.pool).await.unwrap();
    let other = site.fork(&[("basile", "Basile")]).await;
    site.enter(run, "fetching", site.clock.now()).await;
    assert_eq!(next_named(&mut events).await, format!("change {}", member.fork));
    site.enqueue(site.submit(other.fork, site.clock.now()).await).await;
    assert_eq!(next_named(&mut events).await, format!("change {}", other.fork), "nothing came in between");
}

#[tokio::test]
async fn what_was_told_while_the_connection_was_lost_is_looked_up() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let mut events = listen(&site.teacher().await).await;
    // The listener has to be there before it can be cut off.
    site.enqueue(site.submit(member.fork, site.clock.now()).await).await;
    assert_eq!(next_named(&mut events).await, format!("change {}", member.fork));
    let cut = site
        .count(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and query like 'LISTEN%'",
        )
        .await;
    assert_eq!(cut, 1);
    loop {
        if next(&mut events).await == "change" {
            break;
        }
    }
    site.enqueue(site.submit(member.fork, site.clock.now()).await).await;
    assert_eq!(next_named(&mut events).await, format!("change {}", member.fork), "and it hears again");
}

#[tokio::test]
async fn every_stream_ends_with_the_server() {
    let site = Site::new().await;
    let mut events = listen(&site.teacher().await).await;
    site.stop();
    let rest = tokio::time::timeout(Duration::from_secs(10), events.by_ref().collect::<Vec<_>>()).await;
    rest.expect("an open page does not hold the process");
}
