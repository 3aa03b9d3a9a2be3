//! `GET /signin/github`, `GET /signin/github/callback`, `POST /sign-out/everywhere`: the whole way through a GitHub that
//! verifies PKCE, registered callback and one-time codes.

use chrono::TimeDelta;
use forkgrade::domain::Course;
use forkgrade::github::ClientSettings;
use forkgrade::settings::Secret;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::support::accounts::{SERVICE_TOKEN, oauth_app};
use crate::support::class::Member;
use crate::support::github::{Fault, Github, UPSTREAM};
use crate::support::site::{Answer, Site, Visitor, Wanted, course};

/// Who has an account, with its number.
const ACCOUNTS: [(&str, i64); 4] = [("amelie", 11), ("basile", 12), ("prof", 13), ("mallory", 14)];

/// A site and the GitHub that it knows.
struct World {
    site: Site,
    github: Github,
}

/// What of a world differs.
#[derive(Default)]
struct Differs {
    service_token: bool,
    teachers: Vec<&'static str>,
    public_url: Option<Url>,
}

impl World {
    async fn new(differs: Differs) -> Self {
        let github = Github::start().await;
        let settings = ClientSettings {
            api_url: github.url(),
            github_url: Some(github.url()),
            token: differs.service_token.then(|| Secret::new(SERVICE_TOKEN)),
            network: forkgrade::settings::Network::default(),
        };
        let teachers = differs.teachers.iter().map(|login| login.parse().unwrap()).collect();
        let course = Course { upstream: UPSTREAM.to_owned(), teachers, ..course() };
        let wanted = Wanted {
            course,
            github: Some((oauth_app(), settings)),
            public_url: differs.public_url.clone(),
            ..Wanted::default()
        };
        let site = Site::with(wanted).await;
        let public = differs.public_url.unwrap_or_else(|| site.url.clone());
        github.accounts.register_callback(public.join("signin/github/callback").unwrap().as_str());
        for (login, number) in ACCOUNTS {
            github.accounts.join(login, number);
        }
        Self { site, github }
    }

    /// A fork that the course knows and GitHub says is its first student's.
    async fn fork(&self, students: &[(&str, &str)]) -> Member {
        let member = self.site.graded_fork(students).await;
        let number = |login: &str| ACCOUNTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(login)).unwrap().1;
        self.github.accounts.own(member.repo.0, number(students[0].0));
        member
    }

    /// The browser goes to GitHub; what GitHub answers.
    async fn at_github(&self, visitor: &Visitor) -> Answer {
        let begun = visitor.get("/signin/github").await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
        elsewhere(begun.location().unwrap()).await
    }

    /// The path on our site that GitHub sends the browser back to.
    async fn way_back(&self, visitor: &Visitor) -> String {
        let answer = self.at_github(visitor).await;
        let back = answer.location().unwrap_or_else(|| panic!("GitHub sends nobody back: {}", answer.body)).to_owned();
        let back = Url::parse(&back).unwrap();
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    /// Signs a person in as far as it goes.
    async fn sign_in(&self, login: &str) -> (Visitor, Answer) {
        let visitor = self.site.visitor();
        self.github.accounts.sit_down(Some(login));
        let back = self.way_back(&visitor).await;
        let answer = visitor.get(&back).await;
        (visitor, answer)
    }
}

/// An address of another site, asked for without our cookies.
async fn elsewhere(address: &str) -> Answer {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let response = http.get(address).send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}

