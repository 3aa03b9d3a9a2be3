//! The rubric page: read in words, changed with foresight, every version kept.

use std::sync::Arc;

use chrono::TimeDelta;
use forkgrade::config;
use forkgrade::db::scores::Which;
use forkgrade::domain::Points;
use forkgrade::domain::audit::Actor;
use forkgrade::grading;
use reqwest::StatusCode;

use crate::support::class::plausible;
use crate::support::observed;
use crate::support::site::{Answer, Site, Visitor};

/// The value of a field of the form that is sent to this address.
fn field(page: &Answer, action: &str, name: &str) -> String {
    let document = scraper::Html::parse_document(&page.body);
    let selector = scraper::Selector::parse(&format!("form[action=\"{action}\"] [name={name}]")).unwrap();
    let found = document.select(&selector).next().unwrap_or_else(|| panic!("no {name} for {action}: {}", page.text()));
    found.attr("value").map_or_else(|| found.text().collect(), str::to_owned)
}

/// The text in the editor, as a browser has it.
fn written(page: &Answer) -> String {
    let document = scraper::Html::parse_document(&page.body);
    let text = document.select(&scraper::Selector::parse("textarea#text").unwrap()).next().expect("an editor");
    text.text().collect()
}

/// Agrees to what a preview shows.
async fn agree(teacher: &Visitor, shown: &Answer, reason: &str) -> Answer {
    let (text, key) = (field(shown, "/rubric/apply", "text"), field(shown, "/rubric/apply", "key"));
    teacher.post("/rubric/apply?lang=en", &[("text", &text), ("key", &key), ("reason", reason)]).await
}

/// The default rubric with more points for what starts, and a README that counts all or nothing.
fn changed(site: &Site) -> String {
    let mut rubric = site.course.rubric.clone();
    for criterion in &mut rubric.criteria {
        match criterion.id.as_str() {
            "starts" => criterion.points = Points::whole(5),
            "history" => criterion.points = Points::ZERO,
            "project" => criterion.points = Points::whole(1),
            "readme-content" => criterion.partial = false,
            _ => {}
        }
    }
    format!("# Plus pour ce qui démarre.\n{}", config::rubric_section(&rubric))
}

/// Total of the current score by submission.
async fn totals(site: &Site) -> Vec<(i64, i32)> {
    sqlx::query_as("select submission_id, total from score where current order by 1")
        .fetch_all(&site.database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_rubric_is_read_in_words() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let page = teacher.get("/rubric?lang=en").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_eq!(page.all("table.criteria caption"), ["Project", "Documentation", "Running", "Bonus"]);
    let starts = &page.all("#criterion-starts")[0];
    assert!(starts.contains("The application starts and listens") && starts.ends_with("3"), "{starts}");
    assert!(page.all("#criterion-answers")[0].contains("Only if met: The application starts."));
    assert!(page.all("#criterion-stack-web")[0].contains("The code uses one of: Flask, Dash."));
    let counting = page.all("#counting li").join("\n");
    assert!(counting.contains("nearest multiple of 0.25, halves upwards"), "{counting}");
    let french = teacher.get("/rubric?lang=fr").await;
    assert_eq!(french.all("table.criteria caption")[2], "Exécution");
    assert!(french.all("#counting li").join("\n").contains("multiple de 0,25 le plus proche"));
    let toml = teacher.get("/rubric.toml").await;
    assert_eq!(
        config::parse_rubric(&toml.body, "rubric.toml", None).expect("it can be pasted back"),
        site.course.rubric
    );
    assert_eq!(written(&page), toml.body, "the editor begins with the same");
}

#[tokio::test]
async fn kinds_steps_and_caps_are_said_too() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let text = "[rubric]\nround_to = 0\nrounding = \"down\"\n[[rubric.groups]]\nid = \"g\"\ntitle_fr = \"Au choix\"\ntitle_en = \"As you like\"\nat_most = 4.5\n\
        [[rubric.criteria]]\nid = \"a\"\ntitle_fr = \"A\"\ntitle_en = \"A\"\ngroup = \"g\"\ncheck = \"notebooks\"\nchapters = \"2*/**\"\npoints = 6\nsteps = [{ at = 50, share = 40 }, { at = 90, share = 100 }]\n\
        [[rubric.criteria]]\nid = \"b\"\ntitle_fr = \"B <i>\"\ntitle_en = \"B <i>\"\ncheck = \"project\"\naspect = \"no_secrets\"\nkind = \"penalty\"\npoints = 1.5\nhidden = true\n";
    let shown = teacher.post("/rubric?lang=en", &[("text", text)]).await;
    assert_eq!(agree(&teacher, &shown, "").await.status, StatusCode::SEE_OTHER);
    let page = teacher.get("/rubric?lang=en").await;
    assert_eq!(page.all("table.criteria caption"), ["As you like at most 4.5 points", "Without a group"]);
    let steps = &page.all("#criterion-a")[0];
    assert!(steps.contains("of 2*/**") && steps.contains("From 50 %: 40 % of the points. From 90 %: 100 %"), "{steps}");
    let penalty = &page.all("#criterion-b")[0];
    assert!(penalty.starts_with("B <i> penalty hidden from students") && penalty.ends_with("−1.5"), "{penalty}");
    let counting = page.all("#counting li").join("\n");
    assert!(
        counting.contains("Under a heading with a cap") && counting.contains("stays at its hundredths"),
        "{counting}"
    );
}

