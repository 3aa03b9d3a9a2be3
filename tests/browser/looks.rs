//! Every page fits a phone, in the light and in the dark, and no browser has anything to complain of.

use forkgrade::domain::Message;

use crate::support::browser::{Browser, DARK, DESKTOP, PHONE};
use crate::support::class::{Member, plausible};
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
    walk(&browser, "gallery", "/gallery?lang=fr").await;
    walk(&browser, "gallery-en", "/gallery?lang=en&show=data").await;
    browser.goto("/gallery?lang=fr").await;
    site.similar(class[2].fork, class[7].fork).await;
    walk(&browser, "similarity", "/similarity").await;
    walk(&browser, "similarity-pair", &format!("/similarity/{}/{}", class[2].fork, class[7].fork)).await;
    sqlx::query("update student set rostered_at = null where login in (select owner from fork order by id limit 3)")
        .execute(&site.database.pool)
        .await
        .unwrap();
    site.rostered("sans-fork", "Sacha Fork").await;
    sqlx::query("insert into awaited (course_id, name, email, listed_at) select id, 'Zoé Roux', 'zoe@example.org', now() from course")
        .execute(&site.database.pool)
        .await
        .unwrap();
    walk(&browser, "roster", "/roster?lang=fr").await;
    walk(&browser, "reruns", "/reruns?lang=fr").await;
    walk(&browser, "reruns-en", "/reruns?lang=en").await;
    browser.goto("/roster?lang=fr").await;
    decide(&site, &class).await;
    walk(&browser, "audit", "/audit?lang=fr").await;
    walk(&browser, "audit-en", "/audit?lang=en").await;
    browser.goto("/audit?lang=fr").await;
    walk(&browser, "fork", &format!("/forks/{}", class[2].fork)).await;
    walk(&browser, "fork-failed", &format!("/forks/{}", class[18].fork)).await;
    walk(&browser, "fork-crashed", &format!("/forks/{}", class[7].fork)).await;
    browser.goto(&site.student_link(class[2].students[0]).await).await;
    walk(&browser, "student", "/me").await;
    walk(&browser, "instant", "/me/instant?lang=fr").await;
    browser.goto("/me?lang=fr").await;
    browser.goto(&site.student_link(class[6].students[0]).await).await;
    walk(&browser, "student-running", "/me").await;
    browser.goto(&site.student_link(class[7].students[0]).await).await;
    walk(&browser, "student-crashed", "/me?lang=en").await;
    browser.goto(&site.student_link(class[20].students[0]).await).await;
    walk(&browser, "student-nothing", "/me?lang=fr").await;
}

/// A teacher corrects, extends and runs again.
async fn decide(site: &Site, class: &[Member]) {
    let teacher = site.teacher().await;
    let (one, other) = (&class[2], &class[7]);
    let newest = site.newest(one.fork).await;
    let reason = "Le moteur de recherche est dans /chercher, vu ensemble en TP.";
    teacher.give(site, one.fork, newest, "bonus-real-time", "0,25", reason).await;
    teacher.give(site, one.fork, newest, "readme-functional", "0", "Copié du sujet.").await;
    let crashed = site.newest(other.fork).await;
    teacher.give(site, other.fork, crashed, "starts", "1,5", "Démarre sur ma machine.").await;
    teacher.undo(one.fork, newest, "readme-functional").await;
    teacher.extend(one.fork, one.students[0], "2026-02-05T18:00", "Hospitalisée, certificat vu.").await;
    teacher.post(&format!("/forks/{}/runs", other.fork), &[]).await;
    teacher.post("/publication", &[("published", "true")]).await;
}

/// What can be used but has no name, headings that skip a level, ids that stand twice, tables without caption or scope.
const UNNAMED: &str = r#"
    const found = [];
    for (const e of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea"))
        if (!(e.textContent.trim() || e.ariaLabel || e.querySelector("img")?.alt || e.labels?.[0]?.textContent.trim())) found.push(e.outerHTML);
    let level = 0;
    for (const e of document.querySelectorAll("h1, h2, h3, h4")) {
        const now = Number(e.tagName[1]);
        if (now > level + 1) found.push("skips a level: " + e.textContent);
        level = now;
    }
    if (document.querySelectorAll("h1").length !== 1) found.push("one h1");
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    found.push(...ids.filter((id, index) => ids.indexOf(id) !== index));
    // What students write has no captions.
    for (const e of document.querySelectorAll("table:not(:has(caption), .readme *), th:not([scope], .readme *)")) found.push(e.outerHTML);
    return found;
"#;

async fn walk(browser: &Browser, name: &str, path: &str) {
    for (suffix, look) in [("", DESKTOP), ("-dark", DARK), ("-phone", PHONE)] {
        browser.look(look).await;
        browser.goto(path).await;
        inspect(browser, &format!("{name}{suffix}"), look.width).await;
    }
    let complaints: Vec<String> =
        browser.complaints().await.into_iter().filter(|line| !line.contains("401 (Unauthorized)")).collect();
    assert!(complaints.is_empty(), "{name}: {complaints:?}");
}

/// The page as it stands: it fits its screen, everybody can read it, and everything on it has a name.
pub async fn inspect(browser: &Browser, name: &str, width: u32) {
    // The window is no measure: a phone's grows with what is too wide for it.
    let wide = browser.run("return document.documentElement.scrollWidth").await;
    let fits = wide.as_u64().is_some_and(|wide| wide <= u64::from(width));
    assert!(fits, "{name} is {wide} pixels wide, and the screen {width}");
    let faint = browser.run(include_str!("contrast.js")).await;
    assert_eq!(faint, serde_json::json!([]), "{name}: too little contrast");
    let unnamed = browser.run(UNNAMED).await;
    assert_eq!(unnamed, serde_json::json!([]), "{name}: nobody who does not see it knows what it is");
    browser.shoot(name).await;
}