fn query(path: &str, name: &str) -> String {
    let url = Url::parse("http://x").unwrap().join(path).unwrap();
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[tokio::test]
async fn without_an_oauth_app_the_page_says_so_and_links_remain() {
    let site = Site::new().await;
    let page = site.visitor().get("/").await;
    assert!(page.text().contains("n’est pas configurée ici : on entre par un lien"), "{}", page.text());
    assert!(page.all("#signin-github").is_empty());
    assert_eq!(site.visitor().get("/signin/github").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.visitor().get("/signin/github/callback?code=x&state=y").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_owner_of_a_fork_signs_in_as_its_student() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("Amelie", "Amélie Moreau")]).await;
    assert_eq!(world.site.visitor().get("/").await.all("#signin-github"), ["Se connecter avec GitHub"]);
    let (student, answer) = world.sign_in("amelie").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/")));
    assert_eq!(student.get("/").await.location(), Some("/me"));
    let page = student.get("/me").await;
    assert!(page.text().contains("Bonjour Amélie Moreau"));
    assert_eq!(page.all(".who"), ["amelie"]);
    assert_eq!(student.cookie_names(), ["forkgrade"], "the attempt's cookie is gone");
    assert_eq!(student.get("/forks").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nothing_of_the_persons_token_is_kept() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("amelie", "")]).await;
    world.sign_in("amelie").await;
    let token = world.github.accounts.tokens().remove(0);
    let dump: String = sqlx::query_scalar(
        "select string_agg(t, '') from (select person::text t from person union all select session::text from session
         union all select student::text from student) x",
    )
    .fetch_one(&world.site.database.pool)
    .await
    .unwrap();
    assert!(dump.contains("amelie") && !dump.contains(&token));
}

#[tokio::test]
async fn the_way_to_github_names_one_exact_way_back_and_asks_for_no_scope() {
    let world = World::new(Differs::default()).await;
    let begun = world.site.visitor().get("/signin/github").await;
    let address = begun.location().unwrap();
    assert_eq!(query(address, "redirect_uri"), world.site.url.join("signin/github/callback").unwrap().as_str());
    assert_eq!(query(address, "code_challenge_method"), "S256");
    assert_eq!(query(address, "scope"), "");
    let cookie = begun.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax") && cookie.contains("Max-Age=600"), "{cookie}");
    let secret = cookie.split_once('=').unwrap().1.split_once(';').unwrap().0;
    assert!(!address.contains(secret), "what the address shows leads to nothing");
}

#[tokio::test]
async fn a_forged_host_changes_nothing_of_the_way_back() {
    let world = World::new(Differs::default()).await;
    let visitor = world.site.visitor();
    let request = visitor
        .request(Method::GET, "/signin/github")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https");
    let begun = visitor.send(request).await;
    assert!(!begun.location().unwrap().contains("evil.example"));
}

#[tokio::test]
async fn behind_tls_the_cookies_belong_to_this_host_alone() {
    let public_url = Some("https://grades.example/".parse().unwrap());
    let world = World::new(Differs { public_url, ..Differs::default() }).await;
    let begun = world.site.visitor().get("/signin/github").await;
    let cookie = begun.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-forkgrade-signin=") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!(query(begun.location().unwrap(), "redirect_uri"), "https://grades.example/signin/github/callback");
}

