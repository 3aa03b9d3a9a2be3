//! The class list as a teacher imports it: a look first, then just that.

use reqwest::{Method, StatusCode};

use crate::support::site::{Answer, Site, Visitor};

/// Sends a file as the form of the page does.
async fn look(teacher: &Visitor, file: &[u8]) -> Answer {
    let mut body = b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"classe.csv\"\r\ncontent-type: text/csv\r\n\r\n".to_vec();
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    let request = teacher
        .request(Method::POST, "/roster?lang=en")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=x");
    teacher.send(request.body(body)).await
}

/// Agrees to what the page shows.
async fn agree(teacher: &Visitor, shown: &Answer) -> Answer {
    let page = scraper::Html::parse_document(&shown.body);
    let value = |name: &str| {
        let field = scraper::Selector::parse(&format!("[action=\"/roster/import\"] input[name={name}]")).unwrap();
        page.select(&field).next().expect("a field").attr("value").expect("a value").to_owned()
    };
    teacher.post("/roster/import", &[("file", &value("file")), ("key", &value("key"))]).await
}

async fn students(site: &Site) -> Vec<(String, Option<String>, Option<String>, bool)> {
    sqlx::query_as("select login, name, group_name, rostered_at is not null from student order by login")
        .fetch_all(&site.database.pool)
        .await
        .unwrap()
}

const MOODLE: &str = "\u{feff}Prénom;Nom;Adresse de courriel;Groupes;Identifiant GitHub\r\n\
    Léa;Martin;lea@example.org;G1;https://github.com/Lea-M\r\nNoé;Petit;noe@example.org;G1;@noe\r\nZoé;Roux;zoe@example.org;;\r\n";

#[tokio::test]
async fn a_list_is_shown_first_and_imported_as_shown() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("Lea-M", "Lea-M")]).await;
    let stranger = site.graded_fork(&[("marc", "marc")]).await;
    sqlx::query("update student set rostered_at = null, name = null, group_name = null")
        .execute(&site.database.pool)
        .await
        .unwrap();
    let before = students(&site).await;
    let teacher = site.teacher().await;
    let shown = look(&teacher, MOODLE.as_bytes()).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    let text = shown.text();
    for said in ["1 new", "1 changed", "1 without a login", "+ noe", "~ Lea-M", "Léa Martin", "Zoé Roux"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(students(&site).await, before, "a look stores nothing");

    let done = agree(&teacher, &shown).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, Some("/roster")));
    let group = || Some("G1".to_owned());
    let imported = [
        ("Lea-M".to_owned(), Some("Léa Martin".to_owned()), group(), true),
        ("marc".to_owned(), None, None, false),
        ("noe".to_owned(), Some("Noé Petit".to_owned()), group(), true),
    ];
    assert_eq!(students(&site).await, imported);
    // Partners share the fork of whoever has one.
    let count = "select count(*) from fork_student join student on student.id = student_id where login = 'noe'";
    assert_eq!(site.count(count).await, 1);
    // What is still open is the first thing on both pages.
    let page = teacher.get("/roster?lang=en").await;
    assert_eq!(page.all("#strays dt").len(), 1);
    assert!(teacher.get("/forks?lang=en").await.all("#trouble .notice")[0].contains("One fork of nobody on the list"));
    assert_eq!(site.count("select count(*) from roster_import where new = 1 and changed = 1").await, 1);
    assert_ne!(own.fork, stranger.fork);
}

