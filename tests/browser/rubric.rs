//! A rubric changed in the browser, from the mistake to the last click, on every screen and in both languages.

use fantoccini::Locator;

use super::looks::inspect;
use crate::support::browser::{Browser, DARK, DESKTOP, PHONE};
use crate::support::class::plausible;
use crate::support::site::Site;

/// Looks at the page as it stands, as every page is looked at.
async fn look_at(browser: &Browser, name: &str) {
    for (suffix, look) in [("", DESKTOP), ("-dark", DARK), ("-phone", PHONE)] {
        browser.look(look).await;
        inspect(browser, &format!("{name}{suffix}"), look.width).await;
    }
    browser.look(DESKTOP).await;
}

/// Replaces text in the editor as a person would: what is found, then other words.
async fn replace(browser: &Browser, from: &str, to: &str) {
    let (from, to) = (serde_json::to_string(from).unwrap(), serde_json::to_string(to).unwrap());
    let found = browser
        .run(&format!(
            "const t = document.getElementById('text'); const at = t.value.indexOf({from}); \
             t.setRangeText({to}, at, at + {from}.length); return at >= 0;"
        ))
        .await;
    assert_eq!(found, true, "{from} stands in the editor");
}

async fn change(language: &str, words: [&str; 4]) {
    let [mistake, preview, who, reason] = words;
    let site = Site::new().await;
    plausible(&site).await;
    let browser = Browser::open(&site.url, true).await;
    browser.look(DESKTOP).await;
    browser.goto(&site.teacher_link().await).await;
    browser.goto(&format!("/forks?lang={language}")).await;
    browser.client.find(Locator::Css("a[href='/rubric']")).await.unwrap().click().await.unwrap();
    browser.arrives("/rubric").await;
    look_at(&browser, &format!("rubric-{language}")).await;

    replace(&browser, "check = \"starts\"\n", "check = \"starst\"\n").await;
    browser.client.find(Locator::Css("#look")).await.unwrap().click().await.unwrap();
    browser.wait_for("#mistakes", mistake).await;
    look_at(&browser, &format!("rubric-mistakes-{language}")).await;

    replace(
        &browser,
        "check = \"starst\"\nneeds = [\"project\"]\npoints = 3",
        "check = \"starts\"\nneeds = [\"project\"]\npartial = false\npoints = 5",
    )
    .await;
    browser.client.find(Locator::Css("#look")).await.unwrap().click().await.unwrap();
    browser.wait_for("#preview-title", preview).await;
    browser.wait_for("#movers", who).await;
    look_at(&browser, &format!("rubric-preview-{language}")).await;

    browser.client.find(Locator::Css("#reason")).await.unwrap().send_keys(reason).await.unwrap();
    browser.client.find(Locator::Css("#apply")).await.unwrap().click().await.unwrap();
    browser.wait_for("#versions li:first-child", reason).await;
    assert_eq!(browser.here().await, "/rubric");
    assert_eq!(browser.texts("#criterion-starts td:last-child").await, ["5"]);
    browser.client.find(Locator::Css("#versions li:last-child a")).await.unwrap().click().await.unwrap();
    browser.wait_for(".difference", "− points = 5").await;
    look_at(&browser, &format!("rubric-version-{language}")).await;
    browser.client.find(Locator::Css("#go-back")).await.unwrap().click().await.unwrap();
    browser.wait_for("#preview-title", preview).await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
}

#[tokio::test]
async fn a_teacher_changes_the_rubric_with_foresight() {
    change("fr", ["Ligne ", "Ce que ce barème changerait", "Hugo Lambert", "Démarrer compte plus"]).await;
}

#[tokio::test]
async fn in_english_too() {
    change("en", ["Line ", "What this rubric would change", "Hugo Lambert", "Starting counts more"]).await;
}