#[tokio::test]
async fn another_state_or_none_signs_nobody_in() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("amelie", "")]).await;
    world.github.accounts.sit_down(Some("amelie"));
    for forged in ["&state=0000", ""] {
        let visitor = world.site.visitor();
        let back = world.way_back(&visitor).await;
        let code = query(&back, "code");
        let answer = visitor.get(&format!("/signin/github/callback?code={code}{forged}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains("n’est plus valable"), "{}", answer.text());
        assert!(visitor.cookie_names().is_empty(), "this attempt is over");
        assert_eq!(visitor.get(&back).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(world.site.count("select count(*) from session").await, 0);
}

/// Somebody is made to follow the attacker's own way back, to be signed in as them.
#[tokio::test]
async fn the_way_back_works_in_no_other_browser() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("mallory", "")]).await;
    world.github.accounts.sit_down(Some("mallory"));
    let attacker = world.site.visitor();
    let back = world.way_back(&attacker).await;
    let (stranger, busy) = (world.site.visitor(), world.site.visitor());
    assert_eq!(stranger.get(&back).await.status, StatusCode::BAD_REQUEST);
    busy.get("/signin/github").await;
    assert_eq!(busy.get(&back).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(attacker.get(&back).await.status, StatusCode::SEE_OTHER);
}

/// The attacker has somebody's code, and an attempt of their own with its state.
#[tokio::test]
async fn a_code_of_another_attempt_fails_at_githubs_pkce() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("amelie", ""), ("mallory", "")]).await;
    world.github.accounts.sit_down(Some("amelie"));
    let stolen = query(&world.way_back(&world.site.visitor()).await, "code");
    world.github.accounts.sit_down(Some("mallory"));
    let attacker = world.site.visitor();
    let state = query(&world.way_back(&attacker).await, "state");
    let answer = attacker.get(&format!("/signin/github/callback?code={stolen}&state={state}")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("GitHub a refusé cette connexion"), "{}", answer.text());
    assert_eq!(world.site.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn a_code_that_was_asked_for_without_pkce_is_worth_nothing() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("amelie", "")]).await;
    world.github.accounts.sit_down(Some("amelie"));
    let visitor = world.site.visitor();
    let begun = visitor.get("/signin/github").await;
    let mut address = Url::parse(begun.location().unwrap()).unwrap();
    let kept: Vec<(String, String)> =
        address.query_pairs().into_owned().filter(|(name, _)| !name.starts_with("code_challenge")).collect();
    address.query_pairs_mut().clear().extend_pairs(kept);
    let answer = elsewhere(address.as_str()).await;
    let back = Url::parse(answer.location().unwrap()).unwrap();
    let answer = visitor.get(&format!("{}?{}", back.path(), back.query().unwrap())).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(world.github.accounts.tokens().is_empty());
}

#[tokio::test]
async fn a_replayed_code_is_refused() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("amelie", "")]).await;
    world.github.accounts.sit_down(Some("amelie"));
    let visitor = world.site.visitor();
    let begun = visitor.get("/signin/github").await;
    let attempt = begun.header("set-cookie").unwrap().split_once('=').unwrap().1.split_once(';').unwrap().0.to_owned();
    let answer = elsewhere(begun.location().unwrap()).await;
    let back = Url::parse(answer.location().unwrap()).unwrap();
    let back = format!("{}?{}", back.path(), back.query().unwrap());
    assert_eq!(visitor.get(&back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(visitor.get(&back).await.status, StatusCode::BAD_REQUEST, "the attempt is over");
    visitor.remember("forkgrade-signin", &attempt);
    let again = visitor.get(&back).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "and GitHub knows the code as used");
    assert!(again.text().contains("GitHub a refusé"), "{}", again.text());
}

#[tokio::test]
async fn github_sends_nobody_to_a_way_back_that_it_does_not_know() {
    let public_url = Some("https://elsewhere.example/".parse().unwrap());
    let world = World::new(Differs { public_url, ..Differs::default() }).await;
    world.github.accounts.register_callback("https://grades.example/signin/github/callback");
    let answer = world.at_github(&world.site.visitor()).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, None));
}

#[tokio::test]
async fn whoever_declines_is_told_how_to_go_on() {
    let world = World::new(Differs::default()).await;
    world.github.accounts.sit_down(None);
    let visitor = world.site.visitor();
    let answer = visitor.get(&world.way_back(&visitor).await).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("GitHub n’a pas dit qui vous êtes"), "{}", answer.text());
}