#[tokio::test]
async fn mistakes_stand_at_their_lines_and_nothing_is_lost() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let text = "\n# mes notes : é, <b>\n[rubric]\nround_too = 0.25\n[[rubric.criteria]]\nid = \"p\"\ntitle_fr = \"P\"\ntitle_en = \"P\"\ncheck = \"projet\"\npoints = 2\n";
    let page = teacher.post("/rubric?lang=en", &[("text", &text.replace('\n', "\r\n"))]).await;
    assert_eq!(page.status, StatusCode::OK);
    let mistakes = page.all(".mistakes li");
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes[0].starts_with("Line 4 unknown key \"round_too\"") && mistakes[0].ends_with("round_too = 0.25"));
    assert!(mistakes[1].starts_with("Line 9 ") && mistakes[1].contains("did you mean \"project\"?"), "{mistakes:?}");
    assert_eq!(written(&page), text);
    assert!(page.all("#preview").is_empty());
    let forced = teacher.post("/rubric/apply", &[("text", text), ("key", "x")]).await;
    assert_eq!(forced.all(".mistakes li").len(), 2, "nor by the other way");
    assert_eq!(site.count("select count(*) from rubric_version").await, 1);
    for hostile in ["", "\u{feff}", "[rubric", "[[rubric.criteria]]\nid = 3", "a = 1\n".repeat(3000).as_str()] {
        let page = teacher.post("/rubric", &[("text", hostile)]).await;
        assert!(!page.all(".mistakes li").is_empty(), "{hostile:.20?}");
    }
}

#[tokio::test]
async fn judges_are_those_of_the_course() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let criterion = "id = \"t\"\ntitle_fr = \"T\"\ntitle_en = \"T\"\ncheck = \"tests\"\nsuite = \"web\"\npoints = 2\n";
    let page = teacher.post("/rubric?lang=en", &[("text", &format!("[[rubric.criteria]]\n{criterion}"))]).await;
    let mistakes = page.all(".mistakes li");
    assert!(mistakes.len() == 1 && mistakes[0].contains("no table [suites.web]; there is none"), "{mistakes:?}");
}

