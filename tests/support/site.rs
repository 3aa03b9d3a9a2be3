//! The web server as people reach it, on loopback, and people who reach it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use forkgrade::clock::Clock;
use forkgrade::db;
use forkgrade::domain::Course;
use forkgrade::domain::ids::{CourseId, StudentId};
use forkgrade::git::{Mirror, MirrorSettings};
use forkgrade::github::ClientSettings;
use forkgrade::github::oauth::SignIn;
use forkgrade::settings::{OauthApp, Secret};
use forkgrade::web;
use reqwest::{Method, StatusCode};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::database::Database;
use super::logs;

/// The webhook secret of every test site.
pub const WEBHOOK_SECRET: &str = "a secret that only GitHub knows";

/// A course served on loopback, with a database of its own.
pub struct Site {
    pub database: Database,
    pub course: Arc<Course>,
    pub course_id: CourseId,
    pub clock: Clock,
    pub url: Url,
    /// Holds the forks of the tests that fetch some.
    pub mirror: Arc<Mirror>,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

/// How a site differs from the usual one.
pub struct Wanted {
    pub course: Course,
    pub clock: Clock,
    pub public_url: Option<Url>,
    pub secrets: Vec<Secret>,
    pub github: Option<(OauthApp, ClientSettings)>,
    pub github_app: Option<forkgrade::github::app::App>,
    pub proxies: Vec<ipnet::IpNet>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            course: course(),
            clock: Clock::fixed(at("2026-01-28T14:32:00+01:00")),
            public_url: None,
            secrets: vec![Secret::new("the webhook secret of before"), Secret::new(WEBHOOK_SECRET)],
            github: None,
            github_app: None,
            proxies: Vec::new(),
        }
    }
}

/// A moment in RFC 3339.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// The default course, due yesterday.
pub fn course() -> Course {
    let text = forkgrade::config::default_course("data-engineer", "Data Engineer 2025–2026", "teacher/data-engineer");
    let mut course = forkgrade::config::parse(&text, "course.toml").expect("the default course is valid");
    course.deadline = Some(forkgrade::domain::course::Deadline {
        at: "2026-01-27T23:59:00+01:00".parse().expect("a moment"),
        grace_minutes: 15,
        penalty_per_day: "1".parse().ok(),
        late_days: 7,
    });
    course
}

impl Site {
    pub async fn new() -> Self {
        Self::with(Wanted::default()).await
    }

    pub async fn with(wanted: Wanted) -> Self {
        let database = Database::new().await;
        wanted.secrets.iter().for_each(|secret| logs::secret(secret.expose()));
        let course_id = insert_course(&database, &wanted.course).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url: Url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address");
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let course = Arc::new(wanted.course);
        let folder = tempfile::tempdir().expect("a folder");
        let hosts = vec![url.clone()];
        let settings = MirrorSettings::new(8 << 20, None, hosts);
        let mirror = Arc::new(Mirror::open(&folder.path().join("mirror"), settings).expect("a mirror"));
        let public_url = wanted.public_url.unwrap_or_else(|| url.clone());
        let router = web::router(web::State {
            pool: database.pool.clone(),
            course: Arc::clone(&course),
            course_id,
            clock: wanted.clock.clone(),
            mirror: Arc::clone(&mirror),
            live: web::Live::start(&database.pool, &tasks, stop.clone()),
            webhook_secrets: wanted.secrets,
            github: wanted.github.map(|(app, settings)| {
                SignIn::new(&app, &settings, public_url.join(web::CALLBACK).expect("an address")).expect("an OAuth app")
            }),
            public_url,
            github_app: wanted.github_app,
            summaries: web::Summaries::default(),
            proxies: web::Proxies::new(&wanted.proxies),
            limits: web::Limits::default(),
        });
        tokio::spawn(web::serve(listener, router, stop.clone()));
        Self { database, course, course_id, clock: wanted.clock, url, mirror, stop, _folder: folder }
    }