#[tokio::test]
async fn what_changed_since_the_look_is_shown_again() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let shown = look(&teacher, b"login,name\nada,Ada\n").await;
    site.rostered("ada", "Ada L.").await;
    let again = agree(&teacher, &shown).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(
        again.text().contains("a changé depuis votre aperçu") || again.text().contains("has changed since"),
        "{}",
        again.text()
    );
    assert_eq!(students(&site).await[0].1.as_deref(), Some("Ada L."), "nothing was imported");
    assert_eq!(agree(&teacher, &again).await.status, StatusCode::SEE_OTHER);
    assert_eq!(students(&site).await[0].1.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn mistakes_are_told_with_their_lines_and_nothing_is_imported() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let shown = look(&teacher, b"login\nada\n<script>alert(1)</script>\nADA\n").await;
    let lines = shown.all("#preview li");
    assert!(lines[0].starts_with("Line 3") && lines[1].starts_with("Line 4"), "{lines:?}");
    assert!(!shown.body.contains("<script>alert"));
    assert!(students(&site).await.is_empty());
    // A list that never was shown, or was changed on its way.
    let forged = teacher.post("/roster/import", &[("file", "bm9uc2Vuc2U="), ("key", "0")]).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn swapped_logins_are_swapped() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    for (file, names) in [
        ("login,email\nada,a@x\nbob,b@x\n", [("ada", "a@x"), ("bob", "b@x")]),
        ("login,email,name\nada,b@x,Bob\nbob,a@x,Ada\n", [("ada", "b@x"), ("bob", "a@x")]),
    ] {
        let shown = look(&teacher, file.as_bytes()).await;
        assert_eq!(agree(&teacher, &shown).await.status, StatusCode::SEE_OTHER);
        let found: Vec<(String, String)> = sqlx::query_as("select login, email from student order by login")
            .fetch_all(&site.database.pool)
            .await
            .unwrap();
        let names: Vec<(String, String)> = names.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(found, names);
    }
}