#[tokio::test]
async fn what_was_shown_is_what_is_applied() {
    let site = Site::new().await;
    plausible(&site).await;
    let teacher = site.teacher().await;
    let (before, text) = (totals(&site).await, changed(&site));
    let scores = site.count("select count(*) from score").await;
    let shown = teacher.post("/rubric?lang=en", &[("text", &text)]).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert_eq!(totals(&site).await, before, "a look stores nothing");
    assert_eq!(shown.all("#preview svg.histogram").len(), 2);
    let counts = &shown.all(".counts")[0];
    let movers = shown.all("#movers tbody tr");
    assert!(
        movers.len() > 5 && counts.starts_with(&format!("{} ", shown.all("#movers .up").len())),
        "{counts}: {movers:#?}"
    );
    let differences: Vec<f64> = shown
        .all("#movers td:nth-child(4)")
        .iter()
        .map(|text| text.replace('−', "-").replace('+', "").parse().expect("a number"))
        .collect();
    assert!(differences.is_sorted_by(|one, next| one.abs() >= next.abs()), "the most first: {differences:?}");
    assert!(movers[0].contains("The application starts") || movers[0].contains("Steady work"), "{}", movers[0]);
    let causes = shown.all("#causes tbody tr");
    assert!(causes.iter().any(|cause| cause.starts_with("The application starts")), "{causes:?}");
    assert!(shown.all("#text-difference ins").iter().any(|line| line == "+ points = 5"));

    let done = agree(&teacher, &shown, "  Démarrer est l’essentiel  ").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, Some("/rubric")));
    let after = totals(&site).await;
    assert!(after.iter().any(|one| !before.contains(one)), "somebody moved");
    assert_eq!(
        site.count("select count(*) from score").await,
        scores + before.len() as i64,
        "earlier ones stay beside"
    );
    assert_eq!(site.count("select count(distinct rubric_hash) from score where current").await, 1);
    assert_eq!(site.count("select count(*) from run where state = 'queued'").await, 1, "the one that waited before");
    let audit = "select count(*) from audit where action = 'rubric_applied' and actor = 'teacher' and reason = 'Démarrer est l’essentiel'";
    assert_eq!(site.count(audit).await, 1);
    // Just what was shown, fork by fork.
    let page = teacher.get("/forks?lang=en&sort=name").await;
    let (names, totals) = (page.all(".forks tbody .c-name"), page.all(".forks tbody .c-total"));
    let shown = shown.all("#movers tbody th").into_iter().zip(shown.all("#movers td:nth-child(3)"));
    for (who, after) in shown {
        let row = names.iter().position(|name| name.starts_with(&who)).expect("the same fork");
        assert!(totals[row].starts_with(&after), "{who}: {after} and {}", totals[row]);
    }
    let page = teacher.get("/rubric?lang=en").await;
    assert_eq!(written(&page), text, "with its comments");
    assert!(page.all("#versions li")[0].contains("Démarrer est l’essentiel"));
    let again = teacher.post("/rubric?lang=en", &[("text", &text)]).await;
    assert_eq!((again.all("#movers").len(), again.all("#apply").len()), (0, 0), "nothing is left to apply");
}

#[tokio::test]
async fn what_changed_since_the_look_is_shown_anew() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let teacher = site.teacher().await;
    let shown = teacher.post("/rubric?lang=en", &[("text", &changed(&site))]).await;
    let again = site.submit(member.fork, site.clock.now() - TimeDelta::days(2)).await;
    site.grade(again, &observed::submitted(2, &[]), Some(&observed::crashed(2)), site.clock.now()).await;
    let moved = agree(&teacher, &shown, "").await;
    assert_eq!(moved.status, StatusCode::OK);
    assert!(moved.text().contains("changed since your look"), "{}", moved.text());
    assert_eq!(site.count("select count(*) from rubric_version").await, 1, "nothing was applied");
    assert_eq!(agree(&teacher, &moved, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.count("select count(*) from rubric_version").await, 2);
    assert_eq!(agree(&teacher, &moved, "").await.status, StatusCode::OK, "not a second time");
    assert_eq!(site.count("select count(*) from rubric_version").await, 2);
}

