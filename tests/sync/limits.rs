//! What asking costs, and what happens when it may not be asked.

use chrono::TimeDelta;
use forkgrade::sync::{limited_until, sweep};

use super::{World, name_of};
use crate::support::github::{Fault, UPSTREAM};

/// A course of a thousand forks. GitHub lists them like all others; only the first few are switched on, so that nothing else
/// need be fetched.
async fn thousand() -> World {
    let world = World::new().await;
    for number in 0..3 {
        world.student(&format!("student{number}"));
    }
    for number in 3..1_000 {
        let name = name_of(&format!("student{number}"));
        world.github.register(&name, Some(UPSTREAM));
        world.github.server.update(&name, |repository| repository.disabled = true);
    }
    assert_eq!(world.sweep().await.listed, 1_000);
    world
}

#[tokio::test]
async fn a_thousand_forks_in_which_nothing_moved_cost_ten_requests_that_do_not_count() {
    let world = thousand().await;
    let (report, asked) = world.sweep_and_count().await;
    assert_eq!((report.listed, report.fetched, report.troubled), (1_000, 0, 0));
    let counts = world.github.server.counts();
    assert_eq!((counts.api, counts.not_modified, counts.git), (10, 10, 0), "{asked:?}");
    let conditional =
        world.github.asked("/forks").iter().filter(|(_, headers)| headers.contains_key("if-none-match")).count();
    assert_eq!(conditional, 10);
}

#[tokio::test]
async fn one_push_among_a_thousand_forks_costs_one_page_and_one_fetch() {
    let world = thousand().await;
    world.github.repo(&name_of("student1")).commit("main", &[("6Evaluation/Projet/app.py", b"more\n")]);
    world.github.pushed(&name_of("student1"));
    let (report, _) = world.sweep_and_count().await;
    assert_eq!((report.fetched, report.submissions), (1, 1));
    let counts = world.github.server.counts();
    assert_eq!((counts.api, counts.not_modified), (10, 9));
    assert!(counts.paths.keys().filter(|path| path.contains(".git/")).all(|path| path.contains("student1/")));
}

#[tokio::test]
async fn a_used_up_limit_is_obeyed_by_everybody_and_said() {
    let world = World::new().await;
    world.student("ada");
    world.sweep().await;
    let reset = world.context.clock.now() + TimeDelta::minutes(20);
    let headers = vec![
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset", reset.timestamp().to_string()),
        ("date", world.context.clock.now().to_rfc2822().replace("+0000", "GMT")),
    ];
    let body = r#"{"message": "API rate limit exceeded"}"#.to_owned();
    world.github.fail("/forks", 1, Fault::Answer { status: 403, headers, body });
    world.github.forget();
    let error = sweep(&world.context, &|_| {}).await.unwrap_err();
    assert_eq!(limited_until(&error), Some(reset), "{error:#}");
    // Nobody knocks again before that: neither a sweep nor a sign-in.
    assert!(sweep(&world.context, &|_| {}).await.is_err());
    assert!(world.context.github.repository(UPSTREAM).await.is_err());
    assert_eq!(world.github.asked("").len(), 1, "{:?}", world.github.asked(""));
    let status = forkgrade::db::views::course_status(&mut *world.conn().await, world.context.course_id).await.unwrap();
    assert_eq!(status.sweep_waits_until, Some(reset));
    assert_eq!(world.forks().await.len(), 1, "nobody is gone for that");
}

#[tokio::test]
async fn the_last_request_of_the_hour_is_the_last() {
    let world = World::new().await;
    let now = world.context.clock.now();
    let headers = vec![
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset", (now + TimeDelta::hours(1)).timestamp().to_string()),
        ("date", now.to_rfc2822().replace("+0000", "GMT")),
        ("content-type", "application/json".to_owned()),
    ];
    let body = r#"{"id": 5, "full_name": "lina/course", "html_url": "https://git.example.org/lina/course"}"#.to_owned();
    world.github.fail("/repos/lina/course", 1, Fault::Answer { status: 200, headers, body });
    world.github.forget();
    assert!(world.context.github.repository("lina/course").await.is_ok(), "this one was still answered");
    assert!(world.context.github.repository(UPSTREAM).await.is_err());
    assert_eq!(world.github.asked("").len(), 1);
}