#[tokio::test]
async fn a_stray_fork_is_given_to_its_student_and_back() {
    let site = Site::new().await;
    let stray = site.graded_fork(&[("throwaway", "throwaway")]).await;
    sqlx::query("update student set rostered_at = null").execute(&site.database.pool).await.unwrap();
    let ada = site.rostered("ada", "Ada").await;
    let teacher = site.teacher().await;
    assert_eq!(teacher.get("/roster").await.all("#without-fork li").len(), 1);
    let (fork, student) = (stray.fork.to_string(), ada.to_string());
    let pair = [("fork", fork.as_str()), ("student", student.as_str())];
    assert_eq!(teacher.post("/roster/attach", &pair).await.status, StatusCode::SEE_OTHER);
    let page = teacher.get("/roster").await;
    assert!(page.all("#strays dt").is_empty() && page.all("#without-fork li").is_empty());
    assert_eq!(site.student(ada).await.get("/me").await.status, StatusCode::OK, "the feedback is theirs");
    assert_eq!(site.count("select count(*) from fork_student").await, 1, "the unlisted owner left it");
    assert_eq!(teacher.post("/roster/detach", &pair).await.status, StatusCode::SEE_OTHER);
    assert_eq!(teacher.post("/roster/detach", &pair).await.status, StatusCode::NOT_FOUND);
    assert_eq!(teacher.get("/roster").await.all("#strays dt").len(), 1);
    let nowhere = [("fork", "999999"), ("student", student.as_str())];
    assert_eq!(teacher.post("/roster/attach", &nowhere).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_class_group_is_no_team() {
    let site = Site::new().await;
    for number in 0..3 {
        let login = format!("s{number}");
        site.graded_fork(&[(&login, &login)]).await;
    }
    let own = site.graded_fork(&[("a", "a")]).await;
    let teacher = site.teacher().await;
    // Four with three forks between them, and a class of six with one.
    let rows = ["s0,TD", "s1,TD", "s2,TD", "without,TD", "a,G", "b,G", "c,G", "d,G", "e,G", "f,G"];
    let shown = look(&teacher, format!("login,group\n{}\n", rows.join("\n")).as_bytes()).await;
    assert_eq!(agree(&teacher, &shown).await.status, StatusCode::SEE_OTHER);
    let count = "select count(*) from fork_student join student on student.id = student_id where login = 'without'";
    assert_eq!(site.count(count).await, 0, "nobody sees the feedback of a whole group");
    let of_fork = sqlx::query_scalar::<_, i64>("select count(*) from fork_student where fork_id = $1");
    assert_eq!(of_fork.bind(own.fork.0).fetch_one(&site.database.pool).await.unwrap(), 1, "six are no team either");
}

#[tokio::test]
async fn a_mended_login_shuts_the_other_account_out() {
    let site = Site::new().await;
    let teacher = site.teacher().await;
    let shown = look(&teacher, b"login,email\nwrong,a@x\n").await;
    agree(&teacher, &shown).await;
    sqlx::query(
        "with met as (insert into person (course_id, github_id, login, may_push, checked_at, asked_at)
             select course_id, 7, 'wrong', false, now(), now() from student returning id),
         known as (update student set github_id = 7)
         insert into session (token_hash, course_id, student_id, person_id, created_at, expires_at)
         select 'x', student.course_id, student.id, met.id, now(), now() + interval '1 day' from student, met",
    )
    .execute(&site.database.pool)
    .await
    .unwrap();
    let shown = look(&teacher, b"login,email\nright,a@x\n").await;
    agree(&teacher, &shown).await;
    let open = "select count(*) from student where login = 'right' and github_id is null";
    assert_eq!(site.count(open).await, 1);
    assert_eq!(site.count("select count(*) from session where person_id is not null").await, 0);
}

#[tokio::test]
async fn partners_who_come_to_share_a_fork_are_shown_before_they_do() {
    let site = Site::new().await;
    site.graded_fork(&[("lea", "Léa")]).await;
    let teacher = site.teacher().await;
    let shown = look(&teacher, b"login,group\nlea,G1\nnoe,G1\n").await;
    let text = shown.text();
    assert!(text.contains("↔ noe") && text.contains("lea/data-engineer"), "{text}");
    assert_eq!(site.count("select count(*) from student where login = 'noe'").await, 0, "a look stores nothing");
    // Noé forks the course himself before the teacher agrees: what was shown is no longer what would be done.
    site.graded_fork(&[("noe", "Noé")]).await;
    let again = agree(&teacher, &shown).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(!again.text().contains("↔ noe"), "{}", again.text());
    assert_eq!(agree(&teacher, &again).await.status, StatusCode::SEE_OTHER);
    let shares = "select count(*) from fork_student join student on student.id = student_id where login = 'noe'";
    assert_eq!(site.count(shares).await, 1, "his own");
}

#[tokio::test]
async fn what_a_teacher_says_of_a_fork_outlasts_sweeps_and_imports() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("lea", "Léa"), ("noe", "Noé")]).await;
    sqlx::query("update student set rostered_at = now()").execute(&site.database.pool).await.unwrap();
    let teacher = site.teacher().await;
    let fork = own.fork.to_string();
    let tied = "select count(*) from fork_student";
    let again = async || {
        let conn = &mut *site.database.pool.acquire().await.unwrap();
        forkgrade::db::forks::adopt(conn, site.course_id).await.unwrap();
        forkgrade::db::roster::share_with_partners(conn, site.course_id).await.unwrap();
    };
    for student in &own.students {
        let student = student.to_string();
        let pair = [("fork", fork.as_str()), ("student", student.as_str())];
        assert_eq!(teacher.post("/roster/detach", &pair).await.status, StatusCode::SEE_OTHER);
        again().await;
    }
    assert_eq!(site.count(tied).await, 0, "neither the owner nor the partner comes back");
    let said: Vec<(bool,)> = sqlx::query_as("select tied from tie").fetch_all(&site.database.pool).await.unwrap();
    assert_eq!(said, [(false,), (false,)]);
    // Said otherwise.
    let student = own.students[0].to_string();
    teacher.post("/roster/attach", &[("fork", &fork), ("student", &student)]).await;
    again().await;
    assert_eq!(site.count(tied).await, 1);
}