#[tokio::test]
async fn going_back_is_a_look_too() {
    let site = Site::new().await;
    plausible(&site).await;
    let teacher = site.teacher().await;
    let before = totals(&site).await;
    let shown = teacher.post("/rubric?lang=en", &[("text", &changed(&site))]).await;
    agree(&teacher, &shown, "").await;
    let first: i64 =
        sqlx::query_scalar("select min(id) from rubric_version").fetch_one(&site.database.pool).await.unwrap();
    let page = teacher.get(&format!("/rubric/versions/{first}?lang=en")).await;
    assert!(page.all(".difference del").contains(&"− points = 5".to_owned()), "{:?}", page.all(".difference del"));
    assert!(page.all(".difference ins").contains(&"+ points = 3".to_owned()));
    let shown = teacher.post("/rubric?lang=en", &[("text", &field(&page, "/rubric", "text"))]).await;
    assert_eq!(agree(&teacher, &shown, "C’était mieux").await.status, StatusCode::SEE_OTHER);
    assert_eq!(totals(&site).await, before);
    assert_eq!(teacher.get("/rubric").await.all("#versions li").len(), 3);
    assert_eq!(teacher.get(&format!("/rubric/versions/{first}?with=99")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(teacher.get("/rubric/versions/99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_in_force_scores_whatever_the_file_says() {
    let site = Site::new().await;
    let member = site.graded_fork(&[("amelie", "Amélie")]).await;
    let teacher = site.teacher().await;
    assert!(teacher.get("/rubric").await.all("#file-differs").is_empty());
    let shown = teacher.post("/rubric", &[("text", &changed(&site))]).await;
    agree(&teacher, &shown, "").await;
    let applied = totals(&site).await;
    // The file's course, as every process holds it.
    let (pool, now, by) = (&site.database.pool, site.clock.now(), Actor::Command);
    let moved = grading::rescore(pool, site.course_id, &site.course, &by, now).await.unwrap();
    assert_eq!((moved.len(), totals(&site).await), (0, applied));
    let page = teacher.get(&format!("/forks/{}?lang=en", member.fork)).await;
    assert!(page.all(".finding").iter().any(|finding| finding.contains("/ 5")), "the pages go by it too");
    // What comes in later, too; points by hand are bounded by it.
    let newest = site.newest(member.fork).await;
    let given = teacher.give(&site, member.fork, newest, "starts", "4.5", "Seen in class").await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text());
    let later = site.submit(member.fork, now).await;
    let score = site.grade(later, &observed::submitted(2, &[]), Some(&observed::shows_data(2)), now).await;
    assert!(score.findings.iter().any(|finding| finding.criterion == "starts" && finding.max == Points::whole(5)));

    let page = teacher.get("/rubric?lang=en").await;
    assert_eq!(page.all("#file-differs").len(), 1);
    let file = field(&page, "/rubric", "text");
    assert_eq!(config::parse_rubric(&file, "course.toml", None).expect("valid"), site.course.rubric);
    let shown = teacher.post("/rubric?lang=en", &[("text", &file)]).await;
    assert_eq!(agree(&teacher, &shown, "The file is right").await.status, StatusCode::SEE_OTHER);
    assert!(teacher.get("/rubric").await.all("#file-differs").is_empty());
}

#[tokio::test]
async fn a_course_begins_with_its_files_rubric_once_however_many_begin_it() {
    let site = Site::new().await;
    let (pool, now) = (&site.database.pool, site.clock.now());
    let other = site.course_with(|course| course.rubric.criteria[0].points = Points::whole(4));
    let courses = [&*site.course, &other, &site.course, &other];
    let begun = courses.map(|course| grading::rubric_in_force(pool, site.course_id, course, now));
    let begun = futures::future::try_join_all(begun).await.unwrap();
    assert!(begun.windows(2).all(|pair| pair[0] == pair[1]), "all work by one rubric");
    assert_eq!(site.count("select count(*) from rubric_version where actor = 'course_file'").await, 1);
    assert_eq!(site.count("select count(*) from audit").await, 0, "nobody's grade was touched");
}

#[tokio::test]
async fn facts_of_another_shape_keep_their_score() {
    let site = Site::new().await;
    site.graded_fork(&[("amelie", "Amélie")]).await;
    site.graded_fork(&[("basile", "Basile")]).await;
    sqlx::query("alter table facts disable trigger all").execute(&site.database.pool).await.unwrap();
    sqlx::query(r#"update facts set document = '{"version": 99}' where address = (select inspection from score order by id limit 1)"#)
        .execute(&site.database.pool)
        .await
        .unwrap();
    let teacher = site.teacher().await;
    let shown = teacher.post("/rubric?lang=en", &[("text", &changed(&site))]).await;
    assert!(shown.text().contains("One score is kept as it is"), "{}", shown.text());
    assert_eq!(agree(&teacher, &shown, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.count("select count(distinct rubric_hash) from score where current").await, 2);
    let fork: i64 = sqlx::query_scalar("select min(id) from fork").fetch_one(&site.database.pool).await.unwrap();
    let page = teacher.get(&format!("/forks/{fork}?lang=en")).await;
    assert!(
        page.all(".finding").iter().any(|finding| finding.contains("/ 3")),
        "explained by the rubric that scored it"
    );
}

#[tokio::test]
async fn the_same_class_gives_the_same_look() {
    let site = Site::new().await;
    plausible(&site).await;
    let rubric = config::parse_rubric(&changed(&site), "", Some(&site.course)).unwrap();
    let (hash, course) = (forkgrade::rubric::rubric_hash(&rubric), Arc::new(site.course.under(rubric)));
    let looks = (0..4).map(|_| async {
        let conn = &mut *site.database.pool.acquire().await.unwrap();
        grading::look(conn, site.course_id, &course, &hash, Which::All).await.unwrap().key
    });
    let keys = futures::future::join_all(looks).await;
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}
