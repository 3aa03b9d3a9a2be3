//! `GET /gallery`

use crate::support::class::plausible;
use crate::support::site::Site;

#[tokio::test]
async fn every_shelf_holds_what_it_says() {
    let site = Site::new().await;
    plausible(&site).await;
    let teacher = site.teacher().await;
    let all = teacher.get("/gallery?lang=en").await;
    let counts: Vec<usize> = all.all(".tabs .number").iter().map(|count| count.parse().unwrap()).collect();
    assert_eq!(all.all(".card").len(), counts[0]);
    let mut told = 0;
    for (shelf, count) in ["data", "empty", "not-started"].into_iter().zip(&counts[1..]) {
        let page = teacher.get(&format!("/gallery?show={shelf}&lang=en")).await;
        let names = page.all(".card h2");
        assert_eq!(names.len(), *count, "{shelf}: {names:?}");
        assert!(*count > 0, "nobody is on {shelf}");
        told += count;
        let verdicts = page.all(".card p .state");
        let fits = |verdict: &String| match shelf {
            "data" => verdict.contains("data"),
            "empty" => verdict.contains("empty"),
            _ => !verdict.contains("data") && !verdict.contains("empty"),
        };
        assert!(verdicts.iter().all(fits), "{shelf}: {verdicts:?}");
    }
    assert_eq!(told, counts[0], "everybody who handed in stands on one shelf");
}

#[tokio::test]
async fn a_card_leads_to_its_fork() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("amelie", "Amélie Moreau")]).await;
    let page = site.teacher().await.get("/gallery?lang=en").await;
    assert!(page.body.contains(&format!("<a href=\"/forks/{}\">Amélie Moreau</a>", own.fork)));
    assert!(page.body.contains("alt=\"First page: “Ciné Paris”\""));
    assert_eq!(page.all(".card img").len(), 1);
}