#[tokio::test]
async fn whoever_has_no_login_yet_waits_on_the_list_until_it_is_known() {
    let site = Site::new().await;
    site.graded_fork(&[("zoe-r", "zoe-r")]).await;
    sqlx::query("update student set name = null").execute(&site.database.pool).await.unwrap();
    let teacher = site.teacher().await;
    // Moodle's own export, without any login.
    let moodle =
        "Prénom;Nom;Adresse de courriel\nZoé;Roux;zoe@example.org\nMax;Roy;max@example.org\nAda;Lo;ada@example.org\n";
    for _ in 0..2 {
        let shown = look(&teacher, moodle.as_bytes()).await;
        agree(&teacher, &shown).await;
    }
    let page = teacher.get("/roster?lang=en").await;
    let waiting = page.all("#awaited dt");
    assert_eq!(waiting.len(), 3, "each once: {waiting:?}");
    let id: i64 = sqlx::query_scalar("select id from awaited where name = 'Zoé Roux'")
        .fetch_one(&site.database.pool)
        .await
        .unwrap();
    let id = id.to_string();
    let wrong = teacher.post("/roster/login", &[("awaited", &id), ("login", "no login")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let said = teacher.post("/roster/login", &[("awaited", &id), ("login", "@Zoe-R")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER);
    let known = "select count(*) from student where login = 'Zoe-R' and name = 'Zoé Roux' and rostered_at is not null";
    assert_eq!(site.count(known).await, 1, "the owner of the fork has a name now");
    // A later list brings Max's.
    let shown = look(&teacher, b"github,name,email\nmax,Max Roy,max@example.org\n").await;
    agree(&teacher, &shown).await;
    assert_eq!(teacher.get("/roster").await.all("#awaited dt").len(), 1);
    // And Ada left the course.
    let id: i64 = sqlx::query_scalar("select id from awaited").fetch_one(&site.database.pool).await.unwrap();
    teacher.post("/roster/login", &[("awaited", &id.to_string()), ("login", "")]).await;
    assert!(teacher.get("/roster").await.all("#awaited dt").is_empty());
    assert!(page.text().contains("Last import"), "{}", page.text());
}

#[tokio::test]
async fn a_student_taken_off_the_list_is_let_in_no_more_and_keeps_what_was_handed_in() {
    let site = Site::new().await;
    let own = site.graded_fork(&[("lea", "Léa"), ("noe", "Noé")]).await;
    sqlx::query("update student set rostered_at = now()").execute(&site.database.pool).await.unwrap();
    let (link, teacher) = (site.student_link(own.students[1]).await, site.teacher().await);
    let noe = site.student(own.students[1]).await;
    let unlist = format!("/students/{}/unlist", own.students[1]);
    assert!(teacher.get("/roster").await.body.contains(&unlist));
    assert_eq!(teacher.post(&unlist, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(teacher.post(&unlist, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(noe.get("/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.visitor().get(&link).await.status, StatusCode::GONE);
    assert_eq!(site.count("select count(*) from fork_student").await, 1, "the owner's");
    assert_eq!(site.count("select count(*) from score").await, 1);
}

#[tokio::test]
async fn the_list_comes_out_as_it_goes_in() {
    let site = Site::new().await;
    site.graded_fork(&[("lea", "Léa")]).await;
    let teacher = site.teacher().await;
    let list = "github;name;email;group\nlea;Léa \"L\" Martin;lea@example.org;G1\nnoe;=HYPERLINK(1);noe@example.org;G1\n;Zoé Roux;zoe@example.org;G2\n";
    let shown = look(&teacher, list.as_bytes()).await;
    agree(&teacher, &shown).await;
    let file = teacher.get("/roster.csv").await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"roster.csv\""));
    assert!(file.body.contains("'=HYPERLINK(1)") && file.body.contains("lea/data-engineer"), "{}", file.body);
    let before = students(&site).await;
    let mended = file.body.replace("'=HYPERLINK(1)", "=HYPERLINK(1)");
    let shown = look(&teacher, mended.as_bytes()).await;
    assert!(shown.text().contains("2 unchanged") && shown.text().contains("1 without a login"), "{}", shown.text());
    assert_eq!(students(&site).await, before);
}
