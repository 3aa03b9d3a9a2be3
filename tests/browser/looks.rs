//! Every page fits a phone, in the light and in the dark, and no browser has anything to complain of.

use forkgrade::domain::Message;

use crate::support::browser::{Browser, DARK, DESKTOP, PHONE};
use crate::support::class::plausible;
use crate::support::site::Site;

#[tokio::test]
async fn every_page_fits_every_screen() {
    let site = Site::new().await;
    let class = plausible(&site).await;
    site.trouble(class[15].fork, &Message::new("fork-unreadable")).await;
    let browser = Browser::open(&site.url, true).await;

    browser.goto("/").await;
    walk(&browser, "signin", "/").await;
    walk(&browser, "error", "/forks").await;
    browser.goto(&site.teacher_link().await).await;
    walk(&browser, "dashboard", "/forks").await;
    walk(&browser, "dashboard-en", "/forks?lang=en&show=shows-data&sort=total").await;
    walk(&browser, "criteria", "/forks?lang=fr&view=criteria&sort=total").await;
    walk(&browser, "fork", &format!("/forks/{}", class[2].fork)).await;
    walk(&browser, "fork-failed", &format!("/forks/{}", class[18].fork)).await;
    walk(&browser, "fork-crashed", &format!("/forks/{}", class[7].fork)).await;
    browser.goto(&site.student_link(class[2].students[0]).await).await;
    walk(&browser, "student", "/me").await;
    browser.goto(&site.student_link(class[6].students[0]).await).await;
    walk(&browser, "student-running", "/me").await;
    browser.goto(&site.student_link(class[7].students[0]).await).await;
    walk(&browser, "student-crashed", "/me?lang=en").await;
    browser.goto(&site.student_link(class[20].students[0]).await).await;
    walk(&browser, "student-nothing", "/me?lang=fr").await;
}

async fn walk(browser: &Browser, name: &str, path: &str) {
    for (suffix, look) in [("", DESKTOP), ("-dark", DARK), ("-phone", PHONE)] {
        browser.look(look).await;
        browser.goto(path).await;
        let wider = browser.run("return document.documentElement.scrollWidth - window.innerWidth").await;
        assert!(wider.as_i64().is_some_and(|wider| wider <= 0), "{name}{suffix} is {wider} pixels too wide");
        browser.shoot(&format!("{name}{suffix}")).await;
    }
    let complaints: Vec<String> =
        browser.complaints().await.into_iter().filter(|line| !line.contains("401 (Unauthorized)")).collect();
    assert!(complaints.is_empty(), "{name}: {complaints:?}");
}