#[tokio::test]
async fn with_github_away_the_page_points_at_links() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("amelie", "")]).await;
    for (path, fault) in
        [("access_token", Fault::status(503)), ("access_token", Fault::Silence), ("/user", Fault::status(502))]
    {
        world.github.fail(path, 3, fault);
        let (visitor, answer) = world.sign_in("amelie").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.text().contains("GitHub ne répond pas"), "{}", answer.text());
        assert!(visitor.cookie_names().is_empty());
        world.github.mend();
    }
    let garbage = Fault::garbage("<html>a proxy's page</html>");
    world.github.fail("access_token", 1, garbage);
    assert_eq!(world.sign_in("amelie").await.1.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.sign_in("amelie").await.1.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_person_who_is_nobody_here_is_told_by_name() {
    let world = World::new(Differs { service_token: true, ..Differs::default() }).await;
    world.fork(&[("amelie", "")]).await;
    let (stranger, answer) = world.sign_in("mallory").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("« mallory » n’est pas connu dans ce cours"), "{}", answer.text());
    assert!(stranger.cookie_names().is_empty());
    assert_eq!(
        world.site.count("select count(*) from session").await + world.site.count("select count(*) from person").await,
        0
    );
}

#[tokio::test]
async fn course_toml_makes_teachers_whatever_case_it_writes_them_in() {
    let world = World::new(Differs { teachers: vec!["Prof"], ..Differs::default() }).await;
    let (teacher, _) = world.sign_in("prof").await;
    assert_eq!(teacher.get("/").await.location(), Some("/forks"));
    assert_eq!(teacher.get("/forks").await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_may_push_to_the_upstream_teaches_as_long_as_they_may() {
    for service_token in [true, false] {
        let world = World::new(Differs { service_token, ..Differs::default() }).await;
        world.github.accounts.allow_push("prof", UPSTREAM);
        let (teacher, _) = world.sign_in("prof").await;
        assert_eq!(teacher.get("/forks").await.status, StatusCode::OK);
        world.github.forget();
        teacher.get("/forks").await;
        assert_eq!(world.github.asked("").len(), 0, "GitHub is not asked at every page");

        world.github.accounts.forbid_push("prof", UPSTREAM);
        world.site.clock.advance(TimeDelta::minutes(11));
        let status = teacher.get("/forks").await.status;
        // Without a token of its own the service cannot ask; it believes the last answer for half a day.
        assert_eq!(status, if service_token { StatusCode::UNAUTHORIZED } else { StatusCode::OK });
        world.site.clock.advance(TimeDelta::hours(12));
        assert_eq!(teacher.get("/forks").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_teacher_whom_github_cannot_confirm_for_a_while_goes_on_teaching() {
    let world = World::new(Differs { service_token: true, ..Differs::default() }).await;
    world.github.accounts.allow_push("prof", UPSTREAM);
    let (teacher, _) = world.sign_in("prof").await;
    world.site.clock.advance(TimeDelta::minutes(11));
    world.github.fail("/permission", 3, Fault::status(503));
    assert_eq!(teacher.get("/forks").await.status, StatusCode::OK);
    world.github.mend();
    world.site.clock.advance(TimeDelta::minutes(11));
    assert_eq!(teacher.get("/forks").await.status, StatusCode::OK);
    assert_eq!(world.github.asked("/permission").len(), 4);
}

#[tokio::test]
async fn a_rostered_student_without_a_fork_comes_in_and_a_teacher_of_other_repositories_does_not() {
    let world = World::new(Differs { service_token: true, ..Differs::default() }).await;
    world.site.rostered("basile", "Basile").await;
    let (student, _) = world.sign_in("basile").await;
    assert!(student.get("/me").await.text().contains("Bonjour Basile"));
    world.github.accounts.allow_push("mallory", "mallory/other");
    assert_eq!(world.sign_in("mallory").await.1.status, StatusCode::FORBIDDEN);
}

/// Logins can be given up, and taken by others.
#[tokio::test]
async fn a_login_follows_its_number_and_opens_nothing_for_whoever_takes_it_later() {
    let world = World::new(Differs::default()).await;
    let member = world.fork(&[("amelie", "Amélie")]).await;
    world.sign_in("amelie").await;
    world.github.accounts.rename("amelie", "amelie-m");
    world.github.accounts.join("amelie", 99);
    let (student, _) = world.sign_in("amelie-m").await;
    assert_eq!(student.get(&format!("/me?fork={}", member.fork)).await.status, StatusCode::OK);
    let (_, answer) = world.sign_in("amelie").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

/// The service lists forks every few minutes: meanwhile the login under which it knows a fork may be another person's.
#[tokio::test]
async fn a_fork_is_whose_github_says_by_number_now() {
    let world = World::new(Differs::default()).await;
    let member = world.fork(&[("amelie", "Amélie")]).await;
    world.github.accounts.own(member.repo.0, 77);
    assert_eq!(world.sign_in("amelie").await.1.status, StatusCode::FORBIDDEN);
    sqlx::query("update fork set owner = 'amelie-m'").execute(&world.site.database.pool).await.unwrap();
    assert_eq!(
        world.sign_in("amelie").await.1.status,
        StatusCode::FORBIDDEN,
        "nor once the fork's owner is known anew"
    );
    sqlx::query("update fork set owner = 'amelie'").execute(&world.site.database.pool).await.unwrap();
    world.github.accounts.own(member.repo.0, 11);
    assert_eq!(world.sign_in("amelie").await.1.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_owner_of_a_fork_that_the_roster_gave_to_others_is_its_student_too() {
    let world = World::new(Differs::default()).await;
    let member = world.fork(&[("basile", "Basile")]).await;
    let everybody = "update fork set owner = 'amelie'";
    sqlx::query(everybody).execute(&world.site.database.pool).await.unwrap();
    world.github.accounts.own(member.repo.0, 11);
    let (owner, _) = world.sign_in("amelie").await;
    assert_eq!(owner.get(&format!("/me?fork={}", member.fork)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_signing_out_everywhere_ends_all_of_one_person() {
    let world = World::new(Differs { teachers: vec!["prof"], ..Differs::default() }).await;
    let member = world.fork(&[("amelie", "")]).await;
    let (laptop, phone) = (world.sign_in("amelie").await.0, world.sign_in("amelie").await.0);
    let by_link = world.site.student(member.students[0]).await;
    let (teacher, printed) = (world.sign_in("prof").await.0, world.site.teacher().await);

    let before = laptop.request(Method::GET, "/me");
    world.github.accounts.sit_down(Some("amelie"));
    let back = world.way_back(&laptop).await;
    laptop.get(&back).await;
    assert_eq!(laptop.send(before).await.status, StatusCode::UNAUTHORIZED, "rotated");
    assert_eq!(laptop.get("/me").await.status, StatusCode::OK);

    assert_eq!(laptop.post("/sign-out/everywhere", &[]).await.location(), Some("/"));
    for one in [&laptop, &phone, &by_link] {
        assert_eq!(one.get("/me").await.status, StatusCode::UNAUTHORIZED);
    }
    for other in [&teacher, &printed] {
        assert_eq!(other.get("/forks").await.status, StatusCode::OK, "other people stay");
    }
    teacher.post("/sign-out/everywhere", &[]).await;
    assert_eq!(teacher.get("/forks").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(printed.get("/forks").await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_address_leads_away_from_this_site() {
    let world = World::new(Differs::default()).await;
    world.fork(&[("amelie", "")]).await;
    world.github.accounts.sit_down(Some("amelie"));
    let visitor = world.site.visitor();
    let back = world.way_back(&visitor).await;
    let answer = visitor.get(&format!("{back}&next=https://evil.example&redirect_uri=https://evil.example")).await;
    assert_eq!(answer.location(), Some("/"));
    for path in ["//evil.example/", "///evil.example", "/%5Cevil.example"] {
        let page = visitor.send(visitor.raw(path)).await;
        let page = scraper::Html::parse_document(&page.body);
        let links = scraper::Selector::parse("a[href]").unwrap();
        for link in page.select(&links) {
            let there = world.site.url.join(link.attr("href").unwrap()).unwrap();
            assert_eq!(there.origin(), world.site.url.origin(), "{path}: {there}");
        }
    }
}
