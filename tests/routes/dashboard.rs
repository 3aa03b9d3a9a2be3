//! `GET /forks`

use chrono::TimeDelta;
use forkgrade::domain::Message;
use reqwest::StatusCode;

use crate::support::class::plausible;
use crate::support::observed;
use crate::support::site::Site;

#[tokio::test]
async fn the_class_is_counted() {
    let site = Site::new().await;
    plausible(&site).await;
    let page = site.teacher().await.get("/forks?lang=en").await;
    assert_eq!(page.status, StatusCode::OK);
    let tiles = page.all(".tile");
    assert_eq!(tiles, ["17 handed in", "13 run", "9 show data", "4 handed in nothing", "1 ours to mend"]);
    assert_eq!(page.all(".forks tbody tr").len(), 24);
    assert_eq!(page.all("#queue li").len(), 3);
}

#[tokio::test]
async fn an_empty_course_says_what_will_happen() {
    let site = Site::new().await;
    let page = site.teacher().await.get("/forks?lang=en").await;
    assert!(page.text().contains("As soon as a student forks the course repository"), "{}", page.text());
    assert!(page.text().contains("Nothing in progress"));
}

#[tokio::test]
async fn rows_are_filtered_searched_and_sorted_by_the_address() {
    let site = Site::new().await;
    plausible(&site).await;
    let teacher = site.teacher().await;
    let names = async |query: &str| teacher.get(&format!("/forks?{query}")).await.all(".forks tbody .c-name");

    assert_eq!(names("show=ours").await, ["Sarah Cohen"]);
    assert_eq!(names("show=late").await, ["Simon Leroy"]);
    assert_eq!(names("show=pending").await.len(), 3);
    assert_eq!(names("q=eloise").await, ["Éloïse Marchand, Gabriel Nguyen"], "accents and case do not matter");
    assert_eq!(names("q=xia-wang").await, ["xia-wang"], "somebody without a name is found by login");
    assert!(names("q=nobody+at+all").await.is_empty());

    let up = names("sort=total&dir=asc&show=shows-data").await;
    let mut down = names("sort=total&dir=desc&show=shows-data").await;
    assert_eq!(up.len(), 9);
    assert_ne!(up, down);
    down.sort();
    let mut up = up;
    up.sort();
    assert_eq!(up, down);
    assert_eq!(names("sort=push&dir=desc").await.first().map(String::as_str), Some("Farid Haddad, Juliette Perrin"));
    assert_eq!(names("sort=nonsense&dir=sideways&show=whatever").await.len(), 24, "unknown values mean the usual ones");
}

#[tokio::test]
async fn sorting_keeps_the_search_and_says_how_it_sorted() {
    let site = Site::new().await;
    plausible(&site).await;
    let page = site.teacher().await.get("/forks?q=%C3%A9+%26&show=runs").await;
    assert!(page.body.contains("/forks?q=%C3%A9+%26&#38;show=ours"), "{}", page.body);
    let page = site.teacher().await.get("/forks?q=e&show=runs&sort=total").await;
    assert!(page.body.contains("/forks?q=e&#38;show=runs&#38;sort=total&#38;dir=asc"), "the same column turns round");
    assert_eq!(page.all(r#"th[aria-sort="descending"]"#), ["Note"]);
}

#[tokio::test]
async fn the_heat_map_reads_without_colours() {
    let site = Site::new().await;
    site.graded_fork(&[("amelie", "Amélie Moreau")]).await;
    let page = site.teacher().await.get("/forks?view=criteria&lang=en").await;
    let cells = page.all(".heat tbody td.cell");
    assert_eq!(cells.len(), site.course.rubric.criteria.len());
    assert!(cells.iter().all(|cell| cell.contains(" / ")), "{cells:?}");
    assert_eq!(page.all(".heat thead tr:first-child th").len(), site.course.rubric.criteria.len() + 2);
}

#[tokio::test]
async fn the_submission_of_record_is_shown_and_a_newer_one_is_named() {
    let site = Site::new().await;
    let member = site.fork(&[("amelie", "Amélie")]).await;
    let before = site.clock.now() - TimeDelta::days(2);
    let punctual = site.submit(member.fork, before).await;
    let good = observed::submitted(1, &[]);
    let counted = site.grade(punctual, &good, Some(&observed::shows_data(1)), before).await;
    // Too late to give more: a day late, and it crashes.
    let late = site.submit(member.fork, site.clock.now()).await;
    site.grade(late, &good, Some(&observed::crashed(1)), site.clock.now()).await;

    let page = site.teacher().await.get("/forks?lang=en").await;
    assert_eq!(page.all(".c-total b"), [counted.total.to_string()]);
    assert_eq!(page.all(".c-verdict .state"), ["shows data"]);
    assert_eq!(page.all("tbody .c-run"), ["graded, newer version"]);
}

#[tokio::test]
async fn our_own_trouble_is_told_apart() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    site.trouble(member.fork, &Message::new("fork-unreadable")).await;
    sqlx::query("update course set sweep_trouble = 'GitHub answered 502 <b>'")
        .execute(&site.database.pool)
        .await
        .unwrap();
    let page = site.teacher().await.get("/forks?lang=en").await;
    assert_eq!(page.all(".c-run .ours"), ["ours to mend"]);
    assert!(page.text().contains("GitHub answered 502 <b>"), "as text, not as markup");
}

#[tokio::test]
async fn facts_of_another_shape_do_not_break_the_page() {
    let site = Site::new().await;
    site.graded_fork(&[("amelie", "Amélie")]).await;
    sqlx::query("alter table facts disable trigger all").execute(&site.database.pool).await.unwrap();
    sqlx::query(r#"update facts set document = '{"version": 99}'"#).execute(&site.database.pool).await.unwrap();
    let teacher = site.teacher().await;
    assert_eq!(teacher.get("/forks").await.status, StatusCode::OK);
    assert_eq!(teacher.get("/forks/1").await.status, StatusCode::OK);
}