    /// Somebody with an empty browser.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.url.clone())
    }

    /// A fresh one-time link, as `serve` prints it.
    pub async fn teacher_link(&self) -> String {
        let token = forkgrade::random::token();
        logs::secret(&token);
        let conn = &mut *self.database.pool.acquire().await.expect("a connection");
        let now = self.clock.now();
        db::sessions::create_teacher_link(conn, self.course_id, &token, now, now + TimeDelta::days(1))
            .await
            .expect("a link");
        format!("/t/{token}")
    }

    /// A fresh personal link.
    pub async fn student_link(&self, student: StudentId) -> String {
        let token = forkgrade::random::token();
        logs::secret(&token);
        let conn = &mut *self.database.pool.acquire().await.expect("a connection");
        assert!(
            db::sessions::renew_student_link(conn, self.course_id, student, &token).await.expect("a link"),
            "there is such a student"
        );
        format!("/s/{token}")
    }

    /// A signed-in teacher.
    pub async fn teacher(&self) -> Visitor {
        let visitor = self.visitor();
        let answer = visitor.get(&self.teacher_link().await).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/forks")));
        visitor
    }

    /// A signed-in student.
    pub async fn student(&self, student: StudentId) -> Visitor {
        let visitor = self.visitor();
        let answer = visitor.get(&self.student_link(student).await).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/me")));
        visitor
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.database.pool).await.expect("a count")
    }
}

impl Site {
    /// Ends the server.
    pub fn stop(&self) {
        self.stop.cancel();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn insert_course(database: &Database, course: &Course) -> CourseId {
    let hash = forkgrade::rubric::rubric_hash(&course.rubric);
    let id = sqlx::query_scalar(
        "insert into course (slug, title, upstream, config, rubric_hash, swept_at) values ($1, $2, $3, $4, $5, $6) returning id",
    )
    .bind(course.slug.as_str())
    .bind(&course.title)
    .bind(&course.upstream)
    .bind(sqlx::types::Json(course))
    .bind(hash.as_str())
    .bind(at("2026-01-28T14:30:00+01:00"))
    .fetch_one(&database.pool)
    .await
    .expect("a course");
    CourseId(id)
}

/// A person at a browser that keeps cookies and shows redirections instead of following them.
pub struct Visitor {
    http: reqwest::Client,
    base: Url,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The page's text without its tags, white space and entities of the usual kinds resolved.
    pub fn text(&self) -> String {
        let page = scraper::Html::parse_document(&self.body);
        page.root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The texts of what a CSS selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let page = scraper::Html::parse_document(&self.body);
        let selector = scraper::Selector::parse(selector).expect("a selector");
        page.select(&selector)
            .map(|found| found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }
}

impl Visitor {
    fn new(base: Url) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Self { http, base, cookies: Mutex::default() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).header("accept", "text/html")).await
    }

    /// A form sent by one of our own pages.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .request(Method::POST, path)
            .header("accept", "text/html")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body)).await
    }

    /// A request with this person's cookies.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let cookies = self.cookies.lock().unwrap();
        let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method, self.base.join(path).expect("a path"));
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    /// A request for a path as it stands, two slashes at its beginning included.
    pub fn raw(&self, path: &str) -> reqwest::RequestBuilder {
        let address = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        self.http.get(address).header("accept", "text/html")
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a cookie in ASCII");
            let (pair, attributes) = cookie.split_once(';').expect("a cookie with attributes");
            let (name, value) = pair.split_once('=').expect("a cookie with a value");
            if attributes.contains("Max-Age=0;") {
                self.cookies.lock().unwrap().remove(name);
            } else {
                // All but the language.
                if name != "forkgrade_lang" {
                    logs::secret(value);
                }
                self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
            }
        }
        Answer { status, headers, body: response.text().await.expect("a whole body") }
    }

    /// Puts a cookie into the jar.
    pub fn remember(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// The name of the cookies held.
    pub fn cookie_names(&self) -> Vec<String> {
        self.cookies.lock().unwrap().keys().cloned().collect()
    }
}
