//! What people come to do, from the link that lets them in to the way out.

use fantoccini::Locator;

use crate::support::browser::{Browser, DESKTOP};
use crate::support::class::plausible;
use crate::support::site::Site;

/// Sorts, filters, opens a fork and leaves; all of it by links and forms.
async fn teach(javascript: bool) {
    let site = Site::new().await;
    plausible(&site).await;
    let browser = Browser::open(&site.url, javascript).await;
    browser.look(DESKTOP).await;
    browser.goto(&site.teacher_link().await).await;
    browser.arrives("/forks").await;
    assert_eq!(browser.texts(".forks tbody tr").await.len(), 24);

    browser.click("thead a", "Note").await;
    browser.arrives("/forks?sort=total").await;
    browser.wait_for("tbody tr:first-child .c-name", "Amélie Moreau, Théo Lefèvre").await;
    browser.click(".tile", "à réparer").await;
    browser.arrives("/forks?show=ours&sort=total").await;
    assert_eq!(browser.texts("tbody .c-name a").await, ["Sarah Cohen"]);
    browser.click("nav.tabs a", "Critères").await;
    browser.wait_for(".heat tbody", "Sarah Cohen").await;
    assert_eq!(browser.texts(".heat tbody tr").await.len(), 1, "the filter stays");
    browser.click("nav.tabs a", "Forks").await;

    browser.goto("/forks").await;
    let search = browser.client.find(Locator::Css("#q")).await.unwrap();
    search.send_keys("hugo").await.unwrap();
    browser.click(".search button", "Chercher").await;
    browser.click(".c-name a", "Hugo Lambert").await;
    browser.wait_for("h1", "Hugo Lambert").await;
    browser.wait_for("details[open] .log", "No module named").await;
    browser.click("button", "Exécuter à nouveau").await;
    // Two others wait or work.
    browser.wait_for("#progress-title", "En attente").await;

    browser.click("button", "Se déconnecter").await;
    browser.wait_for("h1", "Bonjour").await;
    browser.goto("/forks").await;
    assert_eq!(browser.text("h1").await, "Il faut d’abord se connecter");
}

/// Everything works by links and forms alone.
#[tokio::test]
async fn a_teacher_without_javascript_finds_a_fork_and_runs_it_again() {
    teach(false).await;
}

#[tokio::test]
async fn a_teacher_with_javascript_finds_a_fork_and_runs_it_again() {
    teach(true).await;
}

#[tokio::test]
async fn a_student_reads_in_both_languages_and_no_further() {
    let site = Site::new().await;
    let class = plausible(&site).await;
    let browser = Browser::open(&site.url, true).await;
    browser.goto(&site.student_link(class[7].students[0]).await).await;
    assert_eq!(browser.here().await, "/me");
    assert_eq!(browser.text("h1").await, "Bonjour Hugo Lambert");
    assert_eq!(browser.text("#next-title").await, "À faire ensuite");
    browser.click(".languages a", "EN").await;
    assert_eq!(browser.text("h1").await, "Hello Hugo Lambert");
    assert_eq!(browser.text("#next-title").await, "What to do next");
    browser.goto("/me").await;
    assert_eq!(browser.text("#next-title").await, "What to do next", "remembered");
    for path in [format!("/me?fork={}", class[1].fork), format!("/forks/{}", class[1].fork), "/forks".into()] {
        browser.goto(&path).await;
        let page = browser.text("main").await;
        assert!(!page.contains("Baptiste"), "{path}: {page}");
    }
    assert_eq!(browser.text("h1").await, "This page is for teachers");
}

#[tokio::test]
async fn progress_moves_without_a_reload() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie Moreau")]).await;
    let run = site.enqueue(site.submit(member.fork, site.clock.now()).await).await;
    let (teacher, student) = (Browser::open(&site.url, true).await, Browser::open(&site.url, true).await);
    teacher.goto(&site.teacher_link().await).await;
    student.goto(&site.student_link(member.students[0]).await).await;
    student.wait_for("#progress-title", "Votre tour est le prochain").await;
    teacher.wait_for("#queue", "en attente").await;
    for browser in [&teacher, &student] {
        browser.run("window.sameWindow = true; document.querySelector('details')?.setAttribute('open', '')").await;
    }

    site.enter(run, "installing", site.clock.now()).await;
    student.wait_for("#progress-title", "installation").await;
    teacher.wait_for("#queue", "installation").await;
    teacher.wait_for(".c-run", "installation").await;
    assert_eq!(student.run("return document.querySelector('details').open").await, true, "what was unfolded stays so");
    assert_eq!(student.run("return document.getElementById('spoken').textContent").await, "installation");

    let submission = sqlx::query_scalar("select max(id) from submission").fetch_one(&site.database.pool).await.unwrap();
    let inspection = crate::support::observed::submitted(2, &[]);
    let crashed = crate::support::observed::crashed(2);
    let submission = forkgrade::domain::ids::SubmissionId(submission);
    site.grade(submission, &inspection, Some(&crashed), site.clock.now()).await;
    teacher.wait_for("#queue", "Rien en cours").await;
    teacher.wait_for("#changes", "−").await;
    student.wait_for(".submissions", "fait foi").await;
    for browser in [&teacher, &student] {
        assert_eq!(browser.run("return window.sameWindow").await, true);
    }
}

#[tokio::test]
async fn a_dozen_tabs_are_open_at_once() {
    let site = Site::new().await;
    plausible(&site).await;
    let browser = Browser::open(&site.url, true).await;
    browser.goto(&site.teacher_link().await).await;
    for _ in 0..12 {
        let tab = browser.client.new_window(true).await.unwrap();
        browser.client.switch_to_window(tab.handle).await.unwrap();
        browser.goto("/forks").await;
        browser.wait_for("#queue", "en attente").await;
    }
}

#[tokio::test]
async fn the_keyboard_reaches_the_content_first() {
    let site = Site::new().await;
    plausible(&site).await;
    let browser = Browser::open(&site.url, true).await;
    browser.goto(&site.teacher_link().await).await;
    let page = browser.client.find(Locator::Css("html")).await.unwrap();
    page.send_keys("\u{E004}").await.unwrap();
    assert_eq!(browser.run("return document.activeElement.className").await, "skip");
    let skip = browser.client.active_element().await.unwrap();
    skip.send_keys("\u{E007}").await.unwrap();
    assert_eq!(browser.run("return document.activeElement.id").await, "main");
}
