//! Running a part of the class again: how many that would be is said before anything runs.

use std::collections::BTreeMap;

use reqwest::StatusCode;

use crate::support::class::plausible;
use crate::support::site::{Answer, Site, Visitor};

/// Every choice of the page with the number on its button.
fn choices(page: &Answer) -> BTreeMap<String, usize> {
    let document = scraper::Html::parse_document(&page.body);
    let select = |css: &str| scraper::Selector::parse(css).unwrap();
    let form = select("form[action=\"/reruns\"]");
    let forms = document.select(&form).map(|form| {
        let word = form.select(&select("[name=which]")).next().and_then(|input| input.attr("value")).unwrap();
        let button: String = form.select(&select("button")).next().unwrap().text().collect();
        let number = match button.split_whitespace().nth(1).unwrap() {
            "to" => 0,
            "one" => 1,
            number => number.parse().unwrap_or_else(|_| panic!("{button}")),
        };
        (word.to_owned(), number)
    });
    forms.collect()
}

async fn rerun(teacher: &Visitor, which: &str) -> Answer {
    teacher.post("/reruns", &[("which", which)]).await
}

const QUEUED: &str = "select count(*) from run where state = 'queued'";

#[tokio::test]
async fn what_is_chosen_is_queued_once_and_written_down() {
    let site = Site::new().await;
    plausible(&site).await;
    let teacher = site.teacher().await;
    let offered = choices(&teacher.get("/reruns?lang=en").await);
    assert_eq!(offered["failed"], 1, "Sarah Cohen: {offered:?}");
    assert_eq!(offered["not-started"], 3, "crashed, not installed, silent: {offered:?}");
    assert!(offered["all"] > offered["of-record"], "{offered:?}");
    // One waits already.
    assert_eq!(site.count(QUEUED).await, 1);
    assert_eq!(rerun(&teacher, "not-started").await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.count(QUEUED).await, 4);
    assert_eq!(
        site.count("select count(*) from run where state = 'queued' and forced").await,
        3,
        "their facts are known"
    );
    rerun(&teacher, "not-started").await;
    assert_eq!(site.count(QUEUED).await, 4, "what waits is not doubled");
    rerun(&teacher, "failed").await;
    assert_eq!(site.count(QUEUED).await, 5);
    assert_eq!(
        site.count("select count(*) from run where state = 'queued' and forced").await,
        3,
        "what is known is kept"
    );
    rerun(&teacher, "all").await;
    assert_eq!(site.count(QUEUED).await as usize, offered["all"], "those that wait are among them");
    let log = teacher.get("/audit?lang=en").await.all("#audit li");
    assert!(
        log[0].contains("Run again") && log[0].contains(&format!("runs – → becomes {}", offered["all"])),
        "{log:?}"
    );
    assert_eq!(rerun(&teacher, "everything").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_criterion_touches_whom_its_facts_are_old_for() {
    let site = Site::new().await;
    site.graded_fork(&[("amelie", "Amélie")]).await;
    site.graded_fork(&[("basile", "Basile")]).await;
    let teacher = site.teacher().await;
    let touched = |page: &Answer| -> Vec<(String, usize)> {
        choices(page).into_iter().filter(|(word, _)| word.starts_with("criterion=")).collect()
    };
    let page = teacher.get("/reruns?lang=en").await;
    assert_eq!(touched(&page), [], "everything was observed by this version");
    assert!(page.text().contains("Nothing that a criterion"), "{}", page.text());

    let outdate = |kind: &'static str| {
        let pool = site.database.pool.clone();
        async move {
            sqlx::query("alter table facts disable trigger all").execute(&pool).await.unwrap();
            let older = "update facts set version = version - 1 where address =
                             (select address from facts where kind = $1 order by created_at, address limit 1)";
            sqlx::query(older).bind(kind).execute(&pool).await.unwrap();
        }
    };
    outdate("execution").await;
    let now: BTreeMap<String, usize> = touched(&teacher.get("/reruns?lang=en").await).into_iter().collect();
    assert_eq!(
        (now.get("criterion=starts"), now.get("criterion=readme-content")),
        (Some(&2), None),
        "they have one project: {now:?}"
    );
    outdate("inspection").await;
    let now: BTreeMap<String, usize> = touched(&teacher.get("/reruns?lang=en").await).into_iter().collect();
    assert_eq!(now["criterion=readme-content"], 1, "{now:?}");

    rerun(&teacher, "criterion=starts").await;
    let queued = site.count(QUEUED).await as usize;
    assert_eq!(queued, now["criterion=starts"]);
    assert_eq!(site.count("select count(*) from run where state = 'queued' and forced").await, 0);
    rerun(&teacher, "criterion=nothing-of-the-kind").await;
    assert_eq!(site.count(QUEUED).await as usize, queued, "it touches nobody");
}
